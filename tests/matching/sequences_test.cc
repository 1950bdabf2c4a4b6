#include "matching/sequences.h"

#include <algorithm>
#include <cstring>
#include <random>
#include <string>

#include "catch.h"
#include "matching/sequence_filter.h"

namespace keywake::matching {
namespace {

// Bytes on a multiple of 8, as SequenceSet wants them.
struct Compiled {
  std::vector<std::uint64_t> words;
  SequenceSet set;

  explicit Compiled(const std::vector<WantedSequence>& wanted) {
    auto bytes = compile_sequences(wanted);
    if (!bytes) FAIL(bytes.error().message);
    REQUIRE(bytes->size() % 8 == 0);
    words.resize(bytes->size() / 8);
    std::memcpy(words.data(), bytes->data(), bytes->size());
    auto loaded = SequenceSet::load(view());
    if (!loaded) FAIL(loaded.error().message);
    set = *loaded;
  }

  std::string_view view() const { return {reinterpret_cast<const char*>(words.data()), words.size() * 8}; }

  std::vector<Hit> find(std::string_view text, HitRange range) const {
    std::vector<Hit> hits;
    set.find(text, range, hits);
    std::sort(hits.begin(), hits.end());
    return hits;
  }
  std::vector<Hit> find(std::string_view text) const { return find(text, {0, static_cast<std::uint32_t>(text.size())}); }
};

// The same, byte by byte.
std::vector<Hit> find_plainly(const std::vector<WantedSequence>& wanted, std::string_view text, HitRange range) {
  std::vector<Hit> hits;
  for (const WantedSequence& sequence : wanted) {
    for (std::size_t begin = 0; begin + sequence.bytes.size() <= text.size(); ++begin) {
      bool stands = true;
      for (std::size_t i = 0; i < sequence.bytes.size() && stands; ++i) stands = sequence.bytes[i].test(static_cast<unsigned char>(text[begin + i]));
      const auto end = static_cast<std::uint32_t>(begin + sequence.bytes.size());
      stands = stands && sequence.after.test(end < text.size() ? static_cast<unsigned char>(text[end]) : 0);
      if (stands && end > range.after && end <= range.last) hits.push_back({end, sequence.expression});
    }
  }
  std::sort(hits.begin(), hits.end());
  return hits;
}

WantedSequence literal(std::string_view text, std::uint32_t expression, bool caseless = false) {
  return {literal_sequence(text, caseless), ByteSet().set(), expression};
}

ByteSet range_of(char first, char last) {
  ByteSet out;
  for (int c = first; c <= last; ++c) out.set(static_cast<std::size_t>(c));
  return out;
}

std::vector<std::string> as_text(std::string_view expression) {
  auto tree = parse_regex(expression);
  REQUIRE(tree);
  std::vector<std::string> out;
  for (const Sequence& sequence : sequences_of(*tree)) {
    std::string& text = out.emplace_back();
    for (const ByteSet& bytes : sequence) {
      std::size_t c = 0;
      while (!bytes.test(c)) ++c;
      text += bytes.count() == 1 ? static_cast<char>(c) : '.';
    }
  }
  return out;
}

TEST_CASE("Sequences are found wherever they stand, and at the text's edges") {
  std::vector<WantedSequence> wanted{literal("ghp_", 0), literal("xoxb-", 1), literal("toKen", 2, true), literal("sk_", 3), literal("-----BEGIN PRIVATE KEY-----", 4)};
  Compiled compiled(wanted);
  for (std::string_view text : {"ghp_", "xoxb-", "TOKEN", "token", "sk_", "-----BEGIN PRIVATE KEY-----"}) {
    for (std::size_t before = 0; before < 200; ++before) {
      for (std::size_t behind : {0, 1, 2, 7, 31, 64, 100, 9000}) {
        const std::string whole = std::string(before, 'x') + std::string(text) + std::string(behind, 'y');
        INFO(text << " after " << before << ", before " << behind);
        const std::vector<Hit> hits = compiled.find(whole);
        REQUIRE(hits.size() == 1);
        CHECK(hits[0].end == before + text.size());
      }
    }
  }
  CHECK(compiled.find("").empty());
  CHECK(compiled.find("gh").empty());
  CHECK(compiled.find("GHP_").empty());
  CHECK(SequenceSet().empty());
}

TEST_CASE("What must follow a sequence, must follow it") {
  std::vector<WantedSequence> wanted{{literal_sequence("fc-", false), range_of('0', '9'), 7}};
  Compiled compiled(wanted);
  for (std::string_view lead : {"", "a", "ab"}) {
    CHECK(compiled.find(std::string(lead) + "fc-1").size() == 1);
    CHECK(compiled.find(std::string(lead) + "fc-").empty());
    CHECK(compiled.find(std::string(lead) + "fc-x").empty());
  }
}

TEST_CASE("Sequences are found as a search byte by byte finds them") {
  std::mt19937_64 random(20261122);
  auto below = [&](std::size_t limit) { return static_cast<std::size_t>(random() % limit); };
  constexpr std::string_view kAlphabet = "abAB01_-=: \n";  // few, so that there are many hits
  auto random_text = [&](std::size_t size) {
    std::string out;
    while (out.size() < size) out += kAlphabet[below(kAlphabet.size())];
    return out;
  };
  for (int round = 0; round < 60; ++round) {
    std::vector<WantedSequence> wanted;
    const std::size_t count = 1 + below(40);
    while (wanted.size() < count) {
      WantedSequence sequence = literal(random_text(3 + below(12)), static_cast<std::uint32_t>(wanted.size()), below(2) == 0);
      if (below(3) == 0) sequence.bytes[below(sequence.bytes.size())] = range_of('a', 'z');
      if (below(4) == 0) sequence.after = range_of('0', 'a');
      if (findable(sequence)) wanted.push_back(sequence);
    }
    Compiled compiled(wanted);
    for (std::size_t size : {std::size_t{5}, std::size_t{40}, std::size_t{95}, std::size_t{96}, std::size_t{97}, 100 + below(500), 8190 + below(600)}) {
      const std::string text = random_text(size);
      CHECK(compiled.find(text) == find_plainly(wanted, text, {0, static_cast<std::uint32_t>(text.size())}));
      HitRange range{static_cast<std::uint32_t>(below(size)), static_cast<std::uint32_t>(below(size + 1))};
      INFO(range.after << " to " << range.last << " of " << size);
      CHECK(compiled.find(text, range) == find_plainly(wanted, text, range));
    }
  }
}

TEST_CASE("Both filters let the same through") {
  std::mt19937_64 random(7);
  std::vector<std::uint32_t> filter(1024);
  for (int i = 0; i < 3000; ++i) {
    const std::uint32_t hash = gram_hash(static_cast<std::uint32_t>(random()));
    filter[hash >> 22] |= filter_bits(hash);
  }
  std::string text(16 * kFilterStep + kFilterSlack, ' ');
  for (char& c : text) c = static_cast<char>(random());
  for (std::size_t size = 0; size <= 16 * kFilterStep; size += kFilterStep) {
    std::vector<std::uint32_t> one(size / 2 + 16);
    std::vector<std::uint32_t> other(one);
    one.resize(filter_grams(text.data(), size, filter.data(), 22, one.data()));
    other.resize(filter_grams_plainly(text.data(), size, filter.data(), 22, other.data()));
    CHECK(one == other);
    if (size == 16 * kFilterStep) CHECK(one.size() > 5);
  }
}

TEST_CASE("Which expressions are sequences") {
  using Texts = std::vector<std::string>;
  CHECK(as_text("key-[0-9a-f]{4}") == Texts{"key-...."});
  CHECK(as_text("\\bsl\\.(?:u\\.)?[a-z]{3}") == Texts{"sl....", "sl.u...."});
  CHECK(as_text("[0-9]{8,10}:AA[a-z]{2,9}") == Texts{"........:AA.."});
  CHECK(as_text("(?:ab|c)d") == Texts{"abd", "cd"});
  CHECK(as_text("a[a-z]{0,200}b").empty());
  CHECK(as_text("[a-z]{0,3}").empty());
  CHECK(as_text("a[a-z]*b").empty());
}

TEST_CASE("What cannot be looked for is refused") {
  CHECK(findable(literal("abc", 0)));
  CHECK_FALSE(findable(literal("", 0)));
  CHECK_FALSE(findable(literal("a", 0)));
  CHECK_FALSE(findable({Sequence(20, ByteSet().set()), ByteSet().set(), 0}));
  CHECK_FALSE(findable(literal(std::string(300, 'a'), 0)));
  std::vector<WantedSequence> wanted{literal("a", 3)};
  CHECK_FALSE(compile_sequences(wanted));
}

TEST_CASE("A table that was not compiled is refused") {
  CHECK_FALSE(SequenceSet::load({}));
  std::vector<std::uint64_t> words(64);
  CHECK_FALSE(SequenceSet::load({reinterpret_cast<const char*>(words.data()), words.size() * 8}));
  std::vector<WantedSequence> wanted{literal("ghp_", 0)};
  Compiled compiled(wanted);
  CHECK(SequenceSet::load(compiled.view()));
  CHECK_FALSE(SequenceSet::load(compiled.view().substr(0, compiled.view().size() - 8)));
  CHECK_FALSE(SequenceSet::load(compiled.view().substr(8)));
}

}  // namespace
}  // namespace keywake::matching
