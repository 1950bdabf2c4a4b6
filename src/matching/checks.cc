#include "matching/checks.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bitset>
#include <charconv>
#include <chrono>
#include <cmath>
#include <nlohmann/json.hpp>

#include "base/ascii.h"
#include "base/base64.h"
#include "base/checked_text.h"
#include "base/hash.h"
#include "base/mnemonic.h"
#include "matching/canary.h"
#include "matching/decoders.h"
#include "matching/password.h"
#include "matching/pem.h"
#include "matching/placeholders.h"
#include "matching/rarity.h"

namespace keywake::matching {
namespace {

using Reason = std::optional<std::string>;


std::size_t number(std::string_view text) {
  std::size_t value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

template <typename Predicate>
Reason at_least(const Candidate& match, const char* what, Predicate counted) {
  auto count =
      static_cast<std::size_t>(std::count_if(match.secret.begin(), match.secret.end(), counted));
  if (count >= number(match.argument)) return std::nullopt;
  return fmt::format("{}: {} of at least {}", what, count, match.argument);
}

Reason digits(const Candidate& match) {
  return at_least(match, "digits", is_digit);
}
Reason upper(const Candidate& match) {
  return at_least(match, "upper", is_upper);
}
Reason lower(const Candidate& match) {
  return at_least(match, "lower", is_lower);
}
Reason letters(const Candidate& match) {
  return at_least(match, "letters", [](char c) { return is_upper(c) || is_lower(c); });
}

Reason distinct(const Candidate& match) {
  std::bitset<256> seen;
  for (unsigned char c : match.secret) seen.set(c);
  if (seen.count() >= number(match.argument)) return std::nullopt;
  return fmt::format("distinct: {} different characters of at least {}", seen.count(),
                     match.argument);
}

Reason entropy(const Candidate& match) {
  double least = 0;
  std::from_chars(match.argument.data(), match.argument.data() + match.argument.size(), least);
  std::array<std::size_t, 256> counts{};
  for (unsigned char c : match.secret) ++counts[c];
  double bits = 0;
  for (std::size_t count : counts) {
    if (count == 0) continue;
    double p = static_cast<double>(count) / static_cast<double>(match.secret.size());
    bits -= p * std::log2(p);
  }
  if (bits >= least) return std::nullopt;
  return fmt::format("entropy: {:.2f} bits a character, under {}", bits, match.argument);
}

// GitHub and npm: the last N characters are the CRC-32 of the random part in base62, 0-9A-Za-z,
// zeros in front. https://github.blog/2021-04-05-behind-githubs-new-authentication-token-formats/
Reason crc32_base62(const Candidate& match) {
  static constexpr std::string_view kDigits =
      "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  std::size_t length = number(match.argument);
  std::string_view body = match.secret.substr(match.secret.rfind('_') + 1);  // npos + 1 is 0
  if (length == 0 || body.size() <= length) return "crc32-base62: too short to hold a checksum";
  std::uint64_t crc = crc32(body.substr(0, body.size() - length));
  std::string expected(length, '0');
  for (std::size_t i = length; i-- > 0; crc /= 62) expected[i] = kDigits[crc % 62];
  if (body.ends_with(expected)) return std::nullopt;
  return "crc32-base62: checksum does not match";
}

Reason token(const Candidate& match) {
  if (is_rare(match.body)) return std::nullopt;
  return "token: reads like a word, an identifier or a path";
}

Reason password(const Candidate& match) {
  const std::optional<std::string_view> reason = password_reason(match.secret);
  if (reason && match.weak && match.argument == "weak" && is_weak_password(match.secret)) return std::nullopt;
  return reason ? std::optional<std::string>(*reason) : std::nullopt;
}

Reason uuid(const Candidate& match) {
  std::string_view text = match.secret;
  if (text.size() != 36) return "uuid: not 36 characters";
  std::string hex;
  for (std::size_t i = 0; i < text.size(); ++i) {
    bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    bool hexadecimal = is_digit(text[i]) || (text[i] >= 'a' && text[i] <= 'f') ||
                       (text[i] >= 'A' && text[i] <= 'F');
    if (dash ? text[i] != '-' : !hexadecimal) return "uuid: not in the form 8-4-4-4-12";
    if (!dash) hex += is_upper(text[i]) ? static_cast<char>(text[i] - 'A' + 'a') : text[i];
  }
  if (std::count(hex.begin(), hex.end(), '0') >= 24) return "uuid: nil, or nearly so";
  if (placeholder_reason(hex)) return "uuid: a sequence or a repetition";
  std::size_t steps = 0;
  for (std::size_t i = 1; i < hex.size(); ++i)
    steps += hex[i] == hex[i - 1] || hex[i] == hex[i - 1] + 1;
  if (steps >= 20) return "uuid: a sequence or a repetition";
  return std::nullopt;
}

// The structure behind an AWS key id: after the prefix base32; its first bit tells the newer
// generation, and in that the next 40 bits are the account.
// https://labs.withsecure.com/publications/a-bitwise-analysis-of-aws-access-key-identifiers
Reason aws_key_id(const Candidate& match) {
  if (match.secret.size() < 16) return "aws-key-id: too short";
  std::uint64_t bits = 0;
  for (char c : match.secret.substr(4, 12)) {
    std::size_t value = kBase32.find(c);
    if (value == std::string_view::npos) return "aws-key-id: characters that are not base32";
    bits = bits << 5 | value;
  }
  bool newer = bits >> 59 & 1;
  std::uint64_t account = bits >> 19 & 0xff'ffff'ffff;
  if (!newer) return std::nullopt;
  if (account > 999'999'999'999)
    return "aws-key-id: the account number in it has more than 12 digits";
  std::string digits = fmt::format("{:012}", account);
  if (const auto whose = canary_account(digits)) match.parts->push_back({std::string(kCanaryPart), std::string(*whose)});
  match.parts->push_back({"account", std::move(digits)});
  return std::nullopt;
}

bool is_printable(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return (c >= 0x20 && c != 0x7f) || c == '\n' || c == '\r' || c == '\t';
  });
}

std::optional<nlohmann::json> parse_object(std::string_view text) {
  nlohmann::json value = nlohmann::json::parse(text, nullptr, false);
  if (value.is_discarded() || !value.is_object()) return std::nullopt;
  return value;
}

// Who issued a token for whom, and until when (RFC 7519, section 4.1).
void add_claims(const nlohmann::json& claims, std::vector<model::Part>& parts) {
  constexpr std::size_t kLongest = 200;
  constexpr std::pair<const char*, const char*> kTexts[] = {{"iss", "issuer"}, {"sub", "subject"}, {"aud", "audience"}};
  for (const auto& [claim, part] : kTexts) {
    const auto value = claims.find(claim);
    if (value == claims.end() || !value->is_string()) continue;
    const auto& text = value->get_ref<const std::string&>();
    if (!text.empty() && text.size() <= kLongest && is_printable(text)) parts.push_back({part, text});
  }
  const auto expires = claims.find("exp");
  if (expires == claims.end() || !expires->is_number()) return;
  const auto seconds = expires->get<double>();
  constexpr double kYear3000 = 32503680000;
  if (!(seconds > 0 && seconds < kYear3000)) return;
  const auto time = std::chrono::floor<std::chrono::days>(std::chrono::sys_seconds(std::chrono::seconds(static_cast<std::int64_t>(seconds))));
  const std::chrono::year_month_day day(time);
  parts.push_back({"expires", fmt::format("{:04}-{:02}-{:02}", int{day.year()}, unsigned{day.month()}, unsigned{day.day()})});
}

// RFC 7519: header.payload.signature, the first two base64url of JSON objects.
Reason jwt(const Candidate& match) {
  std::size_t first = match.secret.find('.');
  std::size_t second = first == std::string_view::npos ? first : match.secret.find('.', first + 1);
  if (second == std::string_view::npos) return "jwt: not three parts";
  auto object = [&](std::string_view part) -> std::optional<nlohmann::json> {
    std::optional<std::string> text = decode_base64(part);
    return text ? parse_object(*text) : std::nullopt;
  };
  std::optional<nlohmann::json> header = object(match.secret.substr(0, first));
  if (!header) return "jwt: the header is not base64url of JSON";
  if (!header->contains("alg")) return "jwt: the header has no alg";
  // An encrypted token (RFC 7516) has five parts, and nothing to read in the second.
  if (header->contains("enc")) return std::nullopt;
  const std::optional<nlohmann::json> claims = object(match.secret.substr(first + 1, second - first - 1));
  if (!claims) return "jwt: the payload is not base64url of JSON";
  add_claims(*claims, *match.parts);
  return std::nullopt;
}

Reason pem_private_key(const Candidate& match) {
  std::optional<PemKey> key = parse_pem_key(match.secret);
  if (!key) return "pem-private-key: the block does not parse as a private key";
  if (!key->algorithm.empty()) {
    match.parts->push_back({"algorithm", key->bits > 0 ? fmt::format("{}, {} bits", key->algorithm, key->bits) : key->algorithm});
  }
  if (key->encrypted) match.parts->push_back({"encrypted", "yes"});
  return std::nullopt;
}

Reason base64(const Candidate& match) {
  if (decode_base64(match.secret)) return std::nullopt;
  return "base64: does not decode";
}

// The text may have a prefix before it, and `_` with a random part behind it (Sentry).
Reason base64_json(const Candidate& match) {
  std::optional<nlohmann::json> value;
  for (std::string_view part :
       {match.secret, match.body, match.secret.substr(match.secret.find('_') + 1)}) {
    for (std::string_view text : {part, part.substr(0, part.rfind('_'))}) {
      std::optional<std::string> decoded = value ? std::nullopt : decode_base64(text);
      if (decoded) value = parse_object(*decoded);
    }
  }
  if (!value) return "base64-json: does not decode to a JSON object";
  if (!value->contains(std::string(match.argument)))
    return fmt::format("base64-json: no key {}", match.argument);
  return std::nullopt;
}

Reason base64_text(const Candidate& match) {
  std::optional<std::string> text = decode_base64(match.secret);
  if (text && is_printable(*text)) return std::nullopt;
  return "base64-text: does not decode to printable text";
}

// RFC 7617: user-id, colon, password.
Reason base64_userpass(const Candidate& match) {
  std::optional<std::string> text = decode_base64(match.secret);
  if (!text || !is_printable(*text)) return "base64-userpass: does not decode to printable text";
  std::size_t colon = text->find(':');
  if (colon == std::string::npos || colon + 1 == text->size())
    return "base64-userpass: decodes to no user:password";
  std::string_view user = std::string_view(*text).substr(0, colon);
  std::string_view secret = std::string_view(*text).substr(colon + 1);
  if (password_reason(secret) && !(match.weak && match.argument == "weak" && is_weak_password(secret))) return "base64-userpass: the password in it is none";
  if (!user.empty()) match.parts->push_back({"user", std::string(user)});
  return std::nullopt;
}

template <bool (*kHolds)(std::string_view)>
Reason checked(const Candidate& match) {
  if (kHolds(match.secret)) return std::nullopt;
  return "checksum: the one in the text does not hold";
}

// Whom a routable token belongs to: in its payload behind 16 random bytes lines like "o:1", numbers in base 36, and at the end the
// length of those lines. Whether all that is there is the checksum's to say.
void add_routing(std::string_view text, std::vector<model::Part>& parts) {
  constexpr std::pair<char, const char*> kKeys[] = {{'g', "group"}, {'o', "organization"}, {'p', "project"}, {'u', "user"}};
  constexpr std::size_t kRandom = 16;
  const std::string_view front = text.substr(0, text.find('.'));
  std::size_t length = 0;
  const std::string_view digits = text.substr(text.rfind('.') + 1).substr(0, 2);
  std::from_chars(digits.data(), digits.data() + digits.size(), length, 36);
  if (length > front.size()) return;
  const std::optional<std::string> payload = decode_base64(front.substr(front.size() - length));
  if (!payload || payload->size() <= kRandom + 1) return;
  std::string_view lines = std::string_view(*payload).substr(kRandom, payload->size() - kRandom - 1);
  while (!lines.empty()) {
    const std::string_view line = lines.substr(0, lines.find('\n'));
    lines.remove_prefix(std::min(line.size() + 1, lines.size()));
    for (const auto& [key, part] : kKeys) {
      std::uint64_t value = 0;
      if (!line.starts_with(key) || line.substr(1, 1) != ":") continue;
      auto [end, error] = std::from_chars(line.data() + 2, line.data() + line.size(), value, 36);
      if (error == std::errc() && end == line.data() + line.size()) parts.push_back({part, std::to_string(value)});
    }
  }
}

// The older, shorter tokens have no checksum, and no dot; of the first routable ones, with a dot but no version between two, nobody
// wrote down what theirs covers.
Reason gitlab_routable_token(const Candidate& match) {
  if (match.secret.find(".01.") == std::string_view::npos) return std::nullopt;
  if (!is_gitlab_routable(match.secret)) return "checksum: the one in the text does not hold";
  add_routing(match.secret, *match.parts);
  return std::nullopt;
}

struct Entry {
  std::string_view name;
  CheckFunction function;
};
constexpr std::array<Entry, 23> kChecks{{
    {"aws-key-id", aws_key_id},
    {"base32-crc16", checked<is_base32_crc16>},
    {"base58check", checked<is_base58check>},
    {"base64", base64},
    {"base64-json", base64_json},
    {"base64-text", base64_text},
    {"base64-userpass", base64_userpass},
    {"bech32", checked<is_bech32>},
    {"bip39", checked<is_mnemonic>},
    {"crc32-base62", crc32_base62},
    {"crc32-hex", checked<is_crc32_hex>},
    {"digits", digits},
    {"distinct", distinct},
    {"entropy", entropy},
    {"gitlab-routable", gitlab_routable_token},
    {"jwt", jwt},
    {"letters", letters},
    {"lower", lower},
    {"password", password},
    {"pem-private-key", pem_private_key},
    {"token", token},
    {"upper", upper},
    {"uuid", uuid},
}};

}  // namespace

CheckFunction find_check(std::string_view name) {
  auto entry =
      std::find_if(kChecks.begin(), kChecks.end(), [&](const Entry& e) { return e.name == name; });
  return entry == kChecks.end() ? nullptr : entry->function;
}

std::string_view body_of(const model::Pattern& pattern, std::string_view secret) {
  std::size_t prefix = 0;
  auto same = [](char a, char b) {
    return (is_upper(a) ? a - 'A' + 'a' : a) == (is_upper(b) ? b - 'A' + 'a' : b);
  };
  auto consider = [&](std::string_view literal, bool any_case) {
    if (literal.size() <= prefix || literal.size() >= secret.size()) return;
    std::string_view front = secret.substr(0, literal.size());
    if (any_case ? std::equal(front.begin(), front.end(), literal.begin(), same)
                 : front == literal) {
      prefix = literal.size();
    }
  };
  for (std::string_view anchor : pattern.anchors) consider(anchor, false);
  for (std::string_view keyword : pattern.keywords) consider(keyword, true);
  return secret.substr(prefix);
}

}  // namespace keywake::matching
