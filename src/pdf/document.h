// A PDF document read with qpdf: a module of its own (keywake-pdf.so), because qpdf's libraries take longer to load than a commit hook to run, and
// because qpdf's headers and what uses them are compiled as C++17: with clang and the containers of a later standard its JSON.hh does not
// compile. What is read of a document: artifacts/pdf.h, which loads it.
// Ownership: views are valid during the call. Thread safety: functions may run at once on different input.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

namespace keywake::pdf {

using Visit = std::function<void(std::string_view path, std::string_view bytes)>;

/// kPartial: something could not be read, or there are earlier revisions.
enum class Outcome : std::uint8_t { kWhole, kPartial, kEncrypted, kTooManyObjects, kDamaged };

/// Exceptions of the visitor pass through.
extern "C" Outcome keywake_read_pdf(std::string_view bytes, const Visit& visit);

}  // namespace keywake::pdf
