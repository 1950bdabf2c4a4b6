#include "login/said.h"

#include <nlohmann/json.hpp>

#include "base/text.h"

namespace keywake::login {

net::Answer said(int status, std::string_view code, std::string_view error) {
  net::Answer out;
  out.status = status;
  out.body = nlohmann::json{{"code", to_utf8(code)}, {"error", to_utf8(error)}}.dump();
  return out;
}

net::Answer refused(std::string problem) {
  net::Answer out;
  out.failure = net::Failure::kRefused;
  out.problem = std::move(problem);
  return out;
}

net::Answer not_spoken() {
  net::Answer out;
  out.failure = net::Failure::kBroken;
  out.problem = "what it says is not of its protocol";
  return out;
}

std::expected<net::Stream, net::Answer> opened(const Login& login, bool tls_at_once) {
  return net::Stream::open(login.guard, login.to, tls_at_once ? net::Stream::Tls::kYes : net::Stream::Tls::kNo, login.deadline, false);
}

bool has_break(std::string_view text) { return text.find_first_of(std::string_view("\r\n\0", 3)) != std::string_view::npos; }

}  // namespace keywake::login
