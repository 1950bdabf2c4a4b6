#include "scan/plain_scan.h"

#include <fmt/format.h>
#include <tbb/enumerable_thread_specific.h>

#include <algorithm>
#include <optional>
#include <unordered_set>
#include <utility>

#include "base/parallel.h"
#include "base/text.h"
#include "git/commit_graph.h"
#include "git/commit_table.h"
#include "git/index_file.h"
#include "git/plain_history.h"
#include "git/tree_reader.h"
#include "scan/dates.h"
#include "scan/history_report.h"
#include "scan/index_view.h"

namespace keywake::scan {
namespace {

// --exhaustive is also the second opinion on keywake's own reading of packs.
Result<git::ObjectDatabase> open_database(const Context& context, const git::Repository& repository, git::Problems& problems) {
  using Packs = git::ObjectDatabase::Packs;
  return git::ObjectDatabase::open(repository, problems, context.request.max_file_size, context.request.exhaustive ? Packs::kLibgit2 : Packs::kOwn);
}

// Everything a thread needs to scan objects by id: its own database and scanner.
class ObjectScanner {
 public:
  ObjectScanner(const Context& context, const git::Repository& repository)
      : content_(context.engine, context.values, {.explain = context.request.explain, .retain = false}, context.archive_limits,
                 context.request.archives) {
    git::Problems ignored;  // the database of the thread that began has reported them
    auto opened = open_database(context, repository, ignored);
    if (opened) database_.emplace(std::move(*opened));
  }
  git::ObjectDatabase& database() { return *database_; }
  ContentScanner& content() { return content_; }
  git::ObjectDatabase::Object object;
  std::uint64_t blobs = 0;
  std::uint64_t commits = 0;
  std::uint64_t bytes = 0;

 private:
  ContentScanner content_;
  std::optional<git::ObjectDatabase> database_;
};

class CommitScan {
 public:
  CommitScan(const Context& context, const git::Repository& repository, const std::string& target,
             const git::Repository* known = nullptr)
      : context_(context), repository_(repository), target_(target), known_(known),
        scanners_([&context, &repository] { return ObjectScanner(context, repository); }) {}

  Result<void> run();

 private:
  struct Scanned {
    BlobFindings findings;
    std::vector<LeftOut> left_out;
    git::ObjectType type = git::ObjectType::kNone;
    git::ReadOutcome outcome = git::ReadOutcome::kMissing;
  };
  Result<git::Selection> selection() const;
  void add_pushed(const git::ObjectDatabase& database, git::Selection& selection);
  void add_tree(const git::ObjectDatabase& database, const git::Oid& tree, const std::string& path);
  void scan_objects(const std::vector<git::Oid>& oids);
  void keep(const git::Oid& oid, Scanned scanned);
  const std::vector<std::uint32_t>& values_of(const git::Oid& blob) const;
  void add_tags(const git::ObjectDatabase& database, std::unordered_set<git::Oid>& reachable) const;

