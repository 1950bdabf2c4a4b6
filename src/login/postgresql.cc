// PostgreSQL, and what speaks as it does: version 3.0 of its protocol (https://www.postgresql.org/docs/current/protocol.html). Over net::Stream,
// since its client library takes passwords, service files and TLS settings from the user's environment, and gives no code of why it was refused.
//
// The server asks for the password before it looks for the database: what it says after that (no such database, no right to connect) does not
// speak against the password.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "base/hash.h"
#include "base/text.h"
#include "login/login.h"
#include "login/said.h"
#include "login/scram.h"

namespace keywake::login {
namespace {

constexpr std::uint32_t kTlsRequest = 80877103;
constexpr std::uint32_t kVersion3 = 196608;
constexpr std::uint32_t kMaxMessage = 1 << 20;
constexpr int kMostMessages = 20'000;  // of one answer

/// What an authentication request asks for.
enum Asked : std::uint32_t { kNothing = 0, kPassword = 3, kMd5 = 5, kSasl = 10, kSaslContinue = 11, kSaslFinal = 12 };

std::string int32_text(std::uint32_t value) {
  std::string out;
  for (int shift = 24; shift >= 0; shift -= 8) out += static_cast<char>(value >> shift & 0xff);
  return out;
}

std::uint32_t int32_at(std::string_view bytes, std::size_t at) {
  std::uint32_t out = 0;
  for (std::size_t i = at; i < at + 4; ++i) out = out << 8 | (i < bytes.size() ? static_cast<unsigned char>(bytes[i]) : 0);
  return out;
}

std::string message(char type, std::string_view body) { return std::string(1, type) + int32_text(static_cast<std::uint32_t>(body.size() + 4)) + std::string(body); }

std::string zero_ended(std::string_view text) { return std::string(text) + '\0'; }

struct Message {
  char type = 0;
  std::string body;
};

/// Of an ErrorResponse: its SQLSTATE, and its message in the server's language.
struct Refusal {
  std::string code;
  std::string text;
};

Refusal refusal_of(std::string_view body) {
  Refusal out;
  while (!body.empty() && body[0] != '\0') {
    const char field = body[0];
    const std::size_t end = std::min(body.find('\0', 1), body.size());
    if (field == 'C') out.code = body.substr(1, end - 1);
    if (field == 'M') out.text = body.substr(1, end - 1);
    body.remove_prefix(std::min(body.size(), end + 1));
  }
  return out;
}

// A row's columns; what is NULL is empty.
std::vector<std::string> columns_of(std::string_view body) {
  std::vector<std::string> out;
  const std::size_t count = body.size() < 2 ? 0 : static_cast<unsigned char>(body[0]) << 8 | static_cast<unsigned char>(body[1]);
  for (std::size_t at = 2; out.size() < count && at + 4 <= body.size();) {
    const std::uint32_t size = int32_at(body, at);
    at += 4;
    const bool null = size == 0xffffffff;
    if (!null && size > body.size() - at) break;
    out.emplace_back(null ? "" : body.substr(at, size));
    at += null ? 0 : size;
  }
  out.resize(count);
  return out;
}

class Session {
 public:
  Session(net::Stream stream, const Login& login) : stream_(std::move(stream)), login_(login), database_(login.path.empty() ? "postgres" : login.path) {}

  net::Answer run() {
    if (auto stopped = encrypted()) return *std::move(stopped);
    std::string start = int32_text(kVersion3);
    for (std::string_view text : {std::string_view("user"), std::string_view(login_.request.user), std::string_view("database"), std::string_view(database_), std::string_view("application_name"),
                                  std::string_view("keywake")}) {
      start += zero_ended(text);
    }
    start += '\0';
    if (!stream_.send(int32_text(static_cast<std::uint32_t>(start.size() + 4)) + start)) return stream_.failure();
    if (auto stopped = authenticated()) return *std::move(stopped);
    return admitted();
  }

 private:
  // Absent: go on.
  std::optional<net::Answer> encrypted() {
    if (!stream_.send(int32_text(8) + int32_text(kTlsRequest))) return stream_.failure();
    const auto answer = stream_.receive(1);
    if (!answer) return stream_.failure();
    if (*answer == "S") return stream_.start_tls() ? std::nullopt : std::optional(stream_.failure());
    if (*answer != "N") return not_spoken();
    return login_.guard.options().allow_plaintext ? std::nullopt : std::optional(refused(kNoTls));
  }

