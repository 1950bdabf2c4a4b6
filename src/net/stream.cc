#include "net/stream.h"

#include <fmt/format.h>
#include <poll.h>

#include <algorithm>
#include <array>

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
  const milliseconds left = left_until(deadline);
  if (left.count() == 0) return std::unexpected(failed(Failure::kTimeout, "no answer in time"));
  auto state = std::make_unique<State>();
  state->guarded.guard = &guard;
  state->deadline = deadline;
  state->easy.reset(curl().easy_init());
  CURL* const easy = state->easy.get();
  auto set = [easy](CURLoption option, auto value) { curl().easy_setopt(easy, option, value); };
  protect(easy, state->guarded);
  const bool numeric_v6 = to.host.find(':') != std::string::npos && !to.host.starts_with('[');
  const std::string url = fmt::format("{}://{}:{}", tls == Tls::kYes ? "https" : "http", numeric_v6 ? "[" + to.host + "]" : to.host, to.port);
  set(CURLOPT_URL, url.c_str());
  set(CURLOPT_PROTOCOLS_STR, "http,https");
  set(CURLOPT_CONNECT_ONLY, 1L);
  set(CURLOPT_HTTPPROXYTUNNEL, 1L);
  set(CURLOPT_SSL_ENABLE_ALPN, 0L);
  set(CURLOPT_TIMEOUT_MS, static_cast<long>(left.count()));
  const CURLcode code = curl().easy_perform(easy);
  if (code != CURLE_OK) return std::unexpected(outcome(code, state->guarded));
  curl().easy_getinfo(easy, CURLINFO_ACTIVESOCKET, &state->socket);
  return Stream(std::move(state));
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
