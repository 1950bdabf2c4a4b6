// https://docs.github.com/en/actions/reference/workflows-and-actions/variables, …/events-that-trigger-workflows; the payloads:
// https://docs.github.com/en/webhooks/webhook-events-and-payloads. Gitea (https://docs.gitea.com/usage/actions/comparison) and Forgejo
// (https://forgejo.org/docs/latest/user/actions/) set the same variables, and GITEA_ACTIONS or FORGEJO_ACTIONS.
#include <fmt/format.h>

#include <nlohmann/json.hpp>

#include "ci/event.h"

namespace keywake::ci {
namespace {

using Json = nlohmann::json;

std::string text(const Json& object, std::initializer_list<const char*> path) {
  const Json* at = &object;
  for (const char* key : path) {
    const auto found = at->is_object() ? at->find(key) : at->end();
    if (!at->is_object() || found == at->end()) return "";
    at = &*found;
  }
  return at->is_string() ? at->get<std::string>() : "";
}

void take_push(const Json& payload, const std::string& ref, Event& out) {
  out.kind = ref.starts_with("refs/tags/") ? Kind::kTag : Kind::kPush;
  out.branch = short_branch(ref);
  out.head = text(payload, {"after"});
  const std::string before = text(payload, {"before"});
  out.first_push = is_null_id(before);
  const auto forced = payload.find("forced");
  out.forced = forced != payload.end() && forced->is_boolean() && forced->get<bool>();
  out.add_base(before);
}

}  // namespace

Result<std::optional<Event>> github_actions(const Environment& environment, const ReadFile& read) {
  if (environment("GITHUB_ACTIONS") != "true") return std::optional<Event>();
  Event out;
  out.system = environment("FORGEJO_ACTIONS") == "true" ? "Forgejo Actions" : environment("GITEA_ACTIONS") == "true" ? "Gitea Actions" : "GitHub Actions";
  out.fetch_more = "give actions/checkout fetch-depth: 0";
  out.annotations = true;
  out.summary_file = environment("GITHUB_STEP_SUMMARY");
  if (!out.summary_file.empty()) out.summary_style = Event::SummaryStyle::kAppend;

  const std::string name = environment("GITHUB_EVENT_NAME");
  const std::string file = environment("GITHUB_EVENT_PATH");
  if (name.empty() || file.empty()) return fail(fmt::format("{}: {} is not set; give --base and --head", out.system, name.empty() ? "GITHUB_EVENT_NAME" : "GITHUB_EVENT_PATH"));
  const auto bytes = read(file);
  if (!bytes) return fail(fmt::format("{}: GITHUB_EVENT_PATH: {}; in a container it must be mounted, or give --base and --head", out.system, bytes.error().message));
  const Json payload = Json::parse(*bytes, nullptr, false);
  if (!payload.is_object()) return fail(fmt::format("{}: GITHUB_EVENT_PATH: {} is no JSON object; give --base and --head", out.system, file));
  out.default_branch = text(payload, {"repository", "default_branch"});
  const std::string ref = environment("GITHUB_REF");

  if (name == "pull_request" || name == "pull_request_target" || name == "pull_request_review" || name == "pull_request_review_comment") {
    out.kind = Kind::kMerge;
    out.head = text(payload, {"pull_request", "head", "sha"});
    out.add_base(text(payload, {"pull_request", "base", "sha"}));
    out.add_base(environment("GITHUB_BASE_REF"));
    if (out.head.empty()) return fail(fmt::format("{}: the event {} names no pull_request.head.sha; give --base and --head", out.system, name));
  } else if (name == "merge_group") {
    out.kind = Kind::kMerge;
    out.head = text(payload, {"merge_group", "head_sha"});
    out.add_base(text(payload, {"merge_group", "base_sha"}));
  } else if (name == "push") {
    take_push(payload, ref, out);
  } else if (ref.starts_with("refs/tags/")) {  // release, create
    out.kind = Kind::kTag;
    out.head = environment("GITHUB_SHA");
  }
  return out;
}

}  // namespace keywake::ci
