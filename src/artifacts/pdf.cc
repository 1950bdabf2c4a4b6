#include "artifacts/pdf.h"

#include <fmt/format.h>

#include <filesystem>
#include <string>

#include "base/library.h"
#include "pdf/document.h"

namespace keywake::artifacts {
namespace {

constexpr const char* kModule = "keywake-pdf.so";

// Beside the program, or where `make install` puts it; nowhere else is it looked for.
std::string module_path() {
  std::error_code error;
  const std::filesystem::path folder = std::filesystem::read_symlink("/proc/self/exe", error).parent_path();
  const std::filesystem::path beside = folder / kModule;
  return std::filesystem::exists(beside, error) ? beside : folder.parent_path() / "lib/keywake" / kModule;
}

// Loaded for the first document.
struct PdfReader : Library {
  PdfReader() : Library(module_path().c_str()) {}
  decltype(&pdf::keywake_read_pdf) read = take("keywake_read_pdf");
};

}  // namespace

bool is_pdf(std::string_view head) {
  return head.size() >= 9 && head.starts_with("%PDF-") && head[5] >= '1' && head[5] <= '2' && head[6] == '.';
}

Result<bool> unfold_pdf(std::string_view bytes, const Visit& visit) {
  const PdfReader* const reader = Library::loaded<PdfReader>();
  if (reader == nullptr) return fail(fmt::format("{}{} cannot be loaded; it belongs beside keywake or into ../lib/keywake, and needs qpdf (Debian: libqpdf29)", kNoReader, kModule));
  switch (reader->read(bytes, visit)) {
    case pdf::Outcome::kWhole:
      return true;
    case pdf::Outcome::kPartial:
      return false;
    case pdf::Outcome::kEncrypted:
      return fail(std::string(kEncrypted));
    case pdf::Outcome::kTooManyObjects:
      return fail("it has more objects than are taken into memory (some 5 million); its bytes are scanned as they lie");
    case pdf::Outcome::kDamaged:
      break;
  }
  return fail("it cannot be read");
}

}  // namespace keywake::artifacts
