// FTP (RFC 959) with TLS by AUTH TLS (RFC 4217) or from the start. USER, PASS, QUIT and no more: nothing is listed, and there is no second
// connection to anywhere.
#include <fmt/format.h>

#include <charconv>
#include <optional>

#include "base/url_scheme.h"
#include "login/login.h"
#include "login/said.h"

namespace keywake::login {
namespace {

constexpr int kMostLines = 200;

struct Reply {
  int code = 0;
  std::string text;
};

// RFC 959, 4.2: "230-first", …, "230 last".
std::optional<Reply> reply_of(net::Stream& stream) {
  Reply out;
  std::string last;
  for (int i = 0; i < kMostLines; ++i) {
    const std::optional<std::string> line = stream.receive_line();
    if (!line) return std::nullopt;
    if (i == 0) {
      if (line->size() < 3 || std::from_chars(line->data(), line->data() + 3, out.code).ptr != line->data() + 3) return Reply{0, "it speaks no FTP"};
      last = line->substr(0, 3) + " ";
    }
    const bool coded = line->starts_with(last.substr(0, 3));
    out.text += (out.text.empty() ? "" : "\n") + (coded ? line->substr(std::min<std::size_t>(4, line->size())) : *line);
    if (line->starts_with(last) || (i == 0 && line->size() == 3)) return out;
  }
  return Reply{0, "it speaks no FTP"};
}

std::optional<Reply> asked(net::Stream& stream, std::string_view command) {
  if (!stream.send(fmt::format("{}\r\n", command))) return std::nullopt;
  return reply_of(stream);
}

net::Answer judged(int status, const Reply& reply) { return reply.code == 0 ? not_spoken() : said(status, fmt::format("{}", reply.code), reply.text); }

}  // namespace

net::Answer ftp(const Login& login) {
  const net::Request& request = login.request;
  if (has_break(request.user) || has_break(request.password)) return refused("it has a line break, which no FTP login can hold");
  const bool tls_at_once = scheme_of(request.url) == "ftps";
  auto stream = opened(login, tls_at_once);
  if (!stream) return stream.error();
  std::optional<Reply> reply = reply_of(*stream);
  if (reply && reply->code == 120) reply = reply_of(*stream);  // "ready in so many minutes"
  if (!reply) return stream->failure();
  if (reply->code != 220) return judged(kWouldNotSay, *reply);
  if (!tls_at_once) {
    reply = asked(*stream, "AUTH TLS");
    if (!reply) return stream->failure();
    if (reply->code == 234) {
      if (!stream->start_tls()) return stream->failure();
    } else if (!login.guard.options().allow_plaintext) {
      return refused(kNoTls);
    }
  }
  reply = asked(*stream, "USER " + request.user);
  if (!reply) return stream->failure();
  if (reply->code == 230 || reply->code == 232) return said(kWouldNotSay, "anybody", "the server asks for no password");
  if (reply->code != 331) return said(kWouldNotSay, fmt::format("USER {}", reply->code), reply->text);
  reply = asked(*stream, "PASS " + request.password);
  if (!reply) return stream->failure();
  stream->send("QUIT\r\n");
  if (reply->code == 230 || reply->code == 202) return judged(kLetIn, *reply);
  return judged(reply->code / 100 == 5 ? kNotLetIn : kWouldNotSay, *reply);
}

}  // namespace keywake::login
