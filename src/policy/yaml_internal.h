// YAML as JSON, all scalars as text; bounded, since aliases make small files large. Errors name the line. Thread safety: a pure function.
#pragma once

#include <nlohmann/json.hpp>
#include <string_view>

#include "base/result.h"

namespace keywake::policy {

Result<nlohmann::json> read_yaml(std::string_view text);

}  // namespace keywake::policy
