// Any bytes as a pack index, the checksum at its end made to fit: refused, or an index whose every answer holds. Half of the inputs begin as
// sound indexes (the mutator makes them), else none would get past the first check.
#include <sys/mman.h>
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <source_location>
#include <string>
#include <string_view>

#include "../git/pack_builder.h"
#include "git/pack_index.h"

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t* data, std::size_t size, std::size_t max_size);

namespace {

using namespace keywake;
using namespace keywake::git;

constexpr std::uint64_t kPackSize = std::uint64_t{6} << 30;

void require(bool condition, std::source_location where = std::source_location::current()) {
  if (condition) return;
  std::fprintf(stderr, "line %u does not hold\n", static_cast<unsigned>(where.line()));
  std::abort();
}

// First byte of an input: bit 0 the hash, bit 1 whether the checksum is left as it is, bits 2-7 the pack's size.
HashKind hash_of(std::uint8_t mode) { return (mode & 1) != 0 ? HashKind::kSha256 : HashKind::kSha1; }

std::string sound_input(unsigned seed) {
  const auto mode = static_cast<std::uint8_t>(0xfc | (seed & 1));
  std::vector<test::IndexedObject> objects;
  std::uint64_t offset = 12;
  for (unsigned i = 0; i < seed % 23; ++i) {
    objects.push_back({test::object_id(ObjectType::kBlob, std::to_string(seed + i), hash_of(mode)), offset});
    offset += (seed & 4) != 0 ? 300'000'000 : 30;
  }
  std::string pack = "PACK" + std::string(64, '\7');
  return static_cast<char>(mode) + test::index_of(objects, pack, (seed & 2) != 0 ? 1 : 2, hash_of(mode));
}

void check(const PackIndex& index, HashKind hash, std::uint64_t pack_size) {
  Oid last;
  for (std::uint32_t i = 0; i < index.size(); ++i) {
    const Oid oid = index.oid(i);
    require(i == 0 || last <= oid);
    last = oid;
    require(index.offset(i) >= 12 && index.offset(i) + static_cast<std::size_t>(hash) < pack_size);
    auto found = index.find(oid);
    require(found.has_value() && index.oid(*found) == oid);
    Oid other = oid;
    other.bytes[i % static_cast<std::size_t>(hash)] ^= 0x55;
    auto near = index.find(other);
    require(!near || index.oid(*near) == other);
  }
}

}  // namespace

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t* data, std::size_t size, std::size_t max_size, unsigned seed) {
  if (seed % 32 == 0) {
    std::string input = sound_input(seed / 32);
    size = std::min(input.size(), max_size);
    std::memcpy(data, input.data(), size);
  }
  return LLVMFuzzerMutate(data, size, max_size);
}

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::uint8_t mode = data[0];
  const HashKind hash = hash_of(mode);
  const std::size_t width = static_cast<std::size_t>(hash);
  std::string bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  if (bytes.size() >= 2 * width && (mode & 2) == 0) {
    bytes.replace(bytes.size() - 2 * width, width, width, '\7');
    bytes.resize(bytes.size() - width);
    bytes += test::digest_of(bytes, hash);
  }
  const std::uint64_t pack_size = (mode >> 2) == 63 ? kPackSize : (mode >> 2) * std::uint64_t{16};

  static const int descriptor = ::memfd_create("index", MFD_CLOEXEC);
  require(::ftruncate(descriptor, 0) == 0);
  require(::pwrite(descriptor, bytes.data(), bytes.size(), 0) == static_cast<ssize_t>(bytes.size()));
  auto file = MappedFile::open("/proc/self/fd/" + std::to_string(descriptor));
  require(file.has_value());
  auto index = PackIndex::parse(std::move(*file), hash, pack_size, std::string(width, '\7'), "fuzz.idx");
  if (index) {
    check(*index, hash, pack_size);
  } else {
    require(index.error().message.starts_with("fuzz.idx: index "));
  }
  return 0;
}
