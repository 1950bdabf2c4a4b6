// The schemes of the URLs at which keywake asks about credentials, with the port that each has when the URL names none (IANA's registry of
// service names). Thread safety: constants and pure functions.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <string_view>

namespace keywake {

struct UrlScheme {
  std::string_view name;
  std::uint16_t port = 0;
};
inline constexpr auto kUrlSchemes = std::to_array<UrlScheme>({
    {"https", 443},     {"smtp", 587},          {"smtps", 465}, {"imap", 143},        {"imaps", 993},  {"pop3", 110},    {"pop3s", 995},   {"ldap", 389},
    {"ldaps", 636},     {"ftp", 21},            {"ftps", 990},  {"ssh", 22},          {"sftp", 22},    {"amqp", 5672},   {"amqps", 5671},
    {"mongodb", 27017}, {"mongodb+srv", 27017}, {"mysql", 3306}, {"postgresql", 5432}, {"redis", 6379}, {"rediss", 6379}, {"valkey", 6379}, {"valkeys", 6379},
});

/// What stands before "://"; empty if nothing does.
constexpr std::string_view scheme_of(std::string_view url) {
  const std::size_t end = url.find("://");
  return end == std::string_view::npos ? "" : url.substr(0, end);
}

/// 0 for a scheme that is none of them.
constexpr std::uint16_t standard_port(std::string_view scheme) {
  const auto* found = std::find_if(kUrlSchemes.begin(), kUrlSchemes.end(), [&](const UrlScheme& each) { return each.name == scheme; });
  return found == kUrlSchemes.end() ? 0 : found->port;
}

}  // namespace keywake
