#include "scan/history_scan.h"

#include <tbb/enumerable_thread_specific.h>

#include <fmt/format.h>

#include "git/attribution.h"
#include "git/walk.h"
#include "scan/history_report.h"
#include "scan/index_view.h"

namespace keywake::scan {
namespace {

struct MatchNotes : git::Annotation {
  matching::Notes notes;
};

// Everything one worker of the walk gathers.
struct WorkerState {
  WorkerState(const Context& context)
      : content(context.engine, context.values, {.explain = context.request.explain}, context.archive_limits,
                context.request.archives) {}
  ContentScanner content;
  matching::Notes notes;
  git::CommitTable commits;
  std::vector<std::pair<git::ObjectId, BlobFindings>> blobs;
  struct Message {
    git::ObjectId id;
    bool commit;
    BlobFindings findings;
  };
  std::vector<Message> messages;
  std::vector<std::pair<git::ObjectId, std::vector<LeftOut>>> left_out;
  std::uint64_t lfs_pointers = 0;
  std::uint64_t blob_count = 0;
  std::uint64_t tag_count = 0;
};

bool is_lfs_pointer(std::string_view bytes) {
  return bytes.size() < 1024 && bytes.starts_with("version https://git-lfs.github.com/spec/v1\n");
}

class MatchVisitor : public git::Visitor {
 public:
  MatchVisitor(const Context& context, const git::ObjectStore& store) : context_(context), store_(store) {
    for (unsigned i = 0; i < context.threads; ++i) workers_.emplace_back(context);
  }

  bool wants(git::ObjectType type) const override { return type != git::ObjectType::kTree; }

  std::unique_ptr<git::Annotation> whole(unsigned worker, git::ObjectId id, git::ObjectType type,
                                         std::string_view bytes) override {
    if (unneeded(id)) return nullptr;
    WorkerState& state = workers_[worker];
    state.notes.clear();
    state.content.scanner().scan(bytes, state.notes);
    return keep(state, id, type, bytes);
  }

  std::unique_ptr<git::Annotation> delta(unsigned worker, git::ObjectId id, git::ObjectType type,
                                         std::string_view bytes, const CopyMap& map,
                                         const git::Annotation* base) override {
    if (unneeded(id)) return nullptr;
    static const matching::Notes kNothing;
    WorkerState& state = workers_[worker];
    state.notes.clear();
    const matching::Notes& old = base == nullptr ? kNothing : static_cast<const MatchNotes*>(base)->notes;
    state.content.scanner().scan_delta(bytes, map, old, state.notes);
    return keep(state, id, type, bytes);
  }

  std::vector<WorkerState>& workers() { return workers_; }

 private:
  // A second copy of an object matters only to what is built on it.
  [[nodiscard]] bool unneeded(git::ObjectId id) const {
    return store_.duplicate(id) && store_.first_child(id) == git::kNoObject;
  }

  std::unique_ptr<git::Annotation> keep(WorkerState& state, git::ObjectId id, git::ObjectType type,
                                        std::string_view bytes) {
    if (!store_.duplicate(id)) record(state, id, type, bytes);
    if (state.notes.empty() || store_.first_child(id) == git::kNoObject) return nullptr;
    auto kept = std::make_unique<MatchNotes>();
    kept->notes = state.notes;
    return kept;
  }

  void record(WorkerState& state, git::ObjectId id, git::ObjectType type, std::string_view bytes) {
    BlobFindings found;
    if (!state.notes.empty()) matching::settle(state.notes, context_.values, found.plain);
    if (type == git::ObjectType::kBlob) {
      ++state.blob_count;
      state.lfs_pointers += is_lfs_pointer(bytes);
      std::vector<LeftOut> left_out;
      state.content.scan_inside(bytes, found, left_out);
      if (!left_out.empty()) state.left_out.emplace_back(id, std::move(left_out));
      if (!found.empty()) state.blobs.emplace_back(id, std::move(found));
      return;
    }
    if (type == git::ObjectType::kCommit) state.commits.add(id, bytes, store_);
    if (type == git::ObjectType::kTag) ++state.tag_count;
    if (!found.empty()) state.messages.push_back({id, type == git::ObjectType::kCommit, std::move(found)});
  }

