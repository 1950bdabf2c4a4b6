// Rule files of other scanners, read as if they had been written in our own format (docs/patterns.md, "Other scanners' rules"):
//   gitleaks, Betterleaks   TOML, [[rules]]: https://github.com/gitleaks/gitleaks#configuration
//   Nosey Parker            YAML, rules: https://github.com/praetorian-inc/noseyparker/blob/main/docs/RULES.md
//   Kingfisher              YAML, rules: https://github.com/mongodb/kingfisher/blob/main/docs/RULES.md
// Files may be hostile: size, nesting, the number of rules and of what each of them holds are bounded. Errors: a file that cannot be read,
// or none of whose rules can run, is a problem; a rule that cannot run, or not all of it, is a note, and the others are loaded.
// Ownership, thread safety: as rules/loader.h.
#pragma once

#include <cstdint>
#include <string_view>

#include "rules/loader.h"

namespace keywake::rules {

enum class Dialect : std::uint8_t { kOwn, kGitleaks, kYaml };

/// By the first line that tells: [[pattern]] or [provider]; [[rules]], [extend] or [allowlist]; or a line that begins `rules:`.
Dialect dialect_of(std::string_view text);

void load_gitleaks(std::string_view text, std::string_view file, Loaded& into);
void load_yaml_rules(std::string_view text, std::string_view file, Loaded& into);

}  // namespace keywake::rules
