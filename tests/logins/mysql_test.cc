// Logins at a real MariaDB. What MySQL alone does (caching_sha2_password, sha256_password) and what only a hostile server does, mysql_server.py says:
// the greeting, and then packet for packet what it is told to; for MySQL's plugins it computes by itself what the password's answer must be.
#include <chrono>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "base/hash.h"
#include "catch.h"
#include "login/login.h"
#include "login/mysql_grant.h"
#include "login/mysql_packet.h"
#include "net/guard.h"
#include "server_helper.h"

namespace keywake::testing {
namespace {

using model::Verdict;

class Mariadb {
 public:
  Mariadb(const Authority* authority, const std::string& setup, const std::vector<std::string>& more = {}) : server_(words(authority, more), port_) {
    run({"mariadb", "--no-defaults", "--host=127.0.0.1", "--port=" + std::to_string(port_), "--user=root", "--skip-ssl", "--execute=" + setup});
  }
  [[nodiscard]] int port() const { return port_; }

 private:
  std::vector<std::string> words(const Authority* authority, const std::vector<std::string>& more) const {
    const std::string data = "--datadir=" + (folder_.path() / "data").string();
    run({"mariadb-install-db", "--no-defaults", "--auth-root-authentication-method=normal", "--skip-test-db", "--skip-name-resolve", data});
    std::vector<std::string> out{"mariadbd", "--no-defaults", data, "--socket=" + (folder_.path() / "socket").string(), "--pid-file=" + (folder_.path() / "pid").string(),
                                 "--port=" + std::to_string(port_), "--bind-address=127.0.0.1", "--skip-name-resolve", "--plugin-load-add=auth_ed25519",
                                 "--innodb-fast-shutdown=2"};
    if (authority != nullptr) out.insert(out.end(), {"--ssl-ca=" + authority->ca(), "--ssl-cert=" + authority->certificate(), "--ssl-key=" + authority->key()});
    out.insert(out.end(), more.begin(), more.end());
    return out;
  }

