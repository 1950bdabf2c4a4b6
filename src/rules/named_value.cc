// ACME_API_KEY=…   "acmeToken": "…"   acme: { api_key: '…' }   acme.client.secret = …   <acme-key>…</acme-key>   setAcmeKey("…")
// └names┘└word┘└ assignment and value
#include "rules/named_value.h"

#include <fmt/format.h>

#include <array>

namespace keywake::rules {
namespace {

constexpr std::array<std::string_view, 12> kWords{"key", "token", "secret", "passw", "pwd", "auth",
                                                  "cred", "api", "access", "sid", "pat", "jwt"};

// Literal text in an expression whose white space is layout.
std::string escaped(std::string_view text) {
  std::string out;
  for (unsigned char c : text) {
    const bool plain = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c >= 0x80;
    out += plain ? std::string(1, static_cast<char>(c)) : fmt::format("\\x{:02x}", c);
  }
  return out;
}

std::string any_of(std::span<const std::string_view> literals) {
  std::string out;
  for (std::string_view literal : literals) {
    out += out.empty() ? "(?i: " : " | ";
    out += escaped(literal);
  }
  return out + " )";
}

}  // namespace

std::span<const std::string_view> default_value_words() { return kWords; }

std::string named_value_expression(std::span<const std::string_view> names, std::span<const std::string_view> words,
                                   std::string_view value) {
  std::string out = any_of(names);
  if (!words.empty()) out += R"( [0-9A-Za-z_.\s"'\x60\{:,\[(/-]{0,40} )" + any_of(words);
  out += R"( [0-9A-Za-z_.-]{0,20} ["'\x60\])]{0,2} \s{0,4} (?: := | => | [=:,(>] | \x20 ) [\s"'\x60(\[]{0,6} )";
  out += "(?P<secret> " + std::string(value) + R"( ) (?: [^0-9A-Za-z_+/=-] | \b ))";
  return out;
}

}  // namespace keywake::rules
