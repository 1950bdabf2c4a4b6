#include "base/secret.h"

#include <openssl/crypto.h>

#include <algorithm>

namespace keywake {

Secret::Secret(Secret&& other) noexcept : bytes_(std::move(other.bytes_)) { other.wipe(); }

Secret& Secret::operator=(const Secret& other) {
  if (this != &other) {
    wipe();
    bytes_ = other.bytes_;
  }
  return *this;
}

Secret& Secret::operator=(Secret&& other) noexcept {
  if (this != &other) {
    wipe();
    bytes_ = std::move(other.bytes_);
    other.wipe();
  }
  return *this;
}

void Secret::wipe() {
  // A moved-from short string still holds its bytes in place, beyond size(); wipe the whole capacity.
  bytes_.resize(bytes_.capacity());
  OPENSSL_cleanse(bytes_.data(), bytes_.size());
  bytes_.clear();
}

std::string Secret::redacted() const {
  static constexpr std::string_view kStars = "********";
  static constexpr std::size_t kLongestPemLabel = 64;
  if (bytes_.starts_with("-----BEGIN ")) {
    std::size_t end = bytes_.find("-----", 11);
    auto is_label = [](char c) { return c == ' ' || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z'); };
    if (end < kLongestPemLabel && std::all_of(bytes_.begin() + 11, bytes_.begin() + static_cast<std::ptrdiff_t>(end), is_label)) {
      return bytes_.substr(0, end + 5) += kStars;
    }
  }
  std::size_t shown = bytes_.size() < 12 ? 0 : std::min<std::size_t>(4, bytes_.size() / 8);
  std::string out;
  auto put = [&](std::string_view part) {
    for (char c : part) out += c > ' ' && c < 0x7f ? c : '.';
  };
  put(std::string_view(bytes_).substr(0, shown));
  out += kStars;
  put(std::string_view(bytes_).substr(bytes_.size() - shown));
  return out;
}

}  // namespace keywake
