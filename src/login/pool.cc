#include "login/pool.h"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "base/url_scheme.h"
#include "login/login.h"

namespace keywake::login {
namespace {

constexpr std::size_t kThreads = 32;

// What follows the authority, percent-decoded, without its first slash and its query.
std::string path_of(std::string_view url) {
  url.remove_prefix(std::min(url.size(), url.find("://") + 3));
  const std::size_t slash = url.find('/');
  return slash == std::string_view::npos ? "" : net::percent_decoded(url.substr(slash + 1, url.find('?', slash) - slash - 1));
}

}  // namespace

struct Pool::State {
  using Done = std::function<void(net::Answer)>;

  const net::Guard& guard;
  net::Deadline deadline;
  std::function<void()> wake;

  std::mutex mutex;
  std::condition_variable more;
  bool ended = false;
  std::deque<std::pair<net::Request, Done>> waiting;
  std::vector<std::pair<net::Answer, Done>> finished;
  std::vector<std::thread> threads;
  std::size_t in_flight = 0;  // of the caller's thread

  net::Answer answer(const net::Request& request) const {
    const auto to = net::host_of(request.url);
    net::Answer out;
    if (!to) {
      out.failure = net::Failure::kRefused;
      out.problem = to.error().message;
      return out;
    }
    const net::Deadline end = std::min(deadline, std::chrono::steady_clock::now() + guard.options().timeout);
    return driver_for(scheme_of(request.url))({request, *to, path_of(request.url), guard, end});
  }

  void work() {
    for (std::unique_lock lock(mutex);;) {
      more.wait(lock, [this] { return ended || !waiting.empty(); });
      if (ended) return;
      auto [request, done] = std::move(waiting.front());
      waiting.pop_front();
      lock.unlock();
      net::Answer given = answer(request);
      lock.lock();
      finished.emplace_back(std::move(given), std::move(done));
      wake();
    }
  }
};

Pool::Pool(const net::Guard& guard, net::Deadline deadline, std::function<void()> wake) : state_(new State{guard, deadline, std::move(wake)}) {}

Pool::~Pool() {
  {
    const std::scoped_lock lock(state_->mutex);
    state_->ended = true;
  }
  state_->more.notify_all();
  for (std::thread& thread : state_->threads) thread.join();
}

void Pool::send(net::Request request, std::function<void(net::Answer)> done) {
  ++state_->in_flight;
  const std::scoped_lock lock(state_->mutex);
  state_->waiting.emplace_back(std::move(request), std::move(done));
  if (state_->threads.size() < std::min(kThreads, state_->in_flight)) state_->threads.emplace_back([state = state_.get()] { state->work(); });
  state_->more.notify_one();
}

void Pool::step() {
  std::vector<std::pair<net::Answer, State::Done>> now;
  {
    const std::scoped_lock lock(state_->mutex);
    now.swap(state_->finished);
  }
  state_->in_flight -= now.size();
  for (auto& [answer, done] : now) done(std::move(answer));
}

std::size_t Pool::in_flight() const { return state_->in_flight; }

}  // namespace keywake::login
