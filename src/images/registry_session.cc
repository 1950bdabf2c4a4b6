#include "images/registry_session.h"

#include <fmt/format.h>

#include <algorithm>
#include <mutex>
#include <nlohmann/json.hpp>
#include <optional>
#include <thread>

#include "base/base64.h"
#include "base/text.h"

namespace keywake::images {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

constexpr int kRedirects = 5;
constexpr int kAuthentications = 4;  // of one request: none, anonymous, with credentials, and once for a token that ran out meanwhile
constexpr std::size_t kMaxTokenAnswer = 1 << 20;
constexpr std::size_t kMaxErrorAnswer = 64 * 1024;
constexpr std::size_t kLongestQuote = 200;
constexpr int kOk = 200;
constexpr int kPartial = 206;
constexpr int kUnauthorized = 401;
constexpr int kForbidden = 403;
constexpr int kTooMany = 429;
constexpr std::chrono::seconds kTokenLife{60};  // where the token server does not say (token specification)
constexpr milliseconds kFirstPause{250};
constexpr std::chrono::seconds kLongestPause{60};

bool is_redirect(int status) { return status == 301 || status == 302 || status == 303 || status == 307 || status == 308; }
bool passes_by_itself(int status) { return status == kTooMany || status == 500 || status == 502 || status == 503 || status == 504; }
bool passes_by_itself(net::Failure failure) {
  using enum net::Failure;
  return failure == kResolve || failure == kConnect || failure == kTimeout || failure == kBroken;
}

// "UNAUTHORIZED: authentication required" (distribution specification, "Error Codes"), or the first words of what it said.
std::string said_by(net::Download& download) {
  const auto body = download.read_all(kMaxErrorAnswer);
  if (!body) return "";
  const json all = json::parse(*body, nullptr, false);
  if (!all.is_object()) return "";
  std::string out;
  const auto errors = all.find("errors");
  const json& first = errors != all.end() && errors->is_array() && !errors->empty() ? errors->front() : all;
  for (const char* key : {"code", "message", "details"}) {
    const auto text = first.is_object() ? first.find(key) : first.end();
    if (text != first.end() && text->is_string()) out += (out.empty() ? "" : ": ") + text->get<std::string>();
  }
  return printable(out.substr(0, kLongestQuote));
}

bool is_header_value(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return c > ' ' && c < '\x7f'; });
}

std::string where(const net::Origin& to) { return fmt::format("{}:{}", printable(to.host), to.port); }

}  // namespace

milliseconds pause_before(int attempt, const net::Answer& answer) {
  const auto asked = net::retry_after(answer);
  const milliseconds own = kFirstPause * (1 << std::min(attempt - 1, 10));
  return std::min<milliseconds>(std::max<milliseconds>(asked, own), kLongestPause);
}

struct RegistrySession::State {
  enum class As : std::uint8_t { kNobody, kAnonymous, kUser };

  std::string name;  // for errors
  std::string base;  // "https://ghcr.io"
  net::Origin origin;
  std::string repository;
  net::ClientOptions options;
  Credentials credentials;
  std::unique_ptr<net::Downloader> registry;
  std::unique_ptr<net::Downloader> others;

  std::mutex mutex;  // for what follows
  As as = As::kNobody;
  std::string authorization;  // a header's value
  steady_clock::time_point expires;
  unsigned generation = 0;
  std::optional<Challenge> challenge;

  using Got = std::expected<net::Download, RegistryProblem>;

  net::Downloader& downloader_for(const net::Origin& to) { return to.host == origin.host && to.port == origin.port ? *registry : *others; }
  // http:// only for who speaks it already.
  bool may_reach(const net::Origin& to) const { return to.scheme == "https" || (origin.scheme == "http" && net::plaintext_permitted(to, options)); }

  RegistryProblem problem(const net::Answer& answer, const std::string& host) const {
    std::string text = fmt::format("{}: {}", host, answer.problem);
    if (answer.failure == net::Failure::kRefused && answer.problem.find("not public") != std::string::npos) text += "; --allow-private permits it";
    if (answer.failure == net::Failure::kTls) text += "; --ca-file names an authority of your own";
    return {0, text};
  }

