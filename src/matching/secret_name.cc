// A name is split at humps, digits and punctuation: "getDBPassword2" is get, db, password. The last word that means a secret decides what
// kind it is, and the words behind it whether the name is about something else: a password *field*, a token *type*, a key *id*.
#include "matching/secret_name.h"

#include <algorithm>
#include <array>

#include "base/ascii.h"
#include "base/word_set.h"
#include "matching/words.h"

namespace keywake::matching {
namespace {

// "dbpassword" is one word: the long ones count at the end of any word, and so do the short ones behind what usually precedes them.
constexpr std::array<std::string_view, 29> kPasswordEnds{
    "password", "passwd", "passwrd", "passphrase", "passcode", "pasword", "passwords", "passwort", "kennwort", "wachtwoord", "contrasena",
    "contrase\xc3\xb1" "a", "senha", "haslo", "has\xc5\x82o", "motdepasse", "passord", "kodeord", "adgangskode", "losenord", "l\xc3\xb6senord",
    "salasana", "lozinka", "parola", "heslo", "jelszo", "sifre", "palavrapasse", "pasahitza"};
constexpr std::array<std::string_view, 15> kTokenEnds{
    "geheim", "secret", "secrets", "token", "tokens", "apikey", "secretkey", "accesskey", "authkey", "credential", "credentials", "appsecret",
    "apitoken", "privatekey", "bearer"};
constexpr WordSet kPasswordWords({"pass", "pwd", "pw", "psw", "pswd", "passw", "pword", "mdp", "userpass", "pin", "passe", "clave"});
constexpr WordSet kKeyWords({"key", "keys", "auth", "salt", "seed", "hmac", "jwt", "otp"});
// What makes "…pass" or "…key" one of them though it is written as one word.
constexpr WordSet kFronts({
    "ssh", "vnc", "db", "user", "root", "admin", "ftp", "sql", "mysql", "smtp", "mail", "my", "api", "app", "auth", "access", "secret", "private",
    "master", "crypt", "encrypt", "encryption", "signing", "license", "product", "shared", "account", "login", "key", "store", "keystore", "truststore"});
// Before "key": whose key it is.
constexpr WordSet kKeyOwners({
    "hmac", "jwt", "webhook", "deploy", "partner", "bot", "vault", "api", "app", "access", "secret", "private", "auth", "client", "consumer",
    "account", "storage", "encryption", "encrypt", "signing", "signature", "master", "shared", "security", "service", "subscription", "license",
    "decryption", "crypto"});

// Behind a secret's word: what the value is instead.
constexpr WordSet kOther({
    "status", "sha", "md", "crc", "checksums", "fingerprint", "fingerprints", "thumbprint", "nonce", "at", "obtained", "date", "time", "timestamp",
    "user", "username", "metadata", "exception", "failure", "object", "deep", "host", "hostname", "port", "rules", "email", "field", "fields",
    "label", "hint", "placeholder", "text", "message", "messages", "msg", "error", "errors", "title", "url", "urls", "uri", "endpoint", "path",
    "paths", "file", "files", "filename", "dir", "folder", "name", "names", "type", "types", "kind", "id", "ids", "identifier", "length", "len",
    "size", "min", "max", "count", "counter", "regex", "pattern", "policy", "format", "expiry", "expires", "expired", "expiration", "expire", "ttl",
    "timeout", "lifetime", "duration", "age", "header", "headers", "param", "params", "parameter", "prefix", "suffix", "column", "input", "form",
    "page", "view", "class", "selector", "element", "button", "icon", "style", "version", "algorithm", "alg", "encoder", "provider", "service",
    "manager", "handler", "validator", "validation", "strength", "checker", "reset", "change", "required", "enabled", "option", "options", "flag",
    "mode", "ref", "reference", "arn", "env", "variable", "hash", "hashed", "digest", "checksum", "hashes", "method", "grant", "scope", "scopes",
    "claim", "issuer", "audience", "description", "desc", "index", "callback", "store", "generator", "factory", "prompt", "instructions", "link"});
// Anywhere in a name.
constexpr WordSet kNever({
    "select", "synctoken", "publishable", "ciphertext", "sealed", "idempotency", "public", "forgot", "forgotten", "tokenizer", "tokenize",
    "tokenized", "primary", "foreign", "keyboard", "encrypted", "csrf", "xsrf", "nextpage", "pagination", "continuation", "cursor", "passive",
    "bypass", "compass", "author", "authority", "hashed", "cache", "sort", "partition", "row", "shortcut", "hot", "i18n", "translation", "message",
    "pub", "pubkey"});
// Before "token" or "key" in code that reads text or keeps tables.
constexpr WordSet kCodeTokens({
    "sync", "page", "next", "prev", "last", "first", "current", "eof", "end", "start", "stop", "bos", "eos", "pad", "unk", "sep", "cls", "mask",
    "lookup", "map"});
// Before a bare "key": one that everybody may have, or the name of one.
constexpr WordSet kOpenKeys({
    "site", "gpg", "pgp", "host", "verify", "verification", "apt", "repo", "lookup", "alternate", "sort", "unique", "state", "query"});
// In front: the name is a function's that is not given the secret but asked for it, or tells something of it.
constexpr WordSet kAskers({
    "get", "retrieve", "run", "select", "find", "fetch", "load", "extract", "parse", "generate", "random", "has", "is", "derive", "prompt", "obtain"});
// Of a value that says "secret", what else it may say and still say nothing else.
constexpr WordSet kMine({
    "my", "the", "a", "your", "our", "user", "username", "client", "db", "database", "access", "api", "app", "auth", "new", "old", "current", "confirm",
    "repeat", "admin", "login", "id", "name", "value", "field", "input", "form", "reset", "change", "forgot", "update", "invalid", "wrong", "certificate", "cert", "ansible",
    "become", "redis", "proxy", "encoded", "raw", "plain", "authentication", "private", "here", "some", "any", "given", "set", "enter", "remote"});
constexpr WordSet kBareSecrets({"password", "passwords", "passwd", "pass", "pwd", "pw", "passphrase", "passcode", "passwort", "secret", "secrets", "token", "key", "apikey", "credential", "credentials"});
// Before "secret" or "secret key": whose it is.
constexpr WordSet kSecretOwners({
    "client", "app", "jwt", "session", "cookie", "cookies", "shared", "consumer", "signing", "webhook", "oauth", "api", "hmac", "token", "csrf", "nextauth", "refresh", "access", "minio",
    "aws"});
// Anywhere: the secret is not the first of what the function is given, or is what comes out.
constexpr WordSet kAmong({"and", "from", "random", "or"});

template <std::size_t N>
bool ends_with_one(std::string_view word, const std::array<std::string_view, N>& ends) {
  return std::any_of(ends.begin(), ends.end(), [&](std::string_view end) { return word.back() == end.back() && word.ends_with(end); });
}

// A word written together: "dbpass", "apikey".
bool has_front(std::string_view word, std::string_view end) {
  return word.ends_with(end) && kFronts.contains(word.substr(0, word.size() - end.size()));
}

NameKind kind_of(const Words& words, std::size_t i) {
  const std::string_view word = words[i];
  if (ends_with_one(word, kPasswordEnds) || kPasswordWords.contains(word) || has_front(word, "pass") || has_front(word, "pwd") || has_front(word, "pw"))
    return NameKind::kPassword;
  if (ends_with_one(word, kTokenEnds)) return NameKind::kToken;
  if (word == "key" || word == "keys") return i > 0 && kKeyOwners.contains(words[i - 1]) ? NameKind::kToken : NameKind::kKey;
  if (has_front(word, "key")) return NameKind::kToken;
  return kKeyWords.contains(word) ? NameKind::kKey : NameKind::kNone;
}

// "mypassword"
bool is_joined(std::string_view word) {
  static constexpr std::array<std::string_view, 5> kEnds{"password", "passwd", "pass", "secret", "token"};
  return std::any_of(kEnds.begin(), kEnds.end(), [&](std::string_view end) { return word.ends_with(end) && kMine.contains(word.substr(0, word.size() - end.size())); });
}

}  // namespace

NameReading read_name(std::string_view name) {
  const Words words(name);
  NameReading reading{NameKind::kNone, "name: says nothing of a secret"};
  std::size_t at = 0;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if ((kNever.contains(words[i]) && !(words[i].ends_with("srf") && words[words.size() - 1] == "secret")) || (words[i] == "socket" && i > 0 && words[i - 1] == "web")) {  // Sec-WebSocket-Key
      return {NameKind::kNone, "name: of something that is no secret"};
    }
    NameKind kind = kind_of(words, i);
    if (kind == NameKind::kNone) continue;
    // "secret_key", "password_salt": the stronger word counts
    if (reading.kind == NameKind::kNone || kind != NameKind::kKey || words[i] == "salt") reading = {kind, {}};
    at = i;
  }
  if (reading.kind == NameKind::kNone) return reading;
  for (std::size_t i = at + 1; i < words.size(); ++i) {
    if (kOther.contains(words[i])) return {NameKind::kNone, "name: describes a secret, does not hold one"};
  }
  if (at > 0 && (reading.kind != NameKind::kPassword || words[at - 1] != "current") && kCodeTokens.contains(words[at - 1])) return {NameKind::kNone, "name: a token or key of a program's own text or tables"};
  if (at > 0 && words[at].starts_with("key") && kOpenKeys.contains(words[at - 1])) return {NameKind::kNone, "name: a key that is no secret"};
  return reading;
}

