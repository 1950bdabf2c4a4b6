// What validators must hold to beyond being readable. Their examples are run by validation/validators_check.h.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>

#include "base/url_scheme.h"
#include "rules/template_text.h"
#include "rules/validator_file.h"
#include "rules/validator_hosts.h"

namespace keywake::rules {
namespace {

/// What validation/values.h gives to every request.
constexpr std::array<std::string_view, 7> kAlwaysThere{"nonce", "now", "now-date", "now-http", "now-iso", "now-ms", "secret"};
/// What the offline checks find inside a secret (matching/checks.cc).
constexpr std::array<std::string_view, 8> kFromChecks{"account", "algorithm", "audience", "encrypted", "expires", "issuer", "subject", "user"};

std::string names_of_schemes() {
  std::string out;
  for (const UrlScheme& each : kUrlSchemes) out += fmt::format("{}{}", out.empty() ? "" : ", ", each.name);
  return out;
}

bool among(std::span<const std::string_view> names, std::string_view name) { return std::find(names.begin(), names.end(), name) != names.end(); }

// A part of every match, or of some: a capture, a companion, or something read out of it.
bool may_have(const model::Pattern& pattern, std::string_view name) {
  if (among(kFromChecks, name)) return true;
  const bool companion = std::any_of(pattern.companions.begin(), pattern.companions.end(), [&](const auto& c) { return c.name == name; });
  return companion || pattern.regex.find(fmt::format("(?P<{}>", name)) != std::string_view::npos;
}

class ValidatorLint {
 public:
  ValidatorLint(const model::Validator& validator, const std::map<std::string_view, const model::Pattern*>& patterns, std::vector<Problem>& out)
      : validator_(validator), patterns_(patterns), out_(out) {}

  void run() {
    if (validator_.id.substr(0, validator_.id.find('.')) != validator_.provider) {
      problem(fmt::format("the id must begin with the file's name, \"{}.\"", validator_.provider));
    }
    if (!validator_.docs.starts_with("https://")) problem("\"docs\" must be an https:// address");
    if (validator_.hosts.empty() && validator_.scheme != "x509") problem("\"hosts\" is missing: the only ones it may contact");
    for (const std::string& id : validator_.validates) {
      if (!patterns_.contains(id)) problem(fmt::format("there is no pattern \"{}\" to validate", id));
    }
    if (validator_.scheme != "http") return check_coded();
    if (validator_.requests.empty()) problem("there is no [[validator.request]]");
    for (const model::HttpRequest& request : validator_.requests) check_request(request);
    check_has_example("live");
    if (may_say_dead()) check_has_example("dead");
    check_has_example("blocked");
    for (const model::ValidatorExample& example : validator_.examples) {
      if (!example.pattern.empty() && std::find(validator_.validates.begin(), validator_.validates.end(), example.pattern) == validator_.validates.end()) {
        at(example, fmt::format("\"{}\" is not among what it validates", example.pattern));
      }
    }
  }

 private:
  void problem(std::string message) { at(validator_, std::move(message)); }
  template <typename Place>
  void at(const Place& place, std::string message) {
    out_.push_back({validator_.file, place.line, place.column, fmt::format("{}: {}", validator_.id, message)});
  }

  void check_coded() {
    if (validator_.scheme != "jwt" && validator_.scheme != "x509") problem(fmt::format("there is no scheme \"{}\", but http, jwt and x509", validator_.scheme));
    if (!validator_.requests.empty()) problem(fmt::format("[[validator.request]] goes with the scheme http, not {}", validator_.scheme));
  }

  [[nodiscard]] bool may_say_dead() const {
    return std::any_of(validator_.requests.begin(), validator_.requests.end(), [](const model::HttpRequest& request) {
      return std::any_of(request.rules.begin(), request.rules.end(), [](const model::VerdictRule& rule) { return rule.is == model::VerdictRule::Is::kDead; });
    });
  }

