#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <thread>

#include "base/mapped_file.h"
#include "base/text.h"
#include "net/retry.h"
#include "stores/answer.h"
#include "stores/api_internal.h"

namespace keywake::stores {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using std::chrono::steady_clock;

constexpr std::size_t kInFlight = 8;   // GitHub asks for few at once, https://docs.github.com/rest/using-the-rest-api/best-practices-for-using-the-rest-api
constexpr int kMaxPages = 10'000;  // of one list
constexpr std::size_t kMaxBody = 64UL * 1024 * 1024;  // of one page
constexpr std::size_t kMaxToken = 64UL * 1024;

// "<https://…?page=2>; rel="next", <…>; rel="last"" → the first of them.
std::optional<std::string_view> next_link(std::string_view header) {
  while (!header.empty()) {
    const std::size_t open = header.find('<');
    const std::size_t close = header.find('>', open);
    if (close == std::string_view::npos) return std::nullopt;
    const std::string_view url = header.substr(open + 1, close - open - 1);
    const std::size_t end = header.find('<', close);
    const std::string_view parameters = header.substr(close + 1, end == std::string_view::npos ? end : end - close - 1);
    if (parameters.find("rel=\"next\"") != std::string_view::npos || parameters.find("rel=next") != std::string_view::npos) return url;
    header = end == std::string_view::npos ? "" : header.substr(end);
  }
  return std::nullopt;
}

const Json* member(const Json& object, std::string_view name) {
  if (!object.is_object()) return nullptr;
  const auto found = object.find(std::string(name));
  return found == object.end() ? nullptr : &*found;
}

}  // namespace

Result<std::unique_ptr<Api>> Api::make(std::string base, Login login, const StoreOptions& options, const Target& target, Listing& out) {
  if (auto host = net::host_of(base); !host) return fail(fmt::format("{}: {}", printable(target.text), host.error().message));
  net::ClientOptions client_options = options.client;
  client_options.max_body = kMaxBody;
  client_options.connections_per_host = kInFlight;
  auto client = net::Client::make(std::move(client_options));
  if (!client) return std::unexpected(client.error());
  if (options.outputs.any() && has_job_output(target.text)) {
    auto reader = OutputReader::make(base, login.headers, options.client);
    if (!reader) return std::unexpected(reader.error());
    out.reader = *std::move(reader);
  }
  std::unique_ptr<Api> api(new Api(std::move(base), std::move(login), options, target, out));
  api->client_ = std::move(*client);
  return api;
}

void Api::skip(std::string what, std::string reason) { out_.skips.push_back({fmt::format("{}: {}", target_, what), std::move(reason), true}); }

StoredVariable& Api::add(std::string scope, std::string name) {
  StoredVariable& variable = out_.variables.emplace_back();
  variable.about.place.scope = std::move(scope);
  variable.about.place.variable = std::move(name);
  if (options_.progress) options_.progress(out_.variables.size());
  return variable;
}

JobOutput& Api::add_output(model::CiSource source, std::string scope, std::string name, std::int64_t date, std::string path) {
  JobOutput& output = out_.outputs.emplace_back();
  output.place.scope = std::move(scope);
  output.place.variable = std::move(name);
  output.place.updated_at = date;
  output.place.source = source;
  output.path = std::move(path);
  return output;
}

void Api::gone(const std::string& scope, const std::string& name) { out_.skips.push_back({fmt::format("{}: {}/{}", target_, scope, name), std::string(kGone), false}); }

Api::Next Api::while_wanted(Next next, std::string list, std::function<bool(const Json& item)> wanted) {
  return [next = std::move(next), list = std::move(list), wanted = std::move(wanted)](const Json& body, const net::Answer& answer) -> std::optional<std::string> {
    const Json& found = items(body, list);
    return found.empty() || !wanted(found.back()) ? std::nullopt : next(body, answer);
  };
}

std::optional<std::string> Api::path_of(std::string_view url) const {
  if (url.starts_with(base_)) {
    const std::string_view rest = url.substr(base_.size());
    if (rest.empty() || rest.front() == '/' || rest.front() == '?') return std::string(rest);
  }
  return std::nullopt;
}

void Api::get_text(std::string path, std::string what, GotText got, Refused refused) {
  waiting_.push_back({std::move(path), std::move(what), std::move(got), std::move(refused), 0, {}});
}

