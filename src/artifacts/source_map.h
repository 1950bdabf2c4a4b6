// Source maps: what a bundler writes beside minified code, often with the whole original sources in it.
// Source: ECMA-426 (source map format, revision 3), also its index maps ("sections").
// Parts: each of "sourcesContent" as the file that it is, by its path, cleaned of schemes ("webpack://") and of "../"; "strings" with the map's
// other strings but the mappings (numbers in base64). A map without contents has no parts.
// Ownership: views are valid during the call. Thread safety: pure functions.
#pragma once

#include <string>

#include "artifacts/unfold.h"

namespace keywake::artifacts {

/// By the first keys of the object and its version: other JSON is told apart at its first key.
bool is_source_map(std::string_view head);

Result<bool> unfold_source_map(std::string_view bytes, const Visit& visit);

/// "webpack:///../src/./app.ts" → "src/app.ts"
std::string clean_source_path(std::string_view root, std::string_view source);

}  // namespace keywake::artifacts
