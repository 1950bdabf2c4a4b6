// Stream: one connection to a host for protocols that libcurl does not speak, made as net/client.h makes its own: the address guarded, the
// certificate verified, through the user's proxy. Every call blocks until the deadline at most. After a failure all further calls fail.
// Ownership: owns the connection. Thread safety: none, one thread at a time.
#pragma once

#include <chrono>
#include <cstddef>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "net/client.h"
#include "net/guard.h"

namespace keywake::net {

using Deadline = std::chrono::steady_clock::time_point;

class Stream {
 public:
  enum class Tls : std::uint8_t { kYes, kNo };

  /// Without TLS only if the user allows plain text (ClientOptions::allow_plaintext), or `secret_goes_plain` is false: what is sent protects
  /// itself, as SSH does. The Answer says why there is no connection. The guard must outlive the stream.
  static std::expected<Stream, Answer> open(const Guard& guard, const HostPort& to, Tls tls, Deadline deadline, bool secret_goes_plain = true);
  ~Stream();
  Stream(Stream&&) noexcept;
  Stream& operator=(Stream&&) noexcept;

  /// Encrypts a connection that was opened without TLS, after the server has agreed to that (STARTTLS and the like), verifying its certificate
  /// as open() does. Fails for a server that has said more already: what comes unencrypted must not count as said under TLS.
  bool start_tls();

  bool send(std::string_view bytes);
  /// Exactly `count` bytes; absent after a failure.
  std::optional<std::string> receive(std::size_t count);
  /// Up to the next CR LF, which it takes and leaves out; fails for a line longer than `longest`.
  std::optional<std::string> receive_line(std::size_t longest = 4096);

  /// Why a call failed.
  [[nodiscard]] const Answer& failure() const;
  /// Of the connection, for libraries that take one; only without TLS.
  [[nodiscard]] int socket() const;

 private:
  struct State;
  explicit Stream(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace keywake::net
