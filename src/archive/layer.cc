// What of libarchive is enabled for a kind: that one format; or, for a compressed stream, that one
// filter and "raw" behind it. What a stream holds is then recognised anew and opened as a layer of
// its own, so no content is ever guessed at by libarchive's bidding, and `raw` and `mtree`, which
// take any text, never come into it. Filters for which libarchive would run another program (lrzip,
// grzip, lzop) are not used at all: nothing that is scanned may cause a program to run. Interface:
// archive_read(3), archive_entry(3).
#include "archive/layer.h"

#include <locale.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <new>
#include <utility>

#include "archive/libarchive_internal.h"
#include "base/text.h"

namespace keywake::archive {
namespace {

constexpr std::size_t kMaxNameBytes = 4096;
constexpr int kMaxWarnings = 1000;  // of one entry, after which it counts as broken

using Support = int (*)(struct ::archive*);

// A filter that answers ARCHIVE_WARN would be another program, and is then enabled already: so ask
// another handle first.
void add_filter(struct ::archive* handle, Support support) {
  struct ::archive* probe = libarchive().read_new();
  bool built_in = probe != nullptr && support(probe) == ARCHIVE_OK;
  libarchive().read_free(probe);
  if (built_in) support(handle);
}

Support format_of(Kind kind) {
  switch (kind) {
    case Kind::kTar:
      return libarchive().read_support_format_tar;
    case Kind::kCpio:
      return libarchive().read_support_format_cpio;
    case Kind::kAr:
      return libarchive().read_support_format_ar;
    case Kind::kIso:
      return libarchive().read_support_format_iso9660;
    case Kind::kZip:
      return libarchive().read_support_format_zip;
    case Kind::kSevenZip:
      return libarchive().read_support_format_7zip;
    case Kind::kRar:
      return libarchive().read_support_format_rar;
    case Kind::kRar5:
      return libarchive().read_support_format_rar5;
    case Kind::kCab:
      return libarchive().read_support_format_cab;
    case Kind::kXar:
      return libarchive().read_support_format_xar;
    case Kind::kLha:
      return libarchive().read_support_format_lha;
    default:
      return libarchive().read_support_format_raw;
  }
}

void enable(struct ::archive* handle, Kind kind) {
  struct Filter {
    Kind kind;
    Support support;
  };
  const std::array<Filter, 9> filters{
      {{Kind::kGzip, libarchive().read_support_filter_gzip},
       {Kind::kBzip2, libarchive().read_support_filter_bzip2},
       {Kind::kXz, libarchive().read_support_filter_xz},
       {Kind::kLzma, libarchive().read_support_filter_lzma},
       {Kind::kLzip, libarchive().read_support_filter_lzip},
       {Kind::kZstd, libarchive().read_support_filter_zstd},
       {Kind::kLz4, libarchive().read_support_filter_lz4},
       {Kind::kCompress, libarchive().read_support_filter_compress},
       {Kind::kRpm, libarchive().read_support_filter_rpm}}};
  for (const Filter& filter : filters) {
    if (filter.kind == kind || kind == Kind::kRpm) add_filter(handle, filter.support);
  }
  format_of(kind)(handle);
  if (is_stream(kind) && kind != Kind::kRpm)
    libarchive().read_support_format_empty(handle);  // "raw" wants a byte at least
  // Several tars in one file: what follows the first one's end is read too.
  if (kind == Kind::kTar) libarchive().read_set_option(handle, "tar", "read_concatenated_archives", "1");
}

}  // namespace

std::string_view StreamInput::read() {
  if (!head_.empty()) {
    consumed_ += head_.size();
    return std::exchange(head_, {});
  }
  auto more = stream_.read();
  if (!more) {
    error_ = more.error();
    return {};
  }
  consumed_ += more->size();
  return *more;
}

bool StreamInput::seek(std::uint64_t offset) {
  if (!stream_.seek || !stream_.seek(offset)) return false;
  head_ = {};
  return true;
}

// libarchive calls these; no exception may pass through it, so they wait in the layer.
struct Callbacks {
  template <typename Work>
  static la_int64_t guarded(void* data, Work work) {
    auto& layer = *static_cast<Layer*>(data);
    try {
      return work(layer);
    } catch (...) {
      layer.thrown_ = std::current_exception();
      return ARCHIVE_FATAL;
    }
  }