  const Folder folder_;
  const int port_ = free_port();
  const Server server_;
};

Login as(const std::string& user, const std::string& password, const std::string& database = "", const std::string& host = "db.acme.test") {
  Login out{"mysql.url", password, {{"user", user}, {"host", host}}};
  if (!database.empty()) out.parts.emplace_back("database", database);
  return out;
}

constexpr const char* kSetup =
    "CREATE DATABASE shop;\n"
    "CREATE DATABASE stock;\n"
    "CREATE ROLE reader;\n"
    "GRANT SELECT ON stock.* TO reader;\n"
    "CREATE USER app@'%' IDENTIFIED BY 'the-apps-own';\n"
    "GRANT SELECT, INSERT ON shop.* TO app@'%';\n"
    "GRANT reader TO app@'%';\n"
    "CREATE USER boss@'%' IDENTIFIED BY 'p@ss/w:rd %41';\n"
    "GRANT ALL ON *.* TO boss@'%' WITH GRANT OPTION;\n"
    "CREATE USER locked@'%' IDENTIFIED BY 'the-lockeds-own' ACCOUNT LOCK;\n"
    "CREATE USER expired@'%' IDENTIFIED BY 'the-expireds-own' PASSWORD EXPIRE;\n"
    "CREATE USER far@'192.0.2.7' IDENTIFIED BY 'the-fars-own';\n"
    "CREATE USER machine@'%' IDENTIFIED VIA unix_socket;\n"
    "CREATE USER curve@'%' IDENTIFIED VIA ed25519 USING PASSWORD('the-curves-own');\n"
    "CREATE USER either@'%' IDENTIFIED VIA mysql_native_password USING PASSWORD('the-eithers-own') OR ed25519 USING PASSWORD('the-curves-own');\n"
    "CREATE USER second@'%' IDENTIFIED VIA unix_socket OR mysql_native_password USING PASSWORD('the-seconds-own');\n"
    "CREATE USER open@'%';\n"
    "CREATE USER few@'%' IDENTIFIED BY 'the-fews-own' WITH MAX_CONNECTIONS_PER_HOUR 1;\n";

TEST_CASE("MariaDB: who is let in, who is not, and what it tells") {
  const Authority authority({"db.acme.test"});
  // An anonymous account without a password beside them, which MariaDB takes for every user that it does not know.
  const Mariadb server(&authority, std::string(kSetup) + "CREATE USER ''@'%';\n");
  struct Row {
    Login login;
    Verdict verdict;
    std::string reason;
  };
  const Row rows[] = {
      {as("app", "the-apps-own"), Verdict::kLive, "let in"},
      {as("app", "the-apps-own", "shop"), Verdict::kLive, "let in"},
      {as("app", "the-apps-own", "mysql"), Verdict::kLive, "not to this database"},
      {as("app", "the-apps-own", "none-such"), Verdict::kLive, "not to this database"},
      {as("app", "another"), Verdict::kDead, "access denied"},
      {as("app", "another", "none-such"), Verdict::kDead, "access denied"},
      {as("boss", "p%40ss%2Fw%3Ard%20%2541"), Verdict::kLive, "let in"},
      {as("b%6Fss", "p%40ss%2Fw%3Ard%20%2541"), Verdict::kLive, "let in"},
      {as("nobody", "whatever"), Verdict::kDead, "access denied"},
      {as("open", "whatever"), Verdict::kDead, "access denied"},
      {as("", "whatever"), Verdict::kDead, "access denied"},
      {as("locked", "the-lockeds-own"), Verdict::kDead, "locked"},
      {as("locked", "another"), Verdict::kDead, "access denied"},
      {as("expired", "the-expireds-own"), Verdict::kLive, "expired, but"},
      {as("expired", "another"), Verdict::kDead, "access denied"},
      {as("far", "the-fars-own"), Verdict::kDead, "no such user for the host that asks"},
      {as("machine", "whatever"), Verdict::kUnknown, "something else than a password"},
      {as("curve", "the-curves-own"), Verdict::kUnknown, "not known here"},
      {as("curve", "another"), Verdict::kUnknown, "not known here"},
      {as("either", "the-eithers-own"), Verdict::kLive, "let in"},
      {as("either", "the-curves-own"), Verdict::kUnknown, "not known here"},
      {as("second", "the-seconds-own"), Verdict::kLive, "let in"},
      {as("second", "another"), Verdict::kDead, "access denied"},
      {as("few", "the-fews-own"), Verdict::kLive, "let in"},
      {as("few", "the-fews-own"), Verdict::kBlocked, "too many connections"},
      {as("a%00b", "whatever"), Verdict::kUnknown, "401"},
      {as("app", "the-apps-own", "", "other.acme.test"), Verdict::kUnknown, "certificate"},
  };
  for (const Row& row : rows) {
    INFO(row.login.parts[0].second << " " << row.login.secret << " " << row.login.parts.back().second);
    const model::Validation result = asked(row.login, server.port(), authority.ca());
    CHECK(model::name(result.verdict) == model::name(row.verdict));
    CHECK_THAT(result.reason, Catch::Contains(row.reason));
    CHECK(result.reason.find(row.login.secret) == std::string::npos);
  }
  const model::Validation app = asked(as("app", "the-apps-own"), server.port(), authority.ca());
  CHECK(fact(app, "owner") == "app@%");
  CHECK(fact(app, "roles") == "reader, SELECT/INSERT on shop.*");
  CHECK(fact(app, "resources") == "shop");
  const model::Validation boss = asked(as("boss", "p%40ss%2Fw%3Ard%20%2541"), server.port(), authority.ca());
  CHECK(fact(boss, "roles") == "ALL PRIVILEGES on *.* with grant option");
  CHECK_THAT(fact(boss, "resources"), Catch::Contains("shop, stock"));
  CHECK(fact(asked(as("expired", "the-expireds-own"), server.port(), authority.ca()), "owner") == "expired");

  // Elsewhere nothing is percent-encoded, and the port may stand apart.
  const std::string plain = "p@ss/w:rd %41";
  CHECK(asked({"mysql.go-dsn", plain, {{"user", "boss"}, {"host", "db.acme.test:3306"}}}, server.port(), authority.ca()).verdict == Verdict::kLive);
  for (const char* pattern : {"mysql.command-line", "mysql.pwd-variable", "mysql.option-file"}) {
    CHECK(asked({pattern, plain, {{"user", "boss"}, {"host", "db.acme.test"}, {"port", "3307"}}}, server.port(), authority.ca()).verdict == Verdict::kLive);
  }
  // What an option file means by these characters is not known.
  CHECK(asked({"mysql.option-file", "the-apps#own", {{"user", "app"}, {"host", "db.acme.test"}}}, server.port(), authority.ca()).verdict == Verdict::kUnknown);
  CHECK(asked({"mysql.option-file", "the-apps-older", {{"user", "app"}, {"host", "db.acme.test"}}}, server.port(), authority.ca()).verdict == Verdict::kDead);

  const Authority stranger({"db.acme.test"});
  const model::Validation untrusted = asked(as("app", "the-apps-own"), server.port(), stranger.ca(), true);
  CHECK(untrusted.verdict == Verdict::kUnknown);  // and not in plain text instead
  CHECK_THAT(untrusted.reason, Catch::Contains("certificate"));
}

TEST_CASE("MariaDB without TLS: refused, unless the user allows it; expired passwords that it shuts out") {
  // Of users of one plugin only: MariaDB asks a user that it does not know by the plugin of another one, so that nobody learns who there is.
  const Mariadb server(nullptr, "CREATE USER app@'%' IDENTIFIED BY 'the-apps-own'; CREATE USER expired@'%' IDENTIFIED BY 'the-expireds-own' PASSWORD EXPIRE;",
                       {"--disconnect-on-expired-password=1"});
  const model::Validation refused = asked(as("app", "the-apps-own"), server.port(), "");
  CHECK(refused.verdict == Verdict::kSkipped);
  CHECK_THAT(refused.reason, Catch::Contains("--allow-plaintext"));
  CHECK(asked(as("app", "the-apps-own"), server.port(), "", true).verdict == Verdict::kLive);
  CHECK(asked(as("app", "another"), server.port(), "", true).verdict == Verdict::kDead);
  CHECK(asked(as("nobody", "whatever"), server.port(), "", true).verdict == Verdict::kDead);
  const model::Validation expired = asked(as("expired", "the-expireds-own"), server.port(), "", true);
  CHECK(expired.verdict == Verdict::kLive);
  CHECK_THAT(expired.reason, Catch::Contains("expired"));
}

TEST_CASE("MariaDB: a server that lets everybody in says nothing of a password") {
  const Mariadb server(nullptr, "SELECT 1", {"--skip-grant-tables"});
  const model::Validation result = asked(as("app", "whatever"), server.port(), "", true);
  CHECK(result.verdict == Verdict::kUnknown);
  CHECK_THAT(result.reason, Catch::Contains("lets everybody in"));
}

class Scripted {
 public:
  explicit Scripted(const nlohmann::json& script, const Authority* authority = nullptr) : server_(words(script, authority), port_) {}
  [[nodiscard]] int port() const { return port_; }

