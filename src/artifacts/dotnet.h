// .NET assemblies: PE files (Microsoft PE/COFF specification) with a CLI header; ECMA-335, 6th edition, partition II.22 (metadata tables),
// II.24 (heaps and table encoding), II.25 (headers), partition III (instructions).
// Parts: "constants": line N is row N of the Constant table, `NAME = "value"` for strings (constant fields, default values of parameters);
// "strings": line N is the N-th user string (heap #US), with a name where code stores it in a field or passes it to a setter,
// or where a constant has the same text (compilers copy it), which is then not shown with the constants;
// "resources/NAME": an embedded resource. User strings and constants are UTF-16 in the file. All else (names, attributes, data of static
// arrays, native resources) lies there as plain bytes and comes as the artifact's own.
// Thread safety: pure functions.
#pragma once

#include "artifacts/unfold.h"

namespace keywake::artifacts {

bool is_dotnet(std::string_view head);

Result<bool> unfold_dotnet(std::string_view bytes, const Visit& visit);

}  // namespace keywake::artifacts
