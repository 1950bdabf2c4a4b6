#include "images/layer_parts.h"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <memory>
#include <optional>
#include <utility>

#include "base/hash.h"

namespace keywake::images {
namespace {

constexpr std::uint64_t kNear = 1 << 20;  // reading on costs no more than opening again
constexpr std::array<char, 1024> kEndOfTar{};

// To and fro. Empty if there is no memory.
std::string with_keystream(std::string_view key_material, std::string_view bytes) {
  const auto key = sha256(key_material);
  constexpr std::array<unsigned char, 16> kFirst{};
  const std::unique_ptr<EVP_CIPHER_CTX, void (*)(EVP_CIPHER_CTX*)> context(EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free);
  std::string out(bytes.size(), '\0');
  int size = 0;
  if (!context || EVP_EncryptInit_ex(context.get(), EVP_aes_256_ctr(), nullptr, reinterpret_cast<const unsigned char*>(key.data()), kFirst.data()) != 1 ||
      EVP_EncryptUpdate(context.get(), reinterpret_cast<unsigned char*>(out.data()), &size, reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size())) != 1) {
    return "";
  }
  return out;
}

class PartsReader {
 public:
  PartsReader(ImageStore& store, Descriptor blob, LayerParts parts) : store_(store), blob_(std::move(blob)), parts_(std::move(parts)) {}

  Result<std::string_view> read() {
    for (; range_ < parts_.ranges.size(); ++range_) {
      const LayerParts::Range& range = parts_.ranges[range_];
      if (at_ >= range.end) continue;
      if (auto there = go_to(range.begin); !there) return std::unexpected(there.error());
      if (rest_.empty()) {
        auto more = stream_->read();
        if (!more) return more;
        if (more->empty() && range.end != LayerParts::kToEnd) return fail("the layer ends before a part of it");
        if (more->empty()) continue;
        rest_ = *more;
      }
      const std::string_view out = rest_.substr(0, range.end - at_);
      rest_.remove_prefix(out.size());
      at_ += out.size();
      return out;
    }
    return std::exchange(end_, {});
  }

 private:
  // At `begin`, or behind it if reading has come so far.
  Result<void> go_to(std::uint64_t begin) {
    if (stream_ && at_ >= begin) return {};
    if (auto opened = jump(begin); !opened) return opened;
    while (at_ < begin) {
      if (rest_.empty()) {
        auto more = stream_->read();
        if (!more) return std::unexpected(more.error());
        if (more->empty()) return fail("the layer ends before a part of it");
        rest_ = *more;
      }
      const std::size_t over = std::min<std::uint64_t>(rest_.size(), begin - at_);
      rest_.remove_prefix(over);
      at_ += over;
    }
    return {};
  }

  // To the nearest place before it where reading can begin, unless it is already behind that.
  Result<void> jump(std::uint64_t begin) {
    if (!parts_.gzip) return stream_ && begin - at_ <= kNear ? Result<void>() : start_at(begin, store_.open_from(blob_, begin));
    const auto after = std::upper_bound(parts_.points.begin(), parts_.points.end(), begin, [](std::uint64_t at, const LayerParts::Point& each) { return at < each.out; });
    if (after == parts_.points.begin()) {
      if (stream_) return {};
      auto bytes = store_.open_from(blob_, 0);
      return bytes ? start_at(0, archive::gunzip(std::move(*bytes), nullptr)) : std::unexpected(bytes.error());
    }
    const LayerParts::Point& point = *std::prev(after);
    if (stream_ && at_ >= point.out) return {};
    auto bytes = open_point(point);
    return bytes ? start_at(point.out, std::move(bytes)) : std::unexpected(bytes.error());
  }

  Result<void> start_at(std::uint64_t at, Result<archive::Stream> stream) {
    if (!stream) return std::unexpected(stream.error());
    stream_ = std::move(*stream);
    rest_ = {};
    at_ = at;
    return {};
  }

  Result<archive::Stream> open_point(const LayerParts::Point& point) {
    const std::size_t before = point.bits > 0 ? 1 : 0;
    if (point.in < before) return fail("no such point");
    auto bytes = store_.open_from(blob_, point.in - before);
    if (!bytes) return bytes;
    const auto head = std::make_shared<std::string>();
    while (head->size() < before + archive::GzipPoints::kFollowing) {
      auto more = bytes->read();
      if (!more) return std::unexpected(more.error());
      if (more->empty()) return fail("the layer ends before a point of it");
      *head += *more;
    }
    const archive::GzipPoint open{point.out, point.in, point.bits, with_keystream(head->substr(before, archive::GzipPoints::kFollowing), point.sealed), {}};
    archive::Stream whole{.read = [head, rest = std::move(*bytes), first = true]() mutable -> Result<std::string_view> {
      if (std::exchange(first, false)) return std::string_view(*head);
      return rest.read();
    }};
    return archive::gunzip_from(std::move(whole), open);
  }

  ImageStore& store_;
  Descriptor blob_;
  LayerParts parts_;
  std::size_t range_ = 0;
  std::optional<archive::Stream> stream_;
  std::string_view rest_;   // of what it gave last
  std::uint64_t at_ = 0;    // of the tar: where rest_ begins
  std::string_view end_{kEndOfTar.data(), kEndOfTar.size()};
};

}  // namespace

LayerParts::Point seal(const archive::GzipPoint& point) { return {point.out, point.in, point.bits, with_keystream(point.following, point.window)}; }

archive::Stream open_parts(ImageStore& store, const Descriptor& blob, LayerParts parts) {
  const auto reader = std::make_shared<PartsReader>(store, blob, std::move(parts));
  return {.read = [reader] { return reader->read(); }};
}

}  // namespace keywake::images
