#include "images/layout.h"

#include <fmt/format.h>

#include <optional>

#include "base/text.h"
#include "images/checked_stream.h"
#include "images/files.h"
#include "images/manifest.h"
#include "images/tar_blobs.h"

namespace keywake::images {
namespace fs = std::filesystem;
namespace {

constexpr const char* kIndex = "index.json";
constexpr const char* kMarker = "oci-layout";
constexpr const char* kRefName = "org.opencontainers.image.ref.name";

class TarFiles : public Files {
 public:
  explicit TarFiles(TarFile file) : file_(std::move(file)) {}
  Result<archive::Stream> open(const std::string& name, std::uint64_t offset) override {
    const TarFile::Member* member = file_.find(name);
    if (member == nullptr) return fail(fmt::format("{}: is not in the archive", name));
    return offset == 0 ? file_.read(*member) : file_.read_from(*member, offset);
  }
  [[nodiscard]] const TarFile* in_passes() const override { return file_.in_place() ? nullptr : &file_; }

 private:
  TarFile file_;
};

class Layout : public ImageStore {
 public:
  Layout(std::unique_ptr<Files> files, std::string path, std::string tag) : files_(std::move(files)), path_(std::move(path)), tag_(std::move(tag)) {}

  Result<std::vector<Descriptor>> roots() override {
    const auto bytes = read_small(*files_, kIndex);
    if (!bytes) return fail(fmt::format("{}: {}; is it an OCI layout?", path_, bytes.error().message));
    auto index = parse_manifest(*bytes, path_ + ": " + kIndex);
    if (!index) return std::unexpected(index.error());
    if (!index->is_index) return fail(fmt::format("{}: its {} is no index", path_, kIndex));
    if (tag_.empty()) return std::move(index->manifests);
    std::vector<Descriptor> out;
    std::string others;
    for (Descriptor& each : index->manifests) {
      const auto name = each.annotations.find(kRefName);
      if (name != each.annotations.end()) others += (others.empty() ? "" : ", ") + printable(name->second);
      if (each.digest == tag_ || (name != each.annotations.end() && name->second == tag_)) out.push_back(std::move(each));
    }
    if (out.empty()) return fail(fmt::format("{}: no image named {}; {}", path_, printable(tag_), others.empty() ? "its images have no names" : "there are " + others));
    return out;
  }

  Result<std::string> read(const Descriptor& blob) override {
    auto stream = files_->open(name_of_blob(blob));
    if (!stream) return std::unexpected(stream.error());
    return read_document(std::move(*stream), blob);
  }

  Result<archive::Stream> open(const Descriptor& blob) override {
    auto stream = files_->open(name_of_blob(blob));
    if (!stream) return std::unexpected(stream.error());
    return checked(std::move(*stream), blob);
  }

  Result<archive::Stream> open_from(const Descriptor& blob, std::uint64_t offset) override {
    if (files_->in_passes() != nullptr) return ImageStore::open_from(blob, offset);
    return files_->open(name_of_blob(blob), offset);
  }

  void each(const std::vector<Descriptor>& blobs, const Visit& visit) override {
    const TarFile* const tar = files_->in_passes();
    if (tar == nullptr) return ImageStore::each(blobs, visit);
    each_in_one_pass(*tar, blobs, [tar](const Descriptor& blob) { return tar->find(name_of_blob(blob)); }, visit);
  }

 private:
  // The digest is "sha256:" or "sha512:" and hexadecimal digits: parse_manifest() takes no other.
  static std::string name_of_blob(const Descriptor& blob) {
    const std::size_t colon = blob.digest.find(':');
    return fmt::format("blobs/{}/{}", blob.digest.substr(0, colon), blob.digest.substr(colon + 1));
  }

  std::unique_ptr<Files> files_;
  std::string path_;
  std::string tag_;
};

}  // namespace

Result<std::unique_ptr<ImageStore>> open_layout(const fs::path& folder, const std::string& tag) {
  auto files = files_of_folder(folder);
  if (!files) return fail(fmt::format("{}; an archive is named as oci-archive:FILE", files.error().message));
  return std::make_unique<Layout>(std::move(*files), printable(folder.native()), tag);
}

Result<std::unique_ptr<ImageStore>> open_layout_archive(TarFile file, const std::string& path, const std::string& tag) {
  if (file.count(kIndex) > 1) return fail(fmt::format("{}: {} occurs more than once, so it can be read in several ways", printable(path), kIndex));
  return std::make_unique<Layout>(std::make_unique<TarFiles>(std::move(file)), printable(path), tag);
}

bool is_layout(const fs::path& folder) {
  std::error_code ec;
  return fs::is_regular_file(folder / kMarker, ec) && fs::is_regular_file(folder / kIndex, ec);
}

bool is_layout(const TarFile& file) { return file.find(kMarker) != nullptr && file.find(kIndex) != nullptr; }

}  // namespace keywake::images
