// https://docs.gitlab.com/ci/variables/predefined_variables/, https://docs.gitlab.com/ci/pipelines/merge_request_pipelines/
#include "ci/event.h"

namespace keywake::ci {

Result<std::optional<Event>> gitlab_ci(const Environment& environment) {
  if (environment("GITLAB_CI") != "true") return std::optional<Event>();
  Event out;
  out.system = "GitLab CI";
  out.fetch_more = "set the variable GIT_DEPTH: \"0\" for the job";
  out.default_branch = environment("CI_DEFAULT_BRANCH");
  out.head = environment("CI_COMMIT_SHA");
  out.branch = environment("CI_COMMIT_BRANCH");
  const std::string source = environment("CI_PIPELINE_SOURCE");
  if (!environment("CI_MERGE_REQUEST_IID").empty()) {
    // In a pipeline of merged results or of a merge train HEAD is a merge that no branch has; the request is its source.
    out.kind = Kind::kMerge;
    if (const std::string own = environment("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA"); !own.empty() && !is_null_id(own)) out.head = own;
    for (const char* name : {"CI_MERGE_REQUEST_TARGET_BRANCH_SHA", "CI_MERGE_REQUEST_DIFF_BASE_SHA", "CI_MERGE_REQUEST_TARGET_BRANCH_NAME"}) out.add_base(environment(name));
  } else if (!environment("CI_COMMIT_TAG").empty()) {
    out.kind = Kind::kTag;
  } else if (source == "push") {
    out.kind = Kind::kPush;
    const std::string before = environment("CI_COMMIT_BEFORE_SHA");
    out.first_push = is_null_id(before);
    out.add_base(before);
  }
  return out;
}

}  // namespace keywake::ci
