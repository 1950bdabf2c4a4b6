// Compiled Python modules (.pyc, Python 3.0 to 3.14): strings of their code, without running any of it.
// Source: CPython's Python/marshal.c, Lib/importlib/_bootstrap_external.py (magic numbers), PEP 552 (header), Lib/opcode.py of each version.
// Parts: "strings": for each piece of code `NAME = "value"` where a constant goes straight into a name, an attribute, a keyword argument or a
// literal dict's key, then its other string constants, one a line.
// Ownership: views are valid during the call. Thread safety: pure functions.
#pragma once

#include "artifacts/unfold.h"

namespace keywake::artifacts {

bool is_pyc(std::string_view head);

/// True: nothing but names of things and file names is left beside the parts. False if tuples are nested beyond all measure.
Result<bool> unfold_pyc(std::string_view bytes, const Visit& visit);

}  // namespace keywake::artifacts
