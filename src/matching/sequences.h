// Finds any of tens of thousands of short byte sequences in text, exactly, at several gigabytes a second: "ghp_", `token` in any case,
// `key-[0-9a-f]{32}`. The first half of tier one; what is no such sequence is Hyperscan's (matching/tier_one.h).
//
// A table is compiled once, at build time for the built-in rules, and used where it lies: loading it costs nothing.
// Ownership: SequenceSet is a view of the compiled bytes. Thread safety: immutable.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "matching/regex_tree.h"

namespace keywake::matching {

/// An expression of tier one matched, ending before offset `end`.
struct Hit {
  std::uint32_t end = 0;
  std::uint32_t expression = 0;
  auto operator<=>(const Hit&) const = default;
};

/// Hits whose ends lie in (after, last].
struct HitRange {
  std::uint32_t after = 0;
  std::uint32_t last = 0;
  bool operator==(const HitRange&) const = default;
};

/// For each byte the set it must fall in.
using Sequence = std::vector<ByteSet>;
Sequence literal_sequence(std::string_view literal, bool caseless);

/// The sequences that an expression's matches end with or are, if they are few and of bounded length: where a repeat begins or ends the
/// expression, its shortest form stands for all. Empty if the expression is of another kind.
std::vector<Sequence> sequences_of(const RegexNode& expression);

struct WantedSequence {
  Sequence bytes;
  /// What must follow; the end of the text counts as NUL.
  ByteSet after = ByteSet().set();
  std::uint32_t expression = 0;
};

inline constexpr std::size_t kLongestSequence = 255;

/// Whether a sequence can be looked for at all: one of three undetermined bytes and less cannot.
bool findable(const WantedSequence& wanted);

/// Fails, naming the expression, if a sequence is not findable().
Result<std::string> compile_sequences(std::span<const WantedSequence> wanted);

class SequenceSet {
 public:
  /// `compiled` must lie on a multiple of 8 bytes and outlive the set. Fails on what compile_sequences() did not write; damage inside is
  /// the caller's to exclude (by a checksum).
  static Result<SequenceSet> load(std::string_view compiled);

  /// Appends the hits of `text` in the range, in no particular order: exactly those of the range that a search of the whole text finds.
  void find(std::string_view text, HitRange range, std::vector<Hit>& out) const;

  [[nodiscard]] bool empty() const { return header_ == nullptr; }

 private:
  struct Header;
  struct Slot;
  struct Entry;
  struct Item;
  friend class SequenceCompiler;

  void verify(std::string_view text, HitRange range, const char* window, std::uint32_t window_begin, std::span<std::uint32_t> candidates,
              std::vector<Hit>& out) const;
  [[nodiscard]] bool stands(std::string_view text, std::size_t begin, const Entry& entry) const;

  const Header* header_ = nullptr;
  const std::uint32_t* filter_ = nullptr;
  const std::uint16_t* tags_ = nullptr;
  const Slot* slots_ = nullptr;
  const Entry* entries_ = nullptr;
  const Item* items_ = nullptr;
  const std::uint64_t* classes_ = nullptr;  // four words each
  const std::uint8_t* pool_ = nullptr;
};

}  // namespace keywake::matching
