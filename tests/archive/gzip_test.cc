// gzip as a stream, and from the middle: what comes out from a point on is what would have come out there anyway.
#include <zlib.h>

#include <algorithm>
#include <functional>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "archive/gzip.h"
#include "catch.h"

namespace keywake::archive {
namespace {

// Words, so that blocks are short and refer to one another.
std::string text_of(unsigned seed, std::size_t size) {
  std::mt19937 random(seed);
  std::vector<std::string> words(2000);
  for (std::string& word : words) {
    for (unsigned i = 0; i < 3 + random() % 9; ++i) word += static_cast<char>('a' + random() % 26);
  }
  std::string out;
  while (out.size() < size) out += words[random() % words.size()] + (random() % 8 == 0 ? "\n" : " ");
  out.resize(size);
  return out;
}

std::string packed(std::string_view bytes, int level = 6, int memory = 8) {
  z_stream zlib{};
  REQUIRE(deflateInit2(&zlib, level, Z_DEFLATED, 31, memory, Z_DEFAULT_STRATEGY) == Z_OK);
  std::string out(deflateBound(&zlib, bytes.size()), '\0');
  zlib.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
  zlib.avail_in = static_cast<uInt>(bytes.size());
  zlib.next_out = reinterpret_cast<Bytef*>(out.data());
  zlib.avail_out = static_cast<uInt>(out.size());
  REQUIRE(deflate(&zlib, Z_FINISH) == Z_STREAM_END);
  out.resize(zlib.total_out);
  deflateEnd(&zlib);
  return out;
}

// In pieces of that size, so that every header and trailer is cut somewhere.
Stream in_pieces(std::string_view bytes, std::size_t size) {
  return {.read = [bytes, size]() mutable -> Result<std::string_view> {
    const std::string_view out = bytes.substr(0, size);
    bytes.remove_prefix(out.size());
    return out;
  }};
}

struct Read {
  std::string bytes;
  std::optional<std::string> error;
};

Read all_of(const Stream& stream, const std::function<void(std::uint64_t)>& so_far = {}) {
  Read out;
  for (;;) {
    auto part = stream.read();
    if (!part) {
      out.error = part.error().message;
      return out;
    }
    if (part->empty()) return out;
    out.bytes += *part;
    if (so_far) so_far(out.bytes.size());
  }
}

TEST_CASE("gzip from any wanted point on is the end of the whole") {
  struct Row {
    std::string name, plain, gzip;
  };
  const std::string one = text_of(1, 9'000'000);
  const std::string two = text_of(2, 7'000'000);
  const Row rows[] = {
      {"one member", one, packed(one)},
      {"fast", one, packed(one, 1)},
      {"stored", one, packed(one, 0)},
      {"two members", one + two, packed(one) + packed(two)},
      {"an empty one between", one + two, packed(one) + packed("") + packed(two)},
  };
  for (const Row& row : rows) {
    for (const std::size_t piece : {std::size_t{1} << 20, std::size_t{4099}}) {
      INFO(row.name << ", in pieces of " << piece);
      GzipPoints points;
      std::uint64_t wanted = 0;
      const Read read = all_of(gunzip(in_pieces(row.gzip, piece), &points), [&](std::uint64_t so_far) {
        if (so_far < wanted + 2'500'000) return;
        wanted = so_far;
        points.pass(wanted);
        points.want(wanted);
      });
      CHECK_FALSE(read.error);
      REQUIRE(read.bytes == row.plain);
      const auto found = points.wanted();
      CHECK(found.size() > 2);
      for (const GzipPoint& point : found) {
        INFO("point at " << point.out << ", bits " << int{point.bits});
        CHECK(point.following == row.gzip.substr(point.in, GzipPoints::kFollowing));
        const std::string_view rest = std::string_view(row.gzip).substr(point.in - (point.bits > 0 ? 1 : 0));
        const Read again = all_of(gunzip_from(in_pieces(rest, piece), point));
        CHECK_FALSE(again.error);
        CHECK((again.bytes == row.plain.substr(point.out)));
      }
    }
  }
}

TEST_CASE("points in what hardly takes any room are followed by the bytes that do follow, or are none") {
  // Some 1 KiB for each MB, in short blocks, so that several points fall into the 4 KiB behind the first.
  std::string plain;
  for (unsigned i = 0; i < 12; ++i) plain += text_of(i, 2'000) + std::string(1'100'000, 'z');
  plain += text_of(99, 3'000'000);
  const std::string gzip = packed(plain, 6, 1);
  for (const std::size_t piece : {std::size_t{1} << 20, std::size_t{1500}}) {
    INFO("in pieces of " << piece);
    GzipPoints points;
    const Read read = all_of(gunzip(in_pieces(gzip, piece), &points), [&](std::uint64_t so_far) {
      points.pass(so_far);
      points.want(so_far);
    });
    REQUIRE(read.bytes == plain);
    const auto found = points.wanted();
    CHECK(found.size() > 2);
    for (const GzipPoint& point : found) CHECK((point.following == gzip.substr(point.in, GzipPoints::kFollowing)));
  }
  // Of zeros alone the bytes behind every point are the same, which are no key.
  const std::string zeros = packed(text_of(1, 3'000'000) + std::string(40'000'000, '\0'));
  GzipPoints points;
  all_of(gunzip(in_pieces(zeros, 65536), &points), [&](std::uint64_t so_far) {
    if (so_far < 8'000'000) return;
    points.pass(so_far);
    points.want(so_far);
  });
  CHECK(points.wanted().empty());
}

TEST_CASE("a wanted point is the last one before") {
  const std::string plain = text_of(3, 12'000'000);
  const std::string gzip = packed(plain);
  GzipPoints points;
  std::vector<std::uint64_t> wanted;
  all_of(gunzip(in_pieces(gzip, 65536), &points), [&](std::uint64_t so_far) {
    // As a reader of tar does, which is behind: what is wanted began some time ago.
    if (so_far < 3'000'000 || so_far % 3'000'000 > 300'000) return;
    const std::uint64_t at = so_far - 700'000;
    points.pass(at);
    points.want(at);
    wanted.push_back(at);
  });
  REQUIRE(wanted.size() > 2);
  const auto found = points.wanted();
  for (const std::uint64_t at : wanted) {
    const bool near = std::any_of(found.begin(), found.end(), [&](const GzipPoint& each) { return each.out <= at && each.out + 2 * GzipPoints::kSpacing > at; });
    INFO(at);
    CHECK(near);
  }
  CHECK(found.size() <= wanted.size());
}

TEST_CASE("gzip that is damaged, cut or followed by something else gives what can be had") {
  const std::string plain = text_of(4, 500'000);
  const std::string gzip = packed(plain);
  const Read cut = all_of(gunzip(in_pieces(gzip.substr(0, gzip.size() / 2), 1000), nullptr));
  CHECK(cut.error == "damaged gzip: it ends early");
  CHECK(plain.starts_with(cut.bytes));
  CHECK(cut.bytes.size() > plain.size() / 3);
  CHECK(all_of(gunzip(in_pieces(gzip.substr(0, gzip.size() - 1), 1000), nullptr)).error == "damaged gzip: it ends early");
  std::string wrong = gzip;
  wrong[gzip.size() - 6] ^= 1;  // the checksum
  const Read read = all_of(gunzip(in_pieces(wrong, 1000), nullptr));
  CHECK(read.error == "damaged gzip: incorrect data check");
  CHECK(read.bytes == plain);
  for (const std::string& behind : {std::string(512, '\0'), std::string("\x1f and so on"), std::string("PK")}) {
    const Read whole = all_of(gunzip(in_pieces(gzip + behind, 70'000), nullptr));
    CHECK_FALSE(whole.error);
    CHECK(whole.bytes == plain);
  }
  CHECK(all_of(gunzip(in_pieces("", 1), nullptr)).error == "damaged gzip: it ends early");
}

}  // namespace
}  // namespace keywake::archive
