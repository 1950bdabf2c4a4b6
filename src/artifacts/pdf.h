// PDF documents: what a reader sees, and what lies beside it.
// Source: ISO 32000-1 (PDF 1.7); parsed with qpdf, from memory, without any access to files.
// Parts: "page/N" with the text of a page, in lines as they stand; "strings" with the strings of all objects as `Key = "value"` (document
// information, links, names and values of form fields); "stream/N" for other decoded streams (metadata, scripts, embedded files). Images and
// fonts are left out. A document that opens with the empty password is read; any other encrypted one is an error.
// Ownership: views are valid during the call. Thread safety: functions may run at once on different input.
#pragma once

#include "artifacts/unfold.h"

namespace keywake::artifacts {

bool is_pdf(std::string_view head);

/// True if the document has one revision only and all of it could be read: earlier revisions stand in the file's own bytes.
Result<bool> unfold_pdf(std::string_view bytes, const Visit& visit);

}  // namespace keywake::artifacts
