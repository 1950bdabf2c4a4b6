// The format (gitformat-index(5)), all numbers big-endian:
//
//   "DIRC" <version> <count>  entries  extensions  <checksum of all that>
//   entry:      ctime(8) mtime(8) dev ino mode uid gid size, oid, flags(2) [, more flags(2)], path
//   path:       versions 2 and 3: NUL, padded to 8 bytes; version 4: how many bytes of the last
//   path go, then what is added, NUL extension:  name(4) <size> bytes; a name in lower case must be
//   understood by readers
//
// A split index has the extension "link": the name of a shared index, which of that one's entries
// are deleted and which are replaced (two bitmaps). Its own entries without a path are the
// replacements, in order; those with a path are new.
#include "git/index_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include "base/limits.h"
#include "base/mapped_file.h"
#include "base/text.h"

namespace keywake::git {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kStatBytes = 40;
constexpr int kMaxFolderDepth = 2048;

/// Bytes taken from the front; one step too far and everything after reads as nothing.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : rest_(bytes) {}
  std::string_view take(std::size_t count) {
    if (count > rest_.size()) {
      ok_ = false;
      rest_ = {};
      return {};
    }
    std::string_view taken = rest_.substr(0, count);
    rest_.remove_prefix(count);
    return taken;
  }
  template <typename Number>
  Number number() {
    Number value = 0;
    for (char byte : take(sizeof(Number)))
      value = static_cast<Number>(value << 8 | static_cast<unsigned char>(byte));
    return value;
  }
  /// Up to the separator, which goes too.
  std::string_view until(char separator) {
    std::size_t end = rest_.find(separator);
    std::string_view taken = take(end == std::string_view::npos ? rest_.size() + 1 : end + 1);
    return taken.substr(0, taken.empty() ? 0 : taken.size() - 1);
  }
  [[nodiscard]] bool ok() const { return ok_; }
  [[nodiscard]] std::string_view rest() const { return rest_; }

 private:
  std::string_view rest_;
  bool ok_ = true;
};

/// Seven bits a byte, highest first, each byte but the last with its top bit set and counting from
/// one more (as in OFS deltas).
std::size_t read_offset(Reader& reader) {
  std::size_t value = 0;
  for (int bytes = 0; bytes < 5; ++bytes) {
    auto byte = reader.number<std::uint8_t>();
    value = (bytes == 0 ? 0 : (value + 1) << 7) | (byte & 0x7f);
    if ((byte & 0x80) == 0) return value;
  }
  reader.take(std::string_view::npos);
  return 0;
}

/// The positions of set bits in an EWAH bitmap (gitformat-bitmap(5), appendix A): runs of equal
/// 64-bit words, each followed by literal words. Absent if damaged or with a bit at or past
/// `limit`.
std::optional<std::vector<std::uint32_t>> read_bitmap(Reader& reader, std::uint64_t limit) {
  std::vector<std::uint32_t> bits;
  reader.number<std::uint32_t>();  // how many bits: follows from the words
  auto words = reader.number<std::uint32_t>();
  std::uint64_t position = 0;
  while (words > 0 && reader.ok()) {
    auto marker = reader.number<std::uint64_t>();
    --words;
    std::uint64_t run = (marker >> 1 & 0xffff'ffff) * 64;
    auto literals = static_cast<std::uint32_t>(marker >> 33);
    if (literals > words) return std::nullopt;
    if ((marker & 1) != 0) {
      if (run > limit || position > limit - run) return std::nullopt;
      for (std::uint64_t i = 0; i < run; ++i)
        bits.push_back(static_cast<std::uint32_t>(position + i));
    }
    position += run;
    for (; literals > 0; --literals, --words, position += 64) {
      auto word = reader.number<std::uint64_t>();
      for (; word != 0; word &= word - 1) {
        std::uint64_t bit = position + static_cast<std::uint64_t>(__builtin_ctzll(word));
        if (bit >= limit) return std::nullopt;
        bits.push_back(static_cast<std::uint32_t>(bit));
      }
    }
  }
  reader.number<std::uint32_t>();  // where the last marker is: for writers
  if (!reader.ok()) return std::nullopt;
  return bits;
}

bool by_path(const IndexEntry& a, const IndexEntry& b) {
  int order = a.path.compare(b.path);
  return order != 0 ? order < 0 : a.stage() < b.stage();
}

}  // namespace