  void check_has_example(std::string_view kind) {
    const bool has = std::any_of(validator_.examples.begin(), validator_.examples.end(), [&](const auto& e) { return model::name(e.is) == kind; });
    if (!has) problem(fmt::format("an example of a {} credential is missing", kind));
  }

  void check_request(const model::HttpRequest& request) {
    for (const model::Computed& computed : request.computed) {
      check_names(computed.key);
      check_names(computed.text);
      for (const auto& [name, text] : computed.header) check_names(text);
      known_.insert(computed.name);
    }
    check_names(request.url);
    const std::string_view scheme = request.url.pieces.empty() || request.url.pieces[0].is_value ? "https" : scheme_of(request.url.pieces[0].text);
    if (standard_port(scheme) == 0) problem(fmt::format("\"{}\" is none of the schemes that are spoken: {}", scheme, names_of_schemes()));
    for (const auto* named : {&request.headers, &request.query, &request.form}) {
      for (const auto& [name, text] : *named) check_names(text);
    }
    for (const auto* text : {&request.json, &request.body, &request.bearer, &request.user, &request.password, &request.sigv4, &request.ca, &request.certificate, &request.private_key}) check_names(*text);
    for (const std::string& host : hosts_of(request.url, validator_)) {
      if (!holds(validator_.hosts, host)) problem(fmt::format("the host {} is not among \"hosts\"", host));
    }
    for (const model::VerdictRule& rule : request.rules) {
      for (const auto& [name, source] : rule.keep) {
        check_names(source.value);
        known_.insert(name);
      }
      for (const model::Condition& condition : rule.conditions) check_names(condition.source.value);
      for (const auto& [name, source] : rule.take) {
        check_names(source.value);
        const std::vector<std::string> names = names_in(source.value);
        if (std::find(names.begin(), names.end(), "secret") != names.end()) problem(fmt::format("the fact {} would show the secret", name));
      }
      if (request.details && rule.is != model::VerdictRule::Is::kLive) problem("a request for details can only say that the credential is live, with more about it");
    }
  }

  void check_names(const model::Template& text) {
    for (const std::string& name : names_in(text)) {
      if (known_.contains(name) || among(kAlwaysThere, name) || shift_of_now(name) || given(validator_.defaults, name) || given(validator_.alternatives, name)) continue;
      const bool some = std::any_of(validator_.validates.begin(), validator_.validates.end(), [&](const std::string& id) {
        const auto pattern = patterns_.find(id);
        return pattern == patterns_.end() || may_have(*pattern->second, name);
      });
      if (!some) problem(fmt::format("{{{}}}: no pattern that it validates has such a part, and no request keeps it", name));
    }
  }

  template <typename Named>
  static bool given(const Named& named, std::string_view name) {
    return std::any_of(named.begin(), named.end(), [&](const auto& entry) { return entry.first == name; });
  }

  const model::Validator& validator_;
  const std::map<std::string_view, const model::Pattern*>& patterns_;
  std::vector<Problem>& out_;
  std::set<std::string> known_;
};

}  // namespace

std::vector<Problem> lint_validators(const LoadedValidators& loaded, std::span<const model::Pattern> patterns) {
  std::vector<Problem> problems;
  std::map<std::string_view, const model::Pattern*> by_id;
  for (const model::Pattern& pattern : patterns) by_id.emplace(pattern.id, &pattern);
  std::set<std::string_view> ids;
  std::map<std::string_view, std::string_view> asked;  // pattern, by which validator
  for (const model::Validator& validator : loaded.validators) {
    auto problem = [&](std::string message) { problems.push_back({validator.file, validator.line, validator.column, fmt::format("{}: {}", validator.id, message)}); };
    if (!ids.insert(validator.id).second) problem("there is another validator with this id");
    for (const std::string& id : validator.validates) {
      const auto [other, first] = asked.emplace(id, validator.id);
      if (!first) problem(fmt::format("{} is validated by {} already", id, other->second));
    }
    ValidatorLint(validator, by_id, problems).run();
  }
  std::sort(problems.begin(), problems.end());
  return problems;
}

}  // namespace keywake::rules
