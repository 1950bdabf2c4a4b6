#include "matching/placeholders.h"

#include <algorithm>
#include <array>
#include <bitset>
#include <span>

#include "base/ascii.h"
#include "base/base64.h"
#include "matching/decoders.h"

namespace keywake::matching {
namespace {

constexpr const char* kRun = "placeholder: one character repeated";
constexpr const char* kAscent = "placeholder: characters in ascending order";
constexpr const char* kPeriod = "placeholder: the same characters repeated";
constexpr const char* kStandIn = "placeholder: words that stand for a secret";

// Above this length a test for short words or runs would turn down random text now and then.
constexpr std::size_t kLong = 256;

// Words of five letters and more that stand-ins are made of. Random base62 of 40 characters holds
// one of them once in millions.
constexpr std::array<std::string_view, 30> kWords{
    "example",  "placeholder", "changeme",   "change_me", "change-me",   "insert_",  "insert-",
    "inserty",  "replace",     "dummy",      "redacted",  "yourtoken",   "your_",    "your-",
    "yourapi",  "yourkey",     "yoursecret", "yourpass",  "foobar",      "sample",   "notreal",
    "not_real", "not-real",    "fakekey",    "faketoken", "secret_here", "key_here", "token_here",
    "deadbeef", "cafebabe"};

bool has_any(std::string_view text, std::span<const std::string_view> words) {
  return std::any_of(words.begin(), words.end(), [&](std::string_view word) {
    return text.find(word) != std::string_view::npos;
  });
}

std::size_t longest_run(std::string_view text, int step) {
  std::size_t longest = text.empty() ? 0 : 1;
  std::size_t run = longest;
  for (std::size_t i = 1; i < text.size(); ++i) {
    run = text[i] - text[i - 1] == step ? run + 1 : 1;
    longest = std::max(longest, run);
  }
  return longest;
}

// "0123456789abcdef", "1234567890", "abcdefgh": neighbours in these orders.
std::size_t longest_ascent(std::string_view text) {
  std::size_t longest = text.empty() ? 0 : 1;
  std::size_t run = longest;
  for (std::size_t i = 1; i < text.size(); ++i) {
    char a = text[i - 1];
    char b = text[i];
    bool next = b == a + 1 || (a == '9' && (b == '0' || b == 'a' || b == 'A')) ||
                ((a == 'z' || a == 'Z') && b == '0') || (a == 'z' && b == 'A') ||
                (a == 'Z' && b == 'a');
    run = next ? run + 1 : 1;
    longest = std::max(longest, run);
  }
  return longest;
}

// "abc12345def67890ghi": most of it in rising runs of three and more.
bool mostly_ascending(std::string_view text) {
  std::size_t inside = 0;
  for (std::size_t begin = 0; begin < text.size();) {
    std::size_t end = begin + 1;
    while (end < text.size() &&
           (text[end] == text[end - 1] + 1 || (text[end] == '0' && text[end - 1] == '9')))
      ++end;
    if (end - begin >= 3) inside += end - begin;
    begin = end;
  }
  return inside * 10 >= text.size() * 6;
}

bool periodic(std::string_view text) {
  for (std::size_t period = 1; period <= text.size() / 2 && period <= 64; ++period) {
    bool same = true;
    for (std::size_t i = period; i < text.size() && same; ++i) same = text[i] == text[i - period];
    if (same) return true;
  }
  return false;
}

bool is_filler(char c) {
  return c == 'x' || c == 'X' || c == '*' || c == '.' || c == '#' || c == '?' || c == '_';
}

std::size_t longest_filler(std::string_view text) {
  std::size_t longest = 0;
  std::size_t run = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    run = !is_filler(text[i]) ? 0 : i > 0 && text[i] == text[i - 1] ? run + 1 : 1;
    longest = std::max(longest, run);
  }
  return longest;
}

bool is_name(std::string_view text) {
  return text.size() >= 2 && std::all_of(text.begin(), text.end(), [](char c) {
           return is_alnum(c) || c == '_' || c == '-' || c == '.' || c == ' ' || c == ':';
         });
}

// @@NAME@@, %%NAME%%, <name>: a random password may hold two of a character, or one each.
bool is_enclosed(std::string_view text, std::string_view open, std::string_view close) {
  for (std::size_t at = text.find(open); at != std::string_view::npos; at = text.find(open, at + 1)) {
    const std::size_t begin = at + open.size();
    const std::size_t end = text.find(close, begin);
    if (end == std::string_view::npos) return false;
    if (is_name(text.substr(begin, end - begin))) return true;
  }
  return false;
}

bool is_template(std::string_view text) {
  static constexpr std::array<std::string_view, 6> kOpen{"${", "{{", "$(", "<%", "%(", "#{"};
  return has_any(text, kOpen) || is_enclosed(text, "@@", "@@") || is_enclosed(text, "%%", "%%") || is_enclosed(text, "<", ">");
}

// Base64 of a PEM block's first line, of a last line at most besides, and of hardly anything between.
bool is_empty_pem(std::string_view text) {
  if (!text.starts_with("LS0tLS1CRUdJTi")) return false;
  const std::optional<std::string> decoded = decode_base64(text.substr(0, text.size() / 4 * 4));
  if (!decoded) return false;
  const std::size_t begin = decoded->find("-----", 5);
  if (begin == std::string::npos) return decoded->size() < 32;
  const std::size_t end = std::min(decoded->find("-----", begin + 5), decoded->size());
  return end - std::min(end, begin + 5) < 16;
}

// `Buffer|Uint8Array|string`, as TypeScript and Python write what a value may be.
bool is_type_union(std::string_view text) {
  static constexpr std::array<std::string_view, 16> kTypes{"string", "number", "boolean", "null", "undefined", "any", "unknown", "object", "Buffer", "Uint8Array", "Blob", "String", "None", "str", "bytes", "int"};
  bool any = false;
  std::size_t parts = 0;
  for (std::size_t begin = 0; begin <= text.size(); ++parts) {
    const std::size_t end = std::min(text.find('|', begin), text.size());
    std::string_view part = text.substr(begin, end - begin);
    begin = end + 1;
    while (part.starts_with(' ')) part.remove_prefix(1);
    while (part.ends_with(' ') || part.ends_with("[]")) part.remove_suffix(part.ends_with(' ') ? 1 : 2);
    if (part.empty() || is_digit(part[0]) || !std::all_of(part.begin(), part.end(), [](char c) { return is_alnum(c) || c == '_' || c == '.'; })) return false;
    any = any || std::find(kTypes.begin(), kTypes.end(), part) != kTypes.end();
  }
  return any && parts > 1;
}

// The digests of nothing, which scripts print when a variable was empty.
constexpr std::array<std::string_view, 3> kOfNothing{"d41d8cd98f00b204e9800998ecf8427e", "da39a3ee5e6b4b0d3255bfef95601890afd80709",
                                                     "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"};

}  // namespace

