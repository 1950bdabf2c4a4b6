#include "git/repository_generator_helper.h"

#include <algorithm>
#include <stdexcept>

namespace keywake::git::test {
namespace {

namespace fs = std::filesystem;

constexpr const char* kName = "repository.git";

/// One repository being laid out anew.
class Layouter {
 public:
  Layouter(const fs::path& folder, const GeneratorOptions& options)
      : folder_(folder),
        repository_(folder / kName),
        options_(options),
        random_(options.seed ^ 0x5eed) {}
  void lay_out();

 private:
  std::string git(const Arguments& arguments, std::string_view input = {}) const {
    return run_git(repository_, arguments, input);
  }
  void init(const std::string& name) const {
    run_git(folder_, {"init", "-q", "--bare", "--template=", "-b", "main",
                      options_.sha256 ? "--object-format=sha256" : "--object-format=sha1", name});
  }
  [[nodiscard]] std::vector<std::string> all_objects() const {
    return split(git({"cat-file", "--batch-all-objects", "--batch-check=%(objectname)"}), '\n');
  }
  void repack(Arguments extra, Arguments config = {}) const;
  void pack(const std::vector<std::string>& objects, const fs::path& into) const;
  /// Moves the packs out of the store; they stay readable where the result says.
  [[nodiscard]] fs::path set_packs_aside() const;
  void loosen_all() const;
  std::vector<std::string> some_of(const std::vector<std::string>& objects, std::size_t of_ten);
  void many_packs();
  void partly_loose();
  void alternates();
  void thin_completed() const;
  void clone_with(const Arguments& options) const;

