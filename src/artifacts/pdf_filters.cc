// qpdf decodes object streams into memory without a limit, so a small file could take all of it. Its decoders can be replaced by name: these are
// qpdf's own, with a count of what comes out. The predictors of PNG (RFC 2083, section 6), which cross-reference streams use, are not offered by
// qpdf's headers and so stand here. LZW is not decoded.
#include "artifacts/pdf_internal.h"

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
#include <vector>

namespace keywake::artifacts {
namespace {

constexpr std::size_t kMaxRow = 1u << 20;

thread_local std::size_t budget = 0;

class Counted : public Pipeline {
 public:
  explicit Counted(Pipeline* next) : Pipeline("counted", next) {}
  void write(unsigned char const* data, std::size_t size) override {
    if (size > budget) throw std::runtime_error("a stream expands too far");
    budget -= size;
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

class Flate : public QPDFStreamFilter {
 public:
  bool setDecodeParms(QPDFObjectHandle parameters) override {
    if (parameters.isNull()) return true;
    if (!parameters.isDictionary()) return false;
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
    flate_ = std::make_unique<Pl_Flate>("flate", counted_.get(), Pl_Flate::a_inflate);
    return flate_.get();
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
  std::unique_ptr<Pl_Flate> flate_;
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

class NotDecoded : public QPDFStreamFilter {
 public:
  bool setDecodeParms(QPDFObjectHandle) override { return false; }
  Pipeline* getDecodePipeline(Pipeline* next) override { return next; }
};

}  // namespace

void set_pdf_budget(std::size_t bytes) {
  budget = bytes;
}

void install_pdf_filters() {
  static std::once_flag once;
  std::call_once(once, [] {
    QPDF::registerStreamFilter("/FlateDecode", [] { return std::make_shared<Flate>(); });
    QPDF::registerStreamFilter("/RunLengthDecode", [] { return std::make_shared<RunLength>(); });
    QPDF::registerStreamFilter("/LZWDecode", [] { return std::make_shared<NotDecoded>(); });
  });
}

}  // namespace keywake::artifacts