std::optional<std::string_view> placeholder_reason(std::string_view body) {
  if (body.size() < 4) return std::nullopt;
  if (is_template(body.substr(0, kLong))) return "placeholder: a template, to be filled in";
  if (body.size() <= kLong && body.find('|') != std::string_view::npos && is_type_union(body)) return "placeholder: types that a value may be of";
  std::bitset<256> seen;
  for (unsigned char c : body) seen.set(c);
  if (seen.count() <= 2 && body.size() >= 8) return "placeholder: one or two characters repeated";
  std::size_t least = body.size() > kLong ? body.size() / 4 : 0;
  if (is_empty_pem(body)) return "placeholder: a PEM block with nothing in it";
  if (longest_filler(body) >= std::max<std::size_t>(4, least))
    return "placeholder: a run of x, * or the like";
  if (longest_run(body, 0) >= std::max<std::size_t>(7, least))
    return kRun;
  if (longest_ascent(body) >= std::max<std::size_t>(body.size() < 14 ? 6 : 8, least))
    return kAscent;
  if (body.size() >= 8 && body.size() <= kLong && mostly_ascending(body))
    return kAscent;
  if (body.size() <= kLong && body.find("...") != std::string_view::npos)
    return "placeholder: cut short by an ellipsis";
  if (body.size() >= 12 && body.size() <= kLong && periodic(body))
    return kPeriod;
  if (body.size() > kLong) return std::nullopt;
  const std::string small = lowered(body);
  if (std::find(kOfNothing.begin(), kOfNothing.end(), small) != kOfNothing.end()) return "placeholder: the digest of nothing";
  if (has_any(small, kWords)) return kStandIn;
  return std::nullopt;
}

bool is_ordered(std::string_view reason) { return reason == kRun || reason == kAscent || reason == kPeriod; }
bool may_be_issued(std::string_view reason) { return is_ordered(reason) || reason == kStandIn; }

}  // namespace keywake::matching
