// Real registries (Debian's docker-registry) for tests, on loopback, with storage in a temporary folder; programs that run beside a test.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string>
#include <vector>

#include "authority_helper.h"
#include "net/client.h"

namespace keywake::testing {

/// A port that nobody listens on now.
int free_port();

/// An empty folder, gone with it.
class Scratch {
 public:
  Scratch();
  ~Scratch();
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  /// Writes a file into it; returns its path.
  std::string write(const std::string& name, const std::string& text) const;

 private:
  std::filesystem::path path_;
};

std::string text_of(const std::filesystem::path& file);

/// Runs a program to its end; returns what it printed, and throws with it if it fails.
std::string run(const std::vector<std::string>& words);

/// A program beside the test. The constructor waits until something listens on the port; throws with its log if nothing does in 60 s.
class Beside {
 public:
  Beside(std::vector<std::string> words, int port);
  /// Until the Unix socket is there.
  Beside(std::vector<std::string> words, const std::string& socket);
  ~Beside();
  Beside(const Beside&) = delete;
  Beside& operator=(const Beside&) = delete;

 private:
  void wait_until(const std::string& name, bool (*listens)(const std::string& where), const std::string& where);
  Scratch folder_;
  pid_t child_ = 0;
};

/// docker-registry over TLS with a certificate of `authority` (for 127.0.0.1), or with null over plain HTTP. `auth`: its section of that name.
class Registry {
 public:
  explicit Registry(const Authority* authority, const std::string& auth = "");

  /// "127.0.0.1:PORT"
  [[nodiscard]] std::string host() const { return "127.0.0.1:" + std::to_string(port_); }
  /// `skopeo copy --all` of a layout's image; `options`: more flags.
  void push(const std::string& from, const std::string& to, const std::vector<std::string>& options = {}) const;
  /// Where the bytes of a blob lie.
  [[nodiscard]] std::filesystem::path blob(const std::string& digest) const;
  /// Puts a file under a repository as a blob, by its storage format.
  void link(const std::string& repository, const std::string& digest) const;

 private:
  Scratch folder_;
  const Authority* authority_;
  int port_;
  Beside server_;
};

}  // namespace keywake::testing
