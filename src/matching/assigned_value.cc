// Passwords and tokens are judged differently: people choose the ones, so a word may be one, weakly; machines make the others, so they are
// rare text or nothing. A bare `key = …` must be very rare text, since most keys of programs are not secret.
#include "matching/assigned_value.h"

#include <algorithm>
#include <array>
#include <bitset>

#include "base/ascii.h"
#include "base/base64.h"
#include "base/word_set.h"
#include "matching/decoders.h"
#include "matching/passphrase.h"
#include "matching/password.h"
#include "matching/placeholders.h"
#include "matching/rarity.h"
#include "matching/secret_name.h"

namespace keywake::matching {
namespace {

using model::Confidence;

constexpr double kStrongBits = 25;    // no language reads like that by chance
constexpr double kVeryStrongBits = 40;

Judgement no(std::string_view reason) { return {std::nullopt, reason}; }
Judgement yes(Confidence level) { return {level, {}}; }

// Names of types and the like, which code puts where a value could be.
constexpr WordSet kWords({
    "salt",    "base64", "latin1",  "utf8",  "alias", "options", "option", "vhost",  "provider", "pathname", "scheme", "select",
    "database", "enabled", "disabled", "authorization", "return", "when", "await", "super", "function", "sensitive",
    "always",  "never", "on_create", "confirmed", "nullable", "hashed", "users", "oauth2",  "ntlm",    "message", "token",  "host",   "path",   "shared",
    "string", "text",  "null",  "none",   "true",     "false",    "undefined", "void",   "integer", "boolean", "bool",   "required", "optional",
    "char",   "varchar", "bytes", "byte", "object",   "number",   "hidden",    "input",  "field",   "form",    "self",   "this",     "data",
    "nil",    "int",    "str",   "any",   "yes",    "off",    "not",   "and",    "the",       "new",  "get",    "set",      "put",      "use",    "all",
    "for",    "var",    "let",   "def",   "env",    "key",    "url",   "uri",    "foo",       "xxx",
    "value",  "values", "user", "username", "email",  "prompt",   "random",    "generate", "generated", "encrypted", "plain", "plaintext", "basic", "bearer",
    "digest", "read",  "write", "float",  "double",   "array",    "dict",      "list",   "query",   "body",    "header"});

constexpr std::size_t kLongestWeak = 32;  // of a password with "test" or the like in it; what is longer is the name of a test
constexpr std::size_t kLongestWord = 13;

struct Shape {
  std::size_t digits = 0;
  std::size_t upper = 0;
  std::size_t lower = 0;
  std::size_t other = 0;  // neither letter nor digit
  bool hex = true;        // in one case
  std::bitset<256> seen;

