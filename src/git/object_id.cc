#include "git/object_id.h"

#include <fmt/format.h>

#include "base/hash.h"

namespace keywake::git {

std::string_view name_of(ObjectType type) {
  switch (type) {
    case ObjectType::kCommit: return "commit";
    case ObjectType::kTree: return "tree";
    case ObjectType::kBlob: return "blob";
    case ObjectType::kTag: return "tag";
    default: return "";
  }
}

ObjectType type_named(std::string_view name) {
  for (const ObjectType type : {ObjectType::kCommit, ObjectType::kTree, ObjectType::kBlob, ObjectType::kTag}) {
    if (name == name_of(type)) return type;
  }
  return ObjectType::kNone;
}

Oid object_id(ObjectType type, std::string_view content, HashKind hash) {
  std::string header = fmt::format("{} {}", name_of(type), content.size());
  header += '\0';
  return hash == HashKind::kSha1 ? Oid::from_bytes(sha1(header, content).data(), hash) : Oid::from_bytes(sha256(header, content).data(), hash);
}

}  // namespace keywake::git