  struct Reached {
    net::Download download;
    bool by_registry = true;  // and not by whom it redirected to
  };
  std::expected<Reached, net::Answer> follow(const std::string& url, const Headers& headers, const std::string& with);
  Got once(const std::string& url, const Headers& headers, net::Answer& last);
  Result<void> authenticate(const net::Answer& head, unsigned used);
  Result<bool> take_token(const Challenge& by, const Credential* credential);
  Result<std::optional<Credential>> look_up() { return credentials ? credentials() : std::optional<Credential>(); }
  Result<void> as_user(const Challenge& by);
};

std::expected<RegistrySession::State::Reached, net::Answer> RegistrySession::State::follow(const std::string& url, const Headers& headers, const std::string& with) {
  auto refused = [](std::string problem) {
    net::Answer out;
    out.failure = net::Failure::kRefused;
    out.problem = std::move(problem);
    return std::unexpected(out);
  };
  std::string at = url;
  bool foreign = false;
  for (int hop = 0; hop <= kRedirects; ++hop) {
    const auto to = net::origin_of(at);
    if (!to) return refused(fmt::format("it redirects, but {}", to.error().message));
    if (!may_reach(*to)) return refused(fmt::format("it redirects to http://{}, where the connection would not be encrypted", where(*to)));
    foreign = foreign || *to != origin;
    net::Request request{.url = at};
    request.headers = headers;
    if (!foreign && !with.empty()) request.headers.emplace_back("Authorization", with);
    auto download = downloader_for(*to).open(std::move(request));
    if (!download) {
      net::Answer out = download.error();
      if (foreign) out.problem = fmt::format("it redirects to {}: {}", where(*to), out.problem);
      return std::unexpected(out);
    }
    if (!is_redirect(download->head().status)) return Reached{*std::move(download), !foreign};
    auto next = net::resolved(at, std::string(download->head().header("location")));
    if (!next || download->head().header("location").empty()) return refused("it redirects to an address that is none");
    at = *std::move(next);
  }
  return refused(fmt::format("it redirects more than {} times", kRedirects));
}

// One request, with as many rounds of authentication as that takes.
RegistrySession::State::Got RegistrySession::State::once(const std::string& url, const Headers& headers, net::Answer& last) {
  for (int round = 0;; ++round) {
    std::string with;
    unsigned used = 0;
    {
      const std::scoped_lock lock(mutex);
      with = authorization;
      used = generation;
    }
    auto reached = follow(url, headers, with);
    if (!reached) {
      last = reached.error();
      return std::unexpected(problem(last, name));
    }
    last = reached->download.head();
    if (last.status == kOk || last.status == kPartial) return std::move(reached->download);
    const bool refuses = last.status == kUnauthorized || last.status == kForbidden || last.status == kTooMany;
    std::string said = said_by(reached->download);
    RegistryProblem out{last.status, fmt::format("{}: it answers {}{}{}", name, last.status, said.empty() ? "" : ", ", said)};
    if (!refuses || !reached->by_registry || round == kAuthentications) return std::unexpected(out);
    if (auto done = authenticate(last, used); !done) {
      if (!done.error().message.empty()) out.message = done.error().message;
      return std::unexpected(out);
    }
  }
}