  explicit Shape(std::string_view text) {
    bool small = false;
    bool large = false;
    for (char c : text) {
      digits += is_digit(c);
      upper += is_upper(c);
      lower += is_lower(c);
      other += !is_alnum(c);
      small |= c >= 'a' && c <= 'f';
      large |= c >= 'A' && c <= 'F';
      hex &= is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
      seen.set(static_cast<unsigned char>(c));
    }
    hex &= !(small && large);
  }
  [[nodiscard]] std::size_t letters() const { return upper + lower; }
};

bool is_uuid(std::string_view text) {
  if (text.size() != 36) return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    bool dash = i == 8 || i == 13 || i == 18 || i == 23;
    if (dash ? text[i] != '-' : !is_digit(text[i]) && !(to_lower(text[i]) >= 'a' && to_lower(text[i]) <= 'f')) return false;
  }
  return true;
}

// jane.doe@mail.acme.example; not SU=@MVnr.I3i.
bool is_mail_address(std::string_view text) {
  const std::size_t at = text.find('@');
  const std::size_t dot = text.rfind('.');
  if (at == std::string_view::npos || at == 0 || dot == std::string_view::npos || dot < at + 2 || text.size() - dot < 3) return false;
  const std::string_view user = text.substr(0, at);
  const std::string_view last = text.substr(dot + 1);
  return std::all_of(user.begin(), user.end(), [](char c) { return is_alnum(c) || c == '.' || c == '_' || c == '-' || c == '+'; }) &&
         std::all_of(text.begin() + static_cast<std::ptrdiff_t>(at) + 1, text.end(), [](char c) { return is_alnum(c) || c == '.' || c == '-'; }) &&
         std::all_of(last.begin(), last.end(), is_lower) && surprise(text) < kStrongBits;
}

// Places, not secrets: URLs, paths, addresses, MIME types, versions with words.
bool is_place(std::string_view text) {
  if (text.find("://") != std::string_view::npos || text.starts_with('/') || text.starts_with("./") || text.starts_with("../") ||
      text.starts_with("~/") || text.find(":/") != std::string_view::npos || text.starts_with("urn:"))
    return true;
  // A host: mysql.acme.internal.example
  if (std::count(text.begin(), text.end(), '.') >= 2 && is_letter(text.back()) &&
      std::all_of(text.begin(), text.end(), [](char c) { return is_lower(c) || is_digit(c) || c == '.' || c == '-' || c == '_'; }))
    return true;
  return text.starts_with("magnet:?") || is_mail_address(text);
}

// Encodings of a service's encrypted values: of so many characters at least, they begin so.
struct Sealing {
  std::string_view front;
  std::size_t least;
};
constexpr std::array<Sealing, 10> kSealings{{
    {"AQICAH", 60},       // AWS KMS
    {"CiQA", 80},         // Google Cloud KMS
    {"AgA", 300},         // Bitnami SealedSecret: the length of a wrapped key, which is 512 bytes
    {"AgB", 300},
    {"AgC", 300},
    {"gAAAAA", 80},       // Fernet
    {"U2FsdGVkX1", 24},   // openssl enc: "Salted__"
    {"01000000d08c9ddf", 60},  // DPAPI
    {"AQAAANCMnd8B", 60},  // the same in base64
    {"eyJpdiI6", 60},     // Laravel: {"iv":
}};

constexpr std::string_view kNoop = "{noop}";  // of Spring Security: what follows is the password itself

bool begins(std::string_view text, std::string_view front) { return text.front() == front.front() && text.starts_with(front); }

// Digests and sealed values say so at their front.
bool is_sealed(std::string_view text) {
  if (text.starts_with('{') && text.find('}') < text.size() - 8) return !text.starts_with(kNoop);  // {SSHA}…, {bcrypt}…, {cipher}…
  static constexpr std::array<std::string_view, 24> kFronts{"sha1-",  "sha256-", "sha384-", "sha512-", "sha1:",  "sha256:", "SHA256:", "md5:",
                                                            "ENC[",   "ENC(",    "vault:",  "!vault",  "enc:",   "arn:",    "encrypted:", "crypt:",
                                                            "EJ[1:",  "kms:",    "aws-kms:", "cipher:", "sealed:", "dpapi:", "$ANSIBLE_VAULT", "pbkdf2"};
  return std::any_of(kFronts.begin(), kFronts.end(), [&](std::string_view front) { return begins(text, front); }) ||
         std::any_of(kSealings.begin(), kSealings.end(),
                     [&](const Sealing& sealing) { return text.size() >= sealing.least && begins(text, sealing.front); });
}

// 2024-05-01, 0001-01-01T00:00:00Z
bool is_date(std::string_view text) {
  static constexpr std::string_view kForm = "0000-00-00";
  if (text.size() < kForm.size()) return false;
  for (std::size_t i = 0; i < kForm.size(); ++i) {
    if (kForm[i] == '0' ? !is_digit(text[i]) : text[i] != kForm[i]) return false;
  }
  return std::all_of(text.begin() + kForm.size(), text.end(), [](char c) { return is_digit(c) || std::string_view("TZ:.+- ").find(c) != std::string_view::npos; });
}

// required|string|min:8, as frameworks write what a field has to be; repeatlast=0, an option in a list of them.
bool is_rule(std::string_view text) {
  auto part = [](char c) { return is_lower(c) || is_digit(c) || c == '_' || c == ':' || c == ',' || c == '|'; };
  if (text.find('|') != std::string_view::npos && is_lower(text.front())) return std::all_of(text.begin(), text.end(), part);
  const std::size_t equals = text.find('=');
  if (equals + 1 == text.size() && std::all_of(text.begin(), text.end() - 1, [](char c) { return is_lower(c) || c == '_'; })) return true;  // the next one
  return equals != std::string_view::npos && equals >= 4 && equals + 1 < text.size() && (is_digit(text[equals + 1]) || text[equals + 1] == '{') &&
         std::all_of(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(equals), [](char c) { return is_lower(c) || c == '_'; });
}

bool is_no_password(std::string_view text) {
  static constexpr std::array<std::string_view, 5> kNames{"password", "passwd", "passphrase", "pass", "pwd"};
  return std::find(kNames.begin(), kNames.end(), lowered(text)) != kNames.end() || placeholder_reason(text) || (text.size() > 2 && is_syntax(text));
}

// dXNlcm5hbWU6cGFzc3dvcmQ=: of an Authorization header; "username:password".
bool is_user_without_password(std::string_view text) {
  if (text.size() < 8 || text.size() > 120 || text.size() % 4 != 0) return false;
  const std::optional<std::string> decoded = decode_base64(text);
  if (!decoded || !std::all_of(decoded->begin(), decoded->end(), [](char c) { return c >= ' ' && c < 0x7f; })) return false;
  const std::size_t colon = decoded->find(':');
  return colon != std::string::npos && colon > 0 && is_no_password(std::string_view(*decoded).substr(colon + 1));
}

// \u00e9\uFE0F: characters, written by their numbers.
bool is_characters(std::string_view text) {
  return text.size() >= 6 && text[0] == '\\' && (text[1] == 'u' || text[1] == 'U') &&
         std::all_of(text.begin(), text.end(), [](char c) { return is_digit(c) || c == '\\' || to_lower(c) == 'u' || (to_lower(c) >= 'a' && to_lower(c) <= 'f'); });
}

// 0x80072EEE, 0xC000006B_u32, 0xFFUL, and 0x with the forty digits of an account's address on a block chain.
bool is_hex_number(std::string_view text) {
  if (!text.starts_with("0x") && !text.starts_with("0X")) return false;
  const auto digits = static_cast<std::size_t>(
      std::find_if_not(text.begin() + 2, text.end(), [](char c) { return is_digit(c) || (to_lower(c) >= 'a' && to_lower(c) <= 'f'); }) - text.begin() - 2);
  const std::string_view suffix = text.substr(2 + digits);
  return (digits <= 16 || digits == 40) && (suffix.empty() || (suffix.size() <= 5 && std::string_view("_uUlLi").find(suffix.front()) != std::string_view::npos));
}

// Errno(169, rows[1: a call or an element, cut off where a plain value ends.
bool is_cut_expression(const Assignment& assignment) {
  if (assignment.form != Form::kPlain) return false;
  const std::string_view value = assignment.value;
  const auto open = static_cast<std::size_t>(std::find_if(value.begin(), value.end(), [](char c) { return c == '(' || c == '['; }) - value.begin());
  if (open == 0 || open >= value.size() || !is_alnum(value[open - 1])) return false;
  const std::size_t close = value.find_first_of(")]", open);  // Summer(!)2019 is no call
  return close == std::string_view::npos || close + 1 == value.size() || !is_alnum(value[close + 1]);
}

// ssh-rsa AAAA…, MIIBIjANBgkq…: DER of a public key, of an SSH public key.
bool is_public_key(std::string_view text) {
  static constexpr std::array<std::string_view, 7> kFronts{"AAAAB3NzaC1", "AAAAE2VjZHNh", "AAAAC3NzaC1", "MIIBIjAN", "MIGfMA0G", "MFkwEwYH", "MCowBQYDK2V"};
  return (text.size() == 132 && text.starts_with("0x04")) || std::any_of(kFronts.begin(), kFronts.end(), [&](std::string_view front) { return begins(text, front); });
}

std::string letters_of(std::string_view text) {
  std::string out;
  for (char c : text) {
    if (is_letter(c)) out += to_lower(c);
  }
  return out;
}

// POSTGRES_PASSWORD=postgres is a weak password, password="password" may be one. What only words for a secret stand beside is where it stands
// that tells (matching/judge.h): a form's field in code, a password in a test or a configuration file.
bool repeats_name(const Assignment& assignment) {
  if (std::any_of(assignment.value.begin(), assignment.value.end(), is_digit)) return false;
  const std::string value = letters_of(assignment.value);
  if (value.size() < 3) return false;
  const std::string name = letters_of(assignment.name);
  return name.find(value) != std::string::npos || value.find(name) != std::string::npos;
}

// What cannot be a secret, whatever its name.
std::string_view never(const Assignment& assignment) {
  std::string_view value = assignment.value;
  if (std::any_of(value.begin(), value.end(), [](char c) { return static_cast<unsigned char>(c) > 0x7e; })) return "value: characters beyond ASCII";
  if (std::any_of(value.begin(), value.end(), is_space)) return "value: text of several words";
  if (is_sealed(value)) return "value: a digest, or encrypted";
  if (is_hex_number(value)) return "value: a number or an address";
  if (is_cut_expression(assignment)) return "value: a call or an element";
  if (is_public_key(value)) return "value: a public key";
  if (value.starts_with("-----")) return "value: the beginning of a PEM block";
  if (is_date(value)) return "value: a date";
  if (is_rule(value)) return "value: a rule or an option";
  if (is_characters(value)) return "value: characters by their numbers";
  if (value.find("uid:") != std::string_view::npos) return "value: an identifier";
  if (is_user_without_password(value)) return "value: base64 of a user name, but of no password";
  if (is_place(value)) return "value: a path, a URL or an address";
  if (value.size() <= kLongestWord && kWords.contains(lowered(value)) && !(value == "user" && assignment.form == Form::kQuoted)) return "value: a word of the language";
  return {};
}

bool is_name_like(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return is_alnum(c) || c == '_' || c == '-' || c == '.'; });
}

