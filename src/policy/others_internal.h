// The readers of other tools' files that stand in files of their own. Errors, thread safety: as policy/others.h.
#pragma once

#include "policy/others.h"

namespace keywake::policy {

Made read_gitleaks_ignore(std::string_view text, const Reading& reading);
Made read_betterleaks_ignore(std::string_view text, const Reading& reading);
Made read_detect_secrets(std::string_view text, const Reading& reading);

}  // namespace keywake::policy
