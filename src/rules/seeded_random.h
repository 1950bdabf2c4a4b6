// Random-looking numbers from a text, the same on every machine and in every release: SplitMix64
// (Steele, Lea, Flood: "Fast splittable pseudorandom number generators", OOPSLA 2014), seeded with
// the text's FNV-1a hash. For examples and tests; nothing here is fit for a secret. Thread safety:
// as any value.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace keywake::rules {

class SeededRandom {
 public:
  explicit SeededRandom(std::string_view seed) {
    for (unsigned char c : seed) state_ = (state_ ^ c) * 0x100000001b3ULL;
  }

  std::uint64_t next() {
    state_ += 0x9e3779b97f4a7c15ULL;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31);
  }
  /// A number below `limit`, which is far below 2^64: the bias is not worth a loop.
  std::uint64_t below(std::uint64_t limit) { return next() % limit; }

  std::string pick(std::string_view alphabet, std::size_t length) {
    std::string out;
    for (std::size_t i = 0; i < length; ++i) out += alphabet[below(alphabet.size())];
    return out;
  }
  std::string bytes(std::size_t length) {
    std::string out;
    for (std::size_t i = 0; i < length; ++i) out += static_cast<char>(next() >> 56);
    return out;
  }

 private:
  std::uint64_t state_ = 0xcbf29ce484222325ULL;
};

}  // namespace keywake::rules
