// Mail: SMTP submission (RFC 5321, AUTH RFC 4954, STARTTLS RFC 3207), IMAP (RFC 9051, response codes RFC 5530), POP3 (RFC 1939, CAPA
// RFC 2449, STLS RFC 2595, AUTH RFC 5034, [AUTH] RFC 3206). A login and a goodbye: no letter is sent, no mailbox opened. One attempt at one
// mechanism, which is PLAIN (RFC 4616), or LOGIN, or the protocol's own: a second one would count towards a lock-out.
#include <fmt/format.h>

#include <charconv>
#include <optional>
#include <vector>

#include "base/ascii.h"
#include "base/base64.h"
#include "base/url_scheme.h"
#include "login/login.h"
#include "login/said.h"

namespace keywake::login {
namespace {

constexpr int kMostLines = 200;
constexpr const char* kNoMechanism = "the server offers no way to log in with a password that keywake knows";

std::string plain_of(const net::Request& request) { return base64_encode(std::string(1, '\0') + request.user + std::string(1, '\0') + request.password); }

bool has_word(std::string_view line, std::string_view word) {
  for (std::size_t at = 0; at < line.size();) {
    const std::size_t end = std::min(line.find(' ', at), line.size());
    if (lowered(line.substr(at, end - at)) == word) return true;
    at = end + 1;
  }
  return false;
}

bool any_has(const std::vector<std::string>& lines, std::string_view first, std::string_view word) {
  for (const std::string& line : lines) {
    const std::string start = lowered(line.substr(0, first.size()));
    if (start == first && (word.empty() ? line.size() == first.size() || line[first.size()] == ' ' : has_word(line.substr(first.size()), word))) return true;
  }
  return false;
}

// "[AUTHENTICATIONFAILED] Authentication failed.": the code between the brackets, in capitals; empty without one.
std::string bracketed(std::string_view text) {
  const std::size_t end = text.find(']');
  if (!text.starts_with('[') || end == std::string_view::npos) return "";
  std::string out;
  for (const char c : text.substr(1, end - 1)) out += is_lower(c) ? static_cast<char>(c - 'a' + 'A') : c;
  return out;
}

struct SmtpReply {
  int code = 0;
  std::vector<std::string> lines;  // without the code
  [[nodiscard]] std::string text() const { return fmt::format("{}", fmt::join(lines, "\n")); }
};

class Smtp {
 public:
  Smtp(net::Stream& stream, const Login& login) : stream_(stream), login_(login) {}

  net::Answer run(bool encrypted) {
    if (!reply()) return stream_.failure();
    if (last_.code != 220) return judged();
    if (!greeted()) return answer_or_failure();
    if (!encrypted && any_has(last_.lines, "starttls", "")) {
      if (!asked("STARTTLS")) return stream_.failure();
      if (last_.code != 220) return judged();
      if (!stream_.start_tls()) return stream_.failure();
      if (!greeted()) return answer_or_failure();
    } else if (!encrypted && !login_.guard.options().allow_plaintext) {
      return refused(kNoTls);
    }
    const net::Request& request = login_.request;
    if (any_has(last_.lines, "auth ", "plain")) {
      if (!asked("AUTH PLAIN " + plain_of(request))) return stream_.failure();
    } else if (any_has(last_.lines, "auth ", "login")) {
      if (!asked("AUTH LOGIN")) return stream_.failure();
      if (last_.code == 334 && !asked(base64_encode(request.user))) return stream_.failure();
      if (last_.code == 334 && !asked(base64_encode(request.password))) return stream_.failure();
    } else {
      return said(kNotLetIn, "", kNoMechanism);
    }
    stream_.send("QUIT\r\n");
    return judged();
  }