  fs::path folder_;
  fs::path repository_;
  GeneratorOptions options_;
  Random random_;
};

/// -k: what nothing refers to is packed too. -F would reuse nothing; -f alone computes the deltas
/// anew.
void Layouter::repack(Arguments extra, Arguments config) const {
  Arguments arguments = std::move(config);
  for (const char* argument : {"repack", "-a", "-d", "-f", "-k", "-q"})
    arguments.emplace_back(argument);
  arguments.insert(arguments.end(), extra.begin(), extra.end());
  git(arguments);
}

void Layouter::pack(const std::vector<std::string>& objects, const fs::path& into) const {
  std::string list;
  for (const std::string& oid : objects) list += oid + '\n';
  git({"pack-objects", "-q", "--depth=80", "--window=30", "--delta-base-offset",
       (into / "pack/pack").string()},
      list);
}

fs::path Layouter::set_packs_aside() const {
  fs::path aside = folder_ / "aside";
  fs::create_directories(aside);
  for (const auto& file : fs::directory_iterator(repository_ / "objects/pack")) {
    fs::rename(file.path(), aside / file.path().filename());
  }
  return aside;
}

void Layouter::loosen_all() const {
  for (const auto& file : fs::directory_iterator(set_packs_aside())) {
    if (file.path().extension() != ".pack") continue;
    CommandOutput unpacked = run_command(
        repository_, {"sh", "-c", "git unpack-objects -q < \"$1\"", "sh", file.path().string()});
    if (unpacked.status != 0) throw std::runtime_error("unpack-objects: " + unpacked.err);
  }
  fs::remove_all(folder_ / "aside");
}

std::vector<std::string> Layouter::some_of(const std::vector<std::string>& objects,
                                           std::size_t of_ten) {
  std::vector<std::string> result;
  for (const std::string& oid : objects) {
    if (random_.below(10) < of_ten) result.push_back(oid);
  }
  return result;
}

void Layouter::many_packs() {
  const std::vector<std::string> objects = all_objects();
  constexpr std::size_t kPacks = 4;
  std::vector<std::vector<std::string>> parts(kPacks);
  for (const std::string& oid : objects) {
    std::size_t home = random_.below(kPacks);
    parts[home].push_back(oid);
    if (random_.one_in(3)) parts[(home + 1) % kPacks].push_back(oid);
  }
  fs::create_directories(folder_ / "new/pack");
  for (const auto& part : parts) pack(part, folder_ / "new");
  fs::remove_all(set_packs_aside());
  for (const auto& file : fs::directory_iterator(folder_ / "new/pack")) {
    fs::rename(file.path(), repository_ / "objects/pack" / file.path().filename());
  }
  fs::remove_all(folder_ / "new");
  if (options_.seed % 2 == 0) git({"multi-pack-index", "write"});
}

void Layouter::partly_loose() {
  const std::vector<std::string> objects = all_objects();
  loosen_all();
  pack(some_of(objects, 6), repository_ / "objects");
  if (options_.seed % 2 == 0) git({"prune-packed", "-q"});  // else what is packed is loose as well
}

void Layouter::alternates() {
  const std::vector<std::string> objects = all_objects();
  init("other.git");
  fs::path other = folder_ / "other.git/objects";
  pack(some_of(objects, 7), other);
  fs::create_directories(folder_ / "rest/pack");
  write_file(repository_ / "objects/info/alternates", other.string() + "\n");
  // All that the other store lacks, and some that it has.
  std::vector<std::string> ours = some_of(objects, 2);
  std::string listed = run_git(folder_ / "other.git",
                               {"cat-file", "--batch-all-objects", "--batch-check=%(objectname)"});
  const std::vector<std::string> theirs = split(listed, '\n');
  for (const std::string& oid : objects) {
    if (!std::binary_search(theirs.begin(), theirs.end(), oid)) ours.push_back(oid);
  }
  pack(ours, folder_ / "rest");
  fs::remove_all(set_packs_aside());
  for (const auto& file : fs::directory_iterator(folder_ / "rest/pack")) {
    fs::rename(file.path(), repository_ / "objects/pack" / file.path().filename());
  }
  fs::remove_all(folder_ / "rest");
}

/// A new repository receives stretch after stretch of history as thin packs, as from pushes; what
/// no commit has comes last.
void Layouter::thin_completed() const {
  fs::path source = folder_ / "source.git";
  fs::rename(repository_, source);
  init(kName);
  std::vector<std::string> commits;
  std::string everything;
  for (const std::string& row :
       split(run_git(source, {"cat-file", "--batch-all-objects",
                              "--batch-check=%(objecttype) %(objectname)"}),
             '\n')) {
    if (row.starts_with("commit ")) commits.push_back(row.substr(7));
    everything += row.substr(row.find(' ') + 1) + '\n';
  }
  std::string list;
  for (const std::string& oid : commits) list += oid + '\n';
  commits =
      split(run_git(source, {"rev-list", "--topo-order", "--reverse", "--stdin"}, list), '\n');
  const std::size_t stretch = commits.size() / 5 + 1;
  std::string had;
  for (std::size_t begin = 0; begin < commits.size(); begin += stretch) {
    std::string wanted = had;
    for (std::size_t i = begin; i < std::min(begin + stretch, commits.size()); ++i) {
      wanted += commits[i] + '\n';
      had += '^' + commits[i] + '\n';
    }
    std::string thin =
        run_git(source,
                {"pack-objects", "-q", "--thin", "--revs", "--stdout", "--delta-base-offset",
                 "--depth=100", "--window=40", "--no-reuse-delta"},
                wanted);
    git({"index-pack", "--fix-thin", "--stdin"}, thin);
  }
  git({"unpack-objects", "-q"}, run_git(source, {"pack-objects", "-q", "--stdout"}, everything));
  git({"prune-packed", "-q"});
  std::string refs = run_git(source, {"for-each-ref", "--format=create %(refname) %(objectname)"});
  git({"update-ref", "--stdin"}, refs);
  fs::remove_all(source);
}

void Layouter::clone_with(const Arguments& options) const {
  fs::path source = folder_ / "source.git";
  fs::rename(repository_, source);
  run_git(source, {"config", "uploadpack.allowFilter", "true"});
  Arguments arguments = {"-c", "fetch.unpackLimit=1", "clone", "-q", "--mirror", "--template="};
  arguments.insert(arguments.end(), options.begin(), options.end());
  arguments.push_back("file://" + source.string());
  arguments.emplace_back(kName);
  run_git(folder_, arguments);
  fs::remove_all(source);  // else git would fetch what is missing as soon as somebody asked for it
}

void Layouter::lay_out() {
  init(kName);
  git({"-c", "fastimport.unpackLimit=1", "fast-import", "--quiet", "--done"},
      history_stream(options_));
  // What fast-import does not make: tags of tags, of trees and of blobs, and a ref that is none of
  // the usual.
  git({"tag", "-a", "-m", "tag of a tag TOKEN_7_", "nested", "refs/tags/annotated-0"});
  git({"tag", "-a", "-m", "tag of a tree", "tree-tag", "main^{tree}"});
  std::string blob =
      chomp(git({"hash-object", "-w", "--stdin"}, "only a tag and a ref have this TOKEN_8_\n"));
  git({"tag", "-a", "-m", "tag of a blob", "blob-tag", blob});
  git({"update-ref", "refs/odd/blob", blob});
  if (options_.seed % 2 == 0) git({"pack-refs", "--all"});
  switch (options_.layout) {
    case Layout::kImported:
      break;
    case Layout::kLoose:
      loosen_all();
      break;
    case Layout::kOnePack:
      repack({"--write-bitmap-index"});
      git({"commit-graph", "write", "--reachable"});
      break;
    case Layout::kDeepChains:
      repack({"--depth=200", "--window=2"});
      break;
    case Layout::kRefDeltas:
      repack({"--depth=80"}, {"-c", "repack.useDeltaBaseOffset=false"});
      break;
    case Layout::kIndexVersion1:
      repack({}, {"-c", "pack.indexVersion=1"});
      break;
    case Layout::kManyPacks:
      many_packs();
      break;
    case Layout::kThinCompleted:
      thin_completed();
      break;
    case Layout::kPartlyLoose:
      partly_loose();
      break;
    case Layout::kAlternates:
      alternates();
      break;
    case Layout::kShallow:
      clone_with({"--depth=4"});
      break;
    case Layout::kPartial:
      clone_with({"--filter=blob:limit=900"});
      break;
  }
}

}  // namespace

const std::vector<NamedLayout>& all_layouts() {
  static const std::vector<NamedLayout> layouts = {
      {Layout::kImported, "imported"},        {Layout::kLoose, "loose"},
      {Layout::kOnePack, "one pack"},         {Layout::kDeepChains, "deep chains"},
      {Layout::kRefDeltas, "ref deltas"},     {Layout::kIndexVersion1, "index version 1"},
      {Layout::kManyPacks, "many packs"},     {Layout::kThinCompleted, "thin packs completed"},
      {Layout::kPartlyLoose, "partly loose"}, {Layout::kAlternates, "alternates"},
      {Layout::kShallow, "shallow"},          {Layout::kPartial, "partial"},
  };
  return layouts;
}

GeneratedRepository generate_repository(const GeneratorOptions& options) {
  TemporaryFolder folder;
  Layouter(folder.path(), options).lay_out();
  return GeneratedRepository(std::move(folder));
}

std::vector<std::uint32_t> find_tokens(std::string_view bytes) {
  constexpr std::string_view kStart = "TOKEN_";
  std::vector<std::uint32_t> result;
  for (std::size_t at = bytes.find(kStart); at != std::string_view::npos;
       at = bytes.find(kStart, at + 1)) {
    std::uint32_t number = 0;
    std::size_t end = at + kStart.size();
    std::size_t begin = end;
    while (end < bytes.size() && bytes[end] >= '0' && bytes[end] <= '9' && end - begin < 9) {
      number = number * 10 + static_cast<std::uint32_t>(bytes[end++] - '0');
    }
    if (end > begin && end < bytes.size() && bytes[end] == '_') result.push_back(number);
  }
  std::sort(result.begin(), result.end());
  result.erase(std::unique(result.begin(), result.end()), result.end());
  return result;
}

}  // namespace keywake::git::test
