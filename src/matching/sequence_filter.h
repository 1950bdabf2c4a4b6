// The first look at every byte of a scan: which even positions of a text could lie in a sequence that is looked for
// (matching/sequences.cc has the essay). Thread safety: pure functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace keywake::matching {

/// A gram is four bytes, as a little-endian number.
inline constexpr std::size_t kGram = 4;

inline std::uint32_t gram_at(const char* bytes) {
  std::uint32_t gram = 0;
  std::memcpy(&gram, bytes, kGram);
  return gram;
}

/// Fibonacci hashing: Knuth, The Art of Computer Programming, volume 3, section 6.4.
inline std::uint32_t gram_hash(std::uint32_t gram) { return gram * 0x9e3779b1; }

/// A Bloom filter in which both bits of a gram stand in one word (F. Putze, P. Sanders, J. Singler: Cache-, Hash- and Space-Efficient Bloom
/// Filters, 2007): the hash's upper bits choose the word, these the bits.
inline constexpr unsigned kFirstBit = 11;
inline constexpr unsigned kSecondBit = 6;
inline std::uint32_t filter_bits(std::uint32_t hash) { return 1U << (hash >> kFirstBit & 31) | 1U << (hash >> kSecondBit & 31); }

/// How many bytes are looked at in one step, and how many behind a step may be read.
inline constexpr std::size_t kFilterStep = 32;
inline constexpr std::size_t kFilterSlack = 64;

/// Writes the even offsets in [0, size) whose gram is in `filter`, ascending; returns how many. The filter has 2^(32 - shift) words. `size`
/// is a multiple of kFilterStep; the text is readable up to size + kFilterSlack; `out` has room for size / 2 + 16.
std::size_t filter_grams(const char* text, std::size_t size, const std::uint32_t* filter, unsigned shift, std::uint32_t* out);

/// The same, as any machine can do it: for tests, and where there is nothing better.
std::size_t filter_grams_plainly(const char* text, std::size_t size, const std::uint32_t* filter, unsigned shift, std::uint32_t* out);

}  // namespace keywake::matching
