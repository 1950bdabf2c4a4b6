// Random text for generated repositories, and edits of it: lines of words with planted tokens,
// paths plain and odd. Ownership: refers to the source of random numbers. Thread safety: none
// shared.
#pragma once

#include <cstdint>
#include <string>

#include "git/repository_generator_helper.h"

namespace keywake::git::test {

class RandomText {
 public:
  explicit RandomText(Random& random) : random_(random) {}

  std::string words(std::size_t count);
  /// "TOKEN_17_", of few enough numbers that the same comes back in other files and commits.
  std::string token();
  /// Some words, in every sixth line a token among them, and a newline.
  std::string line();
  std::string text(int lines);
  std::string new_path();
  /// Inserts, deletes, replaces, moves or repeats a few lines; at times bytes at any place.
  void edit_text(std::string& bytes);

 private:
  void edit_lines(std::string& bytes);

  Random& random_;
};

}  // namespace keywake::git::test
