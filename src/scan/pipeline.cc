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

// The history, and, unless only commits were asked for, the files of its work tree.
Result<void> scan_repository(const Context& context, const git::Repository& repository, const std::string& target);

Result<void> scan_tree(const Context& context, const fs::path& root, const std::string& target, const KnownFile& known) {
  auto nested = scan_directory(context, root, target, known);
  if (!nested) return std::unexpected(nested.error());
  for (const NestedRepository& inner : *nested) {
    std::string name = (fs::path(target) / inner.path).native();
    auto repository = git::Repository::open(root / inner.path);
    Result<void> done = {};
    if (!repository) {
      done = std::unexpected(repository.error());
    } else if (*repository) {
      // Its files are part of this tree already; only the history is new.
      done = scan_history_of(context, **repository, name);
    }
    if (!done) context.collector.skip({name, done.error().message, true});
  }
  return {};
}

Result<void> scan_repository(const Context& context, const git::Repository& repository, const std::string& target) {
  if (context.request.staged) return scan_staged(context, repository, target);
  if (wants_commits_only(context.request)) return scan_commits(context, repository, target);
  KnownFile known;
  if (context.request.history) {
    auto done = scan_history_of(context, repository, target);
    if (!done) return std::unexpected(done.error());
    known = std::move(*done);
  }
  if (!repository.work_tree) return {};
  return scan_tree(context, *repository.work_tree, target, known);
}

Result<void> scan_target(const Context& context, const std::string& target) {
  if (target == "-") return scan_standard_input(context);
  if (git::is_git_url(target)) {
    auto clone = git::clone(target);
    if (!clone) return std::unexpected(clone.error());
    auto repository = git::Repository::open(clone->path());
    if (!repository) return std::unexpected(repository.error());
    return scan_repository(context, **repository, clone->display_url());
  }
  auto repository = find_repository(context.request, target);
  if (!repository) return std::unexpected(repository.error());
  if (*repository) return scan_repository(context, **repository, target);
  std::error_code ec;
  if (fs::is_directory(target, ec)) return scan_tree(context, target, target, {});
  return scan_file(context, target, target);
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
