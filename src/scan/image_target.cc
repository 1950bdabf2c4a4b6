#include "scan/image_target.h"

#include <fmt/format.h>

#include <filesystem>
#include <utility>

#include "base/text.h"
#include "images/daemon.h"
#include "images/docker_archive.h"
#include "images/folder.h"
#include "images/layout.h"
#include "images/registry.h"
#include "images/tar_file.h"

namespace keywake::scan {
namespace fs = std::filesystem;
namespace {

using Transport = images::Reference::Transport;

// First members that tars of images begin with; saves decompressing every other compressed tar twice.
bool may_be_image(std::string_view first) {
  const bool hex = first.size() >= 64 && first.substr(0, 64).find_first_not_of("0123456789abcdef") == std::string_view::npos;
  return hex || first.starts_with("blobs") || first == "oci-layout" || first == "index.json" || first == "manifest.json" || first == "repositories" || first.empty();
}

}  // namespace

Result<std::optional<images::Reference>> find_image(const std::string& target) {
  std::error_code ec;
  if (!fs::exists(target, ec)) return images::parse_reference(target);
  images::Reference found;
  found.path = target;
  if (fs::is_directory(target, ec)) {
    found.transport = Transport::kOciLayout;
    return images::is_layout(target) ? std::optional(found) : std::nullopt;
  }
  if (!fs::is_regular_file(target, ec)) return std::optional<images::Reference>();
  // What cannot be read is the affair of whoever scans it as a file.
  const auto file = images::TarFile::open(target, may_be_image);
  if (!file || !*file) return std::optional<images::Reference>();
  // Newer archives of `docker save` are layouts too; those have manifests with digests that others know.
  const bool layout = images::is_layout(**file);
  if (!layout && !images::is_docker_archive(**file)) return std::optional<images::Reference>();
  found.transport = layout ? Transport::kOciArchive : Transport::kDockerArchive;
  return found;
}

Result<std::unique_ptr<images::ImageStore>> open_images(const images::Reference& reference, const ImageOptions& options) {
  const std::string name = printable(images::name_of(reference));
  if (options.all_tags && reference.transport != Transport::kRegistry) return fail(fmt::format("{}: --all-tags is for images of a registry (docker://registry/name)", name));
  switch (reference.transport) {
    case Transport::kRegistry: return images::open_registry(reference, options.client, images::credentials_for(reference, options.credential_helpers));
    case Transport::kOciLayout: return images::open_layout(reference.path, reference.tag);
    case Transport::kFolder: return images::open_folder(reference.path);
    default: break;
  }
  Result<images::TarFile> file = fail(name + ": is no tar");
  if (reference.transport == Transport::kDockerDaemon) {
    auto daemon = images::daemon_archive(reference);
    if (!daemon) return std::unexpected(daemon.error());
    file = images::TarFile::open(std::move(*daemon), name);
  } else {
    auto opened = images::TarFile::open(reference.path);
    if (!opened) return std::unexpected(opened.error());
    if (*opened) file = std::move(**opened);
  }
  if (!file) return std::unexpected(file.error());
  // What a daemon sends holds the one image that was asked for.
  if (reference.transport == Transport::kDockerDaemon) {
    return images::is_layout(*file) ? images::open_layout_archive(std::move(*file), name, "") : images::open_docker_archive(std::move(*file), name, "");
  }
  if (reference.transport == Transport::kOciArchive) return images::open_layout_archive(std::move(*file), reference.path, reference.tag);
  const std::string image = reference.repository.empty() ? "" : reference.repository + ":" + (reference.tag.empty() ? "latest" : reference.tag);
  return images::open_docker_archive(std::move(*file), reference.path, image);
}

}  // namespace keywake::scan
