#include "matching/backtracker.h"

#include <algorithm>

namespace keywake::matching {
namespace {

constexpr std::size_t kMaxProgram = 4000;
constexpr std::size_t kSlots = 2 * kMaxGroups;
constexpr std::size_t kUnset = SIZE_MAX;

std::array<bool, 256> table_of(const ByteSet& bytes) {
  std::array<bool, 256> table{};
  for (std::size_t c = 0; c < table.size(); ++c) table[c] = bytes.test(c);
  return table;
}

}  // namespace

class Backtracker::Compiler {
 public:
  bool compile(const RegexNode& tree) {
    emit(tree);
    add({.op = Op::kMatch});
    if (failed_) return false;
    find_firsts();
    return true;
  }

  Backtracker finish() {
    Backtracker out;
    for (const Instruction& here : program_) {
      if (here.op == Op::kSave) out.groups_ = std::max<std::size_t>(out.groups_, here.other / 2 + 1);
    }
    out.program_ = std::move(program_);
    for (const ByteSet& bytes : sets_) out.sets_.push_back(table_of(bytes));
    return out;
  }

 private:
  std::uint32_t add(Instruction instruction) {
    failed_ |= program_.size() >= kMaxProgram;
    if (!failed_) program_.push_back(instruction);
    return static_cast<std::uint32_t>(program_.size() - 1);
  }
  std::uint32_t next() const { return static_cast<std::uint32_t>(program_.size()); }

  std::uint32_t set_of(const ByteSet& bytes) {
    auto known = std::find(sets_.begin(), sets_.end(), bytes);
    if (known == sets_.end()) known = sets_.insert(known, bytes);
    return static_cast<std::uint32_t>(known - sets_.begin());
  }

  void emit(const RegexNode& node) {
    if (failed_) return;
    switch (node.kind) {
      case RegexNode::Kind::kEmpty: return;
      case RegexNode::Kind::kBoundary: add({.op = Op::kBoundary}); return;
      case RegexNode::Kind::kNotBoundary: add({.op = Op::kNotBoundary}); return;
      case RegexNode::Kind::kBytes: add({.op = Op::kRun, .set = set_of(node.bytes), .min = 1, .max = 1}); return;
      case RegexNode::Kind::kConcat: return emit_sequence(node);
      case RegexNode::Kind::kAlternate: return emit_alternatives(node);
      case RegexNode::Kind::kRepeat: return emit_repeat(node);
    }
  }

  void emit_sequence(const RegexNode& node) {
    const bool kept = node.group > 0 && node.group < kMaxGroups;
    if (kept) add({.op = Op::kSave, .other = 2 * node.group});
    for (const RegexNode& child : node.children) emit(child);
    if (kept) add({.op = Op::kSave, .other = 2 * node.group + 1});
  }

  void emit_alternatives(const RegexNode& node) {
    std::vector<std::uint32_t> jumps;
    for (const RegexNode& branch : node.children) {
      const bool last = &branch == &node.children.back();
      const std::uint32_t fork = last ? 0 : add({.op = Op::kFork});
      emit(branch);
      if (last || failed_) break;
      jumps.push_back(add({.op = Op::kJump}));
      program_[fork].other = next();
    }
    if (failed_) return;
    for (std::uint32_t jump : jumps) program_[jump].other = next();
  }

  // What is repeated is copied, unless it is one byte: few patterns repeat more, and those a few times.
  void emit_repeat(const RegexNode& node) {
    const RegexNode& child = node.children.front();
    if (child.kind == RegexNode::Kind::kBytes) {
      add({.op = Op::kRun, .lazy = node.lazy, .set = set_of(child.bytes), .min = node.min, .max = node.max});
      return;
    }
    failed_ |= node.max > 1 && width(child).min == 0;
    for (std::uint32_t n = 0; n < node.min && !failed_; ++n) emit(child);
    std::vector<std::uint32_t> forks;
    const bool endless = node.max == RegexNode::kNoMax;
    for (std::uint32_t n = node.min; (endless ? n == node.min : n < node.max) && !failed_; ++n) {
      forks.push_back(add({.op = Op::kFork, .lazy = node.lazy}));
      emit(child);
    }
    if (endless && !failed_) add({.op = Op::kJump, .other = forks.front()});
    if (failed_) return;
    for (std::uint32_t fork : forks) program_[fork].other = next();
  }

