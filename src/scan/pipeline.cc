// One scan, top to bottom.
#include "scan/pipeline.h"

#include <fmt/format.h>
#include <tbb/global_control.h>
#include <tbb/task_arena.h>

#include <algorithm>
#include <chrono>
#include <ctime>
#include <filesystem>
#include <optional>
#include <thread>

#include "base/text.h"
#include "git/clone.h"
#include "git/git_url.h"
#include "git/repository.h"
#include "scan/context.h"
#include "scan/file_scan.h"
#include "scan/history_scan.h"
#include "scan/image_scan.h"
#include "scan/image_target.h"
#include "scan/people.h"
#include "scan/plain_scan.h"
#include "scan/store_scan.h"
#include "scan/suppression.h"
#include "scan/text_scan.h"

namespace keywake::scan {
namespace fs = std::filesystem;
namespace {

bool wants_commits_only(const Request& request) {
  return !request.range.empty() || !request.since.empty() || !request.branches.empty();
}

bool needs_repository(const Request& request) { return request.staged || request.push || wants_commits_only(request); }

// Quarantined objects first: what is pushed is most likely there.
void add_object_dirs(const Request& request, git::Repository& repository) {
  std::error_code ec;
  std::vector<fs::path> dirs;
  for (const std::string& dir : request.object_dirs) {
    const bool known = std::any_of(repository.object_dirs.begin(), repository.object_dirs.end(), [&](const fs::path& own) { return fs::equivalent(own, dir, ec); });
    if (!known && fs::is_directory(dir, ec)) dirs.emplace_back(dir);
  }
  repository.object_dirs.insert(repository.object_dirs.begin(), dirs.begin(), dirs.end());
}

// A target that is a repository itself; for modes that make sense in a repository only, one around it will do, as for git.
Result<std::optional<git::Repository>> find_repository(const Request& request, const std::string& target) {
  auto found = git::Repository::open(target);
  if (!found || *found || !needs_repository(request)) return found;
  std::error_code ec;
  fs::path at = fs::canonical(target, ec);
  while (!ec && at.has_relative_path()) {
    at = at.parent_path();
    found = git::Repository::open(at);
    if (!found || *found) return found;
  }
  return fail(fmt::format("{}: not a git repository, which {} need",
                          printable(target), request.push ? "hooks" : "--staged, --range, --since and --branch"));
}

// Returns which files of the work tree need not be read again.
Result<KnownFile> scan_history_of(const Context& context, const git::Repository& repository, const std::string& target) {
  if (!context.request.exhaustive) return scan_history(context, repository, target);
  auto done = scan_commits(context, repository, target);
  if (!done) return std::unexpected(done.error());
  return KnownFile{};
}

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
      if (auto scanned = scan_history_of(context, **repository, name); !scanned) {
        done = std::unexpected(scanned.error());
      }
    }
    if (!done) context.collector.skip({name, done.error().message, true});
  }
  return {};
}

