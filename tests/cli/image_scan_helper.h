// Images made of folders, and scans of them read back.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "keywake_helper.h"

namespace keywake::testing {

/// A layout of an image whose layers are folders (make_image.py).
void make_image(const std::filesystem::path& layout, const std::string& name, const std::vector<std::filesystem::path>& layers);

struct Scanned {
  Ran ran;
  std::vector<nlohmann::json> sightings;  // without exposure.last_seen, which is now
  nlohmann::json summary;
  /// The sighting of github_token(token) at that path; fails the test if there is none.
  [[nodiscard]] nlohmann::json at(unsigned token, const std::string& path) const;
};

Scanned scan_images(const Arguments& more, const Setting& setting = {});

}  // namespace keywake::testing
