// Words as a password, and what programs call things.
#include "matching/passphrase.h"

#include "catch.h"

namespace keywake::matching {
namespace {

TEST_CASE("Words that make a password") {
  for (const char* text : {
           // Phrases: three words and a dash, with a number or without.
           "copper-violin-turtle",
           "copper-violin-turtle-42",
           "Copper-Violin-Turtle-42",
           "mossy_falcon_pretzel_17",
           // Two words, and digits behind.
           "CopperViolin63",
           "Copper.violin100",
           "Copper-violin7",
           "copper-violin-07",
           // One word, its number apart or with a mark, or with a capital.
           "falcon_20",
           "falcon-4711",
           "falcon.987",
           "Autumn2031_",
           "Falcon2031",
       }) {
    INFO(text);
    CHECK(is_passphrase(text));
  }
}

TEST_CASE("Words that are a name") {
  for (const char* text : {
           "",
           "a",
           "falcon",
           "copper-violin",          // two words without a number
           "copper_violin_turtle",   // what most languages join names with
           "copper.violin.turtle",
           "copper.violin.42",       // a key of configuration
           "user-password-field",
           "my-app-database",
           "forgot-password-link",
           "db-credentials-2024",
           "PasswordInput20",
           "ClientConfig42",
           "my_db_password_42",
           "password_20",
           "step-12",
           "falcon20",               // utf8, sha256, oauth2
           "falcon_2",
           "CopperViolin2",          // a second one of them
           "FALCON_COPPER_20",       // a constant
           "HTTPServer2024",
           "alone-in-the-dark",      // words of two letters, as messages have
           "copper--violin-turtle-42",
           "-copper-violin-turtle",
           "copper-42-violin-turtle",
           "copper-violin-1234567",
           "copper violin turtle",
           "copper/violin/turtle42",
           "cöpper-violin-turtle",
       }) {
    INFO(text);
    CHECK_FALSE(is_passphrase(text));
  }
}

}  // namespace
}  // namespace keywake::matching
