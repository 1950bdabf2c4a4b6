// A base and a delta from any bytes: apply_delta() against a second reading of gitformat-pack(5), written for plainness, and the copy map
// against both texts. The two sizes at the delta's front are mostly made to fit, else nearly all inputs would end there.
#include <fuzzer/FuzzedDataProvider.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <optional>
#include <source_location>
#include <string>
#include <string_view>

#include "git/delta.h"

namespace {

using keywake::CopyMap;
using keywake::CopySpan;

constexpr std::size_t kMaxResult = std::size_t{1} << 20;

void require(bool condition, std::source_location where = std::source_location::current()) {
  if (condition) return;
  std::fprintf(stderr, "line %u does not hold\n", static_cast<unsigned>(where.line()));
  std::abort();
}

class PlainDelta {
 public:
  PlainDelta(std::string_view delta, std::string_view base) : rest_(delta), base_(base) {}

  // The result, or nothing if the delta is not sound or makes more than this.
  std::optional<std::string> result(std::uint64_t limit) {
    std::string made;
    while (!rest_.empty()) {
      unsigned code = next();
      if (code == 0) return std::nullopt;
      if (code < 128) {
        if (rest_.size() < code) return std::nullopt;
        made += rest_.substr(0, code);
        rest_.remove_prefix(code);
      } else {
        std::uint64_t offset = field(code, 0, 4);
        std::uint64_t length = field(code, 4, 3);
        if (cut_) return std::nullopt;
        if (length == 0) length = 65536;
        if (offset + length > base_.size()) return std::nullopt;
        made += base_.substr(offset, length);
      }
      if (made.size() > limit) return std::nullopt;
    }
    return made;
  }

 private:
  unsigned next() {
    if (rest_.empty()) {
      cut_ = true;
      return 0;
    }
    unsigned byte = static_cast<std::uint8_t>(rest_.front());
    rest_.remove_prefix(1);
    return byte;
  }
  std::uint64_t field(unsigned code, int first_bit, int bytes) {
    std::uint64_t value = 0;
    for (int i = 0; i < bytes; ++i) {
      if ((code >> (first_bit + i) & 1) != 0) value += std::uint64_t{next()} << (8 * i);
    }
    return value;
  }
  std::string_view rest_;
  std::string_view base_;
  bool cut_ = false;
};

std::string varint(std::uint64_t value) {
  std::string text;
  for (; value >= 128; value /= 128) text += static_cast<char>(128 + value % 128);
  return text + static_cast<char>(value);
}

void check_map(const CopyMap& map, std::string_view base, std::string_view result) {
  require(map.old_size == base.size() && map.new_size == result.size());
  std::uint64_t at = 0;
  const CopySpan* last = nullptr;
  for (const CopySpan& span : map.spans) {
    require(span.length > 0 && span.target >= at);
    require(std::uint64_t{span.source} + span.length <= base.size());
    at = std::uint64_t{span.target} + span.length;
    require(at <= result.size());
    require(result.substr(span.target, span.length) == base.substr(span.source, span.length));
    bool continues = last != nullptr && last->target + last->length == span.target &&
                     last->source + last->length == span.source;
    require(!continues);
    last = &span;
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  FuzzedDataProvider input(data, size);
  const unsigned mode = input.ConsumeIntegral<std::uint8_t>();
  std::string base = input.ConsumeRandomLengthString(512);
  if ((mode & 1) != 0) {
    while (base.size() < 70'000 && !base.empty()) base += base;  // copies of 64 KiB need room
  }
  const std::uint64_t claimed = input.ConsumeIntegralInRange<std::uint64_t>(0, kMaxResult);
  const std::string body = input.ConsumeRemainingBytesAsString();

  std::string delta = body;
  if ((mode & 2) == 0) {  // sizes that fit
    std::uint64_t result = claimed;
    if ((mode & 4) == 0) {
      if (auto made = PlainDelta(body, base).result(kMaxResult)) result = made->size();
    }
    delta = varint(base.size()) + varint(result) + body;
  }
  auto sizes = keywake::git::delta_sizes(delta);
  if (!sizes || sizes->result > kMaxResult) return 0;
  require(sizes->header <= delta.size());

  const std::unique_ptr<char[]> exact(new char[base.size()]);  // no slack behind it
  base.copy(exact.get(), base.size());
  const std::unique_ptr<char[]> out(new char[sizes->result]);
  CopyMap map;
  const std::string_view exact_base(exact.get(), base.size());
  bool done = keywake::git::apply_delta(delta, *sizes, exact_base, out.get(), &map);
  std::optional<std::string> plain;
  if (sizes->base == base.size()) {
    plain = PlainDelta(std::string_view(delta).substr(sizes->header), base).result(sizes->result);
    if (plain && plain->size() != sizes->result) plain.reset();
  }
  require(done == plain.has_value());
  if (!done) return 0;
  require(*plain == std::string_view(out.get(), sizes->result));
  check_map(map, base, *plain);
  require(keywake::git::apply_delta(delta, *sizes, exact_base, out.get(), nullptr));
  return 0;
}
