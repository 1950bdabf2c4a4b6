// What the text report says in the end, and that it accounts for every place.
#include "catch.h"
#include "sample.h"

namespace keywake::report {
namespace {

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

TEST_CASE("The verdict never calls an incomplete or empty scan clean") {
  model::ScanResult result = empty_result();
  CHECK(written(Format::kText, result, sample_options()).starts_with("No credentials found.\n"));

  result.summary.skips = {{"a.iso", "larger than --max-file-size", false}};
  CHECK(written(Format::kText, result, sample_options()).starts_with("No credentials found.\n"));

  result.summary.skips = {{"a", "permission denied", true}};
  const std::string incomplete = written(Format::kText, result, sample_options());
  CHECK_FALSE(contains(incomplete, "No credentials found.\n"));
  CHECK(contains(incomplete, "the scan is incomplete"));
  CHECK(contains(written(Format::kGithub, result, sample_options()), "the scan is incomplete"));

  const model::ScanResult nothing;
  CHECK(written(Format::kText, nothing, sample_options()).starts_with("Nothing was scanned.\n"));
}

TEST_CASE("What was held back is counted, and not called clean") {
  struct Row {
    std::array<std::uint64_t, 3> held_back;
    std::string_view verdict;
  };
  const Row rows[] = {
      {{0, 0, 0}, "No credentials found.\n"},
      {{2, 0, 0}, "No credentials of medium or high confidence found.\n"},
      {{2, 1, 0}, "No credentials of high confidence found.\n"},
  };
  for (const Row& row : rows) {
    model::ScanResult result = empty_result();
    result.summary.held_back = row.held_back;
    const std::string report = written(Format::kText, result, sample_options());
    INFO(report);
    CHECK(report.starts_with(row.verdict));
    CHECK(contains(report, "Held back 2 of low confidence (--confidence low shows them)\n") ==
          (row.held_back[1] == 0 && row.held_back[0] > 0));
    CHECK(contains(report, "Held back") == (row.held_back[0] > 0));
    for (Format format : {Format::kSarif, Format::kGitlab, Format::kGithub}) {
      CHECK(contains(written(format, result, sample_options()), "shows them") ==
            (row.held_back[0] > 0));
    }
  }
}

TEST_CASE("Confidence is mentioned where it is not high") {
  using model::Confidence;
  struct Row {
    Confidence confidence;
    std::string_view heading;
  };
  const Row rows[] = {{Confidence::kHigh, "HIGH  T"},
                      {Confidence::kMedium, "HIGH · medium confidence  T"},
                      {Confidence::kLow, "HIGH · low confidence  T"}};
  static constexpr model::Pattern kPattern{.id = "test.sure", .provider = "test", .title = "T"};
  for (const Row& row : rows) {
    model::Credential credential{.pattern = &kPattern, .secret = seeded_secret("", 20, 9)};
    credential.confidence = row.confidence;
    credential.sightings = {{.target = ".", .path = "a", .confidence = row.confidence},
                            {.target = ".", .path = "tests/a", .confidence = Confidence::kLow}};
    model::ScanResult result = empty_result();
    result.credentials = {credential};
    const std::string report = written(Format::kText, result, sample_options());
    INFO(report);
    CHECK(report.starts_with(row.heading));
    CHECK(contains(report, "\n  a:1:1\n"));
    CHECK(contains(report, "\n  tests/a:1:1  low confidence\n") ==
          (row.confidence != Confidence::kLow));
  }
}

// A credential at `files` files, `each` times in each.
model::ScanResult spread(std::uint32_t files, std::uint32_t each) {
  static constexpr model::Pattern kPattern{.id = "test.spread", .provider = "test", .title = "T"};
  model::Credential credential{.pattern = &kPattern, .secret = seeded_secret("", 20, 9)};
  for (std::uint32_t file = 0; file < files; ++file) {
    for (std::uint32_t line = 1; line <= each; ++line) {
      credential.sightings.push_back(
          {.target = ".", .path = std::string("f").append(std::to_string(file)), .line = line});
    }
  }
  model::ScanResult result = empty_result();
  result.credentials.push_back(std::move(credential));
  return result;
}

TEST_CASE("Places that are not shown are counted") {
  struct Row {
    std::uint32_t files, each, shown;
    std::string_view says;
  };
  const Row rows[] = {
      {1, 1, 1, "1 place\n"},
      {8, 1, 8, "8 places\n"},
      {1, 8, 8, "8 places\n"},
      {9, 1, 8, "  … and 1 more place in 1 other file (all are in --format jsonl)\n"},
      {45, 1, 8, "  … and 37 more places in 37 other files (all are in --format jsonl)\n"},
      {1, 9, 3, "      … and 6 more places in this file\n  All 9 places are in --format jsonl\n"},
      {2, 1000, 6,
       "      … and 997 more places in this file\n  All 2,000 places are in --format jsonl\n"},
      {4, 5, 8, "  … and 5 more places in 1 other file (all are in --format jsonl)\n"},
  };
  for (const Row& row : rows) {
    const std::string report =
        written(Format::kText, spread(row.files, row.each), sample_options());
    INFO(row.files << " files, " << row.each << " times each\n" << report);
    CHECK(contains(report, row.says));
    std::uint32_t shown = 0;
    for (std::size_t at = report.find("\n  f"); at != std::string::npos;
         at = report.find("\n  f", at + 1)) {
      // "  fingerprint" never begins a line; the pattern's id stands before it.
      ++shown;
    }
    CHECK(shown == row.shown);
  }
}

TEST_CASE("Output depends on the result alone") {
  for (std::size_t i = 0; i < kFormatNames.size(); ++i) {
    const auto format = static_cast<Format>(i);
    CHECK((written(format, rich_result(), sample_options()) ==
           written(format, rich_result(), sample_options())));
  }
}

}  // namespace
}  // namespace keywake::report
