// Packets of the MySQL client/server protocol (https://dev.mysql.com/doc/dev/mysql-server/latest/PAGE_PROTOCOL.html,
// https://mariadb.com/kb/en/clientserver-protocol/): three bytes of length, one that counts, the payload; numbers little-endian. What is read
// comes from a server that may be hostile: packets, rows and the whole of it are bounded, and nothing is believed that does not lie within the
// bytes at hand. Errors: absent values, or the Answer that says what failed. Ownership: the connection owns its stream.
// Thread safety: none, one thread at a time; the reader is a value.
#pragma once

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "net/stream.h"

namespace keywake::login {

/// Reads a payload from its start. After the first read beyond the end nothing is there any more.
class MysqlReader {
 public:
  explicit MysqlReader(std::string_view bytes) : bytes_(bytes) {}
  std::optional<std::uint64_t> number(std::size_t width);
  /// Of one, three, four or nine bytes; absent for NULL too.
  std::optional<std::uint64_t> length_encoded_number();
  std::optional<std::string_view> length_encoded_text();
  /// Up to the zero byte, which is taken too.
  std::optional<std::string_view> text_to_zero();
  std::optional<std::string_view> take(std::size_t count);
  [[nodiscard]] std::string_view rest() const { return bytes_; }

 private:
  std::string_view bytes_;
};

struct MysqlError {
  std::uint16_t code = 0;
  std::string text;
};

/// Absent for a packet that is no error.
std::optional<MysqlError> mysql_error_of(std::string_view payload);

class MysqlConnection {
 public:
  explicit MysqlConnection(net::Stream stream) : stream_(std::move(stream)) {}

  /// As net::Stream's.
  bool start_tls() { return stream_.start_tls(); }
  /// The next packet of an exchange, or the first one of a command. `payload` is to be shorter than 16 MiB.
  bool send(std::string_view payload);
  bool send_command(std::string_view payload);
  std::expected<std::string, net::Answer> receive();

  /// Rows of a query, NULL as ""; no more than kMaxRows of them. An error that the server gives is one of these, no failure.
  struct Result {
    std::vector<std::vector<std::string>> rows;
    std::optional<MysqlError> error;
  };
  static constexpr std::size_t kMaxRows = 200;
  std::expected<Result, net::Answer> query(std::string_view sql);

  [[nodiscard]] const net::Answer& failure() const { return stream_.failure(); }

 private:
  net::Stream stream_;
  std::uint8_t sequence_ = 0;  // of the next packet
  std::size_t received_ = 0;
};

}  // namespace keywake::login
