// The name of the assignment lexer (matching/assignment.h), how it is closed, and what the text before it says of it.
#pragma once

#include <cstddef>
#include <string_view>

#include "matching/assignment_cursor.h"

namespace keywake::matching {

inline constexpr std::size_t kMaxName = 80;

struct Name {
  std::string_view text;
  std::size_t first = 0;   // where it begins
  std::size_t open = 0;    // where its quote begins
  bool quoted = false;     // "name", 'name')
  bool closed = false;     // …]
  bool braced = false;     // $h{name}
  bool doubled = false;    // ""name""
  bool option = false;     // --name
};

/// Reads the name around the hit that begins at `begin` and ends at the cursor, which is left behind what closes the name. False: none.
bool read_name(Cursor& cursor, std::size_t begin, Name& name);

/// The text before a name, as far as it may be read.
class NamePlace {
 public:
  NamePlace(std::string_view text, const Name& name, std::size_t floor) : text_(text), name_(name), floor_(floor) {}

  [[nodiscard]] bool has_sigil() const;        // $name, @name, $h{name}
  [[nodiscard]] bool is_variable() const;      // "$name", "${name}"
  [[nodiscard]] bool is_behind_equals() const; // action=name, but not properties=NAME
  [[nodiscard]] bool is_branch() const;        // x ? 'name'
  [[nodiscard]] bool is_annotated() const;     // @Setting("name")
  [[nodiscard]] bool is_defined() const;       // (def name
  [[nodiscard]] bool takes_literal() const;    // setEnv "name", {"name"
  [[nodiscard]] bool takes_word() const;       // ENV name, ARG name, setenv name, set -x name
  [[nodiscard]] bool begins_line() const;
  [[nodiscard]] bool is_in_command() const;    // RUN name=
  [[nodiscard]] bool is_in_tag() const;        // <name>, <ns:name>, <entry key="name">
  [[nodiscard]] bool is_tag() const;           // <name, <ns:name
  /// The bracket that is open where the name stands, or NUL; and whether the first thing in it is a literal.
  struct Opener {
    char bracket = '\0';
    bool literals = false;
  };
  [[nodiscard]] Opener opener() const;
  [[nodiscard]] char last_before() const;      // the last character before it that is no space

 private:
  [[nodiscard]] std::string_view before(std::size_t at) const { return text_.substr(floor_, at - floor_); }

  std::string_view text_;
  const Name& name_;
  std::size_t floor_;
};

/// ENV name …: a directive of a line, of which the argument is a word.
bool is_directive(std::string_view before);

}  // namespace keywake::matching
