#include "base/checked_text.h"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/ascii.h"
#include "base/hash.h"

namespace keywake {
namespace {

constexpr std::string_view kBase58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";
constexpr std::size_t kBase58Checksum = 4;
constexpr std::size_t kBech32Checksum = 6;
constexpr std::size_t kLongest = 200;  // longer ones are no keys, and base 58 takes time in the square of the length

std::string double_sha256(std::string_view bytes) {
  const auto once = sha256(bytes);
  const auto twice = sha256({reinterpret_cast<const char*>(once.data()), once.size()});
  return {reinterpret_cast<const char*>(twice.data()), kBase58Checksum};
}

// Digits of a number, most significant first, in another base; leading zeros are kept one for one.
std::string rebased(std::string_view digits, unsigned from, unsigned to) {
  std::string out;  // least significant first
  for (unsigned char digit : digits) {
    unsigned carry = digit;
    for (char& place : out) {
      carry += static_cast<unsigned char>(place) * from;
      place = static_cast<char>(carry % to);
      carry /= to;
    }
    for (; carry > 0; carry /= to) out += static_cast<char>(carry % to);
  }
  const auto zeros = static_cast<std::size_t>(std::find_if(digits.begin(), digits.end(), [](char c) { return c != 0; }) - digits.begin());
  out.append(zeros, '\0');
  return {out.rbegin(), out.rend()};
}

std::optional<std::string> values_of(std::string_view text, std::string_view alphabet) {
  std::string out;
  for (char c : text) {
    const std::size_t value = alphabet.find(c);
    if (value == std::string_view::npos) return std::nullopt;
    out += static_cast<char>(value);
  }
  return out;
}

std::string as_text(std::string_view values, std::string_view alphabet) {
  std::string out;
  for (char value : values) out += alphabet[static_cast<unsigned char>(value)];
  return out;
}

// BIP-173, "Checksum".
std::uint32_t polymod(std::string_view name, std::string_view values) {
  constexpr std::uint32_t kGenerator[] = {0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3};
  std::uint32_t sum = 1;
  auto feed = [&](unsigned value) {
    const std::uint32_t top = sum >> 25;
    sum = (sum & 0x1ffffff) << 5 ^ value;
    for (unsigned i = 0; i < 5; ++i) sum ^= (top >> i & 1) != 0 ? kGenerator[i] : 0;
  };
  for (char c : name) feed(static_cast<unsigned char>(c) >> 5);
  feed(0);
  for (char c : name) feed(static_cast<unsigned char>(c) & 31);
  for (char c : values) feed(static_cast<unsigned char>(c));
  return sum;
}

std::uint16_t crc16_xmodem(std::string_view bytes) {
  unsigned crc = 0;
  for (unsigned char c : bytes) {
    crc ^= static_cast<unsigned>(c) << 8;
    for (int i = 0; i < 8; ++i) crc = (crc & 0x8000) != 0 ? crc << 1 ^ 0x1021 : crc << 1;
  }
  return static_cast<std::uint16_t>(crc);
}

}  // namespace

std::string base58check(std::string_view payload) { return as_text(rebased(std::string(payload) + double_sha256(payload), 256, 58), kBase58); }

bool is_base58check(std::string_view text) {
  if (text.size() > kLongest) return false;
  const auto values = values_of(text, kBase58);
  if (!values) return false;
  const std::string bytes = rebased(*values, 58, 256);
  if (bytes.size() <= kBase58Checksum) return false;
  const std::size_t payload = bytes.size() - kBase58Checksum;
  return double_sha256(std::string_view(bytes).substr(0, payload)) == bytes.substr(payload);
}

std::string bech32(std::string_view name, std::string_view data) {
  const std::string small = lowered(name);
  const std::string values = values_of(data, kBech32).value_or("");
  const std::uint32_t sum = polymod(small, values + std::string(kBech32Checksum, '\0')) ^ 1;
  std::string out = small + "1" + std::string(data);
  for (std::size_t i = 0; i < kBech32Checksum; ++i) out += kBech32[sum >> 5 * (kBech32Checksum - 1 - i) & 31];
  if (small != name) std::transform(out.begin(), out.end(), out.begin(), [](char c) { return is_lower(c) ? static_cast<char>(c - 32) : c; });
  return out;
}

bool is_bech32(std::string_view text) {
  constexpr std::uint32_t kBech32m = 0x2bc830a3;  // BIP-350
  const std::string small = lowered(text);
  const bool mixed = small != text && std::any_of(text.begin(), text.end(), is_lower);
  const std::size_t one = small.rfind('1');
  if (mixed || one == std::string::npos || one == 0 || small.size() - one - 1 < kBech32Checksum || small.size() > kLongest) return false;
  const auto values = values_of(std::string_view(small).substr(one + 1), kBech32);
  if (!values) return false;
  const std::uint32_t sum = polymod(std::string_view(small).substr(0, one), *values);
  return sum == 1 || sum == kBech32m;
}

std::string base32_crc16(std::string_view payload) {
  const std::uint16_t crc = crc16_xmodem(payload);
  const std::string bytes = std::string(payload) + static_cast<char>(crc & 0xff) + static_cast<char>(crc >> 8);
  std::string out;
  for (std::size_t bit = 0; bit < bytes.size() * 8; bit += 5) {
    unsigned value = 0;
    for (std::size_t i = bit; i < bit + 5; ++i) {
      const unsigned byte = i / 8 < bytes.size() ? static_cast<unsigned char>(bytes[i / 8]) : 0;
      value = value << 1 | (byte >> (7 - i % 8) & 1);
    }
    out += kBase32[value];
  }
  return out;
}

bool is_base32_crc16(std::string_view text) {
  const auto values = values_of(text, kBase32);
  if (!values || text.size() > kLongest) return false;
  std::string bytes;
  unsigned bits = 0;
  unsigned count = 0;
  for (char value : *values) {
    bits = (bits << 5 | static_cast<unsigned char>(value)) & 0xfff;
    count += 5;
    if (count < 8) continue;
    count -= 8;
    bytes += static_cast<char>(bits >> count);
  }
  if (bytes.size() < 3) return false;
  const std::string_view payload = std::string_view(bytes).substr(0, bytes.size() - 2);
  const std::uint16_t crc = crc16_xmodem(payload);
  return bytes[payload.size()] == static_cast<char>(crc & 0xff) && bytes[payload.size() + 1] == static_cast<char>(crc >> 8);
}

std::string crc32_hex(std::string_view text) {
  const std::uint32_t crc = crc32(text);
  std::string bytes;
  for (unsigned shift : {0U, 8U, 16U, 24U}) bytes += static_cast<char>(crc >> shift & 0xff);
  return std::string(text) + '_' + to_hex(bytes);
}

bool is_crc32_hex(std::string_view text) {
  const std::size_t end = text.rfind('_');
  return end != std::string_view::npos && crc32_hex(text.substr(0, end)) == text;
}

namespace {

std::string base36(std::uint32_t value, std::size_t width) {
  std::string digits(width, '0');
  for (std::size_t i = width; i-- > 0; value /= 36) digits[i] = "0123456789abcdefghijklmnopqrstuvwxyz"[value % 36];
  return digits;
}

constexpr std::size_t kCrcDigits = 7;

}  // namespace

std::string gitlab_routable(std::string_view prefix, std::string_view payload_base64) {
  std::string text = std::string(prefix) + std::string(payload_base64) + ".01." + base36(static_cast<std::uint32_t>(payload_base64.size()), 2);
  return text + base36(crc32(text), kCrcDigits);
}

bool is_gitlab_routable(std::string_view text) {
  if (text.size() <= kCrcDigits) return false;
  const std::string_view front = text.substr(0, text.size() - kCrcDigits);
  return text.substr(front.size()) == base36(crc32(front), kCrcDigits);
}

}  // namespace keywake
