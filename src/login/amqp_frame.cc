#include "login/amqp_frame.h"

namespace keywake::login::amqp_frame {

Writer& Writer::octet(std::uint8_t value) {
  bytes_ += static_cast<char>(value);
  return *this;
}
Writer& Writer::short_int(std::uint16_t value) { return octet(static_cast<std::uint8_t>(value >> 8)).octet(static_cast<std::uint8_t>(value)); }
Writer& Writer::long_int(std::uint32_t value) { return short_int(static_cast<std::uint16_t>(value >> 16)).short_int(static_cast<std::uint16_t>(value)); }

Writer& Writer::short_string(std::string_view text) {
  octet(static_cast<std::uint8_t>(text.size()));
  bytes_ += text;
  return *this;
}

Writer& Writer::long_string(std::string_view text) {
  long_int(static_cast<std::uint32_t>(text.size()));
  bytes_ += text;
  return *this;
}

std::optional<std::string_view> Reader::take(std::size_t count) {
  if (count > bytes_.size()) {
    bytes_ = {};
    return std::nullopt;
  }
  const std::string_view out = bytes_.substr(0, count);
  bytes_.remove_prefix(count);
  return out;
}

template <typename Number>
std::optional<Number> Reader::number() {
  const auto bytes = take(sizeof(Number));
  if (!bytes) return std::nullopt;
  std::uint32_t out = 0;
  for (const char byte : *bytes) out = out << 8 | static_cast<unsigned char>(byte);
  return static_cast<Number>(out);
}

std::optional<std::uint8_t> Reader::octet() { return number<std::uint8_t>(); }
std::optional<std::uint16_t> Reader::short_int() { return number<std::uint16_t>(); }
std::optional<std::uint32_t> Reader::long_int() { return number<std::uint32_t>(); }

std::optional<std::string_view> Reader::short_string() {
  const auto size = octet();
  return size ? take(*size) : std::nullopt;
}

std::optional<std::string_view> Reader::long_string() {
  const auto size = long_int();
  return size ? take(*size) : std::nullopt;
}

// The types as RabbitMQ has them (https://www.rabbitmq.com/amqp-0-9-1-errata#section_3), where 's' is a number.
bool Reader::pass_over_value(std::uint8_t type) {
  switch (type) {
    case 'V':
      return true;
    case 't':
    case 'b':
    case 'B':
      return take(1).has_value();
    case 's':
    case 'u':
      return take(2).has_value();
    case 'I':
    case 'i':
    case 'f':
      return take(4).has_value();
    case 'D':
      return take(5).has_value();
    case 'l':
    case 'L':
    case 'd':
    case 'T':
      return take(8).has_value();
    case 'A':
    case 'F':
    case 'x':
      return long_string().has_value();
    default:
      return false;
  }
}

std::optional<std::map<std::string, std::string, std::less<>>> Reader::texts_of_table() {
  const auto inside = long_string();
  if (!inside) return std::nullopt;
  std::map<std::string, std::string, std::less<>> out;
  for (Reader table(*inside); !table.bytes_.empty();) {
    const auto name = table.short_string();
    const auto type = name ? table.octet() : std::nullopt;
    if (!type) return std::nullopt;
    if (*type == 'S') {
      const auto text = table.long_string();
      if (!text) return std::nullopt;
      out.emplace(*name, *text);
    } else if (!table.pass_over_value(*type)) {
      break;
    }
  }
  return out;
}

std::string method_frame(std::uint16_t class_id, std::uint16_t method_id, std::string_view arguments) {
  const std::string payload = Writer().short_int(class_id).short_int(method_id).bytes() + std::string(arguments);
  const std::string header = Writer().octet(kMethod).short_int(0).long_int(static_cast<std::uint32_t>(payload.size())).bytes();
  return header + payload + static_cast<char>(kEnd);
}

}  // namespace keywake::login::amqp_frame
