// MongoDB and what speaks as it does: SCRAM (https://github.com/mongodb/specifications/blob/master/source/auth/auth.md), then who it is, and
// which databases there are for it. Over net::Stream, since the client libraries connect to every host that a server names, past the guard.
//
// A user is one of a database, the authSource: of the URL's options, else (for a URL that names a database) that one or admin. Dead is only what
// each of these refuses, by every mechanism that the server may mean.
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "base/ascii.h"
#include "base/hash.h"
#include "base/text.h"
#include "base/url_scheme.h"
#include "login/login.h"
#include "login/mongodb_message.h"
#include "login/mongodb_srv.h"
#include "login/scram.h"

namespace keywake::login {
namespace {

using bson::Document;
using bson::Value;
using Options = std::map<std::string, std::string, std::less<>>;

// https://github.com/mongodb/mongo/blob/master/src/mongo/base/error_codes.yml; the last is Atlas's own, for all that it refuses.
enum Code : std::int32_t { kBadValue = 2, kUserNotFound = 11, kAuthenticationFailed = 18, kCommandNotFound = 59, kMechanismUnavailable = 334, kAtlas = 8000 };

constexpr std::size_t kMaxResources = 200;

/// "sha1" or "sha256"; empty: the server is asked which the user has.
using Algorithm = std::string;

struct Tried {
  net::Answer answer;
  std::int32_t code = 0;
  Algorithm other = {};  // where the server did not say how the user logs in: the one that was not tried
};

net::Answer answered(int status, const nlohmann::json& body) {
  net::Answer out;
  out.status = status;
  out.body = body.dump();
  return out;
}

net::Answer would_not_say(std::string_view code, std::string_view error) { return answered(kWouldNotSay, {{"code", code}, {"error", error}}); }

// Names in small letters.
void add_options(Options& into, std::string_view text) {
  while (!text.empty()) {
    const std::string_view one = text.substr(0, text.find('&'));
    text.remove_prefix(std::min(text.size(), one.size() + 1));
    const std::size_t equals = one.find('=');
    if (equals != std::string_view::npos && equals + 1 < one.size()) into.emplace(lowered(one.substr(0, equals)), net::percent_decoded(one.substr(equals + 1)));
  }
}

std::string option(const Options& options, std::string_view name) {
  const auto found = options.find(name);
  return found == options.end() ? "" : found->second;
}

std::int32_t code_of(const Value& reply) { return reply.int_of("code"); }

bool is_refusal(std::int32_t code, std::string_view error) {
  return code == kAuthenticationFailed || code == kUserNotFound || (code == kAtlas && lowered(error).find("bad auth") != std::string::npos);
}

Tried refused(const Value& reply) {
  const std::int32_t code = code_of(reply);
  const std::string error = reply.text_of("errmsg");
  return {answered(is_refusal(code, error) ? kNotLetIn : kWouldNotSay, {{"code", code}, {"error", to_utf8(error)}}), code};
}

// What is salted. Of SHA-256 the prepared password.
std::optional<std::string> prepared(const Algorithm& algorithm, const std::string& user, const std::string& password) {
  if (algorithm == "sha1") return to_hex(digest("md5", user + ":mongo:" + password));
  return is_prepared(password) ? std::optional(password) : std::nullopt;
}

class Attempt {
 public:
  Attempt(MongodbConnection connection, const net::Request& request, std::string source) : connection_(std::move(connection)), request_(request), source_(std::move(source)) {}

  Tried run(Algorithm algorithm) {
    const auto hello = greeting();
    if (!hello) return {hello.error()};
    if (!hello->is_true("ok")) {
      // Nobody has been refused yet, whatever the code.
      const Tried said = refused(*hello);
      return said.answer.status == kNotLetIn ? Tried{would_not_say("state", "the server does not say what it is")} : said;
    }
    // An arbiter has no users, and a server that is only starting may not have them yet.
    const bool serves = hello->is_true("isWritablePrimary") || hello->is_true("ismaster") || hello->is_true("secondary");
    if (!serves || hello->is_true("arbiterOnly")) return {would_not_say("state", "the server is neither primary nor secondary")};
    Algorithm other;
    if (algorithm.empty()) {
      algorithm = chosen(*hello, other);
      if (algorithm.empty()) return {would_not_say("mechanism", "the user logs in with no password")};
    }
    const auto password = prepared(algorithm, request_.user, request_.password);
    if (!password) return {would_not_say("characters", "its password has characters beyond ASCII, whose form is not known here"), 0, other};
    Tried out = logged_in(algorithm, *password);
    out.other = other;
    return out;
  }

