// The generator makes what it says: git itself finds the repositories whole, and they hold what the
// layouts are named for.
#include "git/repository_generator_helper.h"

#include <algorithm>
#include <sstream>

#include "catch.h"

namespace keywake::git::test {
namespace {

std::string objects_of(const GeneratedRepository& repository) {
  return repository.git({"cat-file", "--batch-all-objects", "--batch-check"});
}

std::size_t files_in(const std::filesystem::path& folder, std::string_view extension) {
  std::size_t count = 0;
  for (const auto& file : std::filesystem::directory_iterator(folder)) {
    if (file.path().extension() == extension) ++count;
  }
  return count;
}

/// The longest delta chain, from the last lines of verify-pack: "chain length = 87: 1 object".
int longest_chain(const GeneratedRepository& repository) {
  int longest = 0;
  for (const auto& file : std::filesystem::directory_iterator(repository.path() / "objects/pack")) {
    if (file.path().extension() != ".idx") continue;
    std::istringstream lines(repository.git({"verify-pack", "-s", file.path().string()}));
    for (std::string line; std::getline(lines, line);) {
      if (line.starts_with("chain length = "))
        longest = std::max(longest, std::stoi(line.substr(15)));
    }
  }
  return longest;
}

TEST_CASE("every layout holds the same objects and is whole to git fsck") {
  for (bool sha256 : {false, true}) {
    const std::string expected = objects_of(generate_repository({.seed = 3, .sha256 = sha256}));
    for (const NamedLayout& named : all_layouts()) {
      INFO(named.name << (sha256 ? ", SHA-256" : ""));
      GeneratedRepository repository =
          generate_repository({.seed = 3, .layout = named.layout, .sha256 = sha256});
      repository.git({"fsck", "--full", "--no-dangling"});
      if (named.layout == Layout::kShallow || named.layout == Layout::kPartial) {
        CHECK(objects_of(repository).size() < expected.size());
      } else {
        CHECK(objects_of(repository) == expected);
      }
    }
  }
}

TEST_CASE("layouts are what they are named for") {
  auto packs = [](const GeneratedRepository& repository) {
    return files_in(repository.path() / "objects/pack", ".pack");
  };
  CHECK(packs(generate_repository({.seed = 4, .layout = Layout::kLoose})) == 0);
  CHECK(packs(generate_repository({.seed = 4, .layout = Layout::kManyPacks})) == 4);
  CHECK(packs(generate_repository({.seed = 4, .layout = Layout::kThinCompleted})) > 3);
  CHECK(longest_chain(
            generate_repository({.seed = 4, .commits = 400, .layout = Layout::kDeepChains})) > 30);
  GeneratedRepository shallow = generate_repository({.seed = 4, .layout = Layout::kShallow});
  CHECK(std::filesystem::exists(shallow.path() / "shallow"));
  GeneratedRepository partial = generate_repository({.seed = 4, .layout = Layout::kPartial});
  CHECK(files_in(partial.path() / "objects/pack", ".promisor") > 0);
}

TEST_CASE("the same seed makes the same repository, another one another") {
  auto refs = [](std::uint64_t seed) {
    return generate_repository({.seed = seed}).git({"for-each-ref"});
  };
  CHECK(refs(5) == refs(5));
  CHECK(refs(5) != refs(6));
}

TEST_CASE("a history holds merges, octopus merges, links, submodules, dangling commits and blobs") {
  GeneratedRepository repository = generate_repository({.seed = 1, .commits = 200});
  CHECK(!repository.git({"rev-list", "--all", "--min-parents=2"}).empty());
  CHECK(!repository.git({"rev-list", "--all", "--min-parents=3"}).empty());
  std::string unreachable = repository.git({"fsck", "--unreachable", "--no-reflogs"});
  CHECK(unreachable.find("unreachable commit") != std::string::npos);
  CHECK(unreachable.find("unreachable blob") != std::string::npos);
  std::string changes =
      repository.git({"log", "--all", "--raw", "-M", "-C", "--find-copies-harder", "--format="});
  for (const char* what : {" 120000 ", " 160000 ", " 100755 ", " R100", " C100", " D\t"}) {
    INFO(what);
    CHECK(changes.find(what) != std::string::npos);
  }
}

TEST_CASE("find_tokens") {
  CHECK(find_tokens("") == std::vector<std::uint32_t>{});
  CHECK(find_tokens("TOKEN_12_ TOKEN_3_TOKEN_12_") == std::vector<std::uint32_t>{3, 12});
  CHECK(find_tokens("TOKEN__ TOKEN_1 TOKEN_1x_ OKEN_4_ TOKEN_5") == std::vector<std::uint32_t>{});
  CHECK(find_tokens("TOKEN_TOKEN_7_") == std::vector<std::uint32_t>{7});
  CHECK(find_tokens("TOKEN_123456789_ TOKEN_1234567890_") == std::vector<std::uint32_t>{123456789});
}

}  // namespace
}  // namespace keywake::git::test
