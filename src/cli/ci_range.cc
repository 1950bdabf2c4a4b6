#include "cli/ci_range.h"

#include <fmt/format.h>

#include <optional>
#include <utility>

#include "base/text.h"
#include "git/commit_range.h"

namespace keywake::cli {
namespace {

using ci::Event;
using ci::Kind;

constexpr std::size_t kShort = 10;

std::string_view title(Kind kind) {
  switch (kind) {
    case Kind::kMerge: return "pull or merge request";
    case Kind::kPush: return "push";
    case Kind::kTag: return "tag";
    case Kind::kWhole: break;
  }
  return "whole history";
}

class Resolving {
 public:
  Resolving(const Event& event, const git::Repository& repository, git::CommitFinder finder) : event_(event), repository_(repository), finder_(std::move(finder)) {}

  Result<CiRange> run() {
    const std::string wanted = event_.head.empty() ? "HEAD" : event_.head;
    const auto head = finder_.find(wanted);
    if (!head) return fail(fmt::format("{}: {}, which the job is about; {}", event_.system, printable(head.error().message), remedy()));
    head_ = *head;
    if (event_.kind == Kind::kWhole) {
      CiRange out;
      out.whole = true;
      out.head = hex(head_);
      out.kind = title(event_.kind);
      return out;
    }
    auto bases = event_.kind == Kind::kMerge ? bases_of_merge() : bases_of_push();
    if (!bases) return std::unexpected(bases.error());
    return range(*bases);
  }

 private:
  [[nodiscard]] std::string hex(const git::Oid& oid) const { return oid.hex(repository_.hash); }
  [[nodiscard]] std::string short_hex(const git::Oid& oid) const { return hex(oid).substr(0, kShort); }
  [[nodiscard]] std::string remedy() const {
    return fmt::format("fetch the whole history ({}; or git fetch --unshallow origin), or give --base and --head", event_.fetch_more.empty() ? "a clone that is not shallow" : event_.fetch_more);
  }

  Result<std::vector<git::Oid>> bases_of_merge() const {
    std::string tried;
    for (const std::string& base : event_.base) {
      if (const auto commit = finder_.find(base)) return std::vector{*commit};
      tried += (tried.empty() ? "" : ", ") + printable(base);
    }
    if (tried.empty()) return fail(fmt::format("{}: it does not say what the request is to be merged into; give --base", event_.system));
    return fail(fmt::format("{}: the target of the request is not here (looked for {}); {}", event_.system, tried, remedy()));
  }

  Result<std::vector<git::Oid>> bases_of_push() {
    for (const std::string& base : event_.base) {
      if (const auto commit = finder_.find(base)) return std::vector{*commit};
    }
    const bool on_default = event_.kind == Kind::kPush && !event_.default_branch.empty() && event_.branch == event_.default_branch;
    if (!event_.base.empty()) {
      // Gone, by a forced push, or not fetched: a shallow clone cannot tell.
      if (repository_.shallow) return fail(fmt::format("{}: {}, where the branch was before, is not here; {}", event_.system, printable(event_.base.front()), remedy()));
      note_ = fmt::format("{} is gone by a forced push", printable(event_.base.front().substr(0, kShort)));
    }
    if (on_default) return bases_on_default();
    if (const auto main = default_branch()) return std::vector{*main};
    if (repository_.shallow) return fail(fmt::format("{}: the default branch is not here, which tells what is new; {}", event_.system, remedy()));
    note("there is no other branch to tell what is new");
    return std::vector<git::Oid>{};
  }

  // To compare it with itself would find nothing new, ever.
  Result<std::vector<git::Oid>> bases_on_default() {
    if (event_.first_push || !event_.base.empty()) return std::vector<git::Oid>{};  // all of it is new, or who knows
    const auto commit = finder_.links(head_);
    if (!commit) return std::unexpected(commit.error());
    note(fmt::format("{} does not say what was pushed: the last commit, or the last merge", event_.system));
    if (commit->parents.empty()) return std::vector<git::Oid>{};
    return std::vector{commit->parents.front()};
  }

  std::optional<git::Oid> default_branch() const {
    std::vector<std::string> names;
    if (!event_.default_branch.empty()) names.push_back(event_.default_branch);
    for (const char* usual : {"refs/remotes/origin/HEAD", "main", "master"}) names.emplace_back(usual);
    for (const std::string& name : names) {
      if (const auto commit = finder_.find(name); commit) return *commit;
    }
    return std::nullopt;
  }

  Result<CiRange> range(const std::vector<git::Oid>& bases) {
    if (auto whole = check_whole(bases); !whole) return std::unexpected(whole.error());
    CiRange out;
    out.head = hex(head_);
    for (const git::Oid& base : bases) out.bases.push_back(hex(base));
    if (!bases.empty()) {
      const auto base = finder_.links(bases.front());
      if (!base) return std::unexpected(base.error());
      out.base_tree = hex(base->tree);
    }
    out.kind = title(event_.kind);
    out.between = fmt::format("{}{}{}", bases.empty() ? "all of " : short_hex(bases.front()) + "..", short_hex(head_), note_.empty() ? "" : "; " + note_);
    return out;
  }

  // A walk of its own, which only shallow clones need.
  Result<void> check_whole(const std::vector<git::Oid>& bases) {
    if (!repository_.shallow) return {};
    const auto between = finder_.range(head_, bases);
    if (!between) return std::unexpected(between.error());
    if (between->cut_off.empty()) return {};
    return fail(fmt::format("{}: the clone is shallow, and {} of the {} commits to look at ({} first) have parents that are not here, so what is new cannot be told; {}", event_.system,
                            between->cut_off.size(), between->commits, short_hex(between->cut_off.front()), remedy()));
  }

  void note(std::string text) { note_ += (note_.empty() ? "" : "; ") + std::move(text); }

  const Event& event_;
  const git::Repository& repository_;
  git::CommitFinder finder_;
  git::Oid head_;
  std::string note_;
};

}  // namespace

Result<CiRange> ci_range(const Event& event, const git::Repository& repository) {
  auto finder = git::CommitFinder::open(repository);
  if (!finder) return std::unexpected(finder.error());
  return Resolving(event, repository, std::move(*finder)).run();
}

}  // namespace keywake::cli
