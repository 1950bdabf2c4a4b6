// The property that the delta-aware walk stands on: scan_delta() notes exactly what scan() of the
// new text notes.
#include "matching/incremental.h"

#include "catch.h"
#include "matching/samples.h"

namespace keywake::matching {
namespace {

using testing::below;
using testing::Edit;

bool same(const Notes& a, const Notes& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const Note& x, const Note& y) {
    return x.value == y.value && x.begin == y.begin && x.end == y.end && x.anchor == y.anchor &&
           x.hit == y.hit && x.window_begin == y.window_begin && x.window_end == y.window_end &&
           x.at_begin == y.at_begin && x.at_end == y.at_end;
  });
}

struct Tally {
  std::size_t versions = 0;
  std::size_t notes = 0;
  std::size_t findings = 0;
  std::uint64_t text_bytes = 0;
  std::uint64_t matched_bytes = 0;
};

// Generations of a text, each scanned both ways; the notes of one are the old notes of the next.
void run_generations(const Engine& engine, const std::vector<std::string>& examples,
                     std::mt19937_64& random, bool explain, Tally& tally) {
  ValueTable values;
  Scanner whole(engine, values, {.explain = explain});
  Scanner delta(engine, values, {.explain = explain});
  std::string text = testing::random_text(random, examples, below(random, 30000));
  Notes notes = testing::scan(whole, text);
  for (int generation = 0; generation < 6; ++generation) {
    Edit edit = testing::random_edit(random, text, examples);
    if (edit.text.size() > 120000) break;
    Notes expected = testing::scan(whole, edit.text);
    Notes got;
    std::uint64_t before = delta.bytes_matched();
    delta.scan_delta(edit.text, edit.map, notes, got);
    INFO("generation " << generation << ", " << edit.text.size() << " bytes, "
                       << edit.map.spans.size() << " spans");
    REQUIRE(same(got, expected));
    ++tally.versions;
    tally.notes += got.size();
    for (const Note& note : got) tally.findings += note.value != Note::kNoValue;
    tally.text_bytes += edit.text.size();
    tally.matched_bytes += delta.bytes_matched() - before;
    text = std::move(edit.text);
    notes = std::move(got);
  }
}

TEST_CASE("A delta scan equals a whole scan, all patterns") {
  std::vector<std::string> examples = testing::examples_of(testing::real_patterns().rules);
  Tally tally;
  for (std::uint64_t seed = 0; seed < 60; ++seed) {
    INFO("seed " << seed);
    std::mt19937_64 random(seed);
    run_generations(testing::real_engine(), examples, random, seed % 3 == 0, tally);
  }
  // The test would prove nothing if all versions were scanned whole, or nothing were found.
  CHECK(tally.matched_bytes < tally.text_bytes * 3 / 4);
  CHECK(tally.findings > 10 * tally.versions);
  CHECK(tally.notes > tally.findings);
}

TEST_CASE("A delta scan equals a whole scan, random rule sets") {
  Tally tally;
  for (std::uint64_t seed = 100; seed < 125; ++seed) {
    INFO("seed " << seed);
    std::mt19937_64 random(seed);
    rules::RuleSet rules = testing::some_patterns(random, 1 + below(random, 12));
    auto engine = Engine::compile(rules);
    REQUIRE(engine);
    std::vector<std::string> examples = testing::examples_of(rules);
    for (int text = 0; text < 4; ++text)
      run_generations(**engine, examples, random, text == 0, tally);
  }
  CHECK(tally.findings > tally.versions);
}

CopyMap map_of(std::uint32_t old_size, std::uint32_t new_size, std::vector<CopySpan> spans) {
  CopyMap map;
  map.clear(old_size, new_size);
  for (const CopySpan& span : spans) map.add(span.source, span.target, span.length);
  return map;
}

TEST_CASE("Changed ranges") {
  struct Case {
    const char* what;
    CopyMap map;
    std::vector<HitRange> ranges;
  };
  // A reach of 10 before and 20 after; a hit's window is [end - 10, end + 20).
  for (const Case& c : {
           Case{"nothing new", map_of(5000, 5000, {{0, 0, 5000}}), {}},
           Case{"all new", map_of(5000, 100, {}), {{0, 100}}},
           Case{"an insertion",
                map_of(5000, 5010, {{0, 0, 1000}, {1000, 1010, 4000}}),
                {{979, 1020}}},
           Case{"a deletion is a seam",
                map_of(5000, 4990, {{0, 0, 1000}, {1010, 1000, 3990}}),
                {{979, 1010}}},
           Case{"the beginning gone", map_of(5000, 4000, {{1000, 0, 4000}}), {{0, 10}}},
           Case{"the end gone", map_of(5000, 4000, {{0, 0, 4000}}), {{3979, 4000}}},
           Case{"far apart",
                map_of(5000, 5002, {{0, 0, 1000}, {1000, 1001, 3000}, {4000, 4002, 1000}}),
                {{979, 1011}, {3980, 4012}}},
           Case{"empty text", map_of(5000, 0, {}), {}},
       }) {
    INFO(c.what);
    std::vector<HitRange> ranges;
    changed_ranges(c.map, {10, 20}, ranges);
    CHECK(ranges == c.ranges);
  }
}

TEST_CASE("Windows held by a span") {
  CopyMap map = map_of(1000, 1000, {{0, 0, 400}, {500, 400, 500}, {10, 900, 100}});
  CHECK(held_in_new(map, {0, 400, true, false}));
  CHECK_FALSE(held_in_new(map, {0, 401, true, false}));
  CHECK(held_in_new(map, {400, 900, false, false}));
  CHECK_FALSE(held_in_new(map, {399, 450, false, false}));
  CHECK_FALSE(
      held_in_new(map, {950, 1000, false, true}));  // the new text's end, but not the old one's
  CHECK(held_in_new(map, {950, 1000, false, false}));
  CHECK_FALSE(holds_old(map, map.spans[1],
                        {500, 1000, false, true}));  // the old text's end, now in the middle
  CHECK(holds_old(map, map.spans[1], {500, 1000, false, false}));
}

}  // namespace
}  // namespace keywake::matching
