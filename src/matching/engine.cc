// The scan of a blob: tier one over a chunk collects hits, tier two goes through them, chunk by
// chunk so that both work on bytes that are still in the cache and a hostile blob of nothing but
// anchors cannot fill memory with hits.
#include "matching/engine.h"

#include <algorithm>
#include <tuple>

#include "matching/compiled_engine.h"
#include "matching/database.h"
#include "matching/database_bytes.h"
#include "matching/incremental.h"

namespace keywake::matching {
namespace {

constexpr std::uint32_t kChunk = 256 * 1024;

// Windows that reach farther than this are those of retained anchors: a wide margin makes more bytes to be matched again, a narrow one
// more anchors to be kept for every version. Measured on git/git's history: 1200 costs a tenth more of all CPU time, 120 a twentieth.
constexpr std::uint32_t kFarReach = 200;

auto order(const Note& note) {
  return std::tie(note.hit, note.anchor, note.begin, note.end, note.value);
}

// `owned` keeps the bytes alive, unless they are embedded.
Result<std::unique_ptr<CompiledEngine>> load_engine(const rules::RuleSet& rules, std::string_view embedded, std::string owned) {
  const bool trusted = owned.empty();
  Result<DatabaseParts> parts = read_database(trusted ? embedded : std::string_view(owned), rules, trusted);
  if (!parts) return std::unexpected(parts.error());
  std::uint32_t longest = 0;
  if (!parts->shapes.empty()) {
    for (const Expression& expression : parts->expressions.items) longest = std::max(longest, expression.length);
  }
  Result<TierOne> tier_one = TierOne::load(parts->sequences, parts->shapes, longest);
  if (!tier_one) return std::unexpected(tier_one.error());
  return std::make_unique<CompiledEngine>(rules, parts->expressions, std::move(*tier_one), std::move(owned));
}

}  // namespace

Result<std::unique_ptr<Engine>> Engine::load_embedded(const rules::RuleSet& rules, std::string_view database) {
  return load_engine(rules, database, {});
}

Result<std::unique_ptr<Engine>> Engine::load(const rules::RuleSet& rules, std::string database) {
  if (database.empty()) return fail("the compiled database is empty; compile the rules again");
  return load_engine(rules, {}, std::move(database));
}

Result<std::unique_ptr<Engine>> Engine::compile(const rules::RuleSet& rules) {
  Result<std::string> database = compile_database(rules, native_cpu());
  if (!database) return std::unexpected(database.error());
  Result<std::unique_ptr<CompiledEngine>> engine = load_engine(rules, {}, std::move(*database));
  if (!engine) return std::unexpected(engine.error());
  if (Result<void> checked = (*engine)->confirmer.compile_all(); !checked)
    return std::unexpected(checked.error());
  return engine;
}

CompiledEngine::CompiledEngine(const rules::RuleSet& rule_set, ExpressionTables tables, TierOne loaded, std::string database)
    : rules(rule_set), owned(std::move(database)), expressions(tables), confirmer(rule_set, expressions), tier_one(std::move(loaded)) {}

const CompiledEngine::Inheritance& CompiledEngine::inheritance() const {
  std::call_once(inheritance_once_, [&] {
    inheritance_.retained.resize(expressions.uses.size());
    Reach& margin = inheritance_.margin;
    for (std::uint32_t use = 0; use < expressions.uses.size(); ++use) {
      Reach bound = confirmer.reach_bound(use);
      const bool retained = std::max(bound.before, bound.after) > kFarReach;
      if (retained) bound = confirmer.hit_reach_bound(use);
      inheritance_.retained[use] = retained;
      margin.before = std::max(margin.before, bound.before);
      margin.after = std::max(margin.after, bound.after);
    }
  });
  return inheritance_;
}

struct Scanner::State {
  const CompiledEngine& engine;
  ValueTable& values;
  Options options;
  HitFinder finder;
  std::vector<Match> matches;
  std::vector<HitRange> ranges;

