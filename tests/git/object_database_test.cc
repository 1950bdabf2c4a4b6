// Single objects by id: whole or damaged, wherever they lie, and revisions by name.
#include "git/object_database.h"

#include <sys/stat.h>

#include <algorithm>
#include <fstream>
#include <map>
#include <optional>

#include "catch.h"
#include "git/plain_history.h"
#include "git/repository_generator_helper.h"

namespace keywake::git {
namespace {

namespace fs = std::filesystem;
using test::GeneratedRepository;
using test::Layout;

Repository repository_at(const fs::path& path) {
  auto found = Repository::open(path);
  REQUIRE(found);
  REQUIRE(*found);
  return std::move(**found);
}

struct Opened {
  Repository repository;
  Problems problems;
  std::optional<ObjectDatabase> database;

  explicit Opened(const fs::path& path, std::uint64_t limit = limits::kDefaultMaxFileSize,
                  ObjectDatabase::Packs packs = ObjectDatabase::Packs::kLibgit2)
      : repository(repository_at(path)) {
    auto opened = ObjectDatabase::open(repository, problems, limit, packs);
    REQUIRE(opened);
    database = std::move(*opened);
  }
  ReadOutcome read(const Oid& oid) const {
    ObjectDatabase::Object object;
    return database->read(oid, object);
  }
  /// How many objects there are of each outcome.
  std::map<ReadOutcome, std::size_t> read_all() {
    std::map<ReadOutcome, std::size_t> result;
    for (const Oid& oid : database->all_objects(problems)) ++result[read(oid)];
    return result;
  }
};

fs::path find_file(const fs::path& folder, std::string_view extension, std::size_t which = 0) {
  std::vector<fs::path> found;
  for (const auto& file : fs::directory_iterator(folder)) {
    if (file.path().extension() == extension) found.push_back(file.path());
  }
  std::sort(found.begin(), found.end());
  REQUIRE(found.size() > which);
  return found[which];
}

std::string contents(const fs::path& path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

/// Packs are read-only files.
void overwrite(const fs::path& path, std::string_view bytes) {
  fs::remove(path);
  test::write_file(path, bytes);
}

std::size_t count(std::map<ReadOutcome, std::size_t> outcomes, ReadOutcome outcome) {
  return outcomes[outcome];
}

TEST_CASE("SHA-1 and SHA-256, in every layout: what git cat-file says") {
  for (bool sha256 : {false, true}) {
    for (const test::NamedLayout& layout : test::all_layouts()) {
      bool packed_alike = layout.layout != Layout::kLoose && layout.layout != Layout::kManyPacks;
      if (sha256 && packed_alike && layout.layout != Layout::kAlternates)
        continue;  // as with SHA-1
      INFO(layout.name << (sha256 ? ", SHA-256" : ""));
      GeneratedRepository generated = test::generate_repository(
          {.seed = 81, .commits = 15, .layout = layout.layout, .sha256 = sha256});
      for (auto packs : {ObjectDatabase::Packs::kLibgit2, ObjectDatabase::Packs::kOwn}) {
        Opened opened(generated.path(), limits::kDefaultMaxFileSize, packs);
        std::string listed;
        ObjectDatabase::Object object;
        for (const Oid& oid : opened.database->all_objects(opened.problems)) {
          REQUIRE(opened.database->read(oid, object) == ReadOutcome::kDone);
          CHECK((sha256 || opened.database->type(oid) == object.type));
          const char* names[] = {"", "commit", "tree", "blob", "tag"};
          listed += oid.hex(opened.repository.hash) + ' ' + names[static_cast<int>(object.type)] +
                    ' ' + std::to_string(object.bytes.size()) + '\n';
        }
        CHECK(listed == generated.git({"cat-file", "--batch-all-objects", "--batch-check"}));
        CHECK(opened.read(Oid{}) == ReadOutcome::kMissing);
        CHECK(opened.problems.take().empty());
      }
    }
  }
}

TEST_CASE("select in a SHA-256 repository: refs and full ids work, the rest says why not") {
  GeneratedRepository generated =
      test::generate_repository({.seed = 82, .commits = 25, .sha256 = true});
  Opened opened(generated.path());
  PlainHistory history(opened.repository, *opened.database, opened.problems);
  auto commits = history.select({.range = "main..topic/1"});
  REQUIRE(commits);
  std::string listed = generated.git({"rev-list", "main..topic/1"});
  CHECK(commits->size() ==
        static_cast<std::size_t>(std::count(listed.begin(), listed.end(), '\n')));
  auto refused = history.select({.range = "main~2..main"});
  REQUIRE(!refused);
  CHECK(refused.error().message.find("SHA-256") != std::string::npos);
}

TEST_CASE("a limit on size leaves larger objects out") {
  for (Layout layout : {Layout::kOnePack, Layout::kLoose}) {
    GeneratedRepository generated =
        test::generate_repository({.seed = 83, .commits = 15, .layout = layout});
    constexpr std::uint64_t kLimit = 700;
    std::size_t larger = 0;
    std::size_t all = 0;
    for (const std::string& size : test::split(
             generated.git({"cat-file", "--batch-all-objects", "--batch-check=%(objectsize)"}),
             '\n')) {
      ++all;
      larger += std::stoull(size) > kLimit ? 1 : 0;
    }
    REQUIRE(larger > 0);
    auto outcomes = Opened(generated.path(), kLimit).read_all();
    CHECK(count(outcomes, ReadOutcome::kTooLarge) == larger);
    CHECK(count(outcomes, ReadOutcome::kDone) == all - larger);
  }
}

TEST_CASE("a damaged index or a missing pack takes only its own objects away, and is named") {
  GeneratedRepository generated =
      test::generate_repository({.seed = 85, .commits = 15, .layout = Layout::kManyPacks});
  fs::path folder = generated.path() / "objects/pack";
  const std::size_t all = count(Opened(generated.path()).read_all(), ReadOutcome::kDone);
  std::string index = contents(find_file(folder, ".idx", 0));
  overwrite(find_file(folder, ".idx", 0), index.substr(0, index.size() / 2));
  fs::remove(find_file(folder, ".pack", 1));
  Opened opened(generated.path());
  auto outcomes = opened.read_all();
  CHECK(outcomes.size() == 1);
  CHECK(count(outcomes, ReadOutcome::kDone) > all / 3);
  CHECK(count(outcomes, ReadOutcome::kDone) < all);
  std::vector<Problem> problems = opened.problems.take();
  REQUIRE(problems.size() == 2);
  for (const Problem& problem : problems) {
    CHECK(problem.failed);
    CHECK(problem.what.starts_with("pack-"));
  }
}

TEST_CASE("damaged bytes in a pack are never an object") {
  for (std::uint64_t seed : {91, 92, 93, 94}) {
    GeneratedRepository generated =
        test::generate_repository({.seed = seed, .commits = 15, .layout = Layout::kOnePack});
    fs::path pack = find_file(generated.path() / "objects/pack", ".pack");
    std::string bytes = contents(pack);
    test::Random random(seed);
    for (int i = 0; i < 3; ++i) {
      std::size_t at = 12 + random.below(bytes.size() - 32);
      bytes[at] = static_cast<char>(bytes[at] ^ (1 + random.below(255)));
    }
    overwrite(pack, bytes);
    Opened opened(generated.path());
    auto outcomes = opened.read_all();
    CHECK(count(outcomes, ReadOutcome::kDamaged) > 0);
    CHECK(count(outcomes, ReadOutcome::kDone) > 0);  // each was held against its id
    CHECK(count(outcomes, ReadOutcome::kMissing) == 0);
  }
}

TEST_CASE("loose objects: damaged, another's content, a FIFO, a folder") {
  GeneratedRepository generated =
      test::generate_repository({.seed = 86, .commits = 8, .layout = Layout::kLoose});
  Opened opened(generated.path());
  std::vector<Oid> oids = opened.database->all_objects(opened.problems);
  auto file = [&](std::size_t i) {
    std::string hex = oids[i].hex();
    return generated.path() / "objects" / hex.substr(0, 2) / hex.substr(2);
  };
  overwrite(file(0), contents(file(0)).substr(0, 10));
  overwrite(file(1), contents(file(2)));
  overwrite(file(3), "");
  fs::remove(file(4));
  REQUIRE(::mkfifo(file(4).c_str(), 0600) == 0);
  fs::remove(file(5));
  fs::create_directory(file(5));
  fs::remove(file(6));
  fs::create_symlink("/dev/zero", file(6));
  for (std::size_t i : {0, 1, 3, 4, 5, 6}) {
    INFO(i);
    CHECK(opened.read(oids[i]) == ReadOutcome::kDamaged);
  }
  CHECK(opened.read(oids[2]) == ReadOutcome::kDone);
  CHECK(count(opened.read_all(), ReadOutcome::kDamaged) == 6);
}

TEST_CASE("a sound copy is found behind a damaged one") {
  GeneratedRepository generated =
      test::generate_repository({.seed = 87, .commits = 8, .layout = Layout::kPartlyLoose});
  Opened opened(generated.path());  // odd seed: what is packed is loose as well
  std::vector<Oid> packed;
  for (const std::string& hex : test::split(
           generated.git({"cat-file", "--batch-all-objects", "--batch-check=%(objectname)"}),
           '\n')) {
    std::string index = contents(find_file(generated.path() / "objects/pack", ".idx"));
    auto oid = Oid::from_hex(hex);
    REQUIRE(oid);
    if (index.find(std::string(reinterpret_cast<const char*>(oid->bytes.data()), 20)) ==
        std::string::npos)
      continue;
    overwrite(generated.path() / "objects" / hex.substr(0, 2) / hex.substr(2), "damaged");
    packed.push_back(*oid);
  }
  REQUIRE(packed.size() > 10);
  for (const Oid& oid : packed) CHECK(opened.read(oid) == ReadOutcome::kDone);
}

TEST_CASE("a repository's configuration cannot make libgit2 read other files") {
  GeneratedRepository generated = test::generate_repository({.seed = 88, .commits = 8});
  const fs::path fifo = generated.path().parent_path() / "fifo";
  REQUIRE(::mkfifo(fifo.c_str(), 0600) == 0);
  const std::string config = contents(generated.path() / "config");
  for (std::string section :
       {"[include]", "[ include ]", "[INCLUDE]", "[\n include]", "[includeIf \"gitdir:/\"]"}) {
    INFO(section);
    overwrite(generated.path() / "config", config + section + "\n\tpath = " + fifo.native() + "\n");
    Opened opened(generated.path());
    CHECK(resolve_revision(opened.repository, *opened.database, "main"));  // needs no libgit2
    auto refused = resolve_revision(opened.repository, *opened.database, "main~1");
    REQUIRE(!refused);
    CHECK(refused.error().message.find("includes other files") != std::string::npos);
  }
  overwrite(generated.path() / "config", config);
  Opened opened(generated.path());
  auto resolved = resolve_revision(opened.repository, *opened.database, "main~1");
  REQUIRE(resolved);
  CHECK(resolved->hex() == test::chomp(generated.git({"rev-parse", "main~1"})));
}

}  // namespace
}  // namespace keywake::git
