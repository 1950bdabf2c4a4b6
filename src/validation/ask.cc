#include "validation/ask.h"

#include <fmt/format.h>

#include <algorithm>
#include <deque>
#include <map>
#include <random>

#include "base/url_scheme.h"
#include "login/login.h"
#include "login/pool.h"
#include "net/retry.h"

namespace keywake::validation {
namespace {

using std::chrono::duration;
using std::chrono::duration_cast;
using std::chrono::milliseconds;
using std::chrono::steady_clock;
using Time = steady_clock::time_point;

constexpr std::chrono::seconds kLongestWait{60};  // who asks for more is not waited for
constexpr int kUnreachableAfter = 8;           // failures in a row, without any answer between them
constexpr milliseconds kLongestStep{100};

struct Job {
  std::unique_ptr<Probe> probe;
  double rate = 0;
  std::uint32_t parallel = 1;
  int attempts = 0;
  model::Validation result;
  bool done = false;
};

/// What one host is asked: who waits for it, and when the next may.
struct Gate {
  std::multimap<Time, Job*> waiting;  // by when they may be sent
  double rate = 0;
  double tokens = 1;
  Time filled;  // when tokens was right
  Time not_before;
  std::uint32_t parallel = 1;
  std::uint32_t in_flight = 0;
  int failures = 0;

  // When the next request may go, if others do not stop it.
  Time fill(Time now) {
    const double most = std::max(1.0, rate / 4);
    tokens = std::min(most, tokens + duration<double>(now - filled).count() * rate);
    filled = now;
    Time next = std::max(not_before, waiting.empty() ? now : waiting.begin()->first);
    if (tokens < 1) next = std::max(next, now + duration_cast<steady_clock::duration>(duration<double>((1 - tokens) / rate)));
    return next;
  }
};

class Asking {
 public:
  Asking(net::Client& client, const net::Guard& guard, const AskOptions& options)
      : client_(client),
        options_(options),
        deadline_(steady_clock::now() + options.deadline),
        logins_(guard, deadline_, [&client] { client.wake(); }),
        random_(std::random_device{}()) {}

  void add(const Question& question) {
    ++progress_.total;
    const model::Validator& validator = *question.validator;
    std::unique_ptr<Probe> probe = make_probe(validator, Values::of(*question.secret, *question.parts), options_.allowed, options_.client.ca_file);
    enqueue(jobs_.emplace_back(Job{std::move(probe), options_.rate.value_or(validator.rate), validator.parallel}), steady_clock::now());
  }

  std::vector<model::Validation> run(const std::function<void(const AskProgress&)>& report) {
    while (progress_.done < progress_.total) {
      const Time now = steady_clock::now();
      if (now >= deadline_) {
        give_up_all();
        break;
      }
      const Time wake = std::min(send_what_may_go(now), deadline_);
      if (progress_.done == progress_.total) break;
      report(progress_);
      client_.step(std::clamp(duration_cast<milliseconds>(wake - now) + milliseconds(1), milliseconds(0), kLongestStep));
      logins_.step();
    }
    report(progress_);
    std::vector<model::Validation> out;
    for (Job& job : jobs_) out.push_back(std::move(job.result));
    return out;
  }

 private:
  void enqueue(Job& job, Time when) {
    if (!job.probe->next()) return finish(job);
    Gate& gate = gates_[job.probe->host().host];
    if (gate.rate == 0) {
      gate.rate = job.rate;
      gate.parallel = job.parallel;
      gate.filled = when;
    }
    gate.rate = std::min(gate.rate, job.rate);  // of several validators the strictest holds
    gate.parallel = std::min(gate.parallel, job.parallel);
    gate.waiting.emplace(when, &job);
  }

  // When to look again.
  Time send_what_may_go(Time now) {
    Time wake = now + kLongestStep;
    for (auto& [host, gate] : gates_) {
      while (!gate.waiting.empty() && gate.in_flight < gate.parallel && client_.in_flight() + logins_.in_flight() < options_.in_flight) {
        if (const Time next = gate.fill(now); next > now) {
          wake = std::min(wake, next);
          break;
        }
        Job& job = *gate.waiting.begin()->second;
        gate.waiting.erase(gate.waiting.begin());
        gate.tokens -= 1;
        send(job, gate);
      }
    }
    return wake;
  }

  void send(Job& job, Gate& gate) {
    std::optional<net::Request> request = job.probe->next();
    if (!request) return finish(job);
    ++gate.in_flight;
    auto done = [this, &job, &gate, sent = steady_clock::now()](const net::Answer& answer) {
      --gate.in_flight;
      if (options_.observe && !job.done) {
        const auto took = duration_cast<milliseconds>(steady_clock::now() - sent);
        options_.observe({job.probe->result().validator, job.probe->host().host, answer.status, answer.problem, job.attempts + 1, took});
      }
      take(job, gate, answer);
    };
    if (login::driver_for(scheme_of(request->url)) != nullptr) return logins_.send(*std::move(request), done);
    client_.send(*std::move(request), done);
  }

  void take(Job& job, Gate& gate, const net::Answer& answer) {
    if (job.done) return;
    const Time now = steady_clock::now();
    gate.failures = answer.failure == net::Failure::kNone ? 0 : gate.failures + 1;
    if (net::worth_another_try(answer) && ++job.attempts < options_.attempts && gate.failures < kUnreachableAfter) {
      const std::chrono::seconds asked = net::retry_after(answer);
      if (asked <= kLongestWait) {
        const Time when = now + std::max<steady_clock::duration>(asked, net::back_off(options_.first_back_off, job.attempts, random_));
        if (answer.failure == net::Failure::kNone && asked.count() > 0) gate.not_before = std::max(gate.not_before, now + asked);
        return enqueue(job, when);
      }
    }
    job.attempts = 0;
    job.probe->answer(answer);
    enqueue(job, now);
    if (gate.failures >= kUnreachableAfter) give_up(gate, answer);
  }

  // Nobody there: the others need not find out one by one.
  void give_up(Gate& gate, const net::Answer& answer) {
    auto waiting = std::move(gate.waiting);
    gate.waiting.clear();
    for (auto& [when, job] : waiting) {
      job->probe->answer(answer);
      enqueue(*job, when);
    }
  }

  void give_up_all() {
    for (Job& job : jobs_) {
      if (job.done) continue;
      job.probe->give_up(model::Verdict::kUnknown, "no answer before the deadline");
      finish(job);
    }
  }

  void finish(Job& job) {
    job.done = true;
    job.result = job.probe->result();
    job.result.at = std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch()).count();
    ++progress_.done;
  }

  net::Client& client_;
  const AskOptions& options_;
  Time deadline_;
  std::deque<Job> jobs_;
  std::map<std::string, Gate> gates_;
  AskProgress progress_;
  login::Pool logins_;
  std::minstd_rand random_;
};

}  // namespace

Result<std::vector<model::Validation>> ask(std::span<const Question> questions, const AskOptions& options,
                                           const std::function<void(const AskProgress&)>& progress) {
  auto client = net::Client::make(options.client);
  if (!client) return std::unexpected(client.error());
  const auto guard = net::Guard::make(options.client);
  if (!guard) return std::unexpected(guard.error());
  Asking asking(**client, *guard, options);
  for (const Question& question : questions) asking.add(question);
  return asking.run(progress);
}

}  // namespace keywake::validation
