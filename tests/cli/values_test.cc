// Values of flags.
#include "cli/values.h"

#include "catch.h"

using namespace keywake;
using namespace keywake::cli;

TEST_CASE("Sizes") {
  struct Row {
    std::string_view text;
    std::uint64_t bytes;  // 0: refused
  };
  static constexpr Row kRows[] = {
      {"1", 1},          {"1000", 1000},     {"64k", 65536},      {"64K", 65536},
      {"64KB", 65536},   {"64KiB", 65536},   {"512M", 536870912}, {"1.5G", 1610612736},
      {"1gib", 1 << 30}, {"2T", 2ULL << 40}, {"10b", 10},         {"", 0},
      {"0", 0},          {"M", 0},           {"-1", 0},           {"5X", 0},
      {"1e3", 0},        {"5MM", 0},         {"512 M", 0},        {"nan", 0},
      {"inf", 0},        {"99999999T", 0},   {"0x10", 0},         {"0.1", 0},
  };
  for (const Row& row : kRows) {
    INFO(row.text);
    auto size = parse_size(row.text);
    CHECK(size.value_or(0) == row.bytes);
  }
}

TEST_CASE("The format of an output file") {
  using report::Format;
  struct Row {
    std::string_view text;
    std::optional<Format> format;
    std::string_view file;
  };
  static const Row kRows[] = {
      {"out.sarif", Format::kSarif, "out.sarif"},
      {"a/b.sarif.json", Format::kSarif, "a/b.sarif.json"},
      {"out.json", Format::kJson, "out.json"},
      {"out.jsonl", Format::kJsonl, "out.jsonl"},
      {"out.csv", Format::kCsv, "out.csv"},
      {"out.txt", Format::kText, "out.txt"},
      {"gl-secret-detection-report.json", Format::kGitlab, "gl-secret-detection-report.json"},
      {"gitlab:report.json", Format::kGitlab, "report.json"},
      {"sarif:-weird:name", Format::kSarif, "-weird:name"},
      {"github:/dev/stderr", Format::kGithub, "/dev/stderr"},
      {"a:b.json", Format::kJson, "a:b.json"},  // no format in front, so part of the name
      {"report", std::nullopt, ""},
      {"sarf:report", std::nullopt, ""},
      {"sarif:", std::nullopt, ""},
      {"", std::nullopt, ""},
  };
  for (const Row& row : kRows) {
    INFO(row.text);
    auto output = parse_output(row.text);
    REQUIRE(output.has_value() == row.format.has_value());
    if (!output) continue;
    CHECK(output->format == *row.format);
    CHECK(output->file == row.file);
  }
  CHECK(parse_output("sarf:report").error().message.find("-o sarif:report") != std::string::npos);
}

TEST_CASE("Ranges") {
  CHECK(parse_range("A..B") == "A..B");
  CHECK(parse_range("origin/main..") == "origin/main..HEAD");
  for (std::string_view wrong : {"", "A", "..B", "A...B", ".."}) {
    INFO(wrong);
    CHECK_FALSE(parse_range(wrong));
  }
}

TEST_CASE("Counts and choices") {
  CHECK(parse_count("0", 8) == 0U);
  CHECK(parse_count("8", 8) == 8U);
  for (std::string_view wrong : {"9", "-1", "", "2x", "99999999999999999999"}) {
    INFO(wrong);
    CHECK_FALSE(parse_count(wrong, 8));
  }
  auto refused = parse_choice("srif", report::kFormatNames);
  REQUIRE_FALSE(refused);
  CHECK(refused.error().message.find("did you mean sarif?") != std::string::npos);
}