// Goes one step further than what was just refused. An error without a message: there is no further step for this status.
Result<void> RegistrySession::State::authenticate(const net::Answer& head, unsigned used) {
  const std::scoped_lock lock(mutex);
  if (used != generation) return {};  // another thread did
  if (head.status == kUnauthorized) {
    challenge.reset();
    for (const auto& [key, value] : head.headers) {
      if (key != "www-authenticate") continue;
      for (Challenge& each : parse_challenges(value)) {
        const bool bearer = each.scheme == "bearer" && each.parameters.contains("realm");
        if ((bearer || each.scheme == "basic") && (!challenge || bearer)) challenge = std::move(each);
      }
    }
    if (!challenge) return fail(fmt::format("{}: it wants authentication of a kind that keywake does not have (Basic and Bearer it has)", name));
  }
  if (!challenge) return fail("");
  const bool ran_out = as != As::kNobody && challenge->scheme == "bearer" && steady_clock::now() >= expires;
  if (as == As::kUser && !ran_out) {
    if (head.status == kUnauthorized) return fail(fmt::format("{}: it refuses the credentials that your auth file has for it; log in again, or as somebody who may read {}", name, repository));
    return fail("");
  }
  if (challenge->scheme == "bearer" && (as == As::kNobody || (as == As::kAnonymous && ran_out))) {
    auto taken = take_token(*challenge, nullptr);
    if (!taken) return std::unexpected(taken.error());
    if (*taken) {
      as = As::kAnonymous;
      return {};
    }
  }
  if (head.status == kTooMany) {  // others may pull more often; without credentials it is waited
    auto found = look_up();
    if (!found || !*found) return fail("");
  }
  return as_user(*challenge);
}

Result<void> RegistrySession::State::as_user(const Challenge& by) {
  auto found = look_up();
  if (!found) return fail(fmt::format("{}: it wants credentials: {}", name, found.error().message));
  if (!*found) return fail(fmt::format("{}: it wants credentials for {}, and no auth file has any; log in with docker login or podman login", name, repository));
  const Credential& credential = **found;
  if (by.scheme == "basic") {
    if (credential.user.empty() || credential.password.empty()) return fail(fmt::format("{}: it wants user and password, and your auth file has a token", name));
    authorization = "Basic " + base64_encode(fmt::format("{}:{}", credential.user, credential.password.reveal()));
  } else {
    auto taken = take_token(by, &credential);
    if (!taken) return std::unexpected(taken.error());
    if (!*taken) return fail(fmt::format("{}: its token server refuses the credentials that your auth file has for it; log in again", name));
  }
  as = As::kUser;
  ++generation;
  return {};
}

