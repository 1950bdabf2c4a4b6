#include "login/bson.h"

#include <algorithm>
#include <bit>
#include <limits>

namespace keywake::login::bson {
namespace {

enum Type : std::uint8_t {
  kDouble = 0x01, kString = 0x02, kDocument = 0x03, kArray = 0x04, kBinary = 0x05, kUndefined = 0x06, kObjectId = 0x07, kBoolean = 0x08,
  kDate = 0x09, kNull = 0x0a, kRegex = 0x0b, kPointer = 0x0c, kCode = 0x0d, kSymbol = 0x0e, kScopedCode = 0x0f, kInt32 = 0x10,
  kTimestamp = 0x11, kInt64 = 0x12, kDecimal = 0x13, kMaxKey = 0x7f, kMinKey = 0xff
};

constexpr std::size_t kShortestDocument = 5;  // its length and its end

std::uint64_t little_endian(std::string_view bytes) {
  std::uint64_t out = 0;
  for (std::size_t i = bytes.size(); i > 0; --i) out = out << 8 | static_cast<unsigned char>(bytes[i - 1]);
  return out;
}

class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}

  bool fields(std::vector<Value>& into, int depth) {
    const auto size = take(4);
    if (depth > kMaxDepth || !size || little_endian(*size) < kShortestDocument) return false;
    const auto body = take(little_endian(*size) - 4);
    if (!body || body->back() != '\0') return false;
    for (Reader inside(body->substr(0, body->size() - 1)); !inside.bytes_.empty();) {
      const auto type = inside.take(1);
      const auto name = inside.c_string();
      if (!type || !name) return false;
      Value& field = into.emplace_back();
      field.name = *name;
      if (!inside.value(static_cast<std::uint8_t>((*type)[0]), field, depth)) return false;
    }
    return true;
  }

  [[nodiscard]] bool at_end() const { return bytes_.empty(); }

 private:
  std::optional<std::string_view> take(std::uint64_t count) {
    if (count > bytes_.size()) return std::nullopt;
    const std::string_view out = bytes_.substr(0, count);
    bytes_.remove_prefix(count);
    return out;
  }

  std::optional<std::string_view> c_string() {
    const std::size_t end = bytes_.find('\0');
    if (end == std::string_view::npos) return std::nullopt;
    const auto out = take(end);
    take(1);
    return out;
  }

  std::optional<std::string_view> string() {
    const auto size = take(4);
    if (!size) return std::nullopt;
    const auto text = take(little_endian(*size));
    if (!text || text->empty() || text->back() != '\0') return std::nullopt;
    return text->substr(0, text->size() - 1);
  }

  bool value(std::uint8_t type, Value& into, int depth) {
    using enum Value::Kind;
    auto number = [&](std::size_t width) {
      const auto bytes = take(width);
      if (!bytes) return false;
      into.kind = kNumber;
      const std::uint64_t bits = little_endian(*bytes);
      into.number = type == kDouble                        ? std::bit_cast<double>(bits)
                    : width == sizeof(std::int32_t) ? static_cast<std::int32_t>(bits)
                                                           : static_cast<double>(static_cast<std::int64_t>(bits));
      return true;
    };
    auto text = [&] {
      const auto read = string();
      into.kind = kText;
      into.text = read.value_or("");
      return read.has_value();
    };
    switch (type) {
      case Type::kDouble:
      case Type::kInt64:
        return number(8);
      case Type::kInt32:
        return number(4);
      case Type::kString:
      case Type::kCode:
      case Type::kSymbol:
        return text();
      case Type::kDocument:
      case Type::kArray:
        into.kind = type == Type::kArray ? Value::Kind::kArray : Value::Kind::kDocument;
        return fields(into.fields, depth + 1);
      case Type::kBinary: {
        const auto size = take(4);
        const auto subtype = size ? take(1) : std::nullopt;
        const auto bytes = subtype ? take(little_endian(*size)) : std::nullopt;
        into.kind = Value::Kind::kBinary;
        into.text = bytes.value_or("");
        return bytes.has_value();
      }
      case Type::kBoolean: {
        const auto byte = take(1);
        into.kind = Value::Kind::kBoolean;
        into.boolean = byte && (*byte)[0] != '\0';
        return byte.has_value();
      }
      case Type::kUndefined:
      case Type::kNull:
      case Type::kMaxKey:
      case Type::kMinKey:
        return true;
      case Type::kDate:
      case Type::kTimestamp:
        return take(8).has_value();
      case Type::kObjectId:
        return take(12).has_value();
      case Type::kDecimal:
        return take(16).has_value();
      case Type::kRegex:
        return c_string() && c_string();
      case Type::kPointer:
        return string() && take(12);
      case Type::kScopedCode: {
        const auto size = take(4);
        return size && little_endian(*size) >= 4 && take(little_endian(*size) - 4);
      }
      default:
        return false;
    }
  }

