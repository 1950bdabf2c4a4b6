#include "login/login.h"

#include <array>
#include <algorithm>
#include <utility>

namespace keywake::login {
namespace {

constexpr std::array<std::pair<std::string_view, Driver>, 8> kDrivers{{
    {"amqp", amqp},
    {"amqps", amqp},
    {"mongodb", mongodb},
    {"mongodb+srv", mongodb},
    {"redis", redis},
    {"rediss", redis},
    {"valkey", redis},
    {"valkeys", redis},
}};

}  // namespace

Driver driver_for(std::string_view scheme) {
  const auto* found = std::find_if(kDrivers.begin(), kDrivers.end(), [&](const auto& each) { return each.first == scheme; });
  return found == kDrivers.end() ? nullptr : found->second;
}

}  // namespace keywake::login
