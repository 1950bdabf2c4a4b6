// Logins at a real RabbitMQ, which reads its users and virtual hosts from a file of definitions as it starts; and at servers that answer
// what RabbitMQ does not.
#include <nlohmann/json.hpp>

#include "base/base64.h"
#include "base/hash.h"
#include "catch.h"
#include "login/amqp_frame.h"
#include "server_helper.h"

namespace keywake::testing {
namespace {

using model::Verdict;

// As https://www.rabbitmq.com/docs/passwords#computing-password-hash has it: four bytes of salt, and the digest of these and the password.
nlohmann::json user(const std::string& name, const std::string& password) {
  const std::string salt = "salt";
  return {{"name", name},
          {"password_hash", base64_encode(salt + digest("sha256", salt + password))},
          {"hashing_algorithm", "rabbit_password_hashing_sha256"},
          {"tags", ""},
          {"limits", nlohmann::json::object()}};
}

nlohmann::json may(const std::string& user, const std::string& vhost) {
  return {{"user", user}, {"vhost", vhost}, {"configure", ""}, {"write", ""}, {"read", ".*"}};
}

std::string definitions() {
  nlohmann::json out;
  out["vhosts"] = {{{"name", "/"}}, {{"name", "shop/eu 1"}}, {{"name", "secret"}}, {{"name", "full"}}};
  out["users"] = {user("app", "the-apps-own"), user("odd@user", "p@ss/w:rd %41é"), user("guest", "the-guests-own")};
  out["permissions"] = {may("app", "/"), may("app", "full"), may("odd@user", "shop/eu 1")};
  out["parameters"].push_back({{"component", "vhost-limits"}, {"name", "limits"}, {"vhost", "full"}, {"value", {{"max-connections", 0}}}});
  return out.dump();
}

/// Both need a port by name: Erlang's own directory of nodes, and the server, whose name and folder are the test's own.
class Broker {
 public:
  explicit Broker(const Authority& authority) : epmd_({"epmd", "-port", std::to_string(epmd_port_), "-address", "127.0.0.1"}, epmd_port_), server_(words(authority), tls_) {}
  const int plain_ = free_port();
  const int tls_ = free_port();

 private:
  std::vector<std::string> words(const Authority& authority) const {
    const std::string configuration = folder_.write("rabbitmq.conf", "listeners.tcp.1 = 127.0.0.1:" + std::to_string(plain_) + "\nlisteners.ssl.1 = 127.0.0.1:" + std::to_string(tls_) +
                                                                         "\nssl_options.cacertfile = " + authority.ca() + "\nssl_options.certfile = " + authority.certificate() +
                                                                         "\nssl_options.keyfile = " + authority.key() + "\nssl_options.verify = verify_none" +
                                                                         "\nload_definitions = " + folder_.write("definitions.json", definitions()) + "\n");
    const std::string folder = folder_.path();
    return {"env", "HOME=" + folder, "ERL_EPMD_PORT=" + std::to_string(epmd_port_), "RABBITMQ_NODENAME=keywake-" + std::to_string(tls_) + "@localhost",
            "RABBITMQ_DIST_PORT=" + std::to_string(free_port()), "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS=-kernel inet_dist_use_interface {127,0,0,1}",
            "RABBITMQ_CONFIG_FILE=" + configuration, "RABBITMQ_ADVANCED_CONFIG_FILE=" + folder + "/none", "RABBITMQ_CONF_ENV_FILE=" + folder + "/none",
            "RABBITMQ_ENABLED_PLUGINS_FILE=" + folder_.write("plugins", "[]."), "RABBITMQ_MNESIA_BASE=" + folder + "/mnesia", "RABBITMQ_LOG_BASE=" + folder,
            "RABBITMQ_LOGS=-", "RABBITMQ_PID_FILE=" + folder + "/pid", "/usr/lib/rabbitmq/bin/rabbitmq-server"};
  }

