#include "base/word_set.h"

#include "catch.h"

namespace keywake {
namespace {

TEST_CASE("A set of words holds its words and no others") {
  static constexpr WordSet kWords({"token", "tokens", "key", "k", "secret", "seeret", "sXcrYt"});
  for (const char* word : {"token", "tokens", "key", "k", "secret", "seeret", "sXcrYt"}) CHECK(kWords.contains(word));
  for (const char* word : {"", "tok", "keys", "Key", "sacret", "secrett", "x"}) CHECK_FALSE(kWords.contains(word));
  static constexpr WordSet kOne({"one"});
  CHECK(kOne.contains("one"));
  CHECK_FALSE(kOne.contains("two"));
}

}  // namespace
}  // namespace keywake
