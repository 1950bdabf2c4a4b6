// Logins at a real ProFTPD, by FTP and by SFTP.
#include <cstdlib>
#include <fstream>

#include "catch.h"
#include "server_helper.h"

namespace keywake::testing {
namespace {

using model::Verdict;

std::string without_newline(std::string text) {
  while (!text.empty() && text.back() == '\n') text.pop_back();
  return text;
}

TEST_CASE("FTP and SFTP: who is let in, and who is not") {
  const Authority authority({"ftp.acme.test"});
  const Folder folder;
  const int tls = free_port();
  const int plain = free_port();
  const int at_once = free_port();
  const int sftp = free_port();
  const std::string path = folder.path();
  const std::string hash = without_newline(run({"openssl", "passwd", "-5", "the-apps-own"}));
  const std::string users = path + "/users.own";  // which nobody else may read, so that it must be the server's own
  const std::string written = folder.write("users", "app:" + hash + ":10001:10001::" + path + ":/bin/sh\n");
  run({"install", "-m", "600", written, users});
  run({"ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", path + "/host"});
  const std::string with_tls = "TLSEngine on\nTLSRSACertificateFile " + authority.certificate() + "\nTLSRSACertificateKeyFile " + authority.key() + "\n";
  const std::string mine = "AuthUserFile " + users + "\nAuthOrder mod_auth_file.c\nRequireValidShell off\nUseFtpUsers off\n";
  const std::string configuration = folder.write("proftpd.conf",
      "LoadModule mod_tls.c\nLoadModule mod_sftp.c\nServerType standalone\nDefaultAddress 127.0.0.1\nPort " + std::to_string(tls) + "\nUser " + server_user() + "\nGroup " + server_group() +
      "\nUseReverseDNS off\nUseIPv6 off\nWtmpLog off\nPidFile " + path + "/pid\nScoreboardFile " + path + "/scoreboard\nDelayEngine off\nSystemLog " + path + "/log\n" + mine + with_tls +
      "<VirtualHost 127.0.0.1>\nPort " + std::to_string(plain) + "\n" + mine + "</VirtualHost>\n"
      "<VirtualHost 127.0.0.1>\nPort " + std::to_string(at_once) + "\n" + mine + with_tls + "TLSOptions UseImplicitSSL\n</VirtualHost>\n"
      "<VirtualHost 127.0.0.1>\nPort " + std::to_string(sftp) + "\n" + mine + "SFTPEngine on\nSFTPHostKey " + path + "/host\nSFTPAuthMethods password\n</VirtualHost>\n");
  const Server server({"/usr/sbin/proftpd", "-n", "-q", "-c", configuration}, sftp);
  auto login = [](const std::string& scheme, const std::string& user, const std::string& password, const std::string& host = "ftp.acme.test") {
    return Login{"mail-and-files.ftp-url", password, {{"scheme", scheme}, {"user", user}, {"host", host}}};
  };
  struct Row {
    std::string scheme;
    int port = 0;
    bool plaintext = false;
    std::string user, password;
    Verdict verdict;
    std::string reason;
  };
  // A home of its own, whose known_hosts has the SFTP server's key under the name that it is asked by.
  std::filesystem::create_directory(folder.path() / ".ssh");
  std::ifstream key(folder.path() / "host.pub");
  std::string line;
  std::getline(key, line);
  std::ofstream(folder.path() / ".ssh" / "known_hosts") << "ftp.acme.test " << line << "\n";
  const std::string home = std::getenv("HOME") == nullptr ? "" : std::getenv("HOME");
  ::setenv("HOME", path.c_str(), 1);
  const Row rows[] = {
      {"ftp", tls, false, "app", "the-apps-own", Verdict::kLive, "let in"},
      {"ftp", tls, false, "app", "another", Verdict::kDead, "wrong user or password"},
      {"ftp", tls, false, "nobody", "whatever", Verdict::kDead, "wrong user or password"},
      {"ftps", at_once, false, "app", "the-apps-own", Verdict::kLive, "let in"},
      {"ftps", at_once, false, "app", "another", Verdict::kDead, "wrong user or password"},
      {"ftp", plain, false, "app", "the-apps-own", Verdict::kSkipped, "--allow-plaintext"},
      {"ftp", plain, true, "app", "the-apps-own", Verdict::kLive, "let in"},
      {"ftp", plain, true, "app", "another", Verdict::kDead, "wrong user or password"},
      {"sftp", sftp, false, "app", "the-apps-own", Verdict::kLive, "let in"},
      {"sftp", sftp, false, "app", "another", Verdict::kDead, "refuses"},
  };
  for (const Row& row : rows) {
    INFO(row.scheme << " " << row.user << " " << row.password << " " << row.plaintext);
    const model::Validation result = asked(login(row.scheme, row.user, row.password), row.port, authority.ca(), row.plaintext);
    CHECK(model::name(result.verdict) == model::name(row.verdict));
    CHECK_THAT(result.reason, Catch::Contains(row.reason));
    CHECK(result.reason.find(row.password) == std::string::npos);
  }
  const model::Validation elsewhere = asked(login("ftp", "app", "the-apps-own", "other.acme.test"), tls, authority.ca(), true);
  CHECK(elsewhere.verdict == Verdict::kUnknown);
  CHECK_THAT(elsewhere.reason, Catch::Contains("certificate"));
  const model::Validation stranger = asked(login("sftp", "app", "the-apps-own", "other.acme.test"), sftp, authority.ca(), true);
  CHECK(stranger.verdict == Verdict::kSkipped);
  CHECK_THAT(stranger.reason, Catch::Contains("known_hosts"));
  std::ofstream(folder.path() / ".ssh" / "known_hosts", std::ios::app) << "@revoked * " << line << "\n";
  CHECK(asked(login("sftp", "app", "the-apps-own"), sftp, authority.ca()).verdict == Verdict::kSkipped);
  ::setenv("HOME", home.c_str(), 1);
}

}  // namespace
}  // namespace keywake::testing
