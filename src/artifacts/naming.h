// Names of what a string is given to in compiled code.
// Thread safety: pure functions; views are parts of the argument.
#pragma once

#include <string_view>

namespace keywake::artifacts {

/// "setPassword", "set_Password" → "Password"; anything else has no name.
inline std::string_view of_setter(std::string_view method) {
  if (!method.starts_with("set") || method.size() < 5) return {};
  method.remove_prefix(method[3] == '_' ? 4 : 3);
  return method[0] >= 'A' && method[0] <= 'Z' ? method : std::string_view{};
}

/// "<Password>k__BackingField", which C# makes for a property → "Password"; any other name as it is.
inline std::string_view of_property(std::string_view field) {
  const std::size_t end = field.find(">k__BackingField");
  return field.starts_with('<') && end != std::string_view::npos ? field.substr(1, end - 1) : field;
}

}  // namespace keywake::artifacts
