// What is looked for so that assignments are read: the words in which the names of secrets end, or which stand in them. One list for all
// patterns that read assignments, `assigned` and `names` alike. Thread safety: pure function.
#pragma once

#include <span>

#include "matching/sequences.h"

namespace keywake::matching {

/// In any case; a Use::anchor of kAssignments is an index into this.
std::span<const Sequence> assignment_anchors();

}  // namespace keywake::matching
