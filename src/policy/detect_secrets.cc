// .secrets.baseline of detect-secrets 1.5 (https://github.com/Yelp/detect-secrets#baseline): "results" has, by file, type, SHA-1 and line of each
// secret. What is hashed is what Python's findall() gives for the plugin's expression, which is not always the value.
#include <fmt/format.h>

#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "base/hash.h"
#include "base/json_nesting.h"
#include "base/text.h"
#include "policy/others_internal.h"

namespace keywake::policy {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kMaxNesting = 64;  // theirs have 4

// Of these types only the beginning is hashed, the same for many values: the line has to tell which one is meant.
std::string_view hashed_beginning(std::string_view type, std::string_view secret) {
  if (type == "GitHub Token") return secret.substr(0, std::min(secret.find('_'), secret.size()));
  if (type == "GitLab Token") return secret.substr(0, std::min(secret.find('-'), secret.size()));
  if (type == "Private Key") {
    constexpr std::string_view kPutty = "PuTTY-User-Key-File-2";
    if (secret.starts_with(kPutty)) return kPutty;
    const std::size_t begin = secret.find("BEGIN ");
    const std::size_t end = begin == std::string_view::npos ? begin : secret.find("-----", begin);
    return end == std::string_view::npos ? std::string_view() : secret.substr(begin, end - begin);
  }
  return {};
}

struct File {
  std::set<std::string> hashes;
  std::map<std::uint64_t, std::map<std::string, std::set<std::string>>> beginnings;  // hashes, by type, by line
};

class HashedByFile : public Source {
 public:
  explicit HashedByFile(std::string_view shown) : shown_(shown) {}

  void add(const std::string& file, const std::string& type, const std::string& hash, std::uint64_t line) {
    File& entry = files_[file.starts_with("./") ? file.substr(2) : file];
    if (type == "GitHub Token" || type == "GitLab Token" || type == "Private Key") entry.beginnings[line][type].insert(hash);
    entry.hashes.insert(hash);
  }

  [[nodiscard]] std::optional<std::string_view> by(const Place& place) const override {
    const auto found = files_.find(place.path);
    if (found == files_.end()) return std::nullopt;
    const File& file = found->second;
    if (file.hashes.contains(to_hex(sha1(place.secret)))) return shown_;
    if (file.hashes.contains(to_hex(sha1("AccountKey=" + std::string(place.secret))))) return shown_;  // their expression for Azure begins so
    const auto line = file.beginnings.find(place.line);
    if (line == file.beginnings.end()) return std::nullopt;
    for (const auto& [type, hashes] : line->second) {
      const std::string_view beginning = hashed_beginning(type, place.secret);
      if (!beginning.empty() && hashes.contains(to_hex(sha1(beginning)))) return shown_;
    }
    return std::nullopt;
  }

 private:
  std::string shown_;
  std::map<std::string, File, std::less<>> files_;
};

std::string text_at(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

}  // namespace

Made read_detect_secrets(std::string_view text, const Reading& reading) {
  if (nests_deeper_than(kMaxNesting, text)) return fail("it is nested too deeply");
  const Json json = Json::parse(text, nullptr, false);
  const auto results = json.is_object() ? json.find("results") : json.end();
  if (!json.is_object() || results == json.end() || !results->is_object()) return fail("no baseline of detect-secrets: there is no \"results\"");
  auto out = std::make_unique<HashedByFile>(reading.shown);
  std::size_t count = 0;
  for (const auto& [file, list] : results->items()) {
    if (!list.is_array()) continue;
    for (const Json& each : list) {
      if (!each.is_object() || text_at(each, "hashed_secret").empty()) continue;
      if (++count > kMaxEntries) return fail(fmt::format("more than {} entries", human_count(kMaxEntries)));
      const auto line = each.find("line_number");
      out->add(file, text_at(each, "type"), text_at(each, "hashed_secret"), line != each.end() && line->is_number_unsigned() ? line->get<std::uint64_t>() : 0);
    }
  }
  return out;
}

}  // namespace keywake::policy
