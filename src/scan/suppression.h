// Suppression: whether a place of a target may stay: by a comment beside it (scan/allow.h), or by the files at the target's root
// (policy/policy.h). Where a change is judged (Request::policy_commit) only what that commit says counts: its files, and a comment that stands
// beside the same value in its version of the path; what only the change itself says is told apart.
// Ownership: holds copies of what it needs. Thread safety: judge() may be called at once.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "git/repository.h"
#include "matching/value_table.h"
#include "model/finding.h"
#include "policy/policy.h"
#include "scan/allow.h"
#include "scan/pipeline.h"

namespace keywake::scan {

struct Seen;

class Suppression {
 public:
  struct Verdict {
    std::string by;         // "keywake:allow", "baseline", "gitleaks:allow", …
    bool own = false;       // the change brought it: it does not count
  };

  /// With the baseline of --baseline alone (null: none): for what has no root.
  /// What is of less than `least` is not reported anyway, so that nothing costly is asked for its sake.
  explicit Suppression(std::shared_ptr<const policy::Baseline> baseline, model::Confidence least = model::Confidence::kLow)
      : baseline_(std::move(baseline)), least_(least) {}
  /// Of a folder without history, or, with `repository`, of a repository; `root` is absent if there is no work tree. An error if the
  /// policy's commit is not there.
  static Result<std::shared_ptr<const Suppression>> make(const Request& request, std::shared_ptr<const policy::Baseline> baseline, const git::Repository* repository,
                                                         const std::optional<std::filesystem::path>& root);

  /// Absent: it is not left out.
  [[nodiscard]] std::optional<Verdict> judge(const Seen& seen, const matching::Value& value) const;
  /// What begins with kOfChange is about the files of the change that is judged.
  [[nodiscard]] const std::vector<policy::Note>& notes() const { return notes_; }
  static constexpr std::string_view kOfChange = "as this change has it: ";

 private:
  [[nodiscard]] bool stood_before(const Allow& allow, const std::string& path, const matching::Value& value) const;

  std::shared_ptr<const policy::Baseline> baseline_;
  model::Confidence least_;
  std::vector<policy::Note> notes_;
  std::shared_ptr<const policy::Policy> policy_;   // what counts
  std::shared_ptr<const policy::Policy> claimed_;  // what the change says; null: it is no change that is judged, or it is trusted
  policy::Reader read_commit_;                     // of the policy's commit; empty: comments count as they stand
  mutable std::mutex mutex_;
  mutable std::map<std::string, std::string> versions_;  // of paths in that commit; empty: none
};

/// --baseline FILE with its key. Null if none was asked for. Where a change is judged that could edit it (it is of the work tree, and git has it),
/// its text is that of the policy's commit; null, with a note, if it is not there.
Result<std::shared_ptr<const policy::Baseline>> asked_baseline(const Request& request, std::optional<policy::Note>& note);

/// The bytes of the baseline's key: of `given` (64 hexadecimal digits), else of the repository's own folder (docs/baseline.md). Empty: none.
Result<std::string> baseline_key(const std::string& given, const git::Repository* repository);
std::filesystem::path own_key_file(const git::Repository& repository);

}  // namespace keywake::scan
