// JSON Lines: one object a sighting and nothing else, so that wc -l counts, diff compares two
// scans, and a consumer needs no case distinction. What a scan skipped is in the exit status and in
// every other format. Variables of stores (hidden ones, and those whose settings leak) follow as objects of another `type`. Under --explain the rejections follow, as objects of another `type`.
#include <fmt/format.h>

#include "report/formats.h"
#include "report/records.h"

namespace keywake::report {
namespace {

std::string open_record(std::string_view type, std::string_view object) {
  return fmt::format("{{\"schema_version\":\"{}\",\"type\":\"{}\",{}", kSchemaVersion, type,
                     members(object));
}

}  // namespace

void write_jsonl(const View& view, std::ostream& out) {
  for (const model::Credential& credential : view.result().credentials) {
    const std::string common = open_record("sighting", credential_object(view, credential));
    for (const model::Sighting& sighting : credential.sightings) {
      out << common << ',' << members(place_object(view, sighting)) << "}\n";
    }
  }
  for (const model::Variable& variable : view.result().variables) out << open_record("variable", variable_object(view, variable)) << "}\n";
  for (const auto& [sighting, rejection] : view.result().rejections) {
    out << open_record("rejection", rejection_object(view, sighting, rejection)) << "}\n";
  }
}

}  // namespace keywake::report
