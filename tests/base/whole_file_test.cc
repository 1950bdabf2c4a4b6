#include "base/whole_file.h"

#include <sys/stat.h>

#include <cstdlib>
#include <fstream>
#include <iterator>

#include "catch.h"

namespace keywake {
namespace {

namespace fs = std::filesystem;

std::string content(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

TEST_CASE("A file is written whole, in place of what was there, or not at all") {
  std::string name = (fs::temp_directory_path() / "keywake-whole.XXXXXX").string();
  REQUIRE(::mkdtemp(name.data()) != nullptr);
  const fs::path folder = name;
  const std::string large(3 << 20, 'x');
  REQUIRE(write_whole_file(folder / "a", "first", 0644));
  REQUIRE(write_whole_file(folder / "a", large, 0640));
  CHECK(content(folder / "a") == large);
  struct stat status{};
  REQUIRE(::stat((folder / "a").c_str(), &status) == 0);
  CHECK((status.st_mode & 0777) == 0640);

  // A link is replaced, not followed.
  fs::create_symlink(folder / "a", folder / "link");
  REQUIRE(write_whole_file(folder / "link", "second", 0600));
  CHECK_FALSE(fs::is_symlink(folder / "link"));
  CHECK(content(folder / "a") == large);

  const auto nowhere = write_whole_file(folder / "none" / "b", "text", 0600);
  REQUIRE_FALSE(nowhere);
  CHECK(nowhere.error().message.find("none/b: No such file") != std::string::npos);
  fs::create_directory(folder / "c");
  CHECK_FALSE(write_whole_file(folder / "c", "text", 0600));
  CHECK(std::distance(fs::directory_iterator(folder), {}) == 3);  // nothing temporary is left
  fs::remove_all(folder);
}

}  // namespace
}  // namespace keywake
