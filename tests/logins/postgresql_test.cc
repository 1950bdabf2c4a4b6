// Logins at a real PostgreSQL: every way in which it asks for a password, over TLS and without; and servers that are none.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <thread>

#include "catch.h"
#include "server_helper.h"

namespace keywake::testing {
namespace {

using model::Verdict;

// Debian keeps the server's programs out of PATH, in a folder for each version.
std::string program(const std::string& name) {
  std::vector<std::filesystem::path> found;
  for (const auto& version : std::filesystem::directory_iterator("/usr/lib/postgresql")) {
    if (std::filesystem::exists(version.path() / "bin" / name)) found.push_back(version.path() / "bin" / name);
  }
  REQUIRE_FALSE(found.empty());
  return *std::max_element(found.begin(), found.end());
}

struct Cluster {
  Authority authority{{"db.acme.test"}};
  Folder folder;
  int port = free_port();
  std::string data = folder.path() / "data";

  Cluster() {
    const std::string password = folder.write("password", "the-admins-own\n");
    run({program("initdb"), "-D", data, "-U", "admin", "--pwfile", password, "--auth=scram-sha-256", "--no-sync", "--no-locale", "-E", "UTF8"});
    run({"install", "-m", "600", authority.key(), data + "/server.key"});
    const std::string rules = folder.write("pg_hba.conf",
                                           "host all by_md5 127.0.0.1/32 md5\n"
                                           "host all by_plain 127.0.0.1/32 password\n"
                                           "host all by_trust 127.0.0.1/32 trust\n"
                                           "host all elsewhere 192.0.2.0/24 scram-sha-256\n"
                                           "host all admin,app,former,nologin,nobody,full,\"o'neil\" 127.0.0.1/32 scram-sha-256\n"
                                           "local all all scram-sha-256\n");
    const std::string sql = folder.write("setup.sql",
                                         "CREATE ROLE billing;\n"
                                         "CREATE ROLE app LOGIN CREATEDB PASSWORD 'the-apps-own' VALID UNTIL '2033-01-02 03:04:05Z' IN ROLE billing;\n"
                                         "CREATE ROLE former LOGIN PASSWORD 'the-formers-own' VALID UNTIL '2001-01-01';\n"
                                         "CREATE ROLE nologin NOLOGIN PASSWORD 'the-nologins-own';\n"
                                         "CREATE ROLE elsewhere LOGIN PASSWORD 'the-elsewheres-own';\n"
                                         "CREATE ROLE full LOGIN PASSWORD 'the-fulls-own' CONNECTION LIMIT 0;\n"
                                         "CREATE ROLE by_plain LOGIN PASSWORD 'the-plains-own';\n"
                                         "CREATE ROLE by_trust LOGIN PASSWORD 'the-trusts-own';\n"
                                         "CREATE ROLE \"o'neil\" LOGIN PASSWORD 'p@ss/word''s own';\n"
                                         "SET password_encryption = 'md5';\n"
                                         "CREATE ROLE by_md5 LOGIN PASSWORD 'the-md5s-own';\n"
                                         "CREATE DATABASE shop;\nCREATE DATABASE closed;\nREVOKE CONNECT ON DATABASE closed FROM PUBLIC;\n");
    // Statements on a single-user backend end with the line.
    run({"sh", "-c", program("postgres") + " --single -D '" + data + "' postgres < '" + sql + "'"});
    run({"cp", rules, data + "/pg_hba.conf"});
  }
  std::vector<std::string> words(bool tls) const {
    std::vector<std::string> out{program("postgres"), "-D", data, "-p", std::to_string(port), "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=", "-c", "fsync=off"};
    const std::vector<std::string> more{"-c", "ssl=on", "-c", "ssl_cert_file=" + authority.certificate(), "-c", "ssl_key_file=" + data + "/server.key"};
    if (tls) out.insert(out.end(), more.begin(), more.end());
    return out;
  }
  // It listens before it is ready, and says so to whoever comes (57P03).
  void wait_until_ready() const {
    const std::string command = "env -i " + program("pg_isready") + " -q -h 127.0.0.1 -p " + std::to_string(port);
    for (int i = 0; i < 600 && std::system(command.c_str()) != 0; ++i) std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
};

Login login(const std::string& user, const std::string& password, const std::string& database = "shop", const std::string& host = "db.acme.test") {
  return {"postgresql.url", password, {{"user", user}, {"host", host}, {"database", database}}};
}

TEST_CASE("PostgreSQL: who is let in, who is not, and what it tells") {
  // What a client library would take from the environment.
  for (const char* name : {"PGHOST", "PGPASSWORD", "PGSERVICE", "PGSSLMODE", "PGSSLROOTCERT", "PGOPTIONS", "PGUSER"}) ::setenv(name, "nonsense", 1);
  const Cluster cluster;
  {
    const Server server(cluster.words(true), cluster.port);
    cluster.wait_until_ready();
    struct Row {
      std::string user, password, database;
      Verdict verdict;
      std::string reason;
      std::string roles;
    };
    const Row rows[] = {
        {"admin", "the-admins-own", "shop", Verdict::kLive, "let in", "superuser, createdb, createrole, replication, bypassrls"},
        {"app", "the-apps-own", "shop", Verdict::kLive, "let in", "createdb, member of billing"},
        {"app", "the%2Dapps%2Down", "shop", Verdict::kLive, "let in", "createdb, member of billing"},
        {"by_md5", "the-md5s-own", "shop", Verdict::kLive, "let in", ""},
        {"by_plain", "the-plains-own", "shop", Verdict::kLive, "let in", ""},
        {"o%27neil", "p%40ss%2Fword%27s%20own", "shop", Verdict::kLive, "let in", ""},
        {"app", "the-apps-own", "absent", Verdict::kLive, "the database was not", ""},
        {"app", "the-apps-own", "closed", Verdict::kLive, "the database was not", ""},
        {"full", "the-fulls-own", "shop", Verdict::kLive, "the database was not", ""},
        {"app", "another", "shop", Verdict::kDead, "wrong or expired", ""},
        {"by_md5", "another", "shop", Verdict::kDead, "wrong or expired", ""},
        {"by_plain", "another", "shop", Verdict::kDead, "wrong or expired", ""},
        {"nobody", "whatever", "shop", Verdict::kDead, "wrong or expired", ""},
        {"former", "the-formers-own", "shop", Verdict::kDead, "wrong or expired", ""},
        {"nologin", "the-nologins-own", "shop", Verdict::kDead, "may not log in", ""},
        {"nologin", "another", "shop", Verdict::kDead, "wrong or expired", ""},
        {"elsewhere", "the-elsewheres-own", "shop", Verdict::kBlocked, "pg_hba", ""},
        {"by_trust", "whatever", "shop", Verdict::kUnknown, "no password", ""},
        {"app", "p\xc3\xa4sswort", "shop", Verdict::kUnknown, "", ""},
    };
    for (const Row& row : rows) {
      INFO(row.user << " " << row.password << " " << row.database);
      const model::Validation result = asked(login(row.user, row.password, row.database), cluster.port, cluster.authority.ca());
      INFO(result.reason);
      CHECK(model::name(result.verdict) == model::name(row.verdict));
      CHECK_THAT(result.reason, Catch::Contains(row.reason));
      CHECK(fact(result, "roles") == row.roles);
      CHECK(result.reason.find(row.password) == std::string::npos);
    }
    const model::Validation app = asked(login("app", "the-apps-own"), cluster.port, cluster.authority.ca());
    CHECK(fact(app, "owner") == "app");
    CHECK(fact(app, "expires") == "2033-01-02T03:04:05Z");
    CHECK(fact(app, "resources") == "postgres, shop");
    const Login pgpass{"postgresql.pgpass", "the-apps-own", {{"user", "app"}, {"host", "db.acme.test"}, {"database", "shop"}}};
    CHECK(asked(pgpass, cluster.port, cluster.authority.ca()).verdict == Verdict::kLive);
    const model::Validation elsewhere = asked(login("app", "the-apps-own", "shop", "other.acme.test"), cluster.port, cluster.authority.ca());
    CHECK(elsewhere.verdict == Verdict::kUnknown);
    CHECK_THAT(elsewhere.reason, Catch::Contains("certificate"));
    CHECK(asked(login("app", "the-apps-own"), cluster.port, "").verdict == Verdict::kUnknown);  // an authority that nobody named
  }
  const Server server(cluster.words(false), cluster.port);
  cluster.wait_until_ready();
  const model::Validation refused = asked(login("app", "the-apps-own"), cluster.port, cluster.authority.ca());
  CHECK(refused.verdict == Verdict::kSkipped);
  CHECK_THAT(refused.reason, Catch::Contains("--allow-plaintext"));
  CHECK(asked(login("app", "the-apps-own"), cluster.port, cluster.authority.ca(), true).verdict == Verdict::kLive);
  CHECK(asked(login("app", "another"), cluster.port, cluster.authority.ca(), true).verdict == Verdict::kDead);
}

TEST_CASE("PostgreSQL: a server that is none is no answer") {
  struct Row {
    std::string answers, reason;
  };
  const Row rows[] = {
      {R"([b"HTTP/1.1 400 Bad Request\r\n\r\n"])", "not of its protocol"},
      {R"([b"", b"SR\0\0\0\x08\0\0\0\0"])", "before encryption"},
      {R"([b"", b"N", b"R\xff\xff\xff\xff"])", "not of its protocol"},
      {R"([b"", b"N", b"R\0\0\0\x03"])", "not of its protocol"},
      {R"([b"", b"N", b"N\0\0\0\x04" * 100000])", "not of its protocol"},
      {R"([b"", b"N"] + [b"R\0\0\0\x08\0\0\0\x03"] * 100)", "not of its protocol"},                        // asks for ever
      {R"([b"", b"N", b"R\0\0\0\x17\0\0\0\x0aSCRAM-SHA-256\0\0", b"R\0\0\0\x08\0\0\0\x0c"])", ""},  // let in without a proof
      {R"([b"", b"N", b"E\0\0\0\x09C28P0"])", ""},                                                     // half a code
  };
  const Folder folder;
  for (const Row& row : rows) {
    INFO(row.answers);
    const int port = free_port();
    const Server server(speaker(folder, port, row.answers), port);
    const model::Validation result = asked(login("app", "the-apps-own"), port, "", true);
    INFO(result.reason);
    CHECK(model::name(result.verdict) == model::name(Verdict::kUnknown));
    CHECK_THAT(result.reason, Catch::Contains(row.reason));
    CHECK(result.reason.find("the-apps-own") == std::string::npos);
  }
}

}  // namespace
}  // namespace keywake::testing
