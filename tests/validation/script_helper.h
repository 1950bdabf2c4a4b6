// A script that serves a test: started with it, talked to line by line over its standard input and output, ended with it.
#pragma once

#include <sys/types.h>

#include <cstdio>
#include <string>
#include <vector>

namespace keywake::testing {

class Script {
 public:
  /// The program and its arguments. Scripts end when their standard input does.
  explicit Script(std::vector<std::string> words);
  ~Script();
  Script(const Script&) = delete;
  Script& operator=(const Script&) = delete;

  /// The next line that it prints; throws when it has ended.
  std::string line();
  void write(const std::string& text);

 private:
  std::string name_;
  pid_t child_ = 0;
  int to_ = -1;
  std::FILE* from_ = nullptr;
};

}  // namespace keywake::testing
