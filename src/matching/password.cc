// In order: stand-ins (matching/placeholders.h); syntax of templates, calls and variables; words
// that everybody writes where a password would go; and last whether it reads like language.
// Language alone ("resetPasswordForm", "application/json") is no password unless digits or
// punctuation are worked into it the way people do ("Summer!2019"; matching/passphrase.h for words),
// random text always may be one.
#include "matching/password.h"

#include <algorithm>
#include <array>

#include "base/ascii.h"
#include "matching/decoders.h"
#include "matching/passphrase.h"
#include "matching/placeholders.h"
#include "matching/rarity.h"
#include "matching/secret_name.h"

namespace keywake::matching {
namespace {

constexpr std::string_view kLikeWords = "password: reads like a word, an identifier or a path";
constexpr std::size_t kLeastLength = 6;
constexpr std::size_t kLongestOrdered = 12;  // "abcdef123", as people do; what is longer a program's author wrote
constexpr double kRandomBits = 10;
constexpr double kClearlyRandom = 25;
constexpr double kLanguageBits = -6;  // below it a text is words, whatever else is in it

struct Makeup {
  std::size_t letters = 0;
  std::size_t upper = 0;
  std::size_t digits = 0;
  std::size_t joints = 0;   // what joins the words of identifiers, paths and versions: _ - . / :
  std::size_t strange = 0;  // all other printable characters
  std::size_t other = 0;

