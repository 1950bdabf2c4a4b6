// A YAML file as JSON text, all scalars as strings: settings of other tools, kubeconfig. Bounded, since it may be hostile: nesting, nodes (aliases
// make small files large), and the brackets that libyaml is slow with. Errors name the line. Thread safety: a pure function.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace keywake {

Result<std::string> yaml_to_json(std::string_view text);

}  // namespace keywake
