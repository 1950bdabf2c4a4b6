// What servers of line protocols say, and the start that their logins share: mail (mail.cc) and files (ftp.cc).
// Thread safety: pure functions but for the stream's.
#pragma once

#include <string>
#include <string_view>

#include "login/login.h"

namespace keywake::login {

/// A login's answer whose body is {"code", "error"}; what is no UTF-8 in them is replaced.
net::Answer said(int status, std::string_view code, std::string_view error);

/// Refused by keywake itself, with the reason.
net::Answer refused(std::string problem);

/// From a server that speaks another protocol.
net::Answer not_spoken();

/// A connection for a scheme that ends in s (TLS at once), or for one where encryption is asked for later.
std::expected<net::Stream, net::Answer> opened(const Login& login, bool tls_at_once);

/// Whether a user or password holds what ends a line or a text in these protocols.
bool has_break(std::string_view text);

/// For a server that offers no TLS, unless the user allows that.
inline constexpr const char* kNoTls = "the server offers no TLS; --allow-plaintext permits a login without";

}  // namespace keywake::login
