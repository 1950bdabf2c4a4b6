// buildkite://organization[/pipeline]: the environment and steps of pipelines, and that of their schedules, which can be read; secrets of clusters
// and the tokens of their agents, which are hidden. Access token (scopes read_pipelines, read_clusters, and read_secret_details for
// secrets): BUILDKITE_API_TOKEN. With a pipeline in the target only that pipeline is read, no cluster.
//
// https://buildkite.com/docs/apis/rest-api/pipelines, /pipeline-schedules, /clusters (agent tokens), /clusters/secrets; pages by Link header,
// limits by RateLimit-Reset (/rest-api/limits). Which members there are was held against Buildkite's own client, github.com/buildkite/go-buildkite.
// Policies of secrets: https://buildkite.com/docs/pipelines/security/secrets/buildkite-secrets/access-policies, YAML of claims such as
// pipeline_slug and build_branch; without one every build of the cluster may read the secret.
// Steps that a repository uploads (.buildkite/pipeline.yml) are its files, and found by scanning it.
#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "stores/api_internal.h"

namespace keywake::stores {
namespace {

// https://buildkite.com/docs/pipelines/configure/managing-log-output#redacted-environment-variables: what agents star out by default.
bool is_redacted(std::string_view name) {
  static constexpr std::array<std::string_view, 7> kEndings{"_PASSWORD", "_SECRET", "_TOKEN", "_PRIVATE_KEY", "_ACCESS_KEY", "_SECRET_KEY", "_CONNECTION_STRING"};
  return std::any_of(kEndings.begin(), kEndings.end(), [&](std::string_view ending) { return name.ends_with(ending); });
}

// A policy on one line, for people.
std::string in_one_line(std::string policy) {
  std::replace(policy.begin(), policy.end(), '\n', ' ');
  while (policy.ends_with(' ')) policy.pop_back();
  return policy;
}

class Buildkite {
 public:
  Buildkite(Api& api, std::string organization)
      : api_(api), organization_(std::move(organization)), base_("/organizations/" + net::percent_encoded(organization_)) {}

  void organization() {
    list(base_ + "/pipelines", "pipelines of " + organization_, [this](const Json& each) { pipeline(each); });
    list(base_ + "/clusters", "clusters of " + organization_, [this](const Json& each) { cluster(text(each, "id"), text(each, "name")); });
  }

  void pipeline_named(const std::string& slug) {
    api_.get(base_ + "/pipelines/" + net::percent_encoded(slug), "pipeline " + slug, [this](const Json& body, const net::Answer&) { pipeline(body); });
  }

 private:
  void list(const std::string& path, const std::string& what, std::function<void(const Json&)> got) {
    api_.pages(with(path, "per_page", "100"), what, "", api_.by_link(what), std::move(got));
  }

  void pipeline(const Json& body) {
    const std::string slug = text(body, "slug");
    const std::string scope = fmt::format("pipeline {}/{}", organization_, slug);
    const std::optional<bool> forks = flag(child(child(body, "provider"), "settings"), "build_pull_request_forks");
    environment(scope, body, forks);
    if (const std::string steps = text(body, "configuration"); !steps.empty()) {
      StoredVariable& added = api_.add(scope, "configuration");
      added.value = Secret(steps);
      added.about.created_at = seconds_of(text(body, "created_at"));
    }
    list(fmt::format("{}/pipelines/{}/schedules", base_, net::percent_encoded(slug)), "schedules of " + scope, [this, scope](const Json& each) {
      const std::string label = text(each, "label");
      environment(fmt::format("{}, schedule {}", scope, label.empty() ? text(each, "id") : label), each, false);
    });
  }

  void environment(const std::string& scope, const Json& body, std::optional<bool> forks) {
    for (const auto& [name, value] : child(body, "env").items()) {
      StoredVariable& added = api_.add(scope, name);
      added.value = value_in(child(body, "env"), name);
      added.about.created_at = seconds_of(text(body, "created_at"));
      added.about.forks = forks;
      if (!is_redacted(name)) added.about.place.masked = false;
    }
  }

  void cluster(const std::string& id, const std::string& name) {
    const std::string path = fmt::format("{}/clusters/{}", base_, net::percent_encoded(id));
    const std::string scope = fmt::format("cluster {}/{}", organization_, name);
    list(path + "/secrets", "secrets of " + scope, [this, scope](const Json& each) {
      StoredVariable& added = hidden(scope, text(each, "key"), each);
      const std::string policy = in_one_line(text(each, "policy"));
      added.about.users = policy.empty() ? "every pipeline of the cluster" : "by policy: " + policy;
      if (policy.empty()) {
        added.about.every_project = true;
        added.about.place.protected_only = false;
      }
    });
    list(path + "/tokens", "agent tokens of " + scope, [this, scope](const Json& each) {
      const std::string description = text(each, "description");
      StoredVariable& added = hidden(scope + ", agent tokens", description.empty() ? text(each, "id") : description, each);
      if (const std::string from = text(each, "allowed_ip_addresses"); !from.empty()) added.about.users = "agents at " + from;
    });
  }

  StoredVariable& hidden(const std::string& scope, const std::string& name, const Json& each) {
    StoredVariable& added = api_.add(scope, name);
    added.is_secret = true;
    added.about.created_at = seconds_of(text(each, "created_at"));
    added.about.place.updated_at = seconds_of(text(each, "updated_at"));
    return added;
  }

  Api& api_;
  std::string organization_;
  std::string base_;
};

}  // namespace

Result<void> list_buildkite(const Target& target, const StoreOptions& options, Listing& out) {
  auto token = access_token(options, target, {"BUILDKITE_API_TOKEN"});
  if (!token) return std::unexpected(token.error());
  auto api = Api::make("https://api.buildkite.com/v2", {{{"Authorization", "Bearer " + *token}}}, options, target, out);
  if (!api) return std::unexpected(api.error());
  Buildkite buildkite(**api, target.parts[0]);
  if (target.parts.size() == 1) {
    buildkite.organization();
  } else {
    buildkite.pipeline_named(target.parts[1]);
  }
  (*api)->run();
  return {};
}

}  // namespace keywake::stores
