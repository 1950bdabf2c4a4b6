// The B-trees are walked from the roots that the schema's own tree (page 1) names, and every byte of a cell's payload, also in its overflow
// pages, is blanked. What is left is free. Layout: sqlite.org/fileformat2.html, sections 1.3 (header), 1.6 (B-tree pages and cells).
//
//   page: [100 bytes of file header on page 1][header 8 or 12][pointers to cells, u16 each] … free … [cells]
//   cell of a table's leaf:  varint payload size · varint row id · payload · [u32 overflow page]
//   cell of an index:        ([u32 child]) · varint payload size · payload · [u32 overflow page]
#include "artifacts/sqlite_free.h"

#include <cstdint>
#include <vector>

namespace keywake::artifacts {
namespace {

class Walk {
 public:
  Walk(std::string_view file, OwnBytes& own) : file_(file), own_(own), budget_(file.size()) {}

  bool run() {
    page_size_ = u16(16) == 1 ? 65536 : u16(16);
    if (page_size_ < 512 || (page_size_ & (page_size_ - 1)) != 0) return false;
    const std::size_t reserved = u8(20);
    if (page_size_ - reserved < 480) return false;
    usable_ = page_size_ - reserved;
    pages_ = file_.size() / page_size_;
    if (pages_ == 0 || u32(44) > 4) return false;
    seen_.assign(pages_ + 1, false);
    if (!mark(0, 100)) return false;
    todo_.push_back(1);
    in_schema_ = true;
    if (!drain()) return false;
    in_schema_ = false;
    todo_ = roots_;
    return drain();
  }

 private:
  [[nodiscard]] std::size_t u8(std::size_t at) const { return at < file_.size() ? static_cast<unsigned char>(file_[at]) : 0; }
  [[nodiscard]] std::size_t u16(std::size_t at) const { return u8(at) << 8 | u8(at + 1); }
  [[nodiscard]] std::size_t u32(std::size_t at) const { return u16(at) << 16 | u16(at + 2); }

  // Up to nine bytes; the ninth gives eight bits.
  std::uint64_t varint(std::size_t& at) const {
    std::uint64_t value = 0;
    for (int i = 0; i < 8; ++i) {
      const std::size_t byte = u8(at++);
      value = value << 7 | (byte & 0x7f);
      if (byte < 0x80) return value;
    }
    return value << 8 | u8(at++);
  }

  // False: more than the file has, so cells lie upon each other.
  bool mark(std::size_t at, std::size_t size) {
    if (size > budget_) return false;
    budget_ -= size;
    own_.blank(at, size);
    return true;
  }

  bool visit_once(std::size_t page) {
    if (page == 0 || page > pages_ || seen_[page]) return false;
    seen_[page] = true;
    return true;
  }

  bool drain() {
    while (!todo_.empty()) {
      const std::size_t page = todo_.back();
      todo_.pop_back();
      if (!visit_once(page) || !read_page(page)) return false;
    }
    return true;
  }

  bool read_page(std::size_t page) {
    const std::size_t start = (page - 1) * page_size_;
    const std::size_t header = start + (page == 1 ? 100 : 0);
    const std::size_t type = u8(header);
    if (type != 2 && type != 5 && type != 10 && type != 13) return false;
    const bool interior = type == 2 || type == 5;
    const std::size_t cells = u16(header + 3);
    const std::size_t pointers = header + (interior ? 12 : 8);
    if (pointers + 2 * cells > start + page_size_ || !mark(header, pointers + 2 * cells - header)) return false;
    if (interior) todo_.push_back(u32(header + 8));
    for (std::size_t i = 0; i < cells; ++i) {
      const std::size_t offset = u16(pointers + 2 * i);
      if (offset >= usable_ || !read_cell(start, start + offset, type)) return false;
    }
    return true;
  }

  bool read_cell(std::size_t page_start, std::size_t cell, std::size_t type) {
    std::size_t at = cell;
    if (type == 2 || type == 5) {
      todo_.push_back(u32(at));
      at += 4;
    }
    if (type == 5) {
      varint(at);
      return mark(cell, at - cell);
    }
    const std::uint64_t payload = varint(at);
    if (type == 13) varint(at);
    if (payload > file_.size()) return false;
    const std::uint64_t most = type == 13 ? usable_ - 35 : (usable_ - 12) * 64 / 255 - 23;
    const std::uint64_t least = (usable_ - 12) * 32 / 255 - 23;
    std::uint64_t local = payload;
    if (payload > most) {
      local = least + (payload - least) % (usable_ - 4);
      if (local > most) local = least;
    }
    const std::size_t end = at + local + (local < payload ? 4 : 0);
    if (end > page_start + page_size_ || !mark(cell, end - cell)) return false;
    if (in_schema_ && type == 13 && !read_schema_row(std::string_view(file_).substr(at, local))) return false;
    return local == payload || read_overflow(u32(at + local), payload - local);
  }

  bool read_overflow(std::size_t page, std::uint64_t left) {
    while (left > 0) {
      if (!visit_once(page)) return false;
      const std::size_t start = (page - 1) * page_size_;
      const std::uint64_t here = std::min<std::uint64_t>(left, usable_ - 4);
      if (!mark(start, 4 + here)) return false;
      left -= here;
      page = u32(start);
    }
    return true;
  }

  // The fourth column of sqlite_schema is the root page. It stands behind type, name and table name, which are short enough to be in the cell.
  bool read_schema_row(std::string_view row) {
    const std::size_t base = static_cast<std::size_t>(row.data() - file_.data());
    std::size_t at = base;
    varint(at);
    std::size_t skip = 0;
    for (int i = 0; i < 3; ++i) {
      const std::uint64_t serial = varint(at);
      skip += serial >= 12 ? (serial - 12) / 2 : 0;
    }
    const std::uint64_t serial = varint(at);
    std::size_t header_at = base;
    const std::size_t value = base + varint(header_at) + skip;
    std::size_t root = 0;
    if (serial == 8 || serial == 9 || serial == 0) {
      root = serial == 9 ? 1 : 0;
    } else if (serial >= 1 && serial <= 4) {
      if (value + serial > base + row.size()) return false;
      for (std::size_t i = 0; i < serial; ++i) root = root << 8 | u8(value + i);
    } else {
      return false;
    }
    if (root > 1) roots_.push_back(root);
    return true;
  }

  std::string_view file_;
  OwnBytes& own_;
  std::uint64_t budget_;  // bytes that cells may cover
  std::size_t page_size_ = 0;
  std::size_t usable_ = 0;
  std::size_t pages_ = 0;
  std::vector<bool> seen_;
  std::vector<std::size_t> todo_;
  std::vector<std::size_t> roots_;
  bool in_schema_ = false;
};

}  // namespace

bool blank_live_cells(std::string_view file, OwnBytes& own) { return file.size() >= 512 && Walk(file, own).run(); }

}  // namespace keywake::artifacts
