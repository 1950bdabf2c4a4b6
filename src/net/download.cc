#include "net/download.h"

#include <fmt/format.h>

#include <algorithm>
#include <mutex>

#include "base/ascii.h"
#include "net/address.h"
#include "net/easy_internal.h"

namespace keywake::net {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr std::size_t kMaxHeaders = 256;
constexpr std::size_t kMaxHeaderBytes = 256 * 1024;
constexpr long kReceive = 128 * 1024;
constexpr int kFirstFinal = 200;  // statuses below are interim
constexpr int kSlowWindows = 3;   // of `timeout` each
constexpr milliseconds kLongestPoll{1000};
constexpr std::size_t kKept = 8;  // idle connections

Answer failed(Failure failure, std::string problem) {
  Answer out;
  out.failure = failure;
  out.problem = std::move(problem);
  return out;
}

struct MultiCloser {
  void operator()(CURLM* multi) const { curl().multi_cleanup(multi); }
};
struct UrlCloser {
  void operator()(CURLU* handle) const { curl().url_cleanup(handle); }
};
using Url = std::unique_ptr<CURLU, UrlCloser>;

std::string part_of(CURLU* url, CURLUPart which, unsigned flags = 0) {
  char* text = nullptr;
  std::string out;
  if (curl().url_get(url, which, &text, flags) == CURLUE_OK) out = text;
  curl().free(text);
  return out;
}

}  // namespace

// A handle with a multi handle of its own, which keeps its connections and lets it be moved on bit by bit.
struct Download::Channel {
  std::unique_ptr<CURLM, MultiCloser> multi;
  Easy easy;
  bool added = false;
  Guarded guarded;
  List headers;
  Request request;
  Answer head;
  std::size_t header_bytes = 0;
  bool head_done = false;
  bool paused = false;
  bool finished = false;
  Answer end;  // kNone: at its end, if finished
  std::string buffered;
  std::string given;
  milliseconds timeout{0};
  milliseconds waited{0};  // of the present window
  std::size_t received = 0;

  ~Channel() { detach(); }

  void detach() {
    if (added) curl().multi_remove_handle(multi.get(), easy.get());
    added = false;
  }

  void start(const Guard& guard, Request what, const std::string& unix_socket);
  void finish(Answer how) {
    finished = true;
    end = std::move(how);
    detach();
  }
  void perform();
  // Does what can be done, and waits until there is more or time is over.
  template <typename Until>
  void run(Until until);

  static std::size_t take_body(char* bytes, std::size_t, std::size_t count, void* of);
  static std::size_t take_header(char* bytes, std::size_t, std::size_t count, void* of);
};

std::size_t Download::Channel::take_body(char* bytes, std::size_t, std::size_t count, void* of) {
  Channel& channel = *static_cast<Channel*>(of);
  channel.paused = channel.buffered.size() + count > kBuffered;
  if (channel.paused) return CURL_WRITEFUNC_PAUSE;  // libcurl keeps these few and gives them again
  channel.buffered.append(bytes, count);
  channel.received += count;
  return count;
}

std::size_t Download::Channel::take_header(char* bytes, std::size_t, std::size_t count, void* of) {
  Channel& channel = *static_cast<Channel*>(of);
  std::string_view line(bytes, count);
  while (!line.empty() && is_space(line.back())) line.remove_suffix(1);
  channel.received += count;
  channel.header_bytes += count;
  if (channel.header_bytes > kMaxHeaderBytes) return 0;
  if (channel.head_done) return count;  // trailers of a chunked body
  auto& headers = channel.head.headers;
  if (line.starts_with("HTTP/")) headers.clear();  // of an interim answer, 1xx
  if (line.empty()) {
    long status = 0;
    curl().easy_getinfo(channel.easy.get(), CURLINFO_RESPONSE_CODE, &status);
    channel.head.status = static_cast<int>(status);
    channel.head_done = status >= kFirstFinal;
  }
  const std::size_t colon = line.find(':');
  if (colon == std::string_view::npos || headers.size() == kMaxHeaders) return count;
  std::string_view value = line.substr(colon + 1);
  while (!value.empty() && is_blank(value.front())) value.remove_prefix(1);
  headers.emplace_back(lowered(line.substr(0, colon)), value);
  return count;
}