// Text of the name's own words: a value where one is sure to stand, that is in quotes, or behind the whole name of a setting.
Judgement judge_repeated(const Assignment& assignment) {
  const std::string_view value = assignment.value;
  if (const auto reason = placeholder_reason(value)) return no(*reason);
  if (assignment.piece || assignment.more_text || assignment.form == Form::kElement) return no("value: repeats its name");
  const bool word = std::all_of(value.begin(), value.end(), [](char c) { return is_lower(c) || c == '-' || c == '_'; });
  const bool hump = is_lower(value.front()) && std::all_of(value.begin(), value.end(), is_letter);  // "Password" is a label
  return word || (hump && assignment.form == Form::kQuoted) ? yes(Confidence::kLow) : no("value: repeats its name");
}

// What people call a secret that they make up: "my-session-secret", "minioadmin", "keyboard cat".
bool is_made_up(const Assignment& assignment) {
  constexpr std::size_t kLongest = 80;
  const std::string_view value = assignment.value;
  return value.size() >= 4 && value.size() <= kLongest && value != "default" && !assignment.piece && !assignment.more_text && is_letter(value.front()) &&
         std::all_of(value.begin(), value.end(), [](char c) { return is_lower(c) || is_digit(c) || c == '-' || c == '_'; });
}

Judgement judge_password(const Assignment& assignment) {
  std::string_view value = assignment.value;
  if (value.starts_with(kNoop)) value.remove_prefix(kNoop.size());
  if (value.size() < 4) return yes(Confidence::kLow);
  if (repeats_name(assignment)) return judge_repeated(assignment);
  PasswordReading reading = read_password(value);
  const Shape shape(value);
  if (reading.bits < kStrongBits && is_name_like(value) && asks_for_secret(assignment.name)) return no("name: of a function that the password comes out of");
  switch (reading.look) {
    case PasswordLook::kNone:  // superUser, es_pass: judged by its place, too
      return shape.letters() + shape.digits + 2 >= value.size() && !assignment.piece && !assignment.more_text && is_weak_password(value) ? yes(Confidence::kLow) : no(reading.reason);
    case PasswordLook::kForShow:
      if (value.size() > kLongestWeak && shape.upper > 0) return no(reading.reason);
      if (shape.digits == 0 && (value.find_first_of("./:") != std::string_view::npos || (shape.upper > 0 && assignment.form != Form::kQuoted))) return no(reading.reason);
      return yes(Confidence::kLow);
    case PasswordLook::kWord:
      if (shape.upper > 0) return no("value: one word with a capital, as on a form");
      if (assignment.name == "pw") return no("value: a word, behind a name that may mean another thing");
      return assignment.piece ? no("value: a piece of text") : yes(Confidence::kLow);
    case PasswordLook::kWorked:
      return yes(Confidence::kMedium);
    case PasswordLook::kRandom:
      if (shape.hex && (value.size() == 32 || value.size() == 40 || value.size() >= 64)) return yes(Confidence::kLow);  // a digest, likely
      return yes(reading.bits > kStrongBits ? Confidence::kHigh : Confidence::kMedium);
  }
  return no({});
}