  // The next message that is not about the session's settings. False after a failure, which `stopped` then is.
  bool next(Message& out, net::Answer& stopped) {
    for (int i = 0; i < kMostMessages; ++i) {
      const auto head = stream_.receive(5);
      const std::uint32_t size = head ? int32_at(*head, 1) : 0;
      if (head && (size < 4 || size > kMaxMessage)) {
        stopped = not_spoken();
        return false;
      }
      const auto body = head ? stream_.receive(size - 4) : std::nullopt;
      if (!body) {
        stopped = stream_.failure();
        return false;
      }
      out = {(*head)[0], *body};
      if (out.type == 'S' && out.body.starts_with(zero_ended("server_version"))) version_ = out.body.substr(15, out.body.find('\0', 15) - 15);
      if (out.type != 'S' && out.type != 'N' && out.type != 'K') return true;  // parameter, notice, key to cancel with
    }
    stopped = not_spoken();
    return false;
  }

  // Absent: it is who it says.
  std::optional<net::Answer> authenticated() {
    std::optional<Scram> scram;
    constexpr int kRounds = 6;
    for (int round = 0; round < kRounds; ++round) {
      Message received;
      net::Answer stopped;
      if (!next(received, stopped)) return stopped;
      if (received.type == 'E') return judged(refusal_of(received.body));
      if (received.type != 'R' || received.body.size() < 4) return not_spoken();
      const std::string_view rest = std::string_view(received.body).substr(4);
      switch (int32_at(received.body, 0)) {
        case kNothing:
          if (!asked_) return said(kNotLetIn, "trust", "the server asks for no password");
          return std::nullopt;
        case kPassword:
          if (auto failed = send(message('p', zero_ended(login_.request.password)))) return failed;
          break;
        case kMd5: {
          const std::string inner = to_hex(digest("md5", login_.request.password + login_.request.user));
          if (auto failed = send(message('p', zero_ended("md5" + to_hex(digest("md5", inner + std::string(rest.substr(0, 4)))))))) return failed;
          break;
        }
        case kSasl: {
          const std::string name = zero_ended("SCRAM-SHA-256");
          if (rest.find(name) == std::string_view::npos) return said(kNotLetIn, "mechanism", "the server asks for no password");
          if (!is_prepared(login_.request.password)) return said(kNotLetIn, "characters", "its password has characters beyond ASCII, whose form is not known here");
          scram.emplace("sha256", login_.request.user, login_.request.password, random_nonce());
          const std::string first = scram->first();
          if (auto failed = send(message('p', name + int32_text(static_cast<std::uint32_t>(first.size())) + first))) return failed;
          break;
        }
        case kSaslContinue: {
          const auto proof = scram ? scram->proof(rest) : std::nullopt;
          if (!proof) return said(kNotLetIn, "scram", "its challenge is none that may be answered");
          if (auto failed = send(message('p', *proof))) return failed;
          break;
        }
        case kSaslFinal:
          if (!scram || !scram->proven(rest)) return said(kNotLetIn, "scram", "the server does not prove that it knows the password");
          break;
        default:
          return said(kNotLetIn, "mechanism", "the server asks for no password");
      }
    }
    return not_spoken();
  }

  std::optional<net::Answer> send(const std::string& bytes) {
    asked_ = true;
    return stream_.send(bytes) ? std::nullopt : std::optional(stream_.failure());
  }

  // Before the password was accepted, or because the role may not log in. 503 is tried again, so it is for what passes.
  static net::Answer judged(const Refusal& refusal) {
    static constexpr std::array<std::string_view, 4> kPassing{"53300", "57P01", "57P02", "57P03"};
    const bool passes = std::find(kPassing.begin(), kPassing.end(), refusal.code) != kPassing.end();
    return said(passes ? kWouldNotSay : kNotLetIn, refusal.code, refusal.text);
  }

