// One scan, top to bottom.
#include "scan/pipeline.h"

#include <fmt/format.h>
#include <tbb/global_control.h>
#include <tbb/task_arena.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <thread>

#include "base/text.h"
#include "git/repository.h"
#include "scan/context.h"
#include "scan/history_scan.h"
#include "scan/plain_scan.h"

namespace keywake::scan {
namespace fs = std::filesystem;
namespace {

bool wants_commits_only(const Request& request) {
  return !request.range.empty() || !request.since.empty() || !request.branches.empty();
}

Result<void> scan_repository(const Context& context, const git::Repository& repository, const std::string& target) {
  if (context.request.staged) return scan_staged(context, repository, target);
  if (wants_commits_only(context.request)) return scan_commits(context, repository, target);
  if (!context.request.history) return {};
  if (context.request.exhaustive) return scan_commits(context, repository, target);
  scan_history(context, repository, target);
  return {};
}

Result<void> scan_target(const Context& context, const std::string& target) {
  auto repository = git::Repository::open(target);
  if (!repository) return std::unexpected(repository.error());
  if (*repository) return scan_repository(context, **repository, target);
  return {};
}

}  // namespace

Result<model::ScanResult> run(const Request& request, const matching::Engine& engine,
                              const rules::RuleSet& rules, Progress& progress) {
  (void)rules;
  auto started = std::chrono::steady_clock::now();
  unsigned threads = request.threads != 0 ? request.threads : std::max(1u, std::thread::hardware_concurrency());
  tbb::global_control limit(tbb::global_control::max_allowed_parallelism, threads);
  matching::ValueTable values;
  Collector collector(values);
  Context context{request, engine, values, collector, progress, threads, {}};
  context.archive_limits.member_bytes = request.max_file_size;

  tbb::task_arena arena(static_cast<int>(threads));
  arena.execute([&] {
    for (const std::string& target : request.targets) {
      if (auto done = scan_target(context, target); !done) {
        collector.skip({target, done.error().message, true});
      }
    }
  });
  model::ScanResult result = collector.finish();
  result.summary.targets = request.targets;
  result.summary.seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
  return result;
}

}  // namespace keywake::scan
