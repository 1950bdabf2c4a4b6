// BufferPool: reuse of large buffers within one thread. Buffers above the allocator's mmap threshold would otherwise be mapped,
// faulted in page by page and unmapped for every object of a walk. Sizes are powers of two; the one returned last is
// handed out first, so it is still in the cache.
// Thread safety: one pool per thread; a Buffer may be released in another thread's pool.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <memory>
#include <utility>
#include <vector>

namespace keywake::git {

struct Buffer {
  std::unique_ptr<char[]> data;
  std::size_t capacity = 0;
};

class BufferPool {
 public:
  Buffer take(std::size_t size) {
    std::size_t kind = kind_of(size);
    auto& free = free_[kind];
    if (!free.empty()) {
      Buffer buffer = std::move(free.back());
      free.pop_back();
      held_ -= buffer.capacity;
      return buffer;
    }
    std::size_t capacity = std::size_t{1} << kind;
    return {std::unique_ptr<char[]>(new char[capacity]), capacity};
  }

  void give_back(Buffer buffer) {
    if (buffer.data == nullptr || held_ + buffer.capacity > kMaxHeld) return;
    held_ += buffer.capacity;
    free_[kind_of(buffer.capacity)].push_back(std::move(buffer));
  }

 private:
  static constexpr std::size_t kSmallest = 12;  // 4 KiB
  static constexpr std::size_t kMaxHeld = std::size_t{32} << 20;
  static std::size_t kind_of(std::size_t size) {
    return size <= (std::size_t{1} << kSmallest) ? kSmallest : std::bit_width(size - 1);
  }

  std::array<std::vector<Buffer>, 40> free_;
  std::size_t held_ = 0;
};

}  // namespace keywake::git
