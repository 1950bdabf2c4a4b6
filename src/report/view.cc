#include "report/view.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <tuple>
#include <utility>

#include "base/text.h"

namespace keywake::report {
namespace {

bool is_url(std::string_view target) {
  return target.find("://") != std::string_view::npos;
}

// A target that is itself the file found in it: "conf/app.env" with the path "app.env".
bool names_file(std::string_view target, std::string_view path) {
  const std::string_view file = outer_file(path);
  if (file.empty()) return false;
  return target == file ||
         (target.ends_with(file) && target[target.size() - file.size() - 1] == '/');
}

std::string join(std::string_view target, std::string_view path) {
  if (target.empty() || target == ".") return std::string(path);
  if (names_file(target, path)) {
    return std::string(target).append(path.substr(outer_file(path).size()));
  }
  while (target.size() > 1 && target.ends_with('/')) target.remove_suffix(1);
  return fmt::format("{}{}{}", target, target == "/" ? "" : "/", path);
}

struct Calendar {
  int year = 0;
  unsigned month = 0, day = 0;
  unsigned hour = 0, minute = 0, second = 0;
  int offset = 0;  // minutes, under a day
};

std::optional<Calendar> calendar(std::int64_t seconds, int offset_minutes) {
  constexpr std::int64_t kYear0 = -62'167'219'200;
  constexpr std::int64_t kYear10000 = 253'402'300'800;
  constexpr int kDay = 24 * 60;
  if (offset_minutes <= -kDay || offset_minutes >= kDay) offset_minutes = 0;
  if (seconds < kYear0 + kDay * 60 || seconds >= kYear10000 - kDay * 60) return std::nullopt;
  const std::chrono::sys_seconds local{std::chrono::seconds(seconds + offset_minutes * 60)};
  const auto midnight = std::chrono::floor<std::chrono::days>(local);
  const std::chrono::year_month_day date{midnight};
  const std::chrono::hh_mm_ss time{local - midnight};
  return Calendar{static_cast<int>(date.year()),
                  static_cast<unsigned>(date.month()),
                  static_cast<unsigned>(date.day()),
                  static_cast<unsigned>(time.hours().count()),
                  static_cast<unsigned>(time.minutes().count()),
                  static_cast<unsigned>(time.seconds().count()),
                  offset_minutes};
}

std::string zone(int offset) {
  const int minutes = std::abs(offset);
  return fmt::format("{}{:02}:{:02}", offset < 0 ? '-' : '+', minutes / 60, minutes % 60);
}

std::string removal(const model::GitPlace& git) {
  std::string out = fmt::format("removed in {}", short_oid(git.removed_in));
  if (git.removed_date != 0) {
    const std::string date = iso_date(git.removed_date, git.removed_date_offset);
    if (!date.empty()) out += " on " + date.substr(0, 10);
  }
  return out;
}

}  // namespace

View::View(const model::ScanResult& result, const Options& options)
    : result_(result), options_(options), redactor_(result.credentials, result.held_back) {
  for (const model::Credential& credential : result.credentials) {
    ++by_risk_[static_cast<std::size_t>(credential.attribution.risk)];
    places_ += credential.sightings.size();
    for (const model::Sighting& sighting : credential.sightings) {
      if (sighting.git && !repositories_.contains(sighting.target)) {
        repositories_.insert(sighting.target);
      }
    }
  }
}

std::string View::secret(const model::Credential& credential) const {
  return options_.show_secrets ? std::string(credential.secret.reveal())
                               : credential.secret.redacted();
}

std::string View::part(const model::Part& part) const {
  if (part.secret && !options_.show_secrets) return Secret(part.value).redacted();
  return name(part.value);
}

std::string View::name(std::string_view text) const {
  return options_.show_secrets ? std::string(text) : redactor_.name(text);
}

std::string View::prose(std::string_view text) const {
  return options_.show_secrets ? std::string(text) : redactor_.prose(text);
}

std::string View::path_from_here(const model::Sighting& sighting) const {
  if (sighting.ci) return name(sighting.path);
  if (sighting.image) return name(sighting.image->name + "!" + (sighting.path.starts_with('/') ? "" : "/") + sighting.path);
  if (is_url(sighting.target) || is_pseudo_path(sighting.path)) return name(sighting.path);
  // Only the target is normalised: a path comes from the target's content and is kept to the
  // letter.
  const std::string target = std::filesystem::path(sighting.target).lexically_normal().string();
  // A target outside the current folder has no path from here that a CI system would know.
  const bool outside = target.starts_with('/') || target == ".." || target.starts_with("../");
  return name(outside ? sighting.path : join(target, sighting.path));
}

std::string View::path_to_show(const model::Sighting& sighting) const {
  if (summary().targets.size() <= 1 || sighting.path == "-") return name(sighting.path);
  if (sighting.ci || sighting.image || is_pseudo_path(sighting.path)) return name(sighting.target + " " + sighting.path);
  return name(join(sighting.target, sighting.path));
}

std::string View::standing(const model::Sighting& sighting) const {
  if (sighting.image && sighting.image->deleted_in != 0) return fmt::format("deleted in layer {}", sighting.image->deleted_in);
  if (sighting.image) return sighting.image->layer_index == 0 ? "in the image's configuration" : "in the final file system";
  if (!sighting.git) return repositories_.contains(sighting.target) ? "work tree" : "";
  const model::GitPlace& git = *sighting.git;
  if (git.commit.empty()) {
    if (git.staged) return "staged, not committed";
    return in_no_tree(sighting) ? "in no commit" : "work tree, not committed";
  }
  std::string out;
  if (git.at_tip) {
    out = "still at a tip";
  } else if (!git.removed_in.empty()) {
    out = removal(git);
  } else if (git.reachable) {
    out = "only in history";
  }
  if (!git.at_tip && !git.reachable) {
    out += out.empty() ? "only in unreachable objects" : ", only in unreachable objects";
  }
  if (git.staged) out += ", staged";
  return out;
}

std::string View::verdict(const model::Credential& credential) const {
  if (!credential.validation) return "";
  const model::Validation& validation = *credential.validation;
  std::string out(model::name(validation.verdict));
  const std::string reason = name(validation.reason);
  const bool answered = validation.verdict <= model::Verdict::kBlocked;
  if (answered && !validation.host.empty()) return out + fmt::format(", as {} says ({})", name(validation.host), reason);
  if (!validation.host.empty() && validation.verdict == model::Verdict::kUnknown) out += fmt::format(", {}", name(validation.host));
  return out + ": " + reason;
}

std::vector<std::pair<std::string_view, std::string>> View::identity(const model::Credential& credential) const {
  std::vector<std::pair<std::string_view, std::string>> out;
  if (!credential.validation) return out;
  for (const model::Fact& fact : credential.validation->facts) {
    std::string values;
    for (const std::string& value : fact.values) values += (values.empty() ? "" : ", ") + name(value);
    out.emplace_back(fact.name, std::move(values));
  }
  return out;
}

std::string View::owner(const model::Owner& owner) const {
  std::string out = name(owner.name);
  if (!owner.email.empty()) out += fmt::format("{}<{}>", out.empty() ? "" : " ", name(owner.email));
  const char* active = owner.active == true ? ", active" : owner.active == false ? ", not active any more" : "";
  return out + fmt::format(" ({}{})", name(owner.source), active);
}

std::string View::verdicts() const {
  std::array<std::size_t, model::kVerdictNames.size()> counts{};
  for (const model::Credential& credential : result_.credentials) {
    if (credential.validation) ++counts[static_cast<std::size_t>(credential.validation->verdict)];
  }
  std::string out;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    if (counts[i] > 0) out += fmt::format("{}{} {}", out.empty() ? "" : ", ", human_count(counts[i]), model::kVerdictNames[i]);
  }
  return out;
}

