// GitLab's secret-detection report, schema 15.0.7
// (gitlab-org/security-products/security-report-schemas, dist/secret-detection-report-format.json;
// what of it we must meet is written down in docs/schemas/gitlab-secret-detection-15.json). One
// vulnerability per sighting: GitLab tells them apart by file, commit and line.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "base/hash.h"
#include "base/text.h"
#include "report/escape.h"
#include "report/formats.h"
#include "report/records.h"
#include "report/revocation.h"

namespace keywake::report {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kVersion = "15.0.7";
// The schema wants a commit for every finding; this is what GitLab's own analyzer states where
// there is none.
constexpr std::string_view kNoCommit = "0000000";
constexpr std::array<std::string_view, 4> kSeverities{"Low", "Medium", "High", "Critical"};
constexpr std::size_t kMaxName = 255;
constexpr std::size_t kMaxMessage = 1024;

std::string dump(const Json& value) {
  return value.dump(-1, ' ', true, Json::error_handler_t::replace);
}

// At most `limit` bytes of valid UTF-8.
std::string cut(std::string_view text, std::size_t limit) {
  std::string out = to_utf8(text);
  if (out.size() <= limit) return out;
  std::size_t end = limit;
  while (end > 0 && (static_cast<unsigned char>(out[end]) & 0xc0) == 0x80) --end;
  out.resize(end);
  return out;
}

// A name-based UUID (RFC 9562 section 5.5) in the namespace for URLs: the same sighting has the
// same id in every scan.
std::string sighting_id(const View& view, const model::Credential& credential,
                        const model::Sighting& sighting) {
  const auto space = from_hex("6ba7b8119dad11d180b400c04fd430c8");
  std::string name = *space + "urn:keywake:sighting";
  auto add = [&name](std::string_view field) { name.append(1, '\0').append(field); };
  add(credential.pattern->id);
  add(credential.fingerprint);
  if (view.summary().targets.size() > 1) add(sighting.target);
  add(sighting.path);
  add(fmt::format("{}:{}", sighting.line, sighting.column));
  if (sighting.git) {
    // Of what is in no commit, the blob tells the staged version from that in the work tree.
    add(sighting.git->commit.empty() ? sighting.git->blob : sighting.git->commit);
  }
  auto digest = sha1(name);
  digest[6] = static_cast<std::uint8_t>((digest[6] & 0x0f) | 0x50);
  digest[8] = static_cast<std::uint8_t>((digest[8] & 0x3f) | 0x80);
  const std::string hex = to_hex(digest);
  return fmt::format("{}-{}-{}-{}-{}", hex.substr(0, 8), hex.substr(8, 4), hex.substr(12, 4),
                     hex.substr(16, 4), hex.substr(20, 12));
}

Json location_object(const View& view, const model::Sighting& sighting) {
  Json commit{{"sha", kNoCommit}};
  if (sighting.git && !sighting.git->commit.empty()) {
    const model::GitPlace& git = *sighting.git;
    commit["sha"] = to_utf8(git.commit);
    commit["author"] = to_utf8(view.name(fmt::format("{} <{}>", git.author, git.email)));
    const std::string date = iso_date(git.date, git.date_offset);
    if (!date.empty()) commit["date"] = date;
    commit["message"] = cut(view.prose(git.summary), kMaxMessage);
  }
  Json out;
  out["file"] = to_utf8(view.path_from_here(sighting));
  out["start_line"] = sighting.line;
  out["end_line"] = sighting.end_line;
  out["commit"] = std::move(commit);
  return out;
}

// GitLab shows it as Markdown; what comes from the target stays in fields that it shows as they
// are.
std::string description(const View& view, const model::Credential& credential,
                        const model::Sighting& sighting) {
  std::string text = fmt::format("{}: {}", markdown_text(to_utf8(credential.pattern->title)),
                                 markdown_text(credential.secret.redacted()));
  if (!sighting.decoded.empty()) {
    text += fmt::format(" (decoded from {})", markdown_text(sighting.decoded));
  }
  const std::string standing = view.standing(sighting);
  if (!standing.empty()) text += ", " + standing;
  return text + ".";
}

std::string solution(const View& view, const model::Credential& credential) {
  const model::Pattern& pattern = *credential.pattern;
  std::string text = "Revoke and replace this credential, then remove it from the file.";
  if (is_web_url(pattern.rotate)) text += fmt::format(" Replace it at {}", pattern.rotate);
  if (const std::string command = revocation(view, credential); !command.empty()) text += " Revoke it: " + to_utf8(command);
  return text;
}

Json vulnerability(const View& view, const model::Credential& credential,
                   const model::Sighting& sighting) {
  const model::Pattern& pattern = *credential.pattern;
  Json out;
  out["id"] = sighting_id(view, credential, sighting);
  out["category"] = "secret_detection";
  out["name"] = cut(pattern.title, kMaxName);
  out["description"] = description(view, credential, sighting);
  out["severity"] = kSeverities[static_cast<std::size_t>(credential.attribution.risk)];
  out["solution"] = solution(view, credential);
  out["scanner"] = {{"id", "keywake"}, {"name", "keywake"}};
  out["location"] = location_object(view, sighting);
  // The first identifier is what GitLab groups and deduplicates by.
  out["identifiers"] = Json::array();
  out["identifiers"].push_back({{"type", "keywake_pattern"},
                                {"name", fmt::format("keywake pattern {}", to_utf8(pattern.id))},
                                {"value", to_utf8(pattern.id)}});
  out["identifiers"].push_back(
      {{"type", "keywake_credential"},
       {"name", fmt::format("keywake credential {}", short_fingerprint(credential.fingerprint))},
       {"value", credential.fingerprint}});
  // Schema 15 has no field for it (14 had), and shows details as they are named here.
  out["details"]["confidence"] = {
      {"type", "text"}, {"name", "Confidence"}, {"value", name(sighting.confidence)}};
  if (const std::string verdict = view.verdict(credential); !verdict.empty()) {
    out["details"]["validation"] = {{"type", "text"}, {"name", "Validation"}, {"value", to_utf8(verdict)}};
  }
  for (const auto& [name, values] : view.identity(credential)) {
    out["details"][std::string(name)] = {{"type", "text"}, {"name", std::string(name)}, {"value", to_utf8(values)}};
  }
  if (!credential.attribution.owners.empty()) {
    out["details"]["owner"] = {{"type", "text"}, {"name", "Probable owner"}, {"value", to_utf8(view.owner(credential.attribution.owners.front()))}};
  }
  if (view.options().show_secrets) {
    out["raw_source_code_extract"] = to_utf8(credential.secret.reveal());
  }
  return out;
}

Json scanner(const Options& options) {
  Json out;
  out["id"] = "keywake";
  out["name"] = "keywake";
  if (is_web_url(options.homepage)) out["url"] = options.homepage;
  out["vendor"] = {{"name", "keywake"}};
  out["version"] = options.version.empty() ? "unknown" : options.version;
  return out;
}

Json scan_object(const View& view) {
  const Options& options = view.options();
  Json out;
  out["scanner"] = scanner(options);
  out["analyzer"] = scanner(options);
  out["type"] = "secret_detection";
  out["start_time"] = utc_time(options.started);
  out["end_time"] = utc_time(options.finished);
  out["status"] = view.summary().complete() ? "success" : "failure";
  Json messages = Json::array();
  for (const SkipGroup& group : view.skip_groups(3)) {
    std::string text = fmt::format("Not scanned: {} ({}): ", group.reason, group.count);
    for (std::size_t i = 0; i < group.examples.size(); ++i) {
      text += (i > 0 ? ", " : "") + printable(group.examples[i]);
    }
    if (group.count > group.examples.size()) text += ", …";
    messages.push_back({{"level", group.failed ? "warn" : "info"}, {"value", to_utf8(text)}});
  }
  if (const std::string held_back = view.held_back(); !held_back.empty()) {
    messages.push_back({{"level", "info"}, {"value", "Held back: " + held_back}});
  }
  if (const std::string allowed = view.allowed(); !allowed.empty()) messages.push_back({{"level", "info"}, {"value", "Allowed: " + allowed}});
  out["messages"] = std::move(messages);
  return out;
}

}  // namespace

void write_gitlab(const View& view, std::ostream& out) {
  out << fmt::format("{{\"version\":\"{}\",\n\"scan\":", kVersion) << dump(scan_object(view))
      << ",\n\"vulnerabilities\":";
  JsonArray vulnerabilities(out);
  for (const model::Credential& credential : view.result().credentials) {
    for (const model::Sighting& sighting : credential.sightings) {
      vulnerabilities.add(dump(vulnerability(view, credential, sighting)));
    }
  }
  vulnerabilities.close();
  out << "}\n";
}

}  // namespace keywake::report
