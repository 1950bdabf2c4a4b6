// Where a CI job runs and what it is about, by the environment variables that each system documents. Which commits that means in the
// repository is cli/ci_range.h's affair.
// Errors: an environment that contradicts its documentation names the variable. Thread safety: pure functions of what they are given.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace keywake::ci {

/// A variable's value; empty: not set, which no system tells from an empty one.
using Environment = std::function<std::string(const char* name)>;
/// The contents of a small file.
using ReadFile = std::function<Result<std::string>(const std::string& path)>;

enum class Kind : std::uint8_t {
  kMerge,   // a pull or merge request, or its place in a merge queue: what it brings to its target
  kPush,    // to a branch
  kTag,
  kWhole,   // scheduled, started by hand: about no change in particular
};

struct Event {
  std::string system;  // "GitHub Actions"
  Kind kind = Kind::kWhole;
  std::string head;    // an object id or a ref; empty: HEAD
  /// What the target had before: object ids, or names of branches ("main"), the best first. Of kMerge the first that is here counts; of kPush the
  /// commit that the branch pointed to, absent if the system does not say.
  std::vector<std::string> base;
  bool first_push = false;     // the branch is new
  bool forced = false;         // known to have been forced; then `base` may be gone
  std::string branch;          // that was pushed; empty: not known
  std::string default_branch;  // of the project; empty: not known
  std::string fetch_more;      // how this system is told to fetch the whole history
  enum class SummaryStyle : std::uint8_t { kNone, kAppend, kAzure } summary_style = SummaryStyle::kNone;
  std::string summary_file;    // the job's page: Markdown is appended, or (Azure) written and announced
  bool annotations = false;    // reads GitHub's workflow commands on standard output

  /// Adds what a system told, unless that is nothing or no commit.
  void add_base(std::string told);
};

/// Absent: no system that is known.
Result<std::optional<Event>> detect(const Environment& environment, const ReadFile& read);

/// The systems by name, for people.
std::vector<std::string_view> systems();

// One of each system, or family; they are asked in the order of detect(). Absent: the job does not run there.
Result<std::optional<Event>> github_actions(const Environment& environment, const ReadFile& read);  // Gitea's and Forgejo's too
Result<std::optional<Event>> gitlab_ci(const Environment& environment);
Result<std::optional<Event>> woodpecker(const Environment& environment);
Result<std::optional<Event>> azure_pipelines(const Environment& environment);
Result<std::optional<Event>> bitbucket_pipelines(const Environment& environment);
Result<std::optional<Event>> buildkite(const Environment& environment);
Result<std::optional<Event>> circleci(const Environment& environment);
Result<std::optional<Event>> jenkins(const Environment& environment);

/// "refs/heads/main" → "main"; any other stays.
std::string short_branch(std::string_view ref);
/// Forty or sixty-four zeros: no commit.
bool is_null_id(std::string_view id);

}  // namespace keywake::ci
