#include "artifacts/dex.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "artifacts/naming.h"
#include "artifacts/reader.h"
#include "artifacts/rendering.h"

namespace keywake::artifacts {
namespace {

using namespace std::string_view_literals;

constexpr std::uint32_t kHeaderBytes = 0x70;

// Variable-length numbers as DWARF has them.
std::uint32_t uleb128(Reader& reader) {
  std::uint32_t value = 0;
  for (unsigned shift = 0; shift < 35; shift += 7) {
    const std::uint32_t byte = reader.u8();
    value |= shift < 32 ? (byte & 0x7f) << shift : 0;
    if ((byte & 0x80) == 0) break;
  }
  return value;
}

class DexFile {
 public:
  DexFile(std::string_view bytes, const Visit& visit) : bytes_(bytes), visit_(visit) {}

  Result<bool> unfold() {
    Reader header(bytes_, 0x38);  // the tables in the order of the header: their sizes and offsets
    for (Table* table : {&strings_, &types_, &prototypes_, &fields_, &methods_, &classes_}) {
      table->count = header.le32();
      table->offset = header.le32();
    }
    if (!header.ok()) return fail("cut off in its header");
    if (!fits(strings_, 4)) return fail(fmt::format("its {} strings would lie outside the file", strings_.count));
    names_.resize(strings_.count);
    const bool tables_fit = fits(types_, 4) && fits(fields_, 8) && fits(methods_, 8) && fits(classes_, 32);
    if (tables_fit) {
      read_static_values();
      read_code();
    }
    const std::uint32_t unreadable = print(tables_fit);
    if (unreadable > 0) return fail(fmt::format("{} of its {} strings lie outside the file, or repeat each other beyond its size", unreadable, strings_.count));
    if (!tables_fit) return fail("its tables would lie outside the file");
    return true;
  }

 private:
  struct Table {
    std::uint32_t count = 0;
    std::uint32_t offset = 0;
  };

  [[nodiscard]] bool fits(const Table& table, std::uint64_t entry) const {
    return table.count == 0 || (table.offset <= bytes_.size() && table.count <= (bytes_.size() - table.offset) / entry);
  }

  // string_data_item: its length in UTF-16 units, modified UTF-8, a NUL.
  [[nodiscard]] bool string_at(std::uint32_t index, std::string_view& text) const {
    if (index >= strings_.count) return false;
    Reader reader(bytes_, Reader(bytes_, strings_.offset + std::uint64_t{4} * index).le32());
    uleb128(reader);
    if (!reader.ok() || last_nul_ == std::string_view::npos || reader.at() > last_nul_) return false;
    const std::size_t end = bytes_.find('\0', reader.at());
    text = bytes_.substr(reader.at(), end - reader.at());
    return true;
  }

  // A name: looked up time and again, so no more is read than a name may have.
  [[nodiscard]] std::string_view string(std::uint32_t index) const {
    constexpr std::size_t kLongestName = 1024;
    if (index >= strings_.count) return {};
    Reader reader(bytes_, Reader(bytes_, strings_.offset + std::uint64_t{4} * index).le32());
    uleb128(reader);
    if (!reader.ok()) return {};
    const std::string_view text = bytes_.substr(reader.at(), kLongestName);
    const std::size_t end = text.find('\0');
    return end == std::string_view::npos ? std::string_view{} : text.substr(0, end);
  }

  [[nodiscard]] std::string_view field_name(std::uint32_t index) const {
    return index < fields_.count ? string(Reader(bytes_, fields_.offset + std::uint64_t{8} * index + 4).le32()) : std::string_view{};
  }
  [[nodiscard]] std::string_view method_name(std::uint32_t index) const {
    return index < methods_.count ? string(Reader(bytes_, methods_.offset + std::uint64_t{8} * index + 4).le32()) : std::string_view{};
  }

  // Fields that can hold a string: bytes that are no instructions name any.
  [[nodiscard]] std::string_view string_field_name(std::uint32_t index) const {
    if (index >= fields_.count) return {};
    const std::uint32_t type = Reader(bytes_, fields_.offset + std::uint64_t{8} * index + 2).le16();
    const bool known = type < types_.count;
    const std::string_view descriptor = known ? string(Reader(bytes_, types_.offset + std::uint64_t{4} * type).le32()) : std::string_view{};
    return !known || descriptor.starts_with("Ljava/lang/") ? field_name(index) : std::string_view{};
  }

  void name_string(std::uint32_t index, std::string_view name) {
    if (index < names_.size() && names_[index].empty()) names_[index] = name;
  }

  void read_static_values() {
    for (std::uint32_t i = 0; i < classes_.count; ++i) {
      Reader definition(bytes_, classes_.offset + std::uint64_t{32} * i + 24);
      const std::uint32_t data = definition.le32();
      const std::uint32_t values = definition.le32();
      if (data != 0 && values != 0) read_class(data, values);
    }
  }

