// Settings that let a variable leak, or make a leak worse (model::kLeakingSettings), judged by what its store tells. Thread safety: pure.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "model/variable.h"

namespace keywake::stores {

inline constexpr int kOldAfterDays = 90;

/// Of a variable that holds a secret; of others the settings do not matter. `cloud`: the provider whose key was found in the value ("aws"),
/// empty if that is not known, and then the name is asked. `now`: seconds since 1970.
std::vector<model::LeakingSetting> leaks_of(const model::Variable& variable, std::string_view cloud, std::int64_t now);

}  // namespace keywake::stores
