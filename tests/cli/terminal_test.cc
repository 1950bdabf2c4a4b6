// What depends on a terminal: colours and the progress line.
#include "catch.h"
#include "cli/keywake_helper.h"

using namespace keywake::testing;

namespace {

constexpr const char* kColour = "\x1b[";
constexpr const char* kErased = "\r\x1b[K";

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
  CHECK_FALSE(contains(run_keywake(leaky.scan()).out, kColour));
  CHECK(contains(run_keywake(leaky.scan({"--color", "always"})).out, kColour));
  CHECK(contains(run_keywake_on_terminal(leaky.scan(), 0).out, kColour));
  CHECK_FALSE(contains(run_keywake_on_terminal(leaky.scan({"--color", "never"}), 0).out, kColour));
  CHECK_FALSE(contains(
      run_keywake_on_terminal(leaky.scan(), 0, {.environment = {"NO_COLOR=1"}}).out, kColour));
  CHECK(contains(run_keywake_on_terminal(leaky.scan(), 0, {.environment = {"NO_COLOR="}}).out,
                 kColour));
  CHECK_FALSE(contains(run_keywake_on_terminal(leaky.scan(), 0, {.environment = {"TERM=dumb"}}).out,
                       kColour));
  CHECK(contains(
      run_keywake_on_terminal(leaky.scan({"--color", "always"}), 0, {.environment = {"NO_COLOR=1"}})
          .out,
      kColour));
}

TEST_CASE("The exit status is the same on a terminal") {
  Leaky leaky;
  CHECK(run_keywake_on_terminal(leaky.scan(), 0).status == 1);
}

TEST_CASE("A long scan shows its progress on a terminal, and takes it away again") {
  const Arguments scan{"scan", "-", "--color", "never"};  // waits for its input, so it is long
  Ran ran = run_keywake_on_terminal(scan, 0.9, {.input = "nothing\n"});
  CHECK(ran.status == 0);
  CHECK(contains(ran.out, "objects"));
  CHECK(contains(ran.out, kErased));
  std::size_t last_drawn = ran.out.rfind("\x1b[K");
  std::size_t erased = ran.out.rfind(kErased);
  CHECK(last_drawn == erased + 1);  // nothing is drawn after the line was erased

  SECTION("not with --progress never") {
    CHECK_FALSE(
        contains(run_keywake_on_terminal({"scan", "-", "--color", "never", "--progress", "never"},
                                         0.6, {.input = "x\n"})
                     .out,
                 "\x1b["));
  }
  SECTION("not with --quiet") {
    CHECK_FALSE(
        contains(run_keywake_on_terminal({"scan", "-", "-q"}, 0.6, {.input = "x\n"}).out, "\x1b["));
  }
}

TEST_CASE("A short scan shows no progress") {
  Leaky leaky;
  CHECK_FALSE(contains(run_keywake_on_terminal(leaky.scan({"--color", "never"}), 0).out, "\x1b["));
}

TEST_CASE("No progress line on a pipe") {
  std::string command =
      "(sleep 0.6; echo x) | " + std::string(KEYWAKE_BINARY_DIR) + "/keywake scan -";
  Ran ran = run_command(".", {"sh", "-c", command});
  CHECK(ran.status == 0);
  CHECK(ran.err.empty());
}
