// qpdf decodes object streams into memory without a limit, so a small file could take all of it. Its decoders can be replaced by name: these are
// qpdf's own, with a count of what comes out. The predictors of PNG (RFC 2083, section 6), which cross-reference streams use, LZW, and the two of text (ISO 32000-1,
// 7.4.2 to 7.4.4) are not offered by qpdf's headers and so stand here. The TIFF predictor, which images alone use, is not undone.
#include "pdf/pdf_internal.h"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <qpdf/Pl_Flate.hh>
#include <qpdf/Pl_RunLength.hh>
#include <qpdf/QPDF.hh>
#include <qpdf/QPDFStreamFilter.hh>
#include <stdexcept>
#include <string_view>
#include <vector>

#include "base/hash.h"

namespace keywake::pdf {
namespace {

constexpr std::size_t kMaxRow = 1u << 20;

thread_local std::size_t budget = 0;
thread_local std::size_t objects = 0;

class Counted : public Pipeline {
 public:
  explicit Counted(Pipeline* next) : Pipeline("counted", next) {}
  void write(unsigned char const* data, std::size_t size) override {
    if (size > budget) throw std::runtime_error("a stream expands too far");
    budget -= size;
    charge_objects(data, size);
    getNext()->write(data, size);
  }
  void finish() override { getNext()->finish(); }
};

class Unpredict : public Pipeline {
 public:
  Unpredict(Pipeline* next, std::size_t row, std::size_t pixel) : Pipeline("unpredict", next), pixel_(pixel), current_(row + 1), above_(row + 1) {}
  void write(unsigned char const* data, std::size_t size) override {
    while (size > 0) {
      const std::size_t part = std::min(size, current_.size() - filled_);
      std::copy_n(data, part, current_.begin() + static_cast<std::ptrdiff_t>(filled_));
      filled_ += part;
      data += part;
      size -= part;
      if (filled_ == current_.size()) put_row();
    }
  }
  void finish() override {
    if (filled_ > 1) {
      std::fill(current_.begin() + static_cast<std::ptrdiff_t>(filled_), current_.end(), 0);
      put_row();
    }
    getNext()->finish();
  }

 private:
  void put_row() {
    const unsigned char type = current_[0];
    for (std::size_t i = 1; i < current_.size(); ++i) {
      const int left = i > pixel_ ? current_[i - pixel_] : 0;
      const int up = above_[i];
      const int corner = i > pixel_ ? above_[i - pixel_] : 0;
      int add = 0;
      if (type == 1) add = left;
      if (type == 2) add = up;
      if (type == 3) add = (left + up) / 2;
      if (type == 4) {
        const int guess = left + up - corner;
        const int to_left = std::abs(guess - left);
        const int to_up = std::abs(guess - up);
        const int to_corner = std::abs(guess - corner);
        add = to_left <= to_up && to_left <= to_corner ? left : to_up <= to_corner ? up : corner;
      }
      current_[i] = static_cast<unsigned char>(current_[i] + add);
    }
    getNext()->write(current_.data() + 1, current_.size() - 1);
    std::swap(current_, above_);
    filled_ = 0;
  }

  std::size_t pixel_;
  std::vector<unsigned char> current_;
  std::vector<unsigned char> above_;
  std::size_t filled_ = 0;
};

// Codes of 9 to 12 bits, most significant bit first. The table holds of each code its last byte and the code before it.
class UnpackLzw : public Pipeline {
 public:
  explicit UnpackLzw(Pipeline* next, bool early) : Pipeline("lzw", next), early_(early ? 1 : 0) {}
  void write(unsigned char const* data, std::size_t size) override {
    for (std::size_t i = 0; i < size && !ended_; ++i) {
      bits_ = bits_ << 8 | data[i];
      held_ += 8;
      if (held_ < width_) continue;
      held_ -= width_;
      take(bits_ >> held_ & ((1u << width_) - 1));
    }
  }
  void finish() override { getNext()->finish(); }

 private:
  static constexpr unsigned kClear = 256, kEnd = 257, kFirst = 258, kMost = 4096;
  struct Entry {
    std::uint16_t before;
    std::uint16_t length;
    unsigned char last, first;
  };

