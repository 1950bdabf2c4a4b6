#include "validation/request_probe.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <utility>

#include "base/ascii.h"
#include "base/base64.h"
#include "base/hash.h"
#include "base/text.h"
#include "base/url_scheme.h"
#include "rules/alphabets.h"
#include "crypto/keys.h"
#include "validation/answer.h"
#include "validation/facts.h"

namespace keywake::validation {
namespace {

using model::Verdict;

constexpr int kTooManyRequests = 429;

std::string upper(std::string text) {
  for (char& c : text) c = is_lower(c) ? static_cast<char>(c - 'a' + 'A') : c;
  return text;
}

std::string encoded(std::string bytes, const std::string& encoding) {
  if (encoding == "base64") return base64_encode(bytes);
  if (encoding == "base64url") return base64url_encode(bytes);
  return to_hex(bytes);
}

// Scopes and the like are often one text: "repo, read:org", "read write" (RFC 6749, 3.3).
std::vector<std::string> separated(const std::string& name, const std::vector<std::string>& values) {
  if (!model::is_list(name)) return values;
  std::vector<std::string> out;
  for (const std::string& value : values) {
    const bool by_commas = value.find(',') != std::string::npos || name != "scopes";
    std::string item;
    for (const char c : value + (by_commas ? "," : " ")) {
      const bool ends = by_commas ? c == ',' : c == ' ';
      if (!ends && !(item.empty() && c == ' ')) item += c;
      if (ends && !item.empty()) out.push_back(std::exchange(item, {}));
    }
  }
  return out;
}

void add_facts(std::vector<model::Fact>& facts, const model::Takes& takes, const Reading& reading) {
  for (const auto& [name, source] : takes) {
    std::vector<std::string> values = separated(name, reading.at(source));
    if (source.place == model::Source::Place::kText && !model::is_list(name) && values.size() > 1) values.resize(1);
    std::erase(values, "{}");
    add_fact(facts, name, std::move(values));
  }
}

// Of two alternatives that are not live, the one that leaves more open: dead only if all are.
bool says_more_open(Verdict a, Verdict b) {
  auto rank = [](Verdict verdict) { return verdict == Verdict::kDead ? 0 : verdict == Verdict::kUnknown ? 1 : 2; };
  return rank(a) > rank(b);
}

}  // namespace

RequestProbe::RequestProbe(const model::Validator& validator, Values values, const AllowedHosts& allowed)
    : Probe(validator, allowed), given_(std::move(values)) {
  for (const auto& [name, value] : validator.defaults) {
    if (given_.find(name) == nullptr) given_.set(name, value);
  }
  choice_.assign(validator.alternatives.size(), 0);
  set_alternatives();
}

void RequestProbe::set_alternatives() {
  values_ = given_;
  for (std::size_t i = 0; i < choice_.size(); ++i) {
    const auto& [name, texts] = validator_.alternatives[i];
    if (given_.find(name) == nullptr && !texts.empty()) values_.set(name, texts[choice_[i]]);
  }
}

std::optional<net::Request> RequestProbe::next() {
  while (!done_) {
    if (auto request = rendered()) return request;
  }
  return std::nullopt;
}

// Absent if something is missing or not allowed: then it is judged so.
std::optional<net::Request> RequestProbe::rendered() {
  const model::HttpRequest& request = validator_.requests[request_];
  values_.renew();
  std::string missing;
  bool whole = true;
  auto text = [&](const model::Template& from, Into into) {
    std::optional<std::string> made = values_.render(from, into, missing);
    whole = whole && made;
    return made.value_or("");
  };
  auto joined = [&](const model::NamedTemplates& from) {
    std::string out;
    for (const auto& [name, value] : from) {
      out += fmt::format("{}{}={}", out.empty() ? "" : "&", net::percent_encoded(name), text(value, Into::kForm));
    }
    return out;
  };
  for (const model::Computed& computed : request.computed) {
    const std::string key = text(computed.key, Into::kPlain);
    if (computed.algorithm.starts_with("jwt-")) {
      std::string header = fmt::format(R"({{"alg":"{}","typ":"JWT")", upper(computed.algorithm.substr(4)));
      for (const auto& [name, value] : computed.header) header += fmt::format(R"(,"{}":"{}")", name, text(value, Into::kJson));
      const std::string token = crypto::signed_token(computed.algorithm, key, header + "}", text(computed.text, Into::kJson));
      if (token.empty() && whole) missing = "its key cannot sign";
      whole = whole && !token.empty();
      values_.set(computed.name, token);
      continue;
    }
    const std::string of = text(computed.text, Into::kPlain);
    const bool keyed = computed.algorithm.starts_with("hmac-");
    values_.set(computed.name, encoded(keyed ? hmac(computed.algorithm.substr(5), key, of) : digest(computed.algorithm, of), computed.encoding));
  }
  net::Request out;
  out.method = request.method;
  const std::optional<std::string> url = values_.render_url(request.url, missing);
  whole = whole && url;
  out.url = url.value_or("");
  if (!request.query.empty()) out.url += (out.url.find('?') == std::string::npos ? "?" : "&") + joined(request.query);
  auto header = [&](std::string name, std::string value) { out.headers.emplace_back(std::move(name), std::move(value)); };
  out.ca = text(request.ca, Into::kPlain);
  out.certificate = text(request.certificate, Into::kPlain);
  out.private_key = text(request.private_key, Into::kPlain);
  if (!request.bearer.empty()) header("Authorization", "Bearer " + text(request.bearer, Into::kPlain));
  const bool https = scheme_of(out.url) == "https";
  if (!request.sigv4.empty() || !https) {
    out.sigv4 = text(request.sigv4, Into::kPlain);
    out.user = text(request.user, Into::kPlain);
    out.password = text(request.password, Into::kPlain);
  } else if (!request.user.empty()) {
    const std::string pair = text(request.user, Into::kPlain) + ":" + text(request.password, Into::kPlain);
    header("Authorization", "Basic " + base64_encode(pair));
  }
  for (const auto& [name, value] : request.headers) {
    if (std::string made = text(value, Into::kPlain); !made.empty()) header(name, std::move(made));
  }
  if (!request.json.empty()) {
    header("Content-Type", "application/json");
    out.body = text(request.json, Into::kJson);
  } else if (!request.form.empty()) {
    header("Content-Type", "application/x-www-form-urlencoded");
    out.body = joined(request.form);
  } else {
    out.body = text(request.body, Into::kPlain);
  }
  const bool has_break = std::any_of(out.headers.begin(), out.headers.end(), [](const auto& h) { return h.second.find_first_of(std::string_view("\r\n\0", 3)) != std::string::npos; });
  if (!whole) {
    judge(Verdict::kUnvalidatable, missing);
  } else if (has_break) {
    judge(Verdict::kUnvalidatable, "it has a line break, which no header can hold");
  } else {
    std::pair<Verdict, std::string> why;
    const bool may = permitted(out.url, why);
    if (!live_ && !host_.host.empty()) result_.host = host_.host;
    if (may) return out;
    judge(why.first, std::move(why.second));
  }
  return std::nullopt;
}

void RequestProbe::answer(const net::Answer& answer) {
  if (answer.failure != net::Failure::kNone) {
    const bool refused = answer.failure == net::Failure::kRefused;
    return judge(refused ? Verdict::kSkipped : Verdict::kUnknown, printable(answer.problem));
  }
  const model::Answer plain{answer.status, answer.headers, answer.body};
  const Reading reading(plain, values_);
  const model::VerdictRule* rule = reading.judged_by(validator_.requests[request_].rules);
  if (rule != nullptr) return follow(*rule, reading, answer.status);
  if (answer.status == kTooManyRequests) return judge(Verdict::kBlocked, "429, too many requests");
  judge(Verdict::kUnknown, fmt::format("{}, which {} does not explain", answer.status, validator_.id));
}

void RequestProbe::follow(const model::VerdictRule& rule, const Reading& reading, int status) {
  std::set<std::string_view> kept_now;
  for (const auto& [name, source] : rule.keep) {
    const std::vector<std::string> kept = reading.at(source);
    if (!kept.empty() && kept_now.insert(name).second) values_.set(name, kept.front());
  }
  const bool details = validator_.requests[request_].details;
  if (!details || rule.is == model::VerdictRule::Is::kLive) add_facts(result_.facts, rule.take, reading);
  if (rule.is == model::VerdictRule::Is::kNext && !details) {
    if (++request_ < validator_.requests.size()) return;
    return judge(Verdict::kUnknown, "there is no further request");
  }
  static constexpr std::array<Verdict, 5> kVerdicts{Verdict::kLive, Verdict::kDead, Verdict::kBlocked, Verdict::kUnknown, Verdict::kUnknown};
  std::string reason = fmt::format("{}", status);
  if (!rule.reason.empty()) reason += ", " + rule.reason;
  judge(kVerdicts[static_cast<std::size_t>(rule.is)], std::move(reason));
}

void RequestProbe::judge(Verdict verdict, std::string reason) {
  if (!live_) {
    result_.verdict = verdict;
    result_.reason = std::move(reason);
    if (verdict != Verdict::kLive) return next_alternative();
    live_ = true;
  }
  // What is left are requests for more about it, whatever comes of them.
  do {
    ++request_;
  } while (request_ < validator_.requests.size() && !validator_.requests[request_].details);
  done_ = request_ >= validator_.requests.size();
}

void RequestProbe::next_alternative() {
  if (!best_ || says_more_open(result_.verdict, best_->verdict)) best_ = result_;
  std::size_t i = 0;
  for (; i < choice_.size(); ++i) {
    const auto& [name, texts] = validator_.alternatives[i];
    if (given_.find(name) != nullptr) continue;
    if (++choice_[i] < texts.size()) break;
    choice_[i] = 0;
  }
  if (i < choice_.size()) {
    request_ = 0;
    result_.facts.clear();
    return set_alternatives();
  }
  result_ = *std::move(best_);
  done_ = true;
}

void RequestProbe::give_up(Verdict verdict, std::string reason) {
  done_ = true;
  if (live_) return;
  result_.verdict = verdict;
  result_.reason = std::move(reason);
}

}  // namespace keywake::validation
