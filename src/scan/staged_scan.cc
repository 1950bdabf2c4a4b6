#include <fmt/format.h>

#include "git/staged.h"
#include "scan/content.h"
#include "scan/plain_scan.h"

namespace keywake::scan {

// A commit hook's whole work: few blobs, nothing in parallel, nothing opened that is not needed.
Result<void> scan_staged(const Context& context, const git::Repository& repository, const std::string& target) {
  context.progress.stage = "staged changes";
  git::Problems problems;
  auto index = git::IndexFile::read(repository, context.request.index_file);
  if (!index) return std::unexpected(index.error());
  auto opened = git::ObjectDatabase::open(repository, problems, context.request.max_file_size,
                                          git::ObjectDatabase::Packs::kOwn);
  if (!opened) return std::unexpected(opened.error());
  git::ObjectDatabase& database = *opened;
  auto staged = git::staged_changes(repository, *index, database, problems);
  if (!staged) return std::unexpected(staged.error());
  for (const std::string& note : staged->notes) context.collector.skip({target, note, false});

  ContentScanner scanner(context.engine, context.values, {.explain = context.request.explain, .retain = false}, context.archive_limits,
                         context.request.archives);
  git::ObjectDatabase::Object object;
  auto scan = [&](const git::Oid& oid, std::vector<Occurrence>& out) {
    if (oid.is_null()) return;
    git::ReadOutcome outcome = database.read(oid, object);
    if (outcome != git::ReadOutcome::kDone) {
      problems.add("object " + oid.hex(repository.hash), std::string(git::reason(outcome)),
                   outcome != git::ReadOutcome::kTooLarge);
      return;
    }
    BlobFindings findings;
    std::vector<LeftOut> left_out;
    scanner.scan(object.bytes, findings, left_out);
    out = std::move(findings.inside);
    locate(object.bytes, findings.plain, "", out);
    for (const LeftOut& item : left_out) {
      context.collector.skip({fmt::format("{}: object {}!/{}", target, oid.hex(repository.hash), item.inside),
                              item.reason, item.failed});
    }
  };
  for (const git::StagedChange& change : staged->changes) {
    std::vector<Occurrence> now;
    std::vector<Occurrence> before;
    scan(change.blob, now);
    ++context.collector.blobs;
    context.collector.bytes += object.bytes.size();
    if (now.empty()) continue;
    scan(change.head_blob, before);
    for (const Occurrence& occurrence : now) {
      bool known = std::any_of(before.begin(), before.end(),
                               [&](const Occurrence& old) { return context.values.credential(old.value) == context.values.credential(occurrence.value);
                               });
      if (known) continue;
      model::Sighting sighting;
      sighting.target = target;
      sighting.path = occurrence.inside.empty() ? change.path : change.path + "!/" + occurrence.inside;
      sighting.line = occurrence.begin.line;
      sighting.column = occurrence.begin.column;
      sighting.end_line = occurrence.end.line;
      sighting.end_column = occurrence.end.column;
      sighting.git.emplace();
      sighting.git->blob = change.blob.hex(repository.hash);
      sighting.git->staged = true;
      context.collector.add({occurrence.value, std::move(sighting), occurrence.line_text, "", occurrence.allow});
    }
  }
  context.collector.bytes_matched += scanner.scanner().bytes_matched();
  for (git::Problem& problem : problems.take()) {
    context.collector.skip({target + ": " + problem.what, problem.reason, problem.failed});
  }
  return {};
}

}  // namespace keywake::scan
