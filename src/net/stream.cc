#include "net/stream.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <utility>

#include "net/easy_internal.h"

namespace keywake::net {
namespace {

using std::chrono::milliseconds;

milliseconds left_until(Deadline deadline) {
  return std::max(milliseconds(0), std::chrono::duration_cast<milliseconds>(deadline - std::chrono::steady_clock::now()));
}

Answer failed(Failure failure, std::string problem) {
  Answer out;
  out.failure = failure;
  out.problem = std::move(problem);
  return out;
}

}  // namespace

struct Stream::State {
  HostPort to;
  Guarded guarded;
  Easy easy;
  curl_socket_t socket = CURL_SOCKET_BAD;
  Deadline deadline;
  std::string buffered;
  Answer failure;

  bool broken(Failure how, std::string problem) {
    if (failure.failure == Failure::kNone) failure = failed(how, std::move(problem));
    return false;
  }

  // A handle for the host, which only connects.
  void prepare(CURL* easy, Tls tls) {
    auto set = [easy](CURLoption option, auto value) { curl().easy_setopt(easy, option, value); };
    protect(easy, guarded);
    const bool numeric_v6 = to.host.find(':') != std::string::npos;
    const std::string url = fmt::format("{}://{}:{}", tls == Tls::kYes ? "https" : "http", numeric_v6 ? "[" + to.host + "]" : to.host, to.port);
    set(CURLOPT_URL, url.c_str());
    set(CURLOPT_PROTOCOLS_STR, "http,https");
    set(CURLOPT_CONNECT_ONLY, 1L);
    set(CURLOPT_SSL_ENABLE_ALPN, 0L);
    set(CURLOPT_TIMEOUT_MS, std::max(1L, static_cast<long>(left_until(deadline).count())));  // 0 would be none
  }

  bool wait_for(short events) {
    pollfd one{socket, events, 0};
    const milliseconds left = left_until(deadline);
    if (left.count() == 0 || ::poll(&one, 1, static_cast<int>(left.count())) == 0) return broken(Failure::kTimeout, "no answer in time");
    return true;
  }

  // What there is, at least one byte, into `buffered`.
  bool fill() {
    std::array<char, 16384> bytes;
    while (failure.failure == Failure::kNone) {
      std::size_t count = 0;
      const CURLcode code = curl().easy_recv(easy.get(), bytes.data(), bytes.size(), &count);
      if (code == CURLE_OK && count > 0) {
        buffered.append(bytes.data(), count);
        return true;
      }
      if (code == CURLE_OK) return broken(Failure::kBroken, "the connection was closed");
      if (code != CURLE_AGAIN) return broken(Failure::kBroken, curl().easy_strerror(code));
      if (!wait_for(POLLIN)) return false;
    }
    return false;
  }

