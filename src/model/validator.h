// Validator: how a provider is asked whether a credential still works, and what its answer says about whose it is. The data of
// validators/*.toml after loading; docs/validators.md describes the format. Ownership: values. Thread safety: immutable once loaded.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "model/validation.h"

namespace keywake::model {

/// What asking does at the provider. Nothing that changes state, sends a message or costs money is ever a validator.
enum class Effect : std::uint8_t {
  kNone,         // reads
  kLogin,        // leaves a log-in in the provider's audit log, or counts against a lock-out
  kSpendsQuota,  // takes from an allowance
};
inline constexpr std::array<std::string_view, 3> kEffectNames{"none", "login", "spends-quota"};

/// Text with placeholders: {name}, {name:filter}. A brace that begins no placeholder stands for itself.
struct Template {
  struct Piece {
    std::string text;                  // literal, or the name of a value
    bool is_value = false;
    std::vector<std::string> filters;  // applied from left to right; see kFilterNames
  };
  std::vector<Piece> pieces;
  [[nodiscard]] bool empty() const { return pieces.empty(); }
};
inline constexpr std::array<std::string_view, 16> kFilterNames{"base64", "base64url", "claims", "first", "hex",    "label", "lower", "md5", "pem",
                                                               "raw",    "sha1",      "sha256", "unbase64", "unhex", "unurl", "url"};

using NamedTemplates = std::vector<std::pair<std::string, Template>>;
using NamedTexts = std::vector<std::pair<std::string, std::string>>;

/// Where something stands, in an answer or in what was given.
struct Source {
  enum class Place : std::uint8_t { kJson, kHeader, kText, kLiteral, kValue };
  Place place = Place::kJson;
  /// A JSON pointer (RFC 6901) in which * stands for every item of an array; the name of a header in small letters; an expression whose
  /// first capture is taken; the text itself; a text with placeholders.
  std::string what;
  Template value;        // kValue's
  std::string capture;   // an expression whose first capture of what stands there is meant; empty: all of it
};
/// Of several with the same name the first that gives anything holds.
using Takes = std::vector<std::pair<std::string, Source>>;

/// A condition on a value of an answer: what it must be. Text is compared as it is; "*" asks only that it be there; "~x" that the
/// expression x be found in it.
struct Condition {
  Source source;
  std::string expected;
};

/// One line of the table that turns an answer into a verdict; the first that fits wins.
struct VerdictRule {
  /// kNext: neither, but the next request may be made now.
  enum class Is : std::uint8_t { kLive, kDead, kBlocked, kUnknown, kNext };
  Is is = Is::kUnknown;
  std::vector<std::pair<int, int>> statuses;  // ranges, both ends included; empty: any
  std::vector<Condition> conditions;          // all must hold
  std::string reason;                         // for people; empty: the status says enough
  Takes take;                                 // facts, by names of kFactNames
  Takes keep;                                 // values for later requests, by name
};
inline constexpr std::array<std::string_view, 5> kRuleNames{"live", "dead", "blocked", "unknown", "next"};

/// A value made from others before a request: a digest or a signature.
struct Computed {
  std::string name;
  std::string algorithm;  // of kAlgorithmNames
  Template key;           // for the HMACs and the tokens
  Template text;          // of tokens the claims: JSON, into which values are put as into `json`
  NamedTemplates header;  // of tokens, beside alg and typ
  std::string encoding;   // of kEncodingNames
};
inline constexpr std::array<std::string_view, 14> kAlgorithmNames{"hmac-sha1", "hmac-sha256", "hmac-sha384", "hmac-sha512", "jwt-es256", "jwt-hs256", "jwt-hs512",
                                                                  "jwt-rs256", "jwt-rs512",   "md5",         "sha1",        "sha256",    "sha384",    "sha512"};
inline constexpr std::array<std::string_view, 3> kEncodingNames{"base64", "base64url", "hex"};

struct HttpRequest {
  std::string method = "GET";
  Template url;
  NamedTemplates headers;
  NamedTemplates query;  // percent-encoded
  NamedTemplates form;   // application/x-www-form-urlencoded
  Template json;         // values are escaped as JSON strings' insides
  Template body;         // as it stands
  Template bearer;
  Template user;      // with `password`: basic authentication, or a login
  Template password;
  Template ca;           // PEM; see net::Request
  Template certificate;
  Template private_key;
  Template sigv4;     // "aws:amz:REGION:SERVICE": signed with user and password so, instead of basic authentication
  std::vector<Computed> computed;
  bool details = false;  // asked of live credentials only: adds facts, changes no verdict
  std::vector<VerdictRule> rules;
};

struct Answer {
  int status = 0;
  NamedTexts headers;
  std::string body;
};

/// What the provider's documentation shows, held against the rules offline and on a loopback server.
struct ValidatorExample {
  Verdict is = Verdict::kUnknown;
  std::string pattern;           // whose example is asked about; empty: the first of `validates`
  NamedTexts parts;              // beside those that the pattern's example has, as --part gives them
  std::vector<Answer> answers;   // one for each request; the last for all that follow
  NamedTexts facts;              // that must come out; several values of one are joined by ", "
  std::uint32_t line = 0;
  std::uint32_t column = 0;
};

struct Validator {
  std::string id;        // "github.user"
  std::string provider;  // the file's stem
  std::string docs;
  std::string scheme;  // "http", or one of those written in code (validation/schemes.h)
  std::vector<std::string> validates;  // ids of patterns
  /// The only hosts it may contact: names, "*.name" for one label before a name, or "{part}" for what the scanned text names, which needs
  /// the user's permission.
  std::vector<std::string> hosts;
  Effect effect = Effect::kNone;
  double rate = 10;           // requests a second to one host, at most
  std::uint32_t parallel = 8;  // at once to one host, at most
  NamedTexts defaults;        // of parts that a credential may lack
  /// Values to try in turn until one is live, if the credential does not have the part itself: regions, for example.
  std::vector<std::pair<std::string, std::vector<std::string>>> alternatives;
  std::vector<HttpRequest> requests;
  std::vector<ValidatorExample> examples;
  std::string file;
  std::uint32_t line = 0;
  std::uint32_t column = 0;
};

}  // namespace keywake::model
