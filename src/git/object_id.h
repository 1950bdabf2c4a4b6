// What an object's id is made of: the digest of "<type> <size>\0" and the content (gitformat-pack(5), "Object storage format").
// Thread safety: pure functions.
#pragma once

#include <string_view>

#include "git/oid.h"
#include "git/pack.h"

namespace keywake::git {

/// "commit", "tree", "blob", "tag"; empty for all that is no object.
std::string_view name_of(ObjectType type);
/// kNone if no type is called so.
ObjectType type_named(std::string_view name);

Oid object_id(ObjectType type, std::string_view content, HashKind hash);

}  // namespace keywake::git
