#include "net/address.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>

#include <array>
#include <cstring>

namespace keywake::net {
namespace {

struct Block4 {
  std::uint32_t prefix;
  int bits;
  Reach reach;
};
constexpr std::uint32_t ip(unsigned a, unsigned b, unsigned c, unsigned d) { return a << 24 | b << 16 | c << 8 | d; }
constexpr std::array<Block4, 15> kBlocks4{{
    {ip(0, 0, 0, 0), 8, Reach::kNever},         // "this network": Linux takes 0.0.0.0 for loopback
    {ip(10, 0, 0, 0), 8, Reach::kPrivate},
    {ip(100, 64, 0, 0), 10, Reach::kPrivate},   // carrier-grade NAT; holds Alibaba Cloud's metadata, 100.100.100.200
    {ip(127, 0, 0, 0), 8, Reach::kPrivate},
    {ip(169, 254, 0, 0), 16, Reach::kNever},    // link-local: metadata of AWS, GCP, Azure
    {ip(172, 16, 0, 0), 12, Reach::kPrivate},
    {ip(192, 0, 0, 0), 24, Reach::kNever},      // protocol assignments; metadata of Oracle's classic cloud
    {ip(192, 0, 2, 0), 24, Reach::kNever},      // documentation, with the next two of its kind
    {ip(192, 88, 99, 0), 24, Reach::kNever},    // 6to4 relays
    {ip(192, 168, 0, 0), 16, Reach::kPrivate},
    {ip(198, 18, 0, 0), 15, Reach::kPrivate},   // benchmarks between networks
    {ip(198, 51, 100, 0), 24, Reach::kNever},
    {ip(203, 0, 113, 0), 24, Reach::kNever},
    {ip(224, 0, 0, 0), 4, Reach::kNever},       // multicast
    {ip(240, 0, 0, 0), 4, Reach::kNever},       // reserved, broadcast
}};
constexpr std::uint32_t kAlibabaMetadata = ip(100, 100, 100, 200);

Reach reach_of_v4(std::uint32_t address) {
  if (address == kAlibabaMetadata) return Reach::kNever;
  for (const Block4& block : kBlocks4) {
    if ((address ^ block.prefix) >> (32 - block.bits) == 0) return block.reach;
  }
  return Reach::kPublic;
}

using Bytes6 = std::array<std::uint8_t, 16>;

struct Block6 {
  std::string_view prefix;  // its first bytes
  int bits;
  Reach reach;
  int ipv4_at = -1;  // where it holds an IPv4 address
};
using namespace std::string_view_literals;
constexpr std::array<Block6, 13> kBlocks6{{
    {"\0\0\0\0\0\0\0\0\0\0\xff\xff"sv, 96, Reach::kNever, 12},           // IPv4-mapped
    {"\0\x64\xff\x9b\0\0\0\0\0\0\0\0"sv, 96, Reach::kNever, 12},         // NAT64
    {"\0\x64\xff\x9b\0\x01"sv, 48, Reach::kPrivate},                     // NAT64 within a network
    {"\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01"sv, 128, Reach::kPrivate},      // loopback
    {"\0\0\0\0\0\0\0\0\0\0\0\0"sv, 96, Reach::kNever},                   // unspecified; IPv4-compatible
    {"\x01\0\0\0\0\0\0\0"sv, 64, Reach::kNever},                         // discard
    {"\x20\x01\0"sv, 23, Reach::kNever},                                 // protocol assignments, Teredo
    {"\x20\x01\x0d\xb8"sv, 32, Reach::kNever},                           // documentation
    {"\x20\x02"sv, 16, Reach::kNever, 2},                                // 6to4
    {"\xfd\x00\x0e\xc2\0\0\0\0\0\0\0\0\0\0\x02\x54"sv, 128, Reach::kNever},  // metadata of AWS
    {"\xfc"sv, 7, Reach::kPrivate},                                      // unique local
    {"\xfe\x80"sv, 10, Reach::kNever},                                   // link-local
    {"\xfe\xc0"sv, 10, Reach::kPrivate},                                 // site-local, given up
}};

bool in(const Bytes6& address, const Block6& block) {
  for (int bit = 0; bit < block.bits; bit += 8) {
    const auto at = static_cast<std::size_t>(bit / 8);
    const int left = block.bits - bit;
    const unsigned mask = left >= 8 ? 0xff : 0xff << (8 - left) & 0xff;
    if (((address[at] ^ static_cast<std::uint8_t>(block.prefix[at])) & mask) != 0) return false;
  }
  return true;
}

Reach reach_of_v6(const Bytes6& address) {
  for (const Block6& block : kBlocks6) {
    if (!in(address, block)) continue;
    if (block.ipv4_at < 0) return block.reach;
    const auto at = static_cast<std::size_t>(block.ipv4_at);
    return reach_of_v4(ip(address[at], address[at + 1], address[at + 2], address[at + 3]));
  }
  // 2000::/3 is all that is global unicast.
  return address[0] >> 5 == 1 ? Reach::kPublic : Reach::kNever;
}

}  // namespace

Reach reach_of(const sockaddr& address) {
  if (address.sa_family == AF_INET) return reach_of_v4(ntohl(reinterpret_cast<const sockaddr_in&>(address).sin_addr.s_addr));
  if (address.sa_family != AF_INET6) return Reach::kNever;
  Bytes6 bytes;
  std::memcpy(bytes.data(), &reinterpret_cast<const sockaddr_in6&>(address).sin6_addr, bytes.size());
  return reach_of_v6(bytes);
}

std::string text_of(const sockaddr& address) {
  char text[INET6_ADDRSTRLEN] = "";
  if (address.sa_family == AF_INET) {
    const auto& v4 = reinterpret_cast<const sockaddr_in&>(address);
    inet_ntop(AF_INET, &v4.sin_addr, text, sizeof text);
    return fmt::format("{}:{}", text, ntohs(v4.sin_port));
  }
  const auto& v6 = reinterpret_cast<const sockaddr_in6&>(address);
  if (address.sa_family == AF_INET6) inet_ntop(AF_INET6, &v6.sin6_addr, text, sizeof text);
  return address.sa_family == AF_INET6 ? fmt::format("[{}]:{}", text, ntohs(v6.sin6_port)) : "an address of another family";
}

std::optional<Reach> reach_of(std::string_view address) {
  const std::string text(address);
  sockaddr_in v4{};
  v4.sin_family = AF_INET;
  if (inet_pton(AF_INET, text.c_str(), &v4.sin_addr) == 1) return reach_of(reinterpret_cast<const sockaddr&>(v4));
  sockaddr_in6 v6{};
  v6.sin6_family = AF_INET6;
  if (inet_pton(AF_INET6, text.c_str(), &v6.sin6_addr) == 1) return reach_of(reinterpret_cast<const sockaddr&>(v6));
  return std::nullopt;
}

}  // namespace keywake::net
