// Compiled rules on disk.
#include "cli/engine_cache.h"

#include <sys/stat.h>

#include "catch.h"
#include "cli/keywake_helper.h"
#include "cli/rule_choice.h"
#include "rules/builtin.h"

using namespace keywake;
using namespace keywake::cli;
using keywake::testing::read_text;
using keywake::testing::TemporaryFolder;
using keywake::testing::write_file;
namespace fs = std::filesystem;

namespace {

// A small rule set: as much of the built-in ones as the globs leave.
std::unique_ptr<RuleChoice> choose(const std::string& glob) {
  cli::Arguments chosen;
  chosen.patterns = {glob};
  auto choice = RuleChoice::make(chosen);
  REQUIRE(choice);
  return std::move(*choice);
}

std::vector<fs::path> entries(const fs::path& folder) {
  std::vector<fs::path> all;
  if (!fs::exists(folder)) return all;
  for (const auto& entry : fs::directory_iterator(folder)) all.push_back(entry.path());
  return all;
}

unsigned mode(const fs::path& path) {
  struct stat status{};
  REQUIRE(stat(path.c_str(), &status) == 0);
  return status.st_mode & 07777;
}

}  // namespace

TEST_CASE("Compiled rules are kept for their owner only, and used again") {
  TemporaryFolder home;
  fs::path folder = home.path() / "cache/keywake";
  auto choice = choose("github.*");
  REQUIRE(cached_engine(choice->rules(), folder));
  REQUIRE(entries(folder).size() == 1);
  CHECK(mode(folder) == 0700);
  fs::path entry = entries(folder)[0];
  CHECK(mode(entry) == 0600);
  auto written = fs::last_write_time(entry);
  REQUIRE(cached_engine(choice->rules(), folder));
  CHECK(fs::last_write_time(entry) == written);
}

TEST_CASE("Other rules are another entry") {
  CHECK(cache_key(choose("github.*")->rules()) == cache_key(choose("github.*")->rules()));
  CHECK(cache_key(choose("github.*")->rules()) != cache_key(choose("npm.*")->rules()));
}

TEST_CASE("A damaged entry is made anew") {
  TemporaryFolder home;
  fs::path folder = home.path() / "keywake";
  auto choice = choose("github.*");
  REQUIRE(cached_engine(choice->rules(), folder));
  fs::path entry = entries(folder).at(0);
  const std::string whole = read_text(entry);
  std::string flipped = whole;
  flipped[whole.size() / 2] = static_cast<char>(~flipped[whole.size() / 2]);
  const std::string kDamaged[] = {"", "x", whole.substr(0, whole.size() / 2), flipped,
                                  std::string(whole.size(), '\0')};
  for (const std::string& damaged : kDamaged) {
    INFO(damaged.size() << " bytes");
    write_file(entry, damaged);
    REQUIRE(cached_engine(choice->rules(), folder));
    CHECK((read_text(entry) == whole));
  }
  CHECK(entries(folder).size() == 1);  // no temporary file is left
}

TEST_CASE("An entry that belongs to other rules is not used") {
  TemporaryFolder home;
  fs::path folder = home.path() / "keywake";
  auto github = choose("github.*");
  auto npm = choose("npm.*");
  REQUIRE(cached_engine(npm->rules(), folder));
  fs::path foreign = entries(folder).at(0);
  const std::string bytes = read_text(foreign);
  fs::path own = folder / (cache_key(github->rules()) + ".keydb");
  write_file(own, bytes);
  REQUIRE(cached_engine(github->rules(), folder));
  CHECK((read_text(own) != bytes));
}

TEST_CASE("No place to write is no error") {
  auto choice = choose("npm.*");
  CHECK(cached_engine(choice->rules(), ""));
  CHECK(cached_engine(choice->rules(), "/dev/null/keywake"));
  CHECK(cached_engine(choice->rules(), "/proc/keywake"));
}

TEST_CASE("The cache does not grow for ever") {
  TemporaryFolder home;
  fs::path folder = home.path() / "keywake";
  for (std::size_t i = 0; i < kMaxEntries + 5; ++i)
    write_file(folder / (std::to_string(i) + ".keydb"), "old");
  auto choice = choose("npm.*");
  REQUIRE(cached_engine(choice->rules(), folder));
  CHECK(entries(folder).size() == kMaxEntries);
  CHECK(fs::exists(folder / (cache_key(choice->rules()) + ".keydb")));
}

TEST_CASE("Which patterns --pattern leaves") {
  CHECK(pattern_chosen("github.pat", {}));
  CHECK(pattern_chosen("github.pat", {"github.*"}));
  CHECK_FALSE(pattern_chosen("github.pat", {"npm.*"}));
  CHECK(pattern_chosen("github.pat", {"npm.*", "*.pat"}));
  CHECK(pattern_chosen("github.pat", {"!npm.*"}));
  CHECK_FALSE(pattern_chosen("github.pat", {"!github.*"}));
  CHECK_FALSE(pattern_chosen("github.pat", {"github.*", "!*.pat"}));
}