 private:
  std::expected<Value, net::Answer> asked(Document command, const std::string& database) { return connection_.reply_to(command.text("$db", database)); }

  std::expected<Value, net::Answer> greeting() {
    const std::string whose = source_ + "." + request_.user;
    auto reply = asked(Document().int32("hello", 1).text("saslSupportedMechs", whose), "admin");
    if (!reply || reply->is_true("ok") || code_of(*reply) != kCommandNotFound) return reply;
    return asked(Document().int32("isMaster", 1).text("saslSupportedMechs", whose), "admin");  // before version 4.4.2
  }

  // Empty if the user has neither.
  Algorithm chosen(const Value& hello, Algorithm& other) const {
    const Value* mechanisms = hello.find("saslSupportedMechs");
    if (mechanisms == nullptr || mechanisms->fields.empty()) {
      const bool plain = prepared("sha256", request_.user, request_.password).has_value();
      other = plain ? "sha1" : "sha256";
      return plain ? "sha256" : "sha1";
    }
    auto has = [&](std::string_view name) { return std::any_of(mechanisms->fields.begin(), mechanisms->fields.end(), [&](const Value& each) { return each.text == name; }); };
    if (has("SCRAM-SHA-256") && (!has("SCRAM-SHA-1") || prepared("sha256", request_.user, request_.password))) return "sha256";
    return has("SCRAM-SHA-1") ? "sha1" : "";
  }

  Tried logged_in(const Algorithm& algorithm, const std::string& password) {
    Scram scram(algorithm, request_.user, password, random_nonce());
    const Document skip = Document().boolean("skipEmptyExchange", true);
    auto reply = asked(Document().int32("saslStart", 1).text("mechanism", algorithm == "sha1" ? "SCRAM-SHA-1" : "SCRAM-SHA-256").binary("payload", scram.first()).document("options", skip), source_);
    if (!reply) return {reply.error()};
    if (!reply->is_true("ok")) return refused(*reply);
    const auto proof = scram.proof(payload(*reply));
    if (!proof) return {would_not_say("scram", "its challenge is none that may be answered")};
    reply = further(*reply, *proof);
    if (!reply) return {reply.error()};
    if (!reply->is_true("ok")) return refused(*reply);
    if (!scram.proven(payload(*reply))) return {would_not_say("scram", "the server does not prove that it knows the password")};
    if (!reply->is_true("done")) reply = further(*reply, "");
    if (!reply) return {reply.error()};
    if (!reply->is_true("ok")) return refused(*reply);
    return {answered(kLetIn, described())};
  }

  static std::string payload(const Value& reply) {
    const Value* out = reply.find("payload");
    return out == nullptr ? "" : out->text;
  }

  std::expected<Value, net::Answer> further(const Value& reply, const std::string& payload) {
    return asked(Document().int32("saslContinue", 1).int32("conversationId", reply.int_of("conversationId", 1)).binary("payload", payload), source_);
  }

  nlohmann::json described() {
    nlohmann::json out{{"user", to_utf8(request_.user)}, {"database", to_utf8(source_)}};
    auto list = [&](const std::expected<Value, net::Answer>& reply, std::string_view name, const char* key, auto&& text) {
      out[key] = nlohmann::json::array();
      const Value* all = reply ? reply->find(name) : nullptr;
      for (std::size_t i = 0; all != nullptr && i < std::min(all->fields.size(), kMaxResources); ++i) out[key].push_back(to_utf8(text(all->fields[i])));
    };
    const auto status = asked(Document().int32("connectionStatus", 1), "admin");
    const Value* info = status ? status->find("authInfo") : nullptr;
    list(info == nullptr ? std::expected<Value, net::Answer>(Value()) : *info, "authenticatedUserRoles", "roles", [](const Value& role) { return role.text_of("role") + "@" + role.text_of("db"); });
    const auto databases = asked(Document().int32("listDatabases", 1).boolean("nameOnly", true).boolean("authorizedDatabases", true), "admin");
    list(databases, "databases", "databases", [](const Value& database) { return database.text_of("name"); });
    if (const auto build = asked(Document().int32("buildInfo", 1), "admin"); build) out["version"] = to_utf8(build->text_of("version"));
    return out;
  }

