// The progress line's text.
#include "catch.h"
#include "cli/progress_line.h"

using namespace keywake;
using namespace keywake::cli;

TEST_CASE("What a progress line says") {
  Snapshot now{.stage = "reading history",
               .objects = 1000,
               .objects_total = 4000,
               .bytes = 3ULL << 30,
               .seconds = 2};
  CHECK(progress_text(now, 200) ==
        "reading history  1,000 / 4,000 objects  3.0 GiB  1.5 GiB/s  6.00 s left");

  SECTION("no total: no time left") {
    now.objects_total = 0;
    CHECK(progress_text(now, 200) == "reading history  1,000 objects  3.0 GiB  1.5 GiB/s");
  }
  SECTION("at the start there is no rate and no time") {
    now.seconds = 0;
    now.objects = 0;
    now.bytes = 0;
    CHECK(progress_text(now, 200) == "reading history  0 / 4,000 objects  0 B");
  }
  SECTION("more done than was foreseen: the total holds") {
    now.objects = 5000;
    CHECK(progress_text(now, 200) == "reading history  4,000 / 4,000 objects  3.0 GiB  1.5 GiB/s");
  }
  SECTION("never wider than the terminal") {
    for (unsigned width = 0; width < 90; ++width) CHECK(progress_text(now, width).size() <= width);
  }
}
