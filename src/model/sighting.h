// Questions about the place of a sighting. Thread safety: pure functions.
#pragma once

#include <string_view>

#include "model/finding.h"

namespace keywake::model {

/// In today's files as far as is known: not only in the past.
bool is_current(const Sighting& sighting);
/// "blob:…": an object that no tree names.
bool in_no_tree(const Sighting& sighting);
/// "commit:…", "tag:…", "blob:…" or "-": no file of that name exists.
bool is_pseudo_path(std::string_view path);
/// "a/app.war!/lib/x" → "a/app.war": the file that a CI system knows.
std::string_view outer_file(std::string_view path);

}  // namespace keywake::model
