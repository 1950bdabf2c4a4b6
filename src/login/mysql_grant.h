// What a line of SHOW GRANTS says that its reader may know: which privileges, on what. Thread safety: pure function.
#pragma once

#include <string>
#include <string_view>

namespace keywake::login {

/// "GRANT SELECT, INSERT ON `shop`.* TO `app`@`%` IDENTIFIED BY PASSWORD '…'" gives "SELECT/INSERT on shop.*", a granted role its name, and no
/// hash of a password gets out. Empty for what grants nothing (USAGE) or is no grant.
std::string shortened_grant(std::string_view line);

}  // namespace keywake::login
