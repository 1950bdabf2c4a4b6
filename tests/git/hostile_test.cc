// Object stores made to mislead: packs with loops, lies and bombs, indexes that fit their checksums and are false, trees that no git
// writes. Built by hand, since no git makes them.
#include <sys/resource.h>

#include <fmt/format.h>

#include <chrono>
#include <stdexcept>

#include "git/scan_store.h"

namespace keywake::git::test {
namespace {
namespace fs = std::filesystem;

const std::string kBase = "a base with TOKEN_1_ in it, and more text for others to copy from\n";

class Store {
 public:
  Store() {
    fs::create_directories(path() / "objects" / "pack");
    fs::create_directories(path() / "refs");
    write_file(path() / "HEAD", "ref: refs/heads/main\n");
  }
  [[nodiscard]] fs::path path() const { return folder_.path(); }
  void put(const PackBuilder& builder, const std::string& name = "pack-1") { put(builder, name, builder.objects()); }
  void put(const PackBuilder& builder, const std::string& name, const std::vector<IndexedObject>& indexed) {
    std::string pack = builder.pack();
    write_file(path() / "objects/pack" / (name + ".pack"), pack);
    write_file(path() / "objects/pack" / (name + ".idx"), index_of(indexed, pack));
  }
  void put_without_index(const PackBuilder& builder, const std::string& name = "pack-1") {
    write_file(path() / "objects/pack" / (name + ".pack"), builder.pack());
  }
  void set_head(const Oid& commit) { write_file(path() / "HEAD", commit.hex() + "\n"); }

 private:
  TemporaryFolder folder_;
};

Oid made_up(int number) { return object_id(ObjectType::kBlob, fmt::format("made up {}", number)); }
std::string raw(const Oid& oid) { return {reinterpret_cast<const char*>(oid.bytes.data()), 20}; }
std::string entry(std::string_view mode, std::string_view name, const Oid& oid) {
  return fmt::format("{} {}", mode, name) + '\0' + raw(oid);
}
Oid add_commit(PackBuilder& pack, const Oid& tree, std::string_view parents = "", int date = 1'600'000'000) {
  return pack.add(ObjectType::kCommit,
                  fmt::format("tree {}\n{}author A <a@b> {} +0000\ncommitter A <a@b> {} +0000\n\nmessage\n", tree.hex(),
                              parents, date, date));
}

std::uint64_t peak_memory() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return static_cast<std::uint64_t>(usage.ru_maxrss) * 1024;
}

TEST_CASE("hostile: deltas in a loop, on themselves or on nothing are named; what hangs on them, too; the rest comes") {
  for (bool index : {true, false}) {
    INFO((index ? "with index" : "without index"));
    PackBuilder pack;
    Oid base = pack.add(ObjectType::kBlob, kBase);
    const std::string delta = DeltaWriter().copy(0, 5).delta(5, 5);
    std::uint64_t first = pack.add_ref_delta(made_up(2), delta, made_up(1));
    pack.add_ref_delta(made_up(1), delta, made_up(2));
    pack.add_ref_delta(made_up(3), delta, made_up(3));
    pack.add_ref_delta(made_up(99), delta, made_up(4));
    pack.add_ofs_delta(first, delta, made_up(5));
    pack.add_ofs_delta(first + 3, delta, made_up(6));  // into the middle of an entry
    std::string good = kBase.substr(0, 20);
    pack.add_ref_delta(base, DeltaWriter().copy(0, 20).delta(kBase.size(), 20), object_id(ObjectType::kBlob, good));
    Store store;
    index ? store.put(pack) : store.put_without_index(pack);
    StoreScan scan = scan_store(store.path());
    INFO(scan.text());
    CHECK(scan.seen == std::set<std::string>{base.hex(), object_id(ObjectType::kBlob, good).hex()});
    CHECK(scan.wrong.empty());
    CHECK(scan.problems.size() == 6 + (index ? 0 : 1));
    if (!index) continue;
    for (int i = 1; i <= 6; ++i) CHECK(scan.named(made_up(i).hex()) == 1);
    // One of the loop of two is where it is cut; the other hangs on it, as does the fifth.
    CHECK(scan.said("its delta base is missing, or its deltas form a loop") == 4);
    CHECK(scan.said("built on an object that is damaged or missing") == 2);
  }
}

TEST_CASE("hostile: sizes that are lies cost neither memory nor much time") {
  PackBuilder pack;
  Oid base = pack.add(ObjectType::kBlob, kBase);
  const std::uint64_t at = pack.objects()[0].offset;
  int wrong = 0;
  for (int i = 0; i < 2000; ++i) {
    pack.add_entry(ObjectType::kBlob, 200'000'000, "", stored_zlib("short"), made_up(++wrong));
    pack.add_entry(ObjectType::kTree, 200'000'000 + i, "", "", made_up(++wrong));
    // 200 MB from an empty body, and a delta of 200 MB that is none.
    pack.add_ofs_delta(at, varint(kBase.size()) + varint(200'000'000), made_up(++wrong));
    pack.add_ref_delta(base, DeltaWriter().copy(0, 9).delta(200'000'000, 9), made_up(++wrong));
    std::string distance(1, static_cast<char>(0));
    pack.add_entry(ObjectType::kOfsDelta, 1, distance, stored_zlib("x"), made_up(++wrong));
    pack.add_entry(ObjectType::kOfsDelta, 1, std::string(9, '\xff') + "\x7f", stored_zlib("x"), made_up(++wrong));
  }
  pack.add_entry(ObjectType::kBlob, std::uint64_t{1} << 59, "", stored_zlib("short"), made_up(++wrong));
  pack.add_entry(static_cast<ObjectType>(5), 3, "", stored_zlib("abc"), made_up(++wrong));
  pack.add_entry(static_cast<ObjectType>(0), 3, "", stored_zlib("abc"), made_up(++wrong));
  Store store;
  store.put(pack);
  const std::uint64_t before = peak_memory();
  const auto start = std::chrono::steady_clock::now();
  StoreScan scan = scan_store(store.path());
  CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(20));
  CHECK(peak_memory() - before < 150 * limits::kMiB);
  CHECK(scan.seen == std::set<std::string>{base.hex()});
  CHECK(scan.problems.size() == static_cast<std::size_t>(wrong));
}

