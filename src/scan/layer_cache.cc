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

constexpr std::string_view kMagic = "keywake layer 2\n";
constexpr std::size_t kMaxEntry = 64 * limits::kMiB;
constexpr std::size_t kMaxCache = 4000;  // entries; the oldest go …
constexpr std::uint64_t kMaxCacheBytes = 2048 * limits::kMiB;  // … and so they do above this
constexpr std::string_view kSuffix = ".layer";

void remove_oldest(const fs::path& folder) {
  struct Entry {
    fs::file_time_type time;
    fs::path path;
    std::uint64_t bytes;
    auto operator<=>(const Entry& other) const { return time <=> other.time; }
  };
  std::vector<Entry> entries;
  std::uint64_t bytes = 0;
  std::error_code error;
  for (fs::directory_iterator it(folder, error), end; !error && it != end; it.increment(error)) {
    if (it->path().extension() != kSuffix) continue;
    std::error_code gone;
    const auto time = it->last_write_time(gone);
    const std::uint64_t size = gone ? 0 : it->file_size(gone);
    if (gone) continue;
    entries.push_back({time, it->path(), size});
    bytes += size;
  }
  if (entries.size() <= kMaxCache && bytes <= kMaxCacheBytes) return;
  std::sort(entries.begin(), entries.end());
  for (std::size_t i = 0; i < entries.size() && (i + kMaxCache < entries.size() || bytes > kMaxCacheBytes); ++i) {
    fs::remove(entries[i].path, error);
    bytes -= entries[i].bytes;
  }
}

Json parts_to_json(const images::LayerParts& parts) {
  Json ranges = Json::array();
  for (const auto& range : parts.ranges) ranges.push_back({range.begin, range.end});
  Json points = Json::array();
  for (const auto& point : parts.points) points.push_back({point.out, point.in, point.bits, to_hex(point.sealed)});
  return {{"gzip", parts.gzip}, {"ranges", std::move(ranges)}, {"points", std::move(points)}};
}

// Its checksum says that it is as it was written, so wrong types mean another version of keywake: they throw.
images::LayerParts parts_from_json(const Json& json) {
  images::LayerParts out{.gzip = json.at("gzip").get<bool>()};
  for (const Json& range : json.at("ranges")) out.ranges.push_back({range.at(0).get<std::uint64_t>(), range.at(1).get<std::uint64_t>()});
  for (const Json& point : json.at("points")) {
    const auto sealed = from_hex(point.at(3).get<std::string>());
    out.points.push_back({point.at(0).get<std::uint64_t>(), point.at(1).get<std::uint64_t>(), point.at(2).get<std::uint8_t>(), sealed.value_or("")});
  }
  return out;
}

}  // namespace

fs::path LayerCache::path_of(const std::string& digest) const {
  return folder_ / (to_hex(sha256(digest + "\n" + key_)) + std::string(kSuffix));
}

// Magic, the SHA-256 of what follows, a line of JSON, the entries.
std::optional<KnownLayer> LayerCache::find(const std::string& digest) const {
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
  try {
    KnownLayer out{std::move(*entries), {}, parts_from_json(about.at("parts")), about.at("found").get<std::uint64_t>()};
    for (const Json& skip : about.at("skips")) out.skips.push_back({skip.at("what").get<std::string>(), skip.at("reason").get<std::string>(), false});
    return out;
  } catch (const Json::exception&) {
    return std::nullopt;
  }
}

void LayerCache::put(const std::string& digest, const KnownLayer& layer) const {
  if (folder_.empty()) return;
  Json skips = Json::array();
  for (const model::Skip& skip : layer.skips) skips.push_back({{"what", skip.what}, {"reason", skip.reason}});
  const Json about{{"skips", std::move(skips)}, {"parts", parts_to_json(layer.parts)}, {"found", layer.found}};
  const std::string body = about.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n" + layer.entries.to_bytes();
  if (body.size() + 1024 > kMaxEntry) return;
  if (write_private_file(path_of(digest), std::string(kMagic) + to_hex(sha256(body)) + body)) remove_oldest(folder_);
}

}  // namespace keywake::scan
