// Sightings to credentials: how sure they are, and which are held back.
#include "scan/collector.h"

#include "catch.h"

namespace keywake::scan {
namespace {

using model::Confidence;

constexpr model::Pattern kGeneric{.id = "generic.password", .provider = "generic", .generic = true};
constexpr model::Pattern kSpecific{.id = "github.pat-classic", .provider = "github"};

// Collects one secret, seen with a confidence of its bytes at these paths.
struct Place {
  const char* path;
  Confidence by_bytes;
  const char* folder = "";
};

model::ScanResult collected(const model::Pattern& pattern, const std::vector<Place>& places,
                            Confidence least) {
  matching::ValueTable values;
  Collector collector(values, false, least);
  for (const Place& place : places) {
    const std::uint32_t value = values.intern(
        {.pattern = &pattern, .secret = Secret("hunter2"), .confidence = place.by_bytes});
    collector.add({value, {.target = ".", .path = place.path}, "", place.folder});
  }
  return collector.finish();
}

TEST_CASE("A credential is as sure as its surest place, and is shown with all of them") {
  constexpr Confidence kLow = Confidence::kLow;
  constexpr Confidence kMedium = Confidence::kMedium;
  constexpr Confidence kHigh = Confidence::kHigh;
  struct Row {
    const model::Pattern& pattern;
    std::vector<Place> places;
    Confidence confidence;
    std::vector<Confidence> of_places;  // in the order of a report
  };
  const Row rows[] = {
      {kGeneric, {{"a.py", kMedium}}, kMedium, {kMedium}},
      {kGeneric, {{"a.py", kLow}}, kLow, {kLow}},
      {kGeneric, {{"a.yml", kLow}}, kMedium, {kMedium}},
      {kGeneric, {{"tests/a.py", kMedium}}, kLow, {kLow}},
      {kGeneric, {{"a.py", kMedium}, {"tests/a.py", kMedium}}, kMedium, {kMedium, kLow}},
      {kGeneric,
       {{"a.py", kLow}, {"b.env", kLow}, {"docs/c.yml", kLow}},
       kMedium,
       {kLow, kMedium, kLow}},
      {kGeneric, {{"a.py", kMedium, "tests/db/"}}, kLow, {kLow}},
      {kSpecific, {{"tests/a.py", kHigh}}, kHigh, {kHigh}},
      // Found twice at one place: the surest counts, once.
      {kGeneric, {{"a.py", kLow}, {"a.py", kMedium}}, kMedium, {kMedium}},
      {kGeneric, {{"a.py", kMedium}, {"a.py", kLow}}, kMedium, {kMedium}},
  };
  for (const Row& row : rows) {
    INFO(row.pattern.id << " at " << row.places[0].path);
    for (const Confidence least : {kLow, kMedium, kHigh}) {
      INFO("--confidence " << name(least));
      const model::ScanResult result = collected(row.pattern, row.places, least);
      const bool shown = row.confidence >= least;
      for (const Confidence level : {kLow, kMedium, kHigh}) {
        const bool held_back = !shown && level == row.confidence;
        CHECK(result.summary.held_back[static_cast<std::size_t>(level)] == (held_back ? 1 : 0));
      }
      CHECK(result.held_back.size() == (shown ? 0 : 1));
      REQUIRE(result.credentials.size() == (shown ? 1 : 0));
      if (!shown) continue;
      CHECK(name(result.credentials[0].confidence) == name(row.confidence));
      REQUIRE(result.credentials[0].sightings.size() == row.of_places.size());
      for (std::size_t i = 0; i < row.of_places.size(); ++i) {
        const model::Sighting& sighting = result.credentials[0].sightings[i];
        CHECK(name(sighting.confidence) == name(row.of_places[i]));
        CHECK(sighting.judged_by.empty() == (sighting.confidence == sighting.by_bytes));
      }
    }
  }
}

}  // namespace
}  // namespace keywake::scan