Judgement judge_token(const Assignment& assignment) {
  std::string_view value = assignment.value;
  if (value.size() < 8) return no("token: shorter than 8 characters");
  if (auto reason = placeholder_reason(value)) return no(*reason);
  if (is_password_hash(value)) return no("token: a hash of a password");
  if (is_syntax(value) || (assignment.form == Form::kElement && value.front() == ';')) return no("token: a variable, a call or a template");
  const Shape shape(value);
  // new ClientSecretCredential("tenant", "client", "secret")
  if (is_uuid(value) && assignment.name.ends_with("Credential")) return no("uuid: of a tenant or an account");
  if (is_uuid(value)) return shape.seen.count() < 7 ? no("uuid: too regular") : yes(Confidence::kMedium);
  if (shape.letters() == 0) return no("token: a number");
  if (shape.seen.count() < 6) return no("token: hardly any different characters");
  const double bits = surprise(value);
  if (shape.digits == 0 && (shape.upper == 0 || shape.lower == 0 || bits < kStrongBits) && bits < kVeryStrongBits) {
    return no("token: letters only");
  }
  if (!is_rare(value)) {
    const bool worked = shape.digits > 0 && shape.other > 0 && !is_passphrase(value) && password_reason(value) == std::nullopt;
    return worked ? yes(Confidence::kLow) : no("token: reads like a word, an identifier or a path");
  }
  if (value.size() < 16) return bits > 15 ? yes(value.size() < 12 ? Confidence::kLow : Confidence::kMedium) : no("token: too short to tell");
  if (shape.hex && value.size() == 64 && assignment.name == "secrets") return yes(Confidence::kLow);  // checksum/secrets of a Helm chart
  return yes(bits > kVeryStrongBits || (shape.hex && value.size() >= 32) ? Confidence::kHigh : Confidence::kMedium);
}

