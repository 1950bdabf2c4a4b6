// However a file is cut and in whatever parts it comes, its pieces make up the file.
#include "sources/pieces.h"

#include <fmt/format.h>

#include <random>

#include "recorder.h"

using keywake::sources::emit_pieces;
using keywake::sources::kPieceContext;
using keywake::sources::kWholeBytes;
using keywake::sources::PieceWriter;
using testing::Recorder;

namespace {

std::string lines(std::size_t size, unsigned seed) {
  std::mt19937 random(seed);
  std::string out(size, 'x');
  for (std::size_t i = 0; i < size; i += 1 + random() % 200) out[i] = '\n';
  return out;
}

constexpr std::size_t kStep = kWholeBytes - 2 * kPieceContext;

}  // namespace

TEST_CASE("pieces of any size of file fit together") {
  for (std::size_t size :
       {std::size_t{0}, std::size_t{1}, kWholeBytes - 1, kWholeBytes, kWholeBytes + 1,
        kWholeBytes + kStep, kWholeBytes + kStep + 1, 3 * kWholeBytes + 77}) {
    std::string bytes = lines(size, static_cast<unsigned>(size));
    int expected =
        size <= kWholeBytes ? 1 : 1 + static_cast<int>((size - kWholeBytes + kStep - 1) / kStep);
    INFO(size);

    Recorder from_memory;
    emit_pieces("f", bytes, from_memory);
    CHECK(from_memory.faults == "");
    CHECK((from_memory.contents["f"] == bytes));
    CHECK(from_memory.pieces["f"] == expected);

    for (std::size_t part : {std::size_t{1000}, std::size_t{262'144}, std::size_t{20'000'000}}) {
      Recorder in_parts;
      PieceWriter writer(in_parts);
      writer.start("f");
      for (std::size_t at = 0; at < size; at += part)
        writer.append(std::string_view(bytes).substr(at, part));
      writer.finish();
      CHECK(in_parts.faults == "");
      CHECK((in_parts.contents["f"] == bytes));
      CHECK(in_parts.pieces["f"] == expected);
    }
  }
}

TEST_CASE("a line of 100 MB goes through in pieces, with its columns") {
  std::string bytes = "first\n" + std::string(100'000'000, 'y') + "\nlast";
  Recorder got;
  emit_pieces("f", bytes, got);
  CHECK(got.faults == "");
  CHECK((got.contents["f"] == bytes));
  CHECK(got.pieces["f"] == 12);
}

TEST_CASE("UTF-16 that comes in parts is converted, across every kind of cut") {
  std::string text = "\xff\xfe";
  std::string expected;
  std::mt19937 random(1);
  for (int i = 0; i < 9000; ++i) {
    if (random() % 10 == 0) {
      text += std::string("\x3d\xd8\x11\xdd", 4);  // U+1F511
      expected += "\xf0\x9f\x94\x91";
    } else {
      char c = static_cast<char>(' ' + random() % 90);
      text += c;
      text += '\0';
      expected += c;
    }
  }
  PieceWriter* reused = nullptr;
  Recorder got;
  PieceWriter writer(got);
  reused = &writer;
  for (std::size_t part : {1u, 3u, 7u, 4097u, 5000u, 100'000u}) {
    std::string path = fmt::format("f{}", part);
    reused->start(path);
    for (std::size_t at = 0; at < text.size(); at += part)
      reused->append(std::string_view(text).substr(at, part));
    reused->finish();
    CHECK((got.contents[path] == expected));
  }
  CHECK(got.faults == "");
}
