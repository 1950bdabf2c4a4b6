// One task per folder: it lists the folder (getdents64, which tells files from folders without a
// stat), starts tasks for the folders in it, then hands its files on in batches, the first to
// itself. Folders are opened by their path from the root without following a link anywhere
// (openat2), so that a tree that changes under the walk cannot lead it outside, and waiting tasks
// hold no descriptor. Files are opened by name in their folder's descriptor.
#include "sources/directory.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <tbb/enumerable_thread_specific.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/parallel.h"
#include "base/text.h"
#include "sources/file.h"

namespace keywake::sources {
namespace {

constexpr std::size_t kBatchFiles = 32;
constexpr std::size_t kLongPath =
    2048;  // opened step by step, since a path above PATH_MAX (4096) cannot be given at once

class Folder {
 public:
  explicit Folder(int fd) : fd_(fd) {}
  Folder(Folder&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Folder& operator=(Folder&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  ~Folder() {
    if (fd_ >= 0) ::close(fd_);
  }
  [[nodiscard]] int fd() const { return fd_; }

 private:
  int fd_;
};

int open_step(int from, const char* path) {
  static const bool has_openat2 = [] {
    struct open_how how{};
    how.flags = O_PATH | O_CLOEXEC;
    how.resolve = RESOLVE_NO_SYMLINKS;
    long fd = ::syscall(SYS_openat2, AT_FDCWD, ".", &how, sizeof how);
    if (fd >= 0) ::close(static_cast<int>(fd));
    return fd >= 0;
  }();
  constexpr int kFlags = O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK;
  // Linux before 5.6, or a container that forbids it: then only the last component is known not to
  // be a link.
  if (!has_openat2) return ::openat(from, path, kFlags);
  struct open_how how{};
  how.flags = kFlags;
  how.resolve = RESOLVE_NO_SYMLINKS | RESOLVE_BENEATH;
  for (;;) {
    long fd = ::syscall(SYS_openat2, from, path, &how, sizeof how);
    if (fd >= 0 || errno != EAGAIN) return static_cast<int>(fd);
  }
}

// The folder `path` below `root`; "" is the root. On failure fd() is negative and errno is set.
Folder open_below(int root, std::string path) {
  Folder at(-1);
  int from = root;
  std::size_t begin = 0;
  while (path.size() - begin > kLongPath) {
    std::size_t cut = path.rfind('/', begin + kLongPath);  // components are 255 bytes at most
    path[cut] = '\0';
    Folder next(open_step(from, path.c_str() + begin));
    if (next.fd() < 0) return next;
    at = std::move(next);
    from = at.fd();
    begin = cut + 1;
  }
  return Folder(open_step(from, path.empty() ? "." : path.c_str() + begin));
}

// The files of a folder, with names in one run of bytes. Shared by the batches that read them.
struct Listing {
  Folder folder{-1};
  std::string path;  // "" or "a/b/"
  std::string names;
  std::vector<std::uint32_t> files;  // where their names begin
  std::vector<std::uint32_t> folders;
  bool has_git = false;
  bool looks_bare = false;

  [[nodiscard]] const char* name(std::uint32_t at) const { return names.c_str() + at; }
};

class Walk {
 public:
  Walk(int root, const DirectoryOptions& options, Sink& sink)
      : root_(root),
        options_(options),
        sink_(sink),
        scanners_([&] { return FileScanner(options, sink); }) {}

  Result<WalkCounts> run() {
    group_.run([this] { visit(""); });
    group_.wait();
    return WalkCounts{folders_, links_, excluded_};
  }

 private:
  void visit(const std::string& path);
  void list(Listing& listing);
  void add(Listing& listing, const char* name, unsigned char type);
  void scan_files(const Listing& listing, std::size_t begin, std::size_t end);
  bool is_selected(const std::string& path, bool folder) const;
  bool is_known(const Listing& listing, const char* name, const std::string& path) const;
  void skip_folder(std::string_view path, int error);

  int root_;
  const DirectoryOptions& options_;
  Sink& sink_;
  tbb::enumerable_thread_specific<FileScanner> scanners_;
  TaskGroup group_;
  std::atomic<std::uint64_t> folders_ = 0;
  std::atomic<std::uint64_t> links_ = 0;
  std::atomic<std::uint64_t> excluded_ = 0;
};

void Walk::visit(const std::string& path) {
  auto listing = std::make_shared<Listing>();
  listing->folder = open_below(root_, path);
  if (listing->folder.fd() < 0) {
    skip_folder(path, errno);
    return;
  }
  if (!path.empty()) listing->path = path + "/";
  list(*listing);
  ++folders_;
  if (!path.empty() && options_.repository) {
    if (listing->has_git) options_.repository(path, false);
    if (listing->looks_bare && options_.repository(path, true)) return;
  }
  for (std::uint32_t folder : listing->folders) {
    std::string below = listing->path + listing->name(folder);
    if (is_selected(below, true)) {
      group_.run([this, below = std::move(below)] { visit(below); });
    } else {
      ++excluded_;
    }
  }
  for (std::size_t begin = kBatchFiles; begin < listing->files.size(); begin += kBatchFiles) {
    group_.run([this, listing, begin] { scan_files(*listing, begin, begin + kBatchFiles); });
  }
  scan_files(*listing, 0, kBatchFiles);
}

void Walk::list(Listing& listing) {
  alignas(dirent64) std::array<char, 65536> buffer;
  for (;;) {
    ssize_t got = ::getdents64(listing.folder.fd(), buffer.data(), buffer.size());
    if (got < 0) {
      skip_folder(listing.path, errno);
      break;
    }
    if (got == 0) break;
    for (ssize_t at = 0; at < got;) {
      const auto* entry = reinterpret_cast<const dirent64*>(buffer.data() + at);
      at += entry->d_reclen;
      add(listing, entry->d_name, entry->d_type);
    }
  }
  if (!options_.repository) return;
  auto has = [&](const std::vector<std::uint32_t>& entries, std::string_view name) {
    return std::any_of(entries.begin(), entries.end(),
                       [&](std::uint32_t at) { return listing.name(at) == name; });
  };
  listing.looks_bare =
      has(listing.folders, "objects") && has(listing.folders, "refs") && has(listing.files, "HEAD");
}

void Walk::add(Listing& listing, const char* name, unsigned char type) {
  std::string_view view = name;
  if (view == "." || view == "..") return;
  if (view == ".git") {
    listing.has_git = true;
    return;
  }
  if (type == DT_UNKNOWN) {
    struct stat info{};
    if (::fstatat(listing.folder.fd(), name, &info, AT_SYMLINK_NOFOLLOW) == 0)
      type = IFTODT(info.st_mode);
  }
  if (type == DT_LNK) {
    ++links_;
  } else if (type == DT_REG || type == DT_DIR || type == DT_UNKNOWN) {
    auto at = static_cast<std::uint32_t>(listing.names.size());
    listing.names.append(view).push_back('\0');
    (type == DT_DIR ? listing.folders : listing.files).push_back(at);
  } else if (is_selected(listing.path + name, false)) {
    sink_.skip({.what = listing.path + name,
                .reason = "not a file (FIFO, socket or device)",
                .failed = false});
  }
}

void Walk::scan_files(const Listing& listing, std::size_t begin, std::size_t end) {
  FileScanner& scanner = scanners_.local();
  std::string path = listing.path;
  end = std::min(end, listing.files.size());
  for (std::size_t i = begin; i < end; ++i) {
    const char* name = listing.name(listing.files[i]);
    path.resize(listing.path.size());
    path += name;
    if (!is_selected(path, false) || is_known(listing, name, path)) {
      ++excluded_;
    } else {
      scanner.scan_at(listing.folder.fd(), name, path);
    }
  }
  scanner.flush_progress();
}

bool Walk::is_selected(const std::string& path, bool folder) const {
  auto matches = [&](const std::string& glob) { return glob_match(glob, path); };
  if (std::any_of(options_.exclude.begin(), options_.exclude.end(), matches)) return false;
  return folder || options_.include.empty() ||
         std::any_of(options_.include.begin(), options_.include.end(), matches);
}

bool Walk::is_known(const Listing& listing, const char* name, const std::string& path) const {
  if (!options_.skip_file) return false;
  struct stat info{};
  return ::fstatat(listing.folder.fd(), name, &info, AT_SYMLINK_NOFOLLOW) == 0 &&
         options_.skip_file(path, info);
}

void Walk::skip_folder(std::string_view path, int error) {
  while (path.ends_with('/')) path.remove_suffix(1);
  bool vanished = error == ENOENT || error == ENOTDIR || error == ELOOP;
  sink_.skip({.what = std::string(path.empty() ? "." : path),
              .reason = vanished ? "vanished while scanning"
                                 : fmt::format("cannot be opened: {}", std::strerror(error)),
              .failed = !vanished});
}

}  // namespace

Result<WalkCounts> scan_directory(const std::filesystem::path& root,
                                  const DirectoryOptions& options, Sink& sink) {
  Folder opened(::open(root.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (opened.fd() < 0) {
    return fail(fmt::format("{}: cannot be opened as a folder: {}", printable(root.native()),
                            std::strerror(errno)));
  }
  return Walk(opened.fd(), options, sink).run();
}

}  // namespace keywake::sources
