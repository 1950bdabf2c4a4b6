// The walk over a history, step by step, on the repository KEYWAKE_BENCH_REPO (default: keywake's
// own), with KEYWAKE_BENCH_THREADS threads (default 2): opening it, decoding its objects and
// looking at none, and decoding with the matcher reading what is new (as a scan does) or every
// version in full (--exhaustive). Attribution and archives are left out; bench/compare has whole
// runs.
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <cstdlib>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "git/object_store.h"
#include "git/repository.h"
#include "git/walk.h"
#include "matching/engine.h"
#include "rules/loader.h"

namespace {

using namespace keywake;

std::string environment(const char* name, const char* fallback) {
  const char* value = std::getenv(name);
  return value != nullptr ? value : fallback;
}

[[noreturn]] void give_up(const std::string& message) {
  fmt::print(stderr, "walk_bench: {}\n", message);
  std::exit(2);
}

git::Repository open_repository() {
  std::string path = environment("KEYWAKE_BENCH_REPO", KEYWAKE_SOURCE_DIR);
  auto repository = git::Repository::open(path);
  if (!repository) give_up(repository.error().message);
  if (!*repository) give_up(path + " is no git repository; name one with KEYWAKE_BENCH_REPO");
  return std::move(**repository);
}

struct Fixture {
  git::Repository repository = open_repository();
  git::Problems problems;
  git::ObjectStore store = git::ObjectStore::open(repository, problems);
  rules::Loaded loaded;
  std::unique_ptr<matching::Engine> engine;
  unsigned threads = static_cast<unsigned>(std::stoul(environment("KEYWAKE_BENCH_THREADS", "2")));

  Fixture() {
    rules::load_path(KEYWAKE_SOURCE_DIR "/patterns", loaded);
    auto compiled = matching::Engine::compile(loaded.rules);
    if (!compiled) give_up(compiled.error().message);
    engine = std::move(*compiled);
  }
};

Fixture& fixture() {
  static Fixture instance;
  return instance;
}

bool is_content(git::ObjectType type) {
  return type != git::ObjectType::kTree;
}
bool is_tree(git::ObjectType type) {
  return type == git::ObjectType::kTree;
}

// Looks at nothing: what remains is reading the packs, inflating, and applying deltas.
class NullVisitor : public git::Visitor {
 public:
  explicit NullVisitor(bool (*wanted)(git::ObjectType)) : wanted_(wanted) {}
  bool wants(git::ObjectType type) const override { return wanted_(type); }
  std::unique_ptr<git::Annotation> whole(unsigned, git::ObjectId, git::ObjectType,
                                         std::string_view bytes) override {
    benchmark::DoNotOptimize(bytes.data());
    return nullptr;
  }
  std::unique_ptr<git::Annotation> delta(unsigned, git::ObjectId, git::ObjectType,
                                         std::string_view bytes, const CopyMap& map,
                                         const git::Annotation*) override {
    benchmark::DoNotOptimize(bytes.data());
    benchmark::DoNotOptimize(map.spans.data());
    return nullptr;
  }

 private:
  bool (*wanted_)(git::ObjectType);
};

struct MatchNotes : git::Annotation {
  matching::Notes notes;
};

// The matcher as src/scan/history_scan.cc uses it.
class MatchVisitor : public git::Visitor {
 public:
  MatchVisitor(const Fixture& fixture, matching::ValueTable& values, bool delta_aware)
      : store_(fixture.store), values_(values), delta_aware_(delta_aware) {
    for (unsigned i = 0; i < fixture.threads; ++i) workers_.emplace_back(*fixture.engine, values);
  }

  bool wants(git::ObjectType type) const override { return is_content(type); }

  std::unique_ptr<git::Annotation> whole(unsigned worker, git::ObjectId id, git::ObjectType,
                                         std::string_view bytes) override {
    Worker& state = workers_[worker];
    state.notes.clear();
    state.scanner.scan(bytes, state.notes);
    return keep(state, id);
  }

