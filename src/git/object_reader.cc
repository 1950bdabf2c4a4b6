#include <charconv>

#include "base/limits.h"
#include "base/mapped_file.h"
#include "git/delta.h"
#include "git/object_id.h"
#include "git/object_store.h"

namespace keywake::git {
std::string_view ObjectReader::reason(Outcome outcome) {
  switch (outcome) {
    case Outcome::kDone: return "read";
    case Outcome::kDamaged: return "damaged";
    case Outcome::kTooLarge: return "larger than --max-file-size";
  }
  return "";
}

// A loose object is one zlib stream: "blob 1234\0" and the content (gitformat-loose is the same for all types).
ObjectReader::Outcome ObjectReader::read_loose(ObjectId id, std::string& out, ObjectType& type) {
  const std::filesystem::path path = store_.loose_path(id);
  std::error_code ec;
  const std::uint64_t file_size = std::filesystem::file_size(path, ec);
  if (!ec && file_size > limit_ + limits::kMiB) return Outcome::kTooLarge;
  auto packed = read_file(path, limit_ + limits::kMiB);
  if (!packed) return Outcome::kDamaged;
  switch (inflater_.inflate_all(*packed, limit_ + 64, out)) {
    case Inflater::Outcome::kDone: break;
    case Inflater::Outcome::kDamaged: return Outcome::kDamaged;
    case Inflater::Outcome::kTooLarge: return Outcome::kTooLarge;
  }
  std::size_t space = out.find(' ');
  std::size_t nul = out.find('\0');
  if (space == std::string::npos || nul == std::string::npos || space > nul) {
    return Outcome::kDamaged;
  }
  type = type_named(std::string_view(out).substr(0, space));
  std::uint64_t size = 0;
  auto parsed = std::from_chars(out.data() + space + 1, out.data() + nul, size);
  bool sound = parsed.ec == std::errc{} && parsed.ptr == out.data() + nul &&
               size == out.size() - nul - 1 && type != ObjectType::kNone;
  if (!sound) return Outcome::kDamaged;
  if (size > limit_) return Outcome::kTooLarge;
  out.erase(0, nul + 1);
  return Outcome::kDone;
}

// The stream of a packed entry.
ObjectReader::Outcome ObjectReader::inflate(ObjectId id, EntryHeader& header, std::string& out) {
  ObjectStore::Place place = store_.place(id);
  auto found = place.pack->header(place.offset);
  if (!found) return Outcome::kDamaged;
  header = *found;
  if (header.size > limit_) return Outcome::kTooLarge;
  std::uint64_t begin = place.offset + header.length;
  if (place.end < begin || !Inflater::could_hold(place.end - begin, header.size)) return Outcome::kDamaged;
  out.resize(header.size);
  auto taken = inflater_.inflate(place.pack->bytes().substr(begin, place.end - begin), out.data(), out.size());
  return taken ? Outcome::kDone : Outcome::kDamaged;
}

ObjectReader::Outcome ObjectReader::read_whole(ObjectId id, std::string& out, ObjectType& type) {
  if (store_.loose(id)) return read_loose(id, out, type);
  if (!store_.sound(id)) return Outcome::kDamaged;
  EntryHeader header;
  Outcome outcome = inflate(id, header, out);
  type = header.type;
  return outcome;
}

// `object` is the base before and the result after.
ObjectReader::Outcome ObjectReader::read_delta(ObjectId id, std::string& object) {
  EntryHeader header;
  Outcome outcome = inflate(id, header, delta_);
  if (outcome != Outcome::kDone) return outcome;
  auto sizes = delta_sizes(delta_);
  if (!sizes || sizes->base != object.size()) return Outcome::kDamaged;
  if (sizes->result > limit_) return Outcome::kTooLarge;
  scratch_.resize(sizes->result);
  if (!apply_delta(delta_, *sizes, object, scratch_.data(), nullptr)) return Outcome::kDamaged;
  object.swap(scratch_);
  return Outcome::kDone;
}

ObjectReader::Outcome ObjectReader::read_copy(ObjectId id, std::string& out, ObjectType& type) {
  if (in_copy_) return Outcome::kDamaged;
  in_copy_ = true;
  Outcome outcome = Outcome::kDamaged;
  for (ObjectId copy : store_.copies(id)) {
    outcome = read(copy, out, type);
    if (outcome != Outcome::kDamaged) break;
  }
  in_copy_ = false;
  used_copy_ = outcome == Outcome::kDone;
  return outcome;
}

ObjectReader::Outcome ObjectReader::read(ObjectId id, std::string& out, ObjectType& type) {
  std::vector<ObjectId> chain;  // from the wanted object to just above its root
  ObjectId root = id;
  for (; store_.base(root) != kNoObject; root = store_.base(root)) chain.push_back(root);
  if (!in_copy_) used_copy_ = false;
  Outcome outcome = read_whole(root, out, type);
  if (outcome == Outcome::kDamaged) outcome = read_copy(root, out, type);
  for (std::size_t i = chain.size(); i-- > 0;) {
    if (outcome == Outcome::kDone) outcome = read_delta(chain[i], out);
    if (outcome == Outcome::kDamaged) outcome = read_copy(chain[i], out, type);
  }
  return outcome;
}

}  // namespace keywake::git