 private:
  std::vector<std::string> words(const nlohmann::json& script, const Authority* authority) const {
    std::ifstream in(KEYWAKE_SOURCE_DIR "/tests/logins/mysql_server.py");
    std::ostringstream program;
    program << in.rdbuf();
    std::vector<std::string> out{"/usr/bin/python3", folder_.write("server.py", program.str()), std::to_string(port_), folder_.write("script.json", script.dump())};
    if (authority != nullptr) out.insert(out.end(), {authority->certificate(), authority->key()});
    return out;
  }

  const Folder folder_;
  const int port_ = free_port();
  const Server server_;
};

nlohmann::json of_plugin(const std::string& plugin, const std::string& password, bool cached) { return {{"plugin", plugin}, {"password", password}, {"cached", cached}}; }

TEST_CASE("MySQL: its plugins for passwords") {
  const Authority authority({"db.acme.test"});
  struct Row {
    std::string plugin;
    bool cached;
    Verdict right_plain, wrong_plain;  // without TLS; with it both are told apart always
  };
  const Row rows[] = {
      {"caching_sha2_password", true, Verdict::kLive, Verdict::kUnknown},
      {"caching_sha2_password", false, Verdict::kUnknown, Verdict::kUnknown},
      {"sha256_password", false, Verdict::kUnknown, Verdict::kUnknown},
      {"mysql_clear_password", false, Verdict::kUnknown, Verdict::kUnknown},
      {"mysql_native_password", false, Verdict::kLive, Verdict::kDead},
  };
  for (const Row& row : rows) {
    INFO(row.plugin << " " << row.cached);
    const Scripted tls(of_plugin(row.plugin, "the-apps-own", row.cached), &authority);
    CHECK(asked(as("app", "the-apps-own"), tls.port(), authority.ca()).verdict == Verdict::kLive);
    CHECK(asked(as("app", "another-one"), tls.port(), authority.ca()).verdict == Verdict::kDead);
    const Scripted plain(of_plugin(row.plugin, "the-apps-own", row.cached));
    const model::Validation right = asked(as("app", "the-apps-own"), plain.port(), "", true);
    CHECK(model::name(right.verdict) == model::name(row.right_plain));
    if (right.verdict == Verdict::kUnknown) CHECK_THAT(right.reason, Catch::Contains("only encrypted"));
    CHECK(model::name(asked(as("app", "another-one"), plain.port(), "", true).verdict) == model::name(row.wrong_plain));
  }
}

std::string packet(const std::string& payload, int sequence = 2) {
  std::string out;
  for (int i = 0; i < 3; ++i) out += static_cast<char>(payload.size() >> (8 * i) & 0xff);
  return to_hex(out + static_cast<char>(sequence) + payload);
}
std::string error(int code, const std::string& text) { return packet(std::string("\xff") + static_cast<char>(code & 0xff) + static_cast<char>(code >> 8) + "#28000" + text); }

TEST_CASE("MySQL: servers that say something else") {
  using namespace std::string_literals;
  const std::string ok = packet("\0\0\0\2\0\0\0"s);
  const std::string switched = packet("\xfe" "mysql_native_password\0"s + std::string(20, 'n') + '\0');
  const std::string end = packet("\xfe\0\0\2\0"s);
  const std::string column = packet(std::string(30, 'c'));
  struct Row {
    std::string name;
    nlohmann::json script;  // "first": in the greeting's place; "said": one for each packet of the client's, the last again and again
    Verdict verdict;
    std::string reason;
  };
  auto early = [](const std::string& hex) { return nlohmann::json{{"first", hex}}; };
  auto said = [](const std::vector<std::string>& hex) { return nlohmann::json{{"said", hex}}; };
  const Row rows[] = {
      {"another protocol", early(to_hex("SSH-2.0-OpenSSH_9.2p1 Debian-2+deb12u3\r\n")), Verdict::kUnknown, "not of its protocol"},
      {"a greeting cut off", early(packet("\x0a" "8.0\0abcd"s)), Verdict::kUnknown, "not of its protocol"},
      {"an empty packet", early(packet("")), Verdict::kUnknown, "not of its protocol"},
      {"a packet beyond all bounds", early("ffffff00" + to_hex(std::string(64, 'x'))), Verdict::kUnknown, "not of its protocol"},
      {"another version", early(packet("\x09" "3.20\0"s)), Verdict::kUnknown, "401"},
      {"blocked host", early(error(1129, "Host is blocked hunter2hunter2")), Verdict::kBlocked, "an address rule"},
      {"host not allowed", early(packet("\xff\x6a\x04Host is not allowed"s)), Verdict::kBlocked, "an address rule"},  // 1130, without a state
      {"too many", early(error(1040, "Too many connections")), Verdict::kBlocked, "too many connections"},
      {"denied before asked", early(error(1045, "Access denied")), Verdict::kUnknown, "before any user"},
      {"denied", said({error(1045, "Access denied hunter2hunter2")}), Verdict::kDead, "access denied"},
      {"locked", said({error(3118, "Account is locked")}), Verdict::kDead, "locked"},
      {"expired", said({error(1862, "Your password has expired")}), Verdict::kLive, "expired, but"},
      {"blocked for wrong ones", said({error(3955, "Access denied. Account is blocked for 1 day(s)")}), Verdict::kBlocked, "too many wrong passwords"},
      {"of another kind", said({error(1698, "Access denied")}), Verdict::kUnknown, "something else"},
      {"only with TLS", said({error(3159, "Connections using insecure transport are prohibited")}), Verdict::kUnknown, "only encrypted"},
      {"another code", said({error(1105, "Unknown error")}), Verdict::kUnknown, "401"},
      {"endless switches", said({switched}), Verdict::kUnknown, "not of its protocol"},
      {"another plugin", said({packet("\xfe" "dialog\0\4Password: "s)}), Verdict::kUnknown, "not known here"},
      {"the oldest plugin", said({packet("\xfe")}), Verdict::kUnknown, "not known here"},
      {"more data", said({packet("\1whatever")}), Verdict::kUnknown, "not known here"},
      {"a file asked for in place of the login", said({packet("\xfb/etc/passwd")}), Verdict::kUnknown, "not of its protocol"},
      // Let in, and then nothing that it says does any harm.
      {"a file asked for", said({ok, packet("\xfb/etc/passwd", 1), ok}), Verdict::kLive, "let in"},
      {"columns beyond all bounds", said({ok, packet("\xfe\xff\xff\xff\xff\xff\xff\xff\xff", 1)}), Verdict::kLive, "let in"},
      {"a row that is cut off", said({ok, packet("\2", 1) + column + column + end + packet("\x05shop@\x50x") + end}), Verdict::kLive, "let in"},
      {"an error in the rows", said({ok, packet("\2", 1) + column + column + end + error(1317, "Interrupted")}), Verdict::kLive, "let in"},
      {"no more", nlohmann::json{{"said", {ok}}, {"hangs_up", true}}, Verdict::kLive, "let in"},
  };
  for (const Row& row : rows) {
    INFO(row.name);
    const Scripted server(row.script);
    const model::Validation result = asked(as("app", "hunter2hunter2"), server.port(), "", true);
    CHECK(model::name(result.verdict) == model::name(row.verdict));
    CHECK_THAT(result.reason, Catch::Contains(row.reason));
    CHECK(result.reason.find("hunter2") == std::string::npos);
  }
}

net::Answer logged_in(int port, std::chrono::milliseconds patience) {
  net::ClientOptions options;
  options.allow_private = true;
  options.allow_plaintext = true;
  const auto guard = net::Guard::make(options);
  net::Request request;
  request.url = "mysql://127.0.0.1:" + std::to_string(port);
  request.user = "app";
  request.password = "whatever";
  return login::driver_for("mysql")({request, {"127.0.0.1", static_cast<std::uint16_t>(port)}, "", *guard, std::chrono::steady_clock::now() + patience});
}

TEST_CASE("MySQL: a login ends at its deadline, and endless answers end before") {
  using namespace std::string_literals;
  const std::string ok = packet("\0\0\0\2\0\0\0"s);
  const auto start = std::chrono::steady_clock::now();
  SECTION("a packet that is shorter than it says") {
    const Scripted server(nlohmann::json{{"first", "50000000" + to_hex("\x0a" "8.0")}});
    CHECK(logged_in(server.port(), std::chrono::milliseconds(300)).failure == net::Failure::kTimeout);
  }
  SECTION("no answer to the login") {
    const Scripted server(nlohmann::json{{"said", {""}}});
    CHECK(logged_in(server.port(), std::chrono::milliseconds(300)).failure == net::Failure::kTimeout);
  }
  SECTION("none to what is asked then: it was let in all the same") {
    const Scripted server(nlohmann::json{{"said", {ok, ""}}});
    CHECK(logged_in(server.port(), std::chrono::milliseconds(300)).status == login::kLetIn);
  }
  SECTION("rows without end") {
    const Scripted server(nlohmann::json{{"said", {ok, packet("\1", 1) + packet(std::string(30, 'c')) + packet("\xfe\0\0\2\0"s)}}, {"forever", packet("\xfc\x40\x1f" + std::string(8000, 'r'))}});
    CHECK(logged_in(server.port(), std::chrono::seconds(20)).status == login::kLetIn);
  }
  CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(10));
}

TEST_CASE("MySQL: what is told of a grant") {
  using login::shortened_grant;
  CHECK(shortened_grant("GRANT ALL PRIVILEGES ON *.* TO `root`@`localhost` IDENTIFIED BY PASSWORD '*00' WITH GRANT OPTION") == "ALL PRIVILEGES on *.* with grant option");
  CHECK(shortened_grant("GRANT SELECT, INSERT (`a`, `b`) ON `shop`.`till` TO `app`@`%`") == "SELECT/INSERT (a/b) on shop.till");
  CHECK(shortened_grant("GRANT SELECT ON `a TO b ON c`.* TO `app`@`%`") == "SELECT on a TO b ON c.*");
  CHECK(shortened_grant("GRANT `reader`, `writer` TO `app`@`%`") == "reader/writer");
  CHECK(shortened_grant("GRANT PROXY ON ''@'%' TO 'root'@'localhost' WITH GRANT OPTION") == "PROXY on @% with grant option");
  for (const char* nothing : {"GRANT USAGE ON *.* TO `app`@`%` IDENTIFIED BY PASSWORD '*00'", "SET DEFAULT ROLE `reader` FOR `app`@`%`", "GRANT SELECT ON `shop", "GRANT ", ""}) {
    CHECK(shortened_grant(nothing).empty());
  }
}

TEST_CASE("MySQL: numbers and texts are read within their packet only") {
  using namespace std::string_literals;
  using namespace std::string_view_literals;
  using login::MysqlReader;
  CHECK(MysqlReader("\xfa").length_encoded_number() == 0xfa);
  CHECK(MysqlReader("\xfc\x01\x02").length_encoded_number() == 0x201);
  CHECK(MysqlReader("\xfd\x01\x02\x03").length_encoded_number() == 0x30201);
  CHECK(MysqlReader("\xfe\x01\x02\x03\x04\x05\x06\x07\x08").length_encoded_number() == 0x807060504030201);
  for (const std::string& cut : {""s, "\xfb"s, "\xff"s, "\xfc\x01"s, "\xfd\x01\x02"s, "\xfe\x01\x02\x03\x04\x05\x06\x07"s}) CHECK_FALSE(MysqlReader(cut).length_encoded_number().has_value());
  CHECK(MysqlReader("\x03" "abcd").length_encoded_text() == "abc");
  CHECK_FALSE(MysqlReader("\x05" "abcd").length_encoded_text().has_value());
  CHECK_FALSE(MysqlReader("\xfe\xff\xff\xff\xff\xff\xff\xff\xff" "a").length_encoded_text().has_value());
  CHECK_FALSE(MysqlReader("abc").text_to_zero().has_value());
  MysqlReader reader("ab\0cd"sv);
  CHECK(reader.text_to_zero() == "ab");
  CHECK(reader.rest() == "cd");
  CHECK_FALSE(reader.take(3).has_value());
  CHECK_FALSE(reader.take(1).has_value());  // nothing any more
}

}  // namespace
}  // namespace keywake::testing
