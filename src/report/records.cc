#include "report/records.h"
#include "report/revocation.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/text.h"

namespace keywake::report {
namespace {

using Json = nlohmann::ordered_json;

std::string dump(const Json& value) {
  return value.dump(-1, ' ', true, Json::error_handler_t::replace);
}

// Many fields are unknown for one sighting and known for the next; the key is always there.
Json text_or_null(std::string text) {
  return text.empty() ? Json(nullptr) : Json(to_utf8(text));
}

Json text_or_null(std::string_view text) {
  return text_or_null(std::string(text));
}

Json validation_object(const View& view, const model::Credential& credential) {
  if (!credential.validation) return nullptr;
  const model::Validation& validation = *credential.validation;
  Json out;
  out["verdict"] = model::name(validation.verdict);
  out["reason"] = to_utf8(view.name(validation.reason));
  out["at"] = utc_time(validation.at) + "Z";
  out["host"] = text_or_null(view.name(validation.host));
  out["validator"] = text_or_null(validation.validator);
  return out;
}

// Facts of which there may be several are lists, whatever their number.
Json identity_object(const View& view, const model::Credential& credential) {
  if (!credential.validation || credential.validation->facts.empty()) return nullptr;
  Json out;
  for (std::string_view fact_name : model::kFactNames) {
    const bool list = model::is_list(fact_name);
    Json value = list ? Json::array() : Json(nullptr);
    for (const model::Fact& fact : credential.validation->facts) {
      if (fact.name != fact_name) continue;
      if (!list) value = to_utf8(view.name(fact.values.front()));
      for (const std::string& each : fact.values) {
        if (list) value.push_back(to_utf8(view.name(each)));
      }
    }
    std::string key(fact_name);
    std::replace(key.begin(), key.end(), '-', '_');
    out[key] = std::move(value);
  }
  return out;
}

Json attribution_object(const View& view, const model::Credential& credential) {
  const model::Attribution& attribution = credential.attribution;
  Json out;
  Json reasons = Json::array();
  for (const std::string& reason : attribution.reasons) reasons.push_back(to_utf8(view.name(reason)));
  out["risk_reasons"] = std::move(reasons);
  Json owners = Json::array();
  for (const model::Owner& owner : attribution.owners) {
    owners.push_back({{"name", text_or_null(view.name(owner.name))},
                      {"email", text_or_null(view.name(owner.email))},
                      {"source", to_utf8(view.name(owner.source))},
                      {"confidence", name(owner.confidence)},
                      {"active", owner.active ? Json(*owner.active) : Json()}});
  }
  out["owners"] = std::move(owners);
  const model::Exposure& exposure = attribution.exposure;
  auto date = [](std::int64_t seconds) { return seconds == 0 ? Json(nullptr) : Json(utc_time(seconds) + "Z"); };
  out["exposure"] = {{"first_seen", date(exposure.first_seen)}, {"last_seen", date(exposure.last_seen)}, {"days", exposure.days}, {"at_tip", exposure.at_tip}};
  Json nhi = Json::array();
  for (const model::NhiEvidence& item : attribution.nhi) nhi.push_back({{"id", item.id}, {"evidence", to_utf8(view.name(item.evidence))}});
  out["owasp_nhi"] = std::move(nhi);
  return out;
}

void add_credential(const View& view, const model::Credential& credential, Json& out) {
  const model::Pattern& pattern = *credential.pattern;
  out["pattern"] = to_utf8(pattern.id);
  out["provider"] = to_utf8(pattern.provider);
  out["kind"] = name(pattern.kind);
  out["risk"] = name(credential.attribution.risk);
  out["title"] = to_utf8(pattern.title);
  out["secret"] = to_utf8(view.secret(credential));
  out["fingerprint"] = credential.fingerprint;
  Json parts = Json::array();
  for (const model::Part& part : credential.parts) {
    parts.push_back({{"name", to_utf8(part.name)}, {"value", to_utf8(view.part(part))}});
  }
  out["parts"] = std::move(parts);
  out["rotate"] = text_or_null(pattern.rotate);
  out["revoke"] = text_or_null(revocation(view, credential));
  out["validation"] = validation_object(view, credential);
  out["identity"] = identity_object(view, credential);
  out.update(attribution_object(view, credential));
}

Json git_object(const View& view, const model::GitPlace& git) {
  const bool committed = !git.commit.empty();
  Json out;
  out["blob"] = text_or_null(git.blob);
  out["commit"] = text_or_null(git.commit);
  out["author"] = committed ? Json(to_utf8(view.name(git.author))) : Json(nullptr);
  out["email"] = committed ? Json(to_utf8(view.name(git.email))) : Json(nullptr);
  out["date"] = committed ? text_or_null(iso_date(git.date, git.date_offset)) : Json(nullptr);
  out["summary"] = committed ? Json(to_utf8(view.prose(git.summary))) : Json(nullptr);
  out["at_tip"] = git.at_tip;
  out["removed_in"] = text_or_null(git.removed_in);
  out["removed_date"] = git.removed_in.empty() || git.removed_date == 0
                            ? Json(nullptr)
                            : text_or_null(iso_date(git.removed_date, git.removed_date_offset));
  out["reachable"] = git.reachable;
  out["staged"] = git.staged;
  return out;
}

Json date_or_null(std::int64_t seconds) { return seconds == 0 ? Json(nullptr) : Json(utc_time(seconds) + "Z"); }

Json flag_or_null(std::optional<bool> flag) { return flag ? Json(*flag) : Json(nullptr); }

Json ci_object(const View& view, const model::CiPlace& ci) {
  Json out;
  out["provider"] = ci.provider;
  out["scope"] = to_utf8(view.name(ci.scope));
  out["variable"] = to_utf8(view.name(ci.variable));
  out["masked"] = flag_or_null(ci.masked);
  out["protected"] = flag_or_null(ci.protected_only);
  Json environments = Json::array();
  for (const std::string& environment : ci.environments) environments.push_back(to_utf8(view.name(environment)));
  out["environments"] = std::move(environments);
  out["updated_at"] = date_or_null(ci.updated_at);
  out["value_hidden"] = ci.value_hidden;
  out["source"] = model::kCiSourceNames[static_cast<std::size_t>(ci.source)];
  return out;
}

Json image_object(const View& view, const model::ImagePlace& image) {
  Json out;
  out["name"] = to_utf8(view.name(image.name));
  out["digest"] = text_or_null(image.digest);
  out["platform"] = text_or_null(view.name(image.platform));
  out["layer"] = text_or_null(image.layer);
  out["layer_index"] = image.layer_index == 0 ? Json(nullptr) : Json(image.layer_index);
  out["created_by"] = text_or_null(view.prose(image.created_by));
  out["deleted_in"] = image.deleted_in == 0 ? Json(nullptr) : Json(image.deleted_in);
  out["from_base"] = image.from_base ? Json(*image.from_base) : Json(nullptr);
  return out;
}

void add_place(const View& view, const model::Sighting& sighting, Json& out) {
  out["target"] = to_utf8(view.name(sighting.target));
  out["path"] = to_utf8(view.name(sighting.path));
  out["line"] = sighting.line;
  out["column"] = sighting.column;
  out["end_line"] = sighting.end_line;
  out["end_column"] = sighting.end_column;
  out["decoded"] = text_or_null(sighting.decoded);
  out["git"] = sighting.git ? git_object(view, *sighting.git) : Json(nullptr);
  out["ci"] = sighting.ci ? ci_object(view, *sighting.ci) : Json(nullptr);
  out["image"] = sighting.image ? image_object(view, *sighting.image) : Json(nullptr);
}

void add_rejection(const View& view, const model::Sighting& sighting,
                   const model::Rejection& rejection, Json& out) {
  out["pattern"] = to_utf8(rejection.pattern->id);
  out["reason"] = to_utf8(view.name(rejection.reason));
  add_place(view, sighting, out);
}

}  // namespace

std::string credential_object(const View& view, const model::Credential& credential) {
  Json out;
  add_credential(view, credential, out);
  return dump(out);
}

std::string knowledge_members(const View& view, const model::Credential& credential) {
  Json out;
  out["validation"] = validation_object(view, credential);
  out["identity"] = identity_object(view, credential);
  out.update(attribution_object(view, credential));
  return fmt::format(",{}", members(dump(out)));
}

std::string place_object(const View& view, const model::Sighting& sighting) {
  Json out;
  out["confidence"] = name(sighting.confidence);
  add_place(view, sighting, out);
  return dump(out);
}

std::string rejection_object(const View& view, const model::Sighting& sighting,
                             const model::Rejection& rejection) {
  Json out;
  add_rejection(view, sighting, rejection, out);
  return dump(out);
}

std::string variable_object(const View& view, const model::Variable& variable) {
  Json out;
  out["target"] = to_utf8(view.name(variable.target));
  out["ci"] = ci_object(view, variable.place);
  out["created_at"] = date_or_null(variable.created_at);
  out["users"] = text_or_null(view.name(variable.users));
  out["every_project"] = flag_or_null(variable.every_project);
  out["forks"] = flag_or_null(variable.forks);
  Json leaks = Json::array();
  for (const model::LeakingSetting& leak : variable.leaks) {
    leaks.push_back({{"id", leak.id}, {"owasp_nhi", model::nhi_of(leak.id)}, {"evidence", to_utf8(view.name(leak.evidence))}});
  }
  out["leaks"] = std::move(leaks);
  return dump(out);
}

std::string summary_object(const View& view) {
  const model::Summary& summary = view.summary();
  Json out;
  Json targets = Json::array();
  for (const std::string& target : summary.targets) targets.push_back(to_utf8(view.name(target)));
  out["targets"] = std::move(targets);
  out["started"] = utc_time(view.options().started) + "Z";
  out["finished"] = utc_time(view.options().finished) + "Z";
  out["seconds"] = summary.seconds;
  out["files"] = summary.files;
  out["blobs"] = summary.blobs;
  out["commits"] = summary.commits;
  out["variables"] = summary.variables;
  out["logs"] = summary.logs;
  out["artifacts"] = summary.artifacts;
  out["job_days"] = summary.job_days == 0 ? Json(nullptr) : Json(summary.job_days);
  out["layers"] = summary.layers;
  out["known_layers"] = summary.known_layers;
  out["bytes"] = summary.bytes;
  out["bytes_matched"] = summary.bytes_matched;
  out["credentials"] = view.result().credentials.size();
  out["sightings"] = view.places();
  Json by_risk;
  for (std::size_t risk = model::kRiskNames.size(); risk-- > 0;) {
    by_risk[std::string(model::kRiskNames[risk])] = view.by_risk()[risk];
  }
  out["by_risk"] = std::move(by_risk);
  Json held_back;
  for (const model::Confidence level : {model::Confidence::kMedium, model::Confidence::kLow}) {
    held_back[std::string(name(level))] = summary.held_back[static_cast<std::size_t>(level)];
  }
  out["held_back"] = std::move(held_back);
  Json suppressed{{"inline", 0}};
  for (const auto& [by, count] : summary.suppressed) suppressed[by == "keywake:allow" ? "inline" : to_utf8(by)] = count;
  out["suppressed"] = std::move(suppressed);
  out["not_suppressed"] = summary.not_suppressed;
  out["rejected"] = summary.rejected;
  out["complete"] = summary.complete();
  return dump(out);
}

std::string json_string(std::string_view text) {
  return dump(Json(to_utf8(text)));
}

}  // namespace keywake::report
