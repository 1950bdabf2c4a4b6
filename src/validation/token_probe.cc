#include "validation/token_probe.h"

#include <fmt/format.h>

#include <ctime>
#include <nlohmann/json.hpp>

#include "base/base64.h"
#include "base/text.h"
#include "crypto/keys.h"
#include "validation/facts.h"

namespace keywake::validation {
namespace {

using model::Verdict;
using nlohmann::json;

json object_of(std::string_view base64) {
  const std::optional<std::string> text = decode_base64(base64);
  json out = json::parse(text.value_or(""), nullptr, false);
  return out.is_object() ? out : json::object();
}

std::string text_at(const json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? to_utf8(found->get<std::string>()) : "";
}

std::int64_t number_at(const json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_number() ? static_cast<std::int64_t>(found->get<double>()) : 0;
}

// A list, or one text with blanks between (RFC 8693, 4.2).
std::vector<std::string> list_at(const json& object, const char* name) {
  std::vector<std::string> out;
  const auto found = object.find(name);
  if (found == object.end()) return out;
  if (found->is_array()) {
    for (const json& item : *found) {
      if (item.is_string()) out.push_back(to_utf8(item.get<std::string>()));
    }
    return out;
  }
  std::string word;
  for (const char c : text_at(object, name) + " ") {
    if (c != ' ') word += c;
    if (c == ' ' && !word.empty()) out.push_back(std::exchange(word, {}));
  }
  return out;
}

std::string bytes_at(const json& object, const char* name) { return decode_base64(text_at(object, name)).value_or(""); }

std::optional<crypto::PublicKey> key_of(const json& key) {
  const std::string type = text_at(key, "kty");
  if (type == "RSA") return crypto::PublicKey::rsa(bytes_at(key, "n"), bytes_at(key, "e"));
  if (type == "EC") return crypto::PublicKey::ec(text_at(key, "crv"), bytes_at(key, "x"), bytes_at(key, "y"));
  if (type == "OKP") return crypto::PublicKey::okp(text_at(key, "crv"), bytes_at(key, "x"));
  return std::nullopt;
}

// What the claims say of whose it is; first of those that issuers use (OpenID Connect Core, 5.1; RFC 9068).
void add_claims(const json& claims, std::vector<model::Fact>& facts) {
  auto first = [&](std::initializer_list<const char*> names) {
    for (const char* name : names) {
      if (std::string text = text_at(claims, name); !text.empty()) return text;
    }
    return std::string();
  };
  add_fact(facts, "account", {first({"azp", "client_id", "appid", "cid"})});
  add_fact(facts, "email", {first({"email", "upn"})});
  add_fact(facts, "organization", {first({"tid", "hd", "org_id", "repository_owner"})});
  add_fact(facts, "owner", {first({"preferred_username", "name", "sub"})});
  for (const char* name : {"scope", "scp"}) add_fact(facts, "scopes", list_at(claims, name));
  for (const char* name : {"roles", "groups"}) add_fact(facts, "roles", list_at(claims, name));
  add_fact(facts, "resources", list_at(claims, "aud"));
  if (const std::int64_t issued = number_at(claims, "iat"); issued > 0) add_fact(facts, "created", {day_of(issued)});
  if (const std::int64_t expires = number_at(claims, "exp"); expires > 0) add_fact(facts, "expires", {day_of(expires)});
}

}  // namespace

TokenProbe::TokenProbe(const model::Validator& validator, const Values& values, const AllowedHosts& allowed) : Probe(validator, allowed) {
  read(*values.find("secret"));
}

void TokenProbe::read(const std::string& token) {
  const std::size_t first = token.find('.');
  const std::size_t second = first == std::string::npos ? first : token.find('.', first + 1);
  if (second == std::string::npos) return judge(Verdict::kUnvalidatable, "it is no signed token");
  signed_part_ = token.substr(0, second);
  signature_ = decode_base64(token.substr(second + 1)).value_or("");
  const json header = object_of(token.substr(0, first));
  const json claims = object_of(token.substr(first + 1, second - first - 1));
  algorithm_ = text_at(header, "alg");
  key_id_ = text_at(header, "kid");
  issuer_ = text_at(claims, "iss");
  add_claims(claims, result_.facts);
  const std::int64_t now = std::time(nullptr);
  const std::int64_t expires = number_at(claims, "exp");
  good_until_ = expires > 0 ? "good until " + day_of(expires) : "and does not expire";
  if (expires > 0 && expires < now) return judge(Verdict::kDead, fmt::format("it expired on {}", day_of(expires)));
  if (number_at(claims, "nbf") > now) return judge(Verdict::kUnknown, fmt::format("it is good from {} on", day_of(number_at(claims, "nbf"))));
  if (algorithm_.starts_with("HS")) return judge(Verdict::kUnvalidatable, fmt::format("{}: only who shares the key that signed it can tell", algorithm_));
  if (!issuer_.starts_with("https://")) return judge(Verdict::kUnvalidatable, "its issuer has no https:// address");
  while (issuer_.ends_with('/')) issuer_.pop_back();
  ask_at(issuer_ + "/.well-known/openid-configuration");
}

void TokenProbe::ask_at(std::string url) {
  std::pair<Verdict, std::string> why;
  const bool may = permitted(url, why);
  result_.host = host_.host;
  if (!may) return judge(why.first, std::move(why.second));
  url_ = std::move(url);
}

std::optional<net::Request> TokenProbe::next() {
  if (done_) return std::nullopt;
  net::Request out;
  out.url = url_;
  return out;
}

void TokenProbe::answer(const net::Answer& answer) {
  constexpr int kOk = 200;
  constexpr int kNotFound = 404;
  constexpr int kTooManyRequests = 429;
  if (answer.failure != net::Failure::kNone) return judge(answer.failure == net::Failure::kRefused ? Verdict::kSkipped : Verdict::kUnknown, printable(answer.problem));
  if (answer.status == kTooManyRequests) return judge(Verdict::kBlocked, "429, too many requests");
  const json body = json::parse(answer.body, nullptr, false);
  if (keys_are_next_) {
    if (answer.status == kOk && body.is_object()) return judge_by(answer.body);
    return judge(Verdict::kUnknown, fmt::format("{}, its issuer shows no keys", answer.status));
  }
  keys_are_next_ = true;
  // Who has no such document may have the keys at the place that many use.
  if (answer.status == kNotFound) return ask_at(issuer_ + "/.well-known/jwks.json");
  const std::string keys = answer.status == kOk && body.is_object() ? text_at(body, "jwks_uri") : "";
  if (keys.empty()) return judge(Verdict::kUnknown, fmt::format("{}, its issuer does not say where its keys are", answer.status));
  ask_at(keys);
}

void TokenProbe::judge_by(const std::string& text) {
  const json key_set = json::parse(text, nullptr, false);
  bool known = false;
  const auto keys = key_set.find("keys");
  for (const json& key : keys != key_set.end() && keys->is_array() ? *keys : json::array()) {
    if (!key.is_object() || (!key_id_.empty() && text_at(key, "kid") != key_id_)) continue;
    const auto read = key_of(key);
    if (!read) continue;
    known = true;
    if (read->verifies(algorithm_, signed_part_, signature_)) {
      return judge(Verdict::kLive, fmt::format("signed by its issuer, {}, unless it was revoked", good_until_));
    }
  }
  if (known && !key_id_.empty()) return judge(Verdict::kDead, "its issuer's key has not signed it");
  judge(Verdict::kUnknown, "its issuer no longer shows the key that signed it");
}

void TokenProbe::judge(Verdict verdict, std::string reason) {
  if (done_) return;
  done_ = true;
  result_.verdict = verdict;
  result_.reason = std::move(reason);
}

}  // namespace keywake::validation
