// Layer: one archive or compressed stream opened with libarchive, as one kind and no other; a layer
// inside another reads from a member of it. All of libarchive's interface that keywake uses is
// behind this class.
// Ownership: holds the libarchive handle and refers to the Input, which must outlive it.
// Thread safety: one thread at a time.
#pragma once

#include <cstdint>
#include <exception>
#include <optional>
#include <string>
#include <string_view>

#include "archive/input.h"
#include "archive/magic.h"

struct archive;
struct archive_entry;

namespace keywake::archive {

class Layer {
 public:
  Layer(Input& input, Kind kind);
  Layer(const Layer&) = delete;
  Layer& operator=(const Layer&) = delete;
  ~Layer();

  enum class Next : std::uint8_t { kEntry, kEnd, kBroken };
  /// Goes to the next entry; kBroken: there is no way on, and error() says why.
  Next next();

  // The entry that next() went to.
  [[nodiscard]] std::string path() const;
  [[nodiscard]] bool is_file() const;
  [[nodiscard]] Entry entry() const;
  [[nodiscard]] bool is_encrypted() const;
  [[nodiscard]] std::optional<std::uint64_t> stated_size() const;
  /// Whether passing over the rest of the entry costs no decompression.
  [[nodiscard]] bool skips_for_free() const;

  /// The next bytes of the entry, valid until the next call; empty at its end, and when it is
  /// broken there: then entry_broken() until the next entry. Holes of sparse files read as zeros.
  std::string_view read();
  [[nodiscard]] bool entry_broken() const { return entry_broken_; }
  /// It ended without an error before its stated size: it goes on in another part of a split
  /// archive.
  [[nodiscard]] bool ended_early() const;

  [[nodiscard]] Kind kind() const { return kind_; }
  [[nodiscard]] const Input& input() const { return input_; }
  /// libarchive's words, made printable.
  [[nodiscard]] std::string error() const;
  /// Whether it broke because even its directory is encrypted.
  [[nodiscard]] bool all_encrypted() const;
  /// Of a compressed stream, after its end: whether something else follows it in the input, of which a part is read.
  bool has_rest();
  /// After the end: what follows in the input, as Input::read(). Whatever read() gave is gone.
  std::string_view read_rest();
  /// How far into the input it has come.
  [[nodiscard]] std::uint64_t position() const;

 private:
  friend struct Callbacks;
  void read_block();
  void rethrow();

  Input& input_;
  Kind kind_;
  struct ::archive* handle_ = nullptr;
  struct ::archive_entry* entry_ = nullptr;
  bool opened_ = false;
  bool entry_broken_ = false;
  bool entry_done_ = false;
  std::uint64_t input_offset_ = 0;  // where the next read of the input begins
  std::string_view input_block_;    // what the last one gave
  std::uint64_t entry_offset_ = 0;  // how much of the entry was handed out
  std::uint64_t hole_ = 0;          // zeros to hand out before block_
  std::string_view block_;
  std::exception_ptr thrown_;  // in a callback, on its way through libarchive
};

/// While it lives, this thread's character type is UTF-8, so that libarchive converts member names
/// to UTF-8 and keeps what it cannot convert, whatever the user's locale is.
class Utf8Names {
 public:
  Utf8Names();
  ~Utf8Names();
  Utf8Names(const Utf8Names&) = delete;
  Utf8Names& operator=(const Utf8Names&) = delete;

 private:
  void* previous_;
};

}  // namespace keywake::archive
