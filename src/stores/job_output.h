// What the jobs of a CI system left: their logs and artifacts. list() of store.h says which there are; an OutputReader hands out their bytes, as
// streams of any length, which nothing keeps.
//
// Redirects are followed here, because providers keep such files with somebody else: over https:// only, under the same address policy, and
// without any header of the login once another origin is asked, back again or not. Rate limits are kept to and failures tried again as
// by the rest of stores/, all readers of one host together; a body that breaks off is not begun anew.
// Ownership: a Download must not outlive its OutputReader. Thread safety: open() from several threads at once.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <expected>
#include <memory>
#include <mutex>
#include <random>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "model/variable.h"
#include "net/download.h"

namespace keywake::stores {

struct OutputOptions {
  bool logs = false;
  bool artifacts = false;
  std::int64_t since = 0;  // seconds since 1970: of jobs from then on; 0 for a scan: what --since says, or 30 days
  [[nodiscard]] bool any() const { return logs || artifacts; }
};

struct JobOutput {
  model::CiPlace place;  // updated_at is the job's date
  std::string path;      // after the base of the provider's interface
  bool forbidden_if_none = false;  // 403 may say that there is none
};

struct OutputProblem {
  std::string reason;
  bool failed = true;  // false: it has expired, or was erased or removed
};

/// Reasons that are no failures, the same for all so that summaries count them in one line each.
inline constexpr std::string_view kGone = "expired, erased or removed";
inline constexpr std::string_view kNotShown = "without a log, or with one that the access token may not see (403)";

class OutputReader {
 public:
  /// `headers` are the login's.
  static Result<std::unique_ptr<OutputReader>> make(std::string base, std::vector<std::pair<std::string, std::string>> headers, const net::ClientOptions& options);

  /// The body is still to be read.
  std::expected<net::Download, OutputProblem> open(const JobOutput& output);

 private:
  struct Reached;
  struct Unreached;
  OutputReader() = default;
  std::expected<Reached, Unreached> follow(const std::string& url);
  void wait_for_peace();
  std::chrono::milliseconds pause(int attempt, const net::Answer& answer);

  std::string base_;
  net::Origin origin_;
  std::vector<std::pair<std::string, std::string>> headers_;
  std::unique_ptr<net::Downloader> downloader_;
  std::atomic<int> failures_ = 0;
  std::mutex mutex_;  // for what follows
  std::chrono::steady_clock::time_point not_before_;
  std::minstd_rand random_{std::random_device{}()};
};

/// Whether the target's provider has such things, and how the targets of those that have are written.
bool has_job_output(std::string_view target);
std::vector<std::string_view> job_output_usages();

}  // namespace keywake::stores
