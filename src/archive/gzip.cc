#include "archive/gzip.h"

#include <fmt/format.h>
#include <zlib.h>

#include <algorithm>
#include <array>
#include <functional>
#include <iterator>
#include <memory>
#include <new>
#include <numeric>
#include <optional>
#include <utility>

namespace keywake::archive {
namespace {

constexpr std::size_t kBuffer = 256 << 10;
constexpr std::size_t kWindow = 32 << 10;
constexpr int kWithHeader = 31;  // inflateInit2(): the largest window, and gzip's header and trailer around the deflate stream
constexpr int kRaw = -15;        // the deflate stream alone
constexpr std::uint64_t kTrailer = 8;
constexpr std::string_view kMagic = "\x1f\x8b\x08";

class Gunzip {
 public:
  explicit Gunzip(Stream compressed, GzipPoints* points) : compressed_(std::move(compressed)), points_(points) { begin(kWithHeader); }

  Gunzip(Stream compressed, const GzipPoint& point) : compressed_(std::move(compressed)), raw_(true) {
    begin(kRaw);
    if (point.bits > 0) {
      if (!fill()) return;
      inflatePrime(&zlib_, point.bits, *zlib_.next_in >> (8 - point.bits));
      ++zlib_.next_in;
      --zlib_.avail_in;
    }
    inflateSetDictionary(&zlib_, reinterpret_cast<const Bytef*>(point.window.data()), static_cast<uInt>(point.window.size()));
  }
  Gunzip(const Gunzip&) = delete;
  Gunzip& operator=(const Gunzip&) = delete;
  ~Gunzip() { inflateEnd(&zlib_); }

  Result<std::string_view> read() {
    zlib_.next_out = reinterpret_cast<Bytef*>(buffer_.get());
    zlib_.avail_out = kBuffer;
    while (zlib_.avail_out > 0 && !done_ && step()) {
    }
    const std::size_t size = kBuffer - zlib_.avail_out;
    if (size == 0 && error_) return std::unexpected(*error_);
    return std::string_view(buffer_.get(), size);
  }

  [[nodiscard]] std::uint64_t compressed_bytes() const { return in_; }

 private:
  void begin(int window_bits) {
    if (inflateInit2(&zlib_, window_bits) != Z_OK) throw std::bad_alloc();
  }

  bool stop(std::optional<Error> error = std::nullopt) {
    error_ = std::move(error);
    done_ = true;
    return false;
  }

  bool damaged(std::string_view why) { return stop(Error{fmt::format("damaged gzip: {}", why)}); }

  // More input, if there is none left. False at its end.
  bool fill() {
    if (zlib_.avail_in > 0) return true;
    if (ended_) return false;
    auto part = compressed_.read();
    if (!part) return stop(part.error());
    ended_ = part->empty();
    zlib_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(part->data()));
    zlib_.avail_in = static_cast<uInt>(part->size());
    if (points_ != nullptr) points_->follow(*part);
    return !ended_;
  }

  bool step() {
    if (!fill()) return done_ ? false : between_ ? stop() : damaged("it ends early");
    if (between_) return next_member();
    const uInt before_in = zlib_.avail_in;
    const uInt before_out = zlib_.avail_out;
    const int status = inflate(&zlib_, points_ != nullptr ? Z_BLOCK : Z_NO_FLUSH);
    in_ += before_in - zlib_.avail_in;
    out_ += before_out - zlib_.avail_out;
    if (status == Z_STREAM_END) {
      between_ = true;
      trailer_ = std::exchange(raw_, false) ? kTrailer : 0;
    } else if (status == Z_MEM_ERROR) {
      throw std::bad_alloc();
    } else if (status != Z_OK && status != Z_BUF_ERROR) {
      return damaged(zlib_.msg == nullptr ? "not understood" : zlib_.msg);
    } else if (constexpr int kLastBlock = 64, kBoundary = 128; points_ != nullptr && (zlib_.data_type & kBoundary) != 0 && (zlib_.data_type & kLastBlock) == 0) {
      note_point();
    }
    return true;
  }

  // Past the trailer, which zlib has not read where it was given a deflate stream alone, to the header of another member.
  bool next_member() {
    const auto over = static_cast<uInt>(std::min<std::uint64_t>(trailer_, zlib_.avail_in));
    trailer_ -= over;
    in_ += over;
    zlib_.next_in += over;
    zlib_.avail_in -= over;
    if (zlib_.avail_in == 0) return true;
    const std::string_view next(reinterpret_cast<const char*>(zlib_.next_in), std::min<std::size_t>(zlib_.avail_in, kMagic.size()));
    if (!kMagic.starts_with(next)) return stop();
    between_ = false;
    inflateReset2(&zlib_, kWithHeader);
    return true;
  }