  void take(unsigned code) {
    if (code == kEnd) {
      ended_ = true;
      return;
    }
    if (code == kClear) {
      next_ = kFirst;
      width_ = 9;
      previous_ = kClear;
      return;
    }
    if (code >= kFirst && (code > next_ || (code == next_ && previous_ == kClear) || code >= kMost)) throw std::runtime_error("a code of LZW that was not defined");
    if (previous_ != kClear && next_ < kMost) {
      // A code just being defined stands for the previous one and its own first byte again.
      const unsigned char last = first_of(code == next_ ? previous_ : code);
      table_[next_] = {static_cast<std::uint16_t>(previous_), static_cast<std::uint16_t>(length_of(previous_) + 1), last, first_of(previous_)};
      ++next_;
    }
    if (code >= next_ && code >= kFirst) throw std::runtime_error("a code of LZW that was not defined");
    std::size_t at = length_of(code);
    out_.resize(at);
    unsigned walk = code;
    for (; walk >= kFirst; walk = table_[walk].before) out_[--at] = table_[walk].last;
    out_[0] = static_cast<unsigned char>(walk);
    getNext()->write(out_.data(), out_.size());
    previous_ = code;
    if (next_ + early_ >= 2048) {
      width_ = 12;
    } else if (next_ + early_ >= 1024) {
      width_ = 11;
    } else if (next_ + early_ >= 512) {
      width_ = 10;
    }
  }
  [[nodiscard]] unsigned char first_of(unsigned code) const { return code < 256 ? static_cast<unsigned char>(code) : table_[code].first; }
  [[nodiscard]] std::size_t length_of(unsigned code) const { return code < 256 ? 1 : table_[code].length; }

  const unsigned early_;
  std::vector<Entry> table_ = std::vector<Entry>(kMost);
  std::vector<unsigned char> out_;
  unsigned next_ = kFirst, width_ = 9, previous_ = kClear;
  std::uint32_t bits_ = 0;
  unsigned held_ = 0;
  bool ended_ = false;
};

// ISO 32000-1, 7.4.2.
class UnpackHex : public Pipeline {
 public:
  explicit UnpackHex(Pipeline* next) : Pipeline("hex", next) {}
  void write(unsigned char const* data, std::size_t size) override {
    out_.clear();
    for (std::size_t i = 0; i < size && !ended_; ++i) {
      const int digit = hex_digit(static_cast<char>(data[i]));
      if (data[i] == '>') {
        ended_ = true;
      } else if (digit >= 0) {
        if (half_ >= 0) out_.push_back(static_cast<unsigned char>(half_ << 4 | digit));
        half_ = half_ >= 0 ? -1 : digit;
      }
    }
    if (!out_.empty()) getNext()->write(out_.data(), out_.size());
  }
  void finish() override {
    if (half_ >= 0) {
      const auto last = static_cast<unsigned char>(half_ << 4);
      getNext()->write(&last, 1);
    }
    getNext()->finish();
  }

 private:
  std::vector<unsigned char> out_;
  int half_ = -1;
  bool ended_ = false;
};

// ISO 32000-1, 7.4.3: five digits to the base 85 for four bytes, `z` for four zeros.
class Unpack85 : public Pipeline {
 public:
  explicit Unpack85(Pipeline* next) : Pipeline("base 85", next) {}
  void write(unsigned char const* data, std::size_t size) override {
    out_.clear();
    for (std::size_t i = 0; i < size && !ended_; ++i) {
      const unsigned char c = data[i];
      if (c == '~') {
        ended_ = true;
      } else if (c == 'z' && digits_ == 0) {
        out_.insert(out_.end(), 4, 0);
      } else if (c >= '!' && c <= 'u') {
        value_ = value_ * 85 + (c - '!');
        if (++digits_ == 5) put(4);
      }
    }
    if (!out_.empty()) getNext()->write(out_.data(), out_.size());
  }
  void finish() override {
    if (digits_ > 1) {
      out_.clear();
      const std::size_t bytes = digits_ - 1;
      for (; digits_ < 5; ++digits_) value_ = value_ * 85 + 84;
      put(bytes);
      getNext()->write(out_.data(), out_.size());
    }
    getNext()->finish();
  }

 private:
  void put(std::size_t bytes) {
    for (std::size_t i = 0; i < bytes; ++i) out_.push_back(static_cast<unsigned char>(value_ >> (24 - 8 * i)));
    digits_ = 0;
    value_ = 0;
  }