  std::string_view bytes_;
};

}  // namespace

const Value* Value::find(std::string_view field) const {
  const auto found = std::find_if(fields.begin(), fields.end(), [field](const Value& each) { return each.name == field; });
  return found == fields.end() ? nullptr : &*found;
}

std::string Value::text_of(std::string_view field) const {
  const Value* found = find(field);
  return found != nullptr && found->kind == Kind::kText ? found->text : "";
}

std::int32_t Value::int_of(std::string_view field, std::int32_t otherwise) const {
  using Limits = std::numeric_limits<std::int32_t>;
  const Value* found = find(field);
  const bool fits = found != nullptr && found->kind == Kind::kNumber && found->number >= Limits::min() && found->number <= Limits::max();  // NaN does not
  return fits ? static_cast<std::int32_t>(found->number) : otherwise;
}

bool Value::is_true(std::string_view field) const {
  const Value* found = find(field);
  return found != nullptr && (found->boolean || found->number != 0);
}

std::optional<Value> read(std::string_view bytes) {
  Value out;
  out.kind = Value::Kind::kDocument;
  Reader reader(bytes);
  if (!reader.fields(out.fields, 1) || !reader.at_end()) return std::nullopt;
  return out;
}

void append_int32(std::string& to, std::int32_t value) {
  for (int shift = 0; shift < 32; shift += 8) to += static_cast<char>(static_cast<std::uint32_t>(value) >> shift);
}

std::int32_t int32_at(std::string_view bytes, std::size_t at) { return static_cast<std::int32_t>(little_endian(bytes.substr(at, 4))); }

void Document::begin(std::uint8_t type, std::string_view name) {
  inside_ += static_cast<char>(type);
  inside_ += name;
  inside_ += '\0';
}

Document& Document::text(std::string_view name, std::string_view value) {
  begin(kString, name);
  append_int32(inside_, static_cast<std::int32_t>(value.size() + 1));
  inside_ += value;
  inside_ += '\0';
  return *this;
}

Document& Document::binary(std::string_view name, std::string_view value) {
  begin(kBinary, name);
  append_int32(inside_, static_cast<std::int32_t>(value.size()));
  inside_ += '\0';  // generic
  inside_ += value;
  return *this;
}

Document& Document::int32(std::string_view name, std::int32_t value) {
  begin(kInt32, name);
  append_int32(inside_, value);
  return *this;
}

Document& Document::boolean(std::string_view name, bool value) {
  begin(kBoolean, name);
  inside_ += value ? '\1' : '\0';
  return *this;
}

Document& Document::document(std::string_view name, const Document& value) {
  begin(kDocument, name);
  inside_ += value.bytes();
  return *this;
}

std::string Document::bytes() const {
  std::string out;
  append_int32(out, static_cast<std::int32_t>(inside_.size() + kShortestDocument));
  return out + inside_ + '\0';
}

}  // namespace keywake::login::bson
