#include "stores/answer.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <ctime>
#include <string_view>

namespace keywake::stores {

using std::chrono::seconds;

seconds asked_to_wait(const net::Answer& answer) {
  const seconds plain = net::retry_after(answer);
  // Buildkite, https://buildkite.com/docs/apis/rest-api/limits: the seconds that are left.
  if (const std::string_view left = answer.header("ratelimit-reset"); plain.count() <= 0 && answer.header("ratelimit-remaining") == "0" && !left.empty()) {
    std::int64_t count = 0;
    if (std::from_chars(left.data(), left.data() + left.size(), count).ec == std::errc{}) return seconds(std::clamp<std::int64_t>(count, 1, kLongestWait.count() * 2));
  }
  if (plain.count() > 0 || answer.header("x-ratelimit-remaining") != "0") return plain;
  std::int64_t reset = 0;
  const std::string_view text = answer.header("x-ratelimit-reset");
  if (std::from_chars(text.data(), text.data() + text.size(), reset).ec != std::errc{}) return plain;
  return seconds(std::clamp<std::int64_t>(reset - std::time(nullptr) + 1, 1, kLongestWait.count() * 2));
}

// https://docs.github.com/rest/using-the-rest-api/rate-limits-for-the-rest-api: 403 stands for 429, too.
bool is_rate_limit(const net::Answer& answer) {
  if (answer.failure != net::Failure::kNone) return false;
  return answer.status == 429 || (answer.status == 403 && asked_to_wait(answer).count() > 0);
}

std::string reason_of(const net::Answer& answer) {
  if (answer.failure != net::Failure::kNone) return answer.problem;
  if (is_rate_limit(answer)) return fmt::format("the rate limit still held after several tries ({})", answer.status);
  switch (answer.status) {
    // Azure DevOps shows the page to log in by, https://learn.microsoft.com/azure/devops/integrate/get-started/authentication/.
    case 203: return "the server asks to log in; the access token is not accepted (203)";
    case 401: return "the access token is not accepted (401)";
    case 403: return "the access token has no permission for it (403)";
    case 404: return "there is none, or the access token may not see it (404)";
    case 301: case 302: case 307: case 308: return fmt::format("it has moved ({}); name its new place", answer.status);
    default: return fmt::format("the server answered {}", answer.status);
  }
}

}  // namespace keywake::stores
