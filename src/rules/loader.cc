#include "rules/loader.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/mapped_file.h"
#include "base/text.h"

namespace keywake::rules {
namespace {

constexpr std::size_t kMaxFile = 1024 * 1024;

void load_file(const std::filesystem::path& path, Loaded& into) {
  std::string name = path.generic_string();
  Result<std::string> text = read_file(path, kMaxFile);
  if (text) {
    load_text(*text, name, into);
  } else {
    into.problems.push_back({"", 0, 0, text.error().message});  // which names the file
  }
}

}  // namespace

std::string Problem::text() const {
  if (file.empty()) return message;
  if (line == 0) return fmt::format("{}: {}", printable(file), message);
  return fmt::format("{}:{}:{}: {}", printable(file), line, column, message);
}

void load_folder(const std::filesystem::path& folder, Loaded& into) {
  std::error_code error;
  std::vector<std::filesystem::path> files;
  for (std::filesystem::directory_iterator it(folder, error), end; !error && it != end;
       it.increment(error)) {
    if (it->path().extension() == ".toml") files.push_back(it->path());
  }
  std::string name = folder.generic_string();
  if (error) {
    into.problems.push_back(
        {std::move(name), 0, 0, fmt::format("cannot be read: {}", error.message())});
  } else if (files.empty()) {
    into.problems.push_back(
        {std::move(name), 0, 0, "there is no rule file (*.toml) in this folder"});
  }
  std::sort(files.begin(), files.end());
  for (const std::filesystem::path& file : files) load_file(file, into);
}

void load_path(const std::filesystem::path& path, Loaded& into) {
  std::error_code error;
  if (std::filesystem::is_directory(path, error)) {
    load_folder(path, into);
  } else {
    load_file(path, into);
  }
}

}  // namespace keywake::rules
