#include "model/variable.h"

namespace keywake::model {

std::string_view nhi_of(std::string_view leaking_setting) {
  for (const LeakingSettingKind& kind : kLeakingSettings) {
    if (kind.id == leaking_setting) return kind.nhi;
  }
  return "";
}

std::string path_of(const CiPlace& place) {
  std::string out = place.scope + "/" + place.variable;
  std::string_view separator = " (";
  for (const std::string& environment : place.environments) {
    out.append(separator).append(environment);
    separator = ", ";
  }
  if (!place.environments.empty()) out += ")";
  return out;
}

}  // namespace keywake::model
