#include "attribution/assess.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <set>

#include "attribution/variable_name.h"
#include "base/ascii.h"
#include "base/text.h"
#include "model/sighting.h"

namespace keywake::attribution {
namespace {

using model::Verdict;

constexpr std::int64_t kDay = 86'400;
constexpr std::int64_t kRotation = 90;  // days after which most policies want a new one

// A word of a path: between characters that are no letters.
bool has_word(std::string_view path, std::span<const std::string_view> words) {
  const std::string text = lowered(path);
  for (std::string_view word : words) {
    for (std::size_t at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) {
      const bool begins = at == 0 || !is_letter(text[at - 1]);
      const bool ends = at + word.size() == text.size() || !is_letter(text[at + word.size()]);
      if (begins && ends) return true;
    }
  }
  return false;
}

constexpr std::array<std::string_view, 3> kProduction{"prod", "production", "live"};
constexpr std::array<std::string_view, 8> kElsewhere{"dev", "development", "staging", "stage", "test", "testing", "qa", "sandbox"};

// What CI systems read: a static cloud key there has a better way.
bool is_ci_file(std::string_view path) {
  static constexpr std::array<std::string_view, 9> kFiles{".github/workflows/", ".gitlab-ci",           "Jenkinsfile",   ".circleci/", "azure-pipelines",
                                                          ".travis.yml",        "bitbucket-pipelines", ".woodpecker", ".buildkite/"};
  return std::any_of(kFiles.begin(), kFiles.end(), [&](std::string_view part) { return path.find(part) != std::string_view::npos; });
}

struct View {
  const model::Credential& credential;
  std::int64_t now;

