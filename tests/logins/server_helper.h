// Real servers for the tests of logins, started on loopback and ended with the test. Servers that will not run as root run as nobody.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include "authority_helper.h"
#include "model/validation.h"
#include "validation/ask.h"

namespace keywake::testing {

/// A port that nobody listens on now.
int free_port();

/// An empty folder, owned by the user that servers run as, and gone with it.
class Folder {
 public:
  Folder();
  ~Folder();
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  /// Writes a file into it; returns its path.
  std::string write(const std::string& name, const std::string& text) const;

 private:
  std::filesystem::path path_;
};

/// Runs a program to its end, as nobody when the test runs as root; throws with what it printed if it fails.
std::string run(const std::vector<std::string>& words);

class Server {
 public:
  /// Starts it, as nobody when the test runs as root (`as_root`: not), and waits until something listens on the port. Throws with the end of its log if nothing does in 60 s.
  Server(std::vector<std::string> words, int port, bool as_root = false);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

 private:
  pid_t child_ = 0;
  std::filesystem::path log_;
};

/// The command of a server that says what no real one would: the items of a Python list of bytes, one for each time that it hears something,
/// the first at once (empty: it hears first).
std::vector<std::string> speaker(const Folder& folder, int port, const std::string& answers);

/// What the built-in validators say of a credential, all hosts allowed: "db.acme.test:5432" and every other name lead to loopback's `port`.
struct Login {
  std::string pattern;
  std::string secret;
  std::vector<std::pair<std::string, std::string>> parts;
};
/// `ca`: the authority that is trusted; `plaintext`: as --allow-plaintext; `loopback`: the address of it that all names lead to.
model::Validation asked(const Login& login, int port, const std::string& ca, bool plaintext = false, const std::string& loopback = "127.0.0.1");

/// The user that servers run as, and its group.
std::string server_user();
std::string server_group();

/// The values of a fact, joined by ", "; empty without it.
std::string fact(const model::Validation& validation, std::string_view name);

}  // namespace keywake::testing
