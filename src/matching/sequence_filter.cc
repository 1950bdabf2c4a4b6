#include "matching/sequence_filter.h"

#include <bit>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

namespace keywake::matching {

static_assert(std::endian::native == std::endian::little, "grams are read as little-endian words");

// No branch depends on the text: a candidate is written anyhow, and counted if it is one.
std::size_t filter_grams_plainly(const char* text, std::size_t size, const std::uint32_t* filter, unsigned shift, std::uint32_t* out) {
  std::uint32_t* const begin = out;
  for (std::size_t at = 0; at < size; at += 8) {
    std::uint64_t low = 0;
    std::uint64_t high = 0;
    std::memcpy(&low, text + at, 8);
    std::memcpy(&high, text + at + 4, 8);
    for (unsigned offset = 0; offset < 8; offset += 2) {
      const std::uint64_t word = offset < 6 ? low >> 8 * offset : high >> 16;
      const std::uint32_t hash = gram_hash(static_cast<std::uint32_t>(word));
      const std::uint32_t bits = filter[hash >> shift];
      *out = static_cast<std::uint32_t>(at + offset);
      out += bits >> (hash >> kFirstBit & 31) & bits >> (hash >> kSecondBit & 31) & 1;
    }
  }
  return static_cast<std::size_t>(out - begin);
}

#if defined(__x86_64__)
namespace {

// gcc takes what its own header leaves undefined for a fault of ours: https://gcc.gnu.org/bugzilla/show_bug.cgi?id=105593
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wuninitialized"
#if !defined(__clang__)
#pragma GCC diagnostic ignored "-Wmaybe-uninitialized"
#endif

// Sixteen grams at once. Where memory is asked sixteen times at once ("gather"), machines without AVX-512 are no faster than the plain way.
__attribute__((target("avx512f,avx512bw"))) std::size_t filter_grams_avx512(const char* text, std::size_t size, const std::uint32_t* filter,
                                                                            unsigned shift, std::uint32_t* out) {
  std::uint32_t* const begin = out;
  const __m512i words = _mm512_setr_epi64(0, 1, 1, 2, 2, 3, 3, 4);
  const __m512i grams = _mm512_broadcast_i32x4(_mm_setr_epi8(0, 1, 2, 3, 2, 3, 4, 5, 4, 5, 6, 7, 6, 7, 8, 9));
  const __m512i factor = _mm512_set1_epi32(static_cast<int>(gram_hash(1)));
  const __m512i ones = _mm512_set1_epi32(1);
  const __m512i low_bits = _mm512_set1_epi32(31);
  const __m128i count = _mm_cvtsi32_si128(static_cast<int>(shift));
  const __m512i evens = _mm512_setr_epi32(0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
  for (std::size_t at = 0; at < size; at += kFilterStep) {
    const __m512i bytes = _mm512_shuffle_epi8(_mm512_permutexvar_epi64(words, _mm512_loadu_si512(text + at)), grams);
    const __m512i hash = _mm512_mullo_epi32(bytes, factor);
    const __m512i found = _mm512_i32gather_epi32(_mm512_srl_epi32(hash, count), filter, 4);
    const __m512i first = _mm512_srlv_epi32(found, _mm512_and_si512(_mm512_srli_epi32(hash, kFirstBit), low_bits));
    const __m512i second = _mm512_srlv_epi32(found, _mm512_and_si512(_mm512_srli_epi32(hash, kSecondBit), low_bits));
    const __mmask16 set = _mm512_test_epi32_mask(_mm512_and_si512(first, second), ones);
    const __m512i offsets = _mm512_add_epi32(_mm512_set1_epi32(static_cast<int>(at)), evens);
    _mm512_storeu_si512(out, _mm512_maskz_compress_epi32(set, offsets));
    out += __builtin_popcount(set);
  }
  return static_cast<std::size_t>(out - begin);
}

#pragma GCC diagnostic pop

}  // namespace
#endif

std::size_t filter_grams(const char* text, std::size_t size, const std::uint32_t* filter, unsigned shift, std::uint32_t* out) {
#if defined(__x86_64__)
  static const bool wide = __builtin_cpu_supports("avx512f") != 0 && __builtin_cpu_supports("avx512bw") != 0;
  if (wide) return filter_grams_avx512(text, size, filter, shift, out);
#endif
  return filter_grams_plainly(text, size, filter, shift, out);
}

}  // namespace keywake::matching
