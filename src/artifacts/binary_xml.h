// Android's binary XML (AndroidManifest.xml, layouts): ResXMLTree_header and what follows it in
// frameworks/base/libs/androidfw/include/androidfw/ResourceTypes.h.
// Parts: "xml": the document as text, each element on the line that it had in the source, as far as the file states it; "strings": strings that
// no element shows (comments and what tools left behind), line N being string N-1 of the pool.
// Thread safety: pure functions.
#pragma once

#include "artifacts/unfold.h"

namespace keywake::artifacts {

bool is_binary_xml(std::string_view head);

Result<bool> unfold_binary_xml(std::string_view bytes, const Visit& visit);

}  // namespace keywake::artifacts
