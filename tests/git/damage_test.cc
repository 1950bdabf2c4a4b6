// Real repositories, damaged. Required: no crash, every object that can still be read comes, each that cannot is named.
#include <fmt/format.h>

#include <algorithm>

#include "git/scan_store.h"

namespace keywake::git::test {
namespace {
namespace fs = std::filesystem;

std::vector<fs::path> files_with(const fs::path& folder, std::string_view extension) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::recursive_directory_iterator(folder)) {
    if (entry.is_regular_file() && (extension.empty() || entry.path().extension() == extension)) {
      files.push_back(entry.path());
    }
  }
  std::sort(files.begin(), files.end());
  return files;
}

GeneratedRepository repository_of(Layout layout, std::uint64_t seed = 5) {
  GeneratorOptions options;
  options.seed = seed;
  options.commits = 40;
  options.layout = layout;
  return generate_repository(options);
}

// Where each object of a pack lies and on what it is built, by git's own account.
struct PackedObject {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
  std::string base;
};
std::map<std::string, PackedObject> layout_of(const GeneratedRepository& repository, const fs::path& pack) {
  std::map<std::string, PackedObject> objects;
  fs::path index = pack;
  index.replace_extension(".idx");
  for (const std::string& line : split(repository.git({"verify-pack", "-v", index.string()}), '\n')) {
    std::vector<std::string> words;
    for (std::string& word : split(line, ' ')) {
      if (!word.empty()) words.push_back(std::move(word));
    }
    if (words.size() < 5 || words[0].size() != 40) continue;
    std::uint64_t begin = std::stoull(words[4]);
    objects[words[0]] = {begin, begin + std::stoull(words[3]), words.size() > 6 ? words[6] : ""};
  }
  return objects;
}

/// Those whose chain is sound where `damaged` says of no link that it is not.
template <typename Damaged>
std::set<std::string> readable(const std::map<std::string, PackedObject>& objects, Damaged&& damaged) {
  std::set<std::string> ids;
  for (const auto& [oid, object] : objects) {
    const PackedObject* link = &object;
    while (!damaged(*link) && !link->base.empty()) link = &objects.at(link->base);
    if (!damaged(*link)) ids.insert(oid);
  }
  return ids;
}

void check_sound(const StoreScan& scan) {
  CHECK(scan.twice.empty());
  CHECK(scan.wrong.empty());
}

TEST_CASE("damage: a pack cut off gives all that stands before the cut") {
  for (Layout layout : {Layout::kDeepChains, Layout::kRefDeltas}) {
    GeneratedRepository repository = repository_of(layout);
    const fs::path pack = files_with(repository.path(), ".pack").at(0);
    const auto objects = layout_of(repository, pack);
    const std::string bytes = slurp(pack);
    const std::string name = pack.filename().string();
    REQUIRE(objects.size() > 100);
    for (int part = 1; part < 12; ++part) {
      const std::size_t cut = bytes.size() * static_cast<std::size_t>(part) / 12;
      INFO("cut at byte " << cut << " of " << bytes.size());
      overwrite(pack, bytes.substr(0, cut));
      StoreScan scan = scan_store(repository.path());
      check_sound(scan);
      // The last 20 bytes stand where the pack's checksum should.
      CHECK(scan.seen == readable(objects, [&](const PackedObject& o) { return o.end > cut - 20; }));
      CHECK(scan.named(name) >= 1);
      CHECK(scan.said("or the pack is cut off: indexed anew from the pack itself") == 1);
      // A cut between two objects leaves nothing that could be read in part.
      const bool between = std::any_of(objects.begin(), objects.end(), [&](const auto& o) { return o.second.end == cut - 20; });
      CHECK(scan.said("; unreadable at byte") == (between ? 0 : 1));
    }
    for (std::size_t cut : {0u, 3u, 12u, 31u}) {
      overwrite(pack, bytes.substr(0, cut));
      StoreScan scan = scan_store(repository.path());
      CHECK(scan.seen.empty());
      CHECK(scan.named(name) == 1);
      CHECK(scan.said("not a git pack, or cut off before its first object") == 1);
    }
  }
}