  static la_ssize_t read(struct ::archive* handle, void* data, const void** buffer) {
    return guarded(data, [&](Layer& layer) -> la_int64_t {
      std::string_view bytes = layer.input_.read();
      if (layer.input_.error() || layer.input_.cut()) {
        std::string message =
            layer.input_.error() ? layer.input_.error()->message : "input ended early";
        libarchive().set_error(handle, EIO, "%s", message.c_str());
        return ARCHIVE_FATAL;
      }
      layer.input_offset_ += bytes.size();
      layer.input_block_ = bytes;
      *buffer = bytes.data();
      return static_cast<la_int64_t>(bytes.size());
    });
  }

  static la_int64_t seek(struct ::archive*, void* data, la_int64_t offset, int whence) {
    return guarded(data, [&](Layer& layer) -> la_int64_t {
      auto size = static_cast<la_int64_t>(layer.input_.size());
      auto here = static_cast<la_int64_t>(layer.input_offset_);
      la_int64_t base = whence == SEEK_SET ? 0 : whence == SEEK_END ? size : here;
      la_int64_t target = 0;
      if (__builtin_add_overflow(base, offset, &target) || target < 0) return ARCHIVE_FATAL;
      target = std::min(target, size);
      if (!layer.input_.seek(static_cast<std::uint64_t>(target))) return ARCHIVE_FATAL;
      layer.input_offset_ = static_cast<std::uint64_t>(target);
      return target;
    });
  }

