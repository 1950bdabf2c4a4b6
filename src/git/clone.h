// Clones a repository into a private temporary folder with the user's own git, which knows the
// user's credentials, proxies and keys. What the remote has cannot run anything: no hooks,
// templates, submodules, transport helpers, and nothing is checked out. Ownership: a
// ClonedRepository removes its folder when it goes, and when SIGINT, SIGTERM or SIGHUP end the
// process, provided that nobody else handles them. Thread safety: clones may be made from several
// threads.
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace keywake::git {

class ClonedRepository {
 public:
  ClonedRepository(ClonedRepository&& other) noexcept;
  ClonedRepository& operator=(ClonedRepository&& other) noexcept;
  ~ClonedRepository();

  /// A bare repository.
  [[nodiscard]] std::filesystem::path path() const { return folder_ / "repository.git"; }

 private:
  friend Result<ClonedRepository> clone(const std::string& url,
                                        const std::function<void(std::string_view)>& progress);
  explicit ClonedRepository(std::filesystem::path folder);
  std::filesystem::path folder_;
  int slot_ = -1;  // in the list of folders to remove on a signal
};

/// `url` must be one that is_git_url() takes. `progress` gets what git says meanwhile, line by line
/// and safe to print: "Receiving objects:  42% (168/400)". Blocks; asks for credentials only if
/// standard input is a terminal.
Result<ClonedRepository> clone(const std::string& url,
                               const std::function<void(std::string_view)>& progress);

}  // namespace keywake::git