struct IndexFile::Parser {
  const Repository& repository;
  IndexFile& index;
  fs::path path;
  std::string_view link;  // extension

  [[nodiscard]] std::unexpected<Error> damaged(std::string_view what) const {
    return fail(fmt::format("{}: damaged index: {}; `git reset` writes it anew",
                            printable(path.native()), what));
  }
  Result<std::vector<IndexEntry>> file(bool shared);
  bool entry(Reader& reader, std::uint32_t version, std::string_view& last, IndexEntry& entry);
  std::string_view joined(std::string_view kept, std::string_view added);
  Result<void> extensions(Reader& reader, bool shared);
  bool folder(Reader& reader, int depth);
  Result<std::vector<IndexEntry>> join(std::vector<IndexEntry> own);
};

/// A path of version 4, made of the last one and its own end.
std::string_view IndexFile::Parser::joined(std::string_view kept, std::string_view added) {
  auto& texts = index.paths_;  // each full one stays where it is: paths view it
  std::size_t size = kept.size() + added.size();
  if (texts.empty() || texts.back()->capacity() - texts.back()->size() < size) {
    texts.push_back(std::make_unique<std::string>());
    texts.back()->reserve(std::max(256 * limits::kKiB, size));
  }
  std::string& text = *texts.back();
  std::size_t begin = text.size();
  text.append(kept).append(added);
  return std::string_view(text).substr(begin);
}

bool IndexFile::Parser::entry(Reader& reader, std::uint32_t version, std::string_view& last,
                              IndexEntry& entry) {
  const std::size_t before = reader.rest().size();
  std::string_view fixed = reader.take(kStatBytes + static_cast<std::size_t>(repository.hash) + 2);
  if (!reader.ok()) return false;
  entry = IndexEntry(reinterpret_cast<const std::uint8_t*>(fixed.data()), repository.hash);
  bool extended = (static_cast<unsigned char>(fixed[fixed.size() - 2]) & 0x40) != 0;
  if (extended) reader.take(2);
  if (version < 4) {
    entry.path = reader.until('\0');
    std::size_t used = before - reader.rest().size();
    reader.take((8 - used % 8) % 8);
    return reader.ok();
  }
  std::size_t dropped = read_offset(reader);
  std::string_view added = reader.until('\0');
  if (!reader.ok() || dropped > last.size()) return false;
  last = entry.path = joined(last.substr(0, last.size() - dropped), added);
  return true;
}

/// Extension TREE: "<name>\0<entries> <subfolders>\n<oid>", the subfolders after their parent;
/// entries is -1 if the note is out of date, and then there is no oid.
bool IndexFile::Parser::folder(Reader& reader, int depth) {
  if (depth > kMaxFolderDepth) return false;
  auto number = [&](char separator) {
    std::int32_t value = -2;
    std::string_view text = reader.until(separator);
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
  };
  const std::size_t mine = index.folders_.size();
  index.folders_.push_back({.name = reader.until('\0'), .entries = number(' ')});
  const std::int32_t subfolders = number('\n');
  if (!reader.ok() || index.folders_[mine].entries < -1 || subfolders < 0) return false;
  if (index.folders_[mine].entries >= 0) {
    std::string_view oid = reader.take(static_cast<std::size_t>(repository.hash));
    if (!reader.ok()) return false;
    index.folders_[mine].tree = Oid::from_bytes(oid.data(), repository.hash);
  }
  std::size_t last = 0;
  for (std::int32_t i = 0; i < subfolders; ++i) {
    const std::size_t child = index.folders_.size();
    if (!folder(reader, depth + 1)) return false;
    std::uint32_t& link_to =
        last == 0 ? index.folders_[mine].first_child : index.folders_[last].next_sibling;
    link_to = static_cast<std::uint32_t>(child);
    last = child;
  }
  return true;
}

