// Android's resources.arsc: ResTable_header and what follows it in frameworks/base/libs/androidfw/include/androidfw/ResourceTypes.h.
// Parts: "strings": line N is string N-1 of the pool of values, `NAME = "value"` with the name of the first resource that has it. All else
// (names of resources and types) comes as the file's own bytes.
// Thread safety: pure functions.
#pragma once

#include "artifacts/unfold.h"

namespace keywake::artifacts {

bool is_resource_table(std::string_view head);

Result<bool> unfold_resource_table(std::string_view bytes, const Visit& visit);

}  // namespace keywake::artifacts
