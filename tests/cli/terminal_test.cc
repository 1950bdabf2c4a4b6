// What depends on a terminal: colours and the progress line.
#include <regex>

#include "catch.h"
#include "cli/keywake_helper.h"

using namespace keywake::testing;

namespace {

constexpr const char* kErased = "\r\x1b[K";

// Has an escape sequence that sets a colour (the progress line has others).
bool coloured(const std::string& text) {
  return std::regex_search(text, std::regex("\x1b\\[[0-9;]*m"));
}

struct Leaky {
  TemporaryFolder folder;
  Leaky() { write_file(folder.path() / "a.txt", "token " + github_token(7) + "\n"); }
  [[nodiscard]] Arguments scan(Arguments flags = {}) const {
    flags.insert(flags.begin(), {"scan", folder.path().string()});
    return flags;
  }
};

}  // namespace

TEST_CASE("Colours on a terminal only, and as NO_COLOR and --color say") {
  Leaky leaky;
  auto on_terminal = [&](const Arguments& flags, const Arguments& environment = {}) {
    return coloured(run_keywake_on_terminal(leaky.scan(flags), {.environment = environment}).out);
  };
  CHECK_FALSE(coloured(run_keywake(leaky.scan()).out));
  CHECK(coloured(run_keywake(leaky.scan({"--color", "always"})).out));
  CHECK(on_terminal({}));
  CHECK_FALSE(on_terminal({"--color", "never"}));
  CHECK_FALSE(on_terminal({}, {"NO_COLOR=1"}));
  CHECK(on_terminal({}, {"NO_COLOR="}));
  CHECK_FALSE(on_terminal({}, {"TERM=dumb"}));
  CHECK(on_terminal({"--color", "always"}, {"NO_COLOR=1"}));
}

TEST_CASE("The exit status is the same on a terminal") {
  Leaky leaky;
  CHECK(run_keywake_on_terminal(leaky.scan()).status == 1);
}

TEST_CASE("A long scan shows its progress on a terminal, and takes it away again") {
  // Waits for its input, so it is long.
  Ran ran =
      run_keywake_on_terminal({"scan", "-", "--color", "never"}, {.input = "nothing\n"}, "objects");
  CHECK(ran.status == 0);
  CHECK(contains(ran.out, "objects"));
  std::size_t erased = ran.out.rfind(kErased);
  REQUIRE(erased != std::string::npos);
  CHECK(ran.out.rfind("\x1b[K") == erased + 1);  // nothing is drawn after the line was erased
  CHECK_FALSE(contains(ran.out.substr(erased), "objects"));
}

TEST_CASE("No progress line with --progress never or --quiet, nor on a pipe") {
  for (const Arguments& flags : {Arguments{"--progress", "never"}, Arguments{"-q"}}) {
    Arguments words{"scan", "-", "--color", "never"};
    words.insert(words.end(), flags.begin(), flags.end());
    Ran ran = run_keywake_on_terminal(words, {.input = "nothing\n"}, "", 0.6);
    CHECK(ran.status == 0);
    CHECK_FALSE(contains(ran.out, "\x1b["));
  }
  std::string command =
      "(sleep 0.6; echo x) | " + std::string(KEYWAKE_BINARY_DIR) + "/keywake scan -";
  Ran ran = run_command(".", {"sh", "-c", command});
  CHECK(ran.status == 0);
  CHECK(ran.err.empty());
}
