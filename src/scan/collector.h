// Collector: gathers sightings from all sources of a scan and groups them into credentials.
// Thread safety: add() and skip() may be called at once; finish() when all is done.
#pragma once

#include <atomic>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "matching/value_table.h"
#include "model/finding.h"
#include "scan/allow.h"
#include "scan/suppression.h"

namespace keywake::scan {

/// One place of a value, before it is judged by that place.
struct Seen {
  std::uint32_t value = 0;
  model::Sighting sighting;
  std::string line;    // text around it, for matching/judge.h
  std::string folder;  // "tests/" before the path, for the same: of a single file, whose path is its name alone
  std::optional<Allow> allow;  // what stands beside it
  std::string judged_as = {};  // the path to judge the place by instead, if it is no file; empty: the sighting's own
};

class Collector {
 public:
  /// Of credentials under `min_confidence` only the number is kept, and what to redact; likewise, with `suppress`, of what is allowed.
  Collector(const matching::ValueTable& values, bool explain, model::Confidence min_confidence, bool suppress = true)
      : values_(values), explain_(explain), min_confidence_(min_confidence), suppress_(suppress) {}
  Collector(const Collector&) = delete;
  Collector& operator=(const Collector&) = delete;
  virtual ~Collector() = default;

  /// Judges a sighting by its place: that tells how sure it is, or shows it to be noise, which is dropped, or kept as a
  /// rejection under --explain.
  virtual void add(Seen seen);
  virtual void skip(model::Skip skip);
  void add(model::People people);

  /// What may stay in a target; before anything is added of it. `of_all`: for targets of which nothing else is known.
  void use(const std::string& target, std::shared_ptr<const Suppression> suppression);
  void use_for_all(std::shared_ptr<const Suppression> suppression);

  /// What was added so far: paths of a target that have it today, with the earliest date at which a commit brought it in.
  /// Absent if nothing was found in the target.
  std::optional<std::map<std::string, std::int64_t>> files_of_today(const std::string& target);

  /// Whether add() would make more of it than a number. What finish() drops, for its confidence, is among it.
  [[nodiscard]] bool would_keep(const Seen& seen) const;

  // Totals for the summary.
  std::atomic<std::uint64_t> files = 0;
  std::atomic<std::uint64_t> blobs = 0;
  std::atomic<std::uint64_t> commits = 0;
  std::atomic<std::uint64_t> stores = 0;
  std::atomic<std::uint64_t> variables = 0;
  std::atomic<std::uint64_t> logs = 0;          // of jobs
  std::atomic<std::uint64_t> artifacts = 0;     // of the same
  std::atomic<std::uint32_t> job_days = 0;      // model::Summary::job_days
  std::atomic<std::uint64_t> layers = 0;        // of images, known ones too
  std::atomic<std::uint64_t> known_layers = 0;  // scan/layer_cache.h
  std::atomic<std::uint64_t> bytes = 0;
  std::atomic<std::uint64_t> bytes_matched = 0;

  /// Credentials and sightings in the order that model/finding.h promises. Moves everything out.
  model::ScanResult finish();

 private:
  std::string judge(Seen& seen) const;
  struct Allowed {
    Seen seen;
    std::string by;
  };
  std::optional<Suppression::Verdict> verdict_on(const Seen& seen, const matching::Value& value) const;
  void count_allowed(model::ScanResult& result);
  void complain_of_allow(const Seen& seen);

  const matching::ValueTable& values_;
  bool explain_;
  model::Confidence min_confidence_;
  bool suppress_;
  std::mutex mutex_;
  std::vector<Seen> seen_;
  std::vector<Allowed> allowed_;
  std::vector<Allowed> disallowed_;  // by what a change brought itself: reported, and counted
  std::map<std::string, std::shared_ptr<const Suppression>> suppressions_;  // by target
  std::shared_ptr<const Suppression> for_all_ = std::make_shared<const Suppression>(nullptr);
  std::vector<std::pair<model::Sighting, model::Rejection>> rejections_;
  std::uint64_t noise_ = 0;
  std::vector<model::Skip> skips_;
  std::vector<model::People> people_;
};

}  // namespace keywake::scan