  const Folder folder_;
  const int epmd_port_ = free_port();
  const Server epmd_;
  const Server server_;
};

Login at(const std::string& scheme, const std::string& user, const std::string& password, const std::string& vhost = "", const std::string& host = "mq.acme.test") {
  return {"rabbitmq.url", password, {{"scheme", scheme}, {"user", user}, {"host", host}, {"vhost", vhost}}};
}

TEST_CASE("RabbitMQ: who is let in, who is not, and where") {
  const Authority authority({"mq.acme.test"});
  const Broker broker(authority);
  struct Row {
    Login login;
    Verdict verdict;
    std::string reason;
    std::string owner;
    std::string resources;
  };
  const Row rows[] = {
      {at("amqps", "app", "the-apps-own"), Verdict::kLive, "200, let in", "app", "/"},
      {at("amqps", "app", "the-apps-own", "/"), Verdict::kLive, "200, let in", "app", "/"},
      {at("amqps", "app", "the-apps-own", "%2F"), Verdict::kLive, "200, let in", "app", "/"},
      {at("amqps", "app", "the-apps-own", "secret"), Verdict::kLive, "not to this virtual host", "app", ""},
      {at("amqps", "app", "the-apps-own", "absent"), Verdict::kLive, "not to this virtual host", "app", ""},
      {at("amqps", "app", "the-apps-own", "full"), Verdict::kLive, "not to this virtual host", "app", ""},  // its connections are used up
      {at("amqps", "app", "the-apps-own", std::string(300, 'v')), Verdict::kLive, "200, let in", "app", ""},
      {at("amqps", "odd%40user", "p%40ss%2Fw%3Ard%20%2541%C3%A9", "shop%2Feu%201"), Verdict::kLive, "200, let in", "odd@user", "shop/eu 1"},
      {at("amqps", "app", "another"), Verdict::kDead, "ACCESS_REFUSED", "", ""},
      {at("amqps", "nobody", "whatever"), Verdict::kDead, "ACCESS_REFUSED", "", ""},
      {at("amqps", "app", "the-guests-own", "absent"), Verdict::kDead, "ACCESS_REFUSED", "", ""},
      {at("amqps", "guest", "another"), Verdict::kUnknown, "own machine only", "", ""},  // not told from a right one that comes from elsewhere
      {at("amqps", "guest", "the-guests-own", "secret"), Verdict::kLive, "not to this virtual host", "guest", ""},
      {at("amqps", "app", "a%00b"), Verdict::kUnknown, "503", "", ""},
      {at("amqp", "app", "the-apps-own"), Verdict::kSkipped, "--allow-plaintext", "", ""},
      {at("amqps", "app", "the-apps-own", "", "other.acme.test"), Verdict::kUnknown, "certificate", "", ""},
  };
  for (const Row& row : rows) {
    INFO(row.login.parts[0].second << " " << row.login.parts[1].second << " " << row.login.secret << " " << row.login.parts[3].second);
    const model::Validation result = asked(row.login, row.login.parts[0].second == "amqp" ? broker.plain_ : broker.tls_, authority.ca());
    CHECK(model::name(result.verdict) == model::name(row.verdict));
    CHECK_THAT(result.reason, Catch::Contains(row.reason));
    CHECK(fact(result, "owner") == row.owner);
    CHECK(fact(result, "resources") == row.resources);
    CHECK(result.reason.find(row.login.secret) == std::string::npos);
  }
  // In plain text when the user allows it.
  CHECK(asked(at("amqp", "app", "the-apps-own"), broker.plain_, authority.ca(), true).verdict == Verdict::kLive);
  CHECK(asked(at("amqp", "app", "another"), broker.plain_, authority.ca(), true).verdict == Verdict::kDead);
  CHECK(asked(at("amqps", "app", "the-apps-own"), broker.plain_, authority.ca(), true).verdict == Verdict::kUnknown);  // no TLS there
  // Of a command line the host is supplied.
  const Login login{"command-line.rabbitmq-user", "the-apps-own", {{"user", "app"}, {"host", "mq.acme.test"}}};
  CHECK(asked(login, broker.tls_, authority.ca()).verdict == Verdict::kLive);
}

// Says the bytes that are given in hexadecimal to whoever connects, and then nothing more, but does not hang up.
class Saying {
 public:
  explicit Saying(const std::string& bytes) : server_({"/usr/bin/python3", "-c", kProgram, std::to_string(port_), to_hex(bytes)}, port_) {}
  [[nodiscard]] int port() const { return port_; }

