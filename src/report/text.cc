// The report for people. One block per credential, worst first, and in it what an incident needs:
// what it is, where it is replaced, and each place with who brought it in, when, and whether it is
// still there:
//
//   CRITICAL  AWS secret access key  wJal********KEYx
//     aws.secret-access-key · fingerprint 3f2a91c04b7e · 2 places since 2024-03-01
//     id AKIA…
//     replace it at https://…
//
//     config/prod.env:12:5
//         1234567890 · 2024-03-01 14:22 +01:00 · Ada <ada@example.com> · still at a tip
//         Add production settings
//
// Places of one path stand together. Of a long list the first are shown and the rest is counted,
// never dropped silently.
#include <fmt/format.h>

#include <algorithm>
#include <unordered_map>

#include "base/text.h"
#include "report/formats.h"
#include "report/revocation.h"
#include "report/style.h"
#include "report/text_summary.h"

namespace keywake::report {
namespace {

using Sightings = std::vector<const model::Sighting*>;

constexpr std::size_t kMaxOwners = 3;
constexpr std::size_t kMaxPlaces = 8;
constexpr std::size_t kMaxVariables = 100;
constexpr std::size_t kMaxPlacesOfPath = 3;  // once there are more than kMaxPlaces

/// The sightings at one path, in their order.
struct PathGroup {
  std::string path;
  Sightings sightings;
};

std::vector<PathGroup> by_path(const View& view, const model::Credential& credential) {
  std::vector<PathGroup> groups;
  std::unordered_map<std::string, std::size_t> index;
  for (const model::Sighting& sighting : credential.sightings) {
    std::string path = view.path_to_show(sighting);
    auto [found, added] = index.try_emplace(path, groups.size());
    if (added) groups.push_back({std::move(path), {}});
    groups[found->second].sightings.push_back(&sighting);
  }
  return groups;
}

std::string place_count(std::size_t count) {
  return fmt::format("{} {}", human_count(count), count == 1 ? "place" : "places");
}

std::string more_places(std::size_t count) {
  return fmt::format("{} more {}", human_count(count), count == 1 ? "place" : "places");
}

// "3 places since 2021-03-04", by the earliest commit that brought it in.
std::string extent_text(const model::Credential& credential) {
  const model::GitPlace* first = nullptr;
  for (const model::Sighting& sighting : credential.sightings) {
    if (!sighting.git || sighting.git->commit.empty()) continue;
    if (first == nullptr || sighting.git->date < first->date) first = &*sighting.git;
  }
  std::string out = place_count(credential.sightings.size());
  const std::string date = first == nullptr ? "" : iso_date(first->date, first->date_offset);
  if (!date.empty()) out += " since " + date.substr(0, 10);
  return out;
}

// " · low confidence" after what it belongs to; of high confidence nothing needs to be said.
std::string confidence_note(std::string_view separator, model::Confidence confidence) {
  if (confidence == model::Confidence::kHigh) return {};
  return fmt::format("{}{} confidence", separator, name(confidence));
}

class TextReport {
 public:
  TextReport(const View& view, std::ostream& out)
      : view_(view), style_(view.options().colour), width_(view.options().width), out_(out) {}

  void write_credential(const model::Credential& credential) {
    write_heading(credential);
    write_facts(credential);
    out_ << '\n';
    write_places(credential);
    out_ << '\n';
  }

  void write_rejections() {
    if (view_.result().rejections.empty()) return;
    out_ << style_.paint(Ink::kStrong, "Rejected candidates") << '\n';
    for (const auto& [sighting, rejection] : view_.result().rejections) {
      out_ << "  " << position(sighting, printable(view_.path_to_show(sighting))) << '\n'
           << flow(style_,
                   {{printable(rejection.pattern->id), Ink::kFaint},
                    {printable(view_.name(rejection.reason))}},
                   6, width_);
    }
    out_ << '\n';
  }

  // Of each its path, what is known of it, and what leaks it.
  void write_variables() {
    const std::vector<model::Variable>& variables = view_.result().variables;
    if (variables.empty()) return;
    std::size_t hidden = 0;
    std::size_t leaking = 0;
    for (const model::Variable& each : variables) {
      hidden += each.place.value_hidden;
      leaking += !each.leaks.empty();
    }
    out_ << style_.paint(Ink::kStrong, "Variables") << "  "
         << fmt::format("{} with hidden values, {} with settings that leak", human_count(hidden), human_count(leaking)) << '\n';
    for (std::size_t i = 0; i < variables.size() && i < kMaxVariables; ++i) write_variable(variables[i]);
    if (variables.size() > kMaxVariables)
      write_note(2, fmt::format("… and {} more (all are in --format jsonl)", human_count(variables.size() - kMaxVariables)));
    out_ << '\n';
  }

