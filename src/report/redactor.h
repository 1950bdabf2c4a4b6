// Redactor: keeps the secrets of a result out of everything a report repeats from the scanned
// target. A commit message that says "add token ghp_…" would otherwise print in its summary what
// the secret column redacts; so would a file named after its key, or a user part that is another
// credential's secret.
//
// Where a secret stands in such a text, its redaction takes the place. Two lengths matter, because
// a short secret is often an ordinary word ("postgres") and replacing it in a path would destroy
// the place that the report is about:
//   names (paths, authors, parts, objects): secrets of at least kNameLength bytes;
//   prose (commit messages): secrets of at least kProseLength bytes.
// What is held back for want of confidence may still be a secret, and is redacted all the same.
// Ownership: refers to the credentials and secrets, which must outlive it. Thread safety:
// immutable.
#pragma once

#include <bitset>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "model/finding.h"

namespace keywake::report {

class Redactor {
 public:
  static constexpr std::size_t kNameLength = 12;
  static constexpr std::size_t kProseLength = 4;

  Redactor(const std::vector<model::Credential>& credentials, const std::vector<Secret>& held_back);

  [[nodiscard]] std::string name(std::string_view text) const { return redact(text, kNameLength); }
  [[nodiscard]] std::string prose(std::string_view text) const {
    return redact(text, kProseLength);
  }

 private:
  void add(const Secret& secret);
  [[nodiscard]] std::string redact(std::string_view text, std::size_t least) const;
  [[nodiscard]] const Secret* longest_at(std::string_view rest, std::size_t least) const;

  /// Whether some secret may begin with these four bytes: asked at every byte of every text, so it
  /// has to be cheap.
  std::bitset<1U << 16> heads_;
  /// Secrets by their first four bytes, the longest first.
  std::unordered_map<std::uint32_t, std::vector<const Secret*>> by_head_;
};

}  // namespace keywake::report
