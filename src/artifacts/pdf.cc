#include "artifacts/pdf.h"

#include "artifacts/pdf_document.h"

namespace keywake::artifacts {
namespace {

constexpr std::size_t kMaxFile = 64u << 20;  // parsed, a file can take a hundred times its size in memory

}  // namespace

bool is_pdf(std::string_view head) {
  return head.size() >= 9 && head.starts_with("%PDF-") && head[5] >= '1' && head[5] <= '2' && head[6] == '.';
}

Result<bool> unfold_pdf(std::string_view bytes, const Visit& visit) {
  if (bytes.size() > kMaxFile) return fail("PDF larger than 64 MiB: read as bytes only");
  switch (read_pdf(bytes, visit)) {
    case PdfOutcome::kWhole:
      return true;
    case PdfOutcome::kPartial:
      return false;
    case PdfOutcome::kEncrypted:
      return fail(std::string(kEncrypted));
    case PdfOutcome::kTooManyObjects:
      return fail("it has more objects than are taken into memory (some 5 million); its bytes are scanned as they lie");
    case PdfOutcome::kDamaged:
      break;
  }
  return fail("it cannot be read");
}

}  // namespace keywake::artifacts
