// ACME_API_KEY=…   "acmeToken": "…"   acme: { api_key: '…' }   acme.client.secret = …   <acme-key>…</acme-key>   setAcmeKey("…")
// └names┘└word┘└ assignment and value
#include "rules/named_value.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <vector>

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

std::string any_of(const std::vector<std::string_view>& literals, std::string_view open) {
  std::string out;
  for (std::string_view literal : literals) {
    out += out.empty() ? open : " | ";
    out += escaped(literal);
  }
  return out + " )";
}

// One of the names, where a word begins or a part of one: MY_ACME_KEY, myAcmeKey, but not GRACMEKEY.
std::string named(const std::vector<std::string_view>& names) {
  std::vector<std::string> humps;
  for (std::string_view name : names) {
    char& first = humps.emplace_back(name).front();
    if (first >= 'a' && first <= 'z') first = static_cast<char>(first - 'a' + 'A');
  }
  return R"((?: (?: \b | [0-9_] ) )" + any_of(names, "(?i: ") + " | [a-z] " + any_of({humps.begin(), humps.end()}, "(?: ") + " )";
}

// A word that one of matching::named_anchors() is sure to meet.
bool is_met(std::string_view word) {
  static constexpr std::array<std::string_view, 14> kWithin{"token",   "secret",   "passw",    "passphrase", "apikey",      "api_key",    "api-key",
                                                            "accesskey", "access_key", "authkey", "auth_key",   "private_key", "privatekey", "credential"};
  static constexpr std::array<std::string_view, 9> kEnds{"key", "pwd", "pass", "auth", "api", "access", "sid", "pat", "jwt"};
  auto within = [&](std::string_view part) { return word.find(part) != std::string_view::npos; };
  auto ends = [&](std::string_view part) { return word.ends_with(part); };
  return word == "cred" || word == "bearer" || std::any_of(kWithin.begin(), kWithin.end(), within) || std::any_of(kEnds.begin(), kEnds.end(), ends);
}

}  // namespace

bool found_by_words(std::span<const std::string_view> names, std::span<const std::string_view> words) {
  if (words.empty()) return std::any_of(names.begin(), names.end(), is_met);
  // "influx_pass" and "word" make one too.
  return std::any_of(words.begin(), words.end(), [&](std::string_view word) {
    return is_met(word) || std::any_of(names.begin(), names.end(), [&](std::string_view name) { return is_met(std::string(name) + std::string(word)); });
  });
}

std::span<const std::string_view> default_value_words() { return kWords; }

std::string named_value_expression(std::span<const std::string_view> names, std::span<const std::string_view> words,
                                   std::string_view value) {
  // A name that holds such a word itself needs no other.
  auto says_enough = [&](std::string_view name) {
    return words.empty() || std::any_of(words.begin(), words.end(), [&](std::string_view word) {
      std::size_t at = name.find(word);
      return at != std::string_view::npos && at > 0 && (name[at - 1] == '_' || name[at - 1] == '-' || name[at - 1] == '.');
    });
  };
  std::string out;
  for (bool enough : {true, false}) {
    std::vector<std::string_view> some;
    std::copy_if(names.begin(), names.end(), std::back_inserter(some), [&](std::string_view name) { return says_enough(name) == enough; });
    if (some.empty()) continue;
    out += out.empty() ? "(?: " : " | ";
    out += named(some);
    if (words.empty()) continue;
    out += R"( (?: [0-9A-Za-z_.\s"'\x60\{:,\[(/-]{0,40} )" + any_of({words.begin(), words.end()}, "(?i: ") + (enough ? " )?" : " )");
  }
  out += R"( ) [0-9A-Za-z_.-]{0,20} ["'\x60\])]{0,2} \s{0,4} (?: := | => | [=:,(>] | \x20 ) [\s"'\x60(\[]{0,6} (?: (?i: bearer | token | app ) \x20 )? )";
  out += "(?P<secret> " + std::string(value) + R"( ) (?: [^0-9A-Za-z_+/=-] | \b ))";
  return out;
}

}  // namespace keywake::rules