// False: refused. Sets the authorization.
Result<bool> RegistrySession::State::take_token(const Challenge& by, const Credential* credential) {
  const std::string& realm = by.parameters.at("realm");
  const auto to = net::origin_of(realm);
  if (!to) return fail(fmt::format("{}: its token server: {}", name, to.error().message));
  if (!may_reach(*to)) return fail(fmt::format("{}: its token server is http://{}, where the connection would not be encrypted", name, where(*to)));
  const auto service = by.parameters.find("service");
  std::string query = "scope=" + net::percent_encoded(fmt::format("repository:{}:pull", repository));
  if (service != by.parameters.end()) query += "&service=" + net::percent_encoded(service->second);
  net::Request request;
  request.headers.emplace_back("Accept", "application/json");
  if (credential != nullptr && !credential->identity_token.empty()) {
    request.method = "POST";
    request.url = realm;
    request.headers.emplace_back("Content-Type", "application/x-www-form-urlencoded");
    request.body = fmt::format("grant_type=refresh_token&client_id=keywake&{}&refresh_token={}", query, net::percent_encoded(credential->identity_token.reveal()));
  } else {
    request.url = realm + (realm.find('?') == std::string::npos ? "?" : "&") + query;
    if (credential != nullptr) {
      request.headers.emplace_back("Authorization", "Basic " + base64_encode(fmt::format("{}:{}", credential->user, credential->password.reveal())));
    }
  }
  for (int attempt = 1;; ++attempt) {
    auto download = downloader_for(*to).open(request);
    const net::Answer answer = download ? download->head() : download.error();
    const bool again = download ? passes_by_itself(answer.status) : passes_by_itself(answer.failure);
    if (again && attempt < kRegistryTries) {
      std::this_thread::sleep_for(pause_before(attempt, answer));
      continue;
    }
    if (!download) return fail(problem(answer, fmt::format("{}: its token server {}", name, where(*to))).message);
    if (answer.status == kUnauthorized || answer.status == kForbidden || answer.status == 400) return false;
    if (answer.status != kOk) return fail(fmt::format("{}: its token server {} answers {}", name, where(*to), answer.status));
    const auto body = download->read_all(kMaxTokenAnswer);
    if (!body) return fail(problem(body.error(), fmt::format("{}: its token server {}", name, where(*to))).message);
    const json all = json::parse(*body, nullptr, false);
    std::string token;
    for (const char* key : {"token", "access_token"}) {
      if (token.empty() && all.is_object() && all.contains(key) && all[key].is_string()) token = all[key].get<std::string>();
    }
    if (!is_header_value(token)) return fail(fmt::format("{}: its token server {} gives no token", name, where(*to)));
    std::chrono::seconds life = kTokenLife;
    if (all.contains("expires_in") && all["expires_in"].is_number_unsigned()) life = std::chrono::seconds(std::min<std::uint64_t>(all["expires_in"].get<std::uint64_t>(), 86'400));
    authorization = "Bearer " + token;
    expires = steady_clock::now() + life;
    ++generation;
    return true;
  }
}

RegistrySession::RegistrySession(std::unique_ptr<State> state) : state_(std::move(state)) {}
RegistrySession::~RegistrySession() = default;
const std::string& RegistrySession::base() const { return state_->base; }

std::expected<net::Download, RegistryProblem> RegistrySession::get(const std::string& path, const Headers& headers) {
  const std::string url = path.starts_with('/') ? state_->base + path : path;
  const auto to = net::origin_of(url);
  if (!to || *to != state_->origin) return std::unexpected(RegistryProblem{0, fmt::format("{}: it leads to another host", state_->name)});
  for (int attempt = 1;; ++attempt) {
    net::Answer last;
    auto got = state_->once(url, headers, last);
    if (got || attempt == kRegistryTries) return got;
    const bool again = last.failure == net::Failure::kNone ? passes_by_itself(last.status) : passes_by_itself(last.failure);
    if (!again) return got;
    std::this_thread::sleep_for(pause_before(attempt, last));
  }
}

Result<std::unique_ptr<RegistrySession>> RegistrySession::open(const Reference& reference, const net::ClientOptions& options, Credentials credentials) {
  auto state = std::make_unique<State>();
  state->name = printable(reference.registry);
  state->repository = reference.repository;
  state->options = options;
  state->credentials = std::move(credentials);
  net::ClientOptions named = options;
  named.allow_private = true;
  auto registry = net::Downloader::make(std::move(named));
  if (!registry) return std::unexpected(registry.error());
  auto others = net::Downloader::make(options);
  if (!others) return std::unexpected(others.error());
  state->registry = *std::move(registry);
  state->others = *std::move(others);

  std::string problem;
  for (const char* scheme : {"https", "http"}) {
    state->base = fmt::format("{}://{}", scheme, reference.registry);
    auto origin = net::origin_of(state->base);
    if (!origin) return fail(fmt::format("{}: no registry: {}", state->name, origin.error().message));
    if (!net::plaintext_permitted(*origin, options)) break;
    state->origin = *std::move(origin);
    for (int attempt = 1;; ++attempt) {
      // A 401 is as good as any: what it asks for is learnt where it is needed.
      auto answered = state->registry->open({.url = state->base + "/v2/"});
      const net::Answer answer = answered ? answered->head() : answered.error();
      if (answered && (answer.status == kOk || answer.status == kUnauthorized)) return std::unique_ptr<RegistrySession>(new RegistrySession(std::move(state)));
      if (answered && !passes_by_itself(answer.status)) {
        return fail(problem.empty() ? fmt::format("{}: no registry: its /v2/ answers {}", state->name, answer.status) : problem);
      }
      if (answered ? attempt < kRegistryTries : answer.failure == net::Failure::kTimeout && attempt < 2) {
        std::this_thread::sleep_for(pause_before(attempt, answer));
        continue;
      }
      if (answered) return fail(fmt::format("{}: it answers {}, {} times in a row", state->name, answer.status, attempt));
      if (problem.empty()) problem = state->problem(answer, state->name).message;  // of https://, which is what was meant
      break;
    }
  }
  return fail(problem);
}

}  // namespace keywake::images
