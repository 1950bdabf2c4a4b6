// Git repositories inside a layer of an image (".git" that a COPY brought along, bare ones of any name): their objects and refs are kept in
// memory while the layer streams by, and scanned as repositories, history and all, when all layers are read.
// A folder is a repository if it has objects/<2 digits>/<rest> or objects/pack/…; of it only what a scan reads is kept, and nothing that leads
// out of it (alternates, commondir). A later layer that adds to it (git pull in a RUN line) is a repository of its own then, with the new objects.
// Bounds: kMaxRepositoryBytes of one layer; above it the layer's repositories are left out, and say so.
// Ownership: owns the files. Thread safety: none, one thread at a time.
#pragma once

#include <cstdint>
#include <cstdio>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/memory_folder.h"
#include "scan/context.h"

namespace keywake::scan {

inline constexpr std::uint64_t kMaxRepositoryBytes = 256ull << 20;

class LayerRepositories {
 public:
  class File {
   public:
    void append(std::string_view bytes);

   private:
    friend class LayerRepositories;
    struct Close {
      void operator()(std::FILE* file) const { std::fclose(file); }
    };
    File(LayerRepositories& all, std::FILE* file) : all_(&all), file_(file) {}
    LayerRepositories* all_;
    std::unique_ptr<std::FILE, Close> file_;
  };

  /// Where to keep a file's bytes, if it is part of a repository. `path`: by images::path_in_image().
  std::optional<File> file(std::string_view path);
  [[nodiscard]] bool empty() const { return objects_.empty() && problem_.empty(); }

  /// Scans the histories. `found` gets each sighting with the repository's folder ("/app/.git"); its path is "/app/.git!/src/a.py". Problems go
  /// to `skip`.
  void scan(const Context& context, const std::function<void(Seen seen, const std::string& folder)>& found, const std::function<void(model::Skip)>& skip);

 private:
  std::optional<MemoryFolder> folder_;
  std::map<std::string, std::string, std::less<>> folders_;  // of a repository in the image → its name in folder_
  std::set<std::string, std::less<>> objects_;               // those that have objects
  std::uint64_t bytes_ = 0;
  std::string problem_;  // why the rest is not kept
};

}  // namespace keywake::scan
