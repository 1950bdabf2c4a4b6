// A PDF document read with qpdf. Apart from pdf.h because qpdf's headers and what uses them are compiled as C++17: with clang and the containers of
// a later standard its JSON.hh does not compile.
// Ownership: views are valid during the call. Thread safety: functions may run at once on different input.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>

namespace keywake::artifacts {

using VisitPdf = std::function<void(std::string_view path, std::string_view bytes)>;

/// kPartial: something could not be read, or there are earlier revisions.
enum class PdfOutcome : std::uint8_t { kWhole, kPartial, kEncrypted, kTooManyObjects, kDamaged };

PdfOutcome read_pdf(std::string_view bytes, const VisitPdf& visit);

}  // namespace keywake::artifacts
