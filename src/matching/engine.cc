// The scan of a blob: tier one over a chunk collects hits, tier two goes through them, chunk by chunk so that both work on bytes that are
// still in the cache and a hostile blob of nothing but anchors cannot fill memory with hits.
#include "matching/engine.h"

#include <fmt/format.h>
#include <hs/hs.h>

#include <algorithm>
#include <new>
#include <tuple>

#include "matching/confirm.h"
#include "matching/database.h"
#include "matching/database_bytes.h"
#include "matching/expressions.h"
#include "matching/incremental.h"

namespace keywake::matching {
namespace {

constexpr std::uint32_t kChunk = 256 * 1024;

/// Anchors whose windows reach farther than this are kept as notes whether or not they confirm anything, so that an edit far from
/// the anchor need not make the margin wide for all the others.
constexpr std::uint32_t kFarReach = 1200;

struct FreeDatabase {
  void operator()(hs_database_t* database) const { hs_free_database(database); }
};
struct FreeScratch {
  void operator()(hs_scratch_t* scratch) const { hs_free_scratch(scratch); }
};

class CompiledEngine final : public Engine {
 public:
  CompiledEngine(const rules::RuleSet& rules, Expressions built) : expressions(std::move(built)), confirmer(rules, expressions) {
    retained.resize(expressions.uses.size());
    for (std::uint32_t i = 0; i < expressions.uses.size(); ++i) {
      const Expression& expression = expressions.items[expressions.uses[i].expression];
      Reach bound = confirmer.reach_bound(i);
      retained[i] = std::max(bound.before, bound.after) > kFarReach;
      if (retained[i]) bound = {expression.length + 1, 1};
      margin.before = std::max(margin.before, bound.before);
      margin.after = std::max(margin.after, bound.after);
      longest = std::max(longest, expression.length);
    }
  }

  Expressions expressions;
  Confirmer confirmer;
  std::vector<bool> retained;  // by use
  Reach margin;                // of what depends on new bytes, over all uses
  std::uint32_t longest = 0;   // expression
  std::unique_ptr<hs_database_t, FreeDatabase> database;
};

struct Hit {
  std::uint32_t end = 0;
  std::uint32_t expression = 0;
  auto operator<=>(const Hit&) const = default;
};

auto order(const Note& note) {
  return std::tie(note.hit, note.anchor, note.begin, note.end, note.value);
}

Result<std::unique_ptr<Engine>> load_engine(const rules::RuleSet& rules, std::string_view bytes) {
  Result<Expressions> expressions = build_expressions(rules);
  if (!expressions) return std::unexpected(expressions.error());
  std::optional<DatabaseBytes> parts = split_database(bytes);
  if (!parts) return fail("the compiled database is damaged or of another version; compile the rules again");
  if (parts->fingerprint != expressions->fingerprint) {
    return fail("the compiled database was made from other rules; compile the rules again");
  }
  auto engine = std::make_unique<CompiledEngine>(rules, std::move(*expressions));
  hs_database_t* database = nullptr;
  if (hs_deserialize_database(parts->hyperscan.data(), parts->hyperscan.size(), &database) != HS_SUCCESS) {
    return fail("Hyperscan does not take the compiled database: it is damaged, or for another CPU or version");
  }
  engine->database.reset(database);
  return engine;
}

}  // namespace

Result<std::unique_ptr<Engine>> Engine::load(const rules::RuleSet& rules, std::string_view database) {
  return load_engine(rules, database);
}

Result<std::unique_ptr<Engine>> Engine::compile(const rules::RuleSet& rules) {
  Result<std::string> database = compile_database(rules, native_cpu());
  if (!database) return std::unexpected(database.error());
  Result<std::unique_ptr<Engine>> engine = load_engine(rules, *database);
  if (engine) {
    if (Result<void> checked = static_cast<CompiledEngine&>(**engine).confirmer.compile_all(); !checked) {
      return std::unexpected(checked.error());
    }
  }
  return engine;
}

struct Scanner::State {
  const CompiledEngine& engine;
  ValueTable& values;
  Options options;
  std::unique_ptr<hs_scratch_t, FreeScratch> scratch;
  std::vector<Hit> hits;
  std::vector<Match> matches;
  std::vector<HitRange> ranges;
  std::uint64_t bytes = 0;

  static int on_hit(unsigned id, unsigned long long, unsigned long long end, unsigned, void* context) {
    static_cast<std::vector<Hit>*>(context)->push_back({static_cast<std::uint32_t>(end), id});
    return 0;
  }

  // Tier one: hits that end in (range.after, range.last], in order. Bytes around the range let an expression that ends in it, and
  // a \b at either end of that, be seen whole.
  void find_hits(std::string_view blob, HitRange range) {
    hits.clear();
    std::uint32_t context = engine.longest + 1;
    std::uint32_t begin = range.after > context ? range.after - context : 0;
    std::uint32_t end = std::min<std::uint64_t>(blob.size(), std::uint64_t{range.last} + 1);
    bytes += end - begin;
    hs_scan(engine.database.get(), blob.data() + begin, end - begin, 0, scratch.get(), on_hit, &hits);
    std::size_t kept = 0;
    for (Hit hit : hits) {
      hit.end += begin;
      if (hit.end > range.after && hit.end <= range.last) hits[kept++] = hit;
    }
    hits.resize(kept);
    if (!std::is_sorted(hits.begin(), hits.end())) std::sort(hits.begin(), hits.end());
    hits.erase(std::unique(hits.begin(), hits.end()), hits.end());
  }