  // As far as the input reaches; libarchive reads on where this stops.
  static la_int64_t skip(struct ::archive* handle, void* data, la_int64_t request) {
    auto& layer = *static_cast<Layer*>(data);
    std::uint64_t left = layer.input_.size() - std::min(layer.input_.size(), layer.input_offset_);
    la_int64_t step = std::min(request, static_cast<la_int64_t>(left));
    if (step <= 0) return 0;
    return seek(handle, data, step, SEEK_CUR) < 0 ? 0 : step;
  }
};

Layer::Layer(Input& input, Kind kind) : input_(input), kind_(kind), handle_(load_libarchive() ? libarchive().read_new() : nullptr) {
  if (!load_libarchive()) return;  // nothing can be read, and error() says why
  if (handle_ == nullptr) throw std::bad_alloc();
  enable(handle_, kind);
  libarchive().read_set_callback_data(handle_, this);
  libarchive().read_set_read_callback(handle_, Callbacks::read);
  if (input.can_seek()) {
    libarchive().read_set_seek_callback(handle_, Callbacks::seek);
    libarchive().read_set_skip_callback(handle_, Callbacks::skip);
  }
  opened_ = libarchive().read_open1(handle_) >= ARCHIVE_WARN;
  if (thrown_) {
    libarchive().read_free(handle_);
    rethrow();
  }
}

void Layer::rethrow() {
  if (thrown_) std::rethrow_exception(std::exchange(thrown_, nullptr));
}

Layer::~Layer() {
  if (handle_ != nullptr) libarchive().read_free(handle_);
}

Layer::Next Layer::next() {
  // Where libarchive 3.6 goes on after a damaged member of a cabinet it reads through a null
  // pointer; of the packages only zip is made of members that do not depend on one another, so
  // nothing is lost by stopping.
  if (entry_broken_ && is_package(kind_) && kind_ != Kind::kZip) return Next::kBroken;
  entry_broken_ = entry_done_ = false;
  entry_offset_ = hole_ = 0;
  block_ = {};
  if (!opened_) return Next::kBroken;
  int status = ARCHIVE_RETRY;  // "an entry was damaged, ask for the next one"
  for (int tries = 0; status == ARCHIVE_RETRY && tries < kMaxWarnings; ++tries) {
    status = libarchive().read_next_header(handle_, &entry_);
    rethrow();
  }
  if (status == ARCHIVE_EOF) return Next::kEnd;
  if (status < ARCHIVE_WARN) return Next::kBroken;
  // Without its filter a stream would be handed out as it stands.
  if (is_stream(kind_) && libarchive().filter_count(handle_) < 2) return Next::kBroken;
  return Next::kEntry;
}

std::string Layer::path() const {
  const char* path = libarchive().entry_pathname(entry_);
  if (path == nullptr) path = libarchive().entry_pathname_utf8(entry_);
  std::string_view name = path == nullptr ? "" : path;
  return std::string(name.empty() ? "unnamed" : name.substr(0, kMaxNameBytes));
}

bool Layer::is_file() const {
  auto type = libarchive().entry_filetype(entry_);
  if (type != AE_IFREG && type != 0) return false;
  // A hard link repeats a file that came before, unless the format stores its bytes with the link.
  return libarchive().entry_hardlink(entry_) == nullptr || libarchive().entry_size(entry_) > 0;
}

Entry Layer::entry() const {
  Entry out{path(), Entry::Type::kOther, {}, static_cast<std::uint64_t>(std::max<la_int64_t>(libarchive().read_header_position(handle_), 0))};
  if (const char* link = libarchive().entry_hardlink(entry_)) {
    out.type = Entry::Type::kHardLink;
    out.target = std::string_view(link).substr(0, kMaxNameBytes);
    return out;
  }
  switch (libarchive().entry_filetype(entry_)) {
    case AE_IFDIR:
      out.type = Entry::Type::kFolder;
      break;
    case AE_IFLNK:
      out.type = Entry::Type::kSymbolicLink;
      if (const char* link = libarchive().entry_symlink(entry_)) out.target = std::string_view(link).substr(0, kMaxNameBytes);
      break;
    default:
      if (is_file()) out.type = Entry::Type::kFile;
  }
  return out;
}

bool Layer::ended_early() const {
  // Elsewhere a file that ends in a hole looks the same.
  return kind_ == Kind::kRar5 && entry_done_ && !entry_broken_ &&
         stated_size().value_or(0) > entry_offset_;
}

bool Layer::is_encrypted() const {
  return libarchive().entry_is_encrypted(entry_) != 0;
}

std::optional<std::uint64_t> Layer::stated_size() const {
  if (libarchive().entry_size_is_set(entry_) == 0 || libarchive().entry_size(entry_) < 0) return std::nullopt;
  return static_cast<std::uint64_t>(libarchive().entry_size(entry_));
}

bool Layer::skips_for_free() const {
  if (kind_ == Kind::kRar5 && !is_file()) return true;  // reading from a folder breaks it
  return is_verbatim(kind_) ||
         (kind_ == Kind::kZip && input_.can_seek() && stated_size().has_value());
}

std::string_view Layer::read() {
  static constexpr std::array<char, 65536> kZeros{};
  if (hole_ == 0 && block_.empty() && !entry_done_) read_block();
  if (hole_ > 0) {
    std::size_t size = std::min<std::uint64_t>(hole_, kZeros.size());
    hole_ -= size;
    entry_offset_ += size;
    return {kZeros.data(), size};
  }
  entry_offset_ += block_.size();
  return std::exchange(block_, {});
}

void Layer::read_block() {
  for (int warnings = 0;;) {
    const void* data = nullptr;
    std::size_t size = 0;
    la_int64_t offset = 0;
    int status = libarchive().read_data_block(handle_, &data, &size, &offset);
    rethrow();
    if (status == ARCHIVE_EOF || status < ARCHIVE_WARN) {
      if (status == ARCHIVE_RETRY && ++warnings < kMaxWarnings) continue;
      entry_done_ = true;
      entry_broken_ |= status != ARCHIVE_EOF;
      return;
    }
    if (status == ARCHIVE_WARN)
      entry_broken_ = true;  // a wrong checksum, say, of bytes that are there
    auto begin = static_cast<std::uint64_t>(std::max<la_int64_t>(offset, 0));
    if (begin > entry_offset_) hole_ = begin - entry_offset_;
    block_ = {static_cast<const char*>(data), size};
    if (!block_.empty() || hole_ > 0) return;
    if (++warnings >= kMaxWarnings) {
      entry_done_ = entry_broken_ = true;
      return;
    }
  }
}

std::string Layer::error() const {
  if (auto loaded = load_libarchive(); !loaded) return loaded.error().message;
  const char* text = libarchive().error_string(handle_);
  return text == nullptr ? "not understood" : printable(text);
}

bool Layer::all_encrypted() const {
  // libarchive 3.6 follows a wild pointer when asked this before a format was chosen.
  return opened_ && libarchive().read_has_encrypted_entries(handle_) == 1;
}

bool Layer::has_rest() { return is_stream(kind_) && kind_ != Kind::kRpm && (position() < input_offset_ || !input_.read().empty()); }

std::string_view Layer::read_rest() {
  const std::uint64_t left = input_offset_ - std::min(position(), input_offset_);
  const std::string_view block = std::exchange(input_block_, {});
  if (left > 0 && left <= block.size()) return block.substr(block.size() - left);
  return input_.read();
}

std::uint64_t Layer::position() const {
  if (handle_ == nullptr) return 0;
  return static_cast<std::uint64_t>(std::max<la_int64_t>(libarchive().filter_bytes(handle_, -1), 0));
}

Utf8Names::Utf8Names() {
  static const locale_t utf8 = ::newlocale(LC_CTYPE_MASK, "C.UTF-8", nullptr);
  previous_ = utf8 == nullptr ? nullptr : ::uselocale(utf8);
}

Utf8Names::~Utf8Names() {
  if (previous_ != nullptr) ::uselocale(static_cast<locale_t>(previous_));
}

}  // namespace keywake::archive
