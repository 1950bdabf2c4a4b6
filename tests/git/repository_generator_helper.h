// Makes repositories with the real git for property tests: two readers of history, given the same
// repository, must say the same of it. Everything follows from the seed (contents, dates, names),
// so a failure is repeated by its seed and layout alone.
//
// What a history holds: line and byte edits, moved blocks, renames, copies, files that become
// folders and back, mode changes, symbolic links, submodule entries, files deleted and brought
// back, several branches, merges, evil merges, octopus merges, a stash, notes, orphan branches,
// light and annotated tags (of commits, tags, blobs and trees), commits and blobs that nothing
// refers to, committer dates that run backwards or are equal, odd paths and messages. Tokens
// `TOKEN_<n>_` are planted in files, links, messages and notes: find_tokens() finds them.
//
//   GeneratedRepository repository = generate_repository({.seed = 7, .layout =
//   Layout::kDeepChains}); repository.git({"rev-list", "--all"});
//
// Ownership: the repository's folder goes with the object. Thread safety: none shared.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "git/run_git_helper.h"

namespace keywake::git::test {

/// Where the objects lie.
enum class Layout {
  kImported,       // the one pack that fast-import wrote
  kLoose,          // no pack
  kOnePack,        // git repack
  kDeepChains,     // delta chains of up to 200 and a wide window
  kRefDeltas,      // deltas that name their base by oid
  kIndexVersion1,  // the old pack index
  kManyPacks,      // several packs, many objects in two of them
  kThinCompleted,  // a pack per stretch of history, received thin: bases repeated at its end by
                   // index-pack --fix-thin
  kPartlyLoose,    // some packed, some loose, some both
  kAlternates,     // half of the objects in another object store
  kShallow,        // the clone of a few last commits: parents are missing
  kPartial,        // a clone without the larger blobs: blobs are missing
};
/// All of them, with their names for INFO().
struct NamedLayout {
  Layout layout;
  const char* name;
};
const std::vector<NamedLayout>& all_layouts();

struct GeneratorOptions {
  std::uint64_t seed = 1;
  int commits = 80;  // of the main body; notes, stash and orphans come on top
  int files = 16;    // that the first commit has
  int lines = 40;    // of a file at first
  Layout layout = Layout::kImported;
  bool sha256 = false;  // git init --object-format=sha256
};

class GeneratedRepository {
 public:
  explicit GeneratedRepository(TemporaryFolder folder) : folder_(std::move(folder)) {}
  /// A bare repository.
  [[nodiscard]] std::filesystem::path path() const { return folder_.path() / "repository.git"; }
  /// git's standard output; throws if it fails.
  std::string git(const Arguments& arguments, std::string_view input = {}) const {
    return run_git(path(), arguments, input);
  }

 private:
  TemporaryFolder folder_;
};

GeneratedRepository generate_repository(const GeneratorOptions& options);

/// Every n of a /TOKEN_[0-9]+_/ in the bytes, ascending, once each. At most nine digits.
std::vector<std::uint32_t> find_tokens(std::string_view bytes);

/// splitmix64 (Steele, Lea, Flood 2014): the same numbers on every machine, unlike the
/// distributions of <random>.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed * 0x9e3779b97f4a7c15ULL + 1) {}
  std::uint64_t next() {
    std::uint64_t z = (state_ += 0x9e3779b97f4a7c15ULL);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31);
  }
  /// 0 … bound - 1.
  std::size_t below(std::size_t bound) { return static_cast<std::size_t>(next() % bound); }
  bool one_in(std::size_t n) { return below(n) == 0; }

 private:
  std::uint64_t state_;
};

/// The stream for git fast-import; generate_repository() feeds it to git. See
/// history_stream_helper.cc.
std::string history_stream(const GeneratorOptions& options);

}  // namespace keywake::git::test