Result<void> IndexFile::Parser::extensions(Reader& reader, bool shared) {
  while (!reader.rest().empty()) {
    std::string_view name = reader.take(4);
    std::string_view bytes = reader.take(reader.number<std::uint32_t>());
    if (!reader.ok()) return damaged("an extension is cut off");
    if (name == "TREE" && !shared) {
      Reader tree(bytes);
      if (!folder(tree, 0))
        index.folders_.clear();  // only a short cut: without it more trees are read
    } else if (name == "link" && !shared) {
      link = bytes;
    } else if (name[0] >= 'a' && name[0] <= 'z' && name != "sdir" && name != "link") {
      return damaged(
          fmt::format("it needs the extension '{}', which is not known here", printable(name)));
    }
  }
  return {};
}

Result<std::vector<IndexEntry>> IndexFile::Parser::file(bool shared) {
  auto mapped = MappedFile::open(path);
  if (!mapped) return std::unexpected(mapped.error());
  index.files_.push_back(std::move(*mapped));
  const std::string_view bytes = index.files_.back().bytes();
  const auto checksum = static_cast<std::size_t>(repository.hash);
  if (bytes.size() < 12 + checksum) return damaged("it is cut off");
  Reader reader(bytes.substr(0, bytes.size() - checksum));
  if (reader.take(4) != "DIRC") return damaged("it does not begin as one");
  auto version = reader.number<std::uint32_t>();
  auto count = reader.number<std::uint32_t>();
  if (version < 2 || version > 4)
    return damaged(fmt::format("version {} is not known here", version));
  if (count > bytes.size() / (kStatBytes + checksum))
    return damaged("it announces more entries than it has room for");
  std::vector<IndexEntry> entries(count);
  std::string_view last;
  for (IndexEntry& next : entries) {
    if (!entry(reader, version, last, next)) return damaged("an entry is cut off");
  }
  if (auto read = extensions(reader, shared); !read) return std::unexpected(read.error());
  return entries;
}

/// A split index and the shared one it is based on.
Result<std::vector<IndexEntry>> IndexFile::Parser::join(std::vector<IndexEntry> own) {
  Reader reader(link);
  std::string_view name = reader.take(static_cast<std::size_t>(repository.hash));
  if (!reader.ok()) return damaged("the link to a shared index is cut off");
  if (name.find_first_not_of('\0') == std::string_view::npos) return own;
  path = repository.git_dir / ("sharedindex." + to_hex(name));
  auto base = file(true);
  if (!base) return base;
  std::vector<std::uint32_t> deleted;
  std::vector<std::uint32_t> replaced;
  if (!reader.rest().empty()) {  // without bitmaps the shared index stands as it is
    auto first = read_bitmap(reader, base->size());
    auto second = first ? read_bitmap(reader, base->size()) : std::nullopt;
    if (!second) return damaged("which of its entries are replaced is not readable");
    deleted = std::move(*first);
    replaced = std::move(*second);
  }
  auto next = own.begin();
  for (std::uint32_t position : replaced) {
    if (next == own.end() || !next->path.empty()) return damaged("replacements are missing");
    next->path = (*base)[position].path;
    (*base)[position] = *next;
    ++next;
  }
  for (std::uint32_t position : deleted) (*base)[position].path = {};
  std::erase_if(*base, [](const IndexEntry& entry) { return entry.path.empty(); });
  base->insert(base->end(), next, own.end());
  std::sort(base->begin(), base->end(), by_path);
  return base;
}

Result<IndexFile> IndexFile::read(const Repository& repository, const fs::path& file) {
  IndexFile index;
  Parser parser{.repository = repository,
                .index = index,
                .path = file.empty() ? repository.git_dir / "index" : file,
                .link = {}};
  std::error_code ec;
  if (fs::symlink_status(parser.path, ec).type() == fs::file_type::not_found) return index;
  auto entries = parser.file(false);
  if (entries && !parser.link.empty()) entries = parser.join(std::move(*entries));
  if (!entries) return std::unexpected(entries.error());
  index.entries_ = std::move(*entries);
  bool sound = std::is_sorted(index.entries_.begin(), index.entries_.end(), by_path) &&
               (index.entries_.empty() || !index.entries_[0].path.empty());
  if (!sound) return parser.damaged("its entries are not in order");
  return index;
}

}  // namespace keywake::git
