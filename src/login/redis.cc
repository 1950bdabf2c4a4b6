// Redis and Valkey: RESP, version 2 (https://redis.io/docs/latest/develop/reference/protocol-spec/). Eight bytes of protocol need no library.
#include <fmt/format.h>

#include <charconv>
#include <initializer_list>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "base/url_scheme.h"
#include "login/login.h"

namespace keywake::login {
namespace {

constexpr std::size_t kMaxReply = 256 * 1024;

std::string command(std::initializer_list<std::string_view> words) {
  std::string out = fmt::format("*{}\r\n", words.size());
  for (const std::string_view word : words) out += fmt::format("${}\r\n{}\r\n", word.size(), word);
  return out;
}

struct Reply {
  bool error = false;
  std::string text;
};

// Of the kinds that the commands here are answered with: a simple text, an error, a number, a text with its length.
std::optional<Reply> asked(net::Stream& stream, std::initializer_list<std::string_view> words) {
  if (!stream.send(command(words))) return std::nullopt;
  const std::optional<std::string> line = stream.receive_line();
  if (!line || line->empty()) return std::nullopt;
  if ((*line)[0] != '$') return Reply{(*line)[0] == '-', line->substr(1)};
  std::int64_t size = -1;
  std::from_chars(line->data() + 1, line->data() + line->size(), size);
  if (size < 0 || size > static_cast<std::int64_t>(kMaxReply)) return Reply{};
  const std::optional<std::string> text = stream.receive(static_cast<std::size_t>(size));
  if (!text || !stream.receive(2)) return std::nullopt;
  return Reply{false, *text};
}

// "redis_version:7.0.15" of what INFO says.
std::string line_of(std::string_view info, std::string_view name) {
  const std::size_t at = info.find(fmt::format("\n{}:", name));
  if (at == std::string_view::npos) return "";
  info.remove_prefix(at + name.size() + 2);
  return std::string(info.substr(0, info.find_first_of("\r\n")));
}

}  // namespace

net::Answer redis(const Login& login) {
  const std::string_view scheme = scheme_of(login.request.url);
  const auto tls = scheme == "rediss" || scheme == "valkeys" ? net::Stream::Tls::kYes : net::Stream::Tls::kNo;
  auto stream = net::Stream::open(login.guard, login.to, tls, login.deadline);
  if (!stream) return stream.error();
  const net::Request& request = login.request;
  // Before version 6 there are no users, and AUTH takes the password alone.
  const bool named = !request.user.empty() && request.user != "default";
  const std::optional<Reply> reply = named ? asked(*stream, {"AUTH", request.user, request.password}) : asked(*stream, {"AUTH", request.password});
  if (!reply) return stream->failure();
  net::Answer out;
  nlohmann::json body;
  if (reply->error) {
    out.status = reply->text.starts_with("WRONGPASS") || reply->text.starts_with("ERR invalid password") ? kNotLetIn : kWouldNotSay;
    body["code"] = reply->text.substr(0, reply->text.find(' '));
    body["error"] = to_utf8(reply->text);
  } else {
    out.status = kLetIn;
    if (const auto user = asked(*stream, {"ACL", "WHOAMI"}); user && !user->error) body["user"] = to_utf8(user->text);
    body["roles"] = nlohmann::json::array();
    if (const auto info = asked(*stream, {"INFO"}); info && !info->error) {
      body["version"] = to_utf8(line_of(info->text, "redis_version"));
      body["roles"].push_back(to_utf8(line_of(info->text, "role")));
    }
    // What an account may do is in its ACL, which an administrator alone may read: whoever can read it is one.
    if (const auto own = asked(*stream, {"ACL", "LIST"}); own && !own->error) body["roles"].push_back("admin");
  }
  out.body = body.dump();
  return out;
}

}  // namespace keywake::login
