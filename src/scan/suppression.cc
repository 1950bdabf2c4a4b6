#include "scan/suppression.h"

#include <fmt/format.h>

#include <algorithm>
#include <ctime>

#include "base/mapped_file.h"
#include "base/text.h"
#include "git/commit_graph.h"
#include "git/object_database.h"
#include "git/tree_reader.h"
#include "policy/settings.h"
#include "model/sighting.h"
#include "scan/collector.h"

namespace keywake::scan {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kMaxVersion = 16UL << 20;  // bytes of a file in which a comment is looked for again
constexpr std::size_t kMaxKeyFile = 4096;

// A link could lead anywhere, be it the file or a folder on the way, and messages quote what is there.
policy::Reader folder_reader(const fs::path& root) {
  return [root](std::string_view path, std::size_t limit) -> Result<std::optional<std::string>> {
    std::error_code ec;
    fs::path file = root;
    fs::file_status status;
    for (const fs::path& part : fs::path(path)) {
      file /= part;
      status = fs::symlink_status(file, ec);
      if (ec || !fs::exists(status)) return std::optional<std::string>();
      if (fs::is_symlink(status)) return fail("a symbolic link leads there, so it is not read");
    }
    if (!fs::is_regular_file(status)) return fail("no regular file, so it is not read");
    auto text = read_file(file, limit);
    if (!text) return std::unexpected(text.error());
    return std::optional(*std::move(text));
  };
}

bool is_null_id(std::string_view id) { return !id.empty() && id.find_first_not_of('0') == std::string_view::npos; }

// The files of one commit; opened once, read by one thread at a time.
class CommitFiles {
 public:
  static Result<std::shared_ptr<CommitFiles>> open(const git::Repository& repository, const std::string& revision) {
    auto out = std::shared_ptr<CommitFiles>(new CommitFiles(repository));
    auto database = git::ObjectDatabase::open(out->repository_, out->problems_, kMaxVersion, git::ObjectDatabase::Packs::kOwn);
    if (!database) return std::unexpected(database.error());
    out->database_.emplace(*std::move(database));
    auto commit = git::resolve_revision(out->repository_, *out->database_, revision);
    if (!commit) return std::unexpected(commit.error());
    out->graph_.emplace(out->repository_, *out->database_, out->problems_);
    out->trees_.emplace(*out->graph_);
    const git::CommitLinks* links = out->graph_->links(*commit);
    if (links == nullptr) return fail(fmt::format("{}: the commit is not in this repository; fetch it", printable(revision)));
    out->tree_ = links->tree;
    return out;
  }

  Result<std::optional<std::string>> read(std::string_view path, std::size_t limit) {
    std::lock_guard lock(mutex_);
    const git::Oid file = trees_->file_at(tree_, path);
    if (file.is_null()) return std::optional<std::string>();
    git::ObjectDatabase::Object object;
    const git::ReadOutcome outcome = database_->read(file, object);
    if (outcome != git::ReadOutcome::kDone) return fail(fmt::format("its object is {}", git::reason(outcome)));
    if (object.bytes.size() > limit) return fail(fmt::format("larger than the {} allowed for such a file", human_bytes(limit)));
    return std::optional(std::move(object.bytes));
  }

 private:
  explicit CommitFiles(const git::Repository& repository) : repository_(repository) {}
  git::Repository repository_;
  git::Problems problems_;
  std::optional<git::ObjectDatabase> database_;
  std::optional<git::CommitGraph> graph_;
  std::optional<git::TreeReader> trees_;
  git::Oid tree_;
  std::mutex mutex_;
};

Result<policy::Reader> commit_reader(const git::Repository& repository, const std::string& revision) {
  if (is_null_id(revision)) {
    return policy::Reader([](std::string_view, std::size_t) -> Result<std::optional<std::string>> { return std::optional<std::string>(); });
  }
  auto files = CommitFiles::open(repository, revision);
  if (!files) return std::unexpected(files.error());
  return policy::Reader([files = *files](std::string_view path, std::size_t limit) { return files->read(path, limit); });
}

}  // namespace

fs::path own_key_file(const git::Repository& repository) { return repository.common_dir / "keywake" / "baseline.key"; }

