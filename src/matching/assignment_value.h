// The right-hand side of the assignment lexer (matching/assignment.h): a literal of any language, a word of a configuration file, the text
// of an element, a default behind an expression.
#pragma once

#include <cstdint>

#include "matching/assignment.h"
#include "matching/assignment_cursor.h"

namespace keywake::matching {

enum class Operator : std::uint8_t { kNone, kAssign, kCompare, kComma, kCall, kElement };

/// What of the name and the operator decides how the value is to be read.
struct Given {
  Operator op = Operator::kNone;
  bool option = false;    // the name is an option of a command
  bool bare = false;      // nothing but blanks between name and value
  bool alone = false;     // name and value are all of a line
  bool literal = false;   // no plain word: token += "…"
  bool appended = false;  // token += "…": a piece
  bool colon = false;     // name: value
  bool tight = false;     // name=value
  bool command = false;   // RUN name=value …: words behind it are no prose
  bool doubled = false;   // ""name"": ""value""
  bool sigil = false;     // $name, %h{name}: a language in which q(…) is a literal
  bool variable = false;  // "$name" != word: a word will do
};

/// Reads the value at the cursor into `out`.
bool read_value(Cursor& cursor, const Given& given, Assignment& out);

}  // namespace keywake::matching
