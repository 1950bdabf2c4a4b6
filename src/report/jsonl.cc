// JSON Lines: one object a sighting and nothing else, so that wc -l counts, diff compares two scans, and a consumer needs no case
// distinction. What a scan skipped is in the exit status and in every other format. Under --explain the rejections follow,
// as objects of another `type`.
#include "report/formats.h"
#include "report/records.h"

namespace keywake::report {

void write_jsonl(const View& view, std::ostream& out) {
  for (const model::Credential& credential : view.result().credentials) {
    for (const model::Sighting& sighting : credential.sightings) {
      out << sighting_record(view, credential, sighting) << '\n';
    }
  }
  for (const auto& [sighting, rejection] : view.result().rejections) {
    out << rejection_record(view, sighting, rejection) << '\n';
  }
}

}  // namespace keywake::report
