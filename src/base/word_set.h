// A list of words that is fixed when the program is compiled, and the question whether a word is in it: a hash and mostly one comparison,
// however long the list. Ownership: refers to the literals. Thread safety: immutable.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace keywake {

template <std::size_t N>
class WordSet {
 public:
  /// No word is empty.
  consteval explicit WordSet(const std::string_view (&words)[N]) {
    for (std::size_t i = 0; i < N; ++i) {
      words_[i] = words[i];
      std::size_t slot = slot_of(words[i]);
      while (slots_[slot] != kFree) slot = (slot + 1) % kSlots;
      slots_[slot] = static_cast<std::uint16_t>(i);
    }
  }

  [[nodiscard]] constexpr bool contains(std::string_view word) const {
    if (word.empty()) return false;
    for (std::size_t slot = slot_of(word); slots_[slot] != kFree; slot = (slot + 1) % kSlots) {
      if (words_[slots_[slot]] == word) return true;
    }
    return false;
  }

 private:
  static constexpr std::uint16_t kFree = 0xffff;
  static constexpr std::size_t kSlots = std::bit_ceil(2 * N);
  static_assert(N < kFree);

  // Length and three letters tell nearly all words of a list apart.
  static constexpr std::size_t slot_of(std::string_view word) {
    auto byte = [&](std::size_t i) { return std::uint32_t{static_cast<unsigned char>(word[i])}; };
    const std::uint32_t front = static_cast<std::uint32_t>(word.size()) ^ byte(0) << 8 ^ byte(word.size() / 2) << 16 ^ byte(word.size() - 1) << 24;
    return front * 0x9e3779b1 >> (32 - std::bit_width(kSlots - 1));
  }

  static constexpr std::array<std::uint16_t, kSlots> all_free() {
    std::array<std::uint16_t, kSlots> slots{};
    slots.fill(kFree);
    return slots;
  }
  std::array<std::string_view, N> words_{};
  std::array<std::uint16_t, kSlots> slots_ = all_free();
};

}  // namespace keywake