  std::vector<unsigned char> out_;
  std::uint64_t value_ = 0;
  unsigned digits_ = 0;
  bool ended_ = false;
};

// Flate and LZW, which have the same parameters.
template <bool is_lzw>
class Packed : public QPDFStreamFilter {
 public:
  bool setDecodeParms(QPDFObjectHandle parameters) override {
    if (parameters.isNull()) return true;
    if (!parameters.isDictionary()) return false;
    early_ = number(parameters, "/EarlyChange", 1) != 0;
    const long long predictor = number(parameters, "/Predictor", 1);
    if (predictor == 1) return true;
    const long long colors = number(parameters, "/Colors", 1);
    const long long bits = number(parameters, "/BitsPerComponent", 8);
    const long long columns = number(parameters, "/Columns", 1);
    if (predictor < 10 || predictor > 15 || colors < 1 || colors > 32 || bits < 1 || bits > 16 || columns < 1 || columns > static_cast<long long>(kMaxRow)) return false;
    row_ = static_cast<std::size_t>((columns * colors * bits + 7) / 8);
    pixel_ = static_cast<std::size_t>(std::max<long long>(1, colors * bits / 8));
    return row_ <= kMaxRow;
  }
  Pipeline* getDecodePipeline(Pipeline* next) override {
    if (row_ > 0) {
      unpredict_ = std::make_unique<Unpredict>(next, row_, pixel_);
      next = unpredict_.get();
    }
    counted_ = std::make_unique<Counted>(next);
    if constexpr (is_lzw) {
      decoder_ = std::make_unique<UnpackLzw>(counted_.get(), early_);
    } else {
      decoder_ = std::make_unique<Pl_Flate>("flate", counted_.get(), Pl_Flate::a_inflate);
    }
    return decoder_.get();
  }

 private:
  static long long number(QPDFObjectHandle& parameters, const char* key, long long otherwise) {
    QPDFObjectHandle value = parameters.getKey(key);
    return value.isInteger() ? value.getIntValue() : otherwise;
  }

  std::size_t row_ = 0;
  std::size_t pixel_ = 1;
  std::unique_ptr<Unpredict> unpredict_;
  std::unique_ptr<Counted> counted_;
  std::unique_ptr<Pipeline> decoder_;
  bool early_ = true;
};

class RunLength : public QPDFStreamFilter {
 public:
  Pipeline* getDecodePipeline(Pipeline* next) override {
    counted_ = std::make_unique<Counted>(next);
    decoder_ = std::make_unique<Pl_RunLength>("run length", counted_.get(), Pl_RunLength::a_decode);
    return decoder_.get();
  }
  bool isSpecializedCompression() override { return true; }

 private:
  std::unique_ptr<Counted> counted_;
  std::unique_ptr<Pl_RunLength> decoder_;
};

// Those that have no parameters.
template <typename Decoder>
class Written : public QPDFStreamFilter {
 public:
  Pipeline* getDecodePipeline(Pipeline* next) override {
    counted_ = std::make_unique<Counted>(next);
    decoder_ = std::make_unique<Decoder>(counted_.get());
    return decoder_.get();
  }

 private:
  std::unique_ptr<Counted> counted_;
  std::unique_ptr<Decoder> decoder_;
};

}  // namespace

void set_budget(std::size_t bytes) {
  budget = bytes;
}

void set_objects(std::size_t count) {
  objects = count;
}

void charge_objects(const unsigned char* bytes, std::size_t size) {
  static const std::vector<bool> kSeparates = [] {
    std::vector<bool> out(256);
    for (const char c : std::string_view("\0\t\n\f\r []<>()/{}%", 16)) out[static_cast<unsigned char>(c)] = true;
    return out;
  }();
  const auto found = static_cast<std::size_t>(std::count_if(bytes, bytes + size, [](unsigned char c) { return kSeparates[c]; }));
  if (found > objects) throw TooManyObjects();
  objects -= found;
}

void install_filters() {
  static std::once_flag once;
  std::call_once(once, [] {
    QPDF::registerStreamFilter("/FlateDecode", [] { return std::make_shared<Packed<false>>(); });
    QPDF::registerStreamFilter("/RunLengthDecode", [] { return std::make_shared<RunLength>(); });
    QPDF::registerStreamFilter("/LZWDecode", [] { return std::make_shared<Packed<true>>(); });
    QPDF::registerStreamFilter("/ASCIIHexDecode", [] { return std::make_shared<Written<UnpackHex>>(); });
    QPDF::registerStreamFilter("/ASCII85Decode", [] { return std::make_shared<Written<Unpack85>>(); });
  });
}

}  // namespace keywake::pdf
