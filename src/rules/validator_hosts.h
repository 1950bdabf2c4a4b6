// Which hosts a validator may contact. Thread safety: pure functions.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "model/validator.h"

namespace keywake::rules {

/// The hosts that a URL may come to, in small letters, with its alternatives and defaults put in; what else is a placeholder stays one:
/// "api.acme.com", "{shop}.acme.com", "{host}". Empty for a URL that is one placeholder as a whole.
std::vector<std::string> hosts_of(const model::Template& url, const model::Validator& validator);

/// Whether one of a validator's `hosts` is this one, or stands for it: "*.acme.com" for exactly one label of letters, digits, - and _, or
/// one placeholder, before ".acme.com". "{part}" stands for nothing but itself.
bool holds(std::span<const std::string> hosts, std::string_view host);

}  // namespace keywake::rules
