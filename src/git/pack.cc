#include "git/pack.h"

#include <fmt/format.h>

#include "base/text.h"
#include "git/big_endian.h"

namespace keywake::git {
Result<Pack> Pack::open(const std::filesystem::path& path, HashKind hash) {
  auto file = MappedFile::open(path);
  if (!file) return std::unexpected(file.error());
  std::string name = printable(path.filename().native());
  std::string_view bytes = file->bytes();
  if (bytes.size() < 12 + static_cast<std::size_t>(hash) || !bytes.starts_with("PACK")) {
    return fail(fmt::format("{}: not a git pack, or cut off before its first object", name));
  }
  std::uint32_t version = be32(bytes.data() + 4);
  if (version != 2 && version != 3) {
    return fail(fmt::format("{}: pack version {} is not known", name, version));
  }
  Pack pack;
  pack.declared_count_ = be32(bytes.data() + 8);
  pack.file_ = std::move(*file);
  pack.name_ = std::move(name);
  pack.hash_ = hash;
  return pack;
}

std::optional<EntryHeader> Pack::header(std::uint64_t offset) const {
  std::uint64_t limit = end();
  std::string_view data = bytes();
  if (offset < 12 || offset >= limit) return std::nullopt;
  std::uint64_t at = offset;
  auto next = [&](std::uint8_t& byte) {
    if (at >= limit) return false;
    byte = static_cast<std::uint8_t>(data[at++]);
    return true;
  };

  // Type in bits 4-6 of the first byte; size in its low four bits and seven more from each byte that follows.
  EntryHeader header;
  std::uint8_t byte = 0;
  if (!next(byte)) return std::nullopt;
  header.type = static_cast<ObjectType>((byte >> 4) & 7);
  header.size = byte & 15;
  for (int shift = 4; (byte & 0x80) != 0; shift += 7) {
    if (shift > 57 || !next(byte)) return std::nullopt;
    header.size |= std::uint64_t{byte & 0x7fu} << shift;
  }

  switch (header.type) {
    case ObjectType::kCommit:
    case ObjectType::kTree:
    case ObjectType::kBlob:
    case ObjectType::kTag:
      break;
    case ObjectType::kOfsDelta: {
      // Seven bits a byte, most significant first, each continuation adding one so that no number has two forms.
      if (!next(byte)) return std::nullopt;
      std::uint64_t distance = byte & 0x7f;
      while ((byte & 0x80) != 0) {
        if (distance > (UINT64_MAX >> 8) || !next(byte)) return std::nullopt;
        distance = ((distance + 1) << 7) | (byte & 0x7f);
      }
      if (distance == 0 || distance > offset - 12) return std::nullopt;
      header.base_offset = offset - distance;
      break;
    }
    case ObjectType::kRefDelta: {
      std::size_t width = static_cast<std::size_t>(hash_);
      if (limit - at < width) return std::nullopt;
      header.base_oid = Oid::from_bytes(data.data() + at, hash_);
      at += width;
      break;
    }
    default:
      return std::nullopt;
  }
  header.length = static_cast<std::uint32_t>(at - offset);
  return header;
}

}  // namespace keywake::git
