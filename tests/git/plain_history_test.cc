// plain_history.h against git itself: git lists the objects, the commits, the trees and the refs,
// and appearances follow from those by the definitions of appearance.h, applied word by word.
#include "git/plain_history.h"

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <sstream>
#include <tuple>

#include "catch.h"
#include "git/repository_generator_helper.h"

namespace keywake::git {
namespace {

using test::find_tokens;
using test::GeneratedRepository;
using test::GeneratorOptions;
using test::Layout;
using Values = std::vector<std::uint32_t>;

Oid oid_of(std::string_view hex) {
  auto oid = Oid::from_hex(hex);
  REQUIRE(oid);
  return *oid;
}

/// A repository as the code under test sees it.
struct Opened {
  Repository repository;
  Problems problems;
  std::optional<ObjectDatabase> database;
  std::unique_ptr<PlainHistory> history;

  explicit Opened(const std::filesystem::path& path) {
    auto found = Repository::open(path);
    REQUIRE(found);
    REQUIRE(*found);
    repository = std::move(**found);
    auto opened = ObjectDatabase::open(repository, problems);
    REQUIRE(opened);
    database = std::move(*opened);
    history = std::make_unique<PlainHistory>(repository, *database, problems);
  }
  std::vector<Oid> all_commits() const {
    auto commits = history->select({.all_objects = true});
    REQUIRE(commits);
    return *commits;
  }
};

struct PlainObject {
  std::string type;
  std::string bytes;
  bool operator==(const PlainObject&) const = default;
};

/// All objects, as `git cat-file --batch` prints them: "<oid> <type> <size>\n<bytes>\n".
std::map<Oid, PlainObject> objects_by_git(const GeneratedRepository& repository) {
  std::string text = repository.git({"cat-file", "--batch-all-objects", "--batch", "--buffer"});
  std::map<Oid, PlainObject> objects;
  for (std::size_t at = 0; at < text.size();) {
    std::size_t end = text.find('\n', at);
    std::istringstream header(text.substr(at, end - at));
    std::string hex;
    std::string type;
    std::size_t size = 0;
    header >> hex >> type >> size;
    objects[oid_of(hex)] = {type, text.substr(end + 1, size)};
    at = end + 1 + size + 1;
  }
  return objects;
}

std::map<Oid, Values> values_by_git(const std::map<Oid, PlainObject>& objects) {
  std::map<Oid, Values> values;
  for (const auto& [oid, object] : objects) {
    if (object.type != "blob") continue;
    if (Values found = find_tokens(object.bytes); !found.empty()) values[oid] = found;
  }
  return values;
}

const Values& values_in(const std::map<Oid, Values>& values, const Oid& blob) {
  static const Values kNone;
  auto found = values.find(blob);
  return found == values.end() ? kNone : found->second;
}

std::set<Oid> oids(const std::string& lines) {
  std::set<Oid> result;
  for (const std::string& line : test::split(lines, '\n')) result.insert(oid_of(line));
  return result;
}

std::set<Oid> set_of(const std::vector<Oid>& list) {
  std::set<Oid> result(list.begin(), list.end());
  CHECK(result.size() == list.size());
  return result;
}

/// What git says of every commit that is in the store.
struct HistoryByGit {
  struct Commit {
    std::vector<Oid> parents;
    std::int64_t date = 0;
    std::map<std::string, Oid> files;
  };
  std::map<Oid, Commit> commits;
  std::vector<Oid> tips;
  std::set<Oid> reachable;
  std::map<Oid, PlainObject> objects;
  std::map<Oid, Values> values;