 private:
  static constexpr const char* kProgram = R"(
import socket, sys
server = socket.create_server(("127.0.0.1", int(sys.argv[1])))
kept = []
while True:
    kept.append(server.accept()[0])
    try:
        kept[-1].sendall(bytes.fromhex(sys.argv[2]))
    except OSError:
        pass
)";
  const int port_ = free_port();
  const Server server_;
};

std::string greeting(const std::string& properties, const std::string& mechanisms) {
  return login::amqp_frame::method_frame(10, 10, std::string("\0\x09", 2) + properties + login::amqp_frame::Writer().long_string(mechanisms).long_string("en_US").bytes());
}

std::string closing(std::uint16_t code, const std::string& text) {
  return login::amqp_frame::method_frame(10, 50, login::amqp_frame::Writer().short_int(code).short_string(text).short_int(0).short_int(0).bytes());
}

TEST_CASE("AMQP: servers that say something else") {
  const std::string none("\0\0\0\0", 4);
  const std::string heartbeat("\x08\0\0\0\0\0\0\xce", 8);
  struct Row {
    std::string name;
    std::string said;
    Verdict verdict;
    std::string reason;
  };
  const Row rows[] = {
      {"AMQP 1.0", std::string("AMQP\x03\x01\0\0", 8), Verdict::kUnknown, "does not speak AMQP 0-9-1"},
      {"another protocol", "SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3\r\n", Verdict::kUnknown, "not of its protocol"},
      {"no PLAIN", greeting(none, "EXTERNAL PLAINER"), Verdict::kUnknown, "no user and password"},
      {"refused", greeting(none, "AMQPLAIN PLAIN") + heartbeat + closing(403, "ACCESS_REFUSED"), Verdict::kDead, "ACCESS_REFUSED"},
      {"shutting down", greeting(none, "PLAIN") + closing(320, "CONNECTION_FORCED - hunter2hunter2"), Verdict::kBlocked, "shutdown"},
      {"another code", greeting(none, "PLAIN") + closing(541, "INTERNAL_ERROR"), Verdict::kUnknown, "503"},
      {"full before the greeting", closing(506, "RESOURCE_ERROR"), Verdict::kBlocked, "limit"},
      {"refused before the greeting", closing(403, "ACCESS_REFUSED"), Verdict::kUnknown, "503"},
      {"a frame beyond all bounds", std::string("\x01\0\0\xff\xff\xff\xff", 7) + std::string(64, 'x'), Verdict::kUnknown, "not of its protocol"},
      {"a frame without its end", greeting(none, "PLAIN").substr(0, 20) + std::string(64, 'x'), Verdict::kUnknown, "not of its protocol"},
      {"an empty method", std::string("\x01\0\0\0\0\0\0\xce", 8), Verdict::kUnknown, "not of its protocol"},
      {"a table longer than its frame", greeting(std::string("\x7f\xff\xff\xff", 4), "PLAIN"), Verdict::kUnknown, "not of its protocol"},
      {"a tuning cut off", greeting(none, "PLAIN") + login::amqp_frame::method_frame(10, 30, "") + closing(530, "NOT_ALLOWED"), Verdict::kLive, "not to this virtual host"},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    const Saying server(row.said);
    const model::Validation result = asked(at("amqp", "app", "hunter2hunter2"), server.port(), "", true);
    CHECK(model::name(result.verdict) == model::name(row.verdict));
    CHECK_THAT(result.reason, Catch::Contains(row.reason));
    CHECK(result.reason.find("hunter2") == std::string::npos);
  }
}

TEST_CASE("AMQP: tables") {
  using login::amqp_frame::Reader;
  using login::amqp_frame::Writer;
  auto entry = [](const std::string& name, char type, const std::string& value) { return Writer().short_string(name).octet(static_cast<std::uint8_t>(type)).bytes() + value; };
  auto text = [](const std::string& value) { return Writer().long_string(value).bytes(); };
  // One of each type, so that a wrong width would lose what follows it.
  std::string inside;
  for (const auto& [type, width] : {std::pair('V', 0), std::pair('t', 1), std::pair('b', 1), std::pair('B', 1), std::pair('s', 2), std::pair('u', 2), std::pair('I', 4), std::pair('i', 4),
                                    std::pair('f', 4), std::pair('D', 5), std::pair('l', 8), std::pair('L', 8), std::pair('d', 8), std::pair('T', 8)}) {
    inside += entry(std::string("a") + type, type, std::string(static_cast<std::size_t>(width), 'S'));
  }
  inside += entry("inner", 'F', text(entry("version", 'S', text("of the inner")))) + entry("list", 'A', text("xx")) + entry("bytes", 'x', text("yy"));
  inside += entry("version", 'S', text("3.10.8"));
  const auto read = Reader(text(inside)).texts_of_table();
  REQUIRE(read.has_value());
  CHECK(*read == std::map<std::string, std::string, std::less<>>{{"version", "3.10.8"}});
  SECTION("what is cut off anywhere is no table, or ends before") {
    for (std::size_t size = 0; size < text(inside).size(); ++size) CHECK_FALSE(Reader(text(inside).substr(0, size)).texts_of_table().has_value());
  }
  SECTION("after a type that is not known nothing is believed") {
    const auto some = Reader(text(entry("product", 'S', text("RabbitMQ")) + entry("what", '?', "") + entry("version", 'S', text("9")))).texts_of_table();
    REQUIRE(some.has_value());
    CHECK(*some == std::map<std::string, std::string, std::less<>>{{"product", "RabbitMQ"}});
  }
}

}  // namespace
}  // namespace keywake::testing
