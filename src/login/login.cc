#include "login/login.h"

#include <array>
#include <algorithm>
#include <utility>

namespace keywake::login {
namespace {

constexpr auto kDrivers = std::to_array<std::pair<std::string_view, Driver>>({
    {"amqp", amqp},
    {"amqps", amqp},
    {"ftp", ftp},
    {"ftps", ftp},
    {"imap", imap},
    {"imaps", imap},
    {"ldap", ldap},
    {"ldaps", ldap},
    {"mongodb", mongodb},
    {"mongodb+srv", mongodb},
    {"mysql", mysql},
    {"pop3", pop3},
    {"pop3s", pop3},
    {"postgresql", postgresql},
    {"redis", redis},
    {"rediss", redis},
    {"sftp", ssh},
    {"smtp", smtp},
    {"smtps", smtp},
    {"ssh", ssh},
    {"valkey", redis},
    {"valkeys", redis},
});

}  // namespace

Driver driver_for(std::string_view scheme) {
  const auto* found = std::find_if(kDrivers.begin(), kDrivers.end(), [&](const auto& each) { return each.first == scheme; });
  return found == kDrivers.end() ? nullptr : found->second;
}

}  // namespace keywake::login