void Api::get(std::string path, std::string what, Got got, Refused refused) {
  auto parse = [this, what, got = std::move(got)](const net::Answer& answer) {
    const Json body = Json::parse(answer.body, nullptr, false);
    if (body.is_discarded()) return skip(what, "the answer is no JSON");
    got(body, answer);
  };
  get_text(std::move(path), std::move(what), std::move(parse), std::move(refused));
}

std::optional<std::string> Api::follow(std::string_view url, const std::string& what) {
  auto on = path_of(url);
  if (!on) skip(what, "its next page is on another host, where the access token does not go");
  return on;
}

Api::Next Api::by_link(std::string what) {
  return [this, what = std::move(what)](const Json&, const net::Answer& answer) -> std::optional<std::string> {
    const auto link = next_link(answer.header("link"));
    return link ? follow(*link, what) : std::nullopt;
  };
}

Api::Next Api::by_url(std::string what, std::string name) {
  return [this, what = std::move(what), name = std::move(name)](const Json& body, const net::Answer&) -> std::optional<std::string> {
    const std::string url = text(body, name);
    return url.empty() ? std::nullopt : follow(url, what);
  };
}

void Api::pages(std::string path, std::string what, std::string list, Next next, std::function<void(const Json& item)> got, Refused refused,
                int page) {
  auto read = [this, path, what, list, next, got, page](const Json& body, const net::Answer& answer) {
    const Json& found = items(body, list);
    for (const Json& item : found) got(item);
    auto on = next(body, answer);
    if (!on || found.empty()) return;
    if (*on == path) return skip(what, "its next page is the page itself");
    // Pages that lead to one another would be asked for ever.
    if (page == kMaxPages) return skip(what, fmt::format("it has more than {} pages", kMaxPages));
    pages(*on, what, list, next, got, {}, page + 1);
  };
  get(std::move(path), std::move(what), std::move(read), std::move(refused));
}

void Api::run() {
  while (!waiting_.empty() || !delayed_.empty() || client_->in_flight() > 0) {
    const Time now = steady_clock::now();
    std::erase_if(delayed_, [&](Job& job) {
      if (job.not_before > now) return false;
      waiting_.push_back(std::move(job));
      return true;
    });
    while (!waiting_.empty() && client_->in_flight() < kInFlight && not_before_ <= now) {
      Job job = std::move(waiting_.front());
      waiting_.pop_front();
      send(std::move(job));
    }
    constexpr milliseconds kStep{50};
    if (client_->in_flight() > 0) {
      client_->step(kStep);
    } else if (!waiting_.empty() || !delayed_.empty()) {
      std::this_thread::sleep_for(milliseconds(10));
    }
  }
}

void Api::send(Job job) {
  net::Request request;
  request.url = base_ + job.path;
  request.headers = login_.headers;
  request.ca = login_.ca;
  request.certificate = login_.certificate;
  request.private_key = login_.private_key;
  // Shared, because a std::function must be copied.
  auto shared = std::make_shared<Job>(std::move(job));
  client_->send(std::move(request), [this, shared](const net::Answer& answer) { take(std::move(*shared), answer); });
}

void Api::take(Job job, const net::Answer& answer) {
  const Time now = steady_clock::now();
  failures_ = answer.failure == net::Failure::kNone ? 0 : failures_ + 1;
  const bool limited = is_rate_limit(answer);
  if ((limited || net::worth_another_try(answer)) && ++job.attempts < kAttempts && failures_ < kUnreachableAfter) {
    const seconds asked = asked_to_wait(answer);
    if (asked <= kLongestWait) {
      job.not_before = now + std::max<milliseconds>(asked, net::back_off(kFirstBackOff, job.attempts, random_));
      if (limited) not_before_ = std::max(not_before_, now + asked);
      delayed_.push_back(std::move(job));
      return;
    }
  }
  settle(job, answer);
  if (failures_ < kUnreachableAfter) return;
  std::vector<Job> left(std::make_move_iterator(waiting_.begin()), std::make_move_iterator(waiting_.end()));
  std::move(delayed_.begin(), delayed_.end(), std::back_inserter(left));
  waiting_.clear();
  delayed_.clear();
  for (const Job& each : left) settle(each, answer);
}

