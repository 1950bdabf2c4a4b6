// .mailmap: the names and addresses that people go by now, for those in old commits (gitmailmap(5)). Thread safety: immutable once read.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace keywake::attribution {

struct Person {
  std::string name;
  std::string email;
  bool operator==(const Person&) const = default;
};

class Mailmap {
 public:
  Mailmap() = default;
  explicit Mailmap(std::string_view text);
  [[nodiscard]] Person resolve(Person person) const;

 private:
  struct Line {
    std::string commit_name;  // empty: any
    Person proper;            // empty parts: as in the commit
  };
  std::map<std::string, std::vector<Line>> by_email_;  // of the commit, in small letters
};

}  // namespace keywake::attribution
