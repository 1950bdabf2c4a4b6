// LDAP (RFC 4511): a simple bind, who that is (RFC 4532), and the entry of the name itself. With StartTLS (RFC 4511, 4.14), or TLS from the
// start (ldaps). Not with libldap, nor with libcurl, which uses it: they hide what the server said beside "invalid credentials", and read
// ldaprc. Password policy: draft-behera-ldap-password-policy-10 (OpenLDAP and others); of Active Directory, the data code in the message.
#include <array>
#include <nlohmann/json.hpp>
#include <vector>

#include "base/ascii.h"
#include "base/text.h"
#include "base/url_scheme.h"
#include "login/ber.h"
#include "login/login.h"
#include "login/said.h"

namespace keywake::login {
namespace {

constexpr std::size_t kMaxMessage = 256 * 1024;
constexpr int kMostMessages = 20;
constexpr int kMostValues = 50;

// Operations (RFC 4511, appendix B) and the object identifiers that they name.
constexpr std::uint8_t kBindRequest = 0x60, kBindResponse = 0x61, kUnbindRequest = 0x42, kSearchRequest = 0x63, kSearchEntry = 0x64, kSearchDone = 0x65;
constexpr std::uint8_t kExtendedRequest = 0x77, kExtendedResponse = 0x78, kControls = 0xa0;
constexpr const char* kStartTls = "1.3.6.1.4.1.1466.20037";
constexpr const char* kWhoAmI = "1.3.6.1.4.1.4203.1.11.3";
constexpr const char* kPasswordPolicy = "1.3.6.1.4.1.42.2.27.8.5.1";

constexpr std::int64_t kSuccess = 0, kBusy = 51, kUnavailable = 52, kOther = 80, kOperationsError = 1;

struct Message {
  std::uint8_t operation = 0;
  std::string content;
  std::string controls;
};

struct Result {
  std::int64_t code = kOther;
  std::string error;
  std::string_view rest;  // of the message that it was read from
};

Result result_of(std::string_view content) {
  Result out;
  const auto code = ber::next(content, ber::kEnumerated);
  const auto matched = ber::next(content, ber::kOctets);
  const auto error = ber::next(content, ber::kOctets);
  if (!code || !matched || !error) return out;
  out.code = ber::integer(*code).value_or(kOther);
  out.error = to_utf8(error->substr(0, error->find('\0')));  // Active Directory's ends with one
  out.rest = content;
  return out;
}

// "AcceptSecurityContext error, data 52e, v4563": the Windows error, in hexadecimal.
std::string data_code(std::string_view error) {
  const std::size_t at = error.find("data ");
  if (at == std::string_view::npos || error.find("AcceptSecurityContext") == std::string_view::npos) return "";
  const std::string_view rest = error.substr(at + 5);
  return lowered(rest.substr(0, rest.find_first_not_of("0123456789abcdefABCDEF")));
}

// What the control of the password policy says is wrong.
std::string policy_of(std::string_view controls) {
  constexpr std::array<const char*, 9> kErrors{"passwordExpired",     "accountLocked",    "changeAfterReset", "passwordModNotAllowed", "mustSupplyOldPassword",
                                               "insufficientQuality", "passwordTooShort", "passwordTooYoung", "passwordInHistory"};
  while (auto control = ber::next(controls, ber::kSequence)) {
    if (ber::next(*control, ber::kOctets) != kPasswordPolicy) continue;
    ber::next(*control, ber::kBoolean);
    std::string_view value = ber::next(*control, ber::kOctets).value_or("");
    std::string_view response = ber::next(value, ber::kSequence).value_or("");
    while (const auto part = ber::next(response)) {
      const std::int64_t error = part->tag == 0x81 ? ber::integer(part->content).value_or(-1) : -1;
      if (error >= 0 && error < static_cast<std::int64_t>(kErrors.size())) return kErrors[static_cast<std::size_t>(error)];
    }
  }
  return "";
}

class Ldap {
 public:
  Ldap(net::Stream& stream, const Login& login) : stream_(stream), login_(login) {}

  net::Answer run(bool encrypted) {
    if (!encrypted) {
      const auto answered = asked(ber::sequence(kExtendedRequest, {ber::element(0x80, kStartTls)}), kExtendedResponse);
      if (!answered) return failure();
      if (result_of(answered->content).code == kSuccess) {
        if (!stream_.start_tls()) return stream_.failure();
      } else if (!login_.guard.options().allow_plaintext) {
        return refused(kNoTls);
      }
    }
    const net::Request& request = login_.request;
    const std::string control = ber::sequence(kControls, {ber::sequence(ber::kSequence, {ber::element(ber::kOctets, kPasswordPolicy)})});
    const std::string bind = ber::sequence(kBindRequest, {ber::number(ber::kInteger, 3), ber::element(ber::kOctets, request.user), ber::element(0x80, request.password)});
    const auto answered = asked(bind, kBindResponse, control);
    if (!answered) return failure();
    const Result result = result_of(answered->content);
    nlohmann::json body{{"code", result.code}, {"error", result.error}};
    if (const std::string policy = policy_of(answered->controls); !policy.empty()) body["policy"] = policy;
    if (const std::string data = data_code(result.error); !data.empty()) body["data"] = data;
    net::Answer out;
    const bool later = result.code == kBusy || result.code == kUnavailable || result.code == kOther || result.code == kOperationsError;
    out.status = result.code == kSuccess ? kLetIn : later ? kWouldNotSay : kNotLetIn;
    if (result.code == kSuccess) tell(body);
    stream_.send(message(ber::element(kUnbindRequest, "")));
    out.body = body.dump();
    return out;
  }