  explicit HistoryByGit(const GeneratedRepository& repository)
      : objects(objects_by_git(repository)) {
    values = values_by_git(objects);
    for (const auto& [oid, object] : objects) {
      if (object.type == "commit") add_commit(repository, oid, object.bytes);
    }
    Arguments names = {"HEAD"};
    for (auto& name : test::split(repository.git({"for-each-ref", "--format=%(refname)"}), '\n')) {
      names.push_back(name);
    }
    for (const std::string& name : names) {
      auto peeled = test::run_command(repository.path(),
                                      {"git", "rev-parse", "-q", "--verify", name + "^{commit}"});
      if (peeled.status == 0) tips.push_back(oid_of(test::chomp(peeled.out)));
    }
    reachable = oids(repository.git({"rev-list", "--all", "HEAD"}));
  }

  bool present(const Oid& commit, const std::string& path, std::uint32_t value) const {
    auto known = commits.find(commit);
    if (known == commits.end()) return false;
    auto file = known->second.files.find(path);
    if (file == known->second.files.end()) return false;
    const Values& found = values_in(values, file->second);
    return std::find(found.begin(), found.end(), value) != found.end();
  }
  std::vector<Appearance> appearances() const;

 private:
  using Arguments = test::Arguments;
  void add_commit(const GeneratedRepository& repository, const Oid& oid, const std::string& text) {
    Commit commit;
    for (const std::string& line : test::split(text.substr(0, text.find("\n\n")), '\n')) {
      if (line.starts_with("parent ")) commit.parents.push_back(oid_of(line.substr(7)));
      if (line.starts_with("committer "))
        commit.date = std::stoll(line.substr(line.rfind('>') + 2));
    }
    for (const std::string& row :
         test::split(repository.git({"ls-tree", "-r", "-z", oid.hex()}), '\0')) {
      if (row.starts_with("160000")) continue;  // "<mode> <type> <oid>\t<path>"
      commit.files[row.substr(row.find('\t') + 1)] = oid_of(row.substr(row.find('\t') - 40, 40));
    }
    commits[oid] = std::move(commit);
  }
  void add_introduced(const Oid& oid, const Commit& commit, std::vector<Appearance>& result) const;
};

void HistoryByGit::add_introduced(const Oid& oid, const Commit& commit,
                                  std::vector<Appearance>& result) const {
  for (const auto& [path, blob] : commit.files) {
    for (std::uint32_t value : values_in(values, blob)) {
      auto has = [&](const Oid& other) { return present(other, path, value); };
      if (std::any_of(commit.parents.begin(), commit.parents.end(), has)) continue;
      Appearance appearance{.value = value, .path = path, .blob = blob, .commit = oid};
      appearance.reachable = reachable.contains(oid);
      auto tip = std::find_if(tips.begin(), tips.end(), has);
      appearance.at_tip = tip != tips.end();
      if (appearance.at_tip) appearance.tip_blob = commits.at(*tip).files.at(path);
      std::optional<std::pair<std::int64_t, Oid>> removal;
      for (const auto& [other, theirs] : commits) {
        bool removes = !theirs.parents.empty() && !has(other) &&
                       std::all_of(theirs.parents.begin(), theirs.parents.end(), has);
        if (!appearance.at_tip && removes && theirs.date >= commit.date) {
          removal = removal ? std::min(*removal, std::pair(theirs.date, other))
                            : std::pair(theirs.date, other);
        }
      }
      if (removal) appearance.removed_in = removal->second;
      result.push_back(appearance);
    }
  }
}

std::vector<Appearance> HistoryByGit::appearances() const {
  std::vector<Appearance> result;
  std::set<Oid> in_trees;
  for (const auto& [oid, commit] : commits) {
    add_introduced(oid, commit, result);
    for (const auto& [path, blob] : commit.files) in_trees.insert(blob);
  }
  for (const auto& [blob, found] : values) {
    if (in_trees.contains(blob)) continue;
    for (std::uint32_t value : found)
      result.push_back({.value = value, .path = "blob:" + blob.hex(), .blob = blob});
  }
  std::sort(result.begin(), result.end());
  return result;
}

std::vector<Appearance> plain_appearances(Opened& opened, const std::vector<Oid>& commits,
                                          const std::map<Oid, Values>& values, bool unattached) {
  return opened.history->appearances(
      commits, [&](const Oid& blob) -> const Values& { return values_in(values, blob); },
      unattached);
}

std::string text_of(const Appearance& a) {
  std::ostringstream out;
  out << a.value << " at " << a.path << " blob " << a.blob.hex() << " commit " << a.commit.hex()
      << " tip " << a.at_tip << ' ' << a.tip_blob.hex() << " removed " << a.removed_in.hex()
      << " reachable " << a.reachable;
  return out.str();
}

void check_same(const std::vector<Appearance>& mine, const std::vector<Appearance>& expected) {
  CHECK(mine.size() == expected.size());
  for (std::size_t i = 0; i < std::min(mine.size(), expected.size()); ++i) {
    if (mine[i] == expected[i]) continue;
    CHECK(text_of(mine[i]) == text_of(expected[i]));
    return;  // the first difference tells enough
  }
}

TEST_CASE("for_each_object visits what git cat-file prints, in every layout") {
  for (const test::NamedLayout& layout : test::all_layouts()) {
    INFO(layout.name);
    GeneratedRepository repository =
        test::generate_repository({.seed = 11, .commits = 40, .layout = layout.layout});
    std::map<Oid, PlainObject> expected = objects_by_git(repository);
    std::erase_if(expected, [](const auto& object) { return object.second.type == "tree"; });
    std::map<Oid, PlainObject> visited;
    Opened opened(repository.path());
    opened.history->for_each_object([&](const Oid& oid, ObjectType type, std::string_view bytes) {
      const char* name = type == ObjectType::kBlob     ? "blob"
                         : type == ObjectType::kCommit ? "commit"
                                                       : "tag";
      bool is_new = visited.emplace(oid, PlainObject{name, std::string(bytes)}).second;
      CHECK(is_new);
    });
    CHECK(visited == expected);
    CHECK(opened.problems.take().empty());
  }
}

TEST_CASE("appearances follow from what git says of commits, trees and refs") {
  for (std::uint64_t seed : {21, 22, 23}) {
    INFO("seed " << seed);
    GeneratedRepository repository = test::generate_repository({.seed = seed, .commits = 130});
    HistoryByGit history(repository);
    const std::vector<Appearance> expected = history.appearances();
    auto count = [&](auto&& has) { return std::count_if(expected.begin(), expected.end(), has); };
    REQUIRE(count([](const Appearance& a) { return a.at_tip; }) > 20);
    REQUIRE(count([](const Appearance& a) { return !a.removed_in.is_null(); }) > 40);
    REQUIRE(count([](const Appearance& a) { return a.commit.is_null(); }) > 0);
    REQUIRE(count([](const Appearance& a) { return !a.reachable; }) > 0);
    Opened opened(repository.path());
    check_same(plain_appearances(opened, opened.all_commits(), history.values, true), expected);
    CHECK(opened.problems.take().empty());
  }
}

TEST_CASE(
    "the layout of objects changes no appearance; what is missing is as the definitions say") {
  std::vector<Appearance> same;
  for (const test::NamedLayout& layout : test::all_layouts()) {
    INFO(layout.name);
    GeneratedRepository repository =
        test::generate_repository({.seed = 25, .commits = 50, .layout = layout.layout});
    std::map<Oid, Values> values = values_by_git(objects_by_git(repository));
    Opened opened(repository.path());
    std::vector<Appearance> found = plain_appearances(opened, opened.all_commits(), values, true);
    REQUIRE(!found.empty());
    if (layout.layout == Layout::kShallow || layout.layout == Layout::kPartial) {
      check_same(found, HistoryByGit(repository).appearances());
      for (const Problem& problem : opened.problems.take())
        CHECK(!problem.failed);  // missing on purpose
    } else {
      if (same.empty()) same = found;
      check_same(found, same);
      CHECK(opened.problems.take().empty());
    }
  }
}

TEST_CASE("select is git rev-list") {
  for (std::uint64_t seed : {31, 32}) {
    GeneratedRepository repository =
        test::generate_repository({.seed = seed, .commits = 120, .layout = Layout::kOnePack});
    const std::string first = test::chomp(repository.git({"rev-parse", "main~6"}));
    struct Row {
      Selection selection;
      test::Arguments by_git;
    };
    const std::string since = test::chomp(repository.git({"log", "-1", "--format=%ct", "main~4"}));
    const std::vector<Row> rows = {
        {{}, {"--all"}},
        {{.since = std::stoll(since)}, {"--all", "--since-as-filter=" + since}},
        {{.range = "main"}, {"main"}},
        {{.range = first}, {first}},
        {{.range = "refs/heads/main"}, {"main"}},
        {{.range = "main~5..main"}, {"main~5..main"}},
        {{.range = "main~5.."}, {"main~5.."}},
        {{.range = "..topic/1"}, {"..topic/1"}},
        {{.range = "main..topic/1"}, {"main..topic/1"}},
        {{.range = "topic/1..main"}, {"topic/1..main"}},
        {{.range = "main...topic/1"}, {"main...topic/1"}},
        {{.range = "topic/2...topic/1"}, {"topic/2...topic/1"}},
        {{.range = first.substr(0, 12) + "..annotated-1"}, {first.substr(0, 12) + "..annotated-1"}},
        {{.range = "@~2^!"}, {"HEAD~2^!"}},
        {{.range = "main..pages"}, {"main..pages"}},
        {{.branches = {"topic/1", "stash"}}, {"topic/1", "stash"}},
        {{.range = "main~9..main~3", .branches = {"pages"}}, {"main~9..main~3", "pages"}},
    };
    Opened opened(repository.path());
    for (const Row& row : rows) {
      INFO("seed " << seed << " rev-list " << row.by_git[0]);
      test::Arguments arguments = {"rev-list"};
      arguments.insert(arguments.end(), row.by_git.begin(), row.by_git.end());
      auto selected = opened.history->select(row.selection);
      REQUIRE(selected);
      CHECK(set_of(*selected) == oids(repository.git(arguments)));
      // Children stand before their parents.
      std::set<Oid> seen;
      for (const Oid& commit : *selected) {
        seen.insert(commit);
        for (const Oid& parent : oids(repository.git({"rev-parse", commit.hex() + "^@"})))
          CHECK(!seen.contains(parent));
      }
    }
    std::set<Oid> every;
    for (const auto& [oid, object] : objects_by_git(repository)) {
      if (object.type == "commit") every.insert(oid);
    }
    CHECK(set_of(opened.all_commits()) == every);
    CHECK(opened.problems.take().empty());
  }
}

TEST_CASE("what is no commit is an error that names it") {
  GeneratedRepository repository = test::generate_repository({.seed = 33, .commits = 20});
  Opened opened(repository.path());
  const std::string absent(40, '7');
  const std::vector<std::string> ranges = {
      "nothing-of-this-name", "main..nope", "nope...main", "..", "blob-tag",
      absent + "..main",      "main:",      "--all..main"};
  for (const std::string& range : ranges) {
    INFO(range);
    auto selected = opened.history->select({.range = range});
    REQUIRE(!selected);
    CHECK(selected.error().message.size() > 10);
    if (range == "main..nope") CHECK(selected.error().message.find("nope") != std::string::npos);
  }
}

TEST_CASE(
    "a range lists what its commits introduce; tips and removals stay those of the repository") {
  for (std::uint64_t seed : {41, 42, 43}) {
    INFO("seed " << seed);
    GeneratedRepository repository = test::generate_repository({.seed = seed, .commits = 60});
    HistoryByGit history(repository);
    for (const char* range : {"main~4..main", "main...topic/1", "main~8..main~7"}) {
      INFO(range);
      std::set<Oid> selected = oids(repository.git({"rev-list", range}));
      std::vector<Appearance> expected = history.appearances();
      std::erase_if(expected, [&](const Appearance& a) { return !selected.contains(a.commit); });
      Opened opened(repository.path());
      auto commits = opened.history->select({.range = range});
      REQUIRE(commits);
      check_same(plain_appearances(opened, *commits, history.values, false), expected);
    }
  }
}

TEST_CASE("tips are HEAD and the refs, peeled") {
  GeneratedRepository repository = test::generate_repository({.seed = 51});
  Opened opened(repository.path());
  const auto& tips = opened.history->tips();
  REQUIRE(tips.size() > 10);
  CHECK(tips[0].name == "HEAD");
  std::vector<std::string> names;
  for (const Tip& tip : tips) {
    CHECK(tip.commit.hex() == test::chomp(repository.git({"rev-parse", tip.name + "^{commit}"})));
    names.push_back(tip.name);
  }
  CHECK(std::is_sorted(names.begin() + 1, names.end()));
  CHECK(std::count(names.begin(), names.end(), "refs/tags/nested") == 1);
  CHECK(std::count(names.begin(), names.end(), "refs/notes/commits") == 1);
  CHECK(std::count(names.begin(), names.end(), "refs/tags/blob-tag") == 0);

  repository.git({"symbolic-ref", "HEAD", "refs/heads/unborn"});
  CHECK(Opened(repository.path()).history->tips()[0].name != "HEAD");
}

TEST_CASE("commit_info is what git log prints") {
  GeneratedRepository repository = test::generate_repository({.seed = 52, .commits = 150});
  Opened opened(repository.path());
  std::string list;
  for (const Oid& commit : opened.all_commits()) list += commit.hex() + '\n';
  std::string log =
      repository.git({"-c", "i18n.logOutputEncoding=UTF-8", "log", "--no-walk", "--stdin",
                      "--date=raw", "-z", "--format=%H%n%an%n%ae%n%ad%n%B"},
                     list);
  int latin1 = 0;
  for (const std::string& record : test::split(log, '\0')) {
    std::vector<std::string> lines = test::split(record + "\n", '\n');
    REQUIRE(lines.size() >= 5);
    auto info = opened.history->commit_info(oid_of(lines[0]));
    REQUIRE(info);
    CHECK(info->author == lines[1]);
    CHECK(info->email == lines[2]);
    int zone = std::stoi(lines[3].substr(lines[3].find(' ') + 1));
    CHECK(info->date == std::stoll(lines[3]));
    CHECK(info->date_offset == zone / 100 * 60 + zone % 100);
    CHECK(info->summary ==
          *std::find_if(lines.begin() + 4, lines.end() - 1, [](auto& l) { return !l.empty(); }));
    latin1 += info->summary.starts_with("caf\xc3\xa9") ? 1 : 0;
  }
  CHECK(latin1 > 0);
}

TEST_CASE("parse_commit_info of odd commits") {
  struct Row {
    const char* commit;
    CommitInfo info;
  };
  const Row rows[] = {
      {"", {}},
      {"author A <a@b> 12 +0100\n\n\n\nsecond \r\nthird", {"A", "a@b", 12, 60, "second"}},
      {"author A\nencoding cp1252\n\n\x80 \x93\n", {"A", "", 0, 0, "\xe2\x82\xac \xe2\x80\x9c"}},
      {"author <<a>> 99999999999999999999 +01\n\nx", {"", "<a>", 0, 0, "x"}},
      {"author A <a> -5 -0130\nencoding koi8-r\n\n\xff", {"A", "a", -5, -90, "\xff"}},
      {"author A <a> 7 +0000\ngpgsig ---\n more <x> 3 +0100\n\nok", {"A", "a", 7, 0, "ok"}},
  };
  for (const Row& row : rows) {
    INFO(row.commit);
    CommitInfo info = parse_commit_info(row.commit);
    CHECK(info.author == row.info.author);
    CHECK(info.email == row.info.email);
    CHECK(info.date == row.info.date);
    CHECK(info.date_offset == row.info.date_offset);
    CHECK(info.summary == row.info.summary);
  }
}

}  // namespace
}  // namespace keywake::git
