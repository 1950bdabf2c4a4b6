#include "images/tar_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>

#include "archive/layer.h"
#include "base/text.h"

namespace keywake::images {
namespace {

constexpr std::size_t kBuffer = 256 << 10;
constexpr std::size_t kHead = 65536;
constexpr std::size_t kMaxMembers = 100'000;  // an image has a handful for each layer
constexpr unsigned kMaxLinks = 8;

// "./blobs//a" → "blobs/a"; ".." stays a name.
std::string plain(std::string_view path) {
  std::string out;
  while (!path.empty()) {
    const std::size_t slash = path.find('/');
    const std::string_view part = path.substr(0, slash);
    if (!part.empty() && part != ".") out.append(out.empty() ? "" : "/").append(part);
    path.remove_prefix(slash == std::string_view::npos ? path.size() : slash + 1);
  }
  return out;
}

// Where a symbolic link in `folder` leads, as names: nothing outside the archive is looked at.
std::string linked(std::string_view link, std::string_view target) {
  const std::size_t slash = link.rfind('/');
  std::vector<std::string_view> parts;
  auto add = [&](std::string_view path) {
    while (!path.empty()) {
      const std::size_t end = path.find('/');
      const std::string_view part = path.substr(0, end);
      if (part == ".." && !parts.empty()) parts.pop_back();
      else if (!part.empty() && part != "." && part != "..") parts.push_back(part);
      path.remove_prefix(end == std::string_view::npos ? path.size() : end + 1);
    }
  };
  if (!target.starts_with('/') && slash != std::string_view::npos) add(link.substr(0, slash));
  add(target);
  return fmt::format("{}", fmt::join(parts, "/"));
}

}  // namespace

struct TarFile::File {
  int fd = -1;
  std::string name;
  std::uint64_t size = 0;
  archive::Kind kind = archive::Kind::kNone;  // of the outermost bytes
  ~File() {
    if (fd >= 0) ::close(fd);
  }
};

namespace {

class FileInput : public archive::Input {
 public:
  FileInput(int fd, std::uint64_t size) : fd_(fd), size_(size), buffer_(std::make_unique_for_overwrite<char[]>(kBuffer)) {}
  std::string_view read() override {
    for (;;) {
      const ssize_t got = ::pread(fd_, buffer_.get(), kBuffer, static_cast<off_t>(at_));
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) {
        error_ = Error{fmt::format("cannot be read: {}", std::strerror(errno))};
        return {};
      }
      at_ += static_cast<std::uint64_t>(got);
      return {buffer_.get(), static_cast<std::size_t>(got)};
    }
  }
  [[nodiscard]] bool can_seek() const override { return true; }
  bool seek(std::uint64_t offset) override {
    at_ = offset;
    return true;
  }
  [[nodiscard]] std::uint64_t size() const override { return size_; }
  [[nodiscard]] std::uint64_t compressed_bytes() const override { return size_; }

 private:
  int fd_;
  std::uint64_t size_;
  std::uint64_t at_ = 0;
  std::unique_ptr<char[]> buffer_;
};

// What a compressed stream holds, as the input of a tar.
class UnpackedInput : public archive::Input {
 public:
  UnpackedInput(archive::Input& input, archive::Kind kind) : layer_(input, kind) { open_ = layer_.next() == archive::Layer::Next::kEntry; }
  std::string_view read() override {
    if (!head_.empty()) return std::exchange(head_, {});
    const std::string_view part = more();
    bytes_ += part.size();
    return part;
  }
  // The first bytes, which are read again afterwards.
  std::string_view head() {
    while (kept_.size() < kHead) {
      const std::string_view part = more();
      if (part.empty()) break;
      kept_ += part;
    }
    head_ = kept_;
    return head_;
  }
  [[nodiscard]] std::uint64_t compressed_bytes() const override { return bytes_; }

 private:
  std::string_view more() {
    const std::string_view part = open_ ? layer_.read() : std::string_view();
    if (part.empty() && (!open_ || layer_.entry_broken())) error_ = Error{fmt::format("cannot be decompressed: {}", layer_.error())};
    return part;
  }

