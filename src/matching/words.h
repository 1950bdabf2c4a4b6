// A name as the words it is made of: "getDBPassword2" is get, db, password. Ownership: holds a copy of the name. Thread safety: a value.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace keywake::matching {

class Words {
 public:
  /// Words end at humps, digits and punctuation. What is beyond ASCII counts as a letter.
  explicit Words(std::string_view name);
  Words(const Words&) = delete;
  Words& operator=(const Words&) = delete;

  [[nodiscard]] std::size_t size() const { return words_.size(); }
  std::string_view operator[](std::size_t i) const { return words_[i]; }  // in small letters
  [[nodiscard]] auto begin() const { return words_.begin(); }
  [[nodiscard]] auto end() const { return words_.end(); }

 private:
  std::string small_;
  std::vector<std::string_view> words_;
};

}  // namespace keywake::matching