void Api::settle(const Job& job, const net::Answer& answer) {
  if (answer.failure != net::Failure::kNone || answer.status != 200) {
    if (!job.refused || !job.refused(answer.status)) skip(job.what, reason_of(answer));
    return;
  }
  job.got(answer);
}

std::string text(const Json& object, std::string_view name) {
  const Json* found = member(object, name);
  return found != nullptr && found->is_string() ? found->get<std::string>() : "";
}

Secret value_in(const Json& object, std::string_view name) {
  const Json* found = member(object, name);
  if (found == nullptr || found->is_null()) return Secret();
  return Secret(found->is_string() ? found->get_ref<const std::string&>() : found->dump(-1, ' ', false, Json::error_handler_t::replace));
}

std::optional<bool> flag(const Json& object, std::string_view name) {
  const Json* found = member(object, name);
  return found != nullptr && found->is_boolean() ? std::optional(found->get<bool>()) : std::nullopt;
}

const Json& items(const Json& object, std::string_view name) {
  static const Json kNone = Json::array();
  const Json* found = name.empty() ? &object : member(object, name);
  return found != nullptr && found->is_array() ? *found : kNone;
}

std::string number(const Json& object, std::string_view name) {
  const Json* found = member(object, name);
  return found != nullptr && found->is_number_integer() ? found->dump() : "";
}

const Json& child(const Json& object, std::string_view name) {
  static const Json kNone = Json::object();
  const Json* found = member(object, name);
  return found != nullptr && found->is_object() ? *found : kNone;
}

std::int64_t seconds_of(std::string_view date) {
  const std::string copy(date.substr(0, 40));
  int year = 0, offset_hours = 0, offset_minutes = 0, used = 0;
  unsigned month = 0, day = 0, hour = 0, minute = 0, second = 0;
  if (std::sscanf(copy.c_str(), "%4d-%2u-%2uT%2u:%2u:%2u%n", &year, &month, &day, &hour, &minute, &second, &used) != 6) return 0;
  const std::chrono::year_month_day calendar{std::chrono::year(year), std::chrono::month(month), std::chrono::day(day)};
  if (!calendar.ok() || hour > 23 || minute > 59 || second > 60) return 0;
  const std::size_t zone = copy.find_first_of("+-", static_cast<std::size_t>(used));
  if (zone != std::string::npos) {
    if (std::sscanf(copy.c_str() + zone + 1, "%2d:%2d", &offset_hours, &offset_minutes) < 1) return 0;
    if (copy[zone] == '-') offset_hours = -offset_hours, offset_minutes = -offset_minutes;
  }
  const auto days = std::chrono::sys_days(calendar).time_since_epoch();
  return std::chrono::duration_cast<seconds>(days).count() + (static_cast<int>(hour) - offset_hours) * 3600 +
         (static_cast<int>(minute) - offset_minutes) * 60 + static_cast<int>(second);
}

std::string with(std::string_view path, std::string_view name, std::string_view value) {
  return fmt::format("{}{}{}={}", path, path.find('?') == std::string_view::npos ? '?' : '&', net::percent_encoded(name), net::percent_encoded(value));
}

std::string from_environment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

Result<std::string> access_token(const StoreOptions& options, const Target& target, const std::vector<const char*>& variables) {
  std::string token;
  std::string source;
  if (!options.token_file.empty()) {
    source = options.token_file;
    auto read = read_file(options.token_file, kMaxToken);
    if (!read) return std::unexpected(read.error());
    token = read->substr(0, read->find_first_of("\r\n"));
  }
  std::string names;
  for (const char* name : variables) {
    if (options.token_file.empty() && token.empty()) {
      source = name;
      token = from_environment(name);
    }
    names += (names.empty() ? "" : " or ") + std::string(name);
  }
  if (token.empty()) {
    if (!options.token_file.empty()) return fail(fmt::format("{}: its first line is empty; it should be the access token", printable(source)));
    return fail(fmt::format("{}: no access token; set {}, or name a file with --token-file", printable(target.text), names));
  }
  // Such a byte would end the header that the token is sent in.
  if (std::any_of(token.begin(), token.end(), [](unsigned char c) { return c < ' ' || c == 0x7f; }))
    return fail(fmt::format("{}: the access token holds a control character", printable(source)));
  return token;
}

}  // namespace keywake::stores
