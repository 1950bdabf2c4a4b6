// Dalvik executables (classes.dex of an APK): their strings, with the names of the fields that they are given to.
// Source: Android's "Dalvik executable format" (source.android.com/docs/core/runtime/dex-format), versions 035 to 041.
// Parts: "strings": line N is string N - 1 of the file's table (dexdump numbers them from 0): `NAME = "value"` for the initial value of a static
// field, for a string that code stores into a field, or passes to a setter; else the text itself, also of names. Then the file's own bytes without
// them: text may lie there as an array of bytes.
// Thread safety: pure functions.
#pragma once

#include "artifacts/unfold.h"

namespace keywake::artifacts {

bool is_dex(std::string_view head);

/// Always true, or an error.
Result<bool> unfold_dex(std::string_view bytes, const Visit& visit);

}  // namespace keywake::artifacts
