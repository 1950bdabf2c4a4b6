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

/// One place of a value, before it is judged by that place.
struct Seen {
  std::uint32_t value = 0;
  model::Sighting sighting;
  std::string line;  // text around it, for matching/judge.h
};

class Collector {
 public:
  Collector(const matching::ValueTable& values, bool explain) : values_(values), explain_(explain) {}

  /// Drops what its place shows to be noise, or keeps it as a rejection under --explain.
  void add(Seen seen);
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
  bool explain_;
  std::mutex mutex_;
  std::vector<Seen> seen_;
  std::vector<std::pair<model::Sighting, model::Rejection>> rejections_;
  std::uint64_t noise_ = 0;
  std::vector<model::Skip> skips_;
};

}  // namespace keywake::scan