  std::unique_ptr<git::Annotation> delta(unsigned worker, git::ObjectId id, git::ObjectType type,
                                         std::string_view bytes, const CopyMap& map,
                                         const git::Annotation* base) override {
    if (!delta_aware_) return whole(worker, id, type, bytes);
    static const matching::Notes kNothing;
    Worker& state = workers_[worker];
    state.notes.clear();
    state.scanner.scan_delta(
        bytes, map, base == nullptr ? kNothing : static_cast<const MatchNotes*>(base)->notes,
        state.notes);
    return keep(state, id);
  }

  [[nodiscard]] std::uint64_t bytes_matched() const {
    std::uint64_t total = 0;
    for (const Worker& state : workers_) total += state.scanner.bytes_matched();
    return total;
  }
  [[nodiscard]] std::uint64_t findings() const {
    std::uint64_t total = 0;
    for (const Worker& state : workers_) total += state.findings;
    return total;
  }

 private:
  struct Worker {
    Worker(const matching::Engine& engine, matching::ValueTable& values)
        : scanner(engine, values, {}) {}
    matching::Scanner scanner;
    matching::Notes notes;
    std::vector<matching::Settled> settled;
    std::uint64_t findings = 0;
  };

  std::unique_ptr<git::Annotation> keep(Worker& state, git::ObjectId id) {
    if (state.notes.empty()) return nullptr;
    if (!store_.duplicate(id)) {
      state.settled.clear();
      matching::settle(state.notes, values_, state.settled);
      state.findings += state.settled.size();
    }
    if (!delta_aware_ || store_.first_child(id) == git::kNoObject) return nullptr;
    auto kept = std::make_unique<MatchNotes>();
    kept->notes = state.notes;
    return kept;
  }

  const git::ObjectStore& store_;
  matching::ValueTable& values_;
  bool delta_aware_;
  std::vector<Worker> workers_;
};

void report(benchmark::State& state, const git::WalkTotals& totals) {
  auto runs = static_cast<std::uint64_t>(state.iterations());
  state.SetBytesProcessed(static_cast<std::int64_t>(runs * totals.bytes));
  state.SetItemsProcessed(static_cast<std::int64_t>(runs * totals.objects));
  state.counters["objects"] = static_cast<double>(totals.objects);
}

git::WalkTotals walk(git::Visitor& visitor) {
  Fixture& f = fixture();
  git::WalkOptions options;
  options.threads = f.threads;
  options.memory = limits::kDefaultMemory / 2;  // as in a scan
  return git::walk(f.store, visitor, options, f.problems);
}

void open_store(benchmark::State& state) {
  const Fixture& f = fixture();
  git::Problems problems;
  std::uint32_t objects = 0;
  for (auto _ : state) objects = git::ObjectStore::open(f.repository, problems).size();
  report(state, {.objects = objects});
}

void decode(benchmark::State& state, bool (*wanted)(git::ObjectType)) {
  git::WalkTotals totals;
  for (auto _ : state) {
    NullVisitor visitor(wanted);
    totals = walk(visitor);
  }
  report(state, totals);
}

void decode_and_match(benchmark::State& state, bool delta_aware) {
  git::WalkTotals totals;
  std::uint64_t matched = 0;
  std::uint64_t findings = 0;
  for (auto _ : state) {
    matching::ValueTable values;
    MatchVisitor visitor(fixture(), values, delta_aware);
    totals = walk(visitor);
    matched = visitor.bytes_matched();
    findings = visitor.findings();
  }
  report(state, totals);
  state.counters["scanned"] =
      benchmark::Counter(static_cast<double>(matched), benchmark::Counter::kDefaults,
                         benchmark::Counter::OneK::kIs1000);
  state.counters["findings"] = static_cast<double>(findings);
}

// Work is done by other threads than the one that measures: only the wall clock means anything.
#define WALK_BENCHMARK(...)           \
  BENCHMARK_CAPTURE(__VA_ARGS__)      \
      ->Unit(benchmark::kMillisecond) \
      ->UseRealTime()                 \
      ->MeasureProcessCPUTime()

BENCHMARK(open_store)->Unit(benchmark::kMillisecond)->UseRealTime()->MeasureProcessCPUTime();
WALK_BENCHMARK(decode, content, is_content);
WALK_BENCHMARK(decode, trees, is_tree);
WALK_BENCHMARK(decode_and_match, delta_aware, true);
WALK_BENCHMARK(decode_and_match, every_version_in_full, false);

}  // namespace
