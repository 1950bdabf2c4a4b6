// Collector: gathers sightings from all sources of a scan and groups them into credentials.
// Thread safety: add() and skip() may be called at once; finish() when all is done.
#pragma once

#include <atomic>
#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "matching/value_table.h"
#include "model/finding.h"

namespace keywake::scan {

class Collector {
 public:
  explicit Collector(const matching::ValueTable& values) : values_(values) {}

  void add(std::uint32_t value, model::Sighting sighting);
  /// Several sightings at once, under one lock.
  void add(std::vector<std::pair<std::uint32_t, model::Sighting>> sightings);
  void skip(model::Skip skip);

  // Totals for the summary.
  std::atomic<std::uint64_t> files = 0;
  std::atomic<std::uint64_t> blobs = 0;
  std::atomic<std::uint64_t> commits = 0;
  std::atomic<std::uint64_t> bytes = 0;
  std::atomic<std::uint64_t> bytes_matched = 0;

  /// Credentials and sightings in the order that model/finding.h promises. Moves everything out.
  model::ScanResult finish();

 private:
  const matching::ValueTable& values_;
  std::mutex mutex_;
  std::vector<std::pair<std::uint32_t, model::Sighting>> sightings_;
  std::vector<model::Skip> skips_;
};

}  // namespace keywake::scan