  void write_summary() { write_text_summary(view_, style_, out_); }

 private:
  static std::string position(const model::Sighting& sighting, std::string_view path) {
    return fmt::format("{}:{}:{}", path, sighting.line, sighting.column);
  }

  void write_variable(const model::Variable& variable) {
    const std::string target = view_.summary().targets.size() > 1 ? variable.target + " " : "";
    out_ << "  " << style_.paint(Ink::kStrong, printable(view_.name(target + model::path_of(variable.place)))) << '\n';
    std::vector<Piece> known;
    if (variable.place.value_hidden) known.push_back({"value hidden"});
    if (variable.created_at != 0) known.push_back({"made " + utc_time(variable.created_at).substr(0, 10)});
    if (variable.place.updated_at != 0) known.push_back({"changed " + utc_time(variable.place.updated_at).substr(0, 10)});
    if (!variable.users.empty()) known.push_back({printable(view_.name("for " + variable.users))});
    if (variable.forks) known.push_back({*variable.forks ? "forks reach it" : "forks do not reach it"});
    out_ << flow(style_, known, 6, width_);
    for (const model::LeakingSetting& leak : variable.leaks) {
      out_ << flow(style_, {{std::string(leak.id), Ink::kAlarm}, {printable(view_.name(leak.evidence))}}, 6, width_);
    }
  }

  void write_heading(const model::Credential& credential) {
    const model::Pattern& pattern = *credential.pattern;
    std::string risk(name(credential.attribution.risk));
    std::transform(risk.begin(), risk.end(), risk.begin(),
                   [](char c) { return static_cast<char>(c - 'a' + 'A'); });
    const std::string sureness = confidence_note(" · ", credential.confidence);
    out_ << style_.paint(ink_of(credential.attribution.risk), risk) << style_.paint(Ink::kFaint, sureness) << "  "
         << style_.paint(Ink::kStrong, printable(pattern.title));
    const std::string secret = view_.secret(credential);
    if (secret.find('\n') == std::string::npos) {
      const std::string shown = printable(secret);
      const bool fits =
          risk.size() + columns(sureness) + columns(pattern.title) + columns(shown) + 4 <= width_;
      out_ << (fits ? "  " : "\n    ") << shown << '\n';
      return;
    }
    out_ << '\n';
    write_block(secret);
  }

  // A secret of several lines, a PEM key under --show-secrets.
  void write_block(std::string_view text) {
    while (!text.empty()) {
      const std::size_t end = text.find('\n');
      out_ << "    " << printable(text.substr(0, end)) << '\n';
      text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    }
  }

  void write_facts(const model::Credential& credential) {
    const model::Pattern& pattern = *credential.pattern;
    out_ << flow(
        style_,
        {{printable(pattern.id), Ink::kFaint},
         {fmt::format("fingerprint {}", short_fingerprint(credential.fingerprint)), Ink::kFaint},
         {extent_text(credential)}},
        2, width_);
    std::vector<Piece> parts;
    for (const model::Part& part : credential.parts) {
      parts.push_back({printable(fmt::format("{} {}", part.name, view_.part(part)))});
    }
    out_ << flow(style_, parts, 2, width_);
    write_validation(credential);
    write_attribution(credential);
    if (!pattern.rotate.empty()) {
      out_ << "  replace it at " << printable(pattern.rotate) << '\n';
    }
    const bool dead = credential.validation && credential.validation->verdict == model::Verdict::kDead;
    if (const std::string command = revocation(view_, credential); !command.empty() && !dead) {
      out_ << "  revoke it: " << printable(command) << '\n';
    }
  }

  // "  LIVE, as api.github.com says (200)", and under it whose it is.
  void write_validation(const model::Credential& credential) {
    std::string verdict = printable(view_.verdict(credential));
    if (verdict.empty()) return;
    const bool live = credential.validation->verdict == model::Verdict::kLive;
    if (live) verdict.replace(0, 4, "LIVE");
    out_ << "  " << style_.paint(live ? Ink::kAlarm : credential.validation->verdict == model::Verdict::kDead ? Ink::kCalm : Ink::kPlain, verdict) << '\n';
    std::vector<Piece> facts;
    for (const auto& [fact, values] : view_.identity(credential)) facts.push_back({printable(fmt::format("{} {}", fact, values))});
    out_ << flow(style_, facts, 4, width_);
  }

