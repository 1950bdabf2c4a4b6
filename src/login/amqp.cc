// RabbitMQ and others that speak AMQP 0-9-1 (https://www.rabbitmq.com/resources/specs/amqp0-9-1.pdf, 1.4 and 2.2.4): the connection is
// negotiated, and one virtual host opened. Over net::Stream, since the client libraries open connections by themselves, past the guard.
//
// A user who may not log in is told ACCESS_REFUSED only to clients that say they understand it (authentication_failure_close,
// https://www.rabbitmq.com/docs/auth-notification); else the server closes without a word. All refusals have the same text.
#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/text.h"
#include "base/url_scheme.h"
#include "login/amqp_frame.h"
#include "login/login.h"

namespace keywake::login {
namespace {

using amqp_frame::Reader;
using amqp_frame::Writer;

constexpr std::string_view kProtocolHeader("AMQP\0\0\x09\x01", 8);
constexpr std::uint16_t kConnection = 10;  // the class of all methods here
enum Method : std::uint16_t { kStart = 10, kStartOk = 11, kTune = 30, kTuneOk = 31, kOpen = 40, kOpenOk = 41, kClose = 50, kCloseOk = 51 };
constexpr std::uint16_t kAccessRefused = 403;
constexpr std::size_t kMaxFrame = 128 * 1024;
constexpr int kMaxHeartbeats = 16;
constexpr std::size_t kMaxShortString = 255;

net::Answer broken() {
  net::Answer out;
  out.failure = net::Failure::kBroken;
  out.problem = "what it says is not of its protocol";
  return out;
}

struct Said {
  std::uint16_t method = 0;
  std::string arguments;
};

// The next method on channel 0. `begun`: bytes of the frame that were read already.
std::expected<Said, net::Answer> heard(net::Stream& stream, std::string begun = "") {
  for (int i = 0; i < kMaxHeartbeats; ++i) {
    const auto rest = stream.receive(amqp_frame::kHeaderSize - begun.size());
    if (!rest) return std::unexpected(stream.failure());
    const std::string head = std::exchange(begun, "") + *rest;
    Reader header(head);
    const std::uint8_t type = header.octet().value_or(0);
    const std::uint16_t channel = header.short_int().value_or(0);
    const std::uint32_t size = header.long_int().value_or(0);
    if (size > kMaxFrame || channel != 0) return std::unexpected(broken());
    const auto payload = stream.receive(size + 1);
    if (!payload) return std::unexpected(stream.failure());
    if (static_cast<unsigned char>(payload->back()) != amqp_frame::kEnd) return std::unexpected(broken());
    if (type == amqp_frame::kHeartbeat) continue;
    Reader method(*payload);
    const bool ours = type == amqp_frame::kMethod && method.short_int() == kConnection;
    const auto which = method.short_int();
    if (!ours || !which) return std::unexpected(broken());
    return Said{*which, payload->substr(4, size - 4)};
  }
  return std::unexpected(broken());
}

// The server's greeting; or why there is none, as a whole answer.
std::expected<Said, net::Answer> greeted(net::Stream& stream) {
  const auto first = stream.send(kProtocolHeader) ? stream.receive(4) : std::nullopt;
  if (!first) return std::unexpected(stream.failure());
  if (*first != "AMQP") return heard(stream, *first);
  // A server that does not speak this version says which one it speaks, and closes (4.2.2).
  const auto version = stream.receive(4);
  if (!version) return std::unexpected(stream.failure());
  auto digit = [&](std::size_t at) { return static_cast<int>(static_cast<unsigned char>((*version)[at])); };
  net::Answer out;
  out.status = kWouldNotSay;
  const std::string spoken = digit(1) == 0 ? fmt::format("0-{}-{}", digit(2), digit(3)) : fmt::format("{}.{}", digit(1), digit(2));
  out.body = nlohmann::json{{"code", "version"}, {"error", fmt::format("the server speaks AMQP {}, not 0-9-1", spoken)}}.dump();
  return std::unexpected(out);
}

std::string start_ok(const net::Request& request) {
  const std::string can = Writer().short_string("authentication_failure_close").octet('t').octet(1).bytes();
  const std::string client = Writer().short_string("product").octet('S').long_string("keywake").short_string("capabilities").octet('F').long_string(can).bytes();
  const std::string plain = fmt::format("{}{}{}{}", '\0', request.user, '\0', request.password);  // RFC 4616
  return Writer().long_string(client).short_string("PLAIN").long_string(plain).short_string("en_US").bytes();
}

bool offers_plain(std::string_view mechanisms) {
  while (!mechanisms.empty()) {
    const std::string_view one = mechanisms.substr(0, mechanisms.find(' '));
    if (one == "PLAIN") return true;
    mechanisms.remove_prefix(std::min(mechanisms.size(), one.size() + 1));
  }
  return false;
}

// Why the server closes: its code and its words.
void add_closing(nlohmann::json& body, const Said& close) {
  Reader arguments(close.arguments);
  body["code"] = arguments.short_int().value_or(0);
  body["error"] = to_utf8(arguments.short_string().value_or(""));
}

// Whether the virtual host may be used. The user was let in already, whatever comes of it.
void add_host(nlohmann::json& body, net::Stream& stream, const std::string& path) {
  // "amqp://host" means the host "/" (https://www.rabbitmq.com/docs/uri-spec), and "amqp://host/" is written for it though it means "".
  const std::string host = path.empty() ? "/" : path;
  if (host.size() > kMaxShortString) return;
  const std::string open = Writer().short_string(host).short_string("").octet(0).bytes();
  if (!stream.send(amqp_frame::method_frame(kConnection, kOpen, open))) return;
  const auto said = heard(stream);
  if (!said || (said->method != kOpenOk && said->method != kClose)) return;
  body["vhost"] = to_utf8(host);
  body["vhost_allowed"] = said->method == kOpenOk;
  if (said->method == kClose) {
    add_closing(body, *said);
    stream.send(amqp_frame::method_frame(kConnection, kCloseOk, ""));
    return;
  }
  const std::string close = Writer().short_int(kLetIn).short_string("").short_int(0).short_int(0).bytes();
  if (stream.send(amqp_frame::method_frame(kConnection, kClose, close))) (void)heard(stream);
}

// Of the server's properties those that say what it is.
void add_properties(nlohmann::json& body, const std::map<std::string, std::string, std::less<>>& properties) {
  for (const auto& [name, key] : {std::pair("product", "product"), std::pair("version", "version"), std::pair("cluster_name", "cluster")}) {
    if (const auto found = properties.find(name); found != properties.end()) body[key] = to_utf8(found->second);
  }
}

}  // namespace

net::Answer amqp(const Login& login) {
  const net::Request& request = login.request;
  const auto tls = scheme_of(request.url) == "amqps" ? net::Stream::Tls::kYes : net::Stream::Tls::kNo;
  auto stream = net::Stream::open(login.guard, login.to, tls, login.deadline);
  if (!stream) return stream.error();
  nlohmann::json body;
  auto answered = [&body](int status) {
    net::Answer out;
    out.status = status;
    out.body = body.dump();
    return out;
  };
  auto would_not_say = [&](std::string_view code, std::string_view error) {
    body["code"] = code;
    body["error"] = error;
    return answered(kWouldNotSay);
  };
  const auto start = greeted(*stream);
  if (!start) return start.error();
  if (start->method == kClose) {
    add_closing(body, *start);
    return answered(kWouldNotSay);
  }
  Reader arguments(start->arguments);
  arguments.short_int();  // the version, of which the greeting is
  const auto properties = arguments.texts_of_table();
  const auto mechanisms = arguments.long_string();
  if (start->method != kStart || !properties || !mechanisms) return broken();
  add_properties(body, *properties);
  if (!offers_plain(*mechanisms)) return would_not_say("mechanism", "the server takes no user and password");
  if ((request.user + request.password).find('\0') != std::string::npos) return would_not_say("characters", "PLAIN cannot say a zero byte");
  if (!stream->send(amqp_frame::method_frame(kConnection, kStartOk, start_ok(request)))) return stream->failure();
  const auto said = heard(*stream);
  if (!said) return said.error();
  if (said->method == kClose) {
    add_closing(body, *said);
    stream->send(amqp_frame::method_frame(kConnection, kCloseOk, ""));
    // RabbitMQ lets its own user guest in from its own machine only, and says of a right password the same as of a wrong one.
    const bool may_be_right = request.user == "guest";
    if (may_be_right) body["code"] = "loopback";
    return answered(body["code"] == kAccessRefused && !may_be_right ? kNotLetIn : kWouldNotSay);
  }
  if (said->method != kTune) return broken();
  body["user"] = to_utf8(request.user);
  // Its own limits are taken as they are, but no heartbeat.
  Reader limits(said->arguments);
  const auto channels = limits.short_int();
  const auto frame = limits.long_int();
  const std::string tune = Writer().short_int(channels.value_or(0)).long_int(frame.value_or(0)).short_int(0).bytes();
  if (stream->send(amqp_frame::method_frame(kConnection, kTuneOk, tune))) add_host(body, *stream, login.path);
  return answered(kLetIn);
}

}  // namespace keywake::login