  explicit Makeup(std::string_view text) {
    for (char c : text) {
      if (is_letter(c)) {
        ++letters;
        upper += is_upper(c);
      } else if (is_digit(c)) {
        ++digits;
      } else if (std::string_view("_-./:\\").find(c) != std::string_view::npos) {
        ++joints;
      } else if (c > ' ' && c < 0x7f) {
        ++strange;
      } else {
        ++other;
      }
    }
  }
};

// "%s", "key-%v", "%s:%s"; a password may hold the two characters as well.
bool is_format(std::string_view text) {
  for (std::string_view one : {"%s", "%v", "%d"}) {
    if (text.find(one) == std::string_view::npos) continue;
    if (text.starts_with(one) || text.ends_with(one) || std::none_of(text.begin(), text.end(), is_digit)) return true;
  }
  return false;
}

}  // namespace

// $NAME, ${NAME}, %NAME%, {name}, <name>, @name, &name, call(), a.b[c], "a" + b: code or a
// template, not text.
bool is_syntax(std::string_view text) {
  static constexpr std::array<std::string_view, 23> kInside{"${", "$(", "{{", "}}", "<%", "%>", "()", "](", "=>", "->", "::", "\" +",
                                                            "]{", "(?:", "].", "\\(", "\\|", "\\.", "\\d", "\\x1b", "\\033", "\\e[", "%F{"};
  if (std::any_of(kInside.begin(), kInside.end(),
                  [&](std::string_view s) { return text.find(s) != std::string_view::npos; })) {
    return true;
  }
  if (is_format(text) || text.starts_with("$.") || text.starts_with("$[")) return true;
  char first = text.front();
  char last = text.back();
  if (first == '$' && text.size() > 1 && (is_letter(text[1]) || text[1] == '_')) {
    return std::all_of(text.begin() + 1, text.end(),
                       [](char c) { return is_letter(c) || is_digit(c) || c == '_' || c == '.'; });
  }
  if ((first == '%' && last == '%') || (first == '{' && last == '}') ||
      (first == '<' && last == '>') || (first == '[' && last == ']') ||
      (first == '@' && last == '@') || (first == '(' && last == ')')) {
    return true;
  }
  const std::size_t open = text.find('(');
  if (open != std::string_view::npos && open > 0 && is_alnum(text[open - 1])) {
    const std::size_t close = text.find(')', open);
    if (close == std::string_view::npos ? open + 1 == text.size() : close + 1 == text.size() || !is_alnum(text[close + 1])) return true;
  }
  return first == '[' || text.find("[\"") != std::string_view::npos ||
         text.find("['") != std::string_view::npos;
}

namespace {

// "p4ssw0rd" as it is meant.
std::string without_leet(std::string text) {
  static constexpr std::string_view kWritten = "4@01357$";
  static constexpr std::string_view kMeant = "aaoiests";
  for (char& c : text) {
    std::size_t at = kWritten.find(c);
    if (at != std::string_view::npos) c = kMeant[at];
  }
  return text;
}

}  // namespace

// crypt(3), LDAP (RFC 2307), Spring Security, Django.
bool is_password_hash(std::string_view text) {
  static constexpr std::array<std::string_view, 15> kPrefixes{
      "$1$",    "$2a$", "$2b$",     "$2y$",  "$5$",  "$6$",    "$y$",    "$argon2",
      "$apr1$", "$2x$", "{bcrypt}", "{ssha", "{sha", "pbkdf2", "sha256$"};
  std::string low = lowered(text.substr(0, 40));
  return std::any_of(kPrefixes.begin(), kPrefixes.end(),
                     [&](std::string_view prefix) { return low.starts_with(prefix); }) ||
         low.find("}$2") != std::string::npos || low.find("{ssha}") != std::string::npos;
}

namespace {

// Words in a password that say it is one for show: documentation, tests, defaults.
constexpr std::array<std::string_view, 37> kShow{
    "passw",  "p@ss",   "pa55",   "pass1",    "pass-",     "pass_",    "mypass",  "pwd",
    "secret", "s3cr3t", "s3cret", "changeme", "change-me", "changeit", "letmein", "hunter2",
    "qwerty", "abc123", "a1b2c3", "1234",     "4321",      "test",     "demo",    "dummy",
    "fake",   "example",  "sample",    "default",  "admin",   "root",
    "guest",  "user",   "hello",  "token",    "wrong",     "invalid",  "bogus"};

// "foo", "Bar1"; not "barley", "food".
bool is_foo(std::string_view low) {
  for (std::string_view word : {"foo", "bar", "baz"}) {
    for (std::size_t at = low.find(word); at != std::string_view::npos; at = low.find(word, at + 1)) {
      const bool begins = at == 0 || !is_lower(low[at - 1]) || low.substr(0, at).ends_with("foo");
      const bool ends = at + 3 == low.size() || !is_lower(low[at + 3]) || low.substr(at + 3).starts_with("bar");
      if (begins && ends) return true;
    }
  }
  return false;
}

// Random text holds a short word now and then.
bool is_for_show(std::string_view text, double bits) {
  std::string low = lowered(text);
  std::string meant = without_leet(low);
  if (bits < kClearlyRandom && is_foo(low)) return true;
  return std::any_of(kShow.begin(), kShow.end(), [&](std::string_view word) {
    if (bits >= kClearlyRandom && word.size() <= 4) return false;
    return low.find(word) != std::string::npos || meant.find(word) != std::string::npos;
  });
}

// A date, a version, a number with a unit, an address, a colour: digits with joints and little
// else.
bool is_number_like(const Makeup& makeup) {
  return makeup.letters <= 2 && makeup.strange == 0;
}

// The passwords that most people have: digits in a row, a row of keys. They look like stand-ins and are, and work in many a deployment.
bool is_favourite(std::string_view text) {
  static constexpr std::array<std::string_view, 10> kFavourites{"abc123", "abcd1234", "1234abcd", "abc12345", "abc123456",
                                                                "a1b2c3d4", "qwer1234", "qwerty123", "q1w2e3r4", "1q2w3e4r"};
  if (std::find(kFavourites.begin(), kFavourites.end(), lowered(text)) != kFavourites.end()) return true;
  return text.size() >= kLeastLength && text.size() <= 10 && std::all_of(text.begin(), text.end(), is_digit);
}

bool is_lettered(std::string_view text) { return std::any_of(text.begin(), text.end(), is_letter) && std::any_of(text.begin(), text.end(), is_digit); }

// %F0%9F%92%A9: bytes of no ASCII text, as URLs write them; of a password of its own a percent sign stands here and there at most.
bool is_percent_encoded(std::string_view text) {
  std::size_t escapes = 0;
  for (std::size_t i = 0; i + 2 < text.size(); ++i) {
    auto hex = [](char c) { return is_digit(c) || (c >= 'A' && c <= 'F'); };
    escapes += text[i] == '%' && hex(text[i + 1]) && hex(text[i + 2]);
  }
  return escapes >= 3;
}

// OAUTH2_JWT_BEARER
bool is_constant(const Makeup& makeup, std::string_view text) {
  return makeup.upper == makeup.letters && makeup.letters >= 6 && makeup.strange == 0 && makeup.digits <= 2 && text.find('_') != std::string_view::npos;
}

bool is_one_word(const Makeup& makeup, std::string_view text) {
  if (makeup.joints + makeup.strange > 0 || makeup.letters < 4) return false;
  return std::none_of(text.begin() + 1, text.end(), is_upper);
}

// Words made into a password: digits and a capital or something strange besides.
bool is_worked(const Makeup& makeup, std::string_view text, double bits) {
  if (makeup.digits == 0 || makeup.letters == 0 || text.size() < 8) return false;
  if (makeup.strange > 0) return makeup.joints <= 1 || (makeup.joints == 2 && text.find('/') == std::string_view::npos);
  return bits >= kLanguageBits && makeup.upper > 0 && makeup.upper < makeup.letters && makeup.joints <= 1;
}

}  // namespace

PasswordReading read_password(std::string_view text) {
  PasswordReading reading;
  auto look = [&](PasswordLook as, std::string_view reason) {
    reading.look = as;
    reading.reason = reason;
    return reading;
  };
  auto none = [&](std::string_view reason) { return look(PasswordLook::kNone, reason); };
  if (text.size() < 4) return none("password: shorter than 4 characters");
  if (is_favourite(text)) return look(PasswordLook::kForShow, "password: one of those that most people have");
  if (auto reason = placeholder_reason(text)) return is_ordered(*reason) && text.size() <= kLongestOrdered && is_lettered(text) ? look(PasswordLook::kForShow, *reason) : none(*reason);
  if (is_password_hash(text)) return none("password: a hash of one");
  if (is_syntax(text)) return none("password: a variable, a call or a template");
  Makeup makeup(text);
  if (makeup.other > 0) return none("password: holds blanks or characters beyond ASCII");
  reading.bits = surprise(text);
  if (reading.bits < kClearlyRandom && is_constant(makeup, text)) return none("password: a constant");
  if (is_for_show(text, reading.bits)) return look(PasswordLook::kForShow, "password: a word for show, such as test, demo or 1234");
  if (is_percent_encoded(text)) return none("password: percent-encoded text beyond ASCII");
  if (is_number_like(makeup)) return none("password: a number, a date or a version");
  if (reading.bits > kRandomBits && text.size() >= kLeastLength) return look(PasswordLook::kRandom, {});
  if (is_worked(makeup, text, reading.bits) || is_passphrase(text)) return look(PasswordLook::kWorked, {});
  return look(is_one_word(makeup, text) ? PasswordLook::kWord : PasswordLook::kNone, kLikeWords);
}

bool is_weak_password(std::string_view text) {
  constexpr std::size_t kLongest = 32;
  // What GitHub, Bitbucket and GitLab take beside a token that stands in for the other half of the credentials.
  static constexpr std::array<std::string_view, 4> kBesideTokens{"x-oauth-basic", "x-token-auth", "x-access-token", "oauth2"};
  if (text.size() < 3 || text.size() > kLongest || !is_alnum(text.front()) || names_a_secret(text)) return false;
  if (std::none_of(text.begin(), text.end(), [](char c) { return is_lower(c) || is_digit(c); })) return false;  // TODO
  if (std::find(kBesideTokens.begin(), kBesideTokens.end(), text) != kBesideTokens.end()) return false;
  if (text.size() == 3) return std::all_of(text.begin(), text.end(), is_lower) || std::all_of(text.begin(), text.end(), is_digit);
  const PasswordReading reading = read_password(text);
  if (reading.look == PasswordLook::kForShow || reading.look == PasswordLook::kWord) return true;
  return reading.look == PasswordLook::kNone && reading.reason == kLikeWords && std::all_of(text.begin(), text.end(), [](char c) { return is_alnum(c) || c == '-' || c == '_'; });
}

std::optional<std::string_view> password_reason(std::string_view text) {
  Decoded decoded;  // as URLs hold it; else a percent sign is one of the password's own
  const bool printable = unescape(text, 0, Escapes::kPercent, decoded) &&
                         std::all_of(decoded.text.begin(), decoded.text.end(), [](char c) { return c >= ' ' && c < 0x7f; });
  PasswordReading reading = read_password(printable ? std::string_view(decoded.text) : text);
  if (reading.look == PasswordLook::kWorked || reading.look == PasswordLook::kRandom) return std::nullopt;
  return reading.reason;
}

}  // namespace keywake::matching
