#include "matching/place.h"

#include <string>

#include "base/ascii.h"
#include "base/text.h"
#include "base/word_set.h"

namespace keywake::matching {
namespace {

// Where a word counts.
enum class As : std::uint8_t {
  kPart,    // a part of any folder's or the file's name
  kName,    // a folder of that name, or a part of the file's name before its extension
  kFolder,  // a folder of that name
};

struct Word {
  std::string_view word;
  As as;
  std::string_view what;
};

constexpr Word kWords[] = {
    {"test", As::kPart, "a test"},
    {"tests", As::kPart, "a test"},
    {"testing", As::kPart, "a test"},
    {"testcase", As::kPart, "a test"},
    {"testcases", As::kPart, "a test"},
    {"testsuite", As::kPart, "a test"},
    {"testutil", As::kPart, "a test"},
    {"testutils", As::kPart, "a test"},
    {"unittest", As::kPart, "a test"},
    {"unittests", As::kPart, "a test"},
    {"e2e", As::kFolder, "a test"},
    {"t", As::kFolder, "a test"},  // of Perl, and of git
    {"cypress", As::kFolder, "a test"},
    {"playwright", As::kFolder, "a test"},
    // RPM and PyInstaller call build files *.spec; "app-spec/" describes what is deployed.
    {"spec", As::kName, "a test"},
    {"specs", As::kName, "a test"},
    {"testdata", As::kPart, "test data"},
    {"fixture", As::kPart, "a fixture"},
    {"fixtures", As::kPart, "a fixture"},
    {"mock", As::kPart, "a mock"},
    {"mocks", As::kPart, "a mock"},
    {"stub", As::kPart, "a mock"},
    {"stubs", As::kPart, "a mock"},
    {"example", As::kPart, "an example"},
    {"examples", As::kPart, "an example"},
    {"sample", As::kPart, "a sample"},
    {"samples", As::kPart, "a sample"},
    {"demo", As::kPart, "a demonstration"},
    {"demos", As::kPart, "a demonstration"},
    {"tutorial", As::kPart, "a tutorial"},
    {"tutorials", As::kPart, "a tutorial"},
    // "doc-service/" is a service.
    {"doc", As::kFolder, "documentation"},
    {"docs", As::kFolder, "documentation"},
    {"documentation", As::kFolder, "documentation"},
};

struct Row {
  std::string_view glob;  // of the file's name in lower case
  std::string_view what;
};

constexpr Row kIllustrations[] = {
    {"*.md", "documentation"},    {"*.mdx", "documentation"},      {"*.markdown", "documentation"},
    {"*.rst", "documentation"},   {"*.adoc", "documentation"},     {"*.asciidoc", "documentation"},
    {"readme*", "documentation"}, {"changelog*", "documentation"}, {"*.ipynb", "a notebook"},
    {"*.feature", "a test"},      {".env.dist", "an example"},     {".env.template", "an example"},
    {".env.tpl", "an example"},   {"*.yml.dist", "an example"},    {"*.xml.dist", "an example"},
    {"*.php.dist", "an example"},
};

// Translations never come here: noise_reason() has turned them down.
constexpr Row kConfigurations[] = {
    {".env", "an environment file"},
    {".env.*", "an environment file"},
    {"*.env", "an environment file"},
    {".envrc", "an environment file"},
    {".flaskenv", "an environment file"},
    {"*.properties", "a configuration file"},
    {"*.yml", "a configuration file"},
    {"*.yaml", "a configuration file"},
    {"*.ini", "a configuration file"},
    {"*.conf", "a configuration file"},
    {"*.cnf", "a configuration file"},
    {"*.cfg", "a configuration file"},
    {"*.toml", "a configuration file"},
    {"*.config", "a configuration file"},
    {"*.xml", "a configuration file"},
    {"*settings*.json", "a configuration file"},
    {"*config*.json", "a configuration file"},
    {"*credential*.json", "a configuration file"},
    {"*secret*.json", "a configuration file"},
    {"*parameters*.json", "a configuration file"},
    {"*environment*.json", "a configuration file"},
    {"*settings*.py", "a configuration file"},
    {"*config*.py", "a configuration file"},
    {"*secrets*.py", "a configuration file"},
    {"wp-config*.php", "a configuration file"},
    {"*config*.php", "a configuration file"},
    {"*settings*.php", "a configuration file"},
    {"*parameters*.php", "a configuration file"},
    {"database.php", "a configuration file"},
    {".npmrc", "a configuration file"},
    {".netrc", "a configuration file"},
    {".pypirc", "a configuration file"},
    {".pgpass", "a configuration file"},
    {".s3cfg", "a configuration file"},
    {"*.service", "a configuration file"},
    {"*.j2", "a deployment file"},
    {"*.tf", "a deployment file"},
    {"*.tfvars", "a deployment file"},
    {"*.tfvars.json", "a deployment file"},
    {"*.tfstate", "a deployment file"},
    {"*.hcl", "a deployment file"},
    {"*.nomad", "a deployment file"},
    {"docker-compose*", "a deployment file"},
    {"dockerfile*", "a deployment file"},
    {"*.dockerfile", "a deployment file"},
    {"containerfile*", "a deployment file"},
    {"jenkinsfile*", "a deployment file"},
    {"*.jenkinsfile", "a deployment file"},
    {"vagrantfile", "a deployment file"},
    {"procfile", "a deployment file"},
    {"cloud-init*", "a deployment file"},
    {"cloud-config*", "a deployment file"},
    {"user-data*", "a deployment file"},
    {"inventory", "a deployment file"},
    {"inventory.*", "a deployment file"},
    {"*.inventory", "a deployment file"},
    {"*.sql", "a database script"},
    {"*.ldif", "a directory's data"},
    {"*.sh", "a script"},
    {"*.bash", "a script"},
    {"*.ps1", "a script"},
    {"*.bat", "a script"},
    {"*.cmd", "a script"},
    {"makefile", "a script"},
    {"justfile", "a script"},
};

// Ansible and cloud-init read every file in them, most without an extension.
constexpr WordSet kConfigurationFolders({"group_vars", "host_vars", "inventory", "inventories", "cloud-init"});

// By the extension. Of shells and the like a word is a string; of Ruby and Perl only mostly.
constexpr WordSet kQuoting({
    "c",  "cc",  "cpp", "cs",  "cxx",  "dart", "eex", "erl",  "ex",  "exs", "go",   "h",     "heex", "hh", "hpp", "hs",  "java", "jl",
    "js", "jsx", "kt",  "kts", "lua",  "m",    "mjs", "cjs",  "ml",  "mm",  "php",  "pl",    "pm",   "py", "pyi", "r",   "rake", "rb",   "rs",
    "scala", "swift", "ts", "tsx", "vb", "zig",  "vue", "svelte"});

// Whether a new part of a name begins at `at`: "user_test", "UserTest", "HTTPTest", "test2".
bool begins_part(std::string_view name, std::size_t at) {
  if (!is_alnum(name[at])) return false;
  if (at == 0 || !is_alnum(name[at - 1])) return true;
  if (is_digit(name[at]) != is_digit(name[at - 1])) return true;
  if (!is_upper(name[at])) return false;
  return !is_upper(name[at - 1]) || (at + 1 < name.size() && is_lower(name[at + 1]));
}

// Goes through the parts of a path's names and remembers the first that is a word of the table.
class Words {
 public:
  void component(std::string_view name, bool is_file) {
    const std::string small = lowered(name);
    if (!is_file) look_up(small, As::kFolder);
    const std::size_t dot = name.rfind('.');
    for (std::size_t begin = 0; begin < name.size() && found_.empty();) {
      if (!begins_part(name, begin)) {
        ++begin;
        continue;
      }
      std::size_t end = begin + 1;
      while (end < name.size() && is_alnum(name[end]) && !begins_part(name, end)) ++end;
      const bool extension = dot != std::string_view::npos && begin > dot && dot > 0;
      part(std::string_view(small).substr(begin, end - begin), is_file && !extension);
      begin = end;
    }
  }
  [[nodiscard]] std::string_view found() const { return found_; }

