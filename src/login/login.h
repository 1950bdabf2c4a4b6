// Logins at servers that speak no HTTP: databases, brokers, mail, directories, files, SSH. A driver connects, logs in, asks,
// reading only, for whom it was taken and what that reaches, and leaves. So that validators/*.toml judge a login as they judge any other
// answer, it is one: status 200 (let in), 401 (not let in) or 503 (the server would not say), and a JSON object as body, which
// docs/validators.md describes for each scheme ("/error" always holds the server's own words, "/code" its code).
// Errors: as net::Client's, in Answer::failure. Thread safety: pure functions but for the network; they block until the deadline at most.
#pragma once

#include <string_view>

#include "net/client.h"
#include "net/guard.h"
#include "net/stream.h"

namespace keywake::login {

/// A request as net::Client takes it (url, user, password, ca, private_key), and where its URL leads.
struct Login {
  const net::Request& request;
  net::HostPort to;
  std::string path;  // of the URL, without the first slash, percent-decoded: a database, a virtual host
  const net::Guard& guard;
  net::Deadline deadline;
};

using Driver = net::Answer (*)(const Login&);

/// The driver for URLs of a scheme; null when there is none.
Driver driver_for(std::string_view scheme);

inline constexpr int kLetIn = 200;
inline constexpr int kNotLetIn = 401;
inline constexpr int kWouldNotSay = 503;

net::Answer postgresql(const Login& login);
net::Answer mysql(const Login& login);
net::Answer redis(const Login& login);
net::Answer mongodb(const Login& login);
net::Answer amqp(const Login& login);
net::Answer ssh(const Login& login);
net::Answer smtp(const Login& login);  // these three: mail.cc
net::Answer imap(const Login& login);
net::Answer pop3(const Login& login);
net::Answer ldap(const Login& login);
net::Answer ftp(const Login& login);

}  // namespace keywake::login
