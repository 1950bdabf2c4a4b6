// SSH (RFC 4252) with libssh2: by a private key, which proves itself and shows nothing, or by a password, which is shown only to a host whose
// key the user knows already. Neither the agent nor ~/.ssh/config is read. Nothing is run, but that hosts of git repositories, which let
// nobody run anything, are asked for a shell: they answer with whose key it is, and hang up.
// The body: {"host_key", "methods", "greeting"}, or {"host_key", "methods", "code", "error"}.
#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>

#include "base/base64.h"
#include "base/text.h"
#include "login/login.h"
#include "login/said.h"
#include "login/ssh_internal.h"

namespace keywake::login {
namespace {

constexpr std::array<std::string_view, 4> kGitHosts{"bitbucket.org", "codeberg.org", "github.com", "gitlab.com"};
constexpr std::size_t kMaxGreeting = 4096;
constexpr std::size_t kMaxKnownHosts = 4 * 1024 * 1024;
constexpr int kSince11 = 0x010b00;  // libssh2 that signs with RSA and SHA-2 (RFC 8332)

struct SessionCloser {
  void operator()(LIBSSH2_SESSION* session) const {
    ssh2()->session_disconnect(session, SSH_DISCONNECT_BY_APPLICATION, "", "");
    ssh2()->session_free(session);
  }
};
using Session = std::unique_ptr<LIBSSH2_SESSION, SessionCloser>;

struct KnownHostsFreer {
  void operator()(LIBSSH2_KNOWNHOSTS* hosts) const { ssh2()->knownhost_free(hosts); }
};

struct ChannelFreer {
  void operator()(LIBSSH2_CHANNEL* channel) const { ssh2()->channel_free(channel); }
};

// What the key's own file says, PROTOCOL.key of OpenSSH: the cipher comes first, and the kind of key after the magic bytes of its parts.
struct Key {
  bool encrypted = false;
  bool rsa = false;
};
Key about(std::string_view pem) {
  Key out;
  out.encrypted = pem.find("ENCRYPTED") != std::string_view::npos;
  out.rsa = pem.find("BEGIN RSA") != std::string_view::npos;
  const std::size_t start = pem.find('\n');
  const std::size_t end = pem.find("\n-----END");
  if (pem.find("BEGIN OPENSSH") == std::string_view::npos || start == std::string_view::npos || end == std::string_view::npos || end < start) return out;
  std::string base64(pem.substr(start, end - start));
  std::erase_if(base64, [](char c) { return c == '\n' || c == '\r' || c == ' '; });
  const std::string bytes = decode_base64(base64).value_or("");
  using namespace std::string_view_literals;
  out.encrypted = !bytes.starts_with("openssh-key-v1\0\0\0\0\4none"sv);
  out.rsa = bytes.find("\0\0\0\7ssh-rsa"sv) != std::string::npos;
  return out;
}

class Ssh {
  // Every call ends at the deadline: libssh2 counts from the call's begin.
  template <typename Function, typename... Arguments>
  auto timed(Function function, Arguments... arguments) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(login_.deadline - std::chrono::steady_clock::now());
    ssh2()->session_set_timeout(session_, std::max(1L, static_cast<long>(left.count())));
    return function(session_, arguments...);
  }

 public:
  explicit Ssh(const Login& login) : login_(login) {}

  net::Answer run() {
    const net::Request& request = login_.request;
    if (ssh2() == nullptr) return failed(net::Failure::kRefused, "libssh2.so.1 cannot be loaded; install it (Debian: libssh2-1)");
    if (request.user.empty()) return refused("it has no user");
    const Key key = about(request.private_key);
    if (key.encrypted) return refused("its key is encrypted, and no passphrase is known");
    auto stream = opened(login_, false);
    if (!stream) return stream.error();
    const Session session(ssh2()->session_init(nullptr, nullptr, nullptr, const_cast<std::string*>(&request.password)));
    if (session == nullptr) return failed(net::Failure::kBroken, "libssh2 could not be started");
    session_ = session.get();
    const int shaken = timed(ssh2()->session_handshake, stream->socket());
    if (shaken != 0) return failed(shaken == LIBSSH2_ERROR_TIMEOUT ? net::Failure::kTimeout : net::Failure::kBroken, words("no SSH"));
    const char* hash = ssh2()->hostkey_hash(session_, LIBSSH2_HOSTKEY_HASH_SHA256);
    std::string fingerprint = hash == nullptr ? "" : base64_encode({hash, 32});
    fingerprint.resize(std::min(fingerprint.find('='), fingerprint.size()));
    body_["host_key"] = "SHA256:" + fingerprint;
    if (request.private_key.empty() && !is_known()) return refused("its host key is not in ~/.ssh/known_hosts, so a password is not shown to it");
    return logged_in(key);
  }

