// From appearances (which value came in where) to sightings with lines, authors and dates. Shared by both ways of reading a history,
// so they cannot differ here. Reads only the few blobs and commits that are reported.
// Thread safety: works in parallel inside; one call at a time.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "git/appearance.h"
#include "git/object_store.h"
#include "scan/content.h"
#include "scan/context.h"

namespace keywake::scan {

using FindingsByBlob = std::unordered_map<git::Oid, BlobFindings>;

/// Reads an object's bytes, of any type; called from several threads.
using ReadObject = std::function<bool(const git::Oid& oid, std::string& out)>;

struct HistoryReport {
  std::string target;
  git::HashKind hash = git::HashKind::kSha1;
  ReadObject read;
};

/// Commit messages and tags in which something was found: sightings at "commit:<oid>" and "tag:<oid>".
struct MessageFindings {
  git::Oid oid;
  bool commit = true;
  bool reachable = false;
  BlobFindings findings;
};

void report_history(const Context& context, const HistoryReport& report,
                    const std::vector<git::Appearance>& appearances,
                    const std::vector<git::Appearance>& staged, const FindingsByBlob& findings,
                    const std::vector<MessageFindings>& messages);

}  // namespace keywake::scan
