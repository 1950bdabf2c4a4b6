// Java class files: the constant pool as text, with the names of the fields that its strings are given to.
// Source: The Java Virtual Machine Specification, Java SE 21, chapter 4 (4.4 the constant pool, 4.5 fields, 4.7.2 ConstantValue).
// Parts: "strings": line N is entry N of the constant pool (javap -v numbers them so): `NAME = "value"` for the constant of a field, for a string
// that code stores into a field, or passes to a setter; else the text itself, also of names and descriptors.
// All text of a class is in its pool. Where it holds attributes that the specification does not know, or something follows it, its own bytes come as
// well, without the pool's text.
// Thread safety: pure functions.
#pragma once

#include "artifacts/unfold.h"

namespace keywake::artifacts {

bool is_class(std::string_view head);

/// Always true, or an error.
Result<bool> unfold_class(std::string_view bytes, const Visit& visit);

}  // namespace keywake::artifacts
