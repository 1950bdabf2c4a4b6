#include <charconv>

#include "base/mapped_file.h"
#include "base/limits.h"
#include "git/delta.h"
#include "git/object_store.h"

namespace keywake::git {
namespace {

ObjectType type_named(std::string_view name) {
  if (name == "blob") return ObjectType::kBlob;
  if (name == "commit") return ObjectType::kCommit;
  if (name == "tree") return ObjectType::kTree;
  if (name == "tag") return ObjectType::kTag;
  return ObjectType::kNone;
}

}  // namespace

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
  auto packed = read_file(store_.loose_path(id), limit_ + limits::kMiB);
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
  out.erase(0, nul + 1);
  return Outcome::kDone;
}

ObjectReader::Outcome ObjectReader::read(ObjectId id, std::string& out, ObjectType& type) {
  std::vector<ObjectId> chain;  // from the wanted object to just above its root
  ObjectId root = id;
  while (store_.base(root) != kNoObject) {
    chain.push_back(root);
    root = store_.base(root);
    if (chain.size() > store_.size()) return Outcome::kDamaged;  // a loop
  }
  if (store_.loose(root)) {
    Outcome outcome = read_loose(root, out, type);
    if (outcome != Outcome::kDone) return outcome;
  } else {
    ObjectStore::Place place = store_.place(root);
    auto header = place.pack->header(place.offset);
    if (!header || store_.type(root) == ObjectType::kNone) return Outcome::kDamaged;
    if (header->size > limit_) return Outcome::kTooLarge;
    type = store_.type(root);
    out.resize(header->size);
    std::uint64_t begin = place.offset + header->length;
    if (place.end < begin ||
        !inflater_.inflate(place.pack->bytes().substr(begin, place.end - begin), out.data(), out.size())) {
      return Outcome::kDamaged;
    }
  }
  for (std::size_t i = chain.size(); i-- > 0;) {
    ObjectStore::Place place = store_.place(chain[i]);
    auto header = place.pack->header(place.offset);
    if (!header) return Outcome::kDamaged;
    if (header->size > limit_) return Outcome::kTooLarge;
    delta_.resize(header->size);
    std::uint64_t begin = place.offset + header->length;
    if (place.end < begin ||
        !inflater_.inflate(place.pack->bytes().substr(begin, place.end - begin), delta_.data(), delta_.size())) {
      return Outcome::kDamaged;
    }
    auto sizes = delta_sizes(delta_);
    if (!sizes) return Outcome::kDamaged;
    if (sizes->result > limit_) return Outcome::kTooLarge;
    scratch_.resize(sizes->result);
    if (!apply_delta(delta_, *sizes, out, scratch_.data(), nullptr)) return Outcome::kDamaged;
    out.swap(scratch_);
  }
  return Outcome::kDone;
}

}  // namespace keywake::git
