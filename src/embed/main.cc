// keywake-embed: runs while keywake is built. It holds patterns/ to docs/patterns.md and turns it
// into sources.
//
//   keywake-embed PATTERNS_DIR OUT_DIR     writes builtin_rules.cc, builtin_databases.S and the
//   databases keywake-embed --check PATTERNS_DIR     prints what is wrong with the patterns,
//   examples included
//
// Exit status: 0; 1 if something is wrong with the patterns; 2 for anything else.
#include <fmt/format.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "embed/builtin_source.h"
#include "matching/database.h"
#include "matching/rules_check.h"
#include "rules/lint.h"
#include "rules/loader.h"

namespace {

using namespace keywake;

constexpr int kBadRules = 1;
constexpr int kFailed = 2;

/// Loads the patterns and prints what is wrong with them.
bool load(const char* folder, rules::Loaded& loaded) {
  rules::load_path(folder, loaded);
  std::vector<rules::Problem> problems = rules::lint(loaded);
  problems.insert(problems.begin(), loaded.problems.begin(), loaded.problems.end());
  for (const rules::Problem& problem : problems) fmt::print(stderr, "{}\n", problem.text());
  return problems.empty();
}

int check(const char* folder) {
  rules::Loaded loaded;
  bool good = load(folder, loaded);
  for (const std::string& problem : matching::check_examples(loaded)) {
    fmt::print(stderr, "{}\n", problem);
    good = false;
  }
  fmt::print("{} patterns\n", loaded.rules.patterns().size());
  return good ? 0 : kBadRules;
}

bool write(const std::filesystem::path& path, std::string_view bytes) {
  std::ofstream out(path, std::ios::binary | std::ios::trunc);
  out.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  out.close();
  if (!out) fmt::print(stderr, "keywake-embed: {}: cannot be written\n", path.string());
  return static_cast<bool>(out);
}

int embed_rules(const char* folder, const std::filesystem::path& out) {
  rules::Loaded loaded;
  if (!load(folder, loaded)) return kBadRules;
  std::vector<embed::DatabaseFile> files;
  std::string last;  // without shapes, all levels have the same database
  std::error_code ignored;  // writing into a folder that could not be made says so
  std::filesystem::create_directories(out, ignored);
  for (std::string_view cpu : matching::kCpuLevels) {
    Result<std::string> database = matching::compile_database(loaded.rules, cpu);
    if (!database) {
      fmt::print(stderr, "keywake-embed: {}\n", database.error().message);
      return kBadRules;
    }
    const bool shared = *database == last;
    std::string name = shared ? files.back().name : fmt::format("{}.keydb", cpu);
    if (!shared && !write(out / name, *database)) return kFailed;
    files.push_back({cpu, std::move(name), database->size()});
    last = std::move(*database);
  }
  bool written = write(out / "builtin_databases.S", embed::databases_source(files)) &&
                 write(out / "builtin_rules.cc", embed::rules_source(loaded.rules, files));
  return written ? 0 : kFailed;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc == 3 && std::string_view(argv[1]) == "--check") return check(argv[2]);
  if (argc == 3) return embed_rules(argv[1], argv[2]);
  fmt::print(stderr,
             "usage: keywake-embed PATTERNS_DIR OUT_DIR | keywake-embed --check PATTERNS_DIR\n");
  return kFailed;
}
