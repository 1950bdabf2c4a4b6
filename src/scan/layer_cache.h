// Layers that an earlier scan with the same rules has read. One in which nothing was found is not read again, nor fetched; of any other the entries
// with findings are read again, in place (images/layer_parts.h), and the rest is not. So the cache holds no secret, but hashes of paths,
// counts, places, and what was left out and why.
// An entry is a file named by the SHA-256 of the layer's digest and of all that its findings depend on (LayerCacheOptions::key); it is
// written whole or not at all, for the owner only. A damaged or foreign one is as good as none.
// Thread safety: several threads and processes at once.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "images/layer_entries.h"
#include "images/layer_parts.h"
#include "model/finding.h"
#include "scan/pipeline.h"

namespace keywake::scan {

struct KnownLayer {
  images::LayerEntries entries;    // sealed
  std::vector<model::Skip> skips;  // none of them failed
  images::LayerParts parts;        // no ranges: nothing was found
  std::uint64_t found = 0;         // what a scan of the parts has to find to be believed
};

class LayerCache {
 public:
  explicit LayerCache(LayerCacheOptions options) : folder_(std::move(options.folder)), key_(std::move(options.key)) {}

  [[nodiscard]] std::optional<KnownLayer> find(const std::string& digest) const;
  void put(const std::string& digest, const KnownLayer& layer) const;

 private:
  [[nodiscard]] std::filesystem::path path_of(const std::string& digest) const;
  std::filesystem::path folder_;
  std::string key_;
};

}  // namespace keywake::scan