TEST_CASE("damage: without an index that holds, the pack is indexed anew and nothing is lost") {
  for (Layout layout : {Layout::kDeepChains, Layout::kRefDeltas, Layout::kIndexVersion1}) {
    GeneratedRepository repository = repository_of(layout);
    GeneratedRepository another = repository_of(Layout::kOnePack, 6);
    const fs::path index = files_with(repository.path(), ".idx").at(0);
    const std::string pack = index.stem().string() + ".pack";
    const std::string bytes = slurp(index);
    const std::set<std::string> whole = scan_store(repository.path()).seen;
    REQUIRE(whole.size() > 100);
    std::string flipped = bytes;
    flipped[flipped.size() / 2] ^= 4;
    struct Case {
      const char* what;
      std::string bytes;
      const char* reason;
    };
    const Case cases[] = {
        {"empty", "", "index is cut off"},
        {"cut off", bytes.substr(0, bytes.size() * 2 / 3), "index"},
        {"a bit flipped", flipped, "index fails its checksum"},
        {"another pack's", slurp(files_with(another.path(), ".idx").at(0)), "index belongs to another pack"},
        {"text", "not an index\n", "index is cut off"},
    };
    for (const Case& one : cases) {
      INFO(one.what);
      overwrite(index, one.bytes);
      StoreScan scan = scan_store(repository.path());
      CHECK(scan.seen == whole);
      check_sound(scan);
      INFO(scan.text());
      REQUIRE(scan.problems.size() == 1);
      CHECK(scan.problems[0].what == pack);
      CHECK(scan.problems[0].reason.find(one.reason) != std::string::npos);
      CHECK_FALSE(scan.problems[0].failed);
    }
    fs::remove(index);
    StoreScan scan = scan_store(repository.path());
    CHECK(scan.seen == whole);
    CHECK(scan.said("no index beside it: indexed anew from the pack itself") == 1);
    CHECK(scan.problems.size() == 1);
  }
}

TEST_CASE("damage: of a pack with a bad byte all else comes, and what does not is named, index or no index") {
  GeneratedRepository repository = repository_of(Layout::kDeepChains);
  const fs::path pack = files_with(repository.path(), ".pack").at(0);
  const fs::path index = files_with(repository.path(), ".idx").at(0);
  const std::string index_bytes = slurp(index);
  const auto objects = layout_of(repository, pack);
  const std::string bytes = slurp(pack);
  Random random(3);
  int without_effect = 0;
  for (int round = 0; round < 30; ++round) {
    const std::size_t at = 12 + random.below(bytes.size() - 32);
    INFO("byte " << at);
    std::string damaged = bytes;
    damaged[at] = static_cast<char>(damaged[at] ^ (1 << random.below(8)));
    overwrite(pack, damaged);
    auto expected = readable(objects, [&](const PackedObject& o) { return o.begin <= at && at < o.end; });
    if (round % 2 == 0) {
      overwrite(index, index_bytes);
      StoreScan scan = scan_store(repository.path());
      INFO(scan.text());
      CHECK(std::includes(scan.seen.begin(), scan.seen.end(), expected.begin(), expected.end()));
      for (const auto& [oid, object] : objects) {
        // A changed type is the one damage that no checksum of an entry covers; then the object is not what its id says.
        if (!scan.seen.contains(oid)) CHECK(scan.named(oid) == 1);
        if (expected.contains(oid)) CHECK(!scan.wrong.contains(oid));
      }
      // The bits that fill up the last byte of a deflate stream mean nothing (RFC 1951): with one of them turned, all must be there and right.
      const bool harmless = scan.problems.empty() && scan.wrong.empty();
      if (harmless) CHECK(scan.seen.size() == objects.size());
      without_effect += harmless;
    } else {
      fs::remove(index);
      StoreScan scan = scan_store(repository.path());
      INFO(scan.text());
      CHECK(std::includes(scan.seen.begin(), scan.seen.end(), expected.begin(), expected.end()));
      CHECK(scan.wrong.empty());
      CHECK(scan.said("indexed anew") == 1);
    }
  }
  CHECK(without_effect <= 2);
}