 private:
  void part(std::string_view word, bool of_file) {
    // Java's com.example, and com.example.demo of its project generators, are what programs are
    // called whose author never chose a name; they get deployed all the same.
    const bool domain = before_ == "com" || before_ == "org" || before_ == "net";
    const bool unnamed = (word == "example" && domain) || (word == "demo" && unnamed_);
    if (!unnamed) look_up(word, of_file ? As::kName : As::kPart);
    unnamed_ = unnamed;
    before_ = word;
  }

  void look_up(std::string_view text, As where) {
    for (const Word& word : kWords) {
      if (found_.empty() && word.word == text && counts(word.as, where)) found_ = word.what;
    }
  }

  static bool counts(As word, As where) {
    if (where == As::kFolder) return word != As::kPart;  // that is looked up part by part
    if (where == As::kName) return word != As::kFolder;
    return word == As::kPart;
  }

  std::string_view found_;
  std::string before_;
  bool unnamed_ = false;
};

}  // namespace

bool quotes_strings(std::string_view path) {
  const std::size_t dot = path.rfind('.');
  if (dot == std::string_view::npos) return false;
  return kQuoting.contains(lowered(path.substr(dot + 1)));
}

PlaceSort sort_of_place(std::string_view path) {
  Words words;
  bool configuration_folder = false;
  std::string_view name = path;
  for (std::size_t slash; (slash = name.find('/')) != std::string_view::npos;) {
    const std::string_view folder = name.substr(0, slash);
    words.component(folder, false);
    configuration_folder |= kConfigurationFolders.contains(folder);
    name.remove_prefix(slash + 1);
  }
  words.component(name, true);
  if (!words.found().empty()) return {Purpose::kIllustration, words.found()};

  const std::string small = lowered(name);
  for (const Row& row : kIllustrations) {
    if (glob_match(row.glob, small)) return {Purpose::kIllustration, row.what};
  }
  for (const Row& row : kConfigurations) {
    if (glob_match(row.glob, small)) return {Purpose::kConfiguration, row.what};
  }
  if (configuration_folder) return {Purpose::kConfiguration, "a deployment file"};
  return {};
}

}  // namespace keywake::matching
