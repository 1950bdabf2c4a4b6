#include "policy/baseline.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/hash.h"
#include "base/json_nesting.h"
#include "base/text.h"

namespace keywake::policy {
namespace {

using Json = nlohmann::json;

constexpr std::string_view kContext = "keywake baseline 1\n";  // so that no other use of the key gives the same hashes
constexpr std::string_view kSchemes[]{"hmac-sha256", "scrypt"};
constexpr std::size_t kMaxText = 1000;

bool is_hex(std::string_view text, std::size_t size) {
  return text.size() == size && std::all_of(text.begin(), text.end(), [](char c) { return hex_digit(c) >= 0 && (c < 'A' || c > 'F'); });
}

// A member of text; empty if it is absent. False: it is of another type, or too long.
bool take(const Json& object, const char* key, std::string& out) {
  const auto found = object.find(key);
  if (found == object.end()) return true;
  if (!found->is_string()) return false;
  out = found->get<std::string>();
  return out.size() <= kMaxText;
}

Result<Entry> entry_of(const Json& json, std::string_view where) {
  static constexpr std::string_view kKnown[]{"hash", "pattern", "reason", "who", "date", "expires"};
  for (const auto& [key, value] : json.items()) {
    if (std::find(std::begin(kKnown), std::end(kKnown), key) == std::end(kKnown)) return fail(fmt::format("{}: unknown member \"{}\"", where, printable(key)));
  }
  Entry entry;
  std::string expires;
  if (!take(json, "pattern", entry.pattern) || !take(json, "reason", entry.reason) || !take(json, "who", entry.who) || !take(json, "date", entry.date) || !take(json, "expires", expires))
    return fail(fmt::format("{}: a member is no text, or longer than {} bytes", where, kMaxText));
  if (entry.reason.empty()) return fail(fmt::format("{}: \"reason\" is missing; say why the credential may stay", where));
  if (!expires.empty()) {
    entry.expires = day_of(expires);
    if (!entry.expires) return fail(fmt::format("{}: \"expires\" is no date; write it as 2026-12-31", where));
  }
  return entry;
}

// A baseline nests three levels; what is deeper is none, and would take memory before that shows.
Json parsed(std::string_view text) { return nests_deeper_than(16, text) ? Json() : Json::parse(text, nullptr, false); }

}  // namespace

Result<BaselineFile> read_baseline(std::string_view text, std::string_view name) {
  const std::string shown = printable(name);
  if (text.size() > kMaxFile) return fail(fmt::format("{}: larger than {}", shown, human_bytes(kMaxFile)));
  // A merge that went wrong is what happens to such a file most.
  std::size_t line = 1;
  for (std::size_t at = 0; at < text.size(); ++line) {
    const std::string_view rest = text.substr(at);
    if (rest.starts_with("<<<<<<< ") || rest.starts_with(">>>>>>> ")) return fail(fmt::format("{}:{}: holds the marks of a merge; keep the entries of both sides, and run 'keywake baseline update'", shown, line));
    const std::size_t end = rest.find('\n');
    if (end == std::string_view::npos) break;
    at += end + 1;
  }
  const Json json = parsed(text);
  if (!json.is_object()) return fail(fmt::format("{}: not JSON; take it out of the history again, or make it anew with 'keywake baseline create'", shown));
  if (const auto version = json.find("version"); version == json.end() || *version != 1) return fail(fmt::format("{}: its version is not 1; a newer keywake may read it", shown));
  BaselineFile file;
  std::string scheme;
  if (!take(json, "scheme", scheme)) return fail(fmt::format("{}: \"scheme\" is no text", shown));
  const auto known = std::find(std::begin(kSchemes), std::end(kSchemes), scheme);
  if (known == std::end(kSchemes)) return fail(fmt::format("{}: \"scheme\" is '{}'; there are hmac-sha256 and scrypt", shown, printable(scheme)));
  file.scheme = static_cast<Scheme>(known - std::begin(kSchemes));
  if (!take(json, file.scheme == Scheme::kKeyed ? "key_id" : "salt", file.id) || !is_hex(file.id, file.scheme == Scheme::kKeyed ? 16 : 32))
    return fail(fmt::format("{}: \"{}\" is missing or damaged", shown, file.scheme == Scheme::kKeyed ? "key_id" : "salt"));
  const auto entries = json.find("entries");
  if (entries == json.end() || !entries->is_array()) return fail(fmt::format("{}: \"entries\" is missing, or no list", shown));
  if (entries->size() > kMaxEntries) return fail(fmt::format("{}: more than {} entries", shown, human_count(kMaxEntries)));
  std::size_t number = 0;
  for (const Json& each : *entries) {
    const std::string where = fmt::format("{}: entry {}", shown, ++number);
    std::string hash;
    if (!each.is_object() || !take(each, "hash", hash) || !is_hex(hash, 64)) return fail(fmt::format("{}: \"hash\" is not 64 hexadecimal digits", where));
    auto entry = entry_of(each, where);
    if (!entry) return std::unexpected(entry.error());
    file.entries.emplace(std::move(hash), *std::move(entry));
  }
  return file;
}

std::string write_baseline(const BaselineFile& file) {
  const bool keyed = file.scheme == Scheme::kKeyed;
  std::string out = fmt::format("{{\n  \"version\": 1,\n  \"scheme\": \"{}\",\n  \"{}\": \"{}\",\n  \"entries\": [", kSchemes[static_cast<std::size_t>(file.scheme)], keyed ? "key_id" : "salt", file.id);
  bool first = true;
  for (const auto& [hash, entry] : file.entries) {
    nlohmann::ordered_json json{{"hash", hash}, {"pattern", to_utf8(entry.pattern)}, {"reason", to_utf8(entry.reason)}, {"who", to_utf8(entry.who)}, {"date", to_utf8(entry.date)}};
    if (entry.expires) json["expires"] = date_of_day(*entry.expires);
    out += (first ? "\n    " : ",\n    ") + json.dump();
    first = false;
  }
  return out + "\n  ]\n}\n";
}

std::string key_id(std::string_view key) { return to_hex(hmac("sha256", key, "keywake baseline key id 1\n")).substr(0, 16); }

Result<std::string> parse_key(std::string_view text, std::string_view name) {
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r' || text.back() == ' ')) text.remove_suffix(1);
  auto key = from_hex(text);
  if (!key || key->size() != 32) return fail(fmt::format("{}: no key of a baseline; it is 64 hexadecimal digits, as 'keywake baseline create' wrote them", name));
  return *std::move(key);
}

Result<std::unique_ptr<Baseline>> Baseline::make(BaselineFile file, std::string_view key, std::string_view name, std::int64_t now) {
  if (file.scheme == Scheme::kKeyed && key.empty())
    return fail(fmt::format("{}: its key is not here; get it from the repository's owner and put it into KEYWAKE_BASELINE_KEY, or name its file by --baseline-key", printable(name)));
  if (file.scheme == Scheme::kKeyed && key_id(key) != file.id)
    return fail(fmt::format("{}: the key that was given is not the one it was made with; get that from the repository's owner", printable(name)));
  return std::unique_ptr<Baseline>(new Baseline(std::move(file), std::string(key), now));
}

std::string Baseline::hash(std::string_view secret) const {
  std::string input(kContext);
  input += secret;
  std::string out;
  if (file_.scheme == Scheme::kKeyed) {
    out = to_hex(hmac("sha256", key_, input));
  } else {
    const std::string short_form = to_hex(sha256(input));
    std::lock_guard lock(mutex_);  // also so that no more than one holds the memory that scrypt needs
    // A hostile file could have a scan of many values hash for hours; what is beyond the bound is reported.
    if (known_.size() >= kMaxSlowHashes && !known_.contains(short_form)) return "";
    std::string& known = known_[short_form];
    if (known.empty()) known = to_hex(slow_digest(*from_hex(file_.id), input));
    out = known;
  }
  std::fill(input.begin(), input.end(), '\0');  // it held the secret in clear
  return out;
}

std::optional<std::string_view> Baseline::by(const Place& place) const {
  if (file_.entries.empty() || (file_.scheme == Scheme::kSlow && !place.would_be_reported)) return std::nullopt;
  const auto found = file_.entries.find(hash(place.secret));
  if (found == file_.entries.end() || (found->second.expires && !holds_until(*found->second.expires, now_))) return std::nullopt;
  return "baseline";
}

}  // namespace keywake::policy