TEST_CASE("hostile: what is larger than allowed is left out by name, as is what is built on it") {
  PackBuilder pack;
  Oid small = pack.add(ObjectType::kBlob, kBase);
  const std::string large(3000, 'x');
  Oid root = pack.add(ObjectType::kBlob, large);
  const std::uint64_t root_at = pack.objects()[1].offset;
  pack.add_ofs_delta(root_at, DeltaWriter().copy(0, 10).delta(3000, 10), object_id(ObjectType::kBlob, "xxxxxxxxxx"));
  pack.add_ofs_delta(12, DeltaWriter().copy(0, 60).copy(0, 60).copy(0, 60).delta(kBase.size(), 180), made_up(1));
  Store store;
  store.put(pack);
  auto repository = Repository::open(store.path());
  Problems problems;
  ObjectStore objects = ObjectStore::open(**repository, problems);
  SeenVisitor visitor(objects, false);
  WalkOptions options;
  options.max_object = 100;
  walk(objects, visitor, options, problems);
  CHECK(visitor.seen == std::set<std::string>{small.hex()});
  std::string text;
  for (const Problem& problem : problems.take()) {
    CHECK_FALSE(problem.failed);
    text += problem.reason + "; ";
    CHECK(problem.reason.find("larger than --max-file-size") != std::string::npos);
  }
  CHECK(std::count(text.begin(), text.end(), ';') == 3);
  // A limit below the smallest buffer, on a loose object.
  Store loose;
  const std::string bytes = fmt::format("blob {}", large.size()) + '\0' + large;
  write_file(loose.path() / "objects" / root.hex().substr(0, 2) / root.hex().substr(2), stored_zlib(bytes));
  auto opened = Repository::open(loose.path());
  ObjectStore one = ObjectStore::open(**opened, problems);
  std::string out;
  ObjectType type = ObjectType::kNone;
  CHECK(ObjectReader(one, 100).read(0, out, type) == ObjectReader::Outcome::kTooLarge);
  CHECK(ObjectReader(one, 2999).read(0, out, type) == ObjectReader::Outcome::kTooLarge);
  CHECK(ObjectReader(one, 3000).read(0, out, type) == ObjectReader::Outcome::kDone);
  CHECK(out == large);
}

