#include "stores/leaks.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace keywake::stores {
namespace {

constexpr std::int64_t kDay = 86'400;

// CI systems that can prove to a cloud who a job is, so that no key needs to be stored:
// https://docs.github.com/actions/concepts/security/openid-connect, https://docs.gitlab.com/ci/cloud_services/,
// https://developer.hashicorp.com/terraform/cloud-docs/workspaces/dynamic-provider-credentials,
// https://support.atlassian.com/bitbucket-cloud/docs/integrate-pipelines-with-resource-servers-using-oidc/,
// https://circleci.com/docs/openid-connect-tokens/, https://buildkite.com/docs/pipelines/security/oidc,
// https://learn.microsoft.com/azure/devops/pipelines/release/configure-workload-identity
constexpr std::array<std::string_view, 7> kFederated{"github-actions",      "gitlab-ci", "terraform-cloud", "bitbucket-pipelines",
                                                     "circleci", "buildkite", "azure-pipelines"};

struct CloudName {
  std::string_view variable;
  std::string_view cloud;
};
// As the clouds' own tools read them: the AWS CLI, Azure's and Google's Terraform providers and actions.
constexpr std::array<CloudName, 10> kCloudNames{{
    {"AWS_SECRET_ACCESS_KEY", "AWS"},
    {"AWS_ACCESS_KEY_ID", "AWS"},
    {"AZURE_CREDENTIALS", "Azure"},
    {"AZURE_CLIENT_SECRET", "Azure"},
    {"ARM_CLIENT_SECRET", "Azure"},
    {"serviceprincipalkey", "Azure"},  // a parameter of service connections of Azure Pipelines
    {"GOOGLE_CREDENTIALS", "Google Cloud"},
    {"GOOGLE_APPLICATION_CREDENTIALS", "Google Cloud"},
    {"GCP_SA_KEY", "Google Cloud"},
    {"GCP_CREDENTIALS", "Google Cloud"},
}};

std::string_view cloud_of(std::string_view name, std::string_view pattern_provider) {
  if (pattern_provider == "aws") return "AWS";
  if (pattern_provider == "azure") return "Azure";
  if (pattern_provider == "gcp" || pattern_provider == "google") return "Google Cloud";
  if (!pattern_provider.empty()) return "";
  const auto* found = std::find_if(kCloudNames.begin(), kCloudNames.end(), [&](const CloudName& each) { return name.find(each.variable) != std::string_view::npos; });
  return found == kCloudNames.end() ? "" : found->cloud;
}

}  // namespace

std::vector<model::LeakingSetting> leaks_of(const model::Variable& variable, std::string_view cloud, std::int64_t now) {
  const model::CiPlace& place = variable.place;
  std::vector<model::LeakingSetting> out;
  if (place.masked == false) out.push_back({"unmasked", "job logs show its value"});
  if (place.protected_only == false) out.push_back({"every-branch", "jobs of every branch can read it, not those of protected ones alone"});
  if (variable.forks == true) out.push_back({"forks", "a pull request from a fork can read it"});
  if (variable.every_project == true)
    out.push_back({"every-project", fmt::format("{} can read it", variable.users.empty() ? "every project" : variable.users)});
  const std::int64_t changed = std::max(place.updated_at, variable.created_at);
  if (const std::int64_t days = (now - changed) / kDay; changed != 0 && days > kOldAfterDays)
    out.push_back({"old", fmt::format("it has not been changed for {} days", days)});
  const std::string_view key = cloud_of(place.variable, cloud);
  if (!key.empty() && std::find(kFederated.begin(), kFederated.end(), place.provider) != kFederated.end())
    out.push_back({"static-cloud-key", fmt::format("a static key of {}, where {} can log in there by OpenID Connect without one", key, place.provider)});
  return out;
}

}  // namespace keywake::stores
