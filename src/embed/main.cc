// keywake-embed: runs while keywake is built. It turns patterns/ and validators/ into sources
// (`keywake rules check` holds them to their examples).
//
//   keywake-embed PATTERNS_DIR OUT_DIR                    writes builtin_rules.cc, builtin_databases.S and the databases
//   keywake-embed --validators VALIDATORS_DIR OUT_FILE    writes builtin_validators.cc
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

// What is wrong in a file is said where it is checked and where it is used; a build goes on without it.
int embed_validators(const char* folder, const char* out) {
  std::vector<embed::TextFile> files;
  std::vector<rules::Problem> problems;
  rules::each_rule_file(folder, problems, [&](std::string_view text, std::string_view file) {
    const std::string name = std::filesystem::path(file).filename().string();
    files.push_back({"validators/" + name, std::string(text)});
  });
  for (const rules::Problem& problem : problems) fmt::print(stderr, "{}\n", problem.text());
  if (!problems.empty()) return kBadRules;
  return write(out, embed::validators_source(files)) ? 0 : kFailed;
}

}  // namespace

int main(int argc, char** argv) {
  const std::string_view first = argc > 1 ? argv[1] : "";
  if (argc == 4 && first == "--validators") return embed_validators(argv[2], argv[3]);
  if (argc == 3) return embed_rules(argv[1], argv[2]);
  fmt::print(stderr,
             "usage: keywake-embed PATTERNS_DIR OUT_DIR | keywake-embed --validators VALIDATORS_DIR OUT_FILE\n");
  return kFailed;
}
