#include "scan/layer_cache.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "base/hash.h"
#include "base/limits.h"
#include "base/mapped_file.h"
#include "base/private_file.h"

namespace keywake::scan {
namespace fs = std::filesystem;
namespace {

using Json = nlohmann::json;

constexpr std::string_view kMagic = "keywake clean layer 1\n";
constexpr std::size_t kMaxEntry = 64 * limits::kMiB;
constexpr std::size_t kMaxCache = 4000;  // entries; the oldest go
constexpr std::string_view kSuffix = ".layer";

void remove_oldest(const fs::path& folder) {
  std::vector<std::pair<fs::file_time_type, fs::path>> entries;
  std::error_code error;
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
    if (it->path().extension() != kSuffix) continue;
    if (const auto time = it->last_write_time(error); !error) entries.emplace_back(time, it->path());
  }
  if (entries.size() <= kMaxCache) return;
  std::sort(entries.begin(), entries.end());
  for (std::size_t i = 0; i + kMaxCache < entries.size(); ++i) fs::remove(entries[i].second, error);
}

}  // namespace

fs::path LayerCache::path_of(const std::string& digest) const {
  return folder_ / (to_hex(sha256(digest + "\n" + key_)) + std::string(kSuffix));
}

// Magic, the SHA-256 of what follows, a line of JSON, the entries.
std::optional<CleanLayer> LayerCache::find(const std::string& digest) const {
  if (folder_.empty()) return std::nullopt;
  const fs::path path = path_of(digest);
  if (!is_own_file(path)) return std::nullopt;
  const auto bytes = read_file(path, kMaxEntry);
  if (!bytes || !bytes->starts_with(kMagic)) return std::nullopt;
  std::string_view rest = std::string_view(*bytes).substr(kMagic.size());
  const std::string_view sum = rest.substr(0, 64);
  rest.remove_prefix(sum.size());
  if (to_hex(sha256(rest)) != sum) return std::nullopt;
  const std::size_t end = rest.find('\n');
  const Json about = Json::parse(rest.substr(0, end), nullptr, false);
  if (end == std::string_view::npos || !about.is_object()) return std::nullopt;
  auto entries = images::LayerEntries::from_bytes(rest.substr(end + 1));
  if (!entries) return std::nullopt;
  CleanLayer out{std::move(*entries), about.value("files", std::uint64_t{0}), about.value("bytes", std::uint64_t{0}), {}};
  for (const Json& skip : about.value("skips", Json::array())) {
    out.skips.push_back({skip.value("what", ""), skip.value("reason", ""), false});
  }
  return out;
}

void LayerCache::put(const std::string& digest, const CleanLayer& layer) const {
  if (folder_.empty()) return;
  Json skips = Json::array();
  for (const model::Skip& skip : layer.skips) skips.push_back({{"what", skip.what}, {"reason", skip.reason}});
  const Json about{{"files", layer.files}, {"bytes", layer.bytes}, {"skips", std::move(skips)}};
  const std::string body = about.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n" + layer.entries.to_bytes();
  if (body.size() + 1024 > kMaxEntry) return;
  if (write_private_file(path_of(digest), std::string(kMagic) + to_hex(sha256(body)) + body)) remove_oldest(folder_);
}

}  // namespace keywake::scan
