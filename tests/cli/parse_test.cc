// Command lines: what they mean, and what is said of wrong ones.
#include "cli/parse.h"

#include <sstream>

#include "catch.h"

using namespace keywake;
using namespace keywake::cli;

namespace {

std::vector<std::string> split(const std::string& line) {
  std::istringstream stream(line);
  std::vector<std::string> words;
  for (std::string word; stream >> word;) words.push_back(word);
  return words;
}

}  // namespace

TEST_CASE("What a command line sets") {
  auto parsed =
      parse(split("scan a -j4 --range A..B --include x --include y --exclude=-z -f json -o "
                  "one.sarif -qo csv:two --no-archives b -- --c"));
  REQUIRE(parsed);
  const Arguments& arguments = parsed->arguments;
  CHECK(parsed->command->name == "scan");
  CHECK(arguments.operands == std::vector<std::string>{"a", "b", "--c"});
  CHECK(arguments.request.threads == 4);
  CHECK(arguments.request.range == "A..B");
  CHECK(arguments.request.include == std::vector<std::string>{"x", "y"});
  CHECK(arguments.request.exclude == std::vector<std::string>{"-z"});
  CHECK_FALSE(arguments.request.archives);
  CHECK(arguments.request.history);
  CHECK(arguments.format == report::Format::kJson);
  REQUIRE(arguments.outputs.size() == 2);
  CHECK(arguments.outputs[1].file == "two");
  CHECK(arguments.quiet);
}

TEST_CASE("A target may be called like a command, and standard input is a dash") {
  CHECK(parse({"scan", "rules"})->arguments.operands == std::vector<std::string>{"rules"});
  CHECK(parse({"scan", "-"})->arguments.operands == std::vector<std::string>{"-"});
  CHECK(parse({"rules", "list"})->command->name == "rules list");
}

TEST_CASE("Usage errors name what is wrong and the remedy") {
  struct Row {
    std::string line;
    std::vector<std::string> says;
  };
  static const Row kRows[] = {
      {"scan --formt json", {"--formt", "did you mean '--format'?", "keywake scan --help"}},
      {"scan --format srif", {"--format", "did you mean sarif?"}},
      {"scan --format", {"--format needs a value", "--format NAME"}},
      {"scan --memory 5X", {"--memory", "'5X' is not a size", "512M"}},
      {"scan --threads many", {"--threads", "0 to 1024"}},
      {"scan --range main", {"--range", "origin/main..HEAD"}},
      {"scan --range A..B --range C..D", {"--range", "only once"}},
      {"scan --staged --range A..B", {"--range", "--staged", "leave one out"}},
      {"scan --no-history --branch main", {"--branch", "--no-history"}},
      {"scan --quiet=5", {"--quiet takes no value"}},
      {"scan -o report", {"--output", "-o sarif:report"}},
      {"scan -z", {"-z"}},
      {"scam", {"scam", "did you mean 'scan'?"}},
      {"rules lst", {"rules lst", "did you mean 'rules list'?"}},
      {"rules", {"list, show, why, check, endpoints, cost"}},
      {"rules show", {"keywake rules show ID"}},
      {"rules show a b", {"'b'", "too many"}},
      {"rules list --staged", {"--staged is a flag of 'keywake scan'"}},
      {"/", {"did you mean 'keywake scan /'?"}},
      {"-q scan", {"-q"}},
  };
  for (const Row& row : kRows) {
    INFO(row.line);
    auto parsed = parse(split(row.line));
    REQUIRE_FALSE(parsed);
    INFO(parsed.error().message);
    for (const std::string& part : row.says) {
      INFO(part);
      CHECK(parsed.error().message.find(part) != std::string::npos);
    }
  }
}

TEST_CASE("What is typed is never echoed raw to the terminal") {
  auto parsed = parse({"scan", "--\x1b[2Jx"});
  REQUIRE_FALSE(parsed);
  CHECK(parsed.error().message.find('\x1b') == std::string::npos);
}

TEST_CASE("--help wins over a wrong value beside it") {
  auto parsed = parse(split("scan --help --memory 5X"));
  REQUIRE(parsed);
  CHECK(parsed->arguments.help);
}
