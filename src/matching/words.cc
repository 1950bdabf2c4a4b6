#include "matching/words.h"

#include "base/ascii.h"

namespace keywake::matching {

Words::Words(std::string_view name) : small_(lowered(name)) {
  auto in_word = [&](std::size_t i) { return i < name.size() && (is_letter(name[i]) || static_cast<unsigned char>(name[i]) >= 0x80); };
  auto is_hump = [&](std::size_t i) {  // getUser, HTTPServer
    return is_upper(name[i]) && (is_lower(name[i - 1]) || (is_upper(name[i - 1]) && i + 1 < name.size() && is_lower(name[i + 1])));
  };
  words_.reserve(8);
  for (std::size_t begin = 0; begin < name.size();) {
    std::size_t end = begin + 1;
    if (in_word(begin)) {
      while (in_word(end) && !is_hump(end)) ++end;
      words_.push_back(std::string_view(small_).substr(begin, end - begin));
    }
    begin = end;
  }
}

}  // namespace keywake::matching
