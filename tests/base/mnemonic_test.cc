#include "base/mnemonic.h"

#include "base/hash.h"
#include "catch.h"

namespace keywake {
namespace {

std::string times(const std::string& word, int count) {
  std::string out;
  for (int i = 0; i < count; ++i) out += word + ' ';
  return out;
}

// https://github.com/trezor/python-mnemonic/blob/master/vectors.json
TEST_CASE("Mnemonic phrases: BIP 39's test vectors") {
  CHECK(mnemonic(std::string(16, '\0')) == times("abandon", 11) + "about");
  CHECK(mnemonic(std::string(16, '\xff')) == times("zoo", 11) + "wrong");
  CHECK(mnemonic(std::string(32, '\0')) == times("abandon", 23) + "art");
  CHECK(mnemonic(std::string(24, '\x7f')) ==
        "legal winner thank year wave sausage worth useful legal winner thank year wave sausage "
        "worth useful legal will");
  CHECK(mnemonic(std::string(15, 'x')).empty());
  CHECK(mnemonic(std::string(36, 'x')).empty());
}

TEST_CASE("A mnemonic phrase holds or does not") {
  for (std::size_t size : {16, 20, 24, 28, 32})
    CHECK(is_mnemonic(mnemonic(std::string(size, 'q'))));
  CHECK(is_mnemonic(times("Abandon,", 11) + "about."));
  CHECK_FALSE(is_mnemonic(times("abandon", 12)));
  CHECK_FALSE(is_mnemonic(times("abandon", 10) + "about"));
  CHECK_FALSE(is_mnemonic(times("abandon", 11) + "keywake"));
  CHECK_FALSE(is_mnemonic(times("abandon", 24) + "about"));
  CHECK_FALSE(is_mnemonic(""));
}

}  // namespace
}  // namespace keywake
