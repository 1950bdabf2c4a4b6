// Policy: all that a repository's files say about what may stay (policy/source.h), read from its root by a Reader: of the work tree, or of a
// commit. Ownership: holds its Sources. Thread safety: by() may be called at once.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "policy/baseline.h"
#include "policy/source.h"

namespace keywake::policy {

struct Note {
  std::string what;    // a file
  std::string reason;
  bool failed = false;  // the scan did not do what was asked
};

class Policy {
 public:
  struct Options {
    std::string key;       // of the baseline: bytes; empty: there is none
    std::string betterleaks_key;  // of the HMACs in .betterleaksignore; empty: there is none
    bool baseline = true;  // read .keywake-baseline.json
    std::int64_t now = 0;
  };
  static std::shared_ptr<const Policy> load(const Reader& read, const Options& options);

  /// By what the place is left out; absent: it is not.
  [[nodiscard]] std::optional<std::string_view> by(const Place& place) const;
  [[nodiscard]] bool trusts_changes() const { return trusts_changes_; }
  /// What could not be read or is not honoured.
  [[nodiscard]] const std::vector<Note>& notes() const { return notes_; }

 private:
  std::vector<std::unique_ptr<Source>> sources_;
  std::vector<Note> notes_;
  bool trusts_changes_ = false;
};

}  // namespace keywake::policy
