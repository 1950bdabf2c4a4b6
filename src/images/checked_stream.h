// Holds a blob against its descriptor while it streams. Ownership: takes the stream over. Thread safety: one thread at a time.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "archive/expand.h"
#include "base/result.h"
#include "images/store.h"

namespace keywake::images {

/// Hands on what `stream` gives; never more than the stated size. The read that should return the end fails if the bytes are not of the stated
/// size and digest, and so does the read that would go beyond the size. The caller
/// names the blob.
archive::Stream checked(archive::Stream stream, const Descriptor& blob);

/// All that a stream gives. Beyond `most` bytes it is an error, which begins with `name`.
Result<std::string> read_all(const archive::Stream& stream, std::uint64_t most, const std::string& name);

/// All of a small blob, checked.
Result<std::string> read_document(archive::Stream stream, const Descriptor& blob);

/// "sha256:…" of bytes at hand.
std::string sha256_digest(std::string_view bytes);

}  // namespace keywake::images
