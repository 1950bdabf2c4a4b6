#include "crypto/jenkins.h"

#include <fmt/format.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <fstream>
#include <memory>

#include "base/base64.h"

namespace keywake::crypto {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kMagic = "::::MAGIC::::";
constexpr std::size_t kKeyBytes = 16;
constexpr std::size_t kBlock = 16;
constexpr std::size_t kHead = 9;                   // the version, and two lengths
constexpr std::size_t kMaxKeyFile = 64 * 1024;     // Jenkins' own have some 300 bytes
constexpr std::size_t kMaxValue = 8 * 1024 * 1024;

const unsigned char* octets(std::string_view text) { return reinterpret_cast<const unsigned char*>(text.data()); }

// `iv` empty: ECB. Absent if the padding is wrong, as with a wrong key.
std::optional<Secret> decrypt(std::string_view key, std::string_view iv, std::string_view data) {
  if (data.empty() || data.size() % kBlock != 0 || data.size() > kMaxValue) return std::nullopt;
  const std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)> context(EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free);
  std::string out(data.size() + kBlock, '\0');
  auto* const to = reinterpret_cast<unsigned char*>(out.data());
  int size = 0;
  int rest = 0;
  const bool done = context && EVP_DecryptInit_ex(context.get(), iv.empty() ? EVP_aes_128_ecb() : EVP_aes_128_cbc(), nullptr, octets(key), iv.empty() ? nullptr : octets(iv)) == 1 &&
                    EVP_DecryptUpdate(context.get(), to, &size, octets(data), static_cast<int>(data.size())) == 1 && EVP_DecryptFinal_ex(context.get(), to + size, &rest) == 1;
  std::optional<Secret> plain;
  if (done) plain.emplace(std::string_view(out).substr(0, static_cast<std::size_t>(size + rest)));
  OPENSSL_cleanse(out.data(), out.size());
  return plain;
}

std::optional<Secret> without_magic(const std::optional<Secret>& of) {
  if (!of || !of->reveal().ends_with(kMagic)) return std::nullopt;
  return Secret(of->reveal().substr(0, of->size() - kMagic.size()));
}

Result<Secret> contents(const fs::path& file) {
  std::error_code ec;
  if (!fs::is_regular_file(file, ec)) return fail(fmt::format("{}: no such file; master.key and hudson.util.Secret are in secrets/ of Jenkins' home", file.native()));
  std::ifstream in(file, std::ios::binary);
  std::string out(kMaxKeyFile, '\0');
  in.read(out.data(), static_cast<std::streamsize>(out.size()));
  if (in.bad() || in.gcount() == 0) return fail(fmt::format("{}: cannot be read, or is empty", file.native()));
  Secret secret(std::string_view(out).substr(0, static_cast<std::size_t>(in.gcount())));
  OPENSSL_cleanse(out.data(), out.size());
  return secret;
}

// In braces or not, white space ignored.
std::optional<std::string> base64_in(std::string_view text) {
  std::string digits;
  for (const char c : text) {
    if (static_cast<unsigned char>(c) > ' ') digits += c;
  }
  std::string_view inner = digits;
  if (inner.starts_with('{') && inner.ends_with('}')) inner = inner.substr(1, inner.size() - 2);
  return decode_base64(inner);
}

std::uint32_t big_endian(std::string_view bytes) {
  std::uint32_t out = 0;
  for (const char c : bytes.substr(0, 4)) out = out << 8 | static_cast<unsigned char>(c);
  return out;
}

}  // namespace

Result<JenkinsSecrets> JenkinsSecrets::read(const fs::path& folder) {
  const auto master = contents(folder / "master.key");
  if (!master) return std::unexpected(master.error());
  const auto wrapped = contents(folder / "hudson.util.Secret");
  if (!wrapped) return std::unexpected(wrapped.error());
  auto out = of(master->reveal(), wrapped->reveal());
  if (!out) return fail(fmt::format("{}: {}", folder.native(), out.error().message));
  return out;
}

Result<JenkinsSecrets> JenkinsSecrets::of(std::string_view master_key, std::string_view wrapped) {
  std::string_view text = master_key;
  while (!text.empty() && static_cast<unsigned char>(text.back()) <= ' ') text.remove_suffix(1);
  while (!text.empty() && static_cast<unsigned char>(text.front()) <= ' ') text.remove_prefix(1);
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned int size = 0;
  if (EVP_Digest(text.data(), text.size(), digest, &size, EVP_sha256(), nullptr) != 1) return fail("SHA-256 is not to be had");
  const auto key = without_magic(decrypt({reinterpret_cast<const char*>(digest), kKeyBytes}, {}, wrapped));
  OPENSSL_cleanse(digest, sizeof digest);
  if (!key || key->size() < kKeyBytes) return fail("master.key does not open hudson.util.Secret; take both from the same Jenkins");
  return JenkinsSecrets(Secret(key->reveal().substr(0, kKeyBytes)));
}

bool JenkinsSecrets::may_open(std::string_view text) {
  const auto bytes = base64_in(text);
  return bytes && bytes->size() >= kBlock && (bytes->size() % kBlock == 0 || ((*bytes)[0] == 1 && bytes->size() % kBlock == kHead));
}

std::optional<Secret> JenkinsSecrets::open(std::string_view text) const {
  const auto bytes = base64_in(text);
  if (!bytes || bytes->size() < kBlock) return std::nullopt;
  const std::string_view all = *bytes;
  if (all[0] == 1 && all.size() > kHead) {
    const std::uint64_t iv = big_endian(all.substr(1));
    const std::uint64_t data = big_endian(all.substr(5));
    if (iv == kBlock && kHead + iv + data == all.size()) return decrypt(key_.reveal(), all.substr(kHead, iv), all.substr(kHead + iv));
  }
  return without_magic(decrypt(key_.reveal(), {}, all));
}

}  // namespace keywake::crypto
