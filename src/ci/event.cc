#include "ci/event.h"

#include <utility>

namespace keywake::ci {

Result<std::optional<Event>> detect(const Environment& environment, const ReadFile& read) {
  if (auto event = github_actions(environment, read); !event || *event) return event;
  // Jenkins last: it starts other systems' jobs, and its variables stay.
  for (auto* system : {gitlab_ci, woodpecker, azure_pipelines, bitbucket_pipelines, buildkite, circleci, jenkins}) {
    if (auto event = system(environment); !event || *event) return event;
  }
  return std::optional<Event>();
}

std::vector<std::string_view> systems() {
  return {"GitHub Actions", "Gitea and Forgejo Actions", "GitLab CI", "Woodpecker", "Azure Pipelines", "Bitbucket Pipelines", "Buildkite", "CircleCI", "Jenkins"};
}

void Event::add_base(std::string told) {
  if (!told.empty() && !is_null_id(told)) base.push_back(std::move(told));
}

std::string short_branch(std::string_view ref) {
  constexpr std::string_view kHeads = "refs/heads/";
  return std::string(ref.starts_with(kHeads) ? ref.substr(kHeads.size()) : ref);
}

bool is_null_id(std::string_view id) { return (id.size() == 40 || id.size() == 64) && id.find_first_not_of('0') == std::string_view::npos; }

}  // namespace keywake::ci
