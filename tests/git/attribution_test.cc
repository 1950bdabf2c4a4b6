// Two readers of one history must say the same of it to the letter: attribution from the packs, and
// the plain walk over commits through libgit2. Values are planted tokens.
#include "git/attribution.h"

#include <map>
#include <mutex>

#include "catch.h"
#include "git/plain_history.h"
#include "git/repository_generator_helper.h"

namespace keywake::git::test {
namespace {

class TokenVisitor : public Visitor {
 public:
  explicit TokenVisitor(const ObjectStore& store) : store_(store) {}
  bool wants(ObjectType type) const override {
    return type == ObjectType::kBlob || type == ObjectType::kCommit;
  }
  std::unique_ptr<Annotation> whole(unsigned, ObjectId id, ObjectType type,
                                    std::string_view bytes) override {
    std::lock_guard lock(mutex_);
    if (store_.duplicate(id)) return nullptr;
    if (type == ObjectType::kCommit) commits_.add(id, bytes, store_);
    if (type != ObjectType::kBlob) return nullptr;
    auto tokens = find_tokens(bytes);
    if (!tokens.empty()) found_.push_back({id, tokens});
    return nullptr;
  }
  std::unique_ptr<Annotation> delta(unsigned worker, ObjectId id, ObjectType type,
                                    std::string_view bytes, const CopyMap&,
                                    const Annotation*) override {
    return whole(worker, id, type, bytes);
  }
  CommitTable commits_;
  std::vector<FoundBlob> found_;

 private:
  const ObjectStore& store_;
  std::mutex mutex_;
};

std::vector<Appearance> by_attribution(const Repository& repository, unsigned threads,
                                       std::uint64_t memory) {
  Problems problems;
  ObjectStore store = ObjectStore::open(repository, problems);
  TokenVisitor visitor(store);
  WalkOptions options;
  options.threads = threads;
  options.memory = memory;
  walk(store, visitor, options, problems);
  return attribute(repository, store, visitor.commits_, visitor.found_, options, problems)
      .appearances;
}

std::vector<Appearance> by_plain_history(const Repository& repository) {
  Problems problems;
  auto database = ObjectDatabase::open(repository, problems);
  REQUIRE(database.has_value());
  PlainHistory history(repository, *database, problems);
  std::map<Oid, std::vector<std::uint32_t>> values;
  history.for_each_object([&](const Oid& oid, ObjectType type, std::string_view bytes) {
    if (type == ObjectType::kBlob) values[oid] = find_tokens(bytes);
  });
  // Blobs without tokens, and those that are not there, share one empty answer.
  static const std::vector<std::uint32_t> kNone;
  auto commits = history.select({.all_objects = true});
  REQUIRE(commits.has_value());
  return history.appearances(
      *commits,
      [&](const Oid& blob) -> const std::vector<std::uint32_t>& {
        auto it = values.find(blob);
        return it == values.end() ? kNone : it->second;
      },
      true);
}

std::string text(const Appearance& a) {
  return "value " + std::to_string(a.value) + " path " + a.path + " blob " + a.blob.hex() +
         " commit " + a.commit.hex() + (a.at_tip ? " at tip " + a.tip_blob.hex() : "") +
         " removed in " + a.removed_in.hex() + (a.reachable ? " reachable" : "");
}

void check_same(const std::vector<Appearance>& fast, const std::vector<Appearance>& plain) {
  CHECK(fast.size() == plain.size());
  int shown = 0;
  for (std::size_t i = 0; i < std::max(fast.size(), plain.size()) && shown < 5; ++i) {
    if (i < fast.size() && i < plain.size() && fast[i] == plain[i]) continue;
    ++shown;
    UNSCOPED_INFO("fast:  " << (i < fast.size() ? text(fast[i]) : "-"));
    UNSCOPED_INFO("plain: " << (i < plain.size() ? text(plain[i]) : "-"));
  }
  CHECK(fast == plain);
}

TEST_CASE("attribution from the packs and the plain walk agree on every layout") {
  for (const NamedLayout& named : all_layouts()) {
    for (std::uint64_t seed : {11u, 12u, 13u}) {
      INFO(named.name << ", seed " << seed);
      GeneratorOptions options;
      options.seed = seed;
      options.layout = named.layout;
      GeneratedRepository repository = generate_repository(options);
      auto opened = Repository::open(repository.path());
      REQUIRE(opened.has_value());
      REQUIRE(opened->has_value());
      auto plain = by_plain_history(**opened);
      CHECK(plain.size() > 10);
      check_same(by_attribution(**opened, 2, limits::kDefaultMemory), plain);
      if (seed == 11) check_same(by_attribution(**opened, 1, 0), plain);
    }
  }
}

}  // namespace
}  // namespace keywake::git::test
