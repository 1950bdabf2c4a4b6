#include "stores/store.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <tuple>

#include "base/text.h"
#include "stores/providers.h"

namespace keywake::stores {
namespace {

constexpr std::string_view kEnvironment = "env:";
constexpr std::size_t kAnyNumber = 32;  // GitLab nests groups 20 deep

constexpr std::array<Provider, 13> kProviders{{
    {"env", "env:[pid/N]", 0, 2, list_environment},
    {"gitlab-ci", "gitlab-ci://host[/group[/project]]", 1, kAnyNumber, list_gitlab_ci, true},
    {"github-actions", "github-actions://owner[/repository]", 1, 2, list_github_actions, true},
    {"k8s", "k8s://context[/namespace]", 1, kAnyNumber, list_kubernetes},
    {"vault", "vault://host/mount[/path]", 2, kAnyNumber, list_vault},
    {"terraform-cloud", "terraform-cloud://organization[/workspace]", 1, 2, list_terraform_cloud},
    {"bitbucket-pipelines", "bitbucket-pipelines://workspace[/repository]", 1, 2, list_bitbucket_pipelines},
    {"jenkins", "jenkins://host[/job]", 1, kAnyNumber, list_jenkins, true},
    {"circleci", "circleci://vcs/organization[/project]", 2, 3, list_circleci},
    {"buildkite", "buildkite://organization[/pipeline]", 1, 2, list_buildkite},
    {"azure-pipelines", "azure-pipelines://organization[/project]", 1, 2, list_azure_pipelines},
    {"gitea-actions", "gitea-actions://host[/owner[/repository]]", 1, 3, list_gitea_actions},
    {"woodpecker", "woodpecker://host[/owner[/repository]]", 1, 3, list_woodpecker},
}};

const Provider* provider_of(std::string_view target) {
  if (target.starts_with(kEnvironment)) return &kProviders[0];
  const std::size_t end = target.find("://");
  if (end == std::string_view::npos) return nullptr;
  const auto* found = std::find_if(kProviders.begin(), kProviders.end(), [&](const Provider& each) { return each.name == target.substr(0, end); });
  return found == kProviders.end() ? nullptr : found;
}

// What would be read as something else than a name once it stands in a URL.
bool is_part(std::string_view part) {
  return !part.empty() && part != "." && part != ".." && part.find_first_of("?#%\\") == std::string_view::npos &&
         std::none_of(part.begin(), part.end(), [](char c) { return static_cast<unsigned char>(c) <= ' '; });
}

Result<Target> parse(const std::string& text, const Provider& provider) {
  Target target{text, provider.name, {}};
  std::string_view rest = text;
  rest.remove_prefix(text.starts_with(kEnvironment) ? kEnvironment.size() : provider.name.size() + 3);
  while (rest.ends_with('/')) rest.remove_suffix(1);
  const Result<Target> wrong = fail(fmt::format("{}: not a target that can be read; it is written {}", printable(text), provider.usage));
  while (!rest.empty()) {
    const std::string_view part = rest.substr(0, rest.find('/'));
    if (!is_part(part)) return wrong;
    target.parts.emplace_back(part);
    rest.remove_prefix(std::min(rest.size(), part.size() + 1));
  }
  if (target.parts.size() < provider.least_parts || target.parts.size() > provider.most_parts) return wrong;
  if (!target.parts.empty() && target.parts.front().find('@') != std::string::npos && provider.name != "k8s")
    return fail(fmt::format("{}: a target holds no user or token; they come from the environment, or from --token-file", provider.usage));
  return target;
}

}  // namespace

std::string Target::rest(std::size_t first) const {
  std::string out;
  for (std::size_t i = first; i < parts.size(); ++i) out += (i == first ? "" : "/") + parts[i];
  return out;
}

std::span<const Provider> providers() { return kProviders; }

bool is_store(std::string_view target) { return provider_of(target) != nullptr; }

std::string redacted_target(std::string_view target) {
  const std::size_t begin = target.find("://");
  if (begin == std::string_view::npos || target.starts_with("k8s://")) return std::string(target);  // contexts are often user@cluster
  const std::size_t at = target.substr(0, target.find('/', begin + 3)).rfind('@');
  if (at == std::string_view::npos || at < begin) return std::string(target);
  return std::string(target.substr(0, begin + 3)).append("***").append(target.substr(at));
}

std::vector<std::string_view> provider_usages() {
  std::vector<std::string_view> out;
  for (const Provider& provider : kProviders) out.push_back(provider.usage);
  return out;
}

bool has_job_output(std::string_view target) {
  const Provider* provider = provider_of(target);
  return provider != nullptr && provider->job_output;
}

std::vector<std::string_view> job_output_usages() {
  std::vector<std::string_view> out;
  for (const Provider& provider : kProviders) {
    if (provider.job_output) out.push_back(provider.usage);
  }
  return out;
}

Result<Listing> list(const std::string& text, const StoreOptions& options) {
  const Provider* provider = provider_of(text);
  if (provider == nullptr) return fail(fmt::format("{}: no store of variables", printable(text)));
  const auto target = parse(text, *provider);
  if (!target) return std::unexpected(target.error());
  Listing out;
  if (auto done = provider->list(*target, options, out); !done) return std::unexpected(done.error());
  for (StoredVariable& each : out.variables) {
    each.about.target = text;
    each.about.place.provider = provider->name;
    each.about.place.value_hidden = !each.value;
  }
  const auto key = [](const StoredVariable& each) {
    const model::CiPlace& place = each.about.place;
    return std::tie(place.scope, place.variable, place.environments);
  };
  std::stable_sort(out.variables.begin(), out.variables.end(), [&](const StoredVariable& a, const StoredVariable& b) { return key(a) < key(b); });
  for (JobOutput& each : out.outputs) each.place.provider = provider->name;
  std::stable_sort(out.outputs.begin(), out.outputs.end(), [](const JobOutput& a, const JobOutput& b) { return a.place.updated_at > b.place.updated_at; });
  return out;
}

}  // namespace keywake::stores
