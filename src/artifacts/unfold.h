// Build artifacts that are neither text nor archives, taken apart into parts that can be scanned.
// Ownership: views given to a visitor are valid during the call. Thread safety: pure functions.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

#include "base/result.h"

namespace keywake::artifacts {

enum class Format : std::uint8_t { kNone, kClass, kDex, kBinaryXml, kResourceTable, kDotNet, kPyc, kAsar, kSourceMap, kSqlite, kPdf };

/// By content; strict; nanoseconds for everything else. 64 KiB of head are enough.
Format recognise(std::string_view head);

/// A part: its path inside ("strings", "src/app.ts") and its bytes.
using Visit = std::function<void(std::string_view path, std::string_view bytes)>;

/// Whether the parts hold all text that the bytes do (then the bytes themselves need no scan). Error: damaged; what came before stays.
Result<bool> unfold(Format format, std::string_view bytes, const Visit& visit);

}  // namespace keywake::artifacts
