// In order: stand-ins (matching/placeholders.h); syntax of templates, calls and variables; words
// that everybody writes where a password would go; and last whether it reads like language.
// Language alone ("resetPasswordForm", "application/json") is no password unless digits or
// punctuation are worked into it the way people do ("Summer!2019"), random text always may be one.
#include "matching/password.h"

#include <algorithm>
#include <array>

#include "matching/decoders.h"
#include "matching/placeholders.h"
#include "matching/rarity.h"

namespace keywake::matching {
namespace {

constexpr std::size_t kLeastLength = 6;
constexpr double kClearlyRandom = 25;
constexpr double kLanguageBits = -6;  // below it a text is words, whatever else is in it

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_upper(char c) {
  return c >= 'A' && c <= 'Z';
}
bool is_lower(char c) {
  return c >= 'a' && c <= 'z';
}
bool is_letter(char c) {
  return is_upper(c) || is_lower(c);
}

std::string lower(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = is_upper(c) ? static_cast<char>(c - 'A' + 'a') : c;
  return out;
}

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

// $NAME, ${NAME}, %NAME%, {name}, <name>, @name, &name, call(), a.b[c], "a" + b: code or a
// template, not text.
bool is_syntax(std::string_view text) {
  static constexpr std::array<std::string_view, 14> kInside{
      "${", "$(", "{{", "}}", "<%", "%>", "()", "](", "=>", "->", "::", "\" +", "%s", "%v"};
  if (std::any_of(kInside.begin(), kInside.end(),
                  [&](std::string_view s) { return text.find(s) != std::string_view::npos; })) {
    return true;
  }
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
  std::size_t open = text.find('(');
  if (open != std::string_view::npos && open > 0 &&
      (is_letter(text[open - 1]) || is_digit(text[open - 1]))) {
    return text.find(')', open) != std::string_view::npos || open + 1 == text.size();
  }
  return first == '[' || text.find("[\"") != std::string_view::npos ||
         text.find("['") != std::string_view::npos;
}

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

// What stores keep in a password's stead: crypt(3), LDAP (RFC 2307), Spring Security, Django.
bool is_hash(std::string_view text) {
  static constexpr std::array<std::string_view, 15> kPrefixes{
      "$1$",    "$2a$", "$2b$",     "$2y$",  "$5$",  "$6$",    "$y$",    "$argon2",
      "$apr1$", "$2x$", "{bcrypt}", "{ssha", "{sha", "pbkdf2", "sha256$"};
  std::string low = lower(text.substr(0, 40));
  return std::any_of(kPrefixes.begin(), kPrefixes.end(),
                     [&](std::string_view prefix) { return low.starts_with(prefix); }) ||
         low.find("}$2") != std::string::npos || low.find("{ssha}") != std::string::npos;
}

// Words in a password that say it is one for show: documentation, tests, defaults.
constexpr std::array<std::string_view, 39> kShow{
    "passw",  "p@ss",   "pa55",   "pass1",    "pass-",     "pass_",    "mypass",  "pwd",
    "secret", "s3cr3t", "s3cret", "changeme", "change-me", "changeit", "letmein", "hunter2",
    "qwerty", "abc123", "a1b2c3", "1234",     "4321",      "test",     "demo",    "dummy",
    "fake",   "foo",    "bar",    "example",  "sample",    "default",  "admin",   "root",
    "guest",  "user",   "hello",  "token",    "wrong",     "invalid",  "bogus"};

// Random text holds a short word now and then.
bool is_for_show(std::string_view text, double bits) {
  std::string low = lower(text);
  std::string meant = without_leet(low);
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

}  // namespace

std::optional<std::string> password_reason(std::string_view text) {
  Decoded decoded;
  if (unescape(text, 0, Escapes::kPercent, decoded)) text = decoded.text;  // as URLs hold it
  if (text.size() < kLeastLength) return "password: shorter than 6 characters";
  if (auto reason = placeholder_reason(text)) return reason;
  if (is_hash(text)) return "password: a hash of one";
  if (is_syntax(text)) return "password: a variable, a call or a template";
  Makeup makeup(text);
  if (makeup.other > 0) return "password: holds blanks or characters beyond ASCII";
  double bits = surprise(text);
  if (is_for_show(text, bits)) return "password: a word for show, such as test, demo or 1234";
  if (is_number_like(makeup)) return "password: a number, a date or a version";
  if (bits > 10) return std::nullopt;
  if (bits < kLanguageBits && makeup.strange == 0)
    return "password: reads like a word, an identifier or a path";
  // Words made into a password: digits and a capital or something strange besides.
  bool worked = makeup.digits > 0 && makeup.letters > 0 &&
                (makeup.strange > 0 || (makeup.upper > 0 && makeup.upper < makeup.letters));
  if (worked && makeup.joints <= 1 && text.size() >= 8) return std::nullopt;
  return "password: reads like a word, an identifier or a path";
}

}  // namespace keywake::matching
