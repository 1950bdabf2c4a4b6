// Judging a finding by its place: what only the path, or the line around it, can tell is noise (a
// generic `password = …` in a lock file, a minified bundle, a table of translations), or less or
// more likely a credential (in a test; in what is deployed). Asked per
// sighting, after the walk, when findings are few; never inside the matcher, whose answer depends
// on a window of bytes alone. Table-driven: the rows are in the .cc. Thread safety: pure functions.
#pragma once

#include <string_view>

#include "model/pattern.h"

namespace keywake::matching {

struct Place {
  std::string_view path;  // as reported; members of archives after "!/"
  std::string_view line;  // the text of the line, if the caller has it (a long one may be cut)
  std::string_view secret;  // if the caller has it: how the line writes it is judged, too
};

/// Why a finding of `pattern` in this place is noise; empty if it is not. The text is constant.
std::string_view noise_reason(const model::Pattern& pattern, const Place& place);

/// How sure a finding is once its place is known, and why that differs from what its bytes say.
struct Judgement {
  model::Confidence confidence = model::Confidence::kHigh;
  std::string_view place;  // "a test", constant; empty if the place changed nothing
};

/// A format of a provider's own is what it is wherever it stands. A generic value (provider
/// "generic") is one level lower in tests, examples and documentation, never below low; and one
/// that its bytes make low (a weak password, an ordinary word) is medium in configuration and
/// deployment files, where weak passwords are in use.
Judgement judge(const model::Pattern& pattern, model::Confidence by_bytes, const Place& place);

}  // namespace keywake::matching
