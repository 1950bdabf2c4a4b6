// zlib streams of known size (libdeflate). Thread safety: one object per thread.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace keywake::git {

class Inflater {
 public:
  Inflater();
  ~Inflater();
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;

  /// Inflates one zlib stream at the front of `input` to exactly `size` bytes at `out`. Returns the bytes of input that it
  /// took; absent if the stream is damaged, cut off, or of another size.
  std::optional<std::size_t> inflate(std::string_view input, char* out, std::size_t size);

  /// Whether a stream of so many bytes may hold so many: deflate codes at most 258 bytes in two bits. To be asked before room is
  /// made for what a header claims.
  static bool could_hold(std::size_t stream, std::uint64_t size) {
    return size / kMaxRatio <= stream;
  }

  /// A stream of unknown size (a loose object), up to `limit` bytes.
  enum class Outcome { kDone, kDamaged, kTooLarge };
  Outcome inflate_all(std::string_view input, std::size_t limit, std::string& out);

 private:
  static constexpr std::uint64_t kMaxRatio = 258 * 8 / 2;
  void* decompressor_;
};

}  // namespace keywake::git
