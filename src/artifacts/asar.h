// Electron's asar archives: a JSON header of files with sizes and offsets, then their bytes.
// Source: github.com/electron/asar, README "Format"; the header stands in Chromium's Pickle (little-endian u32 lengths).
// Parts: each packed file by its path; and if they do not cover every byte behind the header, the archive's own bytes without them. Files marked
// "unpacked" lie beside the archive and are only named in it.
// Ownership: views are valid during the call. Thread safety: pure functions.
#pragma once

#include "artifacts/unfold.h"

namespace keywake::artifacts {

bool is_asar(std::string_view head);

/// Always true, or an error.
Result<bool> unfold_asar(std::string_view bytes, const Visit& visit);

}  // namespace keywake::artifacts