  // "  why critical: live, with …", and who may be able to replace it.
  void write_attribution(const model::Credential& credential) {
    const model::Attribution& attribution = credential.attribution;
    std::vector<Piece> reasons;
    for (const std::string& reason : attribution.reasons) reasons.push_back({printable(view_.name(reason))});
    out_ << flow(style_, reasons, 2, width_);
    std::vector<Piece> owners;
    for (const model::Owner& owner : attribution.owners) {
      if (owners.size() == kMaxOwners) break;
      owners.push_back({(owners.empty() ? "owner? " : "") + printable(view_.owner(owner))});
    }
    out_ << flow(style_, owners, 2, width_);
  }

  void write_places(const model::Credential& credential) {
    const std::vector<PathGroup> groups = by_path(view_, credential);
    const bool all = credential.sightings.size() <= kMaxPlaces;
    std::size_t shown = 0;
    std::size_t passed = 0;
    std::size_t next = 0;
    for (; next < groups.size() && shown < kMaxPlaces; ++next) {
      const PathGroup& group = groups[next];
      std::size_t take = group.sightings.size();
      if (!all) take = std::min({take, kMaxPlacesOfPath, kMaxPlaces - shown});
      for (std::size_t i = 0; i < take; ++i) {
        write_place(*group.sightings[i], group.path, credential.confidence);
      }
      shown += take;
      passed += group.sightings.size();
      const std::size_t left = group.sightings.size() - take;
      if (left > 0) write_note(6, fmt::format("… and {} in this file", more_places(left)));
    }
    const std::size_t total = credential.sightings.size();
    if (passed < total) {
      const std::size_t files = groups.size() - next;
      write_note(2, fmt::format("… and {} in {} other {} (all are in --format jsonl)",
                                more_places(total - passed), human_count(files),
                                files == 1 ? "file" : "files"));
    } else if (shown < total) {
      write_note(2, fmt::format("All {} are in --format jsonl", place_count(total)));
    }
  }

  void write_note(std::size_t indent, std::string_view text) {
    out_ << std::string(indent, ' ') << style_.paint(Ink::kStrong, text) << '\n';
  }

  // `surest`: of the credential, in whose heading it stands.
  void write_place(const model::Sighting& sighting, const std::string& path,
                   model::Confidence surest) {
    out_ << "  " << style_.paint(Ink::kStrong, position(sighting, printable(path)));
    if (!sighting.decoded.empty()) {
      out_ << style_.paint(Ink::kFaint, "  decoded from ") << printable(sighting.decoded);
    }
    if (sighting.confidence < surest) {
      out_ << style_.paint(Ink::kFaint, confidence_note("  ", sighting.confidence));
    }
    out_ << '\n';
    const bool current = is_current(sighting);
    const Piece standing{view_.standing(sighting), current ? Ink::kAlarm : Ink::kPlain};
    if (sighting.image) {
      write_image(*sighting.image, standing);
      return;
    }
    if (!sighting.git || sighting.git->commit.empty()) {
      out_ << flow(style_, {standing}, 6, width_);
      return;
    }
    const model::GitPlace& git = *sighting.git;
    out_ << flow(
        style_,
        {{std::string(short_oid(git.commit)), Ink::kCommit},
         {readable_date(git.date, git.date_offset)},
         {printable(fmt::format("{} <{}>", view_.name(git.author), view_.name(git.email)))},
         standing},
        6, width_);
    const std::string subject = printable(view_.prose(git.summary));
    if (!subject.empty()) {
      const std::size_t room = width_ > 26 ? width_ - 6 : 20;
      out_ << "      " << style_.paint(Ink::kFaint, ellipsize(subject, room)) << '\n';
    }
  }

  // "      layer 3 of 7 · linux/amd64 · deleted in layer 5", and under it the instruction that made the layer.
  void write_image(const model::ImagePlace& image, const Piece& standing) {
    std::vector<Piece> facts;
    if (image.layer_index != 0) facts.push_back({fmt::format("layer {} of {}", image.layer_index, image.layer_count)});
    if (!image.platform.empty()) facts.push_back({printable(view_.name(image.platform)), Ink::kFaint});
    facts.push_back(standing);
    if (image.from_base == true) facts.push_back({"from the base image"});
    out_ << flow(style_, facts, 6, width_);
    const std::string made_by = printable(view_.prose(image.created_by));
    if (!made_by.empty()) out_ << "      " << style_.paint(Ink::kFaint, ellipsize(made_by, width_ > 26 ? width_ - 6 : 20)) << '\n';
  }

  const View& view_;
  const Style style_;
  const std::size_t width_;
  std::ostream& out_;
};

}  // namespace

void write_text(const View& view, std::ostream& out) {
  TextReport report(view, out);
  for (const model::Credential& credential : view.result().credentials) {
    report.write_credential(credential);
  }
  report.write_variables();
  report.write_rejections();
  report.write_summary();
}

}  // namespace keywake::report
