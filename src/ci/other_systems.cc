// Systems that tell with a handful of variables. Most of them do not say what a branch pointed to before a push.
#include <string>

#include "ci/event.h"

namespace keywake::ci {

// https://woodpecker-ci.org/docs/usage/environment
Result<std::optional<Event>> woodpecker(const Environment& environment) {
  if (environment("CI") != "woodpecker") return std::optional<Event>();
  Event out;
  out.system = "Woodpecker";
  out.fetch_more = "give the clone step partial: false and depth: 0 (settings of plugin-git)";
  out.default_branch = environment("CI_REPO_DEFAULT_BRANCH");
  out.head = environment("CI_COMMIT_SHA");
  out.branch = environment("CI_COMMIT_BRANCH");
  const std::string event = environment("CI_PIPELINE_EVENT");
  if (event == "pull_request" || event == "pull_request_closed") {
    out.kind = Kind::kMerge;
    out.add_base(environment("CI_COMMIT_TARGET_BRANCH"));
  } else if (event == "tag" || event == "release") {
    out.kind = Kind::kTag;
  } else if (event == "push") {
    out.kind = Kind::kPush;
    out.add_base(environment("CI_PREV_COMMIT_SHA"));
  }
  return out;
}

// https://learn.microsoft.com/en-us/azure/devops/pipelines/build/variables; the summary: …/pipelines/scripts/logging-commands (task.uploadsummary)
Result<std::optional<Event>> azure_pipelines(const Environment& environment) {
  if (environment("TF_BUILD") != "True") return std::optional<Event>();
  Event out;
  out.system = "Azure Pipelines";
  out.fetch_more = "give the checkout step fetchDepth: 0";
  out.head = environment("BUILD_SOURCEVERSION");
  const std::string ref = environment("BUILD_SOURCEBRANCH");
  const std::string reason = environment("BUILD_REASON");
  out.branch = short_branch(ref);
  if (const std::string folder = environment("AGENT_TEMPDIRECTORY"); !folder.empty()) {
    out.summary_style = Event::SummaryStyle::kAzure;
    out.summary_file = folder + "/keywake.md";
  }
  if (reason == "PullRequest") {
    out.kind = Kind::kMerge;
    if (const std::string own = environment("SYSTEM_PULLREQUEST_SOURCECOMMITID"); !own.empty()) out.head = own;
    out.add_base(short_branch(environment("SYSTEM_PULLREQUEST_TARGETBRANCH")));
  } else if (ref.starts_with("refs/tags/")) {
    out.kind = Kind::kTag;
  } else if (reason == "IndividualCI" || reason == "BatchedCI") {
    out.kind = Kind::kPush;
  }
  return out;
}

// https://support.atlassian.com/bitbucket-cloud/docs/variables-and-secrets/
Result<std::optional<Event>> bitbucket_pipelines(const Environment& environment) {
  if (environment("BITBUCKET_BUILD_NUMBER").empty()) return std::optional<Event>();
  Event out;
  out.system = "Bitbucket Pipelines";
  out.fetch_more = "set clone: depth: full";
  out.head = environment("BITBUCKET_COMMIT");
  out.branch = environment("BITBUCKET_BRANCH");
  if (!environment("BITBUCKET_PR_ID").empty()) {
    out.kind = Kind::kMerge;
    out.add_base(environment("BITBUCKET_PR_DESTINATION_COMMIT"));
    out.add_base(environment("BITBUCKET_PR_DESTINATION_BRANCH"));
  } else if (!environment("BITBUCKET_TAG").empty()) {
    out.kind = Kind::kTag;
  } else if (!out.branch.empty()) {
    out.kind = Kind::kPush;
  }
  return out;
}

// https://buildkite.com/docs/pipelines/configure/environment-variables
Result<std::optional<Event>> buildkite(const Environment& environment) {
  if (environment("BUILDKITE") != "true") return std::optional<Event>();
  Event out;
  out.system = "Buildkite";
  out.fetch_more = "take --depth out of BUILDKITE_GIT_CLONE_FLAGS and BUILDKITE_GIT_FETCH_FLAGS";
  out.default_branch = environment("BUILDKITE_PIPELINE_DEFAULT_BRANCH");
  out.head = environment("BUILDKITE_COMMIT");
  if (out.head == "HEAD") out.head.clear();
  out.branch = environment("BUILDKITE_BRANCH");
  const std::string request = environment("BUILDKITE_PULL_REQUEST");
  const std::string source = environment("BUILDKITE_SOURCE");
  if (!request.empty() && request != "false") {
    out.kind = Kind::kMerge;
    out.add_base(environment("BUILDKITE_PULL_REQUEST_BASE_BRANCH"));
  } else if (!environment("BUILDKITE_TAG").empty()) {
    out.kind = Kind::kTag;
  } else if (source == "webhook") {
    out.kind = Kind::kPush;
  }
  return out;
}

// https://circleci.com/docs/reference/variables/. The base of a pull request is a pipeline value and no variable: --base << pipeline.git.base_revision >>.
Result<std::optional<Event>> circleci(const Environment& environment) {
  if (environment("CIRCLECI") != "true") return std::optional<Event>();
  Event out;
  out.system = "CircleCI";
  out.fetch_more = "give the checkout step method: full";
  out.head = environment("CIRCLE_SHA1");
  out.branch = environment("CIRCLE_BRANCH");
  out.kind = !environment("CIRCLE_TAG").empty() ? Kind::kTag : Kind::kPush;
  return out;
}

// https://www.jenkins.io/doc/book/pipeline/jenkinsfile/#using-environment-variables, /doc/book/pipeline/multibranch/#additional-environment-variables;
// GIT_*: https://plugins.jenkins.io/git/#plugin-content-environment-variables
Result<std::optional<Event>> jenkins(const Environment& environment) {
  if (environment("JENKINS_URL").empty()) return std::optional<Event>();
  Event out;
  out.system = "Jenkins";
  out.fetch_more = "take the option \"Shallow clone\" off, and let the refspec hold the target branch (+refs/heads/*:refs/remotes/origin/*)";
  out.head = environment("GIT_COMMIT");
  out.branch = environment("BRANCH_NAME");
  if (!environment("CHANGE_ID").empty()) {
    // With the strategy "merge" HEAD is a merge that no branch has.
    out.kind = Kind::kMerge;
    out.add_base(environment("CHANGE_TARGET"));
  } else if (!environment("TAG_NAME").empty()) {
    out.kind = Kind::kTag;
  } else if (!out.head.empty()) {
    out.kind = Kind::kPush;
    out.add_base(environment("GIT_PREVIOUS_SUCCESSFUL_COMMIT"));
  }
  return out;
}

}  // namespace keywake::ci