Result<void> scan_all_of(const Context& context, const git::Repository& repository, const std::string& target) {
  if (context.request.staged) return scan_staged(context, repository, target);
  if (context.request.push) return scan_push(context, repository, target);
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

// What may stay there; before anything of it is scanned.
Result<void> read_policy(const Context& context, const git::Repository* repository, const std::optional<fs::path>& root, const std::string& target) {
  if (!context.request.suppress) return {};
  auto suppression = Suppression::make(context.request, context.baseline, repository, root);
  if (!suppression) return std::unexpected(suppression.error());
  context.collector.use(target, *std::move(suppression));
  return {};
}

Result<void> scan_repository(const Context& context, const git::Repository& repository, const std::string& target) {
  if (auto read = read_policy(context, &repository, repository.work_tree, target); !read) return read;
  auto done = scan_all_of(context, repository, target);
  if (!context.request.people || !done) return done;
  if (const auto files = context.collector.files_of_today(target)) context.collector.add(read_people(repository, target, *files, std::time(nullptr)));
  return done;
}

Result<void> scan_url(const Context& context, const std::string& url) {
  context.progress.stage = "cloning";
  auto clone = git::clone(url, [](std::string_view) {});
  if (!clone) return std::unexpected(clone.error());
  auto repository = git::Repository::open(clone->path());
  if (!repository) return std::unexpected(repository.error());
  return scan_repository(context, **repository, git::redacted_url(url));
}

// A file that is no image after all, or a damaged one, is still a file: nothing in it is lost.
Result<void> scan_image_target(const Context& context, const images::Reference& reference, const std::string& target) {
  auto done = scan_images(context, reference, target);
  std::error_code ec;
  if (!done && !reference.path.empty() && fs::is_regular_file(reference.path, ec)) {
    if (auto file = scan_file(context, reference.path, target); !file) context.collector.skip({target, file.error().message, true});
  }
  return done;
}

Result<void> scan_target(const Context& context, const std::string& target, std::vector<ScannedVariable>& variables) {
  if (target == "-") return scan_standard_input(context);
  if (stores::is_store(target)) return scan_store(context, target, variables);
  if (git::is_git_url(target)) return scan_url(context, target);
  if (!needs_repository(context.request)) {
    const auto image = find_image(target);
    if (!image) return std::unexpected(image.error());
    if (*image) return scan_image_target(context, **image, target);
  }
  auto repository = find_repository(context.request, target);
  if (!repository) return std::unexpected(repository.error());
  if (*repository) {
    add_object_dirs(context.request, **repository);
    return scan_repository(context, **repository, target);
  }
  std::error_code ec;
  if (fs::is_directory(target, ec)) {
    if (auto read = read_policy(context, nullptr, target, target); !read) return read;
    return scan_tree(context, target, target, {});
  }
  if (const fs::path root = context.request.policy_around ? repository_of(target) : fs::path(); !root.empty()) {
    auto around = git::Repository::open(root);
    if (!around) return std::unexpected(around.error());
    if (auto read = read_policy(context, *around ? &**around : nullptr, root, target); !read) return read;
  }
  return scan_file(context, target, target);
}

// Without what people should not have written into it.
std::string name_in_report(const std::string& target) {
  if (stores::is_store(target)) return stores::redacted_target(target);
  return git::is_git_url(target) ? git::redacted_url(target) : target;
}

}  // namespace

Result<model::ScanResult> run(const Request& request, const matching::Engine& engine, Progress& progress) {
  auto started = std::chrono::steady_clock::now();
  unsigned threads = request.threads != 0 ? request.threads : std::max(1u, std::thread::hardware_concurrency());
  matching::ValueTable values;
  Collector collector(values, request.explain, request.min_confidence, request.suppress);
  std::optional<policy::Note> note;
  auto baseline = asked_baseline(request, note);
  if (!baseline) return std::unexpected(baseline.error());
  if (note) collector.skip({note->what, note->reason, note->failed});
  if (*baseline) collector.use_for_all(std::make_shared<const Suppression>(*baseline, request.min_confidence));
  Context context{request, engine, values, collector, progress, threads, {}, *baseline};
  context.archive_limits.member_bytes = request.max_file_size;

  std::vector<ScannedVariable> variables;
  const auto scan_all = [&] {
    scan_texts(context);
    for (const std::string& target : request.targets) {
      if (auto done = scan_target(context, target, variables); !done) {
        collector.skip({name_in_report(target), done.error().message, true});
      }
    }
  };
  if (request.staged || request.targets.empty()) {
    scan_all();  // nothing of it is in parallel, and a hook has no time for the start of oneTBB
  } else {
    tbb::global_control limit(tbb::global_control::max_allowed_parallelism, threads);
    tbb::task_arena(static_cast<int>(threads)).execute(scan_all);
  }
  model::ScanResult result = collector.finish();
  result.variables = variables_to_report(std::move(variables), result.credentials, std::time(nullptr));
  for (const std::string& target : request.targets) {
    result.summary.targets.push_back(name_in_report(target));
  }
  result.summary.seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
  return result;
}

}  // namespace keywake::scan