bool asks_for_secret(std::string_view name) {
  const std::size_t dot = name.rfind('.');
  const Words words(dot == std::string_view::npos ? name : name.substr(dot + 1));
  if (words.size() < 2) return false;
  return kAskers.contains(words[0]) || std::any_of(words.begin(), words.end(), [](std::string_view word) { return kAmong.contains(word); });
}

bool names_a_secret(std::string_view text) {
  if (std::any_of(text.begin(), text.end(), is_digit)) return false;
  const Words words(text);
  // ssl_key_password, as programs call what they look up
  if (words.size() > 2 && text.find('_') != std::string_view::npos && kBareSecrets.contains(words[words.size() - 1])) return true;
  bool any = false;
  for (const std::string_view word : words) {
    const bool secret = kBareSecrets.contains(word) || is_joined(word);
    if (!secret && !kMine.contains(word)) return false;
    any |= secret;
  }
  return any;
}

bool may_be_made_up(std::string_view name) {
  const Words words(name);
  if (words.size() >= 2 && words[words.size() - 1] == "key" && words[words.size() - 2] == "encryption") return true;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (words[i] != "secret" && words[i] != "secretkey") continue;
    const std::size_t left = words.size() - i - 1;
    const bool key = words[i] == "secretkey" ? left == 0 : left == 1 && words[i + 1] == "key";
    const bool owned = i > 0 && (kSecretOwners.contains(words[i - 1]) || words[i - 1] == "key");
    return key ? i == 0 || owned : left == 0 && owned;  // not hostedGrafanaIdSecretKey, which says where in an object of Kubernetes it stands
  }
  return false;
}

}  // namespace keywake::matching
