// Example: 16 bytes are 128 bits; with the first four bits of their SHA-256 they are 132, twelve
// words of eleven bits.
#include "base/mnemonic.h"

#include <algorithm>
#include <cstdint>
#include <vector>

#include "base/ascii.h"
#include "base/hash.h"

extern "C" {
extern const char keywake_text_bip39_english[];
extern const char keywake_text_bip39_english_end[];
}

namespace keywake {
namespace {

constexpr std::size_t kBitsOfWord = 11;
constexpr std::size_t kLeastWords = 12;
constexpr std::size_t kMostWords = 24;
constexpr std::size_t kWordsStep = 3;

// Sorted, as the list is.
const std::vector<std::string_view>& words() {
  static const std::vector<std::string_view> list = [] {
    std::string_view text(
        keywake_text_bip39_english,
        static_cast<std::size_t>(keywake_text_bip39_english_end - keywake_text_bip39_english));
    std::vector<std::string_view> made;
    while (!text.empty()) {
      const std::size_t end = std::min(text.find('\n'), text.size());
      if (end > 0) made.push_back(text.substr(0, end));
      text.remove_prefix(std::min(end + 1, text.size()));
    }
    return made;
  }();
  return list;
}

std::optional<unsigned> index_of(std::string_view word) {
  const auto& list = words();
  const auto at = std::lower_bound(list.begin(), list.end(), word);
  if (at == list.end() || *at != word) return std::nullopt;
  return static_cast<unsigned>(at - list.begin());
}

bool bit_of(std::string_view bytes, std::size_t bit) {
  return (static_cast<unsigned char>(bytes[bit / 8]) >> (7 - bit % 8) & 1) != 0;
}

// The entropy and, behind it, its checksum.
std::vector<bool> with_checksum(std::string_view entropy) {
  std::vector<bool> bits;
  for (std::size_t i = 0; i < entropy.size() * 8; ++i) bits.push_back(bit_of(entropy, i));
  const auto digest = sha256(entropy);
  const std::string_view sum(reinterpret_cast<const char*>(digest.data()), digest.size());
  for (std::size_t i = 0; i < entropy.size() / 4; ++i) bits.push_back(bit_of(sum, i));
  return bits;
}

}  // namespace

std::string mnemonic(std::string_view entropy) {
  const std::size_t count = entropy.size() * 3 / 4;
  if (entropy.size() % 4 != 0 || count < kLeastWords || count > kMostWords) return {};
  const std::vector<bool> bits = with_checksum(entropy);
  std::string phrase;
  for (std::size_t word = 0; word < count; ++word) {
    std::size_t index = 0;
    for (std::size_t i = 0; i < kBitsOfWord; ++i)
      index = index << 1 | static_cast<std::size_t>(bits[word * kBitsOfWord + i]);
    if (word > 0) phrase += ' ';
    phrase += words()[index];
  }
  return phrase;
}

bool is_mnemonic(std::string_view text) {
  std::vector<bool> bits;
  std::size_t count = 0;
  for (std::size_t begin = 0; begin < text.size();) {
    if (!is_letter(text[begin])) {
      ++begin;
      continue;
    }
    std::size_t end = begin;
    while (end < text.size() && is_letter(text[end])) ++end;
    const auto index = index_of(lowered(text.substr(begin, end - begin)));
    if (!index || ++count > kMostWords) return false;
    for (std::size_t i = kBitsOfWord; i-- > 0;) bits.push_back((*index >> i & 1) != 0);
    begin = end;
  }
  if (count < kLeastWords || count % kWordsStep != 0) return false;
  std::string entropy(bits.size() * 32 / 33 / 8, '\0');
  for (std::size_t i = 0; i < entropy.size() * 8; ++i) {
    if (bits[i]) entropy[i / 8] = static_cast<char>(entropy[i / 8] | 1 << (7 - i % 8));
  }
  return with_checksum(entropy) == bits;
}

}  // namespace keywake
