// Is what a name is given a secret, and how sure is that? Decides by the name, the value and the syntax that joins them
// (matching/assignment.h), which is all that the bytes around a hit can tell; the file's nature is judged later (matching/judge.h).
// Thread safety: pure functions.
#pragma once

#include <optional>
#include <string_view>

#include "matching/assignment.h"
#include "model/pattern.h"

namespace keywake::matching {

struct Judgement {
  std::optional<model::Confidence> level;  // absent: no secret
  std::string_view reason;                 // why not; constant
};

Judgement judge_assignment(const Assignment& assignment);

}  // namespace keywake::matching
