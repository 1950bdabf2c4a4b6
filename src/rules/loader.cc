#include "rules/loader.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/mapped_file.h"
#include "base/text.h"

namespace keywake::rules {
namespace {

constexpr std::size_t kMaxFile = 1024 * 1024;

}  // namespace

std::string Problem::text() const {
  if (file.empty()) return message;
  if (line == 0) return fmt::format("{}: {}", printable(file), message);
  return fmt::format("{}:{}:{}: {}", printable(file), line, column, message);
}

void each_rule_file(const std::filesystem::path& path, std::vector<Problem>& problems,
                    const std::function<void(std::string_view text, std::string_view file)>& read, bool yaml) {
  std::error_code error;
  std::vector<std::filesystem::path> files{path};
  if (std::filesystem::is_directory(path, error)) {
    files.clear();
    for (std::filesystem::directory_iterator it(path, error), end; !error && it != end; it.increment(error)) {
      const std::filesystem::path extension = it->path().extension();
      if (extension == ".toml" || (yaml && (extension == ".yml" || extension == ".yaml"))) files.push_back(it->path());
    }
    if (error) {
      problems.push_back({path.generic_string(), 0, 0, fmt::format("cannot be read: {}", error.message())});
    } else if (files.empty()) {
      problems.push_back({path.generic_string(), 0, 0, "there is no rule file (*.toml) in this folder"});
    }
    std::sort(files.begin(), files.end());
  }
  for (const std::filesystem::path& file : files) {
    if (Result<std::string> text = read_file(file, kMaxFile)) {
      read(*text, file.generic_string());
    } else {
      problems.push_back({"", 0, 0, text.error().message});  // which names the file
    }
  }
}

void load_path(const std::filesystem::path& path, Loaded& into) {
  each_rule_file(path, into.problems, [&](std::string_view text, std::string_view file) { load_text(text, file, into); }, true);
}

}  // namespace keywake::rules
