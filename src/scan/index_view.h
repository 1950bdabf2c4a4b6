// What the index of a repository tells a scan of its history: which findings are staged but not committed, and which files of the work
// tree are known already. Thread safety: pure functions; the KnownFile returned may be called from several threads.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "git/appearance.h"
#include "git/index_file.h"
#include "scan/file_scan.h"
#include "scan/history_report.h"

namespace keywake::scan {

/// Files whose size and times are those that git noted when it last compared them with an entry of the index, and whose content the object
/// store holds. A file changed as late as the index itself is not trusted (racy git, gitformat-index(5)).
KnownFile unchanged_files(const git::Repository& repository, const git::IndexFile& index,
                          const std::function<bool(const git::Oid&)>& stored);

/// Takes blobs that are in the index at a path where no tip has the value, out of the appearances without a commit, and returns them as
/// appearances at that path.
std::vector<git::Appearance> staged_appearances(const git::IndexFile& index, const matching::ValueTable& values,
                                                const FindingsByBlob& findings,
                                                std::vector<git::Appearance>& appearances);

}  // namespace keywake::scan
