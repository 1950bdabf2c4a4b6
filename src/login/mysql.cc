// MySQL, MariaDB and what speaks as they do (https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_connection_phase.html,
// https://mariadb.com/kb/en/connection/). Over net::Stream and not by libmariadb: a client library resolves names and connects by itself, past
// the guard, reads option files and the environment, loads plugins that a server names, and may be asked by a server to send it files.
//
// The database of the URL is asked for after the login, so that a database which is not there, or not this user's, does not hide that the
// password is right. A user whose password has expired is let in where the client says that it can bear that, and may do nothing but set a new one.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>

#include "base/hash.h"
#include "base/text.h"
#include "login/login.h"
#include "login/mysql_grant.h"
#include "login/mysql_packet.h"
#include "login/said.h"

namespace keywake::login {
namespace {

// https://dev.mysql.com/doc/dev/mysql-server/latest/group__group__cs__capabilities__flags.html. None that asks for anything beyond a login: no
// local files, no compression, no several statements, no session tracking.
enum Capability : std::uint32_t {
  kLongPassword = 1,
  kProtocol41 = 0x200,
  kTls = 0x800,
  kTransactions = 0x2000,
  kSecureConnection = 0x8000,
  kPluginAuth = 0x80000,
  kExpiredPasswords = 0x400000,
};
constexpr std::uint32_t kClient = kLongPassword | kProtocol41 | kTransactions | kSecureConnection | kPluginAuth | kExpiredPasswords;
constexpr std::uint32_t kLargestPacket = 0xffffff;
constexpr std::uint8_t kUtf8mb4 = 45;  // utf8mb4_general_ci
constexpr std::size_t kReserved = 23;

constexpr std::size_t kNonce = 20;
constexpr int kMaxRounds = 8;
constexpr char kVersion10 = 10;
constexpr char kOk = '\x00';
constexpr char kMore = '\x01';
constexpr char kSwitch = '\xfe';
constexpr char kInitDb = '\x02';

// https://dev.mysql.com/doc/mysql-errors/8.4/en/server-error-reference.html
enum Code : std::uint16_t { kTooManyConnections = 1040, kShutdown = 1053, kHostBlocked = 1129, kHostNotAllowed = 1130, kTooManyOfUser = 1203 };

net::Answer answered(int status, const nlohmann::json& body) {
  net::Answer out;
  out.status = status;
  out.body = body.dump();
  return out;
}

// What lasts is 401, since 503 is asked again.
net::Answer refusal(const MysqlError& error) {
  const bool passes = error.code == kTooManyConnections || error.code == kTooManyOfUser || error.code == kShutdown;
  return answered(passes ? kWouldNotSay : kNotLetIn, {{"code", error.code}, {"error", to_utf8(error.text)}});
}

// An error in the greeting's place comes unencrypted from whoever answers, before any user was named: it may say that the server takes no
// connection, and nothing about a user.
net::Answer early_refusal(const MysqlError& error) {
  const std::array known{kTooManyConnections, kHostBlocked, kHostNotAllowed, kTooManyOfUser, kShutdown};
  if (std::find(known.begin(), known.end(), error.code) != known.end()) return refusal(error);
  return said(kNotLetIn, "greeting", error.text);
}

struct Greeting {
  std::uint32_t capabilities = 0;
  std::string nonce;
  std::string plugin = "mysql_native_password";
};

// Of HandshakeV10.
std::optional<Greeting> greeting_of(std::string_view payload) {
  Greeting out;
  MysqlReader reader(payload.substr(1));
  const auto version = reader.text_to_zero();
  const auto thread = reader.number(4);
  const auto nonce = reader.take(8);
  reader.take(1);
  const auto low = reader.number(2);
  if (!version || !thread || !nonce || !low) return std::nullopt;
  reader.take(3);  // character set, status
  const auto high = reader.number(2);
  const auto size = reader.number(1);
  reader.take(10);
  if (!high || !size) return std::nullopt;
  constexpr std::size_t kRestOfNonce = 13;
  const auto more = reader.take(std::max<std::size_t>(kRestOfNonce, *size > nonce->size() ? *size - nonce->size() : 0));
  if (!more) return std::nullopt;
  out.capabilities = static_cast<std::uint32_t>(*low | *high << 16);
  out.nonce = (std::string(*nonce) + std::string(*more)).substr(0, kNonce);
  if ((out.capabilities & kPluginAuth) != 0) {
    // Some old servers leave out the zero byte after it.
    const std::string_view plugin = reader.rest();
    out.plugin = plugin.substr(0, plugin.find('\0'));
  }
  return out;
}

std::string combined(std::string one, std::string_view other) {
  for (std::size_t i = 0; i < one.size(); ++i) one[i] = static_cast<char>(one[i] ^ other[i]);
  return one;
}

bool says_it_in_clear(std::string_view plugin) { return plugin == "mysql_clear_password" || plugin == "sha256_password"; }

// Absent for a plugin that asks for no password in a way that is known here, or not without encryption.
std::optional<std::string> response_of(std::string_view plugin, const std::string& nonce, const std::string& password, bool encrypted) {
  if (says_it_in_clear(plugin)) return encrypted ? std::optional(password + '\0') : std::nullopt;
  const bool sha2 = plugin == "caching_sha2_password";
  if (!sha2 && plugin != "mysql_native_password") return std::nullopt;
  if (password.empty()) return "";
  const char* const algorithm = sha2 ? "sha256" : "sha1";
  const std::string once = digest(algorithm, password);
  const std::string twice = digest(algorithm, once);
  return combined(once, digest(algorithm, sha2 ? twice + nonce : nonce + twice));
}

std::string number(std::uint32_t value, int width) {
  std::string out;
  for (int i = 0; i < width; ++i) out += static_cast<char>((value >> (8 * i)) & 0xff);
  return out;
}

class Attempt {
 public:
  Attempt(const Login& login, MysqlConnection connection) : login_(login), connection_(std::move(connection)) {}

