#include "base/parallel.h"

#include <atomic>
#include <stdexcept>
#include <vector>

#include "catch.h"

using keywake::parallel_for;
using keywake::TaskGroup;

TEST_CASE("A parallel loop runs every index once, in batches") {
  for (std::size_t count : {0, 1, 7, 64, 1000}) {
    for (std::size_t batch : {1, 3, 64, 5000}) {
      std::vector<int> seen(count);
      parallel_for(count, batch, [&](std::size_t begin, std::size_t end) {
        if (begin >= end || end - begin > batch) throw std::logic_error("batch");
        for (std::size_t i = begin; i < end; ++i) ++seen[i];
      });
      CHECK(seen == std::vector<int>(count, 1));
    }
  }
}

TEST_CASE("Tasks add tasks, and all are done when wait() returns") {
  TaskGroup group;
  std::atomic<int> done{0};
  std::vector<int> plain(8);  // not atomic: written by tasks, read after wait()
  for (int i = 0; i < 8; ++i) {
    group.run([&, i] {
      plain[static_cast<std::size_t>(i)] = i;
      for (int j = 0; j < 10; ++j) group.run([&] { ++done; });
    });
  }
  group.wait();
  CHECK(done == 80);
  CHECK(plain == std::vector<int>{0, 1, 2, 3, 4, 5, 6, 7});
}

TEST_CASE("An exception in a loop's body reaches the caller") {
  auto loop = [] {
    parallel_for(100, 1, [](std::size_t begin, std::size_t) {
      if (begin == 50) throw std::runtime_error("fifty");
    });
  };
  CHECK_THROWS_AS(loop(), std::runtime_error);
}
