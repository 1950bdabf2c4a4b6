#include "login/mysql_packet.h"

#include <algorithm>
#include <utility>

#include "login/said.h"

namespace keywake::login {
namespace {

constexpr std::size_t kHeaderSize = 4;
constexpr std::size_t kMaxPacket = 256 * 1024;
constexpr std::size_t kMaxReceived = 2 * 1024 * 1024;
constexpr std::uint64_t kMaxColumns = 16;
constexpr std::size_t kMaxEnd = 8;  // a longer packet that begins with 0xfe is a row

constexpr char kOk = '\x00';
constexpr char kError = '\xff';
constexpr char kEnd = '\xfe';
constexpr char kNull = '\xfb';
constexpr char kQuery = '\x03';

bool is_end(std::string_view payload) { return payload[0] == kEnd && payload.size() <= kMaxEnd; }

std::string little_endian(std::size_t value, std::size_t width) {
  std::string out;
  for (std::size_t i = 0; i < width; ++i) out += static_cast<char>((value >> (8 * i)) & 0xff);
  return out;
}

// Absent if the row is cut off.
std::optional<std::vector<std::string>> row_of(std::string_view payload, std::uint64_t columns) {
  MysqlReader reader(payload);
  std::vector<std::string> out;
  for (std::uint64_t i = 0; i < columns; ++i) {
    if (reader.rest().starts_with(kNull)) {
      reader.take(1);
      out.emplace_back();
      continue;
    }
    const auto text = reader.length_encoded_text();
    if (!text) return std::nullopt;
    out.emplace_back(*text);
  }
  return out;
}

}  // namespace

std::optional<std::string_view> MysqlReader::take(std::size_t count) {
  if (count > bytes_.size()) {
    bytes_ = {};
    return std::nullopt;
  }
  const std::string_view out = bytes_.substr(0, count);
  bytes_.remove_prefix(count);
  return out;
}

std::optional<std::uint64_t> MysqlReader::number(std::size_t width) {
  const auto bytes = take(width);
  if (!bytes) return std::nullopt;
  std::uint64_t out = 0;
  for (std::size_t i = width; i-- > 0;) out = out << 8 | static_cast<unsigned char>((*bytes)[i]);
  return out;
}

std::optional<std::uint64_t> MysqlReader::length_encoded_number() {
  const auto first = number(1);
  if (!first) return std::nullopt;
  switch (*first) {
    case 0xfb:
    case 0xff:
      bytes_ = {};
      return std::nullopt;
    case 0xfc:
      return number(2);
    case 0xfd:
      return number(3);
    case 0xfe:
      return number(8);
    default:
      return first;
  }
}

std::optional<std::string_view> MysqlReader::length_encoded_text() {
  const auto size = length_encoded_number();
  return size ? take(*size) : std::nullopt;
}

std::optional<std::string_view> MysqlReader::text_to_zero() {
  const auto out = take(std::min(bytes_.size(), bytes_.find('\0')));
  return take(1) ? out : std::nullopt;
}

std::optional<MysqlError> mysql_error_of(std::string_view payload) {
  if (!payload.starts_with(kError)) return std::nullopt;
  MysqlReader reader(payload.substr(1));
  MysqlError out;
  out.code = static_cast<std::uint16_t>(reader.number(2).value_or(0));
  constexpr std::size_t kState = 6;  // "#28000", which is not there before the client has said what it understands
  if (reader.rest().starts_with('#')) reader.take(kState);
  out.text = reader.rest();
  return out;
}

bool MysqlConnection::send(std::string_view payload) {
  return stream_.send(little_endian(payload.size(), 3) + static_cast<char>(sequence_++) + std::string(payload));
}

bool MysqlConnection::send_command(std::string_view payload) {
  sequence_ = 0;
  return send(payload);
}

std::expected<std::string, net::Answer> MysqlConnection::receive() {
  const auto head = stream_.receive(kHeaderSize);
  if (!head) return std::unexpected(stream_.failure());
  MysqlReader header(*head);
  const std::size_t size = header.number(3).value_or(0);
  sequence_ = static_cast<std::uint8_t>(header.number(1).value_or(0) + 1);
  received_ += kHeaderSize + size;
  if (size == 0 || size > kMaxPacket || received_ > kMaxReceived) return std::unexpected(not_spoken());
  auto payload = stream_.receive(size);
  if (!payload) return std::unexpected(stream_.failure());
  return *std::move(payload);
}

std::expected<MysqlConnection::Result, net::Answer> MysqlConnection::query(std::string_view sql) {
  if (!send_command(kQuery + std::string(sql))) return std::unexpected(stream_.failure());
  const auto first = receive();
  if (!first) return std::unexpected(first.error());
  if (auto error = mysql_error_of(*first)) return Result{{}, std::move(error)};
  if ((*first)[0] == kOk) return Result{};
  // A server may ask for a file of the client's (LOCAL INFILE) in place of any answer: it gets none, and is heard no further.
  const auto columns = MysqlReader(*first).length_encoded_number();
  if (!columns || *columns > kMaxColumns) return std::unexpected(not_spoken());
  for (std::uint64_t i = 0; i < *columns; ++i) {
    if (const auto column = receive(); !column) return std::unexpected(column.error());
  }
  const auto end = receive();
  if (!end) return std::unexpected(end.error());
  if (!is_end(*end)) return std::unexpected(not_spoken());
  for (Result out;;) {
    const auto packet = receive();
    if (!packet) return std::unexpected(packet.error());
    if (is_end(*packet)) return out;
    out.error = mysql_error_of(*packet);
    if (out.error) return out;
    auto row = row_of(*packet, *columns);
    if (!row) return std::unexpected(not_spoken());
    if (out.rows.size() < kMaxRows) out.rows.push_back(*std::move(row));
  }
}

}  // namespace keywake::login
