// Traps: credentials that somebody put up to learn who tries them. patterns/canaries.tsv lists
// whose accounts and hosts are such. A credential of one gets the part `canary`, by which whatever
// would try it knows to leave it alone. Thread safety: pure functions.
#pragma once

#include <optional>
#include <string_view>

namespace keywake::matching {

/// The name of the part that says whose trap a credential is.
inline constexpr std::string_view kCanaryPart = "canary";

/// Whose trap every key of this AWS account is; absent if it is not known for one.
std::optional<std::string_view> canary_account(std::string_view account);

/// Whose trap is behind a host that stands in `text`: a URL, a host name.
std::optional<std::string_view> canary_host(std::string_view text);

}  // namespace keywake::matching
