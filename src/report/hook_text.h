// What a git hook says when it stops something: each credential at its place, and how to go on. Plain text, no colours, and no wider than
// asked for where it can be: git puts "remote: " before what a server's hook says. Nothing at all for a result without credentials.
// Thread safety: pure but for the stream.
#pragma once

#include <ostream>

#include "report/view.h"

namespace keywake::report {

/// What is stopped.
enum class Stopped : unsigned char { kCommit, kMessage, kPush, kReceive };

void write_hook_text(const View& view, Stopped what, std::ostream& out);

/// A command that writes keywake:allow beside a place, with the reason left to be filled in. Empty where no comment can stand (JSON, archives)
/// or the path cannot be copied.
std::string allow_command(const model::Credential& credential, const model::Sighting& sighting);

}  // namespace keywake::report
