// The syntax of examples, in one pass from left to right:
//
//   {name:argument}  a placeholder; {b64:…} holds an example text of its own, so it is read by
//   recursion
//   {{  }}           one brace each
//   « »              marks, which leave nothing behind but an extent
//   anything else    itself, single braces included: {"a": {"b": 1}} needs no escaping
//
// Since single braces stand for themselves and }} for one, `}}}` can be read in several ways. A
// stack of what was opened decides: a brace opened by { is closed by }, one opened by {{ by }}, and
// only then does } end the {b64:…} around it.
#include "rules/examples.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <optional>

#include "base/base64.h"
#include "base/checked_text.h"
#include "base/hash.h"
#include "base/mnemonic.h"
#include "base/text.h"
#include "rules/alphabets.h"
#include "rules/example_keys.h"
#include "rules/seeded_random.h"

namespace keywake::rules {
namespace {

constexpr std::string_view kOpenMark = "\xc2\xab";   // «
constexpr std::string_view kCloseMark = "\xc2\xbb";  // »
constexpr std::size_t kMaxLength = 16 * 1024;        // of one placeholder's text
constexpr std::size_t kMaxExpanded = 256 * 1024;     // of a whole example
constexpr int kMaxDepth = 8;

struct Alphabet {
  std::string_view name;
  std::string_view characters;
};
constexpr std::array<Alphabet, 12> kAlphabets{{
    {"base62", kBase62},
    {"alnum-lower", "abcdefghijklmnopqrstuvwxyz0123456789"},
    {"upper-digits", "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"},
    {"letters", "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"},
    {"lower", "abcdefghijklmnopqrstuvwxyz"},
    {"upper", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"},
    {"digits", "0123456789"},
    {"hex", "0123456789abcdef"},
    {"HEX", "0123456789ABCDEF"},
    {"base64", kBase64},
    {"base64url", kBase64Url},
    {"base32", kBase32},
}};
constexpr std::array<std::string_view, 14> kOtherNames{"uuid", "base62-crc", "jwt", "pem", "pem-json", "b64", "any", "base58check", "bech32", "base32-crc16", "crc32-hex", "gitlab-routable", "bip39", "bytes"};

std::vector<std::string_view> placeholder_names() {
  std::vector<std::string_view> names(kOtherNames.begin(), kOtherNames.end());
  for (const Alphabet& alphabet : kAlphabets) names.push_back(alphabet.name);
  return names;
}

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-';
}

std::optional<std::size_t> length_of(std::string_view text) {
  std::size_t value = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  if (value == 0 || value > kMaxLength) return std::nullopt;
  return value;
}

std::string uuid(SeededRandom& random) {
  std::string text = random.pick("0123456789abcdef", 32);
  text[12] = '4';
  text[16] = "89ab"[random.below(4)];
  for (std::size_t at : {20, 16, 12, 8}) text.insert(at, 1, '-');
  return text;
}

std::string jwt(SeededRandom& random) {
  std::uint64_t issued = 1'700'000'000 + random.below(50'000'000);
  std::string payload =
      fmt::format(R"({{"iss":"https://login.acme.test/","sub":"{}","iat":{},"exp":{}}})",
                  random.pick("0123456789", 10), issued, issued + 86'400);
  return base64url_encode(R"({"alg":"HS256","typ":"JWT"})") + '.' +
         base64url_encode(payload) + '.' +
         base64url_encode(random.bytes(32));
}

std::string with_checksum(SeededRandom& random, std::size_t length) {
  std::string text = random.pick(kBase62, length - 6);
  return text + base62_number(crc32(text), 6);
}

std::string escape_newlines(std::string_view text) {
  std::string out;
  for (char c : text) {
    if (c == '\n') {
      out += "\\n";
    } else {
      out += c;
    }
  }
  return out;
}

class Expander {
 public:
  Expander(std::string_view text, std::string_view seed) : text_(text), random_(seed) {}

  Result<ExpandedExample> run() {
    std::string out = expand(0);
    if (error_.empty() && mark_open_) error_ = "« is not followed by »";
    if (!error_.empty()) return keywake::fail(error_);
    return ExpandedExample{std::move(out), std::move(marked_)};
  }

 private:
  void fail(std::string message) {
    if (error_.empty()) error_ = std::move(message);
    position_ = text_.size();
  }
  [[nodiscard]] bool looking_at(std::string_view word) const {
    return text_.substr(position_).starts_with(word);
  }

  /// The text up to its end or, inside a {b64:…}, up to the brace that closes it.
  std::string expand(int depth) {
    std::string out;
    std::string open;  // the stack: '1' for {, '2' for {{
    while (position_ < text_.size()) {
      if (out.size() > kMaxExpanded) fail("the example expands to too much text");
      if (looking_at(kOpenMark) || looking_at(kCloseMark)) {
        mark(out.size(), depth);
      } else if (looking_at("{{")) {
        open += '2';
        out += '{';
        position_ += 2;
      } else if (looking_at("{")) {
        if (placeholder(out, depth)) continue;
        open += '1';
        out += text_[position_++];
      } else if (looking_at("}")) {
        bool doubled = looking_at("}}") && (open.empty() ? depth == 0 : open.back() == '2');
        if (!doubled && open.empty() && depth > 0) return out;
        if (!open.empty() && (doubled || open.back() == '1')) open.pop_back();
        out += '}';
        position_ += doubled ? 2 : 1;
      } else {
        out += text_[position_++];
      }
    }
    if (depth > 0) fail("{b64: is not closed");
    return out;
  }

  void mark(std::size_t offset, int depth) {
    bool opens = looking_at(kOpenMark);
    if (depth > 0) return fail("« and » cannot stand inside {b64:…}");
    if (opens == mark_open_) return fail(opens ? "« stands inside « »" : "» without «");
    position_ += kOpenMark.size();
    mark_open_ = opens;
    if (opens) {
      marked_.push_back({offset, offset});
    } else {
      marked_.back().end = offset;
      if (marked_.back().begin == offset) fail("« » marks nothing");
    }
  }

  /// False: what stands here is no placeholder.
  bool placeholder(std::string& out, int depth) {
    std::size_t end = position_ + 1;
    while (end < text_.size() && is_name_character(text_[end])) ++end;
    std::string_view name = text_.substr(position_ + 1, end - position_ - 1);
    char after = end < text_.size() ? text_[end] : '\0';
    if (name.empty() || (after != ':' && after != '}')) return false;
    if (name == "b64" && after == ':') {
      if (depth >= kMaxDepth) return fail("{b64:…} is nested too deep"), true;
      position_ = end + 1;
      std::string inner = expand(depth + 1);
      if (!error_.empty()) return true;
      ++position_;
      out += base64_encode(inner);
      return true;
    }
    std::size_t close = text_.find('}', end);
    if (close == std::string_view::npos) return false;
    std::string_view argument =
        after == ':' ? text_.substr(end + 1, close - end - 1) : std::string_view();
    std::optional<std::string> text = value(name, argument);
    if (!error_.empty()) return true;
    if (!text) return false;
    out += *text;
    position_ = close + 1;
    return true;
  }

  /// {base58check:80:32}: the bytes 80, then 32 random ones; {bech32:nsec:52}: a name and so many characters of data; {crc32-hex:glsa_:32}
  /// and {gitlab-routable:glpat-:44}: a prefix and so many characters. {bytes:HEX:N}: just the bytes.
  std::optional<std::string> with_own_checksum(std::string_view name, std::string_view argument) {
    const std::size_t colon = argument.find(':');
    const std::size_t length = colon == std::string_view::npos ? 0 : length_of(argument.substr(colon + 1)).value_or(0);
    const std::string_view front = argument.substr(0, colon);
    const std::optional<std::string> bytes = from_hex(front);
    const bool named = name == "bech32" || name == "crc32-hex" || name == "gitlab-routable";
    if (length == 0 || (!named && !bytes)) {
      return fail(fmt::format("write {{{}:{}:length}}", name, name == "bech32" ? "name" : named ? "prefix" : "hexadecimal digits")), std::nullopt;
    }
    if (name == "bech32") return bech32(front, random_.pick(kBech32, length));
    if (name == "crc32-hex") return crc32_hex(std::string(front) + random_.pick(kBase62, length));
    if (name == "gitlab-routable") return gitlab_routable(front, random_.pick(kBase64Url, length));
    std::string payload = *bytes;
    for (std::size_t i = 0; i < length; ++i) payload += static_cast<char>(random_.below(256));
    if (name == "bytes") return payload;
    return name == "base58check" ? base58check(payload) : base32_crc16(payload);
  }

  /// Absent, without an error: no placeholder, just text in braces.
  std::optional<std::string> value(std::string_view name, std::string_view argument) {
    if (name == "uuid" && argument.empty()) return uuid(random_);
    if (name == "jwt" && argument.empty()) return jwt(random_);
    if (name == "pem" || name == "pem-json") {
      std::optional<std::string> block = example_pem(argument, random_);
      if (!block)
        return wrong(fmt::format("there is no private key of the kind \"{}\"", printable(argument)),
                     argument, pem_kinds());
      return name == "pem" ? *block : escape_newlines(*block);
    }
    if (name == "base58check" || name == "bech32" || name == "base32-crc16" || name == "crc32-hex" || name == "gitlab-routable" || name == "bytes") return with_own_checksum(name, argument);
    if (name == "any") {
      std::size_t colon = argument.rfind(':');
      std::optional<std::size_t> length = colon == 0 || colon == std::string_view::npos
                                              ? std::nullopt
                                              : length_of(argument.substr(colon + 1));
      if (!length) return fail("write {any:characters:length}"), std::nullopt;
      return random_.pick(argument.substr(0, colon), *length);
    }
    std::optional<std::size_t> length = length_of(argument);
    if (name == "base62-crc") {
      if (!length || *length < 7)
        return fail("{base62-crc:N} needs a length of 7 or more"), std::nullopt;
      return with_checksum(random_, *length);
    }
    if (name == "bip39") {
      const std::string phrase = length ? mnemonic(random_.bytes(*length / 3 * 4)) : "";
      if (phrase.empty()) return fail("{bip39:N} makes 12, 15, 18, 21 or 24 words"), std::nullopt;
      return phrase;
    }
    for (const Alphabet& alphabet : kAlphabets) {
      if (alphabet.name != name) continue;
      if (!length)
        return fail(fmt::format("{{{}:N}} needs a length from 1 to {}", name, kMaxLength)),
               std::nullopt;
      return random_.pick(alphabet.characters, *length);
    }
    bool shell = position_ > 0 && text_[position_ - 1] == '$';  // ${port:8080}
    if (!length || shell) return std::nullopt;
    return wrong(
        fmt::format("there is no placeholder {{{}:N}}; write {{{{ for a brace", printable(name)),
        name, placeholder_names());
  }

  template <typename Range>
  std::nullopt_t wrong(std::string message, std::string_view word, const Range& candidates) {
    std::string_view near = nearest(word, candidates);
    if (!near.empty()) message += fmt::format("; did you mean \"{}\"?", near);
    fail(std::move(message));
    return std::nullopt;
  }

  std::string_view text_;
  SeededRandom random_;
  std::size_t position_ = 0;
  std::vector<ExpandedExample::Marked> marked_;
  bool mark_open_ = false;
  std::string error_;
};

}  // namespace

Result<ExpandedExample> expand_example(std::string_view pattern_id, const Example& example) {
  std::string seed =
      fmt::format("{}/{}/{}", pattern_id, example.is_match ? "match" : "reject", example.number);
  return Expander(example.text, seed).run();
}

}  // namespace keywake::rules
