#include "scan/file_scan.h"

#include <algorithm>
#include <functional>
#include <mutex>
#include <optional>
#include <utility>

#include "scan/counting_sink.h"
#include "scan/jenkins_values.h"
#include "scan/piece_matcher_internal.h"
#include "sources/directory.h"
#include "sources/file.h"
#include "sources/stdin.h"

namespace keywake::scan {
namespace fs = std::filesystem;
namespace {

// Takes pieces of files from any thread, matches them and hands sightings to the collector.
class MatchSink : public CountingSink {
 public:
  MatchSink(const Context& context, const std::string& target, std::string folder = "", const std::optional<fs::path>& root = {})
      : CountingSink(context),
        target_(target),
        folder_(std::move(folder)),
        matcher_(context),
        jenkins_(context, root) {}

  void piece(const sources::Piece& piece) override {
    matcher_.match(piece, found_);
    jenkins_.match(piece, found_);
  }

  /// After the last piece.
  void finish() { jenkins_.finish(found_); }

  void skip(model::Skip skip) override {
    skip.what = target_ == skip.what ? target_ : target_ + ": " + skip.what;
    CountingSink::skip(std::move(skip));
  }

 private:
  const std::string& target_;
  const std::string folder_;  // Seen::folder
  const std::function<void(Seen)> found_ = [this](Seen seen) {
    seen.sighting.target = target_;
    seen.folder = folder_;
    context_.collector.add(std::move(seen));
  };
  PieceMatcher matcher_;
  JenkinsValues jenkins_;
};

// Where a file stands in its repository, "tests/db/": a scan of it alone should judge it as a scan of the whole would. Empty if it
// stands in none.
std::string folder_in_repository(const fs::path& file) {
  const fs::path root = repository_of(file);
  std::error_code ec;
  const fs::path folder = root.empty() ? root : fs::canonical(file.has_parent_path() ? file.parent_path() : fs::path("."), ec);
  return root == folder ? "" : (folder.lexically_relative(root) / "").native();
}

template <typename Options>
Options options_of(const Context& context) {
  Options options;
  options.max_file_size = context.request.max_file_size;
  options.include = context.request.include;
  options.exclude = context.request.exclude;
  options.expand_archives = context.request.archives;
  options.archive_limits = context.archive_limits;
  return options;
}

}  // namespace

fs::path repository_of(const fs::path& file) {
  std::error_code ec;
  const fs::path folder = fs::canonical(file.has_parent_path() ? file.parent_path() : fs::path("."), ec);
  for (fs::path root = folder; !ec && !root.empty(); root = root.parent_path()) {
    if (fs::exists(root / ".git", ec)) return root;
    if (!root.has_relative_path()) break;
  }
  return {};
}

Result<std::vector<NestedRepository>> scan_directory(const Context& context, const std::filesystem::path& root,
                                                     const std::string& target, const KnownFile& known) {
  context.progress.stage = "files";
  std::mutex mutex;
  std::vector<NestedRepository> nested;
  auto options = options_of<sources::DirectoryOptions>(context);
  options.skip_file = known;
  options.repository = [&](const std::string& path, bool bare) {
    if (!context.request.history) return false;
    std::lock_guard lock(mutex);
    nested.push_back({path, bare});
    return true;
  };
  MatchSink sink(context, target, "", root);
  auto counts = sources::scan_directory(root, options, sink);
  sink.finish();
  if (!counts) return std::unexpected(counts.error());
  std::sort(nested.begin(), nested.end(),
            [](const NestedRepository& a, const NestedRepository& b) { return a.path < b.path; });
  return nested;
}

Result<void> scan_file(const Context& context, const std::filesystem::path& path, const std::string& target) {
  context.progress.stage = "files";
  MatchSink sink(context, target, folder_in_repository(path), path.parent_path());
  auto done = sources::scan_file(path, path.filename().native(), options_of<sources::ReadOptions>(context), sink);
  sink.finish();
  return done;
}

Result<void> scan_standard_input(const Context& context) {
  context.progress.stage = "standard input";
  static const std::string kTarget = "-";
  MatchSink sink(context, kTarget);
  sources::scan_stdin("-", options_of<sources::ReadOptions>(context), sink);
  sink.finish();
  return {};
}

}  // namespace keywake::scan