  void find_firsts() {
    std::vector<ByteSet> firsts(program_.size());
    for (Instruction& here : program_) here.at_end = here.op == Op::kMatch;
    // From the end; once more for what an endless repeat jumps back to.
    for (bool changed = true; changed;) {
      changed = false;
      for (std::size_t pc = program_.size(); pc-- > 0;) {
        const ByteSet before = firsts[pc];
        find_first(pc, firsts);
        changed |= firsts[pc] != before;
      }
    }
    for (std::size_t pc = 0; pc < program_.size(); ++pc) {
      Instruction& here = program_[pc];
      here.first = set_of(firsts[pc]);
      if (here.op != Op::kRun) continue;
      std::size_t behind = pc + 1;
      while (program_[behind].op == Op::kSave) ++behind;
      here.sure = (program_[behind].op == Op::kMatch && !here.lazy) || (firsts[behind] & set(here)).none();
    }
  }

  void find_first(std::size_t pc, std::vector<ByteSet>& firsts) {
    Instruction& here = program_[pc];
    auto take = [&](std::size_t from) {
      firsts[pc] |= firsts[from];
      here.at_end |= program_[from].at_end;
    };
    switch (here.op) {
      case Op::kMatch: firsts[pc].set(); break;
      case Op::kRun:
        firsts[pc] |= set(here);
        if (here.min == 0) take(pc + 1);
        break;
      case Op::kFork:
        take(pc + 1);
        take(here.other);
        break;
      case Op::kJump: take(here.other); break;
      case Op::kSave:
      case Op::kBoundary:
      case Op::kNotBoundary: take(pc + 1); break;
    }
  }
  const ByteSet& set(const Instruction& run) const { return sets_[run.set]; }

  std::vector<Instruction> program_;
  std::vector<ByteSet> sets_;
  bool failed_ = false;
};

// One search: what is tried, and what is still to be tried.
class Backtracker::Run {
 public:
  Run(const Backtracker& code, std::string_view text, std::size_t limit, bool whole, std::uint32_t& steps)
      : program_(code.program_), sets_(code.sets_), groups_(code.groups_), text_(text), limit_(limit), whole_(whole), steps_(steps) {}

  bool can_begin(std::uint32_t pc, std::size_t at) const {
    const Instruction& here = program_[pc];
    return at < limit_ ? sets_[here.first][byte(at)] : here.at_end;
  }

  // The first place in [at, last] where a match may begin; beyond it if there is none.
  std::size_t next_beginning(std::size_t at, std::size_t last) const {
    const std::array<bool, 256>& first = sets_[program_[0].first];
    const bool boundary = program_[0].op == Op::kBoundary;
    while (at <= last && !((at < limit_ ? first[byte(at)] : program_[0].at_end) && (!boundary || is_boundary(at)))) ++at;
    return at;
  }

  Answer match(std::size_t at) {
    std::fill_n(slots_.begin(), 2 * groups_, kUnset);
    todo().clear();
    slots_[0] = at;
    std::uint32_t pc = 0;
    for (;;) {
      if (steps_ == 0) return Answer::kGaveUp;
      --steps_;
      const Instruction& here = program_[pc];
      bool good = true;
      switch (here.op) {
        case Op::kMatch:
          good = !whole_ || at == limit_;
          if (!good) break;
          slots_[1] = at;
          return Answer::kMatch;
        case Op::kRun:
          good = run(here, pc, at);
          break;
        case Op::kFork:
          fork(here, pc, at);
          continue;
        case Op::kJump:
          pc = here.other;
          continue;
        case Op::kSave:
          todo().push_back({.slot = here.other, .from = slots_[here.other]});
          slots_[here.other] = at;
          break;
        case Op::kBoundary:
          good = is_boundary(at);
          break;
        case Op::kNotBoundary:
          good = !is_boundary(at);
          break;
      }
      if (good) {
        ++pc;
      } else if (!go_back(pc, at)) {
        return steps_ == 0 ? Answer::kGaveUp : Answer::kNone;
      }
    }
  }

