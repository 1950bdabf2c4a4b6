#include "git/random_text_helper.h"

#include <algorithm>
#include <iterator>
#include <vector>

namespace keywake::git::test {
namespace {

constexpr const char* kWords[] = {"alpha",  "bravo",  "config", "delta", "echo",  "foxtrot",
                                  "golf",   "host",   "import", "json",  "key",   "limit",
                                  "module", "number", "open",   "print", "query", "return",
                                  "self",   "token",  "user"};
constexpr const char* kFolders[] = {"",      "",         "src/",   "src/core/",
                                    "docs/", "a/b/c/d/", "lib-x/", "lib/"};
constexpr std::size_t kTokens = 300;

}  // namespace

std::string RandomText::token() {
  return "TOKEN_" + std::to_string(random_.below(kTokens)) + "_";
}

std::string RandomText::words(std::size_t count) {
  std::string result;
  for (std::size_t i = 0; i < count; ++i) {
    if (i > 0) result += ' ';
    result += kWords[random_.below(std::size(kWords))];
  }
  return result;
}

std::string RandomText::line() {
  std::string result = words(1 + random_.below(9));
  if (random_.one_in(6)) result += " = " + token();
  if (random_.one_in(4)) result += ' ' + words(3);
  return result + '\n';
}

std::string RandomText::text(int lines) {
  std::string result;
  for (int i = 0; i < lines; ++i) result += line();
  return result;
}

std::string RandomText::new_path() {
  std::string path = kFolders[random_.below(std::size(kFolders))];
  path += kWords[random_.below(std::size(kWords))];
  switch (random_.below(24)) {
    case 0:
      return path + " with space";
    case 1:
      return path + "\nnewline\t\x1b[1m";
    case 2:
      return path + "\xff\xe9 not utf-8";
    case 3:
      return path + "\"quoted\\";
    case 4:
      return path;  // no suffix: may be a folder elsewhere
    case 5:
      return path + "/" + words(1);
    default:
      return path + std::to_string(random_.below(40)) + ".txt";
  }
}

/// Whole lines: insert, delete, replace, move or repeat a block.
void RandomText::edit_lines(std::string& bytes) {
  std::vector<std::string> lines;
  for (const std::string& piece : split(bytes, '\n')) lines.push_back(piece + '\n');
  auto at = [&](std::size_t n) { return lines.begin() + static_cast<std::ptrdiff_t>(n); };
  std::size_t begin = random_.below(lines.size() + 1);
  std::size_t count = std::min<std::size_t>(1 + random_.below(10), lines.size() - begin);
  std::vector<std::string> block(at(begin), at(begin + count));
  switch (random_.below(6)) {
    case 0:
    case 1:
      lines.insert(at(begin), line());
      break;
    case 2:
      lines.erase(at(begin), at(begin + count));
      break;
    case 3:
      for (std::size_t i = begin; i < begin + count; ++i) lines[i] = line();
      break;
    case 4:
      lines.erase(at(begin), at(begin + count));
      [[fallthrough]];
    default: {
      std::size_t to = random_.below(lines.size() + 1);
      lines.insert(at(to), block.begin(), block.end());
    }
  }
  bytes.clear();
  for (const std::string& piece : lines) bytes += piece;
}

/// Mostly lines; at times bytes at any place, which breaks tokens and makes new ones out of two
/// halves.
void RandomText::edit_text(std::string& bytes) {
  std::size_t edits = 1 + random_.below(4);
  for (std::size_t i = 0; i < edits; ++i) {
    if (!random_.one_in(4) || bytes.empty()) {
      edit_lines(bytes);
      continue;
    }
    std::size_t at = bytes.size() - random_.below(bytes.size());
    if (std::size_t token = bytes.find("TOKEN_", random_.below(bytes.size()));
        token != std::string::npos && random_.one_in(2)) {
      at = token + random_.below(8);  // inside the token, or just after its digits began
    }
    at = std::min(at, bytes.size());
    switch (random_.below(3)) {
      case 0:
        bytes.erase(at, random_.below(12));
        break;
      case 1:
        bytes.insert(at, 1, static_cast<char>('0' + random_.below(10)));
        break;
      default:
        bytes.insert(at,
                     random_.one_in(2) ? std::string_view("TOKEN_") : std::string_view("\0", 1));
    }
  }
  if (random_.one_in(12) && !bytes.empty()) bytes.pop_back();  // no newline at the end
}

}  // namespace keywake::git::test
