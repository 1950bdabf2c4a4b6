// Build artifacts that are neither text nor archives, taken apart into parts that a scanner of text can read: strings that lie there in another
// encoding, or far from the names that tell what they are.
// Ownership: views given to a visitor are valid during the call. Thread safety: functions may run at once on different input.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

#include "base/result.h"

namespace keywake::artifacts {

enum class Format : std::uint8_t { kNone, kClass, kDex, kBinaryXml, kResourceTable, kDotNet, kPyc, kAsar, kSourceMap, kSqlite, kPdf, kOffice };

/// By content; strict; nanoseconds for everything else. 64 KiB of head are enough.
Format recognise(std::string_view head);

/// A part: its path inside ("strings", "src/app.ts") and its bytes. The empty path stands for the artifact's own bytes, with blanks for what other
/// parts hold: they are scanned as the file itself, and nothing in it is reported twice.
using Visit = std::function<void(std::string_view path, std::string_view bytes)>;

/// Messages of errors that are no damage: the first is all, the second the beginning.
inline constexpr std::string_view kEncrypted = "encrypted";
inline constexpr std::string_view kNoReader = "not read: ";

/// `bytes`: all of it, in memory; some readers take a hundred times as much to read it, so the caller bounds it (archive/expansion.h).
/// Whether the parts hold all text that the bytes do (then the bytes themselves need no scan). Error: damaged, or one of those above; what came before stays.
Result<bool> unfold(Format format, std::string_view bytes, const Visit& visit);

/// "Java class", "DEX", …
std::string_view name(Format format);

}  // namespace keywake::artifacts
