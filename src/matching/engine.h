// The matcher, as DESIGN section 4 has it: tier one finds anchors over all bytes; tier
// two confirms each hit in a window around it with the pattern's own expression, its
// companions and its checks.
//
// The rule that everything else rests on: whether bytes are a finding depends on a bounded window
// around them and on nothing else of the blob. What depends on the path, the whole file or other
// findings is judged later (matching/judge.h).
//
// Engine: the compiled rules; immutable, shared by all threads. Scanner: one per thread, holds
// scratch memory and refers to the Engine, which must outlive it.
#pragma once

#include <cstdint>
#include <memory>
#include <string_view>
#include <vector>

#include "base/copy_map.h"
#include "base/result.h"
#include "matching/value_table.h"
#include "rules/rule_set.h"

namespace keywake::matching {

/// No finding depends on bytes farther than this from its own: how much context a piece of a larger
/// file needs on either side.
inline constexpr std::uint32_t kPieceContext = 64 * 1024;

class Engine {
 public:
  /// With a database that was compiled from this very set: one that is embedded in the program, and so trusted to be whole and there
  /// for ever; or one from elsewhere, which is checked.
  static Result<std::unique_ptr<Engine>> load_embedded(const rules::RuleSet& rules, std::string_view database);
  static Result<std::unique_ptr<Engine>> load(const rules::RuleSet& rules, std::string database);
  /// Compiles the rules, in tens to hundreds of milliseconds.
  static Result<std::unique_ptr<Engine>> compile(const rules::RuleSet& rules);
  virtual ~Engine() = default;
};

/// One result in one blob, by offsets, small because the walk keeps it for every version of a file.
struct Note {
  static constexpr std::uint32_t kNoValue = 0xffffffff;  // a retained anchor that confirmed nothing
  std::uint32_t value = kNoValue;                        // index into the ValueTable
  std::uint32_t begin = 0;  // of the secret, or of the encoded text that holds it
  std::uint32_t end = 0;
  std::uint32_t anchor = 0;  // which anchor of which pattern hit (a number of the Engine's),
  std::uint32_t hit = 0;     // and where it ended
  /// The bytes that decided this note. A window cut short by an end of the blob depends on that end
  /// too.
  std::uint32_t window_begin = 0;
  std::uint32_t window_end = 0;
  bool at_begin = false;
  bool at_end = false;
};
using Notes = std::vector<Note>;

class Scanner {
 public:
  struct Options {
    bool explain = false;  // keep rejected candidates too, as values with a reason
    /// Note far-reaching anchors that confirmed nothing. scan_delta() needs them in the old notes;
    /// who never calls it saves their memory.
    bool retain = true;
  };
  Scanner(const Engine& engine, ValueTable& values, Options options);
  Scanner(Scanner&&) noexcept;
  ~Scanner();

  /// Appends the notes of a whole blob, in order of (hit, anchor, begin).
  void scan(std::string_view blob, Notes& out);

  /// Appends exactly what scan(blob) would, reading only what is new: notes whose window lies in
  /// one copied span are inherited at their new offset, the rest is scanned again. `old_notes` are
  /// the notes of the text that `map` copies from.
  void scan_delta(std::string_view blob, const CopyMap& map, const Notes& old_notes, Notes& out);

  /// Bytes that went through tier one so far.
  [[nodiscard]] std::uint64_t bytes_matched() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// A blob's findings: its notes without retained anchors, duplicates, and generic ones that overlap
/// a specific one. Both ways of scanning end here, so a report does not depend on which was taken.
/// Sorted by (begin, end, value).
struct Settled {
  std::uint32_t value = 0;
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
  auto operator<=>(const Settled&) const = default;
};
void settle(const Notes& notes, const ValueTable& values, std::vector<Settled>& out);

}  // namespace keywake::matching