  net::Answer run() {
    const auto first = connection_.receive();
    if (!first) return first.error();
    if (const auto error = mysql_error_of(*first)) return early_refusal(*error);
    constexpr char kVersion9 = 9;
    if ((*first)[0] == kVersion9) return said(kNotLetIn, "version", "the server's protocol is of before 2003");
    auto greeting = (*first)[0] == kVersion10 ? greeting_of(*first) : std::nullopt;
    if (!greeting) return not_spoken();
    constexpr std::uint32_t kNeeded = kProtocol41 | kSecureConnection;
    if ((greeting->capabilities & kNeeded) != kNeeded) return said(kNotLetIn, "version", "the server's protocol is of before 2003");
    const bool encrypted = (greeting->capabilities & kTls) != 0;
    if (!encrypted && !login_.guard.options().allow_plaintext) return refused(kNoTls);
    if (encrypted && !(connection_.send(head(kClient | kTls)) && connection_.start_tls())) return connection_.failure();
    return logged_in(*std::move(greeting), encrypted);
  }

 private:
  // What SSLRequest and HandshakeResponse41 begin with.
  static std::string head(std::uint32_t capabilities) {
    return number(capabilities, 4) + number(kLargestPacket, 4) + static_cast<char>(kUtf8mb4) + std::string(kReserved, '\0');
  }

