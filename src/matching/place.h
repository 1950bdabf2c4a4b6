// What a path says a file is for, as far as that bears on how sure a generic finding is: passwords
// of tests, examples and documentation are mostly made up, those of configuration mostly work.
// Table-driven: the rows are in the .cc. Thread safety: pure functions.
#pragma once

#include <cstdint>
#include <string_view>

namespace keywake::matching {

enum class Purpose : std::uint8_t {
  kCode,           // or nothing that the path tells
  kConfiguration,  // read by a program or a pipeline when it is deployed
  kIllustration,   // a test, an example, documentation; also where it is configuration besides
};

struct PlaceSort {
  Purpose purpose = Purpose::kCode;
  std::string_view what;  // with its article, "a test"; constant; empty for kCode
};

/// `path` as reported: relative, members of archives after "!/". Words count as whole folders or as
/// parts of a name ("user_test.go", "UserTest.java", "integration-tests"), never inside a longer
/// word ("latest", "contest").
PlaceSort sort_of_place(std::string_view path);

/// Whether the path is of a programming language that writes its strings between quotes: a word without them is a variable there.
bool quotes_strings(std::string_view path);

}  // namespace keywake::matching