  std::string take(std::size_t count, std::size_t drop) {
    std::string out = buffered.substr(0, count);
    buffered.erase(0, count + drop);
    return out;
  }
};

Stream::Stream(std::unique_ptr<State> state) : state_(std::move(state)) {}
Stream::~Stream() = default;
Stream::Stream(Stream&&) noexcept = default;
Stream& Stream::operator=(Stream&&) noexcept = default;

std::expected<Stream, Answer> Stream::open(const Guard& guard, const HostPort& to, Tls tls, Deadline deadline, bool secret_goes_plain) {
  if (auto loaded = load_curl(); !loaded) return std::unexpected(failed(Failure::kBroken, loaded.error().message));
  if (tls == Tls::kNo && secret_goes_plain && !guard.options().allow_plaintext) {
    return std::unexpected(failed(Failure::kRefused, "the connection is not encrypted; --allow-plaintext permits that"));
  }
  if (left_until(deadline).count() == 0) return std::unexpected(failed(Failure::kTimeout, "no answer in time"));
  auto state = std::make_unique<State>();
  state->to = to;
  state->guarded.guard = &guard;
  state->deadline = deadline;
  state->easy.reset(curl().easy_init());
  CURL* const easy = state->easy.get();
  state->prepare(easy, tls);
  curl().easy_setopt(easy, CURLOPT_HTTPPROXYTUNNEL, 1L);
  const CURLcode code = curl().easy_perform(easy);
  if (code != CURLE_OK) return std::unexpected(outcome(code, state->guarded));
  curl().easy_getinfo(easy, CURLINFO_ACTIVESOCKET, &state->socket);
  return Stream(std::move(state));
}

bool Stream::start_tls() {
  State& state = *state_;
  if (state.failure.failure != Failure::kNone) return false;
  if (!state.buffered.empty()) return state.broken(Failure::kTls, "the server said more than it was asked before encryption began");
  if (left_until(state.deadline).count() == 0) return state.broken(Failure::kTimeout, "no answer in time");
  // libcurl makes TLS only on connections of its own making, or that it is handed as made already: a second handle is handed a duplicate.
  curl_socket_t handed = ::fcntl(state.socket, F_DUPFD_CLOEXEC, 0);
  if (handed < 0) return state.broken(Failure::kBroken, "no connection could be had");
  Easy easy(curl().easy_init());
  auto set = [&easy](CURLoption option, auto value) { curl().easy_setopt(easy.get(), option, value); };
  state.prepare(easy.get(), Tls::kYes);
  set(CURLOPT_PROXY, "");
  state.guarded.connect_to.reset();
  append(state.guarded.connect_to, "::127.0.0.1:9");  // so that no name is resolved again; nothing is connected to
  set(CURLOPT_CONNECT_TO, state.guarded.connect_to.get());
  curl_opensocket_callback hand_over = [](void* of, curlsocktype, curl_sockaddr*) { return std::exchange(*static_cast<curl_socket_t*>(of), CURL_SOCKET_BAD); };
  curl_sockopt_callback connected = [](void*, curl_socket_t, curlsocktype) { return CURL_SOCKOPT_ALREADY_CONNECTED; };
  set(CURLOPT_OPENSOCKETFUNCTION, hand_over);
  set(CURLOPT_OPENSOCKETDATA, &handed);
  set(CURLOPT_SOCKOPTFUNCTION, connected);
  const CURLcode code = curl().easy_perform(easy.get());
  if (handed != CURL_SOCKET_BAD) ::close(handed);
  if (code != CURLE_OK) {
    const Answer why = outcome(code, state.guarded);
    return state.broken(why.failure, why.problem);
  }
  state.easy = std::move(easy);
  curl().easy_getinfo(state.easy.get(), CURLINFO_ACTIVESOCKET, &state.socket);
  return true;
}

bool Stream::send(std::string_view bytes) {
  State& state = *state_;
  while (!bytes.empty() && state.failure.failure == Failure::kNone) {
    std::size_t count = 0;
    const CURLcode code = curl().easy_send(state.easy.get(), bytes.data(), bytes.size(), &count);
    bytes.remove_prefix(count);
    if (code == CURLE_AGAIN) {
      state.wait_for(POLLOUT);
    } else if (code != CURLE_OK) {
      state.broken(Failure::kBroken, curl().easy_strerror(code));
    }
  }
  return state.failure.failure == Failure::kNone;
}

std::optional<std::string> Stream::receive(std::size_t count) {
  while (state_->buffered.size() < count) {
    if (!state_->fill()) return std::nullopt;
  }
  return state_->take(count, 0);
}

std::optional<std::string> Stream::receive_line(std::size_t longest) {
  for (std::size_t end = 0; (end = state_->buffered.find("\r\n")) == std::string::npos;) {
    if (state_->buffered.size() > longest) {
      state_->broken(Failure::kBroken, "what it says is not of its protocol");
      return std::nullopt;
    }
    if (!state_->fill()) return std::nullopt;
  }
  return state_->take(state_->buffered.find("\r\n"), 2);
}

const Answer& Stream::failure() const { return state_->failure; }
int Stream::socket() const { return state_->socket; }

}  // namespace keywake::net
