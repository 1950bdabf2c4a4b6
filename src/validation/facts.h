// Facts that answers tell, as they are collected. Thread safety: pure functions.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "model/validation.h"

namespace keywake::validation {

/// Adds a fact in its place by name, unless it is known already (what was said first stays) or nothing is left of the values, of which
/// empty ones are dropped.
void add_fact(std::vector<model::Fact>& facts, std::string_view name, std::vector<std::string> values);

/// "2026-11-23" of seconds since 1970, in UTC.
std::string day_of(std::int64_t seconds);

}  // namespace keywake::validation
