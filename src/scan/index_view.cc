#include "scan/index_view.h"

#include <memory>
#include <set>
#include <unordered_map>
#include <unordered_set>

namespace keywake::scan {
namespace {

struct Known {
  std::uint32_t size = 0;
  std::uint32_t mtime_seconds = 0;
  std::uint32_t mtime_nanoseconds = 0;
  std::uint32_t inode = 0;
};

}  // namespace

KnownFile unchanged_files(const git::Repository& repository, const git::IndexFile& index,
                          const std::function<bool(const git::Oid&)>& stored) {
  struct stat index_info {};
  if (::stat((repository.git_dir / "index").c_str(), &index_info) != 0) return {};
  auto files = std::make_shared<std::unordered_map<std::string, Known>>();
  for (const git::IndexEntry& entry : index.entries()) {
    if (entry.mode() >> 12 != 010 || entry.stage() != 0 || entry.intent_to_add() || entry.mtime_seconds() == 0) continue;
    auto index_time = std::pair(static_cast<std::uint32_t>(index_info.st_mtim.tv_sec),
                                static_cast<std::uint32_t>(index_info.st_mtim.tv_nsec));
    if (std::pair(entry.mtime_seconds(), entry.mtime_nanoseconds()) >= index_time || !stored(entry.oid())) continue;
    files->emplace(std::string(entry.path),
                   Known{entry.size(), entry.mtime_seconds(), entry.mtime_nanoseconds(), entry.inode()});
  }
  return [files](std::string_view path, const struct stat& info) {
    auto it = files->find(std::string(path));
    if (it == files->end()) return false;
    const Known& known = it->second;
    return known.size == static_cast<std::uint32_t>(info.st_size) &&
           known.mtime_seconds == static_cast<std::uint32_t>(info.st_mtim.tv_sec) &&
           known.mtime_nanoseconds == static_cast<std::uint32_t>(info.st_mtim.tv_nsec) &&
           known.inode == static_cast<std::uint32_t>(info.st_ino);
  };
}

std::vector<git::Appearance> staged_appearances(const git::IndexFile& index, const matching::ValueTable& values,
                                                const FindingsByBlob& findings,
                                                std::vector<git::Appearance>& appearances) {
  std::set<std::pair<std::string_view, std::uint32_t>> at_tip;
  for (const git::Appearance& appearance : appearances) {
    if (appearance.at_tip) at_tip.emplace(appearance.path, appearance.value);
  }
  std::vector<git::Appearance> staged;
  std::unordered_set<git::Oid> placed;
  for (const git::IndexEntry& entry : index.entries()) {
    auto found = findings.find(entry.oid());
    if (found == findings.end() || !entry.is_file()) continue;
    placed.insert(entry.oid());
    for (std::uint32_t value : found->second.credentials(values)) {
      if (at_tip.contains({entry.path, value})) continue;
      git::Appearance appearance;
      appearance.value = value;
      appearance.path = entry.path;
      appearance.blob = entry.oid();
      staged.push_back(std::move(appearance));
    }
  }
  std::erase_if(appearances, [&](const git::Appearance& appearance) {
    return appearance.commit.is_null() && placed.contains(appearance.blob);
  });
  return staged;
}

}  // namespace keywake::scan