TEST_CASE("hostile: an index with a valid checksum that leaves out, repeats or mixes up entries") {
  PackBuilder pack;
  std::vector<Oid> ids;
  std::set<std::string> all;
  for (int i = 0; i < 6; ++i) {
    ids.push_back(pack.add(ObjectType::kBlob, fmt::format("{} {}", kBase, i)));
    all.insert(ids.back().hex());
  }
  SECTION("one entry is not listed") {
    auto objects = pack.objects();
    objects.pop_back();
    Store store;
    store.put(pack, "pack-1", objects);
    StoreScan scan = scan_store(store.path());
    CHECK(scan.seen == all);
    CHECK(scan.said("pack-1.idx: index lists 5 objects, the pack 6: indexed anew from the pack itself (6 of 6 objects)") == 1);
  }
  SECTION("two ids for one entry, none for another") {
    auto objects = pack.objects();
    objects[5].offset = objects[4].offset;
    Store store;
    store.put(pack, "pack-1", objects);
    StoreScan scan = scan_store(store.path());
    CHECK(scan.seen == all);
    CHECK(scan.said("its index puts two objects in one place: indexed anew") == 1);
  }
  SECTION("ids change places: contents come all the same") {
    auto objects = pack.objects();
    std::swap(objects[0].offset, objects[1].offset);
    Store store;
    store.put(pack, "pack-1", objects);
    StoreScan scan = scan_store(store.path());
    CHECK(scan.seen == all);
    CHECK(scan.wrong == std::set<std::string>{ids[0].hex(), ids[1].hex()});
  }
  SECTION("an offset into the middle of an entry") {
    auto objects = pack.objects();
    objects[2].offset += 1;
    Store store;
    store.put(pack, "pack-1", objects);
    StoreScan scan = scan_store(store.path());
    CHECK(scan.seen.size() == 5);
    CHECK(scan.named(ids[2].hex()) == 1);
  }
}

TEST_CASE("hostile: an object that stands twice in one pack comes once") {
  PackBuilder pack;
  Oid blob = pack.add(ObjectType::kBlob, kBase);
  pack.add(ObjectType::kBlob, kBase);
  Oid tree = pack.add(ObjectType::kTree, entry("100644", "file", blob));
  Oid commit = add_commit(pack, tree);
  add_commit(pack, tree);
  for (bool index : {true, false}) {
    Store store;
    index ? store.put(pack) : store.put_without_index(pack);
    store.set_head(commit);
    StoreScan scan = scan_store(store.path());
    CHECK(scan.seen.size() == 3);
    CHECK(scan.twice.empty());
    CHECK(scan.attribution.appearances.size() == 1);
  }
}

TEST_CASE("hostile: a delta on a loose object, which only a broken store has, is built") {
  PackBuilder pack;
  const Oid base = object_id(ObjectType::kBlob, kBase);
  const std::string result = kBase.substr(0, 30);
  pack.add_ref_delta(base, DeltaWriter().copy(0, 30).delta(kBase.size(), 30), object_id(ObjectType::kBlob, result));
  Store store;
  store.put(pack);
  write_file(store.path() / "objects" / base.hex().substr(0, 2) / base.hex().substr(2),
             stored_zlib(fmt::format("blob {}", kBase.size()) + '\0' + kBase));
  StoreScan scan = scan_store(store.path());
  INFO(scan.text());
  CHECK(scan.seen == std::set<std::string>{base.hex(), object_id(ObjectType::kBlob, result).hex()});
  CHECK(scan.wrong.empty());
  CHECK(scan.problems.empty());
}

