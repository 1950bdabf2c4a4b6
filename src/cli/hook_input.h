// What git tells a hook, by standard input, arguments and environment (githooks(5), git-receive-pack(1)). Thread safety: reads the
// environment, otherwise pure.
#pragma once

#include <istream>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "scan/pipeline.h"

namespace keywake::cli {

/// The index that a hook is about: for `git commit -a` and `git commit FILE` git stages into an index of its own and names it to the hook,
/// relative to the folder it starts the hook in (git(1), GIT_INDEX_FILE). Absolute; empty: the repository's own.
std::string index_file_of_hook();

/// The repository that a hook is about: GIT_DIR, or the folder it was started in.
std::string repository_of_hook();

/// GIT_OBJECT_DIRECTORY and GIT_ALTERNATE_OBJECT_DIRECTORIES: while a server's hook decides, what was pushed is in quarantine, a store
/// of its own.
std::vector<std::string> object_dirs_of_hook();

/// "a:b:\"c d\"" as git(1) describes GIT_ALTERNATE_OBJECT_DIRECTORIES: names that begin with a quote are quoted as C strings.
std::vector<std::string> split_object_dirs(std::string_view text);

/// Standard input of pre-push: "<local ref> <local id> <remote ref> <remote id>", a line for each ref. Deletions bring nothing. An error
/// names the line.
Result<scan::Push> read_pre_push(std::istream& in, std::string_view remote);

/// Standard input of pre-receive: "<old id> <new id> <ref>".
Result<scan::Push> read_pre_receive(std::istream& in);

/// The arguments of update: ref, old id, new id.
Result<scan::Push> read_update(const std::vector<std::string>& arguments);

/// The pre-commit framework runs pre-push hooks without standard input and sets PRE_COMMIT_TO_REF and more instead (pre-commit.com,
/// "pre-push"). Absent if it does not run us.
std::optional<scan::Push> push_of_pre_commit_framework();

/// A commit message as far as git takes it: without what follows the scissors line of `git commit -v` (git-commit(1), --cleanup).
std::string_view without_scissors(std::string_view message);

}  // namespace keywake::cli
