// What a name says about its value: "db_password", "clientSecret" and "API_KEY" name secrets; "passwordField", "token_type", "secretName",
// "tokenizer" and "compass" do not. Names are read as people write them, word by word, in any case. Thread safety: pure functions.
#pragma once

#include <cstdint>
#include <string_view>

namespace keywake::matching {

enum class NameKind : std::uint8_t {
  kNone,
  kPassword,
  kToken,  // a secret, token or key that belongs to somebody: api key, client secret, access token
  kKey,    // a key, salt, seed or the like of whatever kind
};

struct NameReading {
  NameKind kind = NameKind::kNone;
  std::string_view reason;  // why it names none; constant
};

NameReading read_name(std::string_view name);

/// Whether the name may be that of a function which the secret comes out of, or which is given other things besides: "getPassword",
/// "retrieve_credentials", "withUsernameAndPassword". An ordinary word behind it is hardly a secret.
bool asks_for_secret(std::string_view name);

/// Whether text is nothing but words for a secret: "password", "client-secret", "myToken". As a value it is the weakest of passwords, or what a
/// program calls a field, a parameter or a column.
bool names_a_secret(std::string_view text);

/// Whether the name is that of a secret that people may have made up: a client's, a session's, a signature's, of which a word is one, too. Not
/// "secret" alone, nor "tlsSecret": Kubernetes calls its objects so.
bool may_be_made_up(std::string_view name);

}  // namespace keywake::matching
