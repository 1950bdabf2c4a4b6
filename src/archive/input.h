// Input: where one layer of an archive reads its bytes from: memory, a stream of the caller's, or a
// member of the layer above.
// Ownership: refers to the bytes or the stream it was made of. Thread safety: one thread at a time.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "archive/expand.h"

namespace keywake::archive {

class Input {
 public:
  virtual ~Input() = default;
  /// Empty at the end. On an error error() is set, or, when the reason was already reported above,
  /// cut().
  virtual std::string_view read() = 0;
  [[nodiscard]] virtual bool can_seek() const { return false; }
  virtual bool seek(std::uint64_t) { return false; }
  [[nodiscard]] virtual std::uint64_t size() const { return 0; }

  /// For the ratio of expansion: the whole size where it is known, else what was read so far.
  [[nodiscard]] virtual std::uint64_t compressed_bytes() const = 0;
  [[nodiscard]] const std::optional<Error>& error() const { return error_; }
  [[nodiscard]] bool cut() const { return cut_; }

 protected:
  std::optional<Error> error_;
  bool cut_ = false;
};

class MemoryInput : public Input {
 public:
  /// `cut_short`: there was more, and why it is missing was reported.
  explicit MemoryInput(std::string_view bytes, bool cut_short = false)
      : bytes_(bytes), cut_short_(cut_short) {}
  std::string_view read() override {
    std::string_view rest = bytes_.substr(at_);
    at_ = bytes_.size();
    cut_ = rest.empty() && cut_short_;
    return rest;
  }
  [[nodiscard]] bool can_seek() const override { return true; }
  bool seek(std::uint64_t offset) override {
    if (offset > bytes_.size()) return false;
    at_ = offset;
    return true;
  }
  [[nodiscard]] std::uint64_t size() const override { return bytes_.size(); }
  [[nodiscard]] std::uint64_t compressed_bytes() const override { return bytes_.size(); }

 private:
  std::string_view bytes_;
  bool cut_short_;
  std::size_t at_ = 0;
};

/// A caller's Stream. The head, which was read to recognise it, comes first once more.
class StreamInput : public Input {
 public:
  StreamInput(const Stream& stream, std::string_view head) : stream_(stream), head_(head) {}
  std::string_view read() override;
  [[nodiscard]] bool can_seek() const override { return static_cast<bool>(stream_.seek); }
  bool seek(std::uint64_t offset) override;
  [[nodiscard]] std::uint64_t size() const override { return stream_.size; }
  [[nodiscard]] std::uint64_t compressed_bytes() const override {
    return stream_.compressed ? stream_.compressed() : can_seek() ? stream_.size : consumed_;
  }

 private:
  const Stream& stream_;
  std::string_view head_;
  std::uint64_t consumed_ = 0;
};

}  // namespace keywake::archive
