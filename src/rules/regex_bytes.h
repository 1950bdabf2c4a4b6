// Reads what stands for bytes in an expression: plain characters, escapes, classes; part of
// canonical_regex. Each function starts at the cursor, leaves it behind what it read, or makes it
// fail.
#pragma once

#include "rules/byte_set.h"
#include "rules/regex_cursor.h"

namespace keywake::rules {

/// A character that stands for itself; -1 after an error.
int plain_byte(RegexCursor& cursor);
/// \n, \x41, \., …: an escape that stands for one byte; -1 after an error.
int escaped_byte(RegexCursor& cursor);
/// [a-z], [^\s"], [[:alnum:]_].
ByteSet byte_class(RegexCursor& cursor, bool ignore_case);

}  // namespace keywake::rules
