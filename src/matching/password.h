// Whether text that is assigned to something called a password is one: what people and generators
// choose, not a placeholder, a variable, a type name, a message. Thread safety: pure functions.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace keywake::matching {

enum class PasswordLook : std::uint8_t {
  kNone,     // a placeholder, a variable, a hash, a number, an identifier
  kForShow,  // a word of documentation, tests and defaults: "admin123"; and what most people have: "123456"
  kWord,     // one word: "petclinic"
  kWorked,   // words made into a password: "Summer!2019", "maple-otter-violin-42"
  kRandom,
};

struct PasswordReading {
  PasswordLook look = PasswordLook::kNone;
  double bits = 0;     // surprise(): how much likelier it is as random text than as language
  std::string_view reason;  // of any but kWorked and kRandom, as reports show it; constant
};

PasswordReading read_password(std::string_view text);

/// Why `text` is no literal password; absent when it may well be one (kWorked, kRandom). Constant.
std::optional<std::string_view> password_reason(std::string_view text);

/// Whether text that password_reason() turns down may be a password all the same where the syntax leaves no doubt that one stands there (a URL, a
/// command's option): a word, a default, a user's name once more. Not "password" itself, which only shows the syntax.
bool is_weak_password(std::string_view text);

/// A variable, a call or a template: $NAME, ${NAME}, <name>, call(), a["b"].
bool is_syntax(std::string_view text);
/// What is stored in a password's stead: crypt(3), bcrypt, argon2, {SSHA}, …
bool is_password_hash(std::string_view text);

}  // namespace keywake::matching
