#include "cli/engine_cache.h"

#include <algorithm>
#include <cstdlib>
#include <vector>

#include "base/hash.h"
#include "base/limits.h"
#include "base/mapped_file.h"
#include "base/private_file.h"
#include "cli/version.h"
#include "matching/database.h"

namespace keywake::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxDatabase = 256 * limits::kMiB;
constexpr std::string_view kSuffix = ".keydb";

// Each field with its length in front, so that no two lists of fields give the same text.
class KeyText {
 public:
  void add(std::string_view field) {
    text_ += std::to_string(field.size()) + ":" + std::string(field);
  }
  void add(std::uint64_t number) { add(std::to_string(number)); }
  void add(std::span<const std::string_view> list) {
    add(list.size());
    for (std::string_view item : list) add(item);
  }
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  std::string text_;
};

void remove_oldest(const fs::path& folder) {
  std::vector<std::pair<fs::file_time_type, fs::path>> entries;
  std::error_code error;
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
    if (it->path().extension() != kSuffix) continue;
    auto time = it->last_write_time(error);
    if (!error) entries.emplace_back(time, it->path());
  }
  std::sort(entries.begin(), entries.end());
  for (std::size_t i = 0; i + kMaxEntries < entries.size(); ++i)
    fs::remove(entries[i].second, error);
}

}  // namespace

fs::path default_cache_folder() {
  auto absolute = [](const char* value) { return value != nullptr && *value == '/'; };
  // XDG base directory specification: a relative value is to be ignored.
  const char* cache = std::getenv("XDG_CACHE_HOME");
  if (absolute(cache)) return fs::path(cache) / "keywake";
  const char* home = std::getenv("HOME");
  return absolute(home) ? fs::path(home) / ".cache/keywake" : fs::path();
}

std::string cache_key(const rules::RuleSet& rules) {
  KeyText key;
  key.add(kVersion);
  key.add(matching::native_cpu());
  for (const model::Pattern& pattern : rules.patterns()) {
    key.add(pattern.id);
    key.add(pattern.anchors);
    key.add(pattern.keywords);
    key.add(pattern.shape);
    key.add(pattern.within);
    key.add(pattern.regex);
    key.add(pattern.max_length);
  }
  return to_hex(sha256(key.text()));
}

Result<std::unique_ptr<matching::Engine>> cached_engine(const rules::RuleSet& rules,
                                                        const fs::path& folder) {
  fs::path path;
  if (!folder.empty()) {
    path = folder / (cache_key(rules) + std::string(kSuffix));
    if (is_own_file(path)) {
      auto bytes = read_file(path, kMaxDatabase);
      if (bytes && matching::usable_database(*bytes)) {
        if (auto engine = matching::Engine::load(rules, std::move(*bytes))) return engine;
      }
    }
  }
  auto database = matching::compile_database(rules, matching::native_cpu());
  if (!database) return std::unexpected(database.error());
  if (!path.empty() && write_private_file(path, *database)) remove_oldest(folder);
  return matching::Engine::load(rules, std::move(*database));
}

}  // namespace keywake::cli
