// Stand-ins for secrets: what documentation, templates and tests write where a credential would go.
// Thread safety: pure functions.
#pragma once

#include <optional>
#include <string_view>

namespace keywake::matching {

/// Why `body` (a secret without the literal prefix of its format) is a stand-in; absent when it is
/// not recognised as one.
std::optional<std::string_view> placeholder_reason(std::string_view body);

/// Whether `reason`, one of placeholder_reason(), leaves it open that the text is a credential as it was issued, or was made to look like
/// one: ascending or repeated characters, or a word like "example" in it. Not open: templates, filler (`xxxx`), what is cut short.
bool may_be_issued(std::string_view reason);
/// The same, but for the words.
bool is_ordered(std::string_view reason);

}  // namespace keywake::matching