  void take(Groups& groups) const {
    groups.fill({});
    for (std::size_t i = 0; i < groups_; ++i) {
      const bool set = slots_[2 * i] != kUnset && slots_[2 * i + 1] != kUnset;
      if (set) groups[i] = text_.substr(slots_[2 * i], slots_[2 * i + 1] - slots_[2 * i]);
    }
  }

 private:
  // Another way, to be taken if all that is tried first fails: the program goes on at `pc` from one of the places between `from` and `to`,
  // in this order. Or, with a slot, what it held.
  struct Todo {
    std::uint32_t pc = 0;
    std::uint32_t slot = 0;
    std::size_t from = 0;
    std::size_t to = 0;
  };
  static std::vector<Todo>& todo() {
    thread_local std::vector<Todo> ways;
    return ways;
  }

  unsigned char byte(std::size_t at) const { return static_cast<unsigned char>(text_[at]); }
  bool is_boundary(std::size_t at) const {
    const bool before = at > 0 && is_word(byte(at - 1));
    const bool behind = at < text_.size() && is_word(byte(at));
    return before != behind;
  }

  bool run(const Instruction& here, std::uint32_t pc, std::size_t& at) {
    const std::array<bool, 256>& set = sets_[here.set];
    const std::size_t most = limit_ - at < here.max ? limit_ : at + here.max;
    std::size_t end = at;
    while (end < most && set[byte(end)]) ++end;
    const std::size_t least = at + here.min;
    if (end < least) return false;
    steps_ -= std::min<std::uint32_t>(steps_, static_cast<std::uint32_t>((end - at) / 16));
    at = here.lazy ? least : end;
    if (end == least || here.sure) {
      at = end;
    } else if (here.lazy) {
      todo().push_back({.pc = pc + 1, .from = least + 1, .to = end});
    } else {
      todo().push_back({.pc = pc + 1, .from = end - 1, .to = least});
    }
    return true;
  }

  void fork(const Instruction& here, std::uint32_t& pc, std::size_t at) {
    std::uint32_t first = pc + 1;
    std::uint32_t second = here.other;
    if (here.lazy) std::swap(first, second);
    if (!can_begin(first, at)) {
      pc = second;
      return;
    }
    if (can_begin(second, at)) todo().push_back({.pc = second, .from = at, .to = at});
    pc = first;
  }

  // To the last way not tried. False if there is none.
  bool go_back(std::uint32_t& pc, std::size_t& at) {
    std::vector<Todo>& ways = todo();
    while (!ways.empty()) {
      Todo& way = ways.back();
      if (way.slot != 0) {
        slots_[way.slot] = way.from;
        ways.pop_back();
        continue;
      }
      if (steps_ == 0) return false;
      --steps_;
      at = way.from;
      pc = way.pc;
      if (way.from == way.to) {
        ways.pop_back();
      } else {
        way.from += way.from < way.to ? 1 : std::size_t(-1);
      }
      if (can_begin(pc, at)) return true;
    }
    return false;
  }

  const std::vector<Instruction>& program_;
  const std::vector<std::array<bool, 256>>& sets_;
  std::size_t groups_;
  std::string_view text_;
  std::size_t limit_;
  bool whole_;
  std::uint32_t& steps_;
  std::array<std::size_t, kSlots> slots_;
};

std::optional<Backtracker> Backtracker::compile(const RegexNode& tree) {
  Compiler compiler;
  if (!compiler.compile(tree)) return std::nullopt;
  return compiler.finish();
}

Backtracker::Answer Backtracker::search(std::string_view text, std::size_t from, std::size_t last, std::size_t limit, bool whole, Groups& groups, std::uint32_t& steps) const {
  Run run(*this, text, limit, whole, steps);
  const std::size_t end = std::min(last, limit);
  for (std::size_t at = from; (at = run.next_beginning(at, end)) <= end; ++at) {
    const Answer answer = run.match(at);
    if (answer == Answer::kMatch) run.take(groups);
    if (answer != Answer::kNone) return answer;
  }
  return Answer::kNone;
}

}  // namespace keywake::matching