  // The bytes that decide whether there is a hit at all.
  TextWindow hit_window(std::uint32_t use, std::uint32_t hit_end, std::uint32_t size) const {
    const Expression& expression = engine.expressions.items[engine.expressions.uses[use].expression];
    if (!expression.shape) return {hit_end - expression.length, hit_end};
    return window_at(hit_end, {expression.length + 1, 1}, size);
  }

  // Tier two on one hit.
  void confirm(std::string_view blob, std::uint32_t use, std::uint32_t hit_end, const TextWindow& window, Notes& out) {
    matches.clear();
    if (engine.confirmer.possible(use, blob, hit_end)) {
      engine.confirmer.confirm(use, blob.substr(window.begin, window.end - window.begin), hit_end - window.begin,
                               window.at_begin, window.at_end, options.explain, matches);
    }
    Note note{.anchor = use, .hit = hit_end, .window_begin = window.begin, .window_end = window.end,
              .at_begin = window.at_begin, .at_end = window.at_end};
    for (Match& match : matches) {
      note.begin = window.begin + match.begin;
      note.end = window.begin + match.end;
      note.value = values.intern(std::move(match.value));
      out.push_back(note);
    }
    if (matches.empty() && engine.retained[use]) out.push_back(note);
  }

  // Both tiers over the hits that end in the range. With a map, only what no span holds.
  void scan_range(std::string_view blob, HitRange range, const CopyMap* map, Notes& out) {
    auto size = static_cast<std::uint32_t>(blob.size());
    while (range.after < range.last) {
      std::uint32_t chunk_end = range.last - range.after > kChunk ? range.after + kChunk : range.last;
      find_hits(blob, {range.after, chunk_end});
      range.after = chunk_end;
      for (const Hit& hit : hits) {
        const Expression& expression = engine.expressions.items[hit.expression];
        for (std::uint32_t use = expression.first_use; use < expression.last_use; ++use) {
          bool keep = engine.retained[use];
          if (!keep && !engine.confirmer.possible(use, blob, hit.end)) continue;
          TextWindow window = window_at(hit.end, engine.confirmer.reach(use), size);
          if (map != nullptr && held_in_new(*map, keep ? hit_window(use, hit.end, size) : window)) continue;
          confirm(blob, use, hit.end, window, out);
        }
      }
    }
  }

  // Notes of the old text that hold in the new one; retained anchors whose hit holds but whose window does not are looked at again.
  void inherit(std::string_view blob, const CopyMap& map, const Notes& old_notes, Notes& out) {
    auto size = static_cast<std::uint32_t>(blob.size());
    for (const CopySpan& span : map.spans) {
      auto note = std::upper_bound(old_notes.begin(), old_notes.end(), span.source,
                                   [](std::uint32_t offset, const Note& n) { return offset < n.hit; });
      std::uint32_t shift = span.target - span.source;  // modulo 2^32, as all offsets
      std::uint32_t again_hit = 0;
      std::uint32_t again_anchor = Note::kNoValue;
      for (; note != old_notes.end() && note->hit <= span.source + span.length; ++note) {
        TextWindow window{note->window_begin, note->window_end, note->at_begin, note->at_end};
        if (holds_old(map, span, window)) {
          Note moved = *note;
          moved.hit += shift;
          moved.window_begin += shift;
          moved.window_end += shift;
          if (moved.value != Note::kNoValue) moved.begin += shift, moved.end += shift;
          out.push_back(moved);
          continue;
        }
        if (!engine.retained[note->anchor] || (note->hit == again_hit && note->anchor == again_anchor)) continue;
        if (!holds_old(map, span, hit_window(note->anchor, note->hit, map.old_size))) continue;
        again_hit = note->hit;
        again_anchor = note->anchor;
        std::uint32_t hit_end = note->hit + shift;
        confirm(blob, note->anchor, hit_end, window_at(hit_end, engine.confirmer.reach(note->anchor), size), out);
      }
    }
  }
};

Scanner::Scanner(const Engine& engine, ValueTable& values, Options options) {
  const auto& compiled = static_cast<const CompiledEngine&>(engine);
  hs_scratch_t* scratch = nullptr;
  if (hs_alloc_scratch(compiled.database.get(), &scratch) != HS_SUCCESS) throw std::bad_alloc();
  state_ = std::make_unique<State>(compiled, values, options);
  state_->scratch.reset(scratch);
}
Scanner::Scanner(Scanner&&) noexcept = default;
Scanner::~Scanner() = default;

void Scanner::scan(std::string_view blob, Notes& out) {
  std::size_t first = out.size();
  state_->scan_range(blob, {0, static_cast<std::uint32_t>(blob.size())}, nullptr, out);
  auto begin = out.begin() + static_cast<std::ptrdiff_t>(first);
  auto less = [](const Note& a, const Note& b) { return order(a) < order(b); };
  if (!std::is_sorted(begin, out.end(), less)) std::sort(begin, out.end(), less);
}

void Scanner::scan_delta(std::string_view blob, const CopyMap& map, const Notes& old_notes, Notes& out) {
  State& state = *state_;
  changed_ranges(map, state.engine.margin, state.ranges);
  std::uint64_t changed = 0;
  for (const HitRange& range : state.ranges) changed += range.last - range.after;
  if (changed * 4 > std::uint64_t{map.new_size} * 3) return scan(blob, out);
  std::size_t first = out.size();
  state.inherit(blob, map, old_notes, out);
  for (const HitRange& range : state.ranges) state.scan_range(blob, range, &map, out);
  auto begin = out.begin() + static_cast<std::ptrdiff_t>(first);
  auto less = [](const Note& a, const Note& b) { return order(a) < order(b); };
  if (!std::is_sorted(begin, out.end(), less)) std::sort(begin, out.end(), less);
}

std::uint64_t Scanner::bytes_matched() const { return state_->bytes; }

}  // namespace keywake::matching