void Download::Channel::start(const Guard& guard, Request what, const std::string& unix_socket) {
  CURL* const handle = easy.get();
  curl().easy_reset(handle);
  auto set = [handle](CURLoption option, auto value) { curl().easy_setopt(handle, option, value); };
  request = std::move(what);
  guarded = Guarded{};
  guarded.guard = &guard;
  head = Answer{};
  end = Answer{};
  header_bytes = received = 0;
  head_done = paused = finished = false;
  buffered.clear();
  timeout = guard.options().timeout;
  waited = milliseconds(0);
  protect(handle, guarded);
  set(CURLOPT_TIMEOUT_MS, 0L);  // run() measures the waiting
  set(CURLOPT_CONNECTTIMEOUT_MS, static_cast<long>(timeout.count()));
  set(CURLOPT_URL, request.url.c_str());
  set(CURLOPT_PROTOCOLS_STR, "http,https");  // open() judges http
  set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));
  set(CURLOPT_USERAGENT, "keywake");
  set(CURLOPT_BUFFERSIZE, kReceive);
  set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  set(CURLOPT_WRITEFUNCTION, &Channel::take_body);
  set(CURLOPT_WRITEDATA, this);
  set(CURLOPT_HEADERFUNCTION, &Channel::take_header);
  set(CURLOPT_HEADERDATA, this);
  if (!request.body.empty() || request.method == "POST" || request.method == "PUT") {
    set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.body.size()));
    set(CURLOPT_POSTFIELDS, request.body.c_str());
  }
  if (request.method == "HEAD") {
    set(CURLOPT_NOBODY, 1L);
  } else {
    set(CURLOPT_CUSTOMREQUEST, request.method.c_str());
  }
  headers.reset();
  for (const auto& [name, value] : request.headers) append(headers, fmt::format("{}: {}", name, value));
  set(CURLOPT_HTTPHEADER, headers.get());
  if (!unix_socket.empty()) {
    set(CURLOPT_UNIX_SOCKET_PATH, unix_socket.c_str());
    set(CURLOPT_OPENSOCKETFUNCTION, static_cast<curl_opensocket_callback>(nullptr));  // the guard knows internet addresses only
  }
  curl().multi_add_handle(multi.get(), handle);
  added = true;
}

void Download::Channel::perform() {
  int running = 0;
  curl().multi_perform(multi.get(), &running);
  int left = 0;
  while (const CURLMsg* message = curl().multi_info_read(multi.get(), &left)) {
    if (message->msg != CURLMSG_DONE) continue;
    const CURLcode code = message->data.result;
    finish(outcome(code, guarded));
    break;
  }
}

template <typename Until>
void Download::Channel::run(Until until) {
  milliseconds silent{0};
  while (!finished && !until()) {
    const std::size_t before = received;
    const steady_clock::time_point start = steady_clock::now();
    perform();
    if (!finished && !until()) {
      const milliseconds longest = std::min(kLongestPoll, timeout - silent + milliseconds(1));
      curl().multi_poll(multi.get(), nullptr, 0, static_cast<int>(longest.count()), nullptr);
      perform();
    }
    const auto took = std::chrono::duration_cast<milliseconds>(steady_clock::now() - start);
    waited += took;
    silent = received == before ? silent + took : milliseconds(0);
    if (finished) return;
    if (silent >= timeout) return finish(failed(Failure::kTimeout, "nothing came in time"));
    if (waited >= kSlowWindows * timeout) {
      const auto least = kSlowest * static_cast<std::size_t>(waited.count()) / 1000;
      if (received < least) return finish(failed(Failure::kTimeout, fmt::format("it sends less than {} bytes a second", kSlowest)));
      waited = milliseconds(0);
      received = 0;
    }
  }
}

class Download::Pool {
 public:
  Pool(Guard guard, std::string unix_socket) : guard_(std::move(guard)), unix_socket_(std::move(unix_socket)) {}

  std::unique_ptr<Channel> take() {
    {
      const std::scoped_lock lock(mutex_);
      if (!idle_.empty()) {
        std::unique_ptr<Channel> out = std::move(idle_.back());
        idle_.pop_back();
        return out;
      }
    }
    auto out = std::make_unique<Channel>();
    out->multi.reset(curl().multi_init());
    out->easy.reset(curl().easy_init());
    return out->multi == nullptr || out->easy == nullptr ? nullptr : std::move(out);
  }

  void give_back(std::unique_ptr<Channel> channel) {
    channel->detach();
    const std::scoped_lock lock(mutex_);
    if (idle_.size() < kKept) idle_.push_back(std::move(channel));
  }

  [[nodiscard]] const Guard& guard() const { return guard_; }
  [[nodiscard]] const std::string& unix_socket() const { return unix_socket_; }

 private:
  Guard guard_;
  std::string unix_socket_;
  std::mutex mutex_;
  std::vector<std::unique_ptr<Channel>> idle_;
};

Download::Download(Pool* pool, std::unique_ptr<Channel> channel) : pool_(pool), channel_(std::move(channel)) {}
Download::Download(Download&&) noexcept = default;
Download& Download::operator=(Download&& other) noexcept {
  if (this == &other) return *this;
  if (channel_ != nullptr) pool_->give_back(std::move(channel_));
  pool_ = other.pool_;
  channel_ = std::move(other.channel_);
  return *this;
}
Download::~Download() {
  if (channel_ != nullptr) pool_->give_back(std::move(channel_));
}