Result<std::string> baseline_key(const std::string& given, const git::Repository* repository) {
  if (!given.empty()) return policy::parse_key(given, "the baseline's key");
  std::error_code ec;
  if (repository == nullptr || !fs::is_regular_file(fs::symlink_status(own_key_file(*repository), ec))) return std::string();
  const fs::path file = own_key_file(*repository);
  auto text = read_file(file, kMaxKeyFile);
  if (!text) return std::unexpected(text.error());
  return policy::parse_key(*text, printable(file.native()));
}

namespace {

// As the file is named below the work tree: by its own name, and by where that leads.
std::vector<std::string> paths_in(const fs::path& work_tree, const fs::path& file) {
  std::error_code ec;
  const fs::path own = fs::absolute(file, ec).lexically_normal();
  const fs::path real = fs::weakly_canonical(own.parent_path(), ec) / own.filename();
  std::vector<std::string> out;
  const auto add = [&](const fs::path& root, const fs::path& from) {
    const std::string path = from.lexically_relative(root).generic_string();
    if (!path.empty() && path != "." && path != ".." && !path.starts_with("../")) out.push_back(path);
  };
  add(fs::absolute(work_tree, ec).lexically_normal(), own);
  add(fs::weakly_canonical(work_tree, ec), real);
  return out;
}

bool trusts_changes(const policy::Reader& read) {
  const auto text = read(policy::kSettingsFile, policy::kMaxFile);
  if (!text || !*text) return false;
  const auto settings = policy::read_settings(**text, policy::kSettingsFile, std::time(nullptr));
  return settings && settings->trust_changes;
}

// The text of --baseline FILE that counts; absent: it is the change's alone.
Result<std::optional<std::string>> baseline_text(const Request& request, const std::optional<git::Repository>& repository) {
  if (repository && repository->work_tree && !request.policy_commit.empty()) {
    const auto before = commit_reader(*repository, request.policy_commit);
    if (!before) return std::unexpected(before.error());
    const auto change = commit_reader(*repository, request.push && !request.push->refs.empty() ? request.push->refs.front().object : "HEAD");
    for (const std::string& path : paths_in(*repository->work_tree, request.baseline_file)) {
      auto text = (*before)(path, policy::kMaxFile);
      if (!text) return std::unexpected(text.error());
      bool of_change = false;
      if (change) {
        const auto there = (*change)(path, policy::kMaxFile);
        of_change = !there || *there;
      }
      if ((*text || of_change) && !trusts_changes(*before)) return text;
    }
  }
  auto text = read_file(request.baseline_file, policy::kMaxFile);
  if (!text) return std::unexpected(text.error());
  return std::optional(*std::move(text));
}

}  // namespace

Result<std::shared_ptr<const policy::Baseline>> asked_baseline(const Request& request, std::optional<policy::Note>& note) {
  if (!request.suppress || request.baseline_file.empty()) return std::shared_ptr<const policy::Baseline>();
  std::optional<git::Repository> repository;
  for (const std::string& target : request.targets) {
    if (auto found = git::Repository::open(target); found && *found && !repository) repository = *std::move(*found);
  }
  const auto text = baseline_text(request, repository);
  if (!text) return std::unexpected(text.error());
  if (!*text) {
    note = {request.baseline_file, "only this change has it, so it does not count until it is merged", false};
    return std::shared_ptr<const policy::Baseline>();
  }
  auto file = policy::read_baseline(**text, request.baseline_file);
  if (!file) return std::unexpected(file.error());
  auto key = baseline_key(request.baseline_key, repository ? &*repository : nullptr);
  if (!key) return std::unexpected(key.error());
  auto baseline = policy::Baseline::make(*std::move(file), *key, request.baseline_file, std::time(nullptr));
  if (!baseline) return std::unexpected(baseline.error());
  return std::shared_ptr<const policy::Baseline>(*std::move(baseline));
}