TEST_CASE("damage: what is bad in one pack is read from another, or loose") {
  GeneratedRepository repository = repository_of(Layout::kDeepChains);
  const fs::path pack = files_with(repository.path(), ".pack").at(0);
  const std::set<std::string> whole = scan_store(repository.path()).seen;
  const std::string bytes = slurp(pack);
  // The same objects a second time, as deltas on other bases.
  const std::string list = repository.git({"cat-file", "--batch-check=%(objectname)", "--batch-all-objects"});
  repository.git({"pack-objects", "--no-reuse-delta", "--depth=3", "objects/pack/zz"}, list);
  REQUIRE(files_with(repository.path(), ".pack").size() == 2);
  Random random(4);
  for (int round = 0; round < 12; ++round) {
    std::string damaged = bytes;
    for (int i = 0; i < 3; ++i) damaged[12 + random.below(bytes.size() - 32)] ^= static_cast<char>(1 + random.below(255));
    overwrite(pack, damaged);
    StoreScan scan = scan_store(repository.path(), round % 3 == 0 ? 0 : limits::kDefaultMemory);
    INFO(scan.text());
    CHECK(scan.seen == whole);
    CHECK(scan.twice.empty());
    CHECK(scan.problems.size() > 0);
    for (const Problem& problem : scan.problems) CHECK_FALSE(problem.failed);
  }
}

TEST_CASE("damage: an entry that claims another type and does not inflate is had from its copy of the right type") {
  GeneratedRepository repository = repository_of(Layout::kDeepChains);
  const fs::path pack = files_with(repository.path(), ".pack").at(0);
  const auto objects = layout_of(repository, pack);
  const std::set<std::string> whole = scan_store(repository.path()).seen;
  const std::string bytes = slurp(pack);
  const std::string list = repository.git({"cat-file", "--batch-check=%(objectname)", "--batch-all-objects"});
  repository.git({"pack-objects", "--no-reuse-delta", "--depth=3", "objects/pack/zz"}, list);
  constexpr unsigned char kTypeBits = 0x70;  // gitformat-pack: three bits of an entry's first byte
  int tried = 0;
  for (const auto& [oid, object] : objects) {
    const auto type = static_cast<unsigned char>(bytes[object.begin]) & kTypeBits;
    if (type != 0x20 && type != 0x30) continue;  // a tree or a blob, whole
    if (++tried > 8) break;
    INFO(oid);
    std::string damaged = bytes;
    damaged[object.begin] = static_cast<char>(damaged[object.begin] ^ 0x10);  // the one for the other
    damaged[object.end - 1] = static_cast<char>(damaged[object.end - 1] ^ 0x55);  // of the stream's checksum
    overwrite(pack, damaged);
    StoreScan scan = scan_store(repository.path());
    INFO(scan.text());
    CHECK(scan.seen == whole);
    CHECK(scan.twice.empty());
    CHECK(scan.named(oid) == 1);
    for (const Problem& problem : scan.problems) CHECK_FALSE(problem.failed);
  }
  CHECK(tried > 4);
}

TEST_CASE("damage: a loose object cut off, empty, of a wrong header or no zlib stream is named once, the others come") {
  GeneratedRepository repository = repository_of(Layout::kLoose);
  const std::set<std::string> whole = scan_store(repository.path()).seen;
  const std::vector<fs::path> files = files_with(repository.path() / "objects", "");
  const std::string sound = slurp(files.at(0));
  const std::string bytes[] = {
      "",
      sound.substr(0, 1),
      sound.substr(0, sound.size() - 1),
      "text",
      stored_zlib(""),
      stored_zlib(std::string("blub 3\0abc", 10)),
      stored_zlib(std::string("blob 4\0abc", 10)),
      stored_zlib(std::string("blob 2\0abc", 10)),
      stored_zlib(std::string("blob -1\0abc", 11)),
      stored_zlib(std::string("blob 99999999999999999999\0abc", 29)),
      stored_zlib(std::string("\0blob 3 abc", 11)),
      stored_zlib("blob 3"),
  };
  std::set<std::string> damaged;
  for (std::size_t i = 0; i < std::size(bytes); ++i) {
    const fs::path& file = files.at(5 * i);
    overwrite(file, bytes[i]);
    damaged.insert(file.parent_path().filename().string() + file.filename().string());
  }
  fs::remove(files.at(90));
  fs::create_directory(files.at(90));  // a folder in its place
  damaged.insert(files.at(90).parent_path().filename().string() + files.at(90).filename().string());
  write_file(files.at(1).parent_path() / "not-an-object", "x");
  StoreScan scan = scan_store(repository.path());
  check_sound(scan);
  INFO(scan.text());
  for (const std::string& oid : whole) {
    INFO(oid);
    CHECK(scan.seen.contains(oid) == !damaged.contains(oid));
    CHECK(scan.named(oid) == (damaged.contains(oid) ? 1 : 0));
  }
  CHECK(scan.said("damaged") == static_cast<int>(damaged.size()));
}

