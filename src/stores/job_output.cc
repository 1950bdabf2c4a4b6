#include "stores/job_output.h"

#include <fmt/format.h>

#include <algorithm>
#include <thread>

#include "base/text.h"
#include "net/retry.h"
#include "stores/answer.h"

namespace keywake::stores {
namespace {

using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr int kRedirects = 5;

bool is_redirect(int status) { return status == 301 || status == 302 || status == 303 || status == 307 || status == 308; }

net::Answer refused(std::string problem) {
  net::Answer out;
  out.failure = net::Failure::kRefused;
  out.problem = std::move(problem);
  return out;
}

}  // namespace

struct OutputReader::Reached {
  net::Download download;
  std::string elsewhere;  // the other host that answered; empty: the provider's own
};

struct OutputReader::Unreached {
  net::Answer answer;
};

Result<std::unique_ptr<OutputReader>> OutputReader::make(std::string base, std::vector<std::pair<std::string, std::string>> headers, const net::ClientOptions& options) {
  auto origin = net::origin_of(base);
  if (!origin) return fail(fmt::format("{}: {}", printable(base), origin.error().message));
  auto downloader = net::Downloader::make(options);
  if (!downloader) return std::unexpected(downloader.error());
  std::unique_ptr<OutputReader> out(new OutputReader());
  out->base_ = std::move(base);
  out->origin_ = *std::move(origin);
  out->headers_ = std::move(headers);
  out->downloader_ = *std::move(downloader);
  return out;
}

std::expected<OutputReader::Reached, OutputReader::Unreached> OutputReader::follow(const std::string& url) {
  std::string at = url;
  bool foreign = false;
  for (int hop = 0; hop <= kRedirects; ++hop) {
    const auto to = net::origin_of(at);
    if (!to) return std::unexpected(Unreached{refused(fmt::format("it redirects, but {}", to.error().message))});
    const std::string host = printable(to->host);
    if (to->scheme != "https" && *to != origin_) return std::unexpected(Unreached{refused(fmt::format("it redirects to http://{}, where the connection would not be encrypted", host))});
    foreign = foreign || *to != origin_;
    net::Request request{.url = at};
    if (!foreign) request.headers = headers_;
    auto download = downloader_->open(std::move(request));
    if (!download) {
      net::Answer answer = download.error();
      if (foreign) answer.problem = fmt::format("it redirects to {}: {}", host, answer.problem);
      return std::unexpected(Unreached{std::move(answer)});
    }
    if (!is_redirect(download->head().status)) return Reached{*std::move(download), foreign ? host : ""};
    const std::string_view location = download->head().header("location");
    auto next = net::resolved(at, std::string(location));
    if (!next || location.empty()) return std::unexpected(Unreached{refused("it redirects to an address that is none")});
    at = *std::move(next);
  }
  return std::unexpected(Unreached{refused(fmt::format("it redirects more than {} times", kRedirects))});
}

// While the host asks for peace nobody sends it anything.
void OutputReader::wait_for_peace() {
  for (;;) {
    steady_clock::time_point until;
    {
      const std::scoped_lock lock(mutex_);
      until = not_before_;
    }
    if (until <= steady_clock::now()) return;
    std::this_thread::sleep_until(until);
  }
}

milliseconds OutputReader::pause(int attempt, const net::Answer& answer) {
  const std::chrono::seconds asked = asked_to_wait(answer);
  const std::scoped_lock lock(mutex_);
  if (is_rate_limit(answer)) not_before_ = std::max(not_before_, steady_clock::now() + asked);
  return std::max<milliseconds>(asked, net::back_off(kFirstBackOff, attempt, random_));
}

std::expected<net::Download, OutputProblem> OutputReader::open(const JobOutput& output) {
  for (int attempt = 1;; ++attempt) {
    if (failures_ >= kUnreachableAfter) return std::unexpected(OutputProblem{"not tried, since the server did not answer for others"});
    wait_for_peace();
    auto reached = follow(base_ + output.path);
    const net::Answer answer = reached ? reached->download.head() : reached.error().answer;
    failures_ = net::worth_another_try(answer) && answer.failure != net::Failure::kNone ? failures_ + 1 : 0;
    if (reached && answer.status == 200) return std::move(reached->download);
    if ((is_rate_limit(answer) || net::worth_another_try(answer)) && attempt < kAttempts && asked_to_wait(answer) <= kLongestWait) {
      std::this_thread::sleep_for(pause(attempt, answer));
      continue;
    }
    if (!reached) return std::unexpected(OutputProblem{answer.problem});
    const bool here = reached->elsewhere.empty();
    if (answer.status == 404 || answer.status == 410) return std::unexpected(OutputProblem{std::string(kGone), false});
    if (answer.status == 403 && output.forbidden_if_none && here && !is_rate_limit(answer)) return std::unexpected(OutputProblem{std::string(kNotShown), false});
    if (here) return std::unexpected(OutputProblem{reason_of(answer)});
    return std::unexpected(OutputProblem{fmt::format("{}, where it is kept, answered {}", reached->elsewhere, answer.status)});
  }
}

}  // namespace keywake::stores
