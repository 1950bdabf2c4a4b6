// The JSON objects that json and jsonl share, as text: ASCII only (everything else as \uXXXX, which
// also keeps control sequences from a terminal), keys in a fixed order, on one line.
// docs/jsonl.schema.json describes a line of jsonl; json uses the same names. Thread safety: all
// functions are pure.
#pragma once

#include <ostream>
#include <string>
#include <string_view>

#include "report/view.h"

namespace keywake::report {

inline constexpr std::string_view kSchemaVersion = "1.3";

/// What a credential has in common for all its sightings, and what one of them adds (the confidence
/// that its place leaves among it; the credential's own is the highest of them).
std::string credential_object(const View& view, const model::Credential& credential);
std::string place_object(const View& view, const model::Sighting& sighting);
/// `,"validation":…,"identity":…,"owners":…`: what is known of the credential, for objects that are about one of its places.
std::string knowledge_members(const View& view, const model::Credential& credential);
/// A variable of a store whose value is hidden, or whose settings leak.
std::string variable_object(const View& view, const model::Variable& variable);
std::string rejection_object(const View& view, const model::Sighting& sighting,
                             const model::Rejection& rejection);
std::string summary_object(const View& view);

/// A string as JSON, quotes included; bytes that are not UTF-8 become U+FFFD.
std::string json_string(std::string_view text);

/// A JSON array written item by item, so that a report of a million sightings needs no memory for
/// them: each item on its own line.
class JsonArray {
 public:
  explicit JsonArray(std::ostream& out) : out_(out) { out_ << '['; }
  void add(std::string_view item) {
    out_ << (empty_ ? "\n" : ",\n") << item;
    empty_ = false;
  }
  void close() { out_ << (empty_ ? "]" : "\n]"); }

 private:
  std::ostream& out_;
  bool empty_ = true;
};

/// `{"a":1}` less its closing brace, for more members to be appended to it, and its members alone.
inline std::string_view open_object(std::string_view object) {
  return object.substr(0, object.size() - 1);
}
inline std::string_view members(std::string_view object) {
  return object.substr(1, object.size() - 2);
}

}  // namespace keywake::report
