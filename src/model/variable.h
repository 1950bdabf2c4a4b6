// Variable: one entry of a store of variables (a CI system's variables and secrets, a cluster's, a vault's, a process's environment), as far as
// the store tells of it. Its value is no part of this: what is found in one becomes a Credential with a Sighting whose `ci` is the
// variable's place. A scan reports the variables whose values the store hides, and those whose settings leak.
// Dates are seconds since 1970, 0: not known. Thread safety: values.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace keywake::model {

/// What of a CI system a place is in.
enum class CiSource : std::uint8_t { kVariable, kLog, kArtifact };
inline constexpr std::array<std::string_view, 3> kCiSourceNames{"variable", "log", "artifact"};

/// Where a variable stands, or what a job left. What a store does not know of is absent: GitHub masks every secret, so it has no such setting.
struct CiPlace {
  std::string provider;  // "gitlab-ci", "kubernetes"
  std::string scope;     // "group acme/payments", "project acme/shop", "namespace prod, Secret db", "project acme/shop, job 4711 build"
  std::string variable;  // its name; of what a job left "log", or "artifacts/dist.zip"
  std::optional<bool> masked;          // its value is starred out in job logs
  std::optional<bool> protected_only;  // for protected branches and tags alone
  std::vector<std::string> environments;  // that it is for; empty: all of them, or the store knows none
  std::int64_t updated_at = 0;  // of a log or an artifact: the job's date
  bool value_hidden = false;  // the store gives the value to jobs, not to whoever lists variables
  CiSource source = CiSource::kVariable;
};

/// What about a variable lets it leak, or would make a leak worse.
struct LeakingSetting {
  std::string_view id;   // one of kLeakingSettings
  std::string evidence;  // one clause, for people
};

struct LeakingSettingKind {
  std::string_view id;
  std::string_view nhi;  // class of the OWASP Non-Human Identities Top 10 (2025)
};
inline constexpr std::array<LeakingSettingKind, 6> kLeakingSettings{{
    {"unmasked", "NHI2"},
    {"every-branch", "NHI8"},
    {"forks", "NHI8"},
    {"every-project", "NHI9"},
    {"old", "NHI7"},
    {"static-cloud-key", "NHI6"},
}};

/// Empty for an id that is none.
std::string_view nhi_of(std::string_view leaking_setting);

struct Variable {
  std::string target;  // as the user named it
  CiPlace place;
  std::int64_t created_at = 0;
  std::string users;                  // who may use it, "selected repositories: acme/shop"; empty: the scope says it, or it is not known
  std::optional<bool> every_project;  // of the organization or instance
  std::optional<bool> forks;          // a pull request from a fork can reach it
  std::vector<LeakingSetting> leaks;
};

/// "project acme/shop/DB_PASSWORD", or, for some environments only, "project acme/shop/DB_PASSWORD (production)": the path of sightings in it.
std::string path_of(const CiPlace& place);

}  // namespace keywake::model
