// A name tells what a thing is for, so one of its words is nearly always one of a few hundred: user, config, key, error, page. Somebody who
// makes up a password takes any others. What is left is told by its form: digits stand at the end, a dash or a capital divides the words.
#include "matching/passphrase.h"

#include "base/ascii.h"
#include "base/word_set.h"
#include "matching/words.h"

namespace keywake::matching {
namespace {

// What programs, their configuration and their user interfaces are about; sorted.
constexpr WordSet kTechnical({
    "abstract", "account", "accounts", "action", "actions", "add", "added", "address", "admin", "administrator", "aes", "algorithm", "all", "allowed",
    "already", "and", "any", "api", "app", "application", "apps", "are", "argon", "args", "argument", "array", "ascii", "async", "attr", "attribute",
    "attributes", "auth", "authenticated", "authentication", "authorization", "available", "backend", "bad", "base", "basic", "bcrypt", "bearer",
    "begin", "bit", "bits", "blank", "body", "bool", "boolean", "bucket", "buffer", "build", "builder", "button", "byte", "bytes", "cache",
    "callback", "can", "cert", "certificate", "change", "changed", "char", "chart", "check", "checkbox", "checked", "cipher", "class", "classes",
    "click", "client", "clients", "cluster", "cmd", "code", "codes", "column", "columns", "command", "common", "component", "components", "conf",
    "config", "configs", "configuration", "confirm", "confirmation", "confirmed", "connection", "connector", "const", "constant", "contact",
    "container", "content", "controller", "cookie", "core", "count", "counter", "create", "created", "credential", "credentials", "cron", "crypt",
    "crypto", "csrf", "current", "custom", "customer", "data", "database", "databases", "datasource", "decode", "decoded", "decrypt", "default",
    "defaults", "delete", "deleted", "demo", "denied", "deploy", "deployment", "des", "destination", "dev", "develop", "development", "dialog",
    "digest", "dir", "directory", "disable", "disabled", "docker", "double", "dummy", "ecc", "ecdsa", "element", "email", "empty", "enable",
    "enabled", "encode", "encoded", "encrypt", "encrypted", "encryption", "end", "endpoint", "enter", "entity", "enum", "env", "environment", "error",
    "errors", "event", "events", "example", "examples", "exec", "expire", "expired", "expires", "expiry", "export", "extension", "external",
    "factory", "failed", "failure", "fake", "false", "field", "fields", "file", "filename", "files", "filter", "final", "first", "fixture", "flag",
    "flags", "float", "folder", "footer", "for", "forbidden", "forgot", "forgotten", "form", "format", "formatted", "forms", "from", "frontend",
    "ftp", "function", "gateway", "generate", "generated", "generator", "generic", "get", "global", "good", "group", "groups", "guid", "handler",
    "handlers", "has", "hash", "hashed", "have", "header", "headers", "helm", "help", "helper", "helpers", "hex", "hidden", "hide", "hint", "hmac",
    "host", "hostname", "hosts", "html", "http", "https", "icon", "identity", "ids", "image", "imap", "import", "incorrect", "index", "indexes",
    "input", "inputs", "instance", "int", "integer", "interface", "internal", "invalid", "iso", "item", "items", "job", "jobs", "json", "jwt", "key",
    "keys", "keystore", "kind", "kms", "kube", "kubernetes", "label", "last", "latin", "layout", "ldap", "length", "level", "lib", "library", "limit",
    "link", "links", "list", "lists", "load", "local", "localhost", "lock", "login", "logon", "logout", "mail", "main", "manager", "map", "mariadb",
    "mask", "master", "match", "matches", "max", "maximum", "member", "menu", "message", "messages", "method", "min", "minimum", "missing", "mock",
    "modal", "mode", "model", "models", "module", "modules", "mongo", "mongodb", "more", "most", "must", "mysql", "name", "names", "namespace",
    "network", "new", "next", "node", "nodes", "none", "not", "null", "number", "oauth", "object", "objects", "old", "only", "option", "optional",
    "options", "oracle", "order", "org", "organization", "origin", "otp", "our", "output", "override", "owner", "package", "page", "pages", "panel",
    "param", "parameter", "parameters", "params", "parse", "pass", "passcode", "passphrase", "passwd", "password", "path", "paths", "pattern",
    "pbkdf", "permission", "permissions", "phone", "pin", "placeholder", "plugin", "pod", "policies", "policy", "port", "ports", "post", "postgres",
    "postgresql", "prefix", "present", "prev", "previous", "primary", "principal", "private", "process", "prod", "production", "profile", "project",
    "prompt", "prop", "properties", "property", "props", "provider", "providers", "proxy", "public", "put", "pwd", "query", "queue", "random", "rank",
    "read", "readonly", "receive", "redis", "ref", "reference", "regex", "region", "release", "remote", "remove", "removed", "repository", "request",
    "requests", "required", "reset", "resource", "resources", "response", "role", "roles", "root", "route", "routes", "row", "rows", "rsa", "rule",
    "rules", "salt", "sample", "save", "scope", "scopes", "score", "scram", "screen", "script", "scrypt", "sdk", "sealed", "secondary", "secret",
    "select", "selected", "selector", "send", "server", "servers", "service", "services", "session", "set", "sets", "setting", "settings", "sha",
    "shared", "shell", "should", "show", "signin", "signup", "size", "slave", "smtp", "some", "sort", "source", "sql", "sqlite", "ssh", "ssl",
    "stack", "stage", "staging", "start", "state", "static", "status", "step", "steps", "stop", "storage", "store", "stream", "strength", "string",
    "strings", "strong", "struct", "stub", "style", "submit", "subnet", "succeeded", "success", "suffix", "supported", "sync", "sys", "system",
    "table", "tables", "target", "task", "tasks", "tcp", "team", "template", "templates", "tenant", "test", "testing", "tests", "text", "that", "the",
    "then", "this", "thread", "title", "tls", "toggle", "token", "topic", "total", "true", "truststore", "type", "types", "udp", "uid", "uint",
    "unauthorized", "unknown", "unsupported", "update", "updated", "uri", "url", "user", "username", "users", "utf", "util", "utils", "uuid", "valid",
    "validate", "validated", "validation", "validator", "value", "values", "var", "variable", "variables", "vars", "vault", "ver", "verification",
    "verified", "verify", "version", "view", "views", "visible", "was", "weak", "web", "webhook", "when", "widget", "will", "with", "without",
    "worker", "write", "wrong", "xml", "yaml", "your", "zone"});

constexpr std::size_t kShortestWord = 3;
constexpr std::size_t kLongestWord = 12;
constexpr std::size_t kMostDigits = 6;

bool is_joint(char c) { return c == '-' || c == '_' || c == '.'; }

// Words, then digits, then perhaps a mark: the parts of "Onion.bishop100", "Spring2025_".
struct Parts {
  std::string_view text;           // the words, and what joins them
  std::size_t words = 0;
  std::size_t capitals = 0;        // words that begin with one
  std::size_t joints = 0;          // between words
  char joint = 0;                  // what stands between words, if it is always the same, '\0' else
  std::size_t digits = 0;          // behind the words
  bool apart = false;              // a joint divides them from the digits
  bool marked = false;             // a joint ends it all

