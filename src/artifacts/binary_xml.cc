// A pool of strings, the resource numbers of attribute names, then nodes in the order of the document. Names are numbers of strings; so are
// the values of attributes that are strings, all others are numbers with a type.
#include "artifacts/binary_xml.h"

#include <fmt/format.h>

#include <string>
#include <utility>
#include <vector>

#include "artifacts/android_strings.h"
#include "artifacts/reader.h"
#include "artifacts/rendering.h"

namespace keywake::artifacts {
namespace {

constexpr std::uint32_t kNone = 0xffffffff;
constexpr std::size_t kMostNamespaces = 64;

class BinaryXml {
 public:
  BinaryXml(std::string_view bytes, const Visit& visit) : bytes_(bytes), visit_(visit), budget_(4 * bytes.size() + 65536) {}

  Result<bool> unfold() {
    std::string_view rest = bytes_.substr(8);
    const Result<void> read = read_chunks(rest);
    if (!text_.empty()) visit_("xml", text_ + "\n");
    const Result<void> strings = show_strings();
    if (!read) return std::unexpected(read.error());
    if (!strings) return std::unexpected(strings.error());
    return only_known_;
  }

 private:
  Result<void> read_chunks(std::string_view& rest) {
    while (!rest.empty()) {
      const ChunkView chunk = take_chunk(rest);
      Result<void> done;
      Reader in(chunk.bytes, 8);
      switch (chunk.type) {
        case 0:
          return fail(fmt::format("cut short or damaged (at byte {})", bytes_.size() - rest.size()));
        case kPoolChunk: {
          auto pool = AndroidStrings::open(chunk.bytes);
          if (!pool) return std::unexpected(pool.error());
          only_known_ &= shown_.empty();  // a second one takes the place of the first
          pool_ = *pool;
          shown_.assign(pool_.count(), false);
          break;
        }
        case kResourceMap:
        case kEndNamespace:
          break;
        case kStartNamespace:
          in.seek(chunk.header_size);
          if (namespaces_.size() < kMostNamespaces) {
            const std::uint32_t prefix = in.le32();
            namespaces_.emplace_back(prefix, in.le32());
          }
          ++new_namespaces_;
          break;
        case kStartElement:
          done = start_element(chunk, in.le32());
          break;
        case kEndElement:
          go_to(in.le32());
          in.seek(chunk.header_size + 4);
          done = write("</" + shown(in.le32()) + ">");
          break;
        case kCharacterData:
          go_to(in.le32());
          in.seek(chunk.header_size);
          done = write(shown(in.le32()));
          break;
        default:
          only_known_ = false;
      }
      if (!done) return done;
    }
    return {};
  }

  Result<void> start_element(const ChunkView& chunk, std::uint32_t line) {
    go_to(line);
    Reader in(chunk.bytes, chunk.header_size + std::uint64_t{4});
    const std::uint32_t name = in.le32();
    const std::uint64_t start = in.le16();
    const std::uint64_t size = in.le16();
    const unsigned count = in.le16();
    if (!in.ok()) return fail("an element is cut short");
    if (auto done = write("<" + shown(name)); !done) return done;
    for (; new_namespaces_ > 0 && new_namespaces_ <= namespaces_.size(); --new_namespaces_) {
      const auto& [prefix, uri] = namespaces_[namespaces_.size() - new_namespaces_];
      if (auto done = write(" xmlns:" + shown(prefix) + "=" + quoted(shown(uri))); !done) return done;
    }
    for (unsigned i = 0; i < count; ++i) {
      Reader attribute(chunk.bytes, chunk.header_size + start + i * size);
      const std::uint32_t space = attribute.le32();
      const std::uint32_t attribute_name = attribute.le32();
      const std::uint32_t raw = attribute.le32();
      attribute.skip(3);
      const unsigned type = attribute.u8();
      const std::uint32_t data = attribute.le32();
      if (!attribute.ok()) return fail("an attribute is cut short");
      if (auto done = write(" " + prefix_of(space) + shown(attribute_name) + "=" + quoted(value(raw, type, data))); !done) return done;
    }
    return write(">");
  }

  std::string value(std::uint32_t raw, unsigned type, std::uint32_t data) {
    if (raw != kNone) return shown(raw);
    switch (type) {
      case kStringValue:
        return shown(data);
      case 0x01:
        return fmt::format("@0x{:08x}", data);
      case 0x02:
        return fmt::format("?0x{:08x}", data);
      case 0x10:
        return std::to_string(static_cast<std::int32_t>(data));
      case 0x12:
        return data != 0 ? "true" : "false";
      default:
        return fmt::format("0x{:x}", data);
    }
  }

  std::string prefix_of(std::uint32_t uri) {
    for (const auto& [prefix, known] : namespaces_) {
      if (known == uri && uri != kNone) return shown(prefix) + ":";
    }
    return {};
  }

  std::string shown(std::uint32_t index) {
    if (index >= shown_.size()) return {};
    if (pool_.raw(index).size() > budget_) return {};  // it comes with the strings that no element shows
    shown_[index] = true;
    return pool_.text(index);
  }

  void go_to(std::uint32_t line) {
    if (line <= line_ || line > 4 * bytes_.size()) return;  // beyond that it is not believed
    text_.append(line - line_, '\n');
    line_ = line;
  }

  Result<void> write(const std::string& text) {
    if (text.size() > budget_) return fail("it repeats its strings beyond four times the size of the file");
    budget_ -= text.size();
    for (const char c : text) {
      if (c == '\n') ++line_;  // in a value; what comes after moves on
      text_ += c;
    }
    return {};
  }

  Result<void> show_strings() {
    TableLines lines("strings", visit_);
    std::uint64_t budget = 2 * bytes_.size() + 4096;
    for (std::uint32_t i = 0; i < pool_.count(); ++i) {
      const std::string_view raw = pool_.raw(i);
      if (shown_[i]) continue;
      if (raw.size() > budget) {
        lines.finish();
        return fail("its strings are longer than the file");
      }
      budget -= raw.size();
      lines.add(std::uint64_t{i} + 1, {}, pool_.text(i));
    }
    lines.finish();
    return {};
  }

  std::string_view bytes_;
  const Visit& visit_;
  AndroidStrings pool_;
  std::vector<bool> shown_;
  std::vector<std::pair<std::uint32_t, std::uint32_t>> namespaces_;  // prefix and URI
  std::size_t new_namespaces_ = 0;                                   // declared since the last element
  std::string text_;
  std::uint32_t line_ = 1;
  std::uint64_t budget_;
  bool only_known_ = true;
};

}  // namespace

bool is_binary_xml(std::string_view head) {
  Reader in(head);
  return in.le16() == kXmlChunk && in.le16() == 8 && in.le32() >= 8 + 28 && in.le16() == kPoolChunk && in.le16() == 28 && in.ok();
}

Result<bool> unfold_binary_xml(std::string_view bytes, const Visit& visit) {
  return BinaryXml(bytes, visit).unfold();
}

}  // namespace keywake::artifacts