  archive::Layer layer_;
  bool open_ = false;
  std::string kept_;
  std::string_view head_;
  std::uint64_t bytes_ = 0;
};

// One way through the tar.
class Pass {
 public:
  Pass(int fd, std::uint64_t size, archive::Kind kind) : file_(fd, size) {
    if (archive::is_stream(kind)) unpacked_ = std::make_unique<UnpackedInput>(file_, kind);
    if (unpacked_ && archive::recognise(unpacked_->head()) != archive::Kind::kTar) return;
    layer_ = std::make_unique<archive::Layer>(unpacked_ ? static_cast<archive::Input&>(*unpacked_) : file_, archive::Kind::kTar);
  }
  /// Null: no tar.
  archive::Layer* layer() { return layer_.get(); }

 private:
  FileInput file_;
  std::unique_ptr<UnpackedInput> unpacked_;
  std::unique_ptr<archive::Layer> layer_;
};

}  // namespace

Result<std::optional<TarFile>> TarFile::open(const std::filesystem::path& path, Expected expected) {
  auto file = std::make_shared<File>();
  file->name = printable(path.native());
  file->fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
  struct stat info{};
  if (file->fd < 0 || ::fstat(file->fd, &info) != 0) return fail(fmt::format("{}: cannot be opened: {}", file->name, std::strerror(errno)));
  if (!S_ISREG(info.st_mode)) return std::optional<TarFile>();
  file->size = static_cast<std::uint64_t>(info.st_size);
  std::string head(kHead, '\0');
  const ssize_t got = ::pread(file->fd, head.data(), head.size(), 0);
  head.resize(static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
  file->kind = archive::recognise(head);
  if (file->kind != archive::Kind::kTar && (!archive::is_stream(file->kind) || file->kind == archive::Kind::kRpm)) return std::optional<TarFile>();

  const archive::Utf8Names names;
  Pass pass(file->fd, file->size, file->kind);
  if (pass.layer() == nullptr) return std::optional<TarFile>();
  archive::Layer& layer = *pass.layer();
  TarFile out;
  for (std::size_t number = 0;; ++number) {
    const auto next = layer.next();
    if (next == archive::Layer::Next::kEnd) break;
    if (next == archive::Layer::Next::kBroken) {
      if (number == 0) return std::optional<TarFile>();
      return fail(fmt::format("{}: damaged tar: {} (at byte {}, entry {})", file->name, layer.error(), layer.position(), number + 1));
    }
    archive::Entry entry = layer.entry();
    if (number == 0 && expected != nullptr && !expected(plain(entry.path))) return std::optional<TarFile>();
    if (number == kMaxMembers) return fail(fmt::format("{}: more than {} members, which no image has", file->name, human_count(kMaxMembers)));
    out.members_.push_back({plain(entry.path), entry.type, std::move(entry.target), layer.stated_size().value_or(0), number});
  }
  out.file_ = std::move(file);
  return out;
}

const TarFile::Member* TarFile::find(std::string_view path) const {
  std::string wanted = plain(path);
  for (unsigned links = 0; links <= kMaxLinks; ++links) {
    const auto found = std::find_if(members_.rbegin(), members_.rend(), [&](const Member& each) { return each.path == wanted; });
    if (found == members_.rend()) return nullptr;
    if (found->type == archive::Entry::Type::kFile) return &*found;
    if (found->type == archive::Entry::Type::kHardLink) wanted = plain(found->target);
    else if (found->type == archive::Entry::Type::kSymbolicLink) wanted = linked(found->path, found->target);
    else return nullptr;
  }
  return nullptr;
}

std::size_t TarFile::count(std::string_view path) const {
  return static_cast<std::size_t>(std::count_if(members_.begin(), members_.end(), [&](const Member& each) { return each.path == path; }));
}

Result<archive::Stream> TarFile::read(const Member& member) const {
  const archive::Utf8Names names;
  auto pass = std::make_shared<Pass>(file_->fd, file_->size, file_->kind);
  for (std::size_t number = 0; number <= member.number; ++number) {
    if (pass->layer() == nullptr || pass->layer()->next() != archive::Layer::Next::kEntry) {
      return fail(fmt::format("{}: {} cannot be reached any more; did the file change?", file_->name, printable(member.path)));
    }
  }
  return archive::Stream{.read = [pass, file = file_, path = member.path]() -> Result<std::string_view> {
    const std::string_view part = pass->layer()->read();
    if (part.empty() && pass->layer()->entry_broken()) return fail(fmt::format("{}: {}: {}", file->name, printable(path), pass->layer()->error()));
    return part;
  }};
}

}  // namespace keywake::images