Result<std::shared_ptr<const Suppression>> Suppression::make(const Request& request, std::shared_ptr<const policy::Baseline> baseline, const git::Repository* repository,
                                                             const std::optional<fs::path>& root) {
  auto out = std::make_shared<Suppression>(std::move(baseline), request.min_confidence);
  policy::Policy::Options options;
  options.baseline = request.baseline_file.empty() && !request.without_baseline;
  options.now = std::time(nullptr);
  auto key = baseline_key(request.baseline_key, repository);
  if (!key) return std::unexpected(key.error());
  options.key = *std::move(key);
  options.betterleaks_key = request.betterleaks_key;

  std::optional<policy::Reader> here;
  if (root) here = folder_reader(*root);
  if (repository != nullptr && !root) {
    // A bare repository says it in what is checked out of it by default; without a commit there it says nothing.
    const std::string tip = request.push && !request.push->refs.empty() ? request.push->refs.front().object : "HEAD";
    if (auto reader = commit_reader(*repository, tip)) here = *std::move(reader);
  }
  const std::shared_ptr<const policy::Policy> own = here ? policy::Policy::load(*here, options) : std::make_shared<const policy::Policy>();
  if (request.policy_commit.empty()) {
    out->policy_ = own;
    out->notes_ = own->notes();
    return out;
  }
  if (repository == nullptr) return fail(fmt::format("the policy shall come from {}, and this is no git repository", printable(request.policy_commit)));
  auto reader = commit_reader(*repository, request.policy_commit);
  if (!reader) return std::unexpected(reader.error());
  out->policy_ = policy::Policy::load(*reader, options);
  if (out->policy_->trusts_changes()) {
    out->policy_ = own;
    out->notes_ = own->notes();
    return out;
  }
  out->claimed_ = own;
  out->read_commit_ = *std::move(reader);
  out->notes_ = out->policy_->notes();
  // Whoever reviews the change should see its faults before they are everybody's; the scan itself did all it was asked.
  for (const policy::Note& note : own->notes()) {
    const auto known = [&](const policy::Note& other) { return other.what == note.what && other.reason == note.reason; };
    if (std::none_of(out->policy_->notes().begin(), out->policy_->notes().end(), known)) out->notes_.push_back({note.what, std::string(kOfChange) + note.reason, false});
  }
  return out;
}

// The same comment beside the same value.
bool Suppression::stood_before(const Allow& allow, const std::string& path, const matching::Value& value) const {
  const std::string_view secret = value.secret.reveal();
  if (secret.empty() || !value.decoded.empty()) return false;
  std::lock_guard lock(mutex_);
  auto [version, added] = versions_.try_emplace(path);
  if (added) {
    if (auto text = read_commit_(path, kMaxVersion); text && *text) version->second = **std::move(text);
  }
  const std::string_view text = version->second;
  for (std::size_t at = text.find(secret); at != std::string_view::npos; at = text.find(secret, at + 1)) {
    const auto before = allow_beside(text, at, at + secret.size(), 1);
    if (before && before->by == allow.by && before->pattern == allow.pattern && before->reason == allow.reason) return true;
  }
  return false;
}

std::optional<Suppression::Verdict> Suppression::judge(const Seen& seen, const matching::Value& value) const {
  const std::string& path = seen.sighting.path;
  std::optional<Verdict> own;
  if (seen.allow && seen.allow->holds(value.pattern->id)) {
    if (!read_commit_ || (!model::is_pseudo_path(path) && stood_before(*seen.allow, path, value))) return Verdict{std::string(seen.allow->by)};
    own = Verdict{std::string(seen.allow->by), true};
  }
  policy::Place place;
  place.pattern = value.pattern->id;
  const std::string outer = model::is_pseudo_path(path) || seen.sighting.ci || seen.sighting.image ? "" : std::string(seen.folder).append(model::outer_file(path));
  place.path = outer;
  place.would_be_reported = seen.sighting.confidence >= least_;
  place.line = seen.sighting.line;
  if (seen.sighting.git) place.commit = seen.sighting.git->commit;
  place.line_text = seen.line;
  place.secret = value.secret.reveal();
  if (baseline_) {
    if (const auto by = baseline_->by(place)) return Verdict{std::string(*by)};
  }
  if (policy_) {
    if (const auto by = policy_->by(place)) return Verdict{std::string(*by)};
  }
  if (!own && claimed_) {
    if (const auto by = claimed_->by(place)) own = Verdict{std::string(*by), true};
  }
  return own;
}

}  // namespace keywake::scan
