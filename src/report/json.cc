// One JSON document: tool, summary, credentials each with its sightings, variables of stores, rejections (under
// --explain), skips.
#include <fmt/format.h>

#include "report/formats.h"
#include "report/records.h"

namespace keywake::report {
void write_json(const View& view, std::ostream& out) {
  const model::ScanResult& result = view.result();
  out << fmt::format(
             "{{\"schema_version\":\"{}\",\n\"tool\":{{\"name\":\"keywake\",\"version\":{}}},\n",
             kSchemaVersion, json_string(view.options().version))
      << "\"summary\":" << summary_object(view) << ",\n\"credentials\":";
  JsonArray credentials(out);
  for (const model::Credential& credential : result.credentials) {
    credentials.add(open_object(credential_object(view, credential)));
    out << fmt::format(",\"confidence\":\"{}\",\"sightings\":", name(credential.confidence));
    JsonArray sightings(out);
    for (const model::Sighting& sighting : credential.sightings) {
      sightings.add(place_object(view, sighting));
    }
    sightings.close();
    out << '}';
  }
  credentials.close();
  out << ",\n\"variables\":";
  JsonArray variables(out);
  for (const model::Variable& variable : result.variables) variables.add(variable_object(view, variable));
  variables.close();
  out << ",\n\"rejections\":";
  JsonArray rejections(out);
  for (const auto& [sighting, rejection] : result.rejections) {
    rejections.add(rejection_object(view, sighting, rejection));
  }
  rejections.close();
  out << ",\n\"skipped\":";
  JsonArray skipped(out);
  for (const model::Skip& skip : result.summary.skips) {
    skipped.add(fmt::format("{{\"what\":{},\"reason\":{},\"failed\":{}}}",
                            json_string(view.name(skip.what)), json_string(skip.reason),
                            skip.failed));
  }
  skipped.close();
  out << "}\n";
}

}  // namespace keywake::report