TEST_CASE("hostile: chains by id in any order are indexed anew in full") {
  PackBuilder pack;
  std::vector<std::string> contents{kBase};
  for (int i = 1; i < 60; ++i) contents.push_back(fmt::format("{} {}", kBase.substr(0, 40), i));
  std::set<std::string> all;
  for (std::size_t i = contents.size(); i-- > 0;) {  // each before its base
    Oid oid = object_id(ObjectType::kBlob, contents[i]);
    all.insert(oid.hex());
    if (i == 0) {
      pack.add(ObjectType::kBlob, contents[0]);
    } else {
      std::string delta = DeltaWriter().copy(0, 40).insert(contents[i].substr(40)).delta(contents[i - 1].size(), contents[i].size());
      pack.add_ref_delta(object_id(ObjectType::kBlob, contents[i - 1]), delta, oid);
    }
  }
  Store store;
  store.put_without_index(pack);
  StoreScan scan = scan_store(store.path());
  INFO(scan.text());
  CHECK(scan.seen == all);
  CHECK(scan.problems.size() == 1);
}

TEST_CASE("hostile: one id for a tree and for a damaged tag: the one comes, the other is named") {
  PackBuilder pack;
  const std::string tree = entry("100644", "file", made_up(1));
  pack.add_entry(ObjectType::kTree, tree.size(), "", stored_zlib(tree), made_up(2));
  pack.add_entry(ObjectType::kTag, 9, "", stored_zlib("other size"), made_up(2));
  Store store;
  store.put(pack);
  StoreScan scan = scan_store(store.path());
  INFO(scan.text());
  CHECK(scan.named(made_up(2).hex()) == 1);
}

TEST_CASE("hostile: a visitor's exception ends the walk and reaches the caller") {
  struct Thrower : Visitor {
    bool wants(ObjectType) const override { return true; }
    std::unique_ptr<Annotation> whole(unsigned, ObjectId id, ObjectType, std::string_view) override {
      if (id == 500) throw std::runtime_error("visitor");
      return nullptr;
    }
    std::unique_ptr<Annotation> delta(unsigned, ObjectId, ObjectType, std::string_view, const CopyMap&,
                                      const Annotation*) override {
      return nullptr;
    }
  };
  PackBuilder pack;
  for (int i = 0; i < 1000; ++i) pack.add(ObjectType::kBlob, std::to_string(i));
  Store store;
  store.put(pack);
  auto repository = Repository::open(store.path());
  Problems problems;
  ObjectStore objects = ObjectStore::open(**repository, problems);
  WalkOptions options;
  options.threads = 3;
  Thrower thrower;
  CHECK_THROWS_AS(walk(objects, thrower, options, problems), std::runtime_error);
}

// Levels of folders, each naming the one below `width` times.
Oid add_bomb(PackBuilder& pack, Oid below, int levels, int width) {
  bool blob = true;
  for (int level = 0; level < levels; ++level, blob = false) {
    std::string tree;
    for (int i = 0; i < width; ++i) tree += entry(blob ? "100644" : "40000", fmt::format("{}", i), below);
    below = pack.add(ObjectType::kTree, tree);
  }
  return below;
}

TEST_CASE("hostile: a tree bomb ends soon, is named, and its finding is still given") {
  PackBuilder pack;
  Oid blob = pack.add(ObjectType::kBlob, kBase);
  Oid other = pack.add(ObjectType::kBlob, "TOKEN_2_ elsewhere");
  Oid bomb = add_bomb(pack, blob, 30, 10);
  Oid root = pack.add(ObjectType::kTree, entry("40000", "bomb", bomb) + entry("100644", "file", other));
  Oid commit = add_commit(pack, root);
  Store store;
  store.put(pack);
  store.set_head(commit);
  const auto start = std::chrono::steady_clock::now();
  StoreScan scan = scan_store(store.path());
  CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(20));
  INFO(scan.text());
  CHECK(scan.said("leads to findings by too many paths") == 1);
  REQUIRE(scan.attribution.appearances.size() == 2);
  CHECK(scan.attribution.appearances[0].path == "blob:" + blob.hex());
  CHECK(scan.attribution.appearances[0].commit.is_null());
  CHECK(scan.attribution.appearances[1].path == "file");
  CHECK(scan.attribution.appearances[1].commit == commit);
}

