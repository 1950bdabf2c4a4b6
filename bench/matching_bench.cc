// The matcher over real text: tier one alone and both tiers, in bytes a second on one thread.
//
// The text is every regular file under KEYWAKE_BENCH_DIR (default: /usr/include and
// /usr/lib/python3), at most KEYWAKE_BENCH_MB MiB of it (default 128), read into memory beforehand.
#include <benchmark/benchmark.h>
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "matching/compiled_engine.h"
#include "matching/database.h"
#include "matching/engine.h"
#include "rules/loader.h"

namespace {

using namespace keywake;

std::vector<std::string> read_corpus() {
  const char* named = std::getenv("KEYWAKE_BENCH_DIR");
  const char* limit = std::getenv("KEYWAKE_BENCH_MB");
  std::size_t left = (limit != nullptr ? std::strtoull(limit, nullptr, 10) : 128) << 20;
  std::vector<std::filesystem::path> paths;
  for (std::filesystem::path folder :
       named != nullptr ? std::vector<std::filesystem::path>{named}
                        : std::vector<std::filesystem::path>{"/usr/include", "/usr/lib/python3"}) {
    std::error_code error;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(
             folder, std::filesystem::directory_options::skip_permission_denied, error)) {
      if (entry.is_regular_file(error) && !entry.is_symlink(error)) paths.push_back(entry.path());
    }
  }
  std::sort(paths.begin(), paths.end());
  std::vector<std::string> files;
  for (const auto& path : paths) {
    std::ifstream in(path, std::ios::binary);
    std::string text{std::istreambuf_iterator<char>(in), {}};
    if (text.size() > left) break;
    left -= text.size();
    files.push_back(std::move(text));
  }
  return files;
}

struct Fixture {
  rules::Loaded loaded;
  std::unique_ptr<matching::Engine> engine;
  std::vector<std::string> files;
  std::size_t bytes = 0;

  Fixture() {
    rules::load_path(KEYWAKE_SOURCE_DIR "/patterns", loaded);
    auto compiled = matching::Engine::compile(loaded.rules);
    if (!compiled) {
      fmt::print(stderr, "{}\n", compiled.error().message);
      std::exit(2);
    }
    engine = std::move(*compiled);
    files = read_corpus();
    for (const std::string& file : files) bytes += file.size();
  }
};

const Fixture& fixture() {
  static Fixture instance;
  return instance;
}

void report_bytes(benchmark::State& state, std::size_t bytes) {
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * bytes));
}

void tier_one(benchmark::State& state) {
  const Fixture& f = fixture();
  matching::HitFinder finder(static_cast<const matching::CompiledEngine&>(*f.engine).tier_one);
  std::uint64_t hits = 0;
  for (auto _ : state) {
    hits = 0;
    for (const std::string& file : f.files) {
      hits += finder.find(file, {0, static_cast<std::uint32_t>(file.size())}).size();
    }
  }
  report_bytes(state, f.bytes);
  state.counters["hits/MB"] = static_cast<double>(hits) * 1e6 / static_cast<double>(f.bytes);
}
BENCHMARK(tier_one)->Unit(benchmark::kMillisecond);

void full_scan(benchmark::State& state) {
  const Fixture& f = fixture();
  matching::ValueTable values;
  matching::Scanner scanner(*f.engine, values, {});
  matching::Notes notes;
  std::vector<matching::Settled> settled;
  std::size_t found = 0;
  for (auto _ : state) {
    found = 0;
    for (const std::string& file : f.files) {
      notes.clear();
      scanner.scan(file, notes);
      matching::settle(notes, values, settled);
      found += settled.size();
    }
  }
  report_bytes(state, f.bytes);
  state.counters["findings"] = static_cast<double>(found);
}
BENCHMARK(full_scan)->Unit(benchmark::kMillisecond);

// As a walk over versions of a file does it: one line in the middle is new.
void delta_scan(benchmark::State& state) {
  const Fixture& f = fixture();
  matching::ValueTable values;
  matching::Scanner scanner(*f.engine, values, {});
  matching::Notes notes;
  for (auto _ : state) {
    for (const std::string& file : f.files) {
      if (file.size() < 64 || file.size() > (1u << 20)) continue;
      auto size = static_cast<std::uint32_t>(file.size());
      CopyMap map;
      map.clear(size, size);
      map.add(0, 0, size / 2);
      map.add(size / 2 + 32, size / 2 + 32, size - size / 2 - 32);
      notes.clear();
      scanner.scan_delta(file, map, {}, notes);
    }
  }
  report_bytes(state, f.bytes);
}
BENCHMARK(delta_scan)->Unit(benchmark::kMillisecond);

void load_engine(benchmark::State& state) {
  const Fixture& f = fixture();
  std::string database = *matching::compile_database(f.loaded.rules, matching::native_cpu());
  for (auto _ : state) {
    auto engine = matching::Engine::load(f.loaded.rules, database);
    benchmark::DoNotOptimize(engine);
  }
}
BENCHMARK(load_engine)->Unit(benchmark::kMicrosecond);

}  // namespace
