// Writes small .NET assemblies for tests: a PE file with one section, which holds code, resources and metadata (ECMA-335 II.24, II.25).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace made {

inline std::string little(std::uint64_t value, unsigned size) {
  std::string out;
  for (unsigned i = 0; i < size; ++i) out += static_cast<char>(value >> 8 * i);
  return out;
}
// Of ASCII.
inline std::string utf16(std::string_view text) {
  std::string out;
  for (const char c : text) out += std::string{c, '\0'};
  return out;
}

class Assembly {
 public:
  Assembly() { name("<Module>"); }

  // A field with a constant of the type ELEMENT_TYPE_STRING, or without one.
  void field(std::string_view field_name) { fields_ += little(0x8051, 2) + little(name(field_name), 2) + little(0, 2); }
  void constant(std::string_view field_name, std::string_view value) {
    field(field_name);
    constants_ += little(0x0e, 2) + little((fields_.size() / 6) << 2, 2) + little(blob(utf16(value)), 2);
  }
  // The token of a user string.
  std::uint32_t user_string(std::string_view text) {
    const auto token = static_cast<std::uint32_t>(0x70000000 | user_strings_.size());
    user_strings_ += length(2 * text.size() + 1) + utf16(text) + '\0';
    return token;
  }
  // The token of a method outside.
  std::uint32_t member(std::string_view method_name) {
    members_ += little(0, 2) + little(name(method_name), 2) + little(0, 2);
    return static_cast<std::uint32_t>(0x0a000000 | members_.size() / 6);
  }
  [[nodiscard]] std::uint32_t last_field() const { return static_cast<std::uint32_t>(0x04000000 | fields_.size() / 6); }
  void method(std::string_view instructions) {
    methods_ += little(kAddress + code_.size(), 4) + little(0, 4) + little(name("Run"), 2) + little(0, 2) + little(1, 2);
    if (instructions.size() < 64) {
      code_ += static_cast<char>(instructions.size() << 2 | 2);
    } else {
      code_.resize((code_.size() + 3) / 4 * 4);
      methods_.replace(methods_.size() - 14, 4, little(kAddress + code_.size(), 4));
      code_ += little(0x3003, 2) + little(8, 2) + little(instructions.size(), 4) + little(0, 4);
    }
    code_ += instructions;
  }
  void resource(std::string_view resource_name, std::string_view bytes) {
    resource_rows_ += little(resources_.size(), 4) + little(1, 4) + little(name(resource_name), 2) + little(0, 2);
    resources_ += little(bytes.size(), 4) + std::string(bytes);
  }
  // More of them with the bytes of the first.
  void repeat_resource(std::size_t times) {
    for (std::size_t i = 0; i < times; ++i) resource_rows_ += resource_rows_.substr(0, 12);
  }
  void repeat_constant(std::size_t times) {
    for (std::size_t i = 0; i < times; ++i) constants_ += constants_.substr(0, 6);
  }

  [[nodiscard]] std::string bytes() const {
    std::string section = code_;
    section.resize((section.size() + 3) / 4 * 4);
    const std::size_t resources_at = section.size();
    section += resources_;
    section.resize((section.size() + 3) / 4 * 4);
    const std::size_t metadata_at = section.size();
    const std::string metadata = make_metadata();
    section += metadata;
    const std::size_t header_at = section.size();
    section += little(72, 4) + little(2 | 5 << 16, 4) + little(kAddress + metadata_at, 4) + little(metadata.size(), 4) + little(1, 4) + little(0, 4) +
               little(kAddress + resources_at, 4) + little(resources_.size(), 4) + std::string(40, '\0');
    std::string file = "MZ" + std::string(58, '\0') + little(64, 4) + std::string("PE\0\0", 4);
    file += little(0x14c, 2) + little(1, 2) + std::string(12, '\0') + little(224, 2) + little(0x2102, 2);
    file += little(0x10b, 2) + std::string(90, '\0') + little(16, 4);
    file += std::string(14 * 8, '\0') + little(kAddress + header_at, 4) + little(72, 4) + std::string(8, '\0');
    file += std::string(".text\0\0\0", 8) + little(section.size(), 4) + little(kAddress, 4) + little(section.size(), 4) + little(kOffset, 4) + std::string(16, '\0');
    file.resize(kOffset);
    return file + section;
  }

 private:
  static constexpr std::size_t kAddress = 0x2000;
  static constexpr std::size_t kOffset = 0x200;

  std::size_t name(std::string_view text) {
    const std::size_t at = names_.size();
    names_ += std::string(text) + '\0';
    return at;
  }
  std::size_t blob(const std::string& bytes) {
    const std::size_t at = blobs_.size();
    blobs_ += length(bytes.size()) + bytes;
    return at;
  }
  // II.24.2.4
  static std::string length(std::size_t size) {
    if (size < 0x80) return {static_cast<char>(size)};
    if (size < 0x4000) return {static_cast<char>(0x80 | size >> 8), static_cast<char>(size)};
    return {static_cast<char>(0xc0 | size >> 24), static_cast<char>(size >> 16), static_cast<char>(size >> 8), static_cast<char>(size)};
  }

  [[nodiscard]] std::string make_metadata() const {
    const std::vector<std::pair<unsigned, std::pair<std::string, unsigned>>> rows{
        {0x00, {std::string(10, '\0'), 10}}, {0x02, {std::string(10, '\0') + little(1, 2) + little(1, 2), 14}}, {0x04, {fields_, 6}}, {0x06, {methods_, 14}},
        {0x0a, {members_, 6}},               {0x0b, {constants_, 6}},                                         {0x28, {resource_rows_, 12}}};
    std::uint64_t present = 0;
    std::string counts;
    std::string tables;
    for (const auto& [number, table] : rows) {
      if (table.first.empty()) continue;
      present |= std::uint64_t{1} << number;
      counts += little(table.first.size() / table.second, 4);
      tables += table.first;
    }
    const std::string all_tables = little(0, 4) + little(2, 2) + little(0, 1) + little(1, 1) + little(present, 8) + little(0, 8) + counts + tables;
    const std::vector<std::pair<std::string, std::string>> streams{{"#~", all_tables}, {"#Strings", names_}, {"#US", user_strings_}, {"#GUID", std::string(16, '\0')}, {"#Blob", blobs_}};
    std::string head = "BSJB" + little(1 | 1 << 16, 4) + little(0, 4) + little(12, 4) + std::string("v4.0.30319\0\0", 12) + little(0, 2) + little(streams.size(), 2);
    std::size_t at = head.size();
    for (const auto& [stream, bytes] : streams) at += 8 + (stream.size() / 4 + 1) * 4;
    std::string bodies;
    for (const auto& [stream, bytes] : streams) {
      std::string padded = bytes;
      padded.resize((padded.size() + 3) / 4 * 4);
      std::string title = stream;
      title.resize((title.size() / 4 + 1) * 4);
      head += little(at + bodies.size(), 4) + little(padded.size(), 4) + title;
      bodies += padded;
    }
    return head + bodies;
  }

  std::string names_ = std::string(1, '\0');
  std::string blobs_ = std::string(1, '\0');
  std::string user_strings_ = std::string(1, '\0');
  std::string fields_, methods_, members_, constants_, resource_rows_, resources_, code_;
};

}  // namespace made
