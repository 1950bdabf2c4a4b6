#include "images/layout.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <optional>

#include "base/text.h"
#include "images/checked_stream.h"
#include "images/manifest.h"

namespace keywake::images {
namespace fs = std::filesystem;
namespace {

constexpr const char* kIndex = "index.json";
constexpr const char* kMarker = "oci-layout";
constexpr const char* kRefName = "org.opencontainers.image.ref.name";
constexpr std::size_t kBuffer = 256 << 10;

// Files by names that this program makes, of digests that were looked at.
class Files {
 public:
  virtual ~Files() = default;
  virtual Result<archive::Stream> open(const std::string& name) = 0;
};

class FolderFiles : public Files {
 public:
  explicit FolderFiles(fs::path root) : root_(std::move(root)) {}

  Result<archive::Stream> open(const std::string& name) override {
    std::error_code ec;
    const fs::path file = fs::canonical(root_ / name, ec);
    if (ec) return fail(fmt::format("{}: {}", name, ec == std::errc::no_such_file_or_directory ? "is not in the layout" : ec.message()));
    if (const fs::path inside = file.lexically_relative(root_); inside.empty() || *inside.begin() == "..") {
      return fail(fmt::format("{}: is a link out of the layout, which is not followed", name));
    }
    auto opened = std::make_shared<Open>();
    opened->fd = ::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW | O_NOCTTY);
    struct stat info{};
    if (opened->fd < 0 || ::fstat(opened->fd, &info) != 0) return fail(fmt::format("{}: cannot be opened: {}", name, std::strerror(errno)));
    if (!S_ISREG(info.st_mode)) return fail(fmt::format("{}: is no file", name));
    return archive::Stream{.read = [opened, name]() -> Result<std::string_view> {
      for (;;) {
        const ssize_t got = ::read(opened->fd, opened->buffer.get(), kBuffer);
        if (got >= 0) return std::string_view(opened->buffer.get(), static_cast<std::size_t>(got));
        if (errno != EINTR) return fail(fmt::format("{}: cannot be read: {}", name, std::strerror(errno)));
      }
    }};
  }

 private:
  struct Open {
    int fd = -1;
    std::unique_ptr<char[]> buffer = std::make_unique_for_overwrite<char[]>(kBuffer);
    ~Open() {
      if (fd >= 0) ::close(fd);
    }
  };
  fs::path root_;  // canonical
};

class TarFiles : public Files {
 public:
  explicit TarFiles(TarFile file) : file_(std::move(file)) {}
  Result<archive::Stream> open(const std::string& name) override {
    const TarFile::Member* member = file_.find(name);
    if (member == nullptr) return fail(fmt::format("{}: is not in the archive", name));
    return file_.read(*member);
  }

 private:
  TarFile file_;
};

class Layout : public ImageStore {
 public:
  Layout(std::unique_ptr<Files> files, std::string path, std::string tag) : files_(std::move(files)), path_(std::move(path)), tag_(std::move(tag)) {}

  Result<std::vector<Descriptor>> roots() override {
    auto file = files_->open(kIndex);
    if (!file) return std::unexpected(Error{fmt::format("{}: {}; is it an OCI layout?", path_, file.error().message)});
    std::string bytes;
    for (;;) {
      auto part = file->read();
      if (!part) return std::unexpected(part.error());
      if (part->empty()) break;
      bytes += *part;
      if (bytes.size() > kMaxDocument) return fail(fmt::format("{}: its {} is larger than {}", path_, kIndex, human_bytes(kMaxDocument)));
    }
    auto index = parse_manifest(bytes, path_ + ": " + kIndex);
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
  std::error_code ec;
  fs::path root = fs::canonical(folder, ec);
  if (ec) return fail(fmt::format("{}: {}", printable(folder.native()), ec.message()));
  if (!fs::is_directory(root, ec)) return fail(fmt::format("{}: is no folder; an archive is named as oci-archive:{}", printable(folder.native()), printable(folder.native())));
  return std::make_unique<Layout>(std::make_unique<FolderFiles>(std::move(root)), printable(folder.native()), tag);
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