  // class_data_item lists the static fields, encoded_array_item the values of the first of them, in the same order.
  void read_class(std::uint32_t data, std::uint32_t values) {
    Reader fields(bytes_, data);
    const std::uint32_t static_fields = uleb128(fields);
    for (int i = 0; i < 3; ++i) uleb128(fields);
    Reader value(bytes_, values);
    const std::uint32_t count = std::min(uleb128(value), static_fields);
    std::uint32_t field = 0;
    for (std::uint32_t i = 0; i < count && work_ > 0; ++i, --work_) {
      field += uleb128(fields);
      uleb128(fields);
      const unsigned type_and_size = value.u8();
      const unsigned type = type_and_size & 0x1f;
      const unsigned size = (type_and_size >> 5) + 1;
      constexpr unsigned kString = 0x17;
      constexpr unsigned kArray = 0x1c;  // and annotations: no initial value of a field that a compiler makes
      constexpr unsigned kNull = 0x1e;
      if (!value.ok() || !fields.ok() || type == kArray || type == kArray + 1) return;
      if (type >= kNull) continue;  // null and booleans have no bytes of their own
      const std::uint64_t number = value.little(std::min(size, 8U));
      if (type == kString) name_string(static_cast<std::uint32_t>(number), field_name(field));
    }
  }

  // Where code loads a string and gives it away at once (const-string, then iput-object, sput-object or an invoke). Instructions are not followed
  // one by one: units that look like these two and name entries that exist are hardly anything else, and all that hangs on it is a name.
  void read_code() {
    auto unit = [&](std::size_t at) {
      return at + 1 < bytes_.size() ? static_cast<unsigned char>(bytes_[at]) | static_cast<unsigned>(static_cast<unsigned char>(bytes_[at + 1])) << 8 : 0U;
    };
    for (std::size_t i = kHeaderBytes; i + 8 <= bytes_.size(); i += 2) {
      const unsigned operation = static_cast<unsigned char>(bytes_[i]);
      if (operation != 0x1a && operation != 0x1b) continue;
      const bool jumbo = operation == 0x1b;
      const std::uint32_t index = unit(i + 2) | (jumbo ? unit(i + 4) << 16 : 0);
      if (index >= strings_.count) continue;
      const unsigned to = unit(i) >> 8;
      const std::size_t next = i + (jumbo ? 6 : 4);
      const unsigned action = unit(next) & 0xff;
      const unsigned from = unit(next) >> 8;
      if (action == 0x69 && from == to) name_string(index, string_field_name(unit(next + 2)));
      if (action == 0x5b && (from & 0x0f) == to) name_string(index, string_field_name(unit(next + 2)));
      const bool invokes = (action == 0x6e || action == 0x70 || action == 0x72) && from == 0x20;  // of one argument beside the object
      if (invokes && (unit(next + 4) >> 4 & 0x0f) == to) name_string(index, of_setter(method_name(unit(next + 2))));
    }
  }

  // Returns how many strings cannot be read. The file's own bytes follow if it is whole.
  std::uint32_t print(bool whole) const {
    TableLines lines("strings", visit_);
    OwnBytes own(bytes_);
    std::uint32_t unreadable = 0;
    std::uint64_t budget = std::uint64_t{2} * bytes_.size();  // a file may give the same long text many times
    for (std::uint32_t i = 0; i < strings_.count; ++i) {
      std::string_view text;
      if (budget == 0 || !string_at(i, text)) {
        ++unreadable;
        continue;
      }
      const std::uint64_t size = text.size() + names_[i].size();
      if (size > budget) {
        ++unreadable;
        budget = 0;  // and no more time is spent on those that follow
        continue;
      }
      budget -= size;
      lines.add(std::uint64_t{i} + 1, from_modified_utf8(names_[i]), from_modified_utf8(text));
      own.blank(text);
    }
    lines.finish();
    if (whole && unreadable == 0) own.finish(visit_);
    return unreadable;
  }

  std::string_view bytes_;
  const Visit& visit_;
  std::size_t last_nul_ = bytes_.rfind('\0');
  Table strings_, types_, prototypes_, fields_, methods_, classes_;
  std::vector<std::string_view> names_;  // of what each string is given to
  std::uint64_t work_ = 50'000'000;      // values of all classes: a file may give the same ones many times
};

}  // namespace

bool is_dex(std::string_view head) {
  if (!head.starts_with("dex\n0"sv) || head.size() < kHeaderBytes || head[7] != '\0') return false;
  auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  if (!is_digit(head[5]) || !is_digit(head[6])) return false;
  Reader reader(head, 0x24);
  const std::uint32_t header = reader.le32();
  return header >= kHeaderBytes && header <= 0x100 && reader.le32() == 0x12345678;  // little-endian; no other kind was ever made
}

Result<bool> unfold_dex(std::string_view bytes, const Visit& visit) {
  return DexFile(bytes, visit).unfold();
}

}  // namespace keywake::artifacts