  const Context& context_;
  const git::Repository& repository_;
  const std::string& target_;
  const git::Repository* known_;  // of a push: the repository with its own refs; repository_ has those that are pushed
  std::vector<git::Oid> loners_;  // of a push: objects that no commit leads to
  std::vector<std::pair<std::string, git::Oid>> loner_files_;  // of these the blobs, and their paths
  tbb::enumerable_thread_specific<ObjectScanner> scanners_;
  FindingsByBlob findings_;
  std::unordered_map<git::Oid, std::vector<std::uint32_t>> values_;
  std::vector<MessageFindings> messages_;
  git::Problems problems_;
};

Result<git::Selection> CommitScan::selection() const {
  const Request& request = context_.request;
  git::Selection selection;
  selection.all_objects = !request.push && request.range.empty() && request.branches.empty() && request.since.empty();
  selection.range = request.range;
  selection.branches = request.branches;
  if (!request.since.empty()) {
    auto date = parse_date(request.since);
    if (!date) return std::unexpected(date.error());
    selection.since = *date;
  }
  return selection;
}

void CommitScan::scan_objects(const std::vector<git::Oid>& oids) {
  context_.progress.objects_total += oids.size();
  constexpr std::size_t kBatch = 64;
  std::vector<std::pair<git::Oid, Scanned>> found;
  for (std::size_t start = 0; start < oids.size(); start += 65536) {
    // In rounds, so that results of objects without findings do not pile up.
    std::size_t count = std::min<std::size_t>(65536, oids.size() - start);
    std::vector<Scanned> results(count);
    parallel_for(count, kBatch, [&](std::size_t begin, std::size_t end) {
      ObjectScanner& scanner = scanners_.local();
      for (std::size_t i = begin; i < end; ++i) {
        Scanned& result = results[i];
        result.outcome = scanner.database().read(oids[start + i], scanner.object);
        if (result.outcome != git::ReadOutcome::kDone) continue;
        result.type = scanner.object.type;
        if (result.type == git::ObjectType::kTree) continue;
        scanner.content().scan(scanner.object.bytes, result.findings, result.left_out);
        (result.type == git::ObjectType::kBlob ? scanner.blobs : scanner.commits) += 1;
        scanner.bytes += scanner.object.bytes.size();
        context_.progress.bytes += scanner.object.bytes.size();
      }
      context_.progress.objects += end - begin;
    });
    for (std::size_t i = 0; i < count; ++i) keep(oids[start + i], std::move(results[i]));
  }
}

void CommitScan::keep(const git::Oid& oid, Scanned scanned) {
  std::string name = "object " + oid.hex(repository_.hash);
  if (scanned.outcome != git::ReadOutcome::kDone) {
    bool expected = scanned.outcome == git::ReadOutcome::kTooLarge ||
                    (scanned.outcome == git::ReadOutcome::kMissing && repository_.partial);
    problems_.add(name, std::string(git::reason(scanned.outcome)), !expected);
    return;
  }
  for (const LeftOut& item : scanned.left_out) {
    context_.collector.skip({target_ + ": " + name + (item.inside.empty() ? "" : "!/" + item.inside),
                             item.reason, item.failed});
  }
  if (scanned.findings.empty()) return;
  if (scanned.type == git::ObjectType::kBlob) {
    values_.emplace(oid, scanned.findings.credentials(context_.values));
    findings_.emplace(oid, std::move(scanned.findings));
  } else {
    messages_.push_back({oid, scanned.type == git::ObjectType::kCommit, false, std::move(scanned.findings)});
  }
}

const std::vector<std::uint32_t>& CommitScan::values_of(const git::Oid& blob) const {
  static const std::vector<std::uint32_t> kNone;
  auto it = values_.find(blob);
  return it == values_.end() ? kNone : it->second;
}

// The annotated tags that refs lead to.
void CommitScan::add_tags(const git::ObjectDatabase& database, std::unordered_set<git::Oid>& reachable) const {
  git::ObjectDatabase::Object object;
  for (const git::Ref& ref : repository_.refs) {
    std::optional<git::Oid> at = ref.target;
    while (at && database.read(*at, object) == git::ReadOutcome::kDone && object.type == git::ObjectType::kTag &&
           reachable.insert(*at).second) {
      at = git::parse_tag(object.bytes);
    }
  }
}

// Where the refs of a push point to, down to the commits. A ref may point to any object; tags are read for their text.
void CommitScan::add_pushed(const git::ObjectDatabase& database, git::Selection& selection) {
  selection.pushed = true;
  const Push& push = *context_.request.push;
  std::unordered_set<git::Oid> known;
  auto add_known = [&](const git::Oid& oid) {
    if (!known.insert(oid).second) return;
    if (auto commit = database.peel_to_commit(oid)) selection.known.push_back(*commit);
  };
  for (const std::string& id : push.known) {
    if (auto oid = git::Oid::from_hex(id)) add_known(*oid);
  }
  for (const git::Ref& ref : known_->refs) {
    if (!push.known_refs.empty() && ref.name.starts_with(push.known_refs)) add_known(ref.target);
  }
  git::ObjectDatabase::Object object;
  std::unordered_set<git::Oid> seen;
  for (const git::Ref& ref : repository_.refs) {
    std::optional<git::Oid> at = ref.target;
    while (at && !known.contains(*at) && seen.insert(*at).second) {
      const git::Oid oid = *std::exchange(at, std::nullopt);
      const git::ReadOutcome outcome = database.read(oid, object);
      if (outcome != git::ReadOutcome::kDone) {
        problems_.add(ref.name + ": object " + oid.hex(repository_.hash), std::string(git::reason(outcome)));
      } else if (object.type == git::ObjectType::kCommit) {
        selection.wanted.push_back(oid);
      } else if (object.type == git::ObjectType::kTag) {
        loners_.push_back(oid);
        at = git::parse_tag(object.bytes);
      } else if (object.type == git::ObjectType::kTree) {
        add_tree(database, oid, ref.name);
      } else {
        loners_.push_back(oid);
        loner_files_.emplace_back("blob:" + oid.hex(repository_.hash), oid);
      }
    }
  }
}

// All files of a tree that a ref points to without a commit, which git allows and hardly anybody does.
void CommitScan::add_tree(const git::ObjectDatabase& database, const git::Oid& tree, const std::string& path) {
  git::CommitGraph graph(repository_, database, problems_);
  git::TreeReader trees(graph);
  std::vector<std::pair<git::Oid, std::string>> folders{{tree, ""}};
  std::unordered_set<git::Oid> seen{tree};
  while (!folders.empty()) {
    const auto [oid, prefix] = std::move(folders.back());
    folders.pop_back();
    const auto entries = trees.read(oid);
    if (!entries) {
      problems_.add(path + ": object " + oid.hex(repository_.hash), "missing");
      continue;
    }
    for (const git::Tree::Entry& entry : entries->entries) {
      if (entry.kind == git::Tree::Kind::kSubmodule || !seen.insert(entry.oid).second) continue;
      std::string name = prefix + std::string(entry.name);
      if (entry.kind == git::Tree::Kind::kFolder) {
        folders.emplace_back(entry.oid, name + "/");
      } else {
        loners_.push_back(entry.oid);
        loner_files_.emplace_back(std::move(name), entry.oid);
      }
    }
  }
}

Result<void> CommitScan::run() {
  auto wanted = selection();
  if (!wanted) return std::unexpected(wanted.error());
  auto database = open_database(context_, repository_, problems_);
  if (!database) return std::unexpected(database.error());
  git::PlainHistory history(repository_, *database, problems_);
  if (known_ != nullptr) add_pushed(*database, *wanted);
  auto commits = history.select(*wanted);
  if (!commits) return std::unexpected(commits.error());

  context_.progress.stage = "history";
  std::vector<git::Oid> oids;
  if (wanted->all_objects) {
    oids = database->all_objects(problems_);
  } else {
    std::unordered_set<git::Oid> unique(commits->begin(), commits->end());
    history.changed_blobs(*commits, [&](const git::PlainHistory::Change& change) {
      if (!change.blob.is_null()) unique.insert(change.blob);
      for (const git::Oid& parent : change.parent_blobs) {
        if (!parent.is_null()) unique.insert(parent);
      }
    });
    unique.insert(loners_.begin(), loners_.end());
    oids.assign(unique.begin(), unique.end());
    std::sort(oids.begin(), oids.end());
  }
  scan_objects(oids);
  for (ObjectScanner& scanner : scanners_) {
    context_.collector.blobs += scanner.blobs;
    context_.collector.commits += scanner.commits;
    context_.collector.bytes += scanner.bytes;
    context_.collector.files += scanner.content().members();
    context_.collector.bytes_matched += scanner.content().scanner().bytes_matched();
  }

  context_.progress.stage = "who brought it in";
  auto appearances = history.appearances(
      *commits, [&](const git::Oid& blob) -> const std::vector<std::uint32_t>& { return values_of(blob); },
      wanted->all_objects, known_ == nullptr);
  for (const auto& [path, blob] : loner_files_) {
    for (std::uint32_t value : values_of(blob)) appearances.push_back({.value = value, .path = path, .blob = blob, .at_tip = true, .reachable = true});
  }
  std::vector<git::Appearance> staged;
  if (wanted->all_objects) {
    if (auto index = git::IndexFile::read(repository_)) staged = staged_appearances(*index, context_.values, findings_, appearances);
  }
  auto reachable = history.reachable(*commits);
  add_tags(*database, reachable);
  for (MessageFindings& message : messages_) message.reachable = reachable.contains(message.oid);
  HistoryReport report{target_, repository_.hash, [&](const git::Oid& oid, std::string& out) {
                         ObjectScanner& scanner = scanners_.local();
                         if (scanner.database().read(oid, scanner.object) != git::ReadOutcome::kDone) return false;
                         out = scanner.object.bytes;
                         return true;
                       }};
  report_history(context_, report, appearances, staged, findings_, messages_);
  for (git::Problem& problem : problems_.take()) {
    context_.collector.skip({target_ + ": " + problem.what, problem.reason, problem.failed});
  }
  if (repository_.shallow) {
    context_.collector.skip({target_, "shallow clone: history before its boundary is not here", false});
  }
  return {};
}

}  // namespace

Result<void> scan_commits(const Context& context, const git::Repository& repository, const std::string& target) {
  return CommitScan(context, repository, target).run();
}

Result<void> scan_push(const Context& context, const git::Repository& repository, const std::string& target) {
  git::Repository pushed = repository;  // as it will be: whatever asks for tips gets what the push leaves behind
  pushed.refs.clear();
  for (const Push::Ref& ref : context.request.push->refs) {
    if (ref.object.empty()) {
      const auto own = std::find_if(repository.refs.begin(), repository.refs.end(), [&](const git::Ref& r) { return r.name == ref.name; });
      if (own == repository.refs.end()) return fail(fmt::format("there is no ref {} to push", printable(ref.name)));
      pushed.refs.push_back(*own);
      continue;
    }
    const auto oid = git::Oid::from_hex(ref.object);
    if (!oid || ref.object.size() != 2 * static_cast<std::size_t>(repository.hash)) {
      return fail(fmt::format("{}: '{}' is not an object id of this repository", printable(ref.name), printable(ref.object)));
    }
    pushed.refs.push_back({ref.name, *oid});
  }
  return CommitScan(context, pushed, target, &repository).run();
}

}  // namespace keywake::scan
