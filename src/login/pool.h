// Pool: threads that log in (login/login.h), for a caller that does not block. Started when first needed.
// Ownership: copies what it is given; the guard must outlive it. Its end waits for the logins under way, which their deadline ends.
// Thread safety: used by one thread.
#pragma once

#include <functional>
#include <memory>

#include "net/client.h"
#include "net/guard.h"
#include "net/stream.h"

namespace keywake::login {

class Pool {
 public:
  /// `wake` is called from the pool's threads whenever something is done that step() may hand over.
  Pool(const net::Guard& guard, net::Deadline deadline, std::function<void()> wake);
  ~Pool();

  /// `done` is called from step(), once, and may send again. There must be a driver for the URL's scheme.
  void send(net::Request request, std::function<void(net::Answer)> done);
  void step();
  [[nodiscard]] std::size_t in_flight() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace keywake::login