  [[nodiscard]] bool is(Verdict verdict) const { return credential.validation && credential.validation->verdict == verdict; }
  [[nodiscard]] std::string fact(std::string_view name) const {
    if (!credential.validation) return "";
    for (const model::Fact& fact : credential.validation->facts) {
      if (fact.name == name) return fact.values.front();
    }
    return "";
  }
  [[nodiscard]] std::string part(std::string_view name) const {
    for (const model::Part& part : credential.parts) {
      if (part.name == name) return part.value;
    }
    return "";
  }
  // The first right that lets it do anything; empty: none is known.
  [[nodiscard]] std::string administrative() const {
    static constexpr std::array<std::string_view, 9> kWords{"admin", "administrator", "administratoraccess", "owner", "root", "superuser", "full", "fullaccess", "sudo"};
    if (!credential.validation) return "";
    for (const model::Fact& fact : credential.validation->facts) {
      if (fact.name != "scopes" && fact.name != "roles" && fact.name != "permissions") continue;
      for (const std::string& value : fact.values) {
        if (value == "*" || value == "api" || has_word(value, kWords)) return value;
      }
    }
    return "";
  }
  // The first path with one of the words in it, today's first; `files`: not of variables.
  [[nodiscard]] std::string path_with(std::span<const std::string_view> words, bool files = false) const {
    for (const model::Sighting& sighting : credential.sightings) {
      if (files && sighting.ci) continue;
      if (has_word(sighting.path, words)) return sighting.path;
    }
    return "";
  }
  [[nodiscard]] std::size_t targets() const {
    std::set<std::string_view> all;
    for (const model::Sighting& sighting : credential.sightings) all.insert(sighting.target);
    return all.size();
  }
  // Days since it was made, or since it was first seen.
  [[nodiscard]] std::int64_t age() const {
    std::int64_t since = credential.attribution.exposure.first_seen;
    if (const auto created = date_of(fact("created")); created && (since == 0 || *created < since)) since = *created;
    return since == 0 ? 0 : std::max<std::int64_t>(0, (now - since) / kDay);
  }
};

std::string days_text(std::int64_t days) { return fmt::format("{} {}", human_count(static_cast<std::uint64_t>(days)), days == 1 ? "day" : "days"); }

// "named PROD_DB_PASSWORD: production, database", "for the environment eu": of each variable that it stands in and that says something new.
std::vector<std::string> variable_reasons(const model::Credential& credential) {
  std::vector<std::string> out;
  std::set<std::string> said;
  for (const model::Sighting& sighting : credential.sightings) {
    if (!sighting.ci || sighting.ci->source != model::CiSource::kVariable) continue;
    const auto [environment, kind] = name_evidence(sighting.ci->variable);
    const std::string meaning = fmt::format("{}{}{}", environment, environment.empty() || kind.empty() ? "" : ", ", kind);
    if (!meaning.empty() && said.insert(meaning).second) out.push_back(fmt::format("named {}: {}", printable(sighting.ci->variable), meaning));
    for (const std::string& each : sighting.ci->environments) {
      if (said.insert(each).second) out.push_back(fmt::format("for the environment {}", printable(each)));
    }
  }
  return out;
}

// Empty: there may be somebody.
std::string_view orphan_reason(const std::vector<model::Owner>& owners) {
  if (owners.empty()) return "nobody is known to own it";
  const bool gone = std::all_of(owners.begin(), owners.end(), [](const model::Owner& owner) { return owner.active == false; });
  return gone ? "nobody who is known to own it is active any more" : "";
}

void judge_risk(const View& view, model::Attribution& out) {
  out.risk = view.credential.pattern->risk;
  const std::string administrative = view.administrative();
  if (view.is(Verdict::kDead)) {
    out.risk = model::Risk::kLow;
    out.reasons.emplace_back("it works no longer");
  } else if (view.is(Verdict::kLive) && !administrative.empty()) {
    out.risk = model::Risk::kCritical;
    out.reasons.push_back(fmt::format("live, with administrative rights ({})", administrative));
  } else if (view.is(Verdict::kLive)) {
    out.risk = std::max(out.risk, model::Risk::kHigh);
    out.reasons.emplace_back("live");
  }
  const std::string environment = view.fact("environment");
  std::vector<std::string> variables = variable_reasons(view.credential);
  const std::string production = view.path_with(kProduction, !variables.empty());
  if (has_word(environment, kProduction)) {
    out.reasons.push_back(fmt::format("of the environment {}", environment));
  } else if (!production.empty()) {
    out.reasons.push_back(fmt::format("in {}", production));
  }
  for (std::string& reason : variables) out.reasons.push_back(std::move(reason));
  if (out.exposure.days > 0) out.reasons.push_back(fmt::format("exposed for {}", days_text(out.exposure.days)));
  if (view.age() > std::max(kRotation, out.exposure.days)) out.reasons.push_back(fmt::format("{} old", days_text(view.age())));
  if (view.targets() > 1) out.reasons.push_back(fmt::format("in {} places that were scanned", view.targets()));
  if (const std::string_view orphaned = orphan_reason(out.owners); !orphaned.empty()) out.reasons.emplace_back(orphaned);
}

void collect_nhi(const View& view, model::Attribution& out) {
  const model::Pattern& pattern = *view.credential.pattern;
  auto add = [&out](std::string_view id, std::string evidence) { out.nhi.push_back({id, std::move(evidence)}); };
  const std::string_view orphaned = orphan_reason(out.owners);
  if (view.is(Verdict::kLive) && (!orphaned.empty() || !out.exposure.at_tip)) {
    add("NHI1", orphaned.empty() ? "it works, though the code that had it is gone" : fmt::format("it works, and {}", orphaned));
  }
  add("NHI2", fmt::format("{} {}", view.credential.sightings.size(), view.credential.sightings.size() == 1 ? "place" : "places"));
  if (pattern.kind == model::Kind::kOauthToken) add("NHI3", "it lets a third party's application in");
  int bits = 0;
  const std::string algorithm = view.part("algorithm");
  if (const std::size_t comma = algorithm.find(", "); comma != std::string::npos) std::from_chars(algorithm.data() + comma + 2, algorithm.data() + algorithm.size(), bits);
  constexpr int kShortRsa = 2048;
  if (algorithm.starts_with("RSA") && bits > 0 && bits < kShortRsa) add("NHI4", algorithm);
  if (const std::string administrative = view.administrative(); !administrative.empty()) add("NHI5", administrative);
  static constexpr std::array<std::string_view, 3> kClouds{"aws", "azure", "gcp"};
  if (std::find(kClouds.begin(), kClouds.end(), pattern.provider) != kClouds.end()) {
    for (const model::Sighting& sighting : view.credential.sightings) {
      if (!is_ci_file(sighting.path)) continue;
      add("NHI6", fmt::format("a static cloud key in {}, where short-lived ones can be had", sighting.path));
      break;
    }
  }
  const bool expires = !view.fact("expires").empty() || !view.part("expires").empty();
  if (view.age() > kRotation) add("NHI7", fmt::format("{} old{}", days_text(view.age()), expires ? "" : ", and not known to expire"));
  const std::string production = view.path_with(kProduction);
  const std::string elsewhere = view.path_with(kElsewhere);
  if (!production.empty() && !elsewhere.empty() && production != elsewhere) add("NHI8", fmt::format("in {} and in {}", production, elsewhere));
  if (view.targets() > 1) add("NHI9", fmt::format("in {} places that were scanned", view.targets()));
  if (pattern.kind == model::Kind::kHumanCredential) add("NHI10", "a person's credential in files");
}

}  // namespace

model::Exposure exposure_of(const model::Credential& credential, std::int64_t now) {
  model::Exposure out;
  for (const model::Sighting& sighting : credential.sightings) {
    out.at_tip = out.at_tip || model::is_current(sighting);
    if (!sighting.git || sighting.git->commit.empty()) continue;
    const std::int64_t date = sighting.git->date;
    if (date > 0 && (out.first_seen == 0 || date < out.first_seen)) out.first_seen = date;
    out.last_seen = std::max({out.last_seen, date, sighting.git->removed_date});
  }
  if (out.at_tip) out.last_seen = now;
  if (out.first_seen > 0) out.days = std::max<std::int64_t>(0, (out.last_seen - out.first_seen) / kDay);
  return out;
}

void assess(model::Credential& credential, std::int64_t now) {
  const View view{credential, now};
  credential.attribution.reasons.clear();
  credential.attribution.nhi.clear();
  judge_risk(view, credential.attribution);
  collect_nhi(view, credential.attribution);
}

std::optional<std::int64_t> date_of(std::string_view text) {
  std::array<int, 6> fields{0, 1, 1, 0, 0, 0};
  const bool digits = !text.empty() && std::all_of(text.begin(), text.end(), is_digit);
  constexpr std::size_t kSeconds = 10;
  constexpr std::size_t kMilliseconds = 13;
  if (digits && (text.size() == kSeconds || text.size() == kMilliseconds)) {
    std::int64_t number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return text.size() == kMilliseconds ? number / 1000 : number;
  }
  if (text.size() < 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  static constexpr std::array<std::pair<std::size_t, std::size_t>, 6> kPlaces{{{0, 4}, {5, 2}, {8, 2}, {11, 2}, {14, 2}, {17, 2}}};
  for (std::size_t i = 0; i < kPlaces.size(); ++i) {
    const auto [at, length] = kPlaces[i];
    if (at + length > text.size()) break;
    const auto [end, error] = std::from_chars(text.data() + at, text.data() + at + length, fields[i]);
    if (error != std::errc() || end != text.data() + at + length) return i < 3 ? std::nullopt : std::optional<std::int64_t>(0);
  }
  using namespace std::chrono;
  const year_month_day day{year(fields[0]), month(static_cast<unsigned>(fields[1])), std::chrono::day(static_cast<unsigned>(fields[2]))};
  if (!day.ok()) return std::nullopt;
  return sys_days(day).time_since_epoch() / seconds(1) + fields[3] * 3600 + fields[4] * 60 + fields[5];
}

}  // namespace keywake::attribution
