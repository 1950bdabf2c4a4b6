// The version of keywake, the one in CMakeLists.txt (a test holds them together).
#pragma once

#include <string_view>

namespace keywake::cli {

inline constexpr std::string_view kVersion = "0.1.0";

}  // namespace keywake::cli
