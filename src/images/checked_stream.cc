#include "images/checked_stream.h"

#include <fmt/format.h>
#include <openssl/evp.h>

#include <array>
#include <memory>

#include "base/hash.h"
#include "base/text.h"

namespace keywake::images {
namespace {

struct FreeDigest {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

struct Check {
  archive::Stream stream;
  Descriptor blob;
  std::unique_ptr<EVP_MD_CTX, FreeDigest> digest{EVP_MD_CTX_new()};
  std::uint64_t read = 0;
  bool begun = false;
  bool done = false;

  // Before the first read.
  Result<void> begin() {
    begun = true;
    const EVP_MD* kind = blob.digest.starts_with("sha512:") ? EVP_sha512() : blob.digest.starts_with("sha256:") ? EVP_sha256() : nullptr;
    if (kind == nullptr) return fail(fmt::format("{}: a digest of a kind that is not known (sha256 and sha512 are)", printable(blob.digest)));
    if (!digest || EVP_DigestInit_ex(digest.get(), kind, nullptr) != 1) return fail("its digest cannot be computed");
    return {};
  }

  Result<std::string_view> next() {
    if (done) return std::string_view();
    if (!begun) {
      if (auto ready = begin(); !ready) return std::unexpected(ready.error());
    }
    auto part = stream.read();
    if (!part) return part;
    if (part->empty()) return end();
    read += part->size();
    if (read > blob.size) return fail(fmt::format("is larger than the {} bytes that its descriptor states; the rest is not read", blob.size));
    if (EVP_DigestUpdate(digest.get(), part->data(), part->size()) != 1) return fail("its digest cannot be computed");
    return part;
  }

  Result<std::string_view> end() {
    done = true;
    if (read != blob.size) return fail(fmt::format("has {} bytes, not the {} that its descriptor states", read, blob.size));
    std::array<unsigned char, EVP_MAX_MD_SIZE> value{};
    unsigned size = 0;
    EVP_DigestFinal_ex(digest.get(), value.data(), &size);
    const std::string found = to_hex(std::string_view(reinterpret_cast<const char*>(value.data()), size));
    if (found == blob.digest.substr(blob.digest.find(':') + 1)) return std::string_view();
    return fail(fmt::format("its bytes have another digest, {}: it was damaged or replaced; fetch the image again", found));
  }
};

}  // namespace

archive::Stream checked(archive::Stream stream, const Descriptor& blob) {
  auto check = std::make_shared<Check>();
  check->stream = std::move(stream);
  check->blob = blob;
  return {.read = [check] { return check->next(); }};
}

Result<std::string> read_document(archive::Stream stream, const Descriptor& blob) {
  if (blob.size > kMaxDocument) return fail(fmt::format("larger than the {} that a manifest or config may have", human_bytes(kMaxDocument)));
  return read_all(checked(std::move(stream), blob), kMaxDocument, blob.digest);
}

Result<std::string> read_all(const archive::Stream& stream, std::uint64_t most, const std::string& name) {
  std::string out;
  for (;;) {
    auto part = stream.read();
    if (!part) return std::unexpected(part.error());
    if (part->empty()) return out;
    out += *part;
    if (out.size() > most) return fail(fmt::format("{}: larger than {}", name, human_bytes(most)));
  }
}

std::string sha256_digest(std::string_view bytes) { return "sha256:" + to_hex(sha256(bytes)); }

}  // namespace keywake::images
