// The inner steps of the walk by themselves, on made-up input: building an object from a delta, and
// finding an object id in an index.
#include <benchmark/benchmark.h>

#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "git/delta.h"
#include "git/pack_index.h"

namespace {

using namespace keywake;

// --- deltas, encoded as gitformat-pack(5) says
// --------------------------------------------------------------

void append_size(std::string& delta, std::size_t size) {
  for (; size >= 0x80; size >>= 7) delta.push_back(static_cast<char>(size | 0x80));
  delta.push_back(static_cast<char>(size));
}

void append_copy(std::string& delta, std::size_t offset, std::size_t length) {
  std::size_t at = delta.size();
  unsigned char present = 0x80;
  delta.push_back(0);
  for (unsigned i = 0; i < 4; ++i) {
    auto byte = static_cast<unsigned char>(offset >> (8 * i));
    if (byte != 0) {
      delta.push_back(static_cast<char>(byte));
      present |= 1u << i;
    }
  }
  for (unsigned i = 0; i < 3; ++i) {
    auto byte = static_cast<unsigned char>(length >> (8 * i));
    if (byte != 0) {
      delta.push_back(static_cast<char>(byte));
      present |= 0x10u << i;
    }
  }
  delta[at] = static_cast<char>(present);
}

void append_insert(std::string& delta, std::string_view text) {
  delta.push_back(static_cast<char>(text.size()));  // at most 127
  delta += text;
}

// A base of 32 KiB of which each copied span is followed by a new line of 40 bytes; the argument is
// the number of spans.
void apply_delta(benchmark::State& state) {
  constexpr std::size_t kBase = 32 * 1024;
  const auto spans = static_cast<std::size_t>(state.range(0));
  const std::size_t length = kBase / spans;
  const std::string base(kBase, 'b');
  const std::string line(40, 'n');
  const std::size_t result_size = spans * (length + line.size());
  std::string delta;
  append_size(delta, kBase);
  append_size(delta, result_size);
  for (std::size_t i = 0; i < spans; ++i) {
    append_copy(delta, i * length, length);
    append_insert(delta, line);
  }
  std::string result(result_size, '\0');
  CopyMap map;
  for (auto _ : state) {
    auto sizes = git::delta_sizes(delta);
    if (!sizes || !git::apply_delta(delta, *sizes, base, result.data(), &map)) {
      state.SkipWithError("the delta was refused");
      break;
    }
    benchmark::DoNotOptimize(result.data());
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(state.iterations() * result_size));
}
BENCHMARK(apply_delta)->RangeMultiplier(8)->Range(1, 512);

// --- indexes
// ------------------------------------------------------------------------------------------------

git::Oid random_oid(std::mt19937_64& random) {
  git::Oid oid;
  for (std::size_t i = 0; i < 20; ++i) oid.bytes[i] = static_cast<std::uint8_t>(random());
  return oid;
}

// Look-ups in no order, as trees ask for them; of the ids half are there. The argument is the
// number of objects.
void pack_index_find(benchmark::State& state) {
  constexpr std::size_t kLookUps = 1 << 16;
  const auto objects = static_cast<std::size_t>(state.range(0));
  std::mt19937_64 random(1);
  std::vector<git::PackIndex::Rebuilt> entries;
  for (std::size_t i = 0; i < objects; ++i) entries.push_back({random_oid(random), 12 + i * 100});
  std::vector<git::Oid> wanted;
  for (std::size_t i = 0; i < kLookUps; ++i) {
    wanted.push_back(i % 2 == 0 ? entries[random() % objects].oid : random_oid(random));
  }
  auto index = git::PackIndex::from_objects(std::move(entries), git::HashKind::kSha1);
  std::size_t found = 0;
  for (auto _ : state) {
    found = 0;
    for (const git::Oid& oid : wanted) found += index.find(oid).has_value();
    benchmark::DoNotOptimize(found);
  }
  if (found != kLookUps / 2) state.SkipWithError("not what is in the index was found");
  state.SetItemsProcessed(static_cast<std::int64_t>(state.iterations() * kLookUps));
}
BENCHMARK(pack_index_find)
    ->Arg(10'000)
    ->Arg(400'000)
    ->Arg(4'000'000)
    ->Unit(benchmark::kMicrosecond);

}  // namespace