 private:
  std::string message(const std::string& operation, const std::string& controls = "") {
    return ber::sequence(ber::kSequence, {ber::number(ber::kInteger, ++number_), operation, controls});
  }

  std::optional<Message> received() {
    const auto start = stream_.receive(2);
    if (!start || static_cast<std::uint8_t>((*start)[0]) != ber::kSequence) return std::nullopt;
    std::string whole = *start;
    std::size_t size = static_cast<std::uint8_t>(whole[1]);
    if (size >= 0x80) {
      const std::size_t count = size & 0x7f;
      const auto length = count >= 1 && count <= 4 ? stream_.receive(count) : std::nullopt;
      if (!length) return std::nullopt;
      size = 0;
      for (const char c : *length) size = size << 8 | static_cast<std::uint8_t>(c);
    }
    const auto content = size <= kMaxMessage ? stream_.receive(size) : std::nullopt;
    if (!content) return std::nullopt;
    std::string_view left = *content;
    if (!ber::next(left, ber::kInteger)) return std::nullopt;
    const auto operation = ber::next(left);
    if (!operation) return std::nullopt;
    return Message{operation->tag, std::string(operation->content), std::string(ber::next(left, kControls).value_or(""))};
  }

  // Sends an operation and waits for its response; nothing else is under way, so no message has another number.
  std::optional<Message> asked(const std::string& operation, std::uint8_t response, const std::string& controls = "") {
    if (!stream_.send(message(operation, controls))) return std::nullopt;
    std::optional<Message> out = received();
    if (out && out->operation != response) return std::nullopt;
    return out;
  }

  [[nodiscard]] net::Answer failure() const {
    if (stream_.failure().failure != net::Failure::kNone) return stream_.failure();
    return not_spoken();
  }

  // More about who was let in; whatever is refused here changes nothing.
  void tell(nlohmann::json& body) {
    std::string name = login_.request.user;
    if (const auto who = asked(ber::sequence(kExtendedRequest, {ber::element(0x80, kWhoAmI)}), kExtendedResponse)) {
      const Result result = result_of(who->content);
      std::string_view rest = result.rest;
      while (const auto part = ber::next(rest)) {
        if (part->tag != 0x8b) continue;
        body["who"] = to_utf8(part->content);
        if (part->content.starts_with("dn:")) name = part->content.substr(3);
      }
      // "" is anonymous (RFC 4532, 2.2): a server that lets in whoever comes.
      body["anonymous"] = result.code == kSuccess && body.value("who", "?").empty();
    }
    if (name.find('=') == std::string::npos) return;  // "ACME\\user" and "user@acme" are names to bind by, and of no entry
    constexpr std::array<const char*, 3> kAttributes{"cn", "mail", "memberOf"};
    std::string attributes;
    for (const char* each : kAttributes) attributes += ber::element(ber::kOctets, each);
    const std::string search =
        ber::sequence(kSearchRequest, {ber::element(ber::kOctets, name), ber::number(ber::kEnumerated, 0), ber::number(ber::kEnumerated, 0), ber::number(ber::kInteger, 1),
                                       ber::number(ber::kInteger, 5), ber::number(ber::kBoolean, 0), ber::element(0x87, "objectClass"), ber::element(ber::kSequence, attributes)});
    if (!stream_.send(message(search))) return;
    for (int i = 0; i < kMostMessages; ++i) {
      const auto entry = received();
      if (!entry || entry->operation == kSearchDone) return;
      if (entry->operation == kSearchEntry) take(entry->content, body);
    }
  }

  static void take(std::string_view entry, nlohmann::json& body) {
    if (const auto dn = ber::next(entry, ber::kOctets)) body["dn"] = to_utf8(*dn);
    std::string_view attributes = ber::next(entry, ber::kSequence).value_or("");
    while (auto attribute = ber::next(attributes, ber::kSequence)) {
      const std::string name = lowered(ber::next(*attribute, ber::kOctets).value_or(""));
      std::string_view values = ber::next(*attribute, ber::kSet).value_or("");
      nlohmann::json list = nlohmann::json::array();
      while (const auto value = ber::next(values, ber::kOctets)) {
        if (list.size() < kMostValues) list.push_back(to_utf8(*value));
      }
      if (name == "cn" || name == "mail" || name == "memberof") body[name] = std::move(list);
    }
  }

  net::Stream& stream_;
  const Login& login_;
  std::uint8_t number_ = 0;
};

}  // namespace

net::Answer ldap(const Login& login) {
  // A bind with a name and no password succeeds without having proved anything, and so may one without a name (RFC 4513, 5.1.2).
  if (login.request.password.empty()) return refused("it is empty");
  if (login.request.user.empty()) return refused("it has no name to bind by");
  const bool encrypted = scheme_of(login.request.url) == "ldaps";
  auto stream = opened(login, encrypted);
  if (!stream) return stream.error();
  return Ldap(*stream, login).run(encrypted);
}

}  // namespace keywake::login