 private:
  static net::Answer failed(net::Failure failure, std::string problem) {
    net::Answer out;
    out.failure = failure;
    out.problem = std::move(problem);
    return out;
  }

  std::string words(const std::string& otherwise) {
    char* text = nullptr;
    int size = 0;
    ssh2()->session_last_error(session_, &text, &size, 0);
    return size > 0 ? to_utf8({text, static_cast<std::size_t>(size)}) : otherwise;
  }

  // The host's key stands in the user's own list for this host; and not as one of another's.
  bool is_known() {
    const char* home = std::getenv("HOME");
    std::error_code error;
    const std::filesystem::path file = std::filesystem::path(home == nullptr ? "/nonexistent" : home) / ".ssh" / "known_hosts";
    if (!std::filesystem::is_regular_file(file, error) || std::filesystem::file_size(file, error) > kMaxKnownHosts) return false;
    std::size_t size = 0;
    int type = 0;
    const char* key = ssh2()->session_hostkey(session_, &size, &type);
    if (key == nullptr) return false;
    const std::string as_text = base64_encode({key, size});
    const std::unique_ptr<LIBSSH2_KNOWNHOSTS, KnownHostsFreer> hosts(ssh2()->knownhost_init(session_));
    std::ifstream in(file);
    for (std::string line; std::getline(in, line);) {
      // Markers (sshd(8)) are nothing that libssh2 knows. A revoked key is taken for revoked everywhere.
      if (line.starts_with("@revoked") && line.find(as_text) != std::string::npos) return false;
      if (!line.starts_with('@')) ssh2()->knownhost_readline(hosts.get(), line.data(), line.size(), LIBSSH2_KNOWNHOST_FILE_OPENSSH);
    }
    constexpr int kAsItIs = LIBSSH2_KNOWNHOST_TYPE_PLAIN | LIBSSH2_KNOWNHOST_KEYENC_RAW;
    libssh2_knownhost* found = nullptr;
    return ssh2()->knownhost_check(hosts.get(), login_.to.host.c_str(), login_.to.port, key, size, kAsItIs, &found) == LIBSSH2_KNOWNHOST_CHECK_MATCH;
  }