TEST_CASE("hostile: a tree of a thousand paths to one blob is no bomb") {
  PackBuilder pack;
  Oid blob = pack.add(ObjectType::kBlob, kBase);
  Oid commit = add_commit(pack, add_bomb(pack, blob, 3, 10));
  Oid empty = pack.add(ObjectType::kTree, "");
  Oid last = add_commit(pack, empty, fmt::format("parent {}\n", commit.hex()), 1'600'000'100);
  Store store;
  store.put(pack);
  store.set_head(last);
  StoreScan scan = scan_store(store.path());
  CHECK(scan.problems.empty());
  REQUIRE(scan.attribution.appearances.size() == 1000);
  for (const Appearance& appearance : scan.attribution.appearances) {
    CHECK(appearance.blob == blob);
    CHECK(appearance.commit == commit);
    CHECK_FALSE(appearance.at_tip);
  }
}

TEST_CASE("hostile: trees that no git writes") {
  PackBuilder pack;
  Oid blob = pack.add(ObjectType::kBlob, kBase);
  Oid folder = pack.add(ObjectType::kTree, entry("100644", "inner", blob));
  Oid none = pack.add(ObjectType::kTree, entry("100644", "nothing", pack.add(ObjectType::kBlob, "no token")));
  struct Case {
    const char* what;
    std::string tree;
    std::vector<std::string> paths;  // where the finding is said to be
  };
  const Case cases[] = {
      {"a file and a folder of one name", entry("40000", "a", folder) + entry("100644", "a", blob), {"a", "a/inner"}},
      {"a folder twice, first without findings", entry("40000", "a", none) + entry("40000", "a", folder), {"a/inner"}},
      {"the null id", entry("100644", "a", Oid{}) + entry("40000", "b", Oid{}) + entry("100644", "c", blob), {"c"}},
      {"a submodule of the blob's id", entry("160000", "a", blob), {}},
      {"a folder that is a blob, a file that is a folder", entry("40000", "a", blob) + entry("100644", "b", folder), {}},
      {"cut off", entry("100644", "a", blob) + "100644 b", {"a"}},
      {"a mode that is none", entry("100644", "a", blob) + entry("1x0644", "b", blob), {"a"}},
      {"a name of 100 KB", entry("100644", std::string(100'000, 'n'), blob), {}},
      {"no name", entry("100644", "", blob), {""}},
  };
  for (const Case& one : cases) {
    INFO(one.what);
    PackBuilder copy = pack;
    Oid commit = add_commit(copy, copy.add(ObjectType::kTree, one.tree));
    Store store;
    store.put(copy);
    store.set_head(commit);
    StoreScan scan = scan_store(store.path());
    std::vector<std::string> paths;
    for (const Appearance& appearance : scan.attribution.appearances) {
      if (appearance.commit.is_null()) continue;
      paths.push_back(appearance.path);
      CHECK(appearance.blob == blob);
    }
    CHECK(paths == one.paths);
    CHECK(scan.attribution.appearances.size() == std::max<std::size_t>(1, one.paths.size()));
  }
}

TEST_CASE("hostile: a tree inside itself, by an index that lies, and one inside another 5000 times") {
  PackBuilder pack;
  Oid blob = pack.add(ObjectType::kBlob, kBase);
  const Oid circle = made_up(7);
  const std::string tree = entry("40000", "again", circle) + entry("100644", "file", blob);
  pack.add_entry(ObjectType::kTree, tree.size(), "", stored_zlib(tree), circle);
  Oid deep = pack.add(ObjectType::kTree, entry("100644", "file", blob));
  for (int i = 0; i < 5000; ++i) deep = pack.add(ObjectType::kTree, entry("40000", "d", deep));
  Oid first = add_commit(pack, circle);
  add_commit(pack, deep);
  Store store;
  store.put(pack);
  store.set_head(first);
  StoreScan scan = scan_store(store.path());
  REQUIRE(scan.attribution.appearances.size() == 1);
  CHECK(scan.attribution.appearances[0].path == "file");
  CHECK(scan.attribution.appearances[0].commit == first);
}

}  // namespace
}  // namespace keywake::git::test
