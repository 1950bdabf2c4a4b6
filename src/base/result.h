// Result<T>: what a call that can fail returns. An Error is a message for a person: it names the thing,
// the fact and the remedy, and never holds a secret. Absence without a reason is std::optional.
// Thread safety: values, like any other.
#pragma once

#include <expected>
#include <string>
#include <utility>

namespace keywake {

struct Error {
  std::string message;
};

template <typename T>
using Result = std::expected<T, Error>;

/// `return fail("pack-1.pack: truncated at byte 12");`
inline std::unexpected<Error> fail(std::string message) {
  return std::unexpected<Error>(Error{std::move(message)});
}

}  // namespace keywake
