// Layers that an earlier scan with the same rules found clean: they are not read again, nor fetched. A layer in which something was found is read
// every time, since what was found would have to be kept: the cache holds no secret, but hashes of paths, counts, and what was left out and why.
// An entry is a file named by the SHA-256 of the layer's digest and of all that its findings depend on (ImageOptions::layer_cache_key); it is
// written whole or not at all, for the owner only. A damaged or foreign one is as good as none.
// Thread safety: several threads and processes at once.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "images/layer_entries.h"
#include "model/finding.h"

namespace keywake::scan {

struct CleanLayer {
  images::LayerEntries entries;  // sealed
  std::uint64_t files = 0, bytes = 0;
  std::vector<model::Skip> skips;  // none of them failed
};

class LayerCache {
 public:
  /// An empty folder: there is no cache.
  LayerCache(std::filesystem::path folder, std::string key) : folder_(std::move(folder)), key_(std::move(key)) {}

  [[nodiscard]] std::optional<CleanLayer> find(const std::string& digest) const;
  void put(const std::string& digest, const CleanLayer& layer) const;

 private:
  [[nodiscard]] std::filesystem::path path_of(const std::string& digest) const;
  std::filesystem::path folder_;
  std::string key_;
};

}  // namespace keywake::scan