  net::Answer logged_in(const Key& key) {
    const net::Request& request = login_.request;
    const auto size = static_cast<unsigned int>(request.user.size());
    const char* list = timed(ssh2()->userauth_list, request.user.data(), size);
    const std::string methods = list == nullptr ? "" : to_utf8(list);
    if (list == nullptr && ssh2()->userauth_authenticated(session_) != 0) return answer(kNotLetIn, "anybody", "the server asks for nothing");
    if (list == nullptr) return failed(net::Failure::kBroken, words("no SSH"));
    body_["methods"] = methods;
    int code = LIBSSH2_ERROR_METHOD_NOT_SUPPORTED;
    auto offers = [&](std::string_view method) { return ("," + methods + ",").find("," + std::string(method) + ",") != std::string::npos; };
    if (!request.private_key.empty()) {
      if (!offers("publickey")) return answer(kNotLetIn, "method", "the server takes no keys");
      const std::string& pem = request.private_key;
      code = timed(ssh2()->userauth_publickey, request.user.data(), request.user.size(), static_cast<const char*>(nullptr), std::size_t{0}, pem.data(), pem.size(),
                   static_cast<const char*>(nullptr));
      if (code != 0 && key.rsa && ssh2()->version(kSince11) == nullptr) return answer(kNotLetIn, "rsa-sha1", "this libssh2 signs with RSA and SHA-1 only, which servers refuse");
    } else if (offers("password")) {
      code = timed(ssh2()->userauth_password, request.user.data(), size, request.password.data(), static_cast<unsigned int>(request.password.size()), nullptr);
    } else if (offers("keyboard-interactive")) {
      code = timed(ssh2()->userauth_keyboard_interactive, request.user.data(), size, &Ssh::respond);
    } else {
      return answer(kNotLetIn, "method", "the server takes no passwords");
    }
    if (code == 0) {
      if (std::find(kGitHosts.begin(), kGitHosts.end(), login_.to.host) != kGitHosts.end()) body_["greeting"] = to_utf8(greeting());
      return answer(kLetIn, "", "");
    }
    if (code == LIBSSH2_ERROR_TIMEOUT) return failed(net::Failure::kTimeout, "no answer in time");
    if (code == LIBSSH2_ERROR_AUTHENTICATION_FAILED || code == LIBSSH2_ERROR_PUBLICKEY_UNVERIFIED) {
      const std::string why = words("refused");
      // libssh2 does not tell "partial success" (RFC 4252, 5.1) from a refusal; but then the server goes on to ask for something else.
      const char* now = timed(ssh2()->userauth_list, request.user.data(), size);
      if (now != nullptr && to_utf8(now) != methods) return answer(kNotLetIn, "partial", "the server asks for more");
      return answer(kNotLetIn, "refused", why);
    }
    return failed(code == LIBSSH2_ERROR_FILE || code == LIBSSH2_ERROR_METHOD_NOT_SUPPORTED || code == LIBSSH2_ERROR_METHOD_NONE ? net::Failure::kRefused : net::Failure::kBroken,
                  words("no SSH"));
  }

  net::Answer answer(int status, std::string_view code, std::string_view error) {
    if (!code.empty()) body_["code"] = code;
    if (!error.empty()) body_["error"] = error;
    net::Answer out;
    out.status = status;
    out.body = body_.dump();
    return out;
  }

  // The password for what is asked without an echo, once; nothing else is known.
  static void respond(const char*, int, const char*, int, int count, const LIBSSH2_USERAUTH_KBDINT_PROMPT* prompts, LIBSSH2_USERAUTH_KBDINT_RESPONSE* responses, void** abstract) {
    const auto& password = *static_cast<const std::string*>(*abstract);
    for (int i = 0; i < count; ++i) {
      const std::string_view text = count == 1 && prompts[i].echo == 0 ? std::string_view(password) : "";
      responses[i].text = static_cast<char*>(std::malloc(text.size() + 1));  // libssh2 frees it
      if (responses[i].text != nullptr) std::copy(text.begin(), text.end(), responses[i].text);
      responses[i].length = responses[i].text == nullptr ? 0 : static_cast<unsigned int>(text.size());
    }
  }

  std::string greeting() {
    constexpr std::string_view kSession = "session";
    const std::unique_ptr<LIBSSH2_CHANNEL, ChannelFreer> channel(timed(ssh2()->channel_open, kSession.data(), static_cast<unsigned int>(kSession.size()),
                                                                       static_cast<unsigned int>(LIBSSH2_CHANNEL_WINDOW_DEFAULT),
                                                                       static_cast<unsigned int>(LIBSSH2_CHANNEL_PACKET_DEFAULT), static_cast<const char*>(nullptr), 0U));
    if (channel == nullptr) return "";
    constexpr std::string_view kShell = "shell";
    if (ssh2()->channel_process_startup(channel.get(), kShell.data(), static_cast<unsigned int>(kShell.size()), nullptr, 0) != 0) return "";
    std::string out;
    std::array<char, 1024> bytes;
    for (const int stream : {0, SSH_EXTENDED_DATA_STDERR}) {
      for (ssize_t count = 1; count > 0 && out.size() < kMaxGreeting;) {
        count = timed([&](LIBSSH2_SESSION*) { return ssh2()->channel_read(channel.get(), stream, bytes.data(), bytes.size()); });
        if (count > 0) out.append(bytes.data(), static_cast<std::size_t>(count));
      }
    }
    return out;
  }

  const Login& login_;
  LIBSSH2_SESSION* session_ = nullptr;
  nlohmann::json body_;
};

}  // namespace

net::Answer ssh(const Login& login) { return Ssh(login).run(); }

}  // namespace keywake::login
