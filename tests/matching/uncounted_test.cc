#include "matching/uncounted.h"

#include "catch.h"

namespace keywake::matching {
namespace {

TEST_CASE("counts become a few copies and no end") {
  CHECK(without_counts("ghp_[0-9A-Za-z]{36}") == "ghp_[0-9A-Za-z]{3,}");
  CHECK(without_counts("(?:ab){2}x{0,5}y{1,}z*") == "(?:ab){2,}x{0,}y{1,}z*");
  CHECK(without_counts(R"(\b(?P<secret>[Kk][\t\n\f\r .]){20,600}\b)") == R"(\b(?P<secret>[Kk][\t\n\f\r .]){3,}\b)");
}

TEST_CASE("braces that are text stay") {
  CHECK(without_counts(R"(\{[{}\]{2}]\}{4})") == R"(\{[{}\]{2}]\}{3,})");
  CHECK(without_counts(R"(\\{9})") == R"(\\{3,})");
}

}  // namespace
}  // namespace keywake::matching