  net::Answer admitted() {
    constexpr std::string_view kMayNotLogIn = "28000";
    nlohmann::json body{{"user", to_utf8(login_.request.user)}, {"database", to_utf8(database_)}};
    net::Answer out;
    Message received;
    if (!next(received, out)) return out;
    if (received.type == 'E') {
      const Refusal refusal = refusal_of(received.body);
      if (refusal.code == kMayNotLogIn) return judged(refusal);
      body["code"] = to_utf8(refusal.code);
      body["error"] = to_utf8(refusal.text);
    } else if (received.type == 'Z') {
      describe(body);
      stream_.send(message('X', ""));
    } else {
      return not_spoken();
    }
    if (!version_.empty()) body["version"] = to_utf8(version_);
    out.status = kLetIn;
    out.body = body.dump();
    return out;
  }

  // What can be read of whose it is, in a transaction that cannot write. A server that has not all of it (CockroachDB, a pooler) gives less.
  void describe(nlohmann::json& body) {
    query("BEGIN READ ONLY");
    query("SET LOCAL statement_timeout = 5000");
    const auto role = query(
        "SELECT current_user, rolsuper, rolcreatedb, rolcreaterole, rolreplication, rolbypassrls, CASE WHEN isfinite(rolvaliduntil) THEN "
        "to_char(rolvaliduntil AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"') END FROM pg_catalog.pg_roles WHERE rolname = current_user");
    nlohmann::json roles = nlohmann::json::array();
    bool superuser = false;
    if (!role.empty() && role[0].size() == 7) {
      static constexpr std::array<std::string_view, 5> kAttributes{"superuser", "createdb", "createrole", "replication", "bypassrls"};
      body["user"] = to_utf8(role[0][0]);
      superuser = role[0][1] == "t";
      for (std::size_t i = 0; i < kAttributes.size(); ++i) {
        if (role[0][i + 1] == "t") roles.push_back(kAttributes[i]);
      }
      if (!role[0][6].empty()) body["expires"] = to_utf8(role[0][6]);
    }
    if (!superuser) {  // who is a member of everything
      for (const auto& row : query("SELECT rolname FROM pg_catalog.pg_roles WHERE rolname <> current_user AND pg_catalog.pg_has_role(current_user, oid, 'member') ORDER BY 1 LIMIT 100")) {
        roles.push_back("member of " + to_utf8(row.at(0)));
      }
    }
    body["roles"] = std::move(roles);
    body["databases"] = nlohmann::json::array();
    for (const auto& row : query("SELECT datname FROM pg_catalog.pg_database WHERE NOT datistemplate AND has_database_privilege(datname, 'CONNECT') ORDER BY 1 LIMIT 200")) {
      body["databases"].push_back(to_utf8(row.at(0)));
    }
  }

  // Its rows; none after an error.
  std::vector<std::vector<std::string>> query(std::string_view text) {
    std::vector<std::vector<std::string>> rows;
    if (!stream_.send(message('Q', zero_ended(text)))) return rows;
    Message received;
    net::Answer stopped;
    bool failed = false;
    for (int i = 0; i < kMostMessages && next(received, stopped); ++i) {
      failed = failed || received.type == 'E';
      if (received.type == 'D') rows.push_back(columns_of(received.body));
      if (received.type == 'D' && rows.back().empty()) rows.pop_back();
      if (received.type == 'Z') break;
    }
    if (failed) rows.clear();
    return rows;
  }

  net::Stream stream_;
  const Login& login_;
  std::string database_;
  std::string version_;
  bool asked_ = false;  // for the password, in whatever way
};

}  // namespace

net::Answer postgresql(const Login& login) {
  constexpr char kEnd = '\0';
  const net::Request& request = login.request;
  if (request.user.find(kEnd) != std::string::npos || request.password.find(kEnd) != std::string::npos || login.path.find(kEnd) != std::string::npos) {
    return refused("it has a zero byte, which no login at PostgreSQL can hold");
  }
  // What goes unencrypted is only the question whether the server speaks TLS; the rest follows under it, or with the user's leave.
  auto stream = net::Stream::open(login.guard, login.to, net::Stream::Tls::kNo, login.deadline, false);
  if (!stream) return stream.error();
  return Session(*std::move(stream), login).run();
}

}  // namespace keywake::login
