// Frames and tables of AMQP 0-9-1 (https://www.rabbitmq.com/resources/specs/amqp0-9-1.pdf, 2.3 and 4.2): numbers big-endian, short strings
// with one byte of length and long ones with four. What a reader takes comes from a server that may be hostile: nothing is believed that
// does not lie within the bytes at hand. Errors: absent values. Thread safety: pure functions, and values.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace keywake::login::amqp_frame {

inline constexpr std::uint8_t kMethod = 1;
inline constexpr std::uint8_t kHeartbeat = 8;
inline constexpr std::uint8_t kEnd = 0xce;
/// What stands before a payload: its type, its channel, its length.
inline constexpr std::size_t kHeaderSize = 7;

class Writer {
 public:
  Writer& octet(std::uint8_t value);
  Writer& short_int(std::uint16_t value);
  Writer& long_int(std::uint32_t value);
  /// `text` must be no longer than 255 bytes.
  Writer& short_string(std::string_view text);
  Writer& long_string(std::string_view text);
  [[nodiscard]] const std::string& bytes() const { return bytes_; }

 private:
  std::string bytes_;
};

/// After the first read beyond the end nothing is there any more.
class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}
  std::optional<std::uint8_t> octet();
  std::optional<std::uint16_t> short_int();
  std::optional<std::uint32_t> long_int();
  std::optional<std::string_view> short_string();
  std::optional<std::string_view> long_string();
  /// The texts of a table by their names; values of other types are passed over, and so is all after a type that is not known.
  std::optional<std::map<std::string, std::string, std::less<>>> texts_of_table();
  std::optional<std::string_view> take(std::size_t count);

 private:
  bool pass_over_value(std::uint8_t type);
  template <typename Number>
  std::optional<Number> number();
  std::string_view bytes_;
};

/// A method's frame on channel 0, where everything about the connection itself is said. `arguments`: what follows the method's two numbers.
std::string method_frame(std::uint16_t class_id, std::uint16_t method_id, std::string_view arguments);

}  // namespace keywake::login::amqp_frame
