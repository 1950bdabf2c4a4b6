// Files in which other scanners keep what they leave out, read so that work once done holds here too (docs/baseline.md says what of each is
// honoured, and what is not):
//
//   .gitleaksignore, .betterleaksignore   fingerprints, [commit:]file:rule:line          (gitleaks 8.30, README "Additional Configuration")
//   .gitleaks.toml, gitleaks.toml, .betterleaks.toml, betterleaks.toml   [allowlist], [[allowlists]]: paths, regexes, stopwords, commits
//   .secrets.baseline                     detect-secrets 1.5: SHA-1 of the value, by file
//   .gitguardian.yaml, .gitguardian.yml   ggshield: ignored_paths; ignored_matches, by value or SHA-256
//   .github/secret_scanning.yml           GitHub: paths-ignore
//
// Thread safety: pure functions; Sources as any other. Errors name what is wrong in the file.
#pragma once

#include "policy/source.h"

namespace keywake::policy {

struct OtherFile {
  std::string_view path;
  std::string_view shown;  // how summaries call it
  bool names_secrets;      // its entries are single credentials, which `keywake baseline import` can take over
  Result<std::unique_ptr<Source>> (*read)(std::string_view text, std::string_view shown, std::vector<std::string>& left_out);
};

const std::vector<OtherFile>& other_files();

}  // namespace keywake::policy
