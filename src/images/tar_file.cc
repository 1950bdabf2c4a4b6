#include "images/tar_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <map>
#include <utility>

#include "archive/layer.h"
#include "base/text.h"
#include "images/checked_stream.h"

namespace keywake::images {
namespace {

constexpr std::size_t kBuffer = 256 << 10;
constexpr std::size_t kHead = 65536;
constexpr std::size_t kMaxMembers = 100'000;  // an image has a handful for each layer
constexpr unsigned kMaxLinks = 8;
// Manifests and configurations, of tars that are not in place.
constexpr std::uint64_t kMaxKeptMember = 1 << 20;
constexpr std::uint64_t kMaxKept = 64 << 20;

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

struct TarFile::Source {
  std::string name;
  // A file …
  int fd = -1;
  std::uint64_t size = 0;
  archive::Kind kind = archive::Kind::kTar;  // of the outermost bytes
  // … or something that begins anew.
  std::function<Result<archive::Stream>()> open;
  ~Source() {
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

// Reads a stream, which it owns.
class OwnStreamInput : public archive::Input {
 public:
  explicit OwnStreamInput(archive::Stream stream) : stream_(std::move(stream)) {}
  std::string_view read() override {
    auto part = stream_.read();
    if (!part) {
      error_ = part.error();
      return {};
    }
    bytes_ += part->size();
    return *part;
  }
  [[nodiscard]] std::uint64_t compressed_bytes() const override { return bytes_; }

 private:
  archive::Stream stream_;
  std::uint64_t bytes_ = 0;
};

// One way through the tar.
class Pass {
 public:
  Pass(std::unique_ptr<archive::Input> input, archive::Kind kind) : input_(std::move(input)) {
    if (archive::is_stream(kind)) unpacked_ = std::make_unique<UnpackedInput>(*input_, kind);
    if (unpacked_ && archive::recognise(unpacked_->head()) != archive::Kind::kTar) return;
    layer_ = std::make_unique<archive::Layer>(unpacked_ ? static_cast<archive::Input&>(*unpacked_) : *input_, archive::Kind::kTar);
  }
  /// Null: no tar.
  archive::Layer* layer() { return layer_.get(); }
  // libarchive does not pass our errors on.
  [[nodiscard]] std::string error() const { return input_->error() ? input_->error()->message : layer_->error(); }

 private:
  std::unique_ptr<archive::Input> input_;
  std::unique_ptr<UnpackedInput> unpacked_;
  std::unique_ptr<archive::Layer> layer_;
};

template <typename Source>
Result<std::shared_ptr<Pass>> begin(const Source& source) {
  if (!source.open) return std::make_shared<Pass>(std::make_unique<FileInput>(source.fd, source.size), source.kind);
  auto stream = source.open();
  if (!stream) return std::unexpected(stream.error());
  return std::make_shared<Pass>(std::make_unique<OwnStreamInput>(std::move(*stream)), source.kind);
}

archive::Stream current_member(std::shared_ptr<Pass> pass, const std::string& name, const std::string& path) {
  return {.read = [pass = std::move(pass), name, path]() -> Result<std::string_view> {
    const std::string_view part = pass->layer()->read();
    if (part.empty() && pass->layer()->entry_broken()) return fail(fmt::format("{}: {}: {}", name, printable(path), pass->error()));
    return part;
  }};
}

// Where a member's bytes begin: behind its header and those that only say more about it (POSIX pax, "ustar Interchange Format" and "pax Header
// Block"; GNU's long names). Absent: there is no header.
std::optional<std::uint64_t> data_of(int fd, std::uint64_t header) {
  constexpr std::uint64_t kBlock = 512;
  constexpr std::size_t kSizeAt = 124, kSizeLength = 12, kTypeAt = 156;
  for (int headers = 0; headers < 16; ++headers) {
    std::array<char, kBlock> block{};
    if (::pread(fd, block.data(), block.size(), static_cast<off_t>(header)) != static_cast<ssize_t>(block.size())) return std::nullopt;
    if (std::string_view("xgLK").find(block[kTypeAt]) == std::string_view::npos) return header + kBlock;
    std::uint64_t size = 0;
    const std::string_view digits(block.data() + kSizeAt, kSizeLength);
    std::from_chars(digits.data() + std::min(digits.find_first_not_of(' '), digits.size()), digits.data() + digits.size(), size, 8);
    header += kBlock + (size + kBlock - 1) / kBlock * kBlock;
  }
  return std::nullopt;
}

}  // namespace

Result<std::optional<TarFile>> TarFile::open(const std::filesystem::path& path, Expected expected) {
  auto source = std::make_shared<Source>();
  source->name = printable(path.native());
  source->fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
  struct stat info{};
  if (source->fd < 0 || ::fstat(source->fd, &info) != 0) return fail(fmt::format("{}: cannot be opened: {}", source->name, std::strerror(errno)));
  if (!S_ISREG(info.st_mode)) return std::optional<TarFile>();
  source->size = static_cast<std::uint64_t>(info.st_size);
  std::string head(kHead, '\0');
  const ssize_t got = ::pread(source->fd, head.data(), head.size(), 0);
  head.resize(static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
  source->kind = archive::recognise(head);
  if (source->kind != archive::Kind::kTar && (!archive::is_stream(source->kind) || source->kind == archive::Kind::kRpm)) return std::optional<TarFile>();
  return list(std::move(source), expected);
}

Result<TarFile> TarFile::open(std::function<Result<archive::Stream>()> open, std::string name) {
  auto source = std::make_shared<Source>();
  source->name = std::move(name);
  source->open = std::move(open);
  auto listed = list(source, nullptr);
  if (!listed) return std::unexpected(listed.error());
  if (!*listed) return fail(fmt::format("{}: is no tar", source->name));
  return std::move(**listed);
}

Result<std::optional<TarFile>> TarFile::list(std::shared_ptr<const Source> source, Expected expected) {
  const archive::Utf8Names names;
  const auto pass = begin(*source);
  if (!pass) return std::unexpected(pass.error());
  if ((*pass)->layer() == nullptr) return std::optional<TarFile>();
  archive::Layer& layer = *(*pass)->layer();
  TarFile out;
  out.source_ = source;
  std::uint64_t kept = 0;
  for (std::size_t number = 0;; ++number) {
    const auto next = layer.next();
    if (next == archive::Layer::Next::kEnd) break;
    if (next == archive::Layer::Next::kBroken) {
      if (number == 0 && !source->open) return std::optional<TarFile>();
      return fail(fmt::format("{}: damaged tar: {} (at byte {}, entry {})", source->name, (*pass)->error(), layer.position(), number + 1));
    }
    archive::Entry entry = layer.entry();
    if (number == 0 && expected != nullptr && !expected(plain(entry.path))) return std::optional<TarFile>();
    if (number == kMaxMembers) return fail(fmt::format("{}: more than {} members, which no image has", source->name, human_count(kMaxMembers)));
    Member member{plain(entry.path), entry.type, std::move(entry.target), layer.stated_size().value_or(0), number, entry.begin};
    if (!out.in_place() && entry.type == archive::Entry::Type::kFile && member.size <= kMaxKeptMember && kept + member.size <= kMaxKept) {
      auto bytes = read_all(current_member(*pass, source->name, member.path), kMaxKeptMember, source->name);
      if (!bytes) return std::unexpected(bytes.error());
      kept += bytes->size();
      member.kept = std::make_shared<const std::string>(std::move(*bytes));
    }
    out.last_[member.path] = out.members_.size();
    out.members_.push_back(std::move(member));
  }
  return out;
}

const TarFile::Member* TarFile::find(std::string_view path) const {
  std::string wanted = plain(path);
  for (unsigned links = 0; links <= kMaxLinks; ++links) {
    const auto last = last_.find(wanted);
    if (last == last_.end()) return nullptr;
    const Member& found = members_[last->second];
    if (found.type == archive::Entry::Type::kFile) return &found;
    if (found.type == archive::Entry::Type::kHardLink) wanted = plain(found.target);
    else if (found.type == archive::Entry::Type::kSymbolicLink) wanted = linked(found.path, found.target);
    else return nullptr;
  }
  return nullptr;
}

std::size_t TarFile::count(std::string_view path) const {
  return static_cast<std::size_t>(std::count_if(members_.begin(), members_.end(), [&](const Member& each) { return each.path == path; }));
}

Result<archive::Stream> TarFile::read(const Member& member) const {
  if (member.kept) {
    return archive::Stream{.read = [kept = member.kept, at = std::size_t{0}]() mutable -> Result<std::string_view> {
      return std::string_view(*kept).substr(std::exchange(at, kept->size()));
    }};
  }
  const archive::Utf8Names names;
  const auto pass = begin(*source_);
  if (!pass) return std::unexpected(pass.error());
  for (std::size_t number = 0; number <= member.number; ++number) {
    if ((*pass)->layer() == nullptr || (*pass)->layer()->next() != archive::Layer::Next::kEntry) return changed(member);
  }
  // The source lives as long as the stream does.
  auto stream = current_member(*pass, source_->name, member.path);
  return archive::Stream{.read = [source = source_, read = std::move(stream.read)] { return read(); }};
}

Result<archive::Stream> TarFile::read_from(const Member& member, std::uint64_t offset) const {
  const auto data = data_of(source_->fd, member.begin);
  if (!data || offset > member.size) return changed(member);
  auto input = std::make_shared<FileInput>(source_->fd, source_->size);
  input->seek(*data + offset);
  return archive::Stream{.read = [source = source_, input, left = member.size - offset]() mutable -> Result<std::string_view> {
    if (left == 0) return std::string_view();
    const std::string_view part = input->read().substr(0, left);
    if (input->error()) return std::unexpected(*input->error());
    left -= part.size();
    return part;
  }};
}

bool TarFile::in_place() const { return !source_->open && source_->kind == archive::Kind::kTar; }

Result<void> TarFile::each(const std::vector<const Member*>& members, const std::function<void(std::size_t index, archive::Stream stream)>& visit) const {
  std::multimap<std::size_t, std::size_t> wanted;  // number in the tar → index
  for (std::size_t i = 0; i < members.size(); ++i) wanted.emplace(members[i]->number, i);
  if (wanted.empty()) return {};
  const archive::Utf8Names names;
  const auto pass = begin(*source_);
  if (!pass) return std::unexpected(pass.error());
  std::size_t number = 0;
  for (const auto& [at, index] : wanted) {
    for (; number <= at; ++number) {
      if ((*pass)->layer() == nullptr || (*pass)->layer()->next() != archive::Layer::Next::kEntry) return changed(*members[index]);
    }
    visit(index, current_member(*pass, source_->name, members[index]->path));
  }
  return {};
}

std::unexpected<Error> TarFile::changed(const Member& member) const {
  return fail(fmt::format("{}: {} cannot be reached any more; did the {} change?", source_->name, printable(member.path), source_->open ? "image" : "file"));
}

}  // namespace keywake::images
