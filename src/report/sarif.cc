// SARIF 2.1.0 (OASIS, https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html), written
// for what GitHub code scanning shows of it
// (https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning):
// one result per sighting, since GitHub shows the first location of a result only;
// `security-severity` on the rule, which sorts alerts; and `primaryLocationLineHash`, the one
// fingerprint GitHub matches alerts by. That is made of the credential's fingerprint, so an alert
// stays the same when lines move, with a number behind the colon that tells apart several in one
// file. All sightings of a credential share the fingerprint `keywakeCredential/v1`.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <unordered_map>

#include "base/text.h"
#include "report/escape.h"
#include "report/formats.h"
#include "report/records.h"

namespace keywake::report {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::array<std::string_view, 4> kLevels{"note", "warning", "error", "error"};
// In the middle of the bands that GitHub shows as low, medium, high and critical.
constexpr std::array<std::string_view, 4> kSeverities{"3.0", "5.5", "8.0", "9.5"};

// SARIF's rank (section 3.27.25) is how much a result deserves attention, from 0 to 100: the
// confidence, since the level is the risk already.
constexpr std::array<double, 3> kRanks{10.0, 50.0, 90.0};

std::string dump(const Json& value) {
  return value.dump(-1, ' ', true, Json::error_handler_t::replace);
}

Json message(std::string_view text) {
  return {{"text", sarif_message(to_utf8(text))}};
}

using Rules = std::map<std::string_view, std::pair<const model::Pattern*, std::size_t>>;

Rules used_rules(const model::ScanResult& result) {
  Rules rules;
  for (const model::Credential& credential : result.credentials) {
    rules[credential.pattern->id].first = credential.pattern;
  }
  std::size_t index = 0;
  for (auto& [id, rule] : rules) rule.second = index++;
  return rules;
}

Json rule_object(const model::Pattern& pattern) {
  const auto risk = static_cast<std::size_t>(pattern.risk);
  const std::string title = to_utf8(pattern.title);
  std::string help = fmt::format(
      "Anyone who can read this file or its history can use this credential ({}). "
      "Revoke and replace it first, then remove it from the file.",
      name(pattern.kind));
  if (!pattern.rotate.empty()) help += fmt::format(" Replace it at {}", to_utf8(pattern.rotate));
  Json out;
  out["id"] = to_utf8(pattern.id);
  out["shortDescription"] = {{"text", title}};
  out["fullDescription"] = {{"text", fmt::format("{}: a leaked credential", title)}};
  out["help"] = {{"text", help}};
  if (is_web_url(pattern.docs)) out["helpUri"] = std::string(pattern.docs);
  out["defaultConfiguration"] = {{"level", kLevels[risk]}};
  out["properties"] = {{"security-severity", kSeverities[risk]},
                       {"precision", name(pattern.confidence)},
                       {"tags", {"security", "secret", name(pattern.kind)}}};
  return out;
}

Json location_object(const View& view, const model::Sighting& sighting) {
  const std::string path = view.path_from_here(sighting);
  const std::string_view file = outer_file(path);
  Json region;
  if (file.size() == path.size()) {
    region = {{"startLine", sighting.line},
              {"startColumn", sighting.column},
              {"endLine", sighting.end_line},
              {"endColumn", sighting.end_column}};
  } else {
    // A member of an archive: the file that a viewer can open has no such line.
    region = {{"startLine", 1}};
  }
  Json out;
  out["physicalLocation"] = {
      {"artifactLocation", {{"uri", relative_uri(file)}, {"uriBaseId", "%SRCROOT%"}}},
      {"region", std::move(region)}};
  if (file.size() != path.size()) {
    Json member{{"fullyQualifiedName", to_utf8(path)}, {"kind", "member"}};
    out["logicalLocations"] = Json::array({std::move(member)});
  }
  return out;
}

std::string result_text(const View& view, const model::Credential& credential,
                        const model::Sighting& sighting) {
  std::string text =
      fmt::format("{}: {}", to_utf8(credential.pattern->title), view.secret(credential));
  if (outer_file(sighting.path).size() != sighting.path.size()) {
    text += fmt::format(" in {}:{}:{}", view.name(sighting.path), sighting.line, sighting.column);
  }
  if (!sighting.decoded.empty()) text += fmt::format(" (decoded from {})", sighting.decoded);
  const std::string standing = view.standing(sighting);
  if (!standing.empty()) text += ", " + standing;
  if (const std::string verdict = view.verdict(credential); !verdict.empty()) text += ", " + to_utf8(verdict);
  if (sighting.git && !sighting.git->commit.empty()) {
    text += fmt::format(", introduced in {}", short_oid(sighting.git->commit));
  }
  return text;
}

std::string result_object(const View& view, const model::Credential& credential,
                          const model::Sighting& sighting, std::size_t rule,
                          std::size_t occurrence) {
  Json out;
  out["ruleId"] = to_utf8(credential.pattern->id);
  out["ruleIndex"] = rule;
  out["level"] = kLevels[static_cast<std::size_t>(credential.attribution.risk)];
  out["rank"] = kRanks[static_cast<std::size_t>(sighting.confidence)];
  out["message"] = message(result_text(view, credential, sighting));
  out["locations"] = Json::array({location_object(view, sighting)});
  out["partialFingerprints"] = {
      {"primaryLocationLineHash",
       fmt::format("{}:{}", credential.fingerprint.substr(0, 16), occurrence)},
      {"keywakeCredential/v1", credential.fingerprint}};
  return fmt::format("{},\"properties\":{}{}}}}}", open_object(dump(out)), open_object(place_object(view, sighting)),
                     knowledge_members(view, credential));
}

Json notification(const View& view, const model::Skip& skip) {
  return {
      {"level", skip.failed ? "error" : "note"},
      {"message", message(fmt::format("Not scanned: {}: {}", view.name(skip.what), skip.reason))}};
}

void write_results(const View& view, const Rules& rules, std::ostream& out) {
  JsonArray results(out);
  for (const model::Credential& credential : view.result().credentials) {
    const std::size_t rule = rules.at(credential.pattern->id).second;
    std::unordered_map<std::string, std::size_t> in_file;
    for (const model::Sighting& sighting : credential.sightings) {
      const std::string file(outer_file(view.path_from_here(sighting)));
      results.add(result_object(view, credential, sighting, rule, ++in_file[file]));
    }
  }
  results.close();
}

}  // namespace

