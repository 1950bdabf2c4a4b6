// Files in which other scanners keep what they leave out, read so that work once done holds here too (docs/baseline.md says what of each is
// honoured, and what is not):
//
//   .gitleaksignore                       fingerprints, [commit:]file:rule:line          (gitleaks 8.30, README "Additional Configuration")
//   .betterleaksignore                    fingerprints of values, SHA-256 or HMAC-SHA-256 (Betterleaks 2.0.0-rc.4); of Betterleaks 1 those of gitleaks
//   .gitleaks.toml, gitleaks.toml, .betterleaks.toml, betterleaks.toml   [allowlist], [[allowlists]]: paths, regexes, stopwords, commits
//   .secrets.baseline                     detect-secrets 1.5: SHA-1 of the value or of a part of it, by file
//   .gitguardian.yaml, .gitguardian.yml   ggshield: ignored_paths; ignored_matches, by value or SHA-256
//   .github/secret_scanning.yml           GitHub: paths-ignore
//
// Thread safety: pure functions; Sources as any other. Errors name what is wrong in the file.
#pragma once

#include "policy/source.h"

namespace keywake::policy {

using Made = Result<std::unique_ptr<Source>>;

struct Reading {
  std::string_view shown;
  std::string_view betterleaks_key;  // of its HMACs, bytes; empty: there is none
  std::vector<std::string>& left_out;  // what of the file is not honoured
};

struct OtherFile {
  std::string_view path;
  std::string_view shown;  // how summaries call it
  bool names_secrets;      // its entries are single credentials, which `keywake baseline import` can take over
  Made (*read)(std::string_view text, const Reading& reading);
};

const std::vector<OtherFile>& other_files();

}  // namespace keywake::policy
