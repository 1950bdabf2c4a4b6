// src/LAYERS is the architecture in a form that can be checked: every #include under src/ must be
// an edge of it.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "catch.h"

namespace {

struct Layer {
  std::set<std::string> folders;     // that it may include, itself too
  std::vector<std::string> headers;  // prefixes of third-party headers
};
using Layers = std::map<std::string, Layer>;

/// Also holds that a folder includes only folders above it in the file, so that there is no cycle.
Layers parse_layers(std::istream& in, std::vector<std::string>& problems) {
  Layers layers;
  for (std::string line; std::getline(in, line);) {
    std::size_t colon = line.find(':');
    if (line.empty() || line[0] == '#' || colon == std::string::npos) continue;
    std::size_t bar = std::min(line.find('|'), line.size());
    std::string name = line.substr(0, colon);
    Layer layer;
    std::istringstream folders(line.substr(colon + 1, bar - colon - 1));
    for (std::string folder; folders >> folder;) {
      if (!layers.contains(folder))
        problems.push_back("LAYERS: " + name + " includes " + folder + ", which is not above it");
      layer.folders.insert(folder);
    }
    layer.folders.insert(name);
    std::istringstream headers(line.substr(std::min(bar + 1, line.size())));
    for (std::string header; headers >> header;) layer.headers.push_back(header);
    layers[name] = layer;
  }
  return layers;
}

/// Of the language or the operating system: no dot, or one of POSIX and Linux.
bool is_system_header(const std::string& header) {
  static const std::set<std::string> kPosix{"dirent.h",  "fcntl.h",   "langinfo.h",  "poll.h",
                                            "pthread.h", "sched.h",   "signal.h",    "spawn.h",
                                            "termios.h", "time.h",    "unistd.h",    "locale.h",
                                            "pwd.h",     "strings.h", "immintrin.h", "cpuid.h",
                                            "arpa/inet.h", "netinet/in.h", "dlfcn.h"};
  return header.find('.') == std::string::npos || header.starts_with("sys/") ||
         header.starts_with("linux/") || kPosix.contains(header);
}

struct Include {
  std::string path;
  bool quoted = false;
};

std::vector<Include> includes_of(std::istream& in) {
  std::vector<Include> includes;
  for (std::string line; std::getline(in, line);) {
    std::size_t hash = line.find_first_not_of(" \t");
    if (hash == std::string::npos || line[hash] != '#') continue;
    std::size_t word = line.find_first_not_of(" \t", hash + 1);
    if (word == std::string::npos || line.compare(word, 7, "include") != 0) continue;
    std::size_t open = line.find_first_of("\"<", word);
    std::size_t close = open == std::string::npos ? open : line.find_first_of("\">", open + 1);
    if (close == std::string::npos) continue;
    includes.push_back({line.substr(open + 1, close - open - 1), line[open] == '"'});
  }
  return includes;
}

/// What is wrong with an include of the file `path` ("git/walk.cc"); empty if nothing is.
std::string refuse(const Layers& layers, const std::string& path, const Include& include) {
  std::string folder = path.substr(0, path.find('/'));
  auto layer = layers.find(folder);
  if (layer == layers.end()) return "the folder is not in LAYERS";
  if (include.quoted) {
    std::size_t slash = include.path.find('/');
    if (slash == std::string::npos || include.path.find("..") != std::string::npos)
      return "not written from src/ on";
    std::string target = include.path.substr(0, slash);
    if (include.path.ends_with("_internal.h") && (target != folder || (!path.ends_with(".cc") && !path.ends_with("_internal.h"))))
      return "an internal header is for its own folder's .cc files and internal headers";
    return layer->second.folders.contains(target) ? "" : folder + " may not include " + target;
  }
  if (is_system_header(include.path)) return "";
  if (!path.ends_with(".cc") && !path.ends_with("_internal.h"))
    return "third-party headers stay in .cc files and in internal headers";
  if (include.path.starts_with("nlohmann/")) return "";
  for (const std::string& prefix : layer->second.headers) {
    if (include.path.starts_with(prefix)) return "";
  }
  return folder + " may not use <" + include.path + ">";
}

Layers layers_of(const std::string& text) {
  std::istringstream in(text);
  std::vector<std::string> problems;
  Layers layers = parse_layers(in, problems);
  REQUIRE(problems.empty());
  return layers;
}

TEST_CASE("the check itself sees what it should") {
  Layers layers =
      layers_of("# a comment: with a colon\nbase: | fmt/\ngit: base | git2 libdeflate.h\n");
  struct Row {
    std::string path;
    std::string line;
    bool allowed;
  };
  const Row rows[] = {
      {"git/a.cc", "#include \"base/x.h\"", true},
      {"git/a.h", "#include \"git/b.h\"", true},
      {"base/a.cc", "#include \"git/x.h\"", false},
      {"base/a.h", "  #  include \"git/x.h\"", false},
      {"git/a.cc", "#include \"b.h\"", false},
      {"git/a.cc", "#include \"git/../base/b.h\"", false},
      {"git/a.cc", "#include <git2.h>", true},
      {"git/a.cc", "#include <git2/oid.h>", true},
      {"git/a.h", "#include <git2.h>", false},
      {"git/a_internal.h", "#include <git2.h>", true},
      {"git/a.cc", "#include \"git/a_internal.h\"", true},
      {"git/b_internal.h", "#include \"git/a_internal.h\"", true},
      {"git/a.h", "#include \"git/a_internal.h\"", false},
      {"git/a.cc", "#include \"base/a_internal.h\"", false},
      {"base/a_internal.h", "#include <git2.h>", false},
      {"base/a.cc", "#include <git2.h>", false},
      {"git/a.cc", "#include <fmt/format.h>", false},
      {"base/a.cc", "#include <nlohmann/json.hpp>", true},
      {"base/a.h", "#include <nlohmann/json.hpp>", false},
      {"base/a.h", "#include <vector>", true},
      {"base/a.h", "#include <sys/stat.h>", true},
      {"other/a.cc", "#include <vector>", false},
  };
  for (const Row& row : rows) {
    INFO(row.path << ": " << row.line);
    std::istringstream in(row.line);
    std::vector<Include> includes = includes_of(in);
    REQUIRE(includes.size() == 1);
    CHECK(refuse(layers, row.path, includes[0]).empty() == row.allowed);
  }
  std::istringstream cycle("base: git |\ngit: base |\n");
  std::vector<std::string> problems;
  parse_layers(cycle, problems);
  CHECK(problems.size() == 1);
}

TEST_CASE("every #include under src/ is an edge of src/LAYERS") {
  const std::filesystem::path root = KEYWAKE_SOURCE_DIR "/src";
  std::ifstream file(root / "LAYERS");
  std::vector<std::string> problems;
  Layers layers = parse_layers(file, problems);
  std::size_t edges = 0;
  for (const auto& entry : std::filesystem::recursive_directory_iterator(root)) {
    std::string path = std::filesystem::relative(entry.path(), root).generic_string();
    if (!entry.is_regular_file() || (!path.ends_with(".h") && !path.ends_with(".cc"))) continue;
    std::ifstream in(entry.path());
    for (const Include& include : includes_of(in)) {
      ++edges;
      std::string problem = refuse(layers, path, include);
      if (problem.empty() && include.quoted && !std::filesystem::exists(root / include.path))
        problem = "there is no such file";
      if (!problem.empty()) problems.push_back(path + " includes " + include.path + ": " + problem);
    }
  }
  std::sort(problems.begin(), problems.end());
  for (const std::string& problem : problems) FAIL_CHECK(problem);
  CHECK(edges > 100);
}

}  // namespace
