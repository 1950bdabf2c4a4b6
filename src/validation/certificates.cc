#include "validation/certificates.h"

#include <algorithm>
#include <filesystem>
#include <vector>

#include "base/mapped_file.h"
#include "model/sighting.h"

namespace keywake::validation {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxFile = 256 * 1024;
constexpr std::size_t kMaxFiles = 200;
constexpr std::string_view kBlock = "-----BEGIN CERTIFICATE-----";

bool is_plain_file(const fs::path& path) {
  std::error_code error;
  return fs::symlink_status(path, error).type() == fs::file_type::regular;
}

void add_from(const fs::path& path, std::string& out) {
  if (!is_plain_file(path)) return;
  const auto text = read_file(path, kMaxFile);
  if (text && text->find(kBlock) != std::string::npos) out += *text + "\n";
}

// In order of name, so that two runs say the same.
std::vector<fs::path> files_of(const fs::path& folder) {
  std::vector<fs::path> out;
  std::error_code error;
  for (fs::directory_iterator each(folder, error), end; !error && each != end; each.increment(error)) {
    static constexpr std::string_view kNames[] = {".crt", ".cer", ".pem", ".cert", ".chain"};
    const std::string extension = each->path().extension().string();
    if (std::find(std::begin(kNames), std::end(kNames), extension) != std::end(kNames)) out.push_back(each->path());
  }
  std::sort(out.begin(), out.end());
  if (out.size() > kMaxFiles) out.resize(kMaxFiles);
  return out;
}

}  // namespace

std::string certificates_beside(const model::Credential& credential) {
  std::string out;
  for (const model::Sighting& sighting : credential.sightings) {
    if (!model::is_current(sighting) || sighting.path.find("!/") != std::string::npos) continue;
    std::error_code error;
    const fs::path target(sighting.target);
    const fs::path file = fs::is_directory(target, error) ? target / sighting.path : target;
    if (!is_plain_file(file)) continue;
    add_from(file, out);
    for (const fs::path& each : files_of(file.parent_path())) {
      if (each != file) add_from(each, out);
    }
  }
  return out;
}

}  // namespace keywake::validation