void write_sarif(const View& view, std::ostream& out) {
  const Options& options = view.options();
  const Rules rules = used_rules(view.result());
  out << "{\"$schema\":\"https://json.schemastore.org/sarif-2.1.0.json\",\"version\":\"2.1.0\",\n"
         "\"runs\":[{\"tool\":{\"driver\":{\"name\":\"keywake\"";
  if (!options.version.empty()) {
    out << fmt::format(",\"version\":{0},\"semanticVersion\":{0}", json_string(options.version));
  }
  if (is_web_url(options.homepage)) {
    out << ",\"informationUri\":" << json_string(options.homepage);
  }
  out << ",\"rules\":";
  JsonArray rule_list(out);
  for (const auto& [id, rule] : rules) rule_list.add(dump(rule_object(*rule.first)));
  rule_list.close();
  out << fmt::format(
      "}}}},\n\"invocations\":[{{\"executionSuccessful\":{},\"startTimeUtc\":\"{}Z\","
      "\"endTimeUtc\":\"{}Z\",\"toolExecutionNotifications\":",
      view.summary().complete(), utc_time(options.started), utc_time(options.finished));
  JsonArray notifications(out);
  for (const model::Skip& skip : view.summary().skips) {
    notifications.add(dump(notification(view, skip)));
  }
  if (const std::string held_back = view.held_back(); !held_back.empty()) {
    Json note{{"level", "note"}, {"message", message("Held back: " + held_back)}};
    notifications.add(dump(note));
  }
  if (const std::string allowed = view.allowed(); !allowed.empty()) {
    Json note{{"level", "note"}, {"message", message("Allowed: " + allowed)}};
    notifications.add(dump(note));
  }
  notifications.close();
  out << "}],\n\"results\":";
  write_results(view, rules, out);
  out << "}]}\n";
}

}  // namespace keywake::report