std::string View::held_back() const {
  std::string out;
  for (std::size_t level = model::kConfidenceNames.size(); level-- > 0;) {
    const std::uint64_t count = summary().held_back[level];
    if (count == 0) continue;
    const std::string_view confidence = model::kConfidenceNames[level];
    out += fmt::format("{}{} of {} confidence (--confidence {} shows {})", out.empty() ? "" : ", ",
                       human_count(count), confidence, confidence, count == 1 ? "it" : "them");
  }
  return out;
}

std::string View::allowed() const {
  std::string out;
  std::uint64_t all = 0;
  for (const auto& [by, count] : summary().suppressed) {
    out += fmt::format("{}{} {} by {}", out.empty() ? "" : ", ", human_count(count), count == 1 ? "place" : "places", printable(by));
    all += count;
  }
  if (all > 0) out += fmt::format(" (--no-suppress shows {})", all == 1 ? "it" : "them");
  if (const std::uint64_t own = summary().not_suppressed; own > 0) {
    out += fmt::format("{}{} {} that only the change itself would leave out {} reported all the same", out.empty() ? "" : "; ", human_count(own), own == 1 ? "place" : "places",
                       own == 1 ? "is" : "are");
  }
  return out;
}

std::vector<SkipGroup> View::skip_groups(std::size_t examples) const {
  std::map<std::pair<bool, std::string_view>, SkipGroup> groups;
  for (const model::Skip& skip : summary().skips) {
    SkipGroup& group = groups[{!skip.failed, skip.reason}];
    if (group.count++ == 0) {
      group.reason = skip.reason;
      group.failed = skip.failed;
    }
    if (group.examples.size() < examples) group.examples.push_back(name(skip.what));
  }
  std::vector<SkipGroup> out;
  out.reserve(groups.size());
  for (auto& [key, group] : groups) out.push_back(std::move(group));
  return out;
}

std::string_view short_oid(std::string_view oid) {
  return oid.substr(0, 10);
}

std::string_view short_fingerprint(std::string_view fingerprint) {
  return fingerprint.substr(0, 12);
}

std::string iso_date(std::int64_t seconds, int offset_minutes) {
  const auto c = calendar(seconds, offset_minutes);
  if (!c) return {};
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}{}", c->year, c->month, c->day, c->hour,
                     c->minute, c->second, zone(c->offset));
}

std::string readable_date(std::int64_t seconds, int offset_minutes) {
  const auto c = calendar(seconds, offset_minutes);
  if (!c) return "a date out of range";
  return fmt::format("{:04}-{:02}-{:02} {:02}:{:02} {}", c->year, c->month, c->day, c->hour,
                     c->minute, zone(c->offset));
}

std::string utc_time(std::int64_t seconds) {
  return iso_date(seconds, 0).substr(0, 19);
}

}  // namespace keywake::report
