// Reads numbers and runs of bytes from a file that may lie: what would be outside the bytes reads as zero or nothing, and ok() is false from then on.
// Ownership: refers to the bytes. Thread safety: one thread at a time.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string_view>

namespace keywake::artifacts {

class Reader {
 public:
  explicit Reader(std::string_view bytes, std::uint64_t at = 0) : bytes_(bytes) { seek(at); }

  [[nodiscard]] bool ok() const { return ok_; }
  [[nodiscard]] std::size_t at() const { return at_; }
  [[nodiscard]] std::size_t left() const { return bytes_.size() - at_; }
  void seek(std::uint64_t at) {
    ok_ = ok_ && at <= bytes_.size();
    at_ = static_cast<std::size_t>(std::min<std::uint64_t>(at, bytes_.size()));
  }
  void skip(std::uint64_t count) { take(count); }
  std::string_view take(std::uint64_t count) {
    if (!ok_ || count > left()) {
      ok_ = false;
      return {};
    }
    const std::string_view taken = bytes_.substr(at_, static_cast<std::size_t>(count));
    at_ += taken.size();
    return taken;
  }

  std::uint8_t u8() { return static_cast<std::uint8_t>(little(1)); }
  std::uint16_t le16() { return static_cast<std::uint16_t>(little(2)); }
  std::uint32_t le32() { return static_cast<std::uint32_t>(little(4)); }
  std::uint64_t le64() { return little(8); }
  std::uint16_t be16() { return static_cast<std::uint16_t>(big(2)); }
  std::uint32_t be32() { return static_cast<std::uint32_t>(big(4)); }
  /// Little-endian, of 1 to 8 bytes.
  std::uint64_t little(unsigned count) {
    const std::string_view taken = take(count);
    std::uint64_t value = 0;
    for (std::size_t i = taken.size(); i-- > 0;) value = value << 8 | static_cast<unsigned char>(taken[i]);
    return value;
  }
  std::uint64_t big(unsigned count) {
    std::uint64_t value = 0;
    for (const char c : take(count)) value = value << 8 | static_cast<unsigned char>(c);
    return value;
  }

 private:
  std::string_view bytes_;
  std::size_t at_ = 0;
  bool ok_ = true;
};

}  // namespace keywake::artifacts
