#include "report/view.h"

#include "catch.h"
#include "report/report.h"
#include "sample.h"

namespace keywake::report {
namespace {

TEST_CASE("Every format has a name, and no other name is one") {
  for (std::size_t i = 0; i < kFormatNames.size(); ++i) {
    REQUIRE(parse_format(kFormatNames[i]).has_value());
    CHECK(*parse_format(kFormatNames[i]) == static_cast<Format>(i));
  }
  CHECK_FALSE(parse_format("").has_value());
  CHECK_FALSE(parse_format("JSON").has_value());
  CHECK_FALSE(parse_format("xml").has_value());
}

TEST_CASE("Dates keep the author's offset and survive absurd commits") {
  struct Row {
    std::int64_t seconds;
    int offset;
    std::string_view out;
  };
  const Row rows[] = {
      {0, 0, "1970-01-01T00:00:00+00:00"},
      {1'709'299'325, 60, "2024-03-01T14:22:05+01:00"},
      {1'709'299'325, -570, "2024-03-01T03:52:05-09:30"},
      {1'709'164'799, 0, "2024-02-28T23:59:59+00:00"},
      {1'709'164'800, 0, "2024-02-29T00:00:00+00:00"},
      {-1, 0, "1969-12-31T23:59:59+00:00"},
      {1'709'299'325, 24 * 60, "2024-03-01T13:22:05+00:00"},
      {1'709'299'325, INT32_MIN, "2024-03-01T13:22:05+00:00"},
      {INT64_MAX, 0, ""},
      {INT64_MIN, -60, ""},
      {253'402'300'800, 0, ""},
  };
  for (const Row& row : rows) CHECK(iso_date(row.seconds, row.offset) == row.out);
  CHECK(utc_time(1'709'299'325) == "2024-03-01T13:22:05");
  CHECK(readable_date(1'709'299'325, 60) == "2024-03-01 14:22 +01:00");
}

TEST_CASE("Paths as a CI system counts them") {
  struct Row {
    std::string target;
    std::string path;
    std::string out;
  };
  const std::string oid = seeded_oid(1);
  const Row rows[] = {
      {".", "src/a.py", "src/a.py"},
      {"./", "src/a.py", "src/a.py"},
      {"", "src/a.py", "src/a.py"},
      {"sub/dir/", "a.py", "sub/dir/a.py"},
      {"./sub/../sub", "a.py", "sub/a.py"},
      {"../other", "a.py", "a.py"},
      {"/abs/repo", "a.py", "a.py"},
      {"https://example.com/r.git", "a.py", "a.py"},
      {"conf/app.env", "app.env", "conf/app.env"},
      {"dist/app.war", "app.war!/x/y", "dist/app.war!/x/y"},
      {"app.war", "app.war!/x/y", "app.war!/x/y"},
      {"sub", "a!/../../../etc/x", "sub/a!/../../../etc/x"},
      {"sub", "..hidden/a", "sub/..hidden/a"},
      {"-", "-", "-"},
      {"sub", "commit:" + oid, "commit:" + oid},
      {"sub", "commit:notes.txt", "sub/commit:notes.txt"},
  };
  const model::ScanResult none;
  const Options options;
  const View view(none, options);
  for (const Row& row : rows) {
    INFO(row.target << " " << row.path);
    CHECK(view.path_from_here({.target = row.target, .path = row.path}) == row.out);
  }
}

TEST_CASE("A place's standing in words") {
  const std::string commit = seeded_oid(1);
  const std::string removed = seeded_oid(2);
  using model::GitPlace;
  struct Row {
    GitPlace git;
    std::string standing;
    bool current;
  };
  const Row rows[] = {
      {{.commit = commit, .at_tip = true, .reachable = true}, "still at a tip", true},
      {{.commit = commit, .at_tip = true, .reachable = true, .staged = true},
       "still at a tip, staged",
       true},
      {{.commit = commit, .removed_in = removed, .removed_date = 1'709'299'325, .reachable = true},
       "removed in " + removed.substr(0, 10) + " on 2024-03-01",
       false},
      {{.commit = commit, .removed_in = removed, .reachable = true},
       "removed in " + removed.substr(0, 10),
       false},
      {{.commit = commit, .removed_in = removed},
       "removed in " + removed.substr(0, 10) + ", only in unreachable objects",
       false},
      {{.commit = commit}, "only in unreachable objects", false},
      {{.commit = commit, .reachable = true}, "only in history", false},
      {{.staged = true}, "staged, not committed", true},
      {{}, "work tree, not committed", true},
  };
  const model::ScanResult none;
  const Options options;
  const View view(none, options);
  for (const Row& row : rows) {
    const model::Sighting sighting{.path = "a", .git = row.git};
    CHECK(view.standing(sighting) == row.standing);
    CHECK(is_current(sighting) == row.current);
  }
  const model::Sighting dangling{.path = "blob:" + commit, .git = GitPlace{.blob = commit}};
  CHECK(view.standing(dangling) == "in no commit");
  CHECK_FALSE(is_current(dangling));
  CHECK(view.standing({.path = "a"}).empty());
}

TEST_CASE("What was held back, in words") {
  struct Row {
    std::array<std::uint64_t, 3> held_back;
    std::string_view words;
  };
  const Row rows[] = {
      {{0, 0, 0}, ""},
      {{1, 0, 0}, "1 of low confidence (--confidence low shows it)"},
      {{12, 0, 0}, "12 of low confidence (--confidence low shows them)"},
      {{1200, 2, 0},
       "2 of medium confidence (--confidence medium shows them), "
       "1,200 of low confidence (--confidence low shows them)"},
  };
  const Options options;
  for (const Row& row : rows) {
    model::ScanResult result;
    result.summary.held_back = row.held_back;
    CHECK(View(result, options).held_back() == row.words);
  }
}

TEST_CASE("Skips are grouped by reason, failures first, and all are counted") {
  const model::ScanResult rich = rich_result();
  const Options options;
  const std::vector<SkipGroup> groups = View(rich, options).skip_groups(3);
  REQUIRE(groups.size() == 3);
  CHECK(groups[0].failed);
  CHECK(groups[1].failed);
  CHECK(groups[2].reason == "larger than --max-file-size");
  CHECK(groups[2].count == 5);
  CHECK(groups[2].examples.size() == 3);
}

}  // namespace
}  // namespace keywake::report