  void note_point() {
    if (!points_->is_due(out_)) return;
    GzipPoint point{out_, in_, static_cast<std::uint8_t>(zlib_.data_type & 7), std::string(kWindow, '\0'), {}};
    uInt size = kWindow;
    if (inflateGetDictionary(&zlib_, reinterpret_cast<Bytef*>(point.window.data()), &size) != Z_OK) return;
    point.window.resize(size);
    // What older points have of this input they got when it came.
    point.following = std::string_view(reinterpret_cast<const char*>(zlib_.next_in), zlib_.avail_in).substr(0, GzipPoints::kFollowing);
    points_->add(std::move(point));
  }

  Stream compressed_;
  GzipPoints* points_ = nullptr;
  z_stream zlib_{};
  std::unique_ptr<char[]> buffer_ = std::make_unique_for_overwrite<char[]>(kBuffer);
  std::uint64_t in_ = 0, out_ = 0;
  std::uint64_t trailer_ = 0;  // bytes of it that are yet to be passed over
  bool raw_ = false;
  bool between_ = false;  // behind a member
  bool ended_ = false;    // the input
  bool done_ = false;
  std::optional<Error> error_;
};

}  // namespace

void GzipPoints::add(GzipPoint point) {
  constexpr std::size_t kAhead = 4;  // the reader is ahead of whoever says what is wanted, by less than so many points
  last_ = point.out;
  held_.push_back({std::move(point), false});
  // Before what was passed, the last one; after it, the newest.
  const auto after = std::find_if(held_.begin(), held_.end(), [&](const Held& each) { return each.point.out > passed_; });
  const Held* const last_before = after == held_.begin() ? nullptr : &*std::prev(after);
  const Held* const newest = &held_[held_.size() - std::min(held_.size(), kAhead)];
  std::deque<Held> left;
  bool is_new = false;
  for (Held& each : held_) {
    is_new |= &each == newest;
    if (each.wanted || &each == last_before || is_new) left.push_back(std::move(each));
  }
  held_ = std::move(left);
}

void GzipPoints::follow(std::string_view compressed) {
  for (auto each = held_.rbegin(); each != held_.rend() && each->point.following.size() < kFollowing; ++each) {
    std::string& bytes = each->point.following;
    bytes += compressed.substr(0, kFollowing - bytes.size());
  }
}

void GzipPoints::pass(std::uint64_t out) { passed_ = std::max(passed_, out); }

void GzipPoints::want(std::uint64_t out) {
  const auto after = std::find_if(held_.begin(), held_.end(), [&](const Held& each) { return each.point.out > out; });
  if (after != held_.begin()) std::prev(after)->wanted = true;
}

namespace {

// What stands for a long run of zeros, or of anything else that repeats, are the same few bytes over and over.
bool is_guessable(std::string_view compressed) {
  constexpr std::size_t kFew = 8;
  std::array<std::size_t, 256> counts{};
  for (const char c : compressed) ++counts[static_cast<unsigned char>(c)];
  std::partial_sort(counts.begin(), counts.begin() + kFew, counts.end(), std::greater<>());
  return std::accumulate(counts.begin(), counts.begin() + kFew, std::size_t{0}) > compressed.size() / 4 * 3;
}

}  // namespace

std::vector<GzipPoint> GzipPoints::wanted() const {
  std::vector<GzipPoint> out;
  for (const Held& each : held_) {
    const std::string& following = each.point.following;
    if (each.wanted && following.size() == kFollowing && !is_guessable(following)) out.push_back(each.point);
  }
  return out;
}

Stream gunzip(Stream compressed, GzipPoints* points) {
  const auto reader = std::make_shared<Gunzip>(std::move(compressed), points);
  return {.read = [reader] { return reader->read(); }, .compressed = [reader] { return reader->compressed_bytes(); }};
}

Stream gunzip_from(Stream compressed, const GzipPoint& point) {
  const auto reader = std::make_shared<Gunzip>(std::move(compressed), point);
  return {.read = [reader] { return reader->read(); }, .compressed = [reader] { return reader->compressed_bytes(); }};
}

}  // namespace keywake::archive
