#include "matching/assignment_anchors.h"

#include <array>
#include <string_view>

#include "base/ascii.h"

namespace keywake::matching {
namespace {

// Expressions as sequences_of() takes them apart. They meet every word that rules::found_by_words() says yes to.
constexpr std::array<std::string_view, 9> kExpressions{
    // Long words stand anywhere in a name.
    "(?:token|secret|passw|pasword|passphrase|passcode|credential|bearer|authorization|auth_?code)",
    "(?:api[\\-._]?key|(?:access|auth|private)[\\-_]?key)",
    "(?:encryption|signing|account|master|shared|client|license|consumer|security|service|storage|crypt|app)_?key",
    "(?:kennwort|wachtwoord|contrase|senha|haslo|parola|lozinka|salasana|kodeord|passord|losenord|geheim|mot_?de_?passe)",
    // Short ones only where a value follows at once: "key" alone stands in every second line of code.
    "(?:key|pwd|pass|auth|salt|hmac|seed|mdp|clave)[\"'(),:<=>\\\\\\]}]",
    "[\"' ._\\-]pw(?:[\"':=]| [:=])",
    "(?:api|access|sid|pat|jwt|cred|creds|keys)[\"'(:=]",
    "(?:key|pwd|pass|auth|salt|hmac|seed|mdp|clave|api|access|sid|pat|jwt|cred|creds) [:=]",
    "(?:key_|_pwd|-key |-pass |-auth )",
};

void free_the_case(ByteSet& bytes) {
  for (std::size_t c = 'a'; c <= 'z'; ++c) {
    if (bytes.test(c)) bytes.set(c - 'a' + 'A');
  }
}

std::vector<Sequence> built() {
  std::vector<Sequence> out;
  for (std::string_view expression : kExpressions) {
    const std::optional<RegexNode> tree = parse_regex(expression);
    for (Sequence& sequence : tree ? sequences_of(*tree) : std::vector<Sequence>{}) {
      for (ByteSet& bytes : sequence) free_the_case(bytes);
      out.push_back(std::move(sequence));
    }
  }
  return out;
}

}  // namespace

std::span<const Sequence> assignment_anchors() {
  static const std::vector<Sequence> kAnchors = built();
  return kAnchors;
}

}  // namespace keywake::matching
