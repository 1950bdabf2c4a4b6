#include "images/folder.h"

#include <fmt/format.h>

#include <utility>

#include "base/text.h"
#include "images/checked_stream.h"
#include "images/files.h"

namespace keywake::images {
namespace {

constexpr const char* kManifest = "manifest.json";

class Folder : public ImageStore {
 public:
  Folder(std::unique_ptr<Files> files, std::string manifest) : files_(std::move(files)), manifest_(std::move(manifest)), root_(sha256_digest(manifest_)) {}

  Result<std::vector<Descriptor>> roots() override { return std::vector<Descriptor>{{"", root_, manifest_.size(), "", {}}}; }

  Result<std::string> read(const Descriptor& blob) override {
    if (blob.digest == root_) return manifest_;
    auto stream = files_->open(digits(blob) + "." + kManifest);
    if (!stream) stream = files_->open(digits(blob));
    if (!stream) return std::unexpected(stream.error());
    return read_document(std::move(*stream), blob);
  }

  Result<archive::Stream> open(const Descriptor& blob) override {
    auto stream = files_->open(digits(blob));
    if (!stream) return std::unexpected(stream.error());
    return checked(std::move(*stream), blob);
  }

  Result<archive::Stream> open_from(const Descriptor& blob, std::uint64_t offset) override { return files_->open(digits(blob), offset); }

 private:
  // parse_manifest() takes no digest that is not "algorithm:digits".
  static std::string digits(const Descriptor& blob) { return blob.digest.substr(blob.digest.find(':') + 1); }

  std::unique_ptr<Files> files_;
  std::string manifest_;
  std::string root_;
};

}  // namespace

Result<std::unique_ptr<ImageStore>> open_folder(const std::filesystem::path& folder) {
  auto files = files_of_folder(folder);
  if (!files) return std::unexpected(files.error());
  auto manifest = read_small(**files, kManifest);
  if (!manifest) return fail(fmt::format("{}: {}; is it an image that was written with dir:?", printable(folder.native()), manifest.error().message));
  return std::make_unique<Folder>(std::move(*files), std::move(*manifest));
}

}  // namespace keywake::images
