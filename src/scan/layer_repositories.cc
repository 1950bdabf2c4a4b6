#include "scan/layer_repositories.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "base/ascii.h"
#include "base/text.h"
#include "git/repository.h"
#include "scan/history_scan.h"

namespace keywake::scan {
namespace fs = std::filesystem;
namespace {

constexpr std::size_t kMaxFolders = 1000;  // of one layer

bool is_hex(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return hex_digit(c) >= 0; });
}

// What follows "objects/" in a repository: "4b/825dc…", "pack/pack-….pack".
bool is_object_file(std::string_view name) {
  if (name.starts_with("pack/")) return name.find('/', 5) == std::string_view::npos && name.size() < 255;
  return name.size() > 30 && name.size() < 255 && name[2] == '/' && is_hex(name.substr(0, 2)) && is_hex(name.substr(3));
}

bool is_ref(std::string_view name) {
  if (name == "HEAD" || name == "packed-refs" || name == "shallow" || name == "config") return true;
  return name.starts_with("refs/") && name.size() < 1024 && name.find("/../") == std::string_view::npos;
}

struct Part {
  std::string_view folder;  // "/app/.git"
  std::string_view name;    // "objects/4b/825dc…"
  bool object = false;
};

// Of a path in the image; absent: no part of a repository.
std::optional<Part> part_of(std::string_view path) {
  if (path.find("!/") != std::string_view::npos) return std::nullopt;  // in an archive
  for (const std::string_view mark : {"/objects/", "/refs/"}) {
    const std::size_t at = path.rfind(mark);
    if (at == std::string_view::npos || at == 0) continue;
    const std::string_view name = path.substr(at + 1);
    const bool object = mark == "/objects/";
    if (object ? is_object_file(name.substr(8)) : is_ref(name)) return Part{path.substr(0, at), name, object};
  }
  const std::size_t slash = path.rfind('/');
  if (slash == std::string_view::npos || slash == 0 || !is_ref(path.substr(slash + 1))) return std::nullopt;
  const Part out{path.substr(0, slash), path.substr(slash + 1), false};
  // Files of such names are everywhere.
  const bool named = out.name == "packed-refs" || out.folder.ends_with(".git") || out.folder.find(".git/modules/") != std::string_view::npos;
  return named ? std::optional(out) : std::nullopt;
}

// Takes what a scan finds, and hands it on.
class Diverted : public Collector {
 public:
  Diverted(const Context& context, std::function<void(Seen)> found, std::function<void(model::Skip)> skipped)
      : Collector(context.values, context.request.explain, context.request.min_confidence, context.request.suppress), found_(std::move(found)), skipped_(std::move(skipped)) {}
  void add(Seen seen) override { found_(std::move(seen)); }
  void skip(model::Skip skip) override { skipped_(std::move(skip)); }

 private:
  const std::function<void(Seen)> found_;
  const std::function<void(model::Skip)> skipped_;
};

}  // namespace

void LayerRepositories::File::append(std::string_view bytes) {
  if (!all_->problem_.empty()) return;
  all_->bytes_ += bytes.size();
  if (all_->bytes_ > kMaxRepositoryBytes) {
    all_->problem_ = fmt::format("git repositories of more than {} in one layer: their history is left out; copy them out of the image and scan them there", human_bytes(kMaxRepositoryBytes));
  } else if (std::fwrite(bytes.data(), 1, bytes.size(), file_.get()) != bytes.size()) {
    all_->problem_ = fmt::format("git repositories in it: {}", std::strerror(errno));
  }
}

std::optional<LayerRepositories::File> LayerRepositories::file(std::string_view path) {
  const auto part = part_of(path);
  if (!part || !problem_.empty()) return std::nullopt;
  auto known = folders_.find(part->folder);
  if (known == folders_.end()) {
    if (folders_.size() == kMaxFolders) return std::nullopt;
    known = folders_.emplace(part->folder, std::to_string(folders_.size())).first;
  }
  if (!folder_) {
    auto made = MemoryFolder::make();
    if (!made) {
      problem_ = fmt::format("git repositories in it: {}", made.error().message);
      return std::nullopt;
    }
    folder_ = std::move(*made);
  }
  const fs::path place = folder_->path() / known->second / ".git" / part->name;
  std::error_code ec;
  fs::create_directories(place.parent_path(), ec);
  std::FILE* const out = ec ? nullptr : std::fopen(place.c_str(), "we");
  if (out == nullptr) return std::nullopt;  // "refs/a" beside "refs/a/b": no repository has both
  if (part->object) objects_.emplace(part->folder);
  return File(*this, out);
}

void LayerRepositories::scan(const Context& context, const std::function<void(Seen seen, const std::string& folder)>& found,
                             const std::function<void(model::Skip)>& skip) {
  if (!problem_.empty()) return skip({"", problem_, false});
  for (const std::string& folder : objects_) {
    const fs::path place = folder_->path() / folders_.at(folder);
    std::error_code ec;
    if (const fs::path head = place / ".git/HEAD"; !fs::exists(head, ec)) {
      // In another layer, perhaps; the objects are what counts.
      if (std::FILE* const file = std::fopen(head.c_str(), "we")) {
        std::fputs("ref: refs/heads/main\n", file);
        std::fclose(file);
      }
    }
    fs::create_directories(place / ".git/refs", ec);
    auto repository = git::Repository::open(place);
    if (!repository || !*repository) {
      skip({folder, repository ? "no git repository after all" : repository.error().message, false});
      continue;
    }
    Diverted collector(
        context,
        [&](Seen seen) {
          seen.sighting.path = folder + "!/" + seen.sighting.path;
          found(std::move(seen), folder);
        },
        // Another layer may have what is missing here, and nobody can tell.
        [&](const model::Skip& left) { skip({folder, left.reason, false}); });
    const Context inner{context.request, context.engine, context.values, collector, context.progress, context.threads, context.archive_limits};
    scan_history(inner, **repository, folder);
    context.collector.files += collector.files;
    context.collector.blobs += collector.blobs;
    context.collector.commits += collector.commits;
    context.collector.bytes += collector.bytes;
    context.collector.bytes_matched += collector.bytes_matched;
  }
}

}  // namespace keywake::scan
