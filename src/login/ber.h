// BER (ITU-T X.690) as far as LDAP needs it: tags of one byte, definite lengths. Thread safety: pure functions.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>

namespace keywake::login::ber {

inline constexpr std::uint8_t kBoolean = 0x01;
inline constexpr std::uint8_t kInteger = 0x02;
inline constexpr std::uint8_t kOctets = 0x04;
inline constexpr std::uint8_t kEnumerated = 0x0a;
inline constexpr std::uint8_t kSequence = 0x30;
inline constexpr std::uint8_t kSet = 0x31;

/// An element with that content.
std::string element(std::uint8_t tag, std::string_view content);
std::string sequence(std::uint8_t tag, std::initializer_list<std::string> elements);
/// Of 0 to 127.
std::string number(std::uint8_t tag, std::uint8_t value);

struct Element {
  std::uint8_t tag = 0;
  std::string_view content;
};

/// Takes the first element off; absent if there is none that is whole.
std::optional<Element> next(std::string_view& bytes);
/// Takes the first element off if it has that tag, and gives its content.
std::optional<std::string_view> next(std::string_view& bytes, std::uint8_t tag);
/// Of an integer's content; absent if it is longer than four bytes.
std::optional<std::int64_t> integer(std::string_view content);

}  // namespace keywake::login::ber
