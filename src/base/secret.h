// Secret: the bytes of a credential. They cannot be printed, logged or formatted by accident (there is no
// operator<<, no fmt formatter, no conversion): whoever needs them writes .reveal(). Wiped on destruction.
// Ownership: holds its own copy. Thread safety: as std::string.
#pragma once

#include <string>
#include <string_view>

namespace keywake {

class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string_view bytes) : bytes_(bytes) {}
  Secret(const Secret&) = default;
  Secret(Secret&& other) noexcept;
  Secret& operator=(const Secret& other);
  Secret& operator=(Secret&& other) noexcept;
  ~Secret() { wipe(); }

  [[nodiscard]] std::string_view reveal() const { return bytes_; }
  [[nodiscard]] std::size_t size() const { return bytes_.size(); }
  [[nodiscard]] bool empty() const { return bytes_.empty(); }

  /// Enough to recognise it by, too little to use: `ghp_****Yz9k`. Never more than a quarter of the bytes, at
  /// most 4 at either end, none at all of secrets under 12 bytes (then only stars, of constant number). Of a PEM block
  /// its first line, which says what it is and is no secret: `-----BEGIN RSA PRIVATE KEY-----********`.
  /// Printable ASCII only.
  [[nodiscard]] std::string redacted() const;

  bool operator==(const Secret& other) const { return bytes_ == other.bytes_; }
  auto operator<=>(const Secret& other) const { return bytes_ <=> other.bytes_; }

 private:
  void wipe();

  std::string bytes_;
};

}  // namespace keywake