TEST_CASE("damage: a loose object that is bad is read from an alternate's") {
  GeneratedRepository repository = repository_of(Layout::kLoose);
  const std::set<std::string> whole = scan_store(repository.path()).seen;
  const fs::path objects = repository.path() / "objects";
  TemporaryFolder other;
  fs::copy(objects, other.path() / "objects", fs::copy_options::recursive);
  write_file(objects / "info" / "alternates", (other.path() / "objects").string() + "\n");
  const std::vector<fs::path> files = files_with(objects, "");
  int damaged = 0;
  for (std::size_t i = 0; i < files.size(); i += 3) {
    if (files[i].filename().string().size() != 38) continue;
    overwrite(files[i], "");
    ++damaged;
  }
  StoreScan scan = scan_store(repository.path());
  INFO(scan.text());
  CHECK(scan.seen == whole);
  check_sound(scan);
  CHECK(scan.said("one copy is damaged, another was read") == damaged);
  CHECK(scan.problems.size() == static_cast<std::size_t>(damaged));
}

TEST_CASE("damage: what a partial clone left at the remote is no failure") {
  GeneratedRepository repository = repository_of(Layout::kPartial);
  auto opened = Repository::open(repository.path());
  REQUIRE((opened.has_value() && opened->has_value()));
  CHECK((*opened)->partial);
  StoreScan scan = scan_store(repository.path());
  CHECK(scan.attribution.missing.size() > 0);
  for (const Problem& problem : scan.problems) CHECK_FALSE(problem.failed);
  // The mark beside the pack is enough; no configuration says so.
  overwrite(repository.path() / "config", "[core]\n\tbare = true\n");
  auto unmarked = Repository::open(repository.path());
  REQUIRE((unmarked.has_value() && unmarked->has_value()));
  CHECK((*unmarked)->partial);
}

TEST_CASE("damage: alternates that are missing, lead to each other, or are too many") {
  GeneratedRepository repository = repository_of(Layout::kOnePack);
  const std::set<std::string> whole = scan_store(repository.path()).seen;
  const fs::path objects = repository.path() / "objects";
  TemporaryFolder other;
  fs::create_directories(other.path() / "pack");
  write_file(other.path() / "info" / "alternates", objects.string() + "\n" + other.path().string() + "/../" +
                                                       other.path().filename().string() + "\n");
  write_file(objects / "info" / "alternates", "# a comment\n" + other.path().string() + "\n/nonexistent/\x1b[2J\n../objects\n");
  auto opened = Repository::open(repository.path());
  REQUIRE((opened.has_value() && opened->has_value()));
  CHECK((*opened)->object_dirs.size() == 2);
  CHECK((*opened)->notes == std::vector<std::string>{"alternate object store /nonexistent/\\e[2J is not there"});
  StoreScan scan = scan_store(repository.path());
  CHECK(scan.seen == whole);
  check_sound(scan);
  CHECK(scan.problems.empty());

  std::string many;
  for (int i = 0; i < 100; ++i) {
    fs::path dir = other.path() / ("store" + std::to_string(i));
    fs::create_directory(dir);
    many += dir.string() + "\n";
  }
  overwrite(objects / "info" / "alternates", many);
  auto crowded = Repository::open(repository.path());
  REQUIRE((crowded.has_value() && crowded->has_value()));
  CHECK((*crowded)->object_dirs.size() == 64);
  CHECK((*crowded)->notes.size() == 1);
}

}  // namespace
}  // namespace keywake::git::test
