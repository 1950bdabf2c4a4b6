// Pack indexes of both versions, with large offsets, of both hashes, and each kind of damage with what is said of it.
#include "git/pack_index.h"

#include <functional>

#include "catch.h"
#include "git/pack_builder.h"
#include "git/repository_generator_helper.h"

namespace keywake::git::test {
namespace {

struct Subject {
  HashKind hash = HashKind::kSha1;
  std::vector<IndexedObject> objects;
  std::string pack;  // its end is all that matters
  std::uint64_t pack_size = 0;
};

Subject random_subject(std::size_t count, HashKind hash, std::uint64_t step = 100) {
  Subject subject{hash, {}, "pack bytes and " + digest_of("pack", hash), 0};
  std::uint64_t offset = 12;
  for (std::size_t i = 0; i < count; ++i, offset += step) {
    subject.objects.push_back({object_id(ObjectType::kBlob, std::to_string(i), hash), offset});
  }
  subject.pack_size = offset + 100;
  return subject;
}

Result<PackIndex> parse(const Subject& subject, std::string_view bytes) {
  TemporaryFolder folder;
  write_file(folder.path() / "x.idx", bytes);
  auto file = MappedFile::open(folder.path() / "x.idx");
  REQUIRE(file.has_value());
  std::string_view pack = subject.pack;
  return PackIndex::parse(std::move(*file), subject.hash, subject.pack_size,
                          pack.substr(pack.size() - static_cast<std::size_t>(subject.hash)), "x.idx");
}

void check_all_found(const PackIndex& index, const Subject& subject) {
  REQUIRE(index.size() == subject.objects.size());
  for (const IndexedObject& object : subject.objects) {
    auto position = index.find(object.oid);
    REQUIRE(position.has_value());
    CHECK(index.oid(*position) == object.oid);
    CHECK(index.offset(*position) == object.offset);
    Oid absent = object.oid;
    absent.bytes[static_cast<std::size_t>(subject.hash) - 1] ^= 1;
    CHECK_FALSE(index.find(absent).has_value());
  }
  Oid last;
  last.bytes.fill(0xff);
  CHECK_FALSE(index.find(last).has_value());
  CHECK_FALSE(index.find(Oid{}).has_value());
}

TEST_CASE("pack index: every object is found, no other is") {
  for (HashKind hash : {HashKind::kSha1, HashKind::kSha256}) {
    for (int version : {1, 2}) {
      for (std::size_t count : {0u, 1u, 2u, 5u, 300u, 3000u}) {
        INFO("version " << version << ", " << count << " objects, hash of " << static_cast<int>(hash));
        Subject subject = random_subject(count, hash);
        auto index = parse(subject, index_of(subject.objects, subject.pack, version, hash));
        REQUIRE(index.has_value());
        check_all_found(*index, subject);
      }
    }
  }
}

TEST_CASE("pack index: offsets above 2 and 4 GiB") {
  Subject subject = random_subject(40, HashKind::kSha1, 700'000'000);
  auto index = parse(subject, index_of(subject.objects, subject.pack));
  REQUIRE(index.has_value());
  check_all_found(*index, subject);
  // git writes small ones there as well if asked to (index-pack --index-version=2,0).
  auto all_large = parse(subject, index_of(subject.objects, subject.pack, 2, HashKind::kSha1, 0));
  REQUIRE(all_large.has_value());
  check_all_found(*all_large, subject);
}

TEST_CASE("pack index: made from objects it is as one that was read") {
  Subject subject = random_subject(500, HashKind::kSha256);
  std::vector<PackIndex::Rebuilt> rebuilt;
  for (const IndexedObject& object : subject.objects) rebuilt.push_back({object.oid, object.offset});
  check_all_found(PackIndex::from_objects(rebuilt, subject.hash), subject);
  CHECK_FALSE(PackIndex::from_objects({}, HashKind::kSha1).find(Oid{}).has_value());
}

TEST_CASE("pack index: an object that stands in the pack twice") {
  Subject subject = random_subject(20, HashKind::kSha1);
  auto single = parse(subject, index_of(subject.objects, subject.pack));
  REQUIRE(single.has_value());
  CHECK_FALSE(single->repeats());
  subject.objects[7].oid = subject.objects[3].oid;
  auto index = parse(subject, index_of(subject.objects, subject.pack));
  REQUIRE(index.has_value());
  CHECK(index->repeats());
  CHECK(index->find(subject.objects[3].oid).has_value());
}

// Changes something and makes the checksum fit again.
std::string resealed(std::string index, const std::function<void(std::string&)>& change) {
  index.resize(index.size() - 20);
  change(index);
  return index + digest_of(index, HashKind::kSha1);
}

TEST_CASE("pack index: each kind of damage is refused and named") {
  Subject subject = random_subject(50, HashKind::kSha1);
  const std::string sound = index_of(subject.objects, subject.pack);
  const std::string large = index_of(subject.objects, subject.pack, 2, HashKind::kSha1, 0);
  const std::size_t oids = 8 + 1024;
  const std::size_t offsets = oids + 50 * 24;
  auto put = [](std::size_t at, std::uint64_t value, int bytes) {
    return [=](std::string& text) { text.replace(at, static_cast<std::size_t>(bytes), big_endian(value, bytes)); };
  };
  struct Case {
    std::string bytes;
    const char* message;
  };
  const Case cases[] = {
      {"", "x.idx: index is cut off"},
      {sound.substr(0, 500), "x.idx: index is cut off"},
      {sound.substr(0, sound.size() - 1), "x.idx: index is cut off"},
      {resealed(sound, put(7, 3, 1)), "x.idx: index has a version that is not known"},
      {resealed(sound, put(8, 51, 4)), "x.idx: index is out of order"},
      {resealed(sound, put(8 + 4 * 255, 0xffff'ffff, 4)), "x.idx: index is cut off"},
      {resealed(sound, put(oids, 0xffff'ffff, 4)), "x.idx: index is out of order"},
      {resealed(sound, put(offsets, 11, 4)), "x.idx: index points outside the pack"},
      {resealed(sound, put(offsets, subject.pack_size - 20, 4)), "x.idx: index points outside the pack"},
      {resealed(sound, put(offsets, 0x7fff'ffff, 4)), "x.idx: index points outside the pack"},
      {resealed(sound, put(offsets, 0x8000'0000, 4)), "x.idx: index points outside its table of large offsets"},
      {resealed(large, put(offsets, 0x8000'0032, 4)), "x.idx: index points outside its table of large offsets"},
      {resealed(large, put(offsets + 200, UINT64_MAX, 8)), "x.idx: index points outside the pack"},
      {resealed(large, put(offsets + 200, UINT64_MAX - 19, 8)), "x.idx: index points outside the pack"},
      {resealed(sound, put(sound.size() - 40, 0, 4)), "x.idx: index belongs to another pack, or the pack is cut off"},
  };
  for (const Case& one : cases) {
    INFO(one.message << ", " << one.bytes.size() << " bytes");
    auto index = parse(subject, one.bytes);
    REQUIRE_FALSE(index.has_value());
    CHECK(index.error().message == one.message);
  }
}

TEST_CASE("pack index: any flipped bit is noticed") {
  Subject subject = random_subject(30, HashKind::kSha1);
  for (int version : {1, 2}) {
    const std::string sound = index_of(subject.objects, subject.pack, version);
    for (std::size_t at = 0; at < sound.size(); at += 7) {
      std::string damaged = sound;
      damaged[at] = static_cast<char>(damaged[at] ^ (1 << (at % 8)));
      CHECK_FALSE(parse(subject, damaged).has_value());
    }
  }
}

}  // namespace
}  // namespace keywake::git::test
