#include "images/layer_entries.h"

#include <algorithm>
#include <cstring>
#include <functional>

namespace keywake::images {
namespace {

constexpr std::string_view kWhiteout = ".wh.";
constexpr std::string_view kOpaque = ".wh..wh..opq";

std::uint64_t hash(std::string_view path) { return std::hash<std::string_view>()(path); }

bool has(const std::vector<std::uint64_t>& sorted, std::string_view path) { return std::binary_search(sorted.begin(), sorted.end(), hash(path)); }

void sort(std::vector<std::uint64_t>& hashes) {
  std::sort(hashes.begin(), hashes.end());
  hashes.erase(std::unique(hashes.begin(), hashes.end()), hashes.end());
  hashes.shrink_to_fit();
}

}  // namespace

std::string path_in_image(std::string_view path) {
  std::string out;
  while (!path.empty()) {
    const std::size_t slash = path.find('/');
    const std::string_view part = path.substr(0, slash);
    if (part == "..") {
      out.resize(out.empty() ? 0 : out.rfind('/'));
    } else if (!part.empty() && part != ".") {
      out.append("/").append(part);
    }
    path.remove_prefix(slash == std::string_view::npos ? path.size() : slash + 1);
  }
  return out.empty() ? "/" : out;
}

void LayerEntries::add(const archive::Entry& entry) {
  const std::string path = path_in_image(entry.path);
  if (path == "/") return;
  const std::size_t slash = path.rfind('/');
  const std::string_view name = std::string_view(path).substr(slash + 1);
  if (name == kOpaque) {
    below_.push_back(hash(slash == 0 ? "/" : std::string_view(path).substr(0, slash)));
    return;
  }
  if (name.starts_with(kWhiteout)) {
    const std::string_view gone = name.substr(kWhiteout.size());
    // ".wh..", ".wh..." would take away the folder itself or the one above; ".wh..wh.…" are notes of aufs to itself.
    if (gone.empty() || gone == "." || gone == ".." || gone.starts_with(kWhiteout)) return;
    const std::uint64_t key = hash(path.substr(0, slash + 1).append(gone));
    itself_.push_back(key);
    below_.push_back(key);
    return;
  }
  itself_.push_back(hash(path));
  if (entry.type != archive::Entry::Type::kFolder) below_.push_back(itself_.back());
}

void LayerEntries::seal() {
  sort(itself_);
  sort(below_);
}

bool LayerEntries::removes(std::string_view path) const {
  if (has(itself_, path)) return true;
  for (std::size_t slash = path.rfind('/'); slash != std::string_view::npos && slash > 0; slash = path.rfind('/', slash - 1)) {
    if (has(below_, path.substr(0, slash))) return true;
  }
  return has(below_, "/");
}

// Two counts, then the hashes.
std::string LayerEntries::to_bytes() const {
  const std::uint64_t counts[] = {itself_.size(), below_.size()};
  std::string out(reinterpret_cast<const char*>(counts), sizeof counts);
  for (const auto* hashes : {&itself_, &below_}) out.append(reinterpret_cast<const char*>(hashes->data()), hashes->size() * sizeof(std::uint64_t));
  return out;
}

std::optional<LayerEntries> LayerEntries::from_bytes(std::string_view bytes) {
  std::uint64_t counts[2];
  if (bytes.size() < sizeof counts) return std::nullopt;
  std::memcpy(counts, bytes.data(), sizeof counts);
  bytes.remove_prefix(sizeof counts);
  const std::uint64_t most = bytes.size() / sizeof(std::uint64_t);
  if (counts[0] > most || counts[1] > most || (counts[0] + counts[1]) * sizeof(std::uint64_t) != bytes.size()) return std::nullopt;
  LayerEntries out;
  out.itself_.resize(counts[0]);
  out.below_.resize(counts[1]);
  for (auto* hashes : {&out.itself_, &out.below_}) {
    const std::size_t size = hashes->size() * sizeof(std::uint64_t);
    if (size > 0) std::memcpy(hashes->data(), bytes.data(), size);
    bytes.remove_prefix(size);
  }
  return out;
}

}  // namespace keywake::images