// A secret that no machine made, behind a name that people give those; SECURITY_CREDENTIALS, as JNDI calls a password.
Judgement judge_made_up(const Assignment& assignment, Judgement otherwise) {
  if (placeholder_reason(assignment.value)) return otherwise;
  if (may_be_made_up(assignment.name) && is_made_up(assignment)) return yes(Confidence::kLow);
  if (!assignment.name.ends_with("CREDENTIALS")) return otherwise;
  const PasswordLook look = read_password(assignment.value).look;
  return look == PasswordLook::kWorked || look == PasswordLook::kRandom ? yes(Confidence::kMedium) : look == PasswordLook::kForShow ? yes(Confidence::kLow) : otherwise;
}

// Names that hold nothing but random text, unlike a "key".
bool is_salt(std::string_view name) {
  const std::string small = lowered(name);
  return small.ends_with("salt") || small.ends_with("hmac") || small.ends_with("auth") || small.ends_with("seed");
}

Judgement judge_key(const Assignment& assignment) {
  std::string_view value = assignment.value;
  if (value.size() < 16) return no("key: shorter than 16 characters");
  if (auto reason = placeholder_reason(value)) return no(*reason);
  if (is_syntax(value) || is_password_hash(value)) return no("key: a variable, a call, a template or a hash");
  const Shape shape(value);
  const double bits = surprise(value);
  if (is_uuid(value) && shape.seen.count() >= 7 && is_salt(assignment.name)) return yes(Confidence::kLow);
  if (is_uuid(value) || shape.digits < 2 || shape.letters() < 4 || bits < kStrongBits) return no("key: not rare enough to be a secret one");
  // The keys of caches and of public-key rings: SHA-256; the fingerprint or number of an OpenPGP key.
  if (shape.hex && !is_salt(assignment.name) && (value.size() == 64 || (shape.upper > 0 && (value.size() == 16 || value.size() == 40)))) {
    return no("key: a digest, likely");
  }
  if (shape.hex) return yes(Confidence::kLow);
  return yes(bits > kVeryStrongBits && shape.upper > 0 && shape.lower > 0 ? Confidence::kMedium : Confidence::kLow);
}

// "abc", '123': of three characters a password at most, and no part of a sentence or of an expression.
bool is_short_password(NameKind kind, const Assignment& assignment) {
  return kind == NameKind::kPassword && !assignment.piece && !assignment.more_text && is_weak_password(assignment.value);
}

Judgement by_kind(NameKind kind, const Assignment& assignment) {
  switch (kind) {
    case NameKind::kPassword: return judge_password(assignment);
    case NameKind::kToken: return judge_token(assignment);
    case NameKind::kKey: return judge_key(assignment);
    case NameKind::kNone: break;
  }
  return no({});
}

}  // namespace

Judgement judge_assignment(const Assignment& assignment) {
  if (assignment.value.size() < 3) return no("value: shorter than 3 characters");
  if (std::string_view reason = never(assignment); !reason.empty()) return no(reason);
  NameReading name = read_name(assignment.name);
  if (name.kind == NameKind::kNone) return no(name.reason);
  if (assignment.value.size() < 4 && !is_short_password(name.kind, assignment)) return no("value: shorter than 4 characters");
  Judgement judgement = by_kind(name.kind, assignment);
  if (!judgement.level && name.kind == NameKind::kToken) judgement = judge_made_up(assignment, judgement);
  if (!judgement.level) return judgement;
  // MYSQL_PWD=… mysql shop: a command behind it, not the rest of a sentence
  const bool worked = assignment.more_text && name.kind == NameKind::kPassword && *judgement.level > Confidence::kLow &&
                      std::any_of(assignment.value.begin(), assignment.value.end(), is_digit);
  if ((assignment.piece || assignment.more_text) && !worked) {
    if (surprise(assignment.value) < kVeryStrongBits) return no(assignment.piece ? "value: a piece of an expression" : "value: a word of a sentence");
  }
  return judgement;
}

}  // namespace keywake::matching
