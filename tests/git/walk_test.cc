// The walk against git itself: every object of every kind of store, byte for byte, once.
#include "git/walk.h"

#include <fmt/format.h>

#include <map>
#include <mutex>
#include <set>

#include "base/hash.h"
#include "catch.h"
#include "git/repository_generator_helper.h"

namespace keywake::git::test {
namespace {

std::string_view type_name(ObjectType type) {
  static constexpr std::string_view kNames[] = {"none", "commit", "tree", "blob", "tag"};
  return kNames[static_cast<std::size_t>(type)];
}

// Holds the walk to its promises: content that hashes to its id, copied spans that really were
// copied.
class CheckingVisitor : public Visitor {
 public:
  explicit CheckingVisitor(const ObjectStore& store) : store_(store) {}

  struct Content : Annotation {
    std::string bytes;
  };

  bool wants(ObjectType) const override { return true; }
  std::unique_ptr<Annotation> whole(unsigned, ObjectId id, ObjectType type,
                                    std::string_view bytes) override {
    return see(id, type, bytes);
  }
  std::unique_ptr<Annotation> delta(unsigned, ObjectId id, ObjectType type, std::string_view bytes,
                                    const CopyMap& map, const Annotation* base) override {
    const std::string& old = static_cast<const Content*>(base)->bytes;
    std::size_t at = 0;
    bool sound = map.old_size == old.size() && map.new_size == bytes.size();
    for (const CopySpan& span : map.spans) {
      sound = sound && span.target >= at &&
              bytes.substr(span.target, span.length) ==
                  std::string_view(old).substr(span.source, span.length);
      at = span.target + span.length;
    }
    std::lock_guard lock(mutex_);
    if (!sound) bad_maps_.push_back(store_.describe(id));
    ++deltas_;
    return see_locked(id, type, bytes);
  }

  std::map<std::string, std::string> seen_;  // oid → type
  std::set<std::string> first_;              // but for duplicates, which serve as bases only
  std::vector<std::string> twice_;
  std::vector<std::string> wrong_;
  std::vector<std::string> bad_maps_;
  int deltas_ = 0;

 private:
  std::unique_ptr<Annotation> see(ObjectId id, ObjectType type, std::string_view bytes) {
    std::lock_guard lock(mutex_);
    return see_locked(id, type, bytes);
  }
  std::unique_ptr<Annotation> see_locked(ObjectId id, ObjectType type, std::string_view bytes) {
    std::string whole = fmt::format("{} {}", type_name(type), bytes.size());
    whole += '\0';
    whole += bytes;
    std::string oid = store_.oid(id).hex(store_.hash());
    std::string hash =
        store_.hash() == HashKind::kSha1 ? to_hex(sha1(whole)) : to_hex(sha256(whole));
    if (hash != oid) wrong_.push_back(oid);
    seen_.emplace(oid, type_name(type));
    if (!store_.duplicate(id) && !first_.insert(oid).second) twice_.push_back(oid);
    auto content = std::make_unique<Content>();
    content->bytes = bytes;
    return content;
  }

  const ObjectStore& store_;
  std::mutex mutex_;
};

std::map<std::string, std::string> objects_by_git(const GeneratedRepository& repository) {
  std::map<std::string, std::string> objects;
  std::string text = repository.git(
      {"cat-file", "--batch-check=%(objectname) %(objecttype)", "--batch-all-objects"});
  for (std::size_t at = 0; at < text.size();) {
    std::size_t end = text.find('\n', at);
    std::size_t space = text.find(' ', at);
    objects.emplace(text.substr(at, space - at), text.substr(space + 1, end - space - 1));
    at = end + 1;
  }
  return objects;
}

void check_walk(const GeneratedRepository& repository, unsigned threads, std::uint64_t memory,
                bool expect_deltas) {
  auto opened = Repository::open(repository.path());
  REQUIRE(opened.has_value());
  REQUIRE(opened->has_value());
  Problems problems;
  ObjectStore store = ObjectStore::open(**opened, problems);
  CheckingVisitor visitor(store);
  WalkOptions options;
  options.threads = threads;
  options.memory = memory;
  walk(store, visitor, options, problems);
  CHECK(visitor.seen_ == objects_by_git(repository));
  CHECK(visitor.twice_.empty());
  CHECK(visitor.wrong_.empty());
  CHECK(visitor.bad_maps_.empty());
  if (expect_deltas) CHECK(visitor.deltas_ > 20);
  for (const Problem& problem : problems.take()) {
    UNSCOPED_INFO(problem.what << ": " << problem.reason);
    CHECK_FALSE(problem.failed);
  }
}

TEST_CASE("the walk sees every object of every layout once, as git has it") {
  for (const NamedLayout& named : all_layouts()) {
    for (std::uint64_t seed : {1u, 2u}) {
      INFO(named.name << ", seed " << seed);
      GeneratorOptions options;
      options.seed = seed;
      options.layout = named.layout;
      GeneratedRepository repository = generate_repository(options);
      bool deltas = named.layout == Layout::kDeepChains || named.layout == Layout::kRefDeltas;
      check_walk(repository, 2, limits::kDefaultMemory, deltas);
      // With no memory for bases every one is dropped and rebuilt.
      if (seed == 1) check_walk(repository, 1, 0, deltas);
    }
  }
}

TEST_CASE("the walk reads SHA-256 repositories") {
  GeneratorOptions options;
  options.sha256 = true;
  options.layout = Layout::kDeepChains;
  GeneratedRepository repository = generate_repository(options);
  check_walk(repository, 2, limits::kDefaultMemory, true);
}

}  // namespace
}  // namespace keywake::git::test
