// keywake:allow beside a credential: where it counts, and how it is read.
#include "scan/allow.h"

#include "catch.h"

using keywake::scan::allow_beside;

TEST_CASE("keywake:allow in the line, or alone in the line above") {
  struct Row {
    const char* text;  // SECRET is the credential, of pattern acme.key
    bool holds;
    const char* reason;
  };
  const Row kRows[] = {
      {"k = SECRET # keywake:allow acme.key printed in the docs\n", true, "printed in the docs"},
      {"k = SECRET // keywake:allow acme.* why not", true, "why not"},
      {"<a b='SECRET'/> <!-- keywake:allow acme.key sample -->", true, "sample"},
      {"/* keywake:allow acme.key sample */ k = SECRET", true, "sample */ k ="},
      {"# keywake:allow acme.key sample\r\nk = SECRET\r\n", true, "sample"},
      {"  \"//\": \"keywake:allow acme.key sample\",\n  \"k\": \"SECRET\"", true, "sample\","},
      {"other = 1 # keywake:allow acme.key of another line\nk = SECRET", false, ""},
      {"# keywake:allow acme.key two lines above\n\nk = SECRET", false, ""},
      {"k = SECRET\n# keywake:allow acme.key below", false, ""},
      {"k = SECRET # keywake:allow other.* reason", false, "reason"},
      {"k = SECRET # keywake:allow acme.key", false, ""},
      {"k = SECRET # keywake:allow acme.key <why>", false, ""},
      {"k = SECRET # keywake:allow acme.key --", false, ""},
      {"k = SECRET # keywake:allow acme.key, reason", false, ""},
      {"k = SECRET # keywake:allow", false, ""},
      {"k = SECRET # keywake:allowed acme.key reason", false, ""},
      {"-----SECRET", false, ""},
      // Other tools' words hold for any pattern, without a reason.
      {"k = SECRET # gitleaks:allow", true, "gitleaks:allow"},
      {"k = SECRET // betterleaks:allow", true, "betterleaks:allow"},
      {"k = SECRET # GGIGNORE", true, "ggignore"},
      {"k = SECRET # kingfisher:ignore because", true, "kingfisher:ignore"},
      {"k = SECRET # trufflehog:ignore", true, "trufflehog:ignore"},
      {"k = SECRET # pragma: allowlist secret", true, "pragma: allowlist secret"},
      {"# pragma: allowlist nextline secret\nk = SECRET", true, "pragma: allowlist secret"},
      {"# pragma: allowlist secret\nk = SECRET", false, ""},
      {"k = SECRET # pragma: allowlist nextline secret", false, ""},
      {"# gitleaks:allow\nk = SECRET", false, ""},
      {"k = SECRET # gitleaks:allowed", false, ""},
      {"k = SECRET # xgitleaks:allow", false, ""},
      {"k = SECRET ggignored", false, ""},
      // detect-secrets 1.5 takes hyphens for blanks.
      {"k = SECRET # pragma:allowlist-secret", true, "pragma: allowlist secret"},
      {"k = SECRET /* pragma: allowlist-secret */", true, "pragma: allowlist secret"},
      {"k = SECRET # pragma: whitelist secret", true, "pragma: allowlist secret"},
      {"k = SECRET # pragma:whitelist-secret why", true, "pragma: allowlist secret"},
      {"# pragma: allowlist-nextline-secret\nk = SECRET", true, "pragma: allowlist secret"},
      {"  // pragma:allowlist-nextline secret\nk = SECRET", true, "pragma: allowlist secret"},
      {"# pragma: whitelist nextline secret\nk = SECRET", false, ""},
      {"x = 1 # pragma: allowlist nextline secret\nk = SECRET", false, ""},
      {"k = SECRET # pragma: allowlist_secret", false, ""},
      {"k = SECRET # pragma: allowlist secrets", false, ""},
      // Kingfisher 2.14 looks at the line above and at the next below that is not empty, whatever they hold.
      {"# kingfisher:ignore\nk = SECRET", true, "kingfisher:ignore"},
      {"x = 1 # kingfisher:ignore\nk = SECRET", true, "kingfisher:ignore"},
      {"# kingfisher:ignore\n\nk = SECRET", false, ""},
      {"k = SECRET\nx = 1 # kingfisher:ignore\n", true, "kingfisher:ignore"},
      {"k = SECRET\n\n \n# kingfisher:ignore", true, "kingfisher:ignore"},
      {"k = SECRET\nx = 1\n# kingfisher:ignore", false, ""},
      {"k = SECRET\n# kingfisher:ignored\n", false, ""},
  };
  for (const Row& row : kRows) {
    INFO(row.text);
    const std::string_view text = row.text;
    const std::size_t begin = text.find("SECRET");
    const auto found = allow_beside(text, begin, begin + 6, 5);
    CHECK((found && found->holds("acme.key")) == row.holds);
    CHECK((found ? found->reason : "") == row.reason);
  }
}
