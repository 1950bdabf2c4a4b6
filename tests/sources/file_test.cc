// Files, archives and pipes, as a user names them.
#include "sources/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <random>
#include <thread>

#include "archive/made_archive.h"
#include "recorder.h"
#include "sources/stdin.h"

using keywake::sources::kWholeBytes;
using keywake::sources::ReadOptions;
using keywake::sources::scan_file;
using keywake::sources::scan_stdin;
using testing::Recorder;
using testing::TemporaryFolder;

namespace {

std::string words(std::size_t size) {
  std::mt19937 random(9);
  std::string out;
  while (out.size() < size) out += std::to_string(random()) + (random() % 5 == 0 ? "\n" : " ");
  out.resize(size);
  return out;
}

// The bytes as standard input of a scan, through a real pipe.
void scan_piped(const std::string& bytes, Recorder& sink, const ReadOptions& options = {}) {
  int ends[2];
  REQUIRE(::pipe(ends) == 0);
  std::thread writer([&] {
    for (std::size_t at = 0; at < bytes.size();) {
      ssize_t put =
          ::write(ends[1], bytes.data() + at, std::min<std::size_t>(bytes.size() - at, 33'333));
      if (put <= 0) break;
      at += static_cast<std::size_t>(put);
    }
    ::close(ends[1]);
  });
  scan_stdin("-", options, sink, ends[0]);
  ::close(ends[0]);
  writer.join();
}

}  // namespace

TEST_CASE("a file of any size comes whole") {
  TemporaryFolder folder;
  for (std::size_t size : {std::size_t{0}, std::size_t{100}, kWholeBytes - 1, kWholeBytes,
                           kWholeBytes + 1, std::size_t{18'000'000}}) {
    std::string bytes = words(size);
    folder.write("file", bytes);
    Recorder sink;
    REQUIRE(scan_file(folder.path() / "file", "name", {}, sink));
    INFO(size);
    CHECK(sink.faults == "");
    CHECK((sink.contents["name"] == bytes));
    CHECK(sink.files == 1);
    CHECK(sink.bytes == size);
    CHECK(sink.skips.empty());
    Recorder piped;
    scan_piped(bytes, piped);
    CHECK(piped.faults == "");
    CHECK((piped.contents["-"] == bytes));
  }
}

TEST_CASE("a file of 100 MB without a line end takes no more memory than one of 9 MB") {
  TemporaryFolder folder;
  folder.write("line", "");
  testing::fs::resize_file(folder.path() / "line", 100'000'000);  // NULs, without taking disk
  Recorder sink;
  std::size_t largest = 0;
  sink.on_piece = [&](const testing::Piece& piece) {
    largest = std::max(largest, piece.bytes.size());
  };
  REQUIRE(scan_file(folder.path() / "line", "line", {}, sink));
  CHECK(sink.contents["line"].size() == 100'000'000);
  CHECK(sink.faults == "");
  CHECK(largest == kWholeBytes);
}

TEST_CASE("UTF-16 files come as UTF-8, small and large") {
  TemporaryFolder folder;
  for (std::size_t size : {std::size_t{1000}, std::size_t{12'000'000}}) {
    std::string text = words(size);
    std::string wide = "\xff\xfe";
    for (char c : text) wide += std::string{c, '\0'};
    folder.write("wide.reg", wide);
    Recorder sink;
    REQUIRE(scan_file(folder.path() / "wide.reg", "w", {}, sink));
    CHECK((sink.contents["w"] == text));
    CHECK(sink.faults == "");
    CHECK(sink.bytes == wide.size());
    Recorder piped;
    scan_piped(wide, piped);
    CHECK((piped.contents["-"] == text));
  }
}

TEST_CASE("files above the limit are left out and named") {
  TemporaryFolder folder;
  ReadOptions options;
  for (auto [size, limit] : std::vector<std::pair<std::size_t, std::uint64_t>>{
           {1001, 1000}, {20'000'000, 1000}, {20'000'000, 10'000'000}}) {
    folder.write("big", std::string(size, 'b'));
    options.max_file_size = limit;
    Recorder sink;
    REQUIRE(scan_file(folder.path() / "big", "big", options, sink));
    CHECK(sink.contents.empty());
    CHECK(sink.reason("big") == "larger than --max-file-size");
    Recorder piped;
    scan_piped(std::string(size, 'b'), piped, options);  // a pipe has no limit
    CHECK(piped.contents["-"].size() == size);
    CHECK(piped.skips.empty());
  }
}

TEST_CASE("archives are expanded; their own bytes come too only where they may hold more") {
  TemporaryFolder folder;
  std::vector<made::File> files{{"a/one.txt", "first"}, {"two.txt", words(100'000)}};
  struct Case {
    std::string name;
    std::string bytes;
    bool raw_too;
  };
  for (const Case& c :
       std::vector<Case>{{"x.tar", made::archive({"pax"}, files), false},
                         {"x.tar.gz", made::archive({"pax", "gzip"}, files), false},
                         {"x.zip", made::archive({"zip"}, files), true},
                         {"x.7z", made::archive({"7zip"}, files), true},
                         {"half.tar", made::archive({"pax"}, files).substr(0, 50'000), true}}) {
    folder.write(c.name, c.bytes);
    Recorder sink;
    REQUIRE(scan_file(folder.path() / c.name, c.name, {}, sink));
    INFO(c.name);
    CHECK(sink.faults == "");
    if (c.name != "half.tar") CHECK((sink.contents[c.name + "!/two.txt"] == files[1].bytes));
    CHECK(sink.contents[c.name + "!/a/one.txt"] == "first");
    CHECK((sink.contents.count(c.name) == 1) == c.raw_too);
    CHECK(sink.skips.size() == (c.name == "half.tar" ? 1 : 0));

    Recorder piped;
    scan_piped(c.bytes, piped);
    CHECK(piped.contents["-!/a/one.txt"] == "first");
    CHECK((piped.contents.count("-") == 1) == c.raw_too);

    ReadOptions plain;
    plain.expand_archives = false;
    Recorder not_expanded;
    REQUIRE(scan_file(folder.path() / c.name, c.name, plain, not_expanded));
    CHECK((not_expanded.contents == std::map<std::string, std::string>{{c.name, c.bytes}}));
  }
}

TEST_CASE("large archives are streamed") {
  TemporaryFolder folder;
  std::string noise(12'000'000, '\0');
  std::mt19937 random(4);
  for (char& c : noise) c = static_cast<char>(random());
  std::string wide = "\xff\xfe";
  for (char c : words(9'000'000)) wide += std::string{c, '\0'};
  std::vector<made::File> files{{"noise", noise}, {"small", "s"}, {"wide", wide}};
  for (made::Recipe recipe : {made::Recipe{"pax"},
                              {"zip", "", "zip:compression=store"},
                              {"7zip", "", "7zip:compression=store"}}) {
    const std::string& format = recipe.format;
    std::string bytes = made::archive(recipe, files);
    folder.write("large", bytes);
    Recorder sink;
    REQUIRE(scan_file(folder.path() / "large", "large", {}, sink));
    INFO(format);
    CHECK(sink.faults == "");
    CHECK((sink.contents["large!/noise"] == noise));
    CHECK(sink.contents["large!/small"] == "s");
    CHECK((sink.contents["large!/wide"] == words(9'000'000)));
    CHECK(sink.skips.empty());
    CHECK((sink.contents.count("large") == 0 || sink.contents["large"] == bytes));
    CHECK((sink.contents.count("large") == 0) == (format == "pax"));
  }
  // On a pipe, past what is held in memory: the tar streams on, and so does what follows a break.
  std::string half = made::archive({"pax"}, {{"noise", noise},
                                             {"n2", noise},
                                             {"n3", noise},
                                             {"n4", noise},
                                             {"n5", noise},
                                             {"n6", noise}});
  REQUIRE(half.size() > (65u << 20));
  Recorder piped;
  scan_piped(half, piped);
  CHECK(piped.contents.size() == 6);
  CHECK((piped.contents["-!/n6"] == noise));
  CHECK(piped.skips.empty());
}

TEST_CASE("exclude holds inside archives, and a member's limit is the file's") {
  TemporaryFolder folder;
  folder.write("a.zip", made::archive({"zip"}, {{"lib/x.min.js", "no"},
                                                {"lib/x.js", "yes"},
                                                {"big", std::string(5000, 'b')}}));
  ReadOptions options;
  options.exclude = {"*.min.js"};
  options.max_file_size = 4000;
  Recorder sink;
  REQUIRE(scan_file(folder.path() / "a.zip", "a.zip", options, sink));
  CHECK(sink.paths() == std::vector<std::string>{"a.zip", "a.zip!/lib/x.js"});
  CHECK(sink.reason("a.zip!/big") == "archive member larger than 3.9 KiB");
}

TEST_CASE("what the user names is followed, or refused with a reason") {
  TemporaryFolder folder;
  folder.write("file", "text");
  Recorder sink;
  testing::fs::create_symlink("file", folder.path() / "link");
  REQUIRE(scan_file(folder.path() / "link", "link", {}, sink));
  CHECK(sink.contents["link"] == "text");

  auto missing = scan_file(folder.path() / "no\nfile", "x", {}, sink);
  REQUIRE_FALSE(missing);
  CHECK(missing.error().message ==
        (folder.path() / "no\\nfile").string() + ": cannot be opened: No such file or directory");
  auto directory = scan_file(folder.path(), "x", {}, sink);
  REQUIRE_FALSE(directory);
  CHECK(directory.error().message.ends_with(": is a folder"));

  REQUIRE(::mkfifo((folder.path() / "pipe").c_str(), 0600) == 0);
  std::thread writer([&] { std::ofstream(folder.path() / "pipe") << "through a pipe"; });
  REQUIRE(scan_file(folder.path() / "pipe", "pipe", {}, sink));
  writer.join();
  CHECK(sink.contents["pipe"] == "through a pipe");
}

TEST_CASE("a file that shrinks or grows while it is read") {
  TemporaryFolder folder;
  folder.write("file", std::string(30'000'000, 'a'));
  Recorder sink;
  bool done = false;
  sink.on_piece = [&](const testing::Piece& piece) {
    if (piece.first && !done) testing::fs::resize_file(folder.path() / "file", 1000);
    done = true;
  };
  REQUIRE(scan_file(folder.path() / "file", "file", {}, sink));
  CHECK(sink.faults == "");
  CHECK(sink.contents["file"].size() < 30'000'000);
  CHECK(sink.contents["file"].size() >= kWholeBytes);

  folder.write("file", std::string(20'000'000, 'a'));
  ReadOptions options;
  options.max_file_size = 21'000'000;
  Recorder growing;
  growing.on_piece = [&](const testing::Piece&) {
    std::ofstream(folder.path() / "file", std::ios::app) << std::string(3'000'000, 'b');
  };
  REQUIRE(scan_file(folder.path() / "file", "file", options, growing));
  CHECK(growing.faults == "");
  CHECK(growing.reason("file") == "larger than --max-file-size");
  CHECK(growing.contents["file"].size() <= 21'000'000);
}
