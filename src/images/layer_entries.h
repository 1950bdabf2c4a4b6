// What a layer adds to the file system below it and takes away: OCI image specification, layer.md, "Representing Changes" and "Whiteouts".
//
//   ".wh.name"         takes "name" away, with all below it if it is a folder
//   ".wh..wh..opq"     takes away all that lower layers have in its folder
//   any other entry    replaces what lower layers have under its path; if it is no folder, all below that as well
//
// Paths are names: "../x" and "/x" lead nowhere but are resolved within the image, as a runtime does. Only hashes of paths are kept (16 bytes an
// entry), so that a layer of a million files costs no more than some megabytes.
// Thread safety: none while entries are added; after seal() any number of readers.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "archive/expand.h"

namespace keywake::images {

/// "./etc//app.conf" → "/etc/app.conf"; ".." stops at the root.
std::string path_in_image(std::string_view path);

class LayerEntries {
 public:
  void add(const archive::Entry& entry);
  void seal();
  /// Whether a file of a lower layer, by path_in_image(), is no longer there after this layer.
  [[nodiscard]] bool removes(std::string_view path) const;

  /// For a cache on this machine; bytes that to_bytes() cannot have written are absent.
  [[nodiscard]] std::string to_bytes() const;
  static std::optional<LayerEntries> from_bytes(std::string_view bytes);

 private:
  std::vector<std::uint64_t> itself_;  // hashes of paths that go or are replaced
  std::vector<std::uint64_t> below_;   // of folders of which all goes that is in them
};

}  // namespace keywake::images
