// The promise of the delta walk: a scan of a history says exactly what a scan of every version in full says. Held over generated
// repositories of every layout, with rules of every shape that matching knows: a literal, a keyword near a value, an expression
// without a literal, and a long block whose anchor is kept from version to version.
#include <fmt/format.h>

#include <sstream>

#include "catch.h"
#include "git/repository_generator_helper.h"
#include "matching/engine.h"
#include "report/report.h"
#include "rules/loader.h"
#include "scan/pipeline.h"

namespace keywake::scan {
namespace {

// The generator writes lines of words with TOKEN_<n>_ among them, and "BEGIN"/"END"-like words by chance: rules over those.
constexpr std::string_view kRules = R"(
[provider]
name = "Test"

[[pattern]]
id = "test.token"
title = "Planted token"
kind = "api-key"
risk = "high"
docs = "https://example.test/"
anchors = ["TOKEN_"]
regex = '(?P<secret>TOKEN_[0-9]{1,9}_)'
checks = ["placeholder-ok"]
match = ['a «TOKEN_12_» b', '«TOKEN_3_»']
reject = ['TOKEN_x_']

[[pattern]]
id = "test.pair"
title = "Two planted tokens near each other"
kind = "api-key"
risk = "medium"
docs = "https://example.test/"
anchors = ["TOKEN_"]
regex = 'TOKEN_[0-9]{1,9}_[^T]{1,200}(?P<secret>TOKEN_[0-9]{1,9}_)'
checks = ["placeholder-ok"]
match = ['TOKEN_12_ and «TOKEN_3_»', 'TOKEN_12_, «TOKEN_4_»']
reject = ['TOKEN_x_ TOKEN_y_']

[[pattern]]
id = "test.block"
title = "A block from one planted token to the fourth"
kind = "signing-key"
risk = "low"
docs = "https://example.test/"
anchors = ["TOKEN_"]
span = 2000
regex = 'TOKEN_[0-9]+_(?:[^T]|T[^O]){1,}?TOKEN_[0-9]+_(?:[^T]|T[^O])+?(?P<secret>TOKEN_[0-9]+_)'
checks = ["placeholder-ok"]
match = ['TOKEN_1_ a TOKEN_2_ b «TOKEN_3_»', 'TOKEN_1_-TOKEN_2_-«TOKEN_3_»']
reject = ['TOKEN_1_']
)";

struct Rules {
  rules::Loaded loaded;
  std::unique_ptr<matching::Engine> engine;
};

const Rules& test_rules() {
  static const Rules kMade = [] {
    Rules made;
    rules::load_text(kRules, "test.toml", made.loaded);
    for (const auto& problem : made.loaded.problems) UNSCOPED_INFO(problem.text());
    REQUIRE(made.loaded.problems.empty());
    auto engine = matching::Engine::compile(made.loaded.rules);
    REQUIRE(engine.has_value());
    made.engine = std::move(*engine);
    return made;
  }();
  return kMade;
}

model::ScanResult scan(const std::string& path, bool exhaustive, unsigned threads, std::uint64_t memory) {
  Request request;
  request.targets = {path};
  request.exhaustive = exhaustive;
  request.threads = threads;
  request.memory = memory;
  Progress progress;
  auto result = run(request, *test_rules().engine, progress);
  REQUIRE(result.has_value());
  return std::move(*result);
}

// Every sighting with all its fields.
std::vector<std::string> lines(const model::ScanResult& result) {
  std::ostringstream out;
  report::Options options;
  options.show_secrets = true;
  report::write(report::Format::kJsonl, result, options, out);
  std::vector<std::string> lines;
  std::istringstream in(out.str());
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

void check_same(const std::vector<std::string>& fast, const std::vector<std::string>& exhaustive) {
  CHECK(fast.size() == exhaustive.size());
  int shown = 0;
  for (std::size_t i = 0; i < std::min(fast.size(), exhaustive.size()) && shown < 3; ++i) {
    if (fast[i] == exhaustive[i]) continue;
    ++shown;
    UNSCOPED_INFO("fast:       " << fast[i]);
    UNSCOPED_INFO("exhaustive: " << exhaustive[i]);
  }
  CHECK(fast == exhaustive);
}

TEST_CASE("a history scanned by deltas and one scanned in full give the same sightings") {
  using namespace git::test;
  for (const NamedLayout& named : all_layouts()) {
    INFO(named.name);
    GeneratorOptions options;
    options.seed = 21 + static_cast<std::uint64_t>(named.layout);
    options.layout = named.layout;
    GeneratedRepository repository = generate_repository(options);
    auto exhaustive = lines(scan(repository.path(), true, 2, limits::kDefaultMemory));
    CHECK(exhaustive.size() > 50);
    check_same(lines(scan(repository.path(), false, 2, limits::kDefaultMemory)), exhaustive);
    // One thread and no memory for bases: other order, every base rebuilt.
    check_same(lines(scan(repository.path(), false, 1, 0)), exhaustive);
  }
}

}  // namespace
}  // namespace keywake::scan