 private:
  bool reply() {
    last_ = {};
    for (int i = 0; i < kMostLines; ++i) {
      const std::optional<std::string> line = stream_.receive_line();
      if (!line) return false;
      if (line->size() < 3 || std::from_chars(line->data(), line->data() + 3, last_.code).ptr != line->data() + 3) break;
      last_.lines.push_back(line->substr(std::min<std::size_t>(4, line->size())));
      if (line->size() == 3 || (*line)[3] != '-') return true;
    }
    last_ = {0, {"it speaks no SMTP"}};
    return true;
  }
  bool asked(std::string_view command) { return stream_.send(fmt::format("{}\r\n", command)) && reply(); }
  // An address literal is a name that tells nothing of this machine.
  bool greeted() { return asked("EHLO [127.0.0.1]") && last_.code == 250; }
  net::Answer answer_or_failure() { return stream_.failure().failure != net::Failure::kNone ? stream_.failure() : judged(); }
  net::Answer judged() const {
    if (last_.code == 0) return not_spoken();
    const int status = last_.code == 235 ? kLetIn : last_.code / 100 == 5 ? kNotLetIn : kWouldNotSay;
    return said(status, fmt::format("{}", last_.code), last_.text());
  }

  net::Stream& stream_;
  const Login& login_;
  SmtpReply last_;
};

class Imap {
 public:
  Imap(net::Stream& stream, const Login& login) : stream_(stream), login_(login) {}

  net::Answer run(bool encrypted) {
    const std::optional<std::string> greeting = stream_.receive_line();
    if (!greeting) return stream_.failure();
    const std::string lower = lowered(greeting->substr(0, 10));
    if (lower.starts_with("* preauth")) return said(kNotLetIn, "PREAUTH", "the server asks for no password");
    if (!lower.starts_with("* ")) return not_spoken();
    if (!lower.starts_with("* ok")) return said(kWouldNotSay, "BYE", *greeting);
    if (!asked("CAPABILITY")) return stream_.failure();
    if (!encrypted && any_has(untagged_, "* capability", "starttls")) {
      if (!asked("STARTTLS")) return stream_.failure();
      if (!ok()) return judged();
      if (!stream_.start_tls()) return stream_.failure();
      if (!asked("CAPABILITY")) return stream_.failure();
    } else if (!encrypted && !login_.guard.options().allow_plaintext) {
      return refused(kNoTls);
    }
    const net::Request& request = login_.request;
    if (any_has(untagged_, "* capability", "auth=plain")) {
      if (!asked("AUTHENTICATE PLAIN", {plain_of(request)})) return stream_.failure();
    } else if (!any_has(untagged_, "* capability", "logindisabled")) {
      // Literals (RFC 9051, 4.3) hold every byte as it is.
      if (!asked(fmt::format("LOGIN {{{}}}", request.user.size()), {fmt::format("{} {{{}}}", request.user, request.password.size()), request.password})) return stream_.failure();
    } else {
      return said(kNotLetIn, "", kNoMechanism);
    }
    stream_.send("z LOGOUT\r\n");
    return judged();
  }

 private:
  // The command, and what is sent each time the server asks for more ("+").
  bool asked(std::string_view command, std::vector<std::string> more = {}) {
    const std::string tag = fmt::format("k{}", ++number_);
    untagged_.clear();
    status_.clear();
    if (!stream_.send(fmt::format("{} {}\r\n", tag, command))) return false;
    std::size_t next = 0;
    for (int i = 0; i < kMostLines; ++i) {
      const std::optional<std::string> line = stream_.receive_line();
      if (!line) return false;
      if (line->starts_with("+") && next < more.size()) {
        if (!stream_.send(more[next++] + "\r\n")) return false;
      } else if (line->starts_with(tag + " ")) {
        status_ = line->substr(tag.size() + 1);
        return true;
      } else if (lowered(line->substr(0, 5)) == "* bye") {
        status_ = "BYE" + line->substr(5);
        return true;
      } else {
        untagged_.push_back(*line);
      }
    }
    status_ = "BYE it speaks no IMAP";
    return true;
  }
  [[nodiscard]] bool ok() const { return has_word(status_.substr(0, 3), "ok"); }
  [[nodiscard]] net::Answer judged() const {
    const std::size_t word = std::min(status_.find(' '), status_.size());
    const std::string text = status_.substr(std::min(word + 1, status_.size()));
    const std::string code = bracketed(text);
    if (ok()) return said(kLetIn, code, text);
    const bool no = lowered(status_.substr(0, word)) == "no";
    return said(no && code != "UNAVAILABLE" && code != "INUSE" ? kNotLetIn : kWouldNotSay, code, text);
  }