  net::Answer logged_in(Greeting greeting, bool encrypted) {
    const std::string& password = login_.request.password;
    std::string plugin = greeting.plugin;
    // In clear only when the server asks for it, for this user.
    if (says_it_in_clear(plugin) || !response_of(plugin, greeting.nonce, password, encrypted)) plugin = "mysql_native_password";
    const std::string response = *response_of(plugin, greeting.nonce, password, encrypted);
    std::string hello = head(encrypted ? kClient | kTls : kClient) + login_.request.user + '\0';
    hello += static_cast<char>(response.size()) + response + plugin + '\0';
    if (!connection_.send(hello)) return connection_.failure();
    for (int round = 0; round < kMaxRounds; ++round) {
      const auto packet = connection_.receive();
      if (!packet) return packet.error();
      if (const auto error = mysql_error_of(*packet)) return refusal(*error);
      std::optional<std::string> next;
      switch ((*packet)[0]) {
        case kOk:
          return answered(kLetIn, described());
        case kSwitch: {
          MysqlReader reader(std::string_view(*packet).substr(1));
          plugin = reader.text_to_zero().value_or("");
          next = response_of(plugin, std::string(reader.rest().substr(0, kNonce)), password, encrypted);
          break;
        }
        case kMore: {
          constexpr std::string_view kTaken("\x01\x03");
          constexpr std::string_view kWholePassword("\x01\x04");
          const bool sha2 = plugin == "caching_sha2_password";
          if (sha2 && *packet == kTaken) continue;
          // The server does not have the password in its cache. Without TLS there is a way with a key of the server's, which nobody vouches for.
          if (sha2 && *packet == kWholePassword && encrypted) next = password + '\0';
          if (sha2 && *packet == kWholePassword && !encrypted) return in_clear();
          break;
        }
        default:
          return not_spoken();
      }
      if (!next) return says_it_in_clear(plugin) ? in_clear() : said(kNotLetIn, "mechanism", fmt::format("the user logs in by {}", plugin.empty() ? "an old method" : plugin));
      if (!connection_.send(*next)) return connection_.failure();
    }
    return not_spoken();
  }

  static net::Answer in_clear() { return said(kNotLetIn, "encryption", "the server wants the password itself, and there is no TLS"); }

  // After a query that failed otherwise than by an error of the server's the connection is not used any more; what is known is enough.
  nlohmann::json described() {
    nlohmann::json out{{"user", to_utf8(login_.request.user)}, {"roles", nlohmann::json::array()}, {"databases", nlohmann::json::array()}};
    const auto who = connection_.query("SELECT CURRENT_USER(), @@version");
    if (!who) return out;
    if (who->error) {
      out["code"] = who->error->code;
      out["error"] = to_utf8(who->error->text);
    }
    for (const auto& row : who->rows) {
      if (row.size() < 2) continue;
      out["user"] = to_utf8(row[0]);
      out["version"] = to_utf8(row[1]);
    }
    const auto grants = connection_.query("SHOW GRANTS FOR CURRENT_USER()");
    if (!grants) return out;
    for (const auto& row : grants->rows) {
      if (const std::string grant = row.empty() ? "" : shortened_grant(row[0]); !grant.empty()) out["roles"].push_back(to_utf8(grant));
    }
    if (!login_.path.empty()) {
      const auto used = connection_.send_command(kInitDb + login_.path) ? connection_.receive() : std::unexpected(connection_.failure());
      if (!used) return out;
      out["database"] = to_utf8(login_.path);
      out["database_allowed"] = (*used)[0] == kOk;
    }
    const auto databases = connection_.query("SHOW DATABASES");
    if (!databases) return out;
    for (const auto& row : databases->rows) {
      // These two are views of the server's own, which everybody has.
      if (!row.empty() && row[0] != "information_schema" && row[0] != "performance_schema") out["databases"].push_back(to_utf8(row[0]));
    }
    return out;
  }

  const Login& login_;
  MysqlConnection connection_;
};

}  // namespace

net::Answer mysql(const Login& login) {
  if (login.request.user.find('\0') != std::string::npos || login.request.password.find('\0') != std::string::npos) {
    return said(kNotLetIn, "characters", "a user or password with a zero byte cannot be said");
  }
  auto stream = opened(login, false);
  if (!stream) return stream.error();
  return Attempt(login, MysqlConnection(*std::move(stream))).run();
}

}  // namespace keywake::login