const Answer& Download::head() const { return channel_->head; }

std::expected<std::string_view, Answer> Download::read() {
  Channel& channel = *channel_;
  channel.given.clear();
  if (channel.buffered.empty() && channel.paused && !channel.finished) {
    channel.paused = false;
    curl().easy_pause(channel.easy.get(), CURLPAUSE_CONT);
  }
  channel.run([&] { return !channel.buffered.empty(); });
  channel.given.swap(channel.buffered);
  if (channel.given.empty() && channel.end.failure != Failure::kNone) return std::unexpected(channel.end);
  return channel.given;
}

std::expected<std::string, Answer> Download::read_all(std::size_t longest) {
  std::string out;
  while (true) {
    const auto bytes = read();
    if (!bytes) return std::unexpected(bytes.error());
    if (bytes->empty()) return out;
    if (out.size() + bytes->size() > longest) return std::unexpected(failed(Failure::kTooLarge, fmt::format("the answer is larger than {} KiB", longest / 1024)));
    out += *bytes;
  }
}

Downloader::Downloader(std::unique_ptr<Download::Pool> pool) : pool_(std::move(pool)) {}
Downloader::~Downloader() = default;

Result<std::unique_ptr<Downloader>> Downloader::make(ClientOptions options, std::string unix_socket) {
  if (auto loaded = load_curl(); !loaded) return std::unexpected(loaded.error());
  if (!unix_socket.empty()) options.proxy.clear();
  auto guard = Guard::make(std::move(options));
  if (!guard) return std::unexpected(guard.error());
  return std::unique_ptr<Downloader>(new Downloader(std::make_unique<Download::Pool>(*std::move(guard), std::move(unix_socket))));
}

std::expected<Download, Answer> Downloader::open(Request request) {
  const auto to = origin_of(request.url);
  if (!to) return std::unexpected(failed(Failure::kRefused, to.error().message));
  if (pool_->unix_socket().empty() && !plaintext_permitted(*to, pool_->guard().options())) {
    return std::unexpected(failed(Failure::kRefused, "the connection is not encrypted; --allow-plaintext permits that"));
  }
  std::unique_ptr<Download::Channel> channel = pool_->take();
  if (channel == nullptr) return std::unexpected(failed(Failure::kBroken, "libcurl could not be started"));
  channel->start(pool_->guard(), std::move(request), pool_->unix_socket());
  Download out(pool_.get(), std::move(channel));
  Download::Channel& running = *out.channel_;
  running.run([&] { return running.head_done; });
  if (!running.head_done) return std::unexpected(running.end.failure == Failure::kNone ? failed(Failure::kBroken, "it answers no HTTP") : running.end);
  return out;
}

Result<Origin> origin_of(const std::string& url) {
  if (auto loaded = load_curl(); !loaded) return std::unexpected(loaded.error());
  const Url parsed(curl().url());
  if (curl().url_set(parsed.get(), CURLUPART_URL, url.c_str(), 0) != CURLUE_OK) return fail("its address is none");
  Origin out{lowered(part_of(parsed.get(), CURLUPART_SCHEME)), lowered(part_of(parsed.get(), CURLUPART_HOST)), 0};
  if (out.scheme != "https" && out.scheme != "http") return fail("it is no https:// address");
  if (!part_of(parsed.get(), CURLUPART_USER).empty() || !part_of(parsed.get(), CURLUPART_PASSWORD).empty()) return fail("its address holds a user or a password");
  out.port = static_cast<std::uint16_t>(std::strtoul(part_of(parsed.get(), CURLUPART_PORT, CURLU_DEFAULT_PORT).c_str(), nullptr, 10));
  if (out.host.empty()) return fail("its address has no host");
  return out;
}

Result<std::string> resolved(const std::string& base, const std::string& reference) {
  if (auto loaded = load_curl(); !loaded) return std::unexpected(loaded.error());
  const Url parsed(curl().url());
  if (curl().url_set(parsed.get(), CURLUPART_URL, base.c_str(), 0) != CURLUE_OK ||
      curl().url_set(parsed.get(), CURLUPART_URL, reference.c_str(), 0) != CURLUE_OK) {
    return fail("its address is none");
  }
  return part_of(parsed.get(), CURLUPART_URL);
}

bool plaintext_permitted(const Origin& to, const ClientOptions& options) {
  if (to.scheme == "https" || options.allow_plaintext || to.host == "localhost" || to.host == "[::1]") return true;
  return to.host.starts_with("127.") && reach_of(to.host).has_value();
}

}  // namespace keywake::net
