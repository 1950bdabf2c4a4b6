// Expands the examples of rule files: placeholders such as {base62-crc:36} become text that looks
// like the real thing, « and » become the extents of what must be captured. The same pattern id and
// example give the same bytes everywhere. Thread safety: pure functions.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "rules/loader.h"

namespace keywake::rules {

struct ExpandedExample {
  struct Marked {
    std::size_t begin = 0;  // half open, in bytes of `text`
    std::size_t end = 0;
    bool operator==(const Marked&) const = default;
  };
  std::string text;            // no placeholders, no marks
  std::vector<Marked> marked;  // in order
};

Result<ExpandedExample> expand_example(std::string_view pattern_id, const Example& example);

}  // namespace keywake::rules
