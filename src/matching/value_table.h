// ValueTable: every distinct result of a scan once (pattern, secret, parts, how it was encoded; or
// the reason for a rejection), so that the walk over ten thousand versions of a file holds one copy
// and a 32-bit number. Ownership: owns the values; references stay valid while the table lives.
// Thread safety: all members may be called at once.
#pragma once

#include <cstdint>
#include <deque>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/secret.h"
#include "model/finding.h"

namespace keywake::matching {

struct Value {
  const model::Pattern* pattern = nullptr;
  Secret secret;  // empty for a rejection
  std::vector<model::Part> parts;
  model::Confidence confidence = model::Confidence::kHigh;  // by its bytes alone; its place may lower it (judge.h)
  std::string decoded;
  std::string rejected;  // the reason; empty for a finding
  auto operator<=>(const Value&) const = default;
};

class ValueTable {
 public:
  std::uint32_t intern(Value value);
  [[nodiscard]] const Value& operator[](std::uint32_t index) const;
  [[nodiscard]] std::size_t size() const;
  /// One value that stands for all findings of the same secret, whichever patterns made them: what a history is asked
  /// about is when a secret came in, not when a pattern began to match it. A rejection stands for itself.
  [[nodiscard]] std::uint32_t credential(std::uint32_t index) const;

 private:
  mutable std::mutex mutex_;
  std::deque<Value> values_;
  std::vector<std::uint32_t> credential_;
  std::unordered_map<std::string_view, std::uint32_t> by_secret_;  // views into values_
  std::unordered_multimap<std::size_t, std::uint32_t>
      index_;  // by hash: a secret is kept once, not twice
};

}  // namespace keywake::matching
