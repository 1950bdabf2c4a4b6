#include "net/address.h"

#include "catch.h"

namespace keywake::net {
namespace {

TEST_CASE("addresses: what is public, private, and never to be asked") {
  struct Row {
    const char* address;
    Reach reach;
  };
  const Row rows[] = {
      {"8.8.8.8", Reach::kPublic},          {"1.1.1.1", Reach::kPublic},
      {"9.255.255.255", Reach::kPublic},    {"10.0.0.0", Reach::kPrivate},
      {"10.255.255.255", Reach::kPrivate},  {"11.0.0.0", Reach::kPublic},
      {"100.63.255.255", Reach::kPublic},   {"100.64.0.1", Reach::kPrivate},
      {"100.100.100.200", Reach::kNever},   {"100.128.0.0", Reach::kPublic},
      {"127.0.0.1", Reach::kPrivate},       {"127.255.255.255", Reach::kPrivate},
      {"169.253.255.255", Reach::kPublic},  {"169.254.169.254", Reach::kNever},
      {"172.15.255.255", Reach::kPublic},   {"172.16.0.1", Reach::kPrivate},
      {"172.31.255.255", Reach::kPrivate},  {"172.32.0.0", Reach::kPublic},
      {"192.168.255.255", Reach::kPrivate}, {"192.169.0.0", Reach::kPublic},
      {"0.0.0.0", Reach::kNever},           {"192.0.0.192", Reach::kNever},
      {"198.18.0.1", Reach::kPrivate},      {"203.0.113.7", Reach::kNever},
      {"224.0.0.1", Reach::kNever},         {"255.255.255.255", Reach::kNever},
      {"::1", Reach::kPrivate},             {"::", Reach::kNever},
      {"::ffff:127.0.0.1", Reach::kPrivate}, {"::ffff:169.254.169.254", Reach::kNever},
      {"::ffff:8.8.8.8", Reach::kPublic},   {"::7f00:1", Reach::kNever},
      {"64:ff9b::a00:1", Reach::kPrivate},  {"64:ff9b::808:808", Reach::kPublic},
      {"2002:7f00:1::", Reach::kPrivate},   {"2002:808:808::1", Reach::kPublic},
      {"fc00::1", Reach::kPrivate},         {"fdff::1", Reach::kPrivate},
      {"fd00:ec2::254", Reach::kNever},     {"fe80::1", Reach::kNever},
      {"febf::1", Reach::kNever},           {"ff02::1", Reach::kNever},
      {"2001:db8::1", Reach::kNever},       {"2001::1", Reach::kNever},
      {"2001:4860:4860::8888", Reach::kPublic}, {"2a00:1450::1", Reach::kPublic},
      {"100::1", Reach::kNever},            {"4000::1", Reach::kNever},
  };
  for (const Row& row : rows) {
    INFO(row.address);
    const auto reach = reach_of(std::string_view(row.address));
    REQUIRE(reach);
    CHECK(static_cast<int>(*reach) == static_cast<int>(row.reach));
  }
  CHECK_FALSE(reach_of(std::string_view("localhost")));
}

}  // namespace
}  // namespace keywake::net
