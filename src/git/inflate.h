// zlib streams of known size (libdeflate). Thread safety: one object per thread.
#pragma once

#include <cstddef>
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

  /// A stream of unknown size (a loose object), up to `limit` bytes.
  enum class Outcome { kDone, kDamaged, kTooLarge };
  Outcome inflate_all(std::string_view input, std::size_t limit, std::string& out);

 private:
  void* decompressor_;
};

}  // namespace keywake::git