  const Context& context_;
  const git::ObjectStore& store_;
  std::vector<WorkerState> workers_;
};

void report_left_out(const Context& context, const std::string& target, const git::ObjectStore& store,
                     const std::vector<WorkerState>& workers) {
  std::uint64_t pointers = 0;
  for (const WorkerState& state : workers) {
    pointers += state.lfs_pointers;
    for (const auto& [id, list] : state.left_out) {
      for (const LeftOut& item : list) {
        context.collector.skip({fmt::format("{}: {}{}", target, store.describe(id),
                                            item.inside.empty() ? "" : "!/" + item.inside),
                                item.reason, item.failed});
      }
    }
  }
  if (pointers > 0) {
    context.collector.skip({fmt::format("{}: {} Git LFS pointers", target, pointers),
                            "content kept by Git LFS outside the object store", false});
  }
}

void report_problems(const Context& context, const git::Repository& repository, const std::string& target,
                     git::Problems& problems, const std::vector<git::Oid>& missing) {
  for (const std::string& note : repository.notes) context.collector.skip({target, note, false});
  if (repository.shallow) {
    context.collector.skip({target, "shallow clone: history before its boundary is not here", false});
  }
  for (const git::Oid& oid : missing) {
    context.collector.skip({target + ": object " + oid.hex(repository.hash),
                            repository.partial ? "missing (partial clone: left at the remote)" : "missing",
                            !repository.partial});
  }
  for (git::Problem& problem : problems.take()) {
    context.collector.skip({target + ": " + problem.what, problem.reason, problem.failed});
  }
}

}  // namespace

KnownFile scan_history(const Context& context, const git::Repository& repository, const std::string& target) {
  git::Problems problems;
  context.progress.stage = "opening packs";
  git::ObjectStore store = git::ObjectStore::open(repository, problems);

  git::WalkOptions options;
  options.threads = context.threads;
  options.memory = context.request.memory / 2;  // the rest is for buffers, notes and attribution
  options.max_object = context.request.max_file_size;
  options.objects_done = &context.progress.objects;
  options.bytes_done = &context.progress.bytes;

  context.progress.stage = "history";
  context.progress.objects_total += store.size();
  MatchVisitor visitor(context, store);
  git::WalkTotals totals = git::walk(store, visitor, options, problems);

  git::CommitTable commits;
  std::vector<git::FoundBlob> found;
  FindingsByBlob findings_by_blob;
  std::vector<WorkerState::Message> messages;
  std::uint64_t tags = 0;
  for (WorkerState& state : visitor.workers()) {
    commits.append(state.commits);
    for (auto& [id, findings] : state.blobs) {
      found.push_back({id, findings.credentials(context.values)});
      findings_by_blob.emplace(store.oid(id), std::move(findings));
    }
    std::move(state.messages.begin(), state.messages.end(), std::back_inserter(messages));
    tags += state.tag_count;
    context.collector.blobs += state.blob_count;
    context.collector.files += state.content.members();
    context.collector.bytes_matched += state.content.scanner().bytes_matched();
  }
  context.collector.bytes += totals.bytes;
  context.collector.commits += commits.size() + tags;
  report_left_out(context, target, store, visitor.workers());

  context.progress.stage = "who brought it in";
  git::Attribution attribution =
      git::attribute(repository, store, commits, std::move(found), options, problems);

  std::vector<MessageFindings> message_findings;
  for (auto& [id, commit, findings] : messages) {
    message_findings.push_back({store.oid(id), commit, attribution.reachable[id], std::move(findings)});
  }
  tbb::enumerable_thread_specific<git::ObjectReader> readers(std::cref(store), options.max_object);
  HistoryReport report{target, repository.hash, [&](const git::Oid& oid, std::string& out) {
                         auto id = store.find(oid);
                         git::ObjectType type = git::ObjectType::kNone;
                         return id && readers.local().read(*id, out, type) == git::ObjectReader::Outcome::kDone;
                       }};
  std::vector<git::Appearance> staged;
  KnownFile known;
  if (auto index = git::IndexFile::read(repository)) {
    staged = staged_appearances(*index, context.values, findings_by_blob, attribution.appearances);
    known = unchanged_files(repository, *index, [&](const git::Oid& oid) { return store.find(oid).has_value(); });
  } else {
    problems.add("index", index.error().message);
  }
  report_history(context, report, attribution.appearances, staged, findings_by_blob, message_findings);
  report_problems(context, repository, target, problems, attribution.missing);
  return known;
}

}  // namespace keywake::scan
