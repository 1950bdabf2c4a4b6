// Any bytes as a work tree's index: refused with an error, or entries whose paths and numbers can all be read. tests/git has indexes that git
// wrote; here the bytes are hostile. The first byte of an input chooses the hash.
#include <unistd.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "git/index_file.h"

namespace {

using namespace keywake::git;

struct Folder {
  std::filesystem::path path;
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "keywake-index-XXXXXX").string();
    if (::mkdtemp(name.data()) == nullptr) std::abort();
    path = name;
  }
  ~Folder() { std::filesystem::remove_all(path); }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const Folder folder;
  if (size == 0) return 0;
  Repository repository;
  repository.git_dir = repository.common_dir = folder.path;
  repository.hash = (data[0] & 1) != 0 ? HashKind::kSha256 : HashKind::kSha1;
  // One name for all: each run replaces the file, as git does, and maps the new one.
  const std::filesystem::path file = folder.path / "index";
  std::filesystem::remove(file);
  std::ofstream(file, std::ios::binary).write(reinterpret_cast<const char*>(data) + 1, static_cast<std::streamsize>(size - 1));

  auto index = IndexFile::read(repository);
  if (!index) {
    if (index.error().message.empty()) std::abort();
    return 0;
  }
  std::size_t sum = 0;
  for (const IndexEntry& entry : index->entries()) {
    for (char c : entry.path) sum += static_cast<unsigned char>(c);
    sum += entry.oid().bytes[0] + entry.mode() + entry.is_file() + static_cast<unsigned>(entry.stage()) + entry.assume_valid() +
           entry.skip_worktree() + entry.intent_to_add() + entry.size() + entry.inode();
  }
  for (const IndexFile::Folder& noted : index->folders()) {
    if (noted.first_child >= index->folders().size() || noted.next_sibling >= index->folders().size()) std::abort();
    for (char c : noted.name) sum += static_cast<unsigned char>(c);
  }
  [[maybe_unused]] static volatile std::size_t sink;
  sink = sum;
  return 0;
}