  net::Stream& stream_;
  const Login& login_;
  int number_ = 0;
  std::vector<std::string> untagged_;
  std::string status_;  // "NO [AUTHENTICATIONFAILED] …"
};

class Pop3 {
 public:
  Pop3(net::Stream& stream, const Login& login) : stream_(stream), login_(login) {}

  net::Answer run(bool encrypted) {
    if (!reply()) return stream_.failure();
    if (!ok()) return judged();
    if (!capabilities()) return stream_.failure();
    if (!encrypted && any_has(capabilities_, "stls", "")) {
      if (!asked("STLS")) return stream_.failure();
      if (!ok()) return judged();
      if (!stream_.start_tls() || !capabilities()) return stream_.failure();
    } else if (!encrypted && !login_.guard.options().allow_plaintext) {
      return refused(kNoTls);
    }
    const net::Request& request = login_.request;
    if (any_has(capabilities_, "sasl", "plain")) {
      if (!asked("AUTH PLAIN")) return stream_.failure();
      if (last_.starts_with("+ ") || last_ == "+") {
        if (!asked(plain_of(request))) return stream_.failure();
      }
    } else {
      if (!asked("USER " + request.user)) return stream_.failure();
      if (ok() && !asked("PASS " + request.password)) return stream_.failure();
    }
    stream_.send("QUIT\r\n");
    return judged();
  }

 private:
  bool reply() {
    const std::optional<std::string> line = stream_.receive_line();
    last_ = line.value_or("");
    return line.has_value();
  }
  bool asked(std::string_view command) { return stream_.send(fmt::format("{}\r\n", command)) && reply(); }
  bool capabilities() {
    capabilities_.clear();
    if (!asked("CAPA")) return false;
    if (!ok()) return true;  // older than RFC 2449
    for (int i = 0; i < kMostLines; ++i) {
      if (!reply()) return false;
      if (last_ == ".") return true;
      capabilities_.push_back(last_);
    }
    return true;
  }
  [[nodiscard]] bool ok() const { return last_.starts_with("+OK"); }
  [[nodiscard]] net::Answer judged() const {
    const std::size_t space = std::min(last_.find(' '), last_.size());
    const std::string text = last_.substr(std::min(space + 1, last_.size()));
    const std::string code = bracketed(text);
    if (ok()) return said(kLetIn, code, text);
    if (!last_.starts_with("-ERR")) return not_spoken();
    // RFC 3206: SYS is of the server and not of the credential. RFC 2449, 8.1: the others say to come back later.
    const bool later = code == "SYS/TEMP" || code == "LOGIN-DELAY";
    return said(later ? kWouldNotSay : kNotLetIn, code, text);
  }

  net::Stream& stream_;
  const Login& login_;
  std::string last_;
  std::vector<std::string> capabilities_;
};

template <typename Protocol>
net::Answer logged_in(const Login& login) {
  const net::Request& request = login.request;
  if (has_break(request.user) || has_break(request.password)) return refused("it has a line break, which no mail login can hold");
  const bool encrypted = scheme_of(request.url).ends_with('s');
  auto stream = opened(login, encrypted);
  if (!stream) return stream.error();
  return Protocol(*stream, login).run(encrypted);
}

}  // namespace

net::Answer smtp(const Login& login) { return logged_in<Smtp>(login); }
net::Answer imap(const Login& login) { return logged_in<Imap>(login); }
net::Answer pop3(const Login& login) { return logged_in<Pop3>(login); }

}  // namespace keywake::login
