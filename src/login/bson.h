// BSON (https://bsonspec.org/spec.html), as far as MongoDB's answers to a login need it. What is read comes from a server that may be
// hostile: no length is believed beyond the bytes at hand, and documents lie in one another to a depth of kMaxDepth.
// Errors: absent values. Thread safety: values.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace keywake::login::bson {

inline constexpr int kMaxDepth = 32;

/// Of a document or an array its fields in order; an array's names are "0", "1", and so on.
struct Value {
  enum class Kind : std::uint8_t { kOther, kText, kBinary, kNumber, kBoolean, kDocument, kArray };
  Kind kind = Kind::kOther;
  std::string name;
  std::string text;       // of kText and kBinary
  double number = 0;      // of kNumber, of whatever width
  bool boolean = false;
  std::vector<Value> fields;

  /// The first field of that name; null without it, and for what is no document.
  [[nodiscard]] const Value* find(std::string_view field) const;
  /// Of a field that is a text, or is absent or something else: then empty.
  [[nodiscard]] std::string text_of(std::string_view field) const;
  /// Of a field that is a number and fits; else `otherwise`.
  [[nodiscard]] std::int32_t int_of(std::string_view field, std::int32_t otherwise = 0) const;
  /// True if the field is, or is a number that is not zero.
  [[nodiscard]] bool is_true(std::string_view field) const;
};

/// The document that `bytes` are, all of them.
std::optional<Value> read(std::string_view bytes);

/// Writes a document. Names must hold no zero byte.
class Document {
 public:
  Document& text(std::string_view name, std::string_view value);
  Document& binary(std::string_view name, std::string_view value);
  Document& int32(std::string_view name, std::int32_t value);
  Document& boolean(std::string_view name, bool value);
  Document& document(std::string_view name, const Document& value);
  [[nodiscard]] std::string bytes() const;

 private:
  void begin(std::uint8_t type, std::string_view name);
  std::string inside_;
};

/// 32 bits, little-endian, as BSON and MongoDB's messages have them.
void append_int32(std::string& to, std::int32_t value);
/// `bytes` must hold four from `at` on.
std::int32_t int32_at(std::string_view bytes, std::size_t at);

}  // namespace keywake::login::bson
