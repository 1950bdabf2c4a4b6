// Judging a finding by its place: what only the path, or the line around it, can tell is noise (a
// generic `password = …` in a lock file, a minified bundle, a table of translations). Asked per
// sighting, after the walk, when findings are few; never inside the matcher, whose answer depends
// on a window of bytes alone. Table-driven: the rows are in the .cc. Thread safety: pure functions.
#pragma once

#include <string_view>

#include "model/pattern.h"

namespace keywake::matching {

struct Place {
  std::string_view path;  // as reported; members of archives after "!/"
  std::string_view line;  // the text of the line, if the caller has it (a long one may be cut)
};

/// Why a finding of `pattern` in this place is noise; empty if it is not. The text is constant.
std::string_view noise_reason(const model::Pattern& pattern, const Place& place);

}  // namespace keywake::matching
