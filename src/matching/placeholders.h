// Stand-ins for secrets: what documentation, templates and tests write where a credential would go.
// Thread safety: pure functions.
#pragma once

#include <optional>
#include <string_view>

namespace keywake::matching {

/// Why `body` (a secret without the literal prefix of its format) is a stand-in; absent when it is
/// not recognised as one.
std::optional<std::string_view> placeholder_reason(std::string_view body);

}  // namespace keywake::matching
