#include "images/layer_entries.h"

#include "catch.h"

namespace keywake::images {
namespace {

using Type = archive::Entry::Type;

TEST_CASE("paths of a layer are names within the image") {
  CHECK(path_in_image("./etc//app.conf") == "/etc/app.conf");
  CHECK(path_in_image("/etc/app.conf") == "/etc/app.conf");
  CHECK(path_in_image("a/../../../etc/shadow") == "/etc/shadow");
  CHECK(path_in_image("../..") == "/");
  CHECK(path_in_image("") == "/");
}

TEST_CASE("what a layer takes away of those below") {
  struct Row {
    std::string entry;
    Type type;
    std::string path;
    bool removed;
  };
  const Row rows[] = {
      {"etc/.wh.app.conf", Type::kFile, "/etc/app.conf", true},
      {"etc/.wh.app.conf", Type::kFile, "/etc/app.config", false},
      {"etc/.wh.app.conf", Type::kFile, "/app.conf", false},
      {".wh.srv", Type::kFile, "/srv/deep/key", true},
      {".wh.srv", Type::kFile, "/srv2/key", false},
      {"srv/.wh..wh..opq", Type::kFile, "/srv/deep/key", true},
      {"srv/.wh..wh..opq", Type::kFile, "/srv", false},
      {".wh..wh..opq", Type::kFile, "/srv/key", true},
      {"srv/key", Type::kFile, "/srv/key", true},
      {"srv/key", Type::kFolder, "/srv/key", true},
      {"srv", Type::kFolder, "/srv/key", false},
      {"srv", Type::kSymbolicLink, "/srv/key", true},
      {"dev/x", Type::kOther, "/dev/x", true},
      {"a/../srv/.wh.key", Type::kFile, "/srv/key", true},
      // Tricks: the folder itself, the one above, aufs' own notes.
      {"srv/.wh..", Type::kFile, "/srv/key", false},
      {"srv/.wh...", Type::kFile, "/srv/key", false},
      {"srv/.wh.", Type::kFile, "/srv/key", false},
      {"srv/.wh..wh.plnk", Type::kFile, "/srv/.wh.plnk", false},
  };
  for (const Row& row : rows) {
    INFO(row.entry << " and " << row.path);
    LayerEntries entries;
    entries.add({row.entry, row.type, {}});
    entries.seal();
    CHECK(entries.removes(row.path) == row.removed);
  }
}

}  // namespace
}  // namespace keywake::images