  // False if `whole` has another form.
  bool read(std::string_view whole) {
    text = whole;
    if (text.size() > 1 && is_joint(text.back())) {
      marked = true;
      text.remove_suffix(1);
    }
    while (digits < text.size() && is_digit(text[text.size() - digits - 1])) ++digits;
    text.remove_suffix(digits);
    if (digits > 0 && !text.empty() && is_joint(text.back())) {
      apart = true;
      text.remove_suffix(1);
    }
    return read_words();
  }

 private:
  bool read_words() {
    bool fresh = true;
    for (std::size_t i = 0; i < text.size(); ++i) {
      const char c = text[i];
      if (is_joint(c)) {
        if (fresh) return false;
        joint = joints == 0 || joint == c ? c : '\0';
        ++joints;
        fresh = true;
        continue;
      }
      if (!is_letter(c) || (!fresh && is_upper(c) && is_upper(text[i - 1]))) return false;  // "MOCK", "HTTPServer"
      words += fresh || is_upper(c);
      capitals += is_upper(c);
      fresh = false;
    }
    return !fresh;
  }
};

bool are_plain(const Words& words) {
  bool long_one = false;
  for (std::string_view word : words) {
    if (word.size() < kShortestWord || word.size() > kLongestWord || kTechnical.contains(word)) return false;
    long_one |= word.size() > kShortestWord;
  }
  return long_one;
}

// "willow_20", "Spring2025_", "Winter2024"; not "willow20", which is a word like "utf8".
bool one_word(const Parts& parts) {
  if (parts.digits < 2) return false;
  return parts.apart || parts.marked || parts.capitals == 1;
}

// "MagnetHornet63", "Onion.bishop100", "maple-otter-violin-42"; one digit is enough where the second word begins small behind a mark.
bool several_words(const Parts& parts) {
  if (parts.joint == '.' && parts.capitals == 0) return false;  // as keys of configuration are
  if (parts.digits >= 2) return true;
  return parts.digits == 1 && parts.joints == 1 && parts.words == 2 && parts.capitals == 1;
}

}  // namespace

bool is_passphrase(std::string_view text) {
  Parts parts;
  if (text.size() < 6 || !parts.read(text) || parts.digits > kMostDigits || !are_plain(Words(parts.text))) return false;
  if (parts.words == 1) return one_word(parts);
  if (parts.digits > 0) return several_words(parts);
  return !parts.marked && parts.words >= 3 && parts.joint == '-' && parts.joints + 1 == parts.words;
}

}  // namespace keywake::matching