  State(const CompiledEngine& compiled, ValueTable& table, Options chosen)
      : engine(compiled), values(table), options(chosen), finder(compiled.tier_one) {}

  bool retained(std::uint32_t use) const { return engine.inheritance().retained[use]; }

  // Tier two on one hit.
  void confirm(std::string_view blob, std::uint32_t use, std::uint32_t hit_end,
               const TextWindow& window, Notes& out) {
    matches.clear();
    engine.confirmer.confirm(use, blob.substr(window.begin, window.end - window.begin),
                             hit_end - window.begin, window.at_begin, window.at_end,
                             options.explain, matches);
    Note note{.anchor = use,
              .hit = hit_end,
              .window_begin = window.begin,
              .window_end = window.end,
              .at_begin = window.at_begin,
              .at_end = window.at_end};
    for (Match& match : matches) {
      note.begin = window.begin + match.begin;
      note.end = window.begin + match.end;
      note.value = values.intern(std::move(match.value));
      out.push_back(note);
    }
    if (options.retain && matches.empty() && retained(use)) out.push_back(note);
  }

  // Both tiers over the hits that end in the range. With a map, only what no span holds.
  void scan_range(std::string_view blob, HitRange range, const CopyMap* map, Notes& out) {
    auto size = static_cast<std::uint32_t>(blob.size());
    while (range.after < range.last) {
      std::uint32_t chunk_end =
          range.last - range.after > kChunk ? range.after + kChunk : range.last;
      const std::vector<Hit>& hits = finder.find(blob, {range.after, chunk_end});
      range.after = chunk_end;
      for (const Hit& hit : hits) {
        const Expression& expression = engine.expressions.items[hit.expression];
        for (std::uint32_t use = expression.first_use; use < expression.last_use; ++use) {
          if (!engine.confirmer.possible(use, blob, hit.end)) continue;
          TextWindow window = window_at(hit.end, engine.confirmer.reach(use), size);
          if (map != nullptr) {
            bool hit_alone = retained(use);  // inherit() sees to the rest of its window
            if (held_in_new(*map, hit_alone
                                      ? window_at(hit.end, engine.confirmer.hit_reach(use), size)
                                      : window))
              continue;
          }
          confirm(blob, use, hit.end, window, out);
        }
      }
    }
  }

  // Notes of the old text that hold in the new one; retained anchors whose hit holds but whose
  // window does not are looked at again.
  void inherit(std::string_view blob, const CopyMap& map, const Notes& old_notes, Notes& out) {
    auto size = static_cast<std::uint32_t>(blob.size());
    for (const CopySpan& span : map.spans) {
      auto note =
          std::upper_bound(old_notes.begin(), old_notes.end(), span.source,
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
        if (!retained(note->anchor) ||
            (note->hit == again_hit && note->anchor == again_anchor))
          continue;
        if (!holds_old(
                map, span,
                window_at(note->hit, engine.confirmer.hit_reach(note->anchor), map.old_size)))
          continue;
        again_hit = note->hit;
        again_anchor = note->anchor;
        std::uint32_t hit_end = note->hit + shift;
        confirm(blob, note->anchor, hit_end,
                window_at(hit_end, engine.confirmer.reach(note->anchor), size), out);
      }
    }
  }
};

Scanner::Scanner(const Engine& engine, ValueTable& values, Options options) {
  state_ = std::make_unique<State>(static_cast<const CompiledEngine&>(engine), values, options);
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

void Scanner::scan_delta(std::string_view blob, const CopyMap& map, const Notes& old_notes,
                         Notes& out) {
  State& state = *state_;
  changed_ranges(map, state.engine.inheritance().margin, state.ranges);
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

std::uint64_t Scanner::bytes_matched() const {
  return state_->finder.bytes();
}

}  // namespace keywake::matching
