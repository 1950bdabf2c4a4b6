#include "git/repository.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>

#include "base/ascii.h"
#include "base/limits.h"
#include "base/mapped_file.h"
#include "base/text.h"

namespace keywake::git {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kMaxSmallFile = 4 * limits::kKiB;     // HEAD, a ref, gitdir, commondir
constexpr std::size_t kMaxConfig = 1 * limits::kMiB;
constexpr std::size_t kMaxPackedRefs = 512 * limits::kMiB;  // millions of refs exist in practice
constexpr int kMaxAlternates = 64;
constexpr int kMaxRefDepth = 32;
constexpr int kMaxSymbolicDepth = 5;    // as git's own
constexpr std::size_t kMaxNamed = 100;  // damaged refs that are named one by one

std::string_view trimmed(std::string_view text) {
  auto is_space = [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; };
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

template <typename Line>
void each_line(std::string_view text, Line&& line) {
  while (!text.empty()) {
    std::size_t end = text.find('\n');
    line(text.substr(0, end));
    if (end == std::string_view::npos) return;
    text.remove_prefix(end + 1);
  }
}

bool is_git_dir(const fs::path& path) {
  std::error_code ec;
  bool has_head = fs::exists(fs::symlink_status(path / "HEAD", ec));
  if (!has_head) return false;
  return fs::is_directory(path / "objects", ec) || fs::is_regular_file(path / "commondir", ec);
}

// The few settings that say how objects are stored. Sections and keys as in git-config(1); includes are not followed.
void read_config(Repository& repo) {
  std::error_code ec;
  auto text = read_file(repo.common_dir / "config", kMaxConfig);
  if (!text) {
    if (fs::exists(repo.common_dir / "config", ec)) repo.notes.push_back(text.error().message);
    return;
  }
  std::string section;
  each_line(*text, [&](std::string_view raw) {
    std::string_view line = trimmed(raw);
    if (line.starts_with('[')) {
      section = lowered(line.substr(1, line.find(']') == std::string_view::npos ? 0 : line.find(']') - 1));
      return;
    }
    std::size_t equals = line.find('=');
    if (equals == std::string_view::npos) return;
    std::string key = lowered(trimmed(line.substr(0, equals)));
    std::string value = lowered(trimmed(line.substr(equals + 1)));
    if (section == "extensions" && key == "objectformat" && value == "sha256") {
      repo.hash = HashKind::kSha256;
    } else if (section == "extensions" && key == "partialclone") {
      repo.partial = true;
    } else if (section == "extensions" && key == "refstorage" && value != "files") {
      repo.notes.push_back(fmt::format(
          "refs are stored as '{}', which is not read: every object is scanned, tips are not known",
          printable(value)));
    } else if (section.starts_with("remote ") && key == "promisor" && value == "true") {
      repo.partial = true;
    }
  });
}

// A pack that came from a partial clone is marked by a file beside it, whatever the configuration says.
bool has_promisor_pack(const fs::path& object_dir) {
  std::error_code ec;
  for (fs::directory_iterator it(object_dir / "pack", ec), end; !ec && it != end; it.increment(ec)) {
    if (it->path().extension() == ".promisor") return true;
  }
  return false;
}

void read_alternates(Repository& repo) {
  std::set<fs::path> seen;
  for (std::size_t i = 0; i < repo.object_dirs.size(); ++i) {
    if (repo.object_dirs.size() > kMaxAlternates) {
      repo.notes.push_back(fmt::format("more than {} alternate object stores: the rest is not read", kMaxAlternates));
      repo.object_dirs.resize(kMaxAlternates);
      return;
    }
    std::error_code ec;
    fs::path dir = repo.object_dirs[i];
    seen.insert(fs::weakly_canonical(dir, ec));
    auto text = read_file(dir / "info" / "alternates", kMaxConfig);
    if (!text) continue;
    each_line(*text, [&](std::string_view line) {
      line = trimmed(line);
      if (line.empty() || line.starts_with('#')) return;
      fs::path other = fs::path(line).is_absolute() ? fs::path(line) : dir / line;
      std::error_code error;
      if (!fs::is_directory(other, error)) {
        repo.notes.push_back(fmt::format("alternate object store {} is not there",
                                         printable(other.native())));
      } else if (seen.insert(fs::weakly_canonical(other, error)).second) {
        repo.object_dirs.push_back(other);
      }
    });
  }
}

// Refs, from packed-refs and from the files that stand above it (gitrepository-layout(5)).
class RefReader {
 public:
  explicit RefReader(Repository& repo) : repo_(repo) {}
  void run();

 private:
  void read_packed();
  void read_folder(const fs::path& dir, const std::string& prefix, int depth);
  void read_one(const fs::path& path, const std::string& name);
  void resolve_symbolic();
  void read_head();
  void damaged(const std::string& name);
  [[nodiscard]] std::optional<Oid> oid_in(std::string_view text) const {
    return text.size() == 2 * static_cast<std::size_t>(repo_.hash) ? Oid::from_hex(text) : std::nullopt;
  }

  Repository& repo_;
  std::map<std::string, Oid> refs_;
  std::map<std::string, std::string> symbolic_;
  std::size_t damaged_ = 0;
};

void RefReader::damaged(const std::string& name) {
  if (++damaged_ <= kMaxNamed) repo_.notes.push_back(fmt::format("{} is damaged: no such tip is known", printable(name)));
}

void RefReader::read_packed() {
  const fs::path path = repo_.common_dir / "packed-refs";
  std::error_code ec;
  auto packed = read_file(path, kMaxPackedRefs);
  if (!packed) {
    if (fs::exists(path, ec)) repo_.notes.push_back(packed.error().message);
    return;
  }
  std::size_t senseless = 0;
  each_line(*packed, [&](std::string_view line) {
    if (line.starts_with('#') || line.starts_with('^')) return;  // "^": what an annotated tag peels to
    std::size_t space = line.find(' ');
    auto oid = oid_in(line.substr(0, space));
    std::string_view name = space == std::string_view::npos ? "" : trimmed(line.substr(space + 1));
    if (oid && !name.empty()) {
      refs_[std::string(name)] = *oid;
    } else if (!line.empty()) {
      ++senseless;
    }
  });
  if (senseless > 0) {
    repo_.notes.push_back(fmt::format("packed-refs is damaged: {} of its lines name no ref", senseless));
  }
}

// A symbolic link is how old git wrote "ref: refs/…"; one to elsewhere is not followed.
void RefReader::read_one(const fs::path& path, const std::string& name) {
  std::error_code ec;
  if (fs::is_symlink(fs::symlink_status(path, ec))) {
    std::string target = fs::read_symlink(path, ec).native();
    if (target.starts_with("refs/")) {
      symbolic_[name] = target;
    } else {
      damaged(name);
    }
    return;
  }
  auto text = read_file(path, kMaxSmallFile);
  std::string_view content = text ? trimmed(*text) : "";
  if (content.starts_with("ref:")) {
    symbolic_[name] = trimmed(content.substr(4));
  } else if (auto oid = oid_in(content)) {
    refs_[name] = *oid;
  } else {
    damaged(name);
  }
}

void RefReader::read_folder(const fs::path& dir, const std::string& prefix, int depth) {
  if (depth > kMaxRefDepth) return damaged(prefix);
  std::error_code ec;
  for (fs::directory_iterator it(dir, fs::directory_options::skip_permission_denied, ec), end;
       !ec && it != end; it.increment(ec)) {
    std::string name = prefix + it->path().filename().native();
    std::error_code status_error;
    fs::file_status status = it->symlink_status(status_error);
    if (fs::is_directory(status)) {
      read_folder(it->path(), name + "/", depth + 1);
    } else if (!name.ends_with(".lock")) {  // git's own, half written
      read_one(it->path(), name);
    }
  }
}

void RefReader::resolve_symbolic() {
  for (const auto& [name, first] : symbolic_) {
    std::string target = first;
    for (int depth = 1; depth < kMaxSymbolicDepth && symbolic_.contains(target); ++depth) {
      target = symbolic_.at(target);
    }
    if (auto it = refs_.find(target); it != refs_.end()) refs_[name] = it->second;
  }
}

void RefReader::read_head() {
  refs_.erase("HEAD");
  symbolic_.erase("HEAD");
  read_one(repo_.git_dir / "HEAD", "HEAD");
  resolve_symbolic();
  if (auto it = refs_.find("HEAD"); it != refs_.end()) {
    repo_.refs.push_back({"HEAD", it->second});
    refs_.erase(it);
  }
}

void RefReader::run() {
  read_packed();
  read_folder(repo_.common_dir / "refs", "refs/", 0);
  if (repo_.git_dir != repo_.common_dir) read_folder(repo_.git_dir / "refs", "refs/", 0);
  read_head();
  for (auto& [name, oid] : refs_) repo_.refs.push_back({name, oid});
  if (damaged_ > kMaxNamed) {
    repo_.notes.push_back(fmt::format("{} more refs are damaged", damaged_ - kMaxNamed));
  }
}

// `path` may be a folder with .git inside (a folder, or a file "gitdir: …" in a linked work tree or submodule).
Result<std::optional<fs::path>> find_git_dir(const fs::path& path, bool& is_work_tree) {
  is_work_tree = false;
  if (is_git_dir(path)) return path;
  fs::path dot_git = path / ".git";
  std::error_code ec;
  fs::file_status status = fs::status(dot_git, ec);
  is_work_tree = true;
  if (fs::is_directory(status)) {
    // By its name it is one even if HEAD is lost: objects can be read without.
    bool sound = is_git_dir(dot_git) || fs::is_directory(dot_git / "objects", ec);
    return sound ? std::optional(dot_git) : std::nullopt;
  }
  if (!fs::is_regular_file(status)) return std::nullopt;
  auto text = read_file(dot_git, kMaxSmallFile);
  if (!text) return std::unexpected(text.error());
  std::string_view line = trimmed(*text);
  if (!line.starts_with("gitdir:")) return std::nullopt;
  fs::path target(trimmed(line.substr(7)));
  if (target.is_relative()) target = path / target;
  if (!is_git_dir(target)) {
    return fail(fmt::format("{} points to {}, which is not a git directory",
                            printable(dot_git.native()), printable(target.native())));
  }
  return target;
}

}  // namespace

Result<std::optional<Repository>> Repository::open(const fs::path& path) {
  bool is_work_tree = false;
  auto git_dir = find_git_dir(path, is_work_tree);
  if (!git_dir) return std::unexpected(git_dir.error());
  if (!*git_dir) return std::nullopt;

  Repository repo;
  repo.git_dir = **git_dir;
  repo.common_dir = repo.git_dir;
  if (is_work_tree) repo.work_tree = path;
  if (auto common = read_file(repo.git_dir / "commondir", kMaxSmallFile)) {
    fs::path target(trimmed(*common));
    repo.common_dir = target.is_absolute() ? target : repo.git_dir / target;
  }
  std::error_code ec;
  if (!fs::is_directory(repo.common_dir / "objects", ec)) {
    return fail(fmt::format("{}: no readable objects folder in {}", printable(path.native()),
                            printable(repo.common_dir.native())));
  }
  repo.object_dirs.push_back(repo.common_dir / "objects");
  read_config(repo);
  read_alternates(repo);
  RefReader(repo).run();
  for (const fs::path& dir : repo.object_dirs) repo.partial |= has_promisor_pack(dir);
  repo.shallow = fs::is_regular_file(repo.common_dir / "shallow", ec);
  return repo;
}

}  // namespace keywake::git
