// Interner and PathTable: small numbers for lists of words and for paths, so that equal ones are compared by one number.
// Thread safety: as std::unordered_map.
#pragma once

#include <algorithm>
#include <cstdint>
#include <functional>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace keywake::git {

/// Of vectors of plain words without padding.
struct WordsHash {
  template <typename T>
  std::size_t operator()(const std::vector<T>& items) const {
    std::string_view bytes(reinterpret_cast<const char*>(items.data()), items.size() * sizeof(T));
    return std::hash<std::string_view>()(bytes);
  }
};

// Numbers for equal vectors.
template <typename T>
class Interner {
 public:
  std::uint32_t intern(std::vector<T> items) {
    auto [it, added] = index_.try_emplace(std::move(items), static_cast<std::uint32_t>(all_.size()));
    if (added) all_.push_back(&it->first);
    return it->second;
  }
  const std::vector<T>& operator[](std::uint32_t number) const { return *all_[number]; }

 private:
  std::unordered_map<std::vector<T>, std::uint32_t, WordsHash> index_;
  std::vector<const std::vector<T>*> all_;
};

// Paths as numbers: a parent path and a name. Path 0 is the root.
class PathTable {
 public:
  std::uint32_t child(std::uint32_t parent, std::uint32_t name) {
    auto [it, added] = index_.try_emplace(std::uint64_t{parent} << 32 | name,
                                          static_cast<std::uint32_t>(entries_.size()));
    if (added) entries_.push_back({parent, name});
    return it->second;
  }
  [[nodiscard]] std::vector<std::uint32_t> names(std::uint32_t path) const {
    std::vector<std::uint32_t> names;
    for (; path != 0; path = entries_[path].parent) names.push_back(entries_[path].name);
    std::reverse(names.begin(), names.end());
    return names;
  }

 private:
  struct Entry {
    std::uint32_t parent = 0;
    std::uint32_t name = 0;
  };
  std::vector<Entry> entries_{{}};
  std::unordered_map<std::uint64_t, std::uint32_t> index_;
};

}  // namespace keywake::git
