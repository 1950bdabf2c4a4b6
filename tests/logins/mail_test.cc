// Logins at a real Dovecot (IMAP, POP3) and a real Exim (SMTP): TLS from the start, STARTTLS, and none.
#include <algorithm>
#include <chrono>

#include "catch.h"
#include "login/login.h"
#include "server_helper.h"

namespace keywake::testing {
namespace {

using model::Verdict;

struct Row {
  std::string scheme, user, password;
  Verdict verdict;
  std::string reason;
};

void check(const std::vector<Row>& rows, const std::vector<std::pair<std::string, int>>& ports, const std::string& ca, bool plaintext) {
  for (const Row& row : rows) {
    INFO(row.scheme << " " << row.user << " " << row.password);
    int port = 0;
    for (const auto& [scheme, its] : ports) port = scheme == row.scheme ? its : port;
    const Login login{"mail-and-files.smtp-url", row.password, {{"scheme", row.scheme}, {"user", row.user}, {"host", "mail.acme.test"}}};
    const model::Validation result = asked(login, port, ca, plaintext);
    CHECK(model::name(result.verdict) == model::name(row.verdict));
    CHECK_THAT(result.reason, Catch::Contains(row.reason));
    CHECK(fact(result, "account") == (row.verdict == Verdict::kLive ? "app@acme.test" : ""));
    CHECK(result.reason.find(row.password) == std::string::npos);
  }
}

std::string dovecot(const Folder& folder, const Authority& authority, bool tls, const std::vector<int>& ports) {
  const std::string path = folder.path();
  const std::string users = folder.write("users", "app@acme.test:{PLAIN}the-apps-own\n");
  auto listener = [](const std::string& name, int port) {
    return "inet_listener " + name + " {\n address = 127.0.0.1\n port = " + std::to_string(port) + "\n}\n";
  };
  return folder.write("dovecot.conf", "base_dir = " + path + "/run\nlog_path = /dev/stderr\nprotocols = imap pop3\nauth_failure_delay = 0\n"
      "default_internal_user = " + server_user() + "\ndefault_internal_group = " + server_group() + "\ndefault_login_user = " + server_user() + "\n"
      "auth_mechanisms = plain login\ndisable_plaintext_auth = " + (tls ? "yes" : "no") + "\nssl = " + (tls ? "required" : "no") + "\n"
      "ssl_cert = <" + authority.certificate() + "\nssl_key = <" + authority.key() + "\n"
      "service imap-login {\n chroot =\n" + listener("imap", ports[0]) + listener("imaps", ports[1]) + "}\n"
      "service pop3-login {\n chroot =\n" + listener("pop3", ports[2]) + listener("pop3s", ports[3]) + "}\n"
      "service anvil {\n chroot =\n unix_listener anvil-auth-penalty {\n  mode = 0\n }\n}\n"
      "passdb {\n driver = passwd-file\n args = " + users + "\n}\n"
      "userdb {\n driver = static\n args = uid=" + server_user() + " gid=" + server_group() + " home=" + path + "/home\n}\nmail_location = maildir:~/mail\n");
}

TEST_CASE("IMAP and POP3: who is let in, and who is not") {
  const Authority authority({"mail.acme.test"});
  const Folder folder;
  const std::vector<int> ports{free_port(), free_port(), free_port(), free_port()};
  const Server server({"dovecot", "-F", "-c", dovecot(folder, authority, true, ports)}, ports[0]);
  const std::vector<std::pair<std::string, int>> by_scheme{{"imap", ports[0]}, {"imaps", ports[1]}, {"pop3", ports[2]}, {"pop3s", ports[3]}};
  for (const std::string scheme : {"imap", "imaps", "pop3", "pop3s"}) {
    check({{scheme, "app%40acme.test", "the-apps-own", Verdict::kLive, "let in"},
           {scheme, "app@acme.test", "another", Verdict::kDead, "wrong user or password"},
           {scheme, "nobody@acme.test", "whatever", Verdict::kDead, "wrong user or password"}},
          by_scheme, authority.ca(), false);
  }
  SECTION("a certificate for another host is no answer, with --allow-plaintext neither") {
    for (const std::string scheme : {"imap", "imaps", "pop3", "pop3s"}) {
      const int port = std::find_if(by_scheme.begin(), by_scheme.end(), [&](const auto& each) { return each.first == scheme; })->second;
      const model::Validation result = asked({"mail-and-files.smtp-url", "the-apps-own", {{"scheme", scheme}, {"user", "app@acme.test"}, {"host", "other.acme.test"}}}, port, authority.ca(), true);
      CHECK(result.verdict == Verdict::kUnknown);
      CHECK_THAT(result.reason, Catch::Contains("certificate"));
    }
  }
}

TEST_CASE("IMAP and POP3 without TLS: refused, unless the user allows it") {
  const Authority authority({"mail.acme.test"});
  const Folder folder;
  const std::vector<int> ports{free_port(), free_port(), free_port(), free_port()};
  const Server server({"dovecot", "-F", "-c", dovecot(folder, authority, false, ports)}, ports[0]);
  const std::vector<std::pair<std::string, int>> by_scheme{{"imap", ports[0]}, {"pop3", ports[2]}};
  check({{"imap", "app@acme.test", "the-apps-own", Verdict::kSkipped, "--allow-plaintext"}, {"pop3", "app@acme.test", "the-apps-own", Verdict::kSkipped, "--allow-plaintext"}},
        by_scheme, authority.ca(), false);
  // Who speaks another protocol has not said that anything is wrong.
  for (const std::string scheme : {"smtp", "ftp", "ldap", "sftp"}) {
    INFO(scheme);
    const std::string pattern = scheme == "smtp" ? "mail-and-files.smtp-url" : scheme == "ldap" ? "ldap.command-line" : "mail-and-files.ftp-url";
    const model::Validation result = asked({pattern, "the-apps-own", {{"scheme", scheme}, {"user", "app"}, {"host", "mail.acme.test"}}}, ports[0], "", true);
    CHECK(result.verdict == Verdict::kUnknown);
  }
  check({{"imap", "app@acme.test", "the-apps-own", Verdict::kLive, "let in"}, {"pop3", "app@acme.test", "another", Verdict::kDead, "wrong user or password"}}, by_scheme,
        authority.ca(), true);
}

TEST_CASE("SMTP: who is let in, who is not, and who is not told") {
  const Authority authority({"mail.acme.test"});
  const Folder folder;
  const int starttls = free_port();
  const int tls = free_port();
  const std::string mechanism = GENERATE("PLAIN", "LOGIN");
  const std::string user = mechanism == "PLAIN" ? "$auth2" : "$auth1";
  const std::string password = mechanism == "PLAIN" ? "$auth3" : "$auth2";
  const std::string configuration = folder.write("exim.conf",
      "exim_user = " + server_user() + "\nexim_group = " + server_group() + "\nprimary_hostname = mail.acme.test\nspool_directory = " + folder.path().string() + "/spool\nlog_file_path = " + folder.path().string() + "/%slog\n"
      "daemon_smtp_ports = " + std::to_string(starttls) + " : " + std::to_string(tls) + "\ntls_on_connect_ports = " + std::to_string(tls) + "\n"
      "local_interfaces = <; 127.0.0.1 ; ::1\ntls_advertise_hosts = *\ntls_certificate = " + authority.certificate() + "\ntls_privatekey = " + authority.key() + "\n"
      "host_lookup =\nrfc1413_query_timeout = 0s\nadd_environment =\nkeep_environment =\n"
      "begin authenticators\nmine:\n driver = plaintext\n public_name = " + mechanism + "\n server_prompts = " + (mechanism == "PLAIN" ? ":" : "Username:: : Password::") + "\n"
      " server_advertise_condition = ${if def:tls_in_cipher}\n"
      " server_condition = ${if eq{" + user + "}{busy}{later}{${if and{{eq{" + user + "}{app@acme.test}}{eq{" + password + "}{the-apps-own}}}}}}\n");
  const Server server({"exim4", "-bdf", "-C", configuration}, starttls);
  const std::vector<std::pair<std::string, int>> ports{{"smtp", starttls}, {"smtps", tls}};
  for (const std::string scheme : {"smtp", "smtps"}) {
    check({{scheme, "app@acme.test", "the%2Dapps-own", Verdict::kLive, "let in"},
           {scheme, "app@acme.test", "another", Verdict::kDead, "wrong user or password"},
           {scheme, "nobody", "whatever", Verdict::kDead, "wrong user or password"},
           {scheme, "busy", "whatever", Verdict::kBlocked, "would not say"}},
          ports, authority.ca(), false);
  }
  const Login login{"mail-and-files.smtp-url", "the-apps-own", {{"scheme", "smtp"}, {"user", "app@acme.test"}, {"host", "mail.acme.test"}}};
  CHECK(asked(login, starttls, authority.ca(), false, "[::1]").verdict == Verdict::kLive);
  const model::Validation unknown_authority = asked(login, starttls, "", true);
  CHECK(unknown_authority.verdict == Verdict::kUnknown);
  CHECK_THAT(unknown_authority.reason, Catch::Contains("certificate"));
}

TEST_CASE("logins end at their deadline when the server says nothing") {
  const int port = free_port();
  const Server server({"redis-server", "--port", std::to_string(port), "--bind", "127.0.0.1", "--save", ""}, port);  // waits to be asked
  net::ClientOptions options;
  options.connect_to = {"::127.0.0.1:" + std::to_string(port)};
  const auto guard = net::Guard::make(options);
  REQUIRE(guard);
  for (const std::string scheme : {"smtp", "smtps", "imap", "pop3", "ftp", "ssh"}) {
    INFO(scheme);
    net::Request request;
    request.url = scheme + "://mail.acme.test";
    request.user = "app";
    request.password = "the-apps-own";
    const auto start = std::chrono::steady_clock::now();
    const net::Answer answer = login::driver_for(scheme)({request, *net::host_of(request.url), "", *guard, start + std::chrono::milliseconds(300)});
    INFO(answer.problem);
    CHECK(answer.failure == net::Failure::kTimeout);
    CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(3));
  }
}

TEST_CASE("mail: what is said before encryption does not count, and endless answers end") {
  struct Row {
    std::string answers, reason;
  };
  const Row rows[] = {
      {R"([b"220 x\r\n", b"250 STARTTLS\r\n", b"220 go\r\n250 AUTH PLAIN\r\n535 5.7.8 wrong\r\n"])", "before encryption"},
      {R"([b"220 x\r\n", b"250-x\r\n" * 100000])", "not of its protocol"},
      {R"([b"220 " + b"x" * 1000000])", "not of its protocol"},
  };
  const Folder folder;
  for (const Row& row : rows) {
    INFO(row.reason);
    const int port = free_port();
    const Server server(speaker(folder, port, row.answers), port);
    const Login login{"mail-and-files.smtp-url", "the-apps-own", {{"scheme", "smtp"}, {"user", "app"}, {"host", "mail.acme.test"}}};
    const model::Validation result = asked(login, port, "");
    CHECK(model::name(result.verdict) != model::name(Verdict::kDead));
    CHECK(model::name(result.verdict) != model::name(Verdict::kLive));
    CHECK_THAT(result.reason, Catch::Contains(row.reason));
  }
}

}  // namespace
}  // namespace keywake::testing
