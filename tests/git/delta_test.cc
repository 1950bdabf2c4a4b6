// Deltas: every form of instruction, random ones against the encoder that made them, and damaged ones, which must fail without touching a
// byte outside (the dev preset's AddressSanitizer watches: base, delta and result are heap blocks of their exact size).
#include "git/delta.h"

#include <fmt/format.h>

#include <memory>

#include "base/limits.h"
#include "catch.h"
#include "git/pack_builder.h"
#include "git/repository_generator_helper.h"

namespace keywake::git::test {
namespace {

struct Applied {
  bool done = false;
  std::string result;
  CopyMap map;
};

std::unique_ptr<char[]> exact(std::string_view bytes) {
  std::unique_ptr<char[]> block(new char[bytes.size()]);
  bytes.copy(block.get(), bytes.size());
  return block;
}

Applied run_delta(std::string_view delta_bytes, std::string_view base_bytes) {
  auto delta = exact(delta_bytes);
  auto base = exact(base_bytes);
  Applied applied;
  auto sizes = delta_sizes({delta.get(), delta_bytes.size()});
  if (!sizes || sizes->result > limits::kMiB) return applied;
  std::unique_ptr<char[]> out(new char[sizes->result]);
  applied.done = apply_delta({delta.get(), delta_bytes.size()}, *sizes, {base.get(), base_bytes.size()}, out.get(),
                             &applied.map);
  if (applied.done) applied.result.assign(out.get(), sizes->result);
  return applied;
}

std::string random_bytes(Random& random, std::size_t size) {
  std::string bytes(size, '\0');
  for (char& c : bytes) c = static_cast<char>(random.next());
  return bytes;
}

bool map_holds(const CopyMap& map, std::string_view base, std::string_view result) {
  if (map.old_size != base.size() || map.new_size != result.size()) return false;
  std::size_t at = 0;
  for (const CopySpan& span : map.spans) {
    if (span.target < at || span.length == 0) return false;
    if (result.substr(span.target, span.length) != base.substr(span.source, span.length)) return false;
    at = std::size_t{span.target} + span.length;
  }
  return at <= result.size();
}

TEST_CASE("delta: a copy with every choice of offset and length bytes") {
  Random random(1);
  const std::string base = random_bytes(random, 200'000);
  for (int code = 0x80; code < 0x100; ++code) {
    INFO(fmt::format("code {:#x}", code));
    // Present bytes of the offset are 5, 1, 1, 0, of the length 7, 1, 0: within the base.
    constexpr unsigned kOffset[] = {5, 1, 1, 0};
    constexpr unsigned kLength[] = {7, 1, 0};
    std::size_t offset = 0;
    std::size_t length = 0;
    std::string op(1, static_cast<char>(code));
    for (int i = 0; i < 4; ++i) {
      if ((code & (1 << i)) == 0) continue;
      offset += std::size_t{kOffset[i]} << (8 * i);
      op += static_cast<char>(kOffset[i]);
    }
    for (int i = 0; i < 3; ++i) {
      if ((code & (0x10 << i)) == 0) continue;
      length += std::size_t{kLength[i]} << (8 * i);
      op += static_cast<char>(kLength[i]);
    }
    if (length == 0) length = 0x10000;
    Applied applied = run_delta(varint(base.size()) + varint(length) + op, base);
    CHECK(applied.done);
    CHECK(applied.result == base.substr(offset, length));
    CHECK(applied.map.spans == std::vector<CopySpan>{{static_cast<std::uint32_t>(offset), 0,
                                                      static_cast<std::uint32_t>(length)}});
  }
}

TEST_CASE("delta: inserts of every length") {
  Random random(2);
  for (std::size_t length = 1; length < 128; ++length) {
    std::string text = random_bytes(random, length);
    Applied applied = run_delta(DeltaWriter().insert(text).delta(0, length), "");
    CHECK(applied.done);
    CHECK(applied.result == text);
    CHECK(applied.map.spans.empty());
  }
}

TEST_CASE("delta: what is refused, and the few odd ones that are not") {
  const std::string base = "0123456789";
  struct Case {
    const char* what;
    std::string delta;
    bool done;
  };
  const Case cases[] = {
      {"nothing from nothing needs no instruction", DeltaWriter().delta(10, 0), true},
      {"the reserved instruction", varint(10) + varint(1) + std::string(2, '\0'), false},
      {"another base's size", DeltaWriter().copy(0, 4).delta(11, 4), false},
      {"copy to the base's very end", DeltaWriter().copy(6, 4).delta(10, 4), true},
      {"copy past the base's end", DeltaWriter().copy(7, 4).delta(10, 4), false},
      {"copy from behind the base", DeltaWriter().copy(11, 1).delta(10, 1), false},
      {"copy from 4 GiB on", DeltaWriter().copy(0xffff'ffff, 4).delta(10, 4), false},
      {"copy of 64 KiB from ten bytes", varint(10) + varint(8) + "\x80", false},
      {"more than declared by a copy", DeltaWriter().copy(0, 4).copy(0, 4).delta(10, 7), false},
      {"more than declared by an insert", DeltaWriter().insert("abcd").delta(10, 3), false},
      {"less than declared", DeltaWriter().copy(0, 4).delta(10, 5), false},
      {"an insert cut off", varint(10) + varint(4) + "\x04" "abc", false},
      {"no result size", varint(10), false},
      {"a size without end", std::string(12, '\xff'), false},
      {"empty", "", false},
  };
  for (const Case& one : cases) {
    INFO(one.what);
    CHECK(run_delta(one.delta, base).done == one.done);
  }
}

TEST_CASE("delta: a size that its instructions could not make is a lie, told before memory is taken") {
  CHECK_FALSE(delta_sizes(varint(10) + varint(200'000'000)).has_value());
  CHECK_FALSE(delta_sizes(varint(10) + varint(40) + "\x90\x0a\x90").has_value());
  CHECK(delta_sizes(varint(10) + varint(20) + "\x90\x0a\x90\x0a").has_value());
  CHECK(delta_sizes(varint(0) + varint(3) + "\x03" "abc").has_value());
  CHECK_FALSE(delta_sizes(varint(0) + varint(std::uint64_t{1} << 62) + "\x03" "abc").has_value());
  CopyMap map;
  DeltaSizes huge{std::uint64_t{1} << 33, 4, 2};
  CHECK_FALSE(apply_delta("", huge, "", nullptr, &map));
}

TEST_CASE("delta: a copy map does not grow without bound") {
  const std::string base = "ab";
  const std::size_t count = kMaxCopySpans + 1000;
  std::string ops;
  for (std::size_t i = 0; i < count; ++i) ops += "\x90\x01";  // byte 0 again and again: no span continues another
  std::string delta = varint(base.size()) + varint(count) + ops;
  auto sizes = delta_sizes(delta);
  REQUIRE(sizes.has_value());
  std::string out(count, '\0');
  CopyMap map;
  REQUIRE(apply_delta(delta, *sizes, base, out.data(), &map));
  CHECK(out == std::string(count, 'a'));
  CHECK(map.spans.size() == kMaxCopySpans);
  CHECK(map_holds(map, base, out));
}

struct Encoded {
  std::string base;
  std::string delta;
  std::string result;
};

Encoded random_delta(Random& random, std::size_t max_base, std::size_t ops) {
  Encoded made;
  made.base = random_bytes(random, random.below(max_base + 1));
  DeltaWriter writer;
  for (std::size_t i = 0; i < ops; ++i) {
    if (!made.base.empty() && random.one_in(2)) {
      std::size_t offset = random.below(made.base.size());
      std::size_t length = 1 + random.below(made.base.size() - offset);
      if (random.one_in(3)) length = std::min<std::size_t>(length, 40);
      writer.copy(static_cast<std::uint32_t>(offset), static_cast<std::uint32_t>(length));
      made.result += made.base.substr(offset, length);
    } else {
      std::string text = random_bytes(random, 1 + random.below(127));
      writer.insert(text);
      made.result += text;
    }
  }
  made.delta = writer.delta(made.base.size(), made.result.size());
  return made;
}

TEST_CASE("delta: random ones give what their encoder meant, and a true map") {
  for (std::uint64_t seed = 1; seed <= 300; ++seed) {
    INFO("seed " << seed);
    Random random(seed);
    Encoded made = random_delta(random, seed % 10 == 0 ? 100'000 : 500, 1 + random.below(seed % 10 == 0 ? 6 : 30));
    Applied applied = run_delta(made.delta, made.base);
    REQUIRE(applied.done);
    CHECK(applied.result == made.result);
    CHECK(map_holds(applied.map, made.base, applied.result));
  }
}

TEST_CASE("delta: cut or with a byte changed it fails, or gives a result of the declared size") {
  int refused = 0;
  for (std::uint64_t seed = 1; seed <= 8; ++seed) {
    Random random(seed);
    Encoded made = random_delta(random, 300, 6);
    for (std::size_t cut = 0; cut < made.delta.size(); ++cut) {
      CHECK_FALSE(run_delta(made.delta.substr(0, cut), made.base).done);
    }
    for (std::size_t at = 0; at < made.delta.size(); ++at) {
      for (int flip = 1; flip < 256; ++flip) {
        std::string damaged = made.delta;
        damaged[at] = static_cast<char>(damaged[at] ^ flip);
        Applied applied = run_delta(damaged, made.base);
        refused += applied.done ? 0 : 1;
        if (applied.done && !map_holds(applied.map, made.base, applied.result)) FAIL("a false map, seed " << seed);
      }
    }
  }
  CHECK(refused > 1000);
}

}  // namespace
}  // namespace keywake::git::test
