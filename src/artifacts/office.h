// The text parts of Office Open XML documents (docx, xlsx, pptx: zip archives of XML): a word that was edited lies there in several runs, with
// markup between them, and so does a secret.
// Source: ECMA-376 part 1: w:p and w:t (17.3), a:p and a:t (21.1.2), si and t (18.4).
// Parts: "text" with a line for each paragraph or cell; the bytes themselves with blanks for that text.
// Ownership: views are valid during the call. Thread safety: pure functions.
#pragma once

#include "artifacts/unfold.h"

namespace keywake::artifacts {

bool is_office(std::string_view head);

Result<bool> unfold_office(std::string_view bytes, const Visit& visit);

}  // namespace keywake::artifacts