  MongodbConnection connection_;
  const net::Request& request_;
  std::string source_;
};

// How to come to the server: with TLS, and without it where the server seems to have none, and neither the URL nor the user wants it.
class Way {
 public:
  Way(const Login& login, net::HostPort to, bool always_tls) : login_(login), to_(std::move(to)), always_tls_(always_tls) {}

  std::expected<MongodbConnection, net::Answer> connected() {
    if (!plain_) {
      auto stream = net::Stream::open(login_.guard, to_, net::Stream::Tls::kYes, patience());
      if (stream) return MongodbConnection(*std::move(stream));
      if (!has_none(stream.error())) return std::unexpected(stream.error());
      plain_ = true;
    }
    auto stream = net::Stream::open(login_.guard, to_, net::Stream::Tls::kNo, login_.deadline);
    if (!stream) return std::unexpected(stream.error());
    return MongodbConnection(*std::move(stream));
  }

 private:
  [[nodiscard]] bool may_be_plain() const { return !always_tls_ && login_.guard.options().allow_plaintext; }

  // MongoDB hangs up on TLS that it does not speak; others (FerretDB) take its first bytes for a length, and wait for so much more.
  [[nodiscard]] net::Deadline patience() const {
    constexpr int kPart = 3;
    const auto now = std::chrono::steady_clock::now();
    return may_be_plain() ? now + (login_.deadline - now) / kPart : login_.deadline;
  }

  [[nodiscard]] bool has_none(const net::Answer& error) const {
    if (always_tls_) return false;
    if (error.failure == net::Failure::kTimeout) return may_be_plain();
    return error.failure == net::Failure::kTls && error.problem.find("certificate") == std::string::npos;
  }

  const Login& login_;
  net::HostPort to_;
  bool always_tls_ = false;
  bool plain_ = false;
};

std::vector<std::string> sources(const Options& options, const std::string& database) {
  if (const std::string named = option(options, "authsource"); !named.empty()) return {named};
  if (database.empty() || database == "admin") return {"admin"};
  return {database, "admin"};
}

}  // namespace

net::Answer mongodb(const Login& login) {
  const std::string& url = login.request.url;
  Options options;
  if (const std::size_t query = url.find('?'); query != std::string::npos) add_options(options, std::string_view(url).substr(query + 1));
  net::HostPort to = login.to;
  const bool named_by_dns = scheme_of(url) == "mongodb+srv";
  if (named_by_dns) {
    const auto seed = mongodb_seed(to.host, login.deadline);
    if (!seed) return seed.error();
    to = seed->host;
    add_options(options, seed->options);  // the URL's own stand before
  }
  const std::string mechanism = option(options, "authmechanism");
  if (option(options, "authsource") == "$external" || !(mechanism.empty() || mechanism == "DEFAULT" || mechanism.starts_with("SCRAM-"))) {
    return would_not_say("mechanism", "its users are not the server's own");
  }
  const bool always_tls = named_by_dns || option(options, "tls") == "true" || option(options, "ssl") == "true";
  Way way(login, to, always_tls);
  net::Answer last;
  for (const std::string& source : sources(options, login.path)) {
    auto attempt = [&](const Algorithm& algorithm) {
      auto connection = way.connected();
      return connection ? Attempt(*std::move(connection), login.request, source).run(algorithm) : Tried{connection.error()};
    };
    const Tried first = attempt("");
    last = first.answer;
    // Users of servers before 4.0, and of what imitates them, may have SCRAM-SHA-1 alone.
    const bool lacks = first.code == kBadValue || first.code == kMechanismUnavailable;
    if (!first.other.empty() && (last.status == kNotLetIn || lacks)) {
      const Tried second = attempt(first.other);
      const bool says_less = second.code == kBadValue || second.code == kMechanismUnavailable;
      if (!says_less) last = second.answer;
    }
    if (last.status != kNotLetIn) return last;
  }
  return last;
}

}  // namespace keywake::login
