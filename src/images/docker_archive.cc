#include "images/docker_archive.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>
#include <optional>

#include "base/json_nesting.h"
#include "base/text.h"
#include "images/checked_stream.h"
#include "images/manifest.h"
#include "images/tar_blobs.h"

namespace keywake::images {
namespace {

using Json = nlohmann::ordered_json;

constexpr const char* kManifest = "manifest.json";
constexpr const char* kManifestType = "application/vnd.docker.distribution.manifest.v2+json";
constexpr const char* kConfigType = "application/vnd.docker.container.image.v1+json";
constexpr const char* kLayerType = "application/vnd.docker.image.rootfs.diff.tar";
constexpr std::size_t kMaxImages = 1000;

// The digest that a path promises: "blobs/sha256/<hex>", "<hex>.json"; empty: none.
std::string promised_digest(std::string_view path) {
  std::string_view name = path.substr(path.rfind('/') + 1);
  if (name.ends_with(".json")) name.remove_suffix(5);
  if (name.size() != 64 || name.find_first_not_of("0123456789abcdef") != std::string_view::npos) return "";
  return "sha256:" + std::string(name);
}

std::vector<std::string> strings(const Json& object, const char* key) {
  std::vector<std::string> out;
  const auto list = object.find(key);
  if (list == object.end() || !list->is_array()) return out;
  for (const Json& each : *list) {
    if (each.is_string()) out.push_back(each.get<std::string>());
  }
  return out;
}

// Docker writes "acme/shop:1.2", skopeo "docker.io/acme/shop:1.2": the same image.
std::string_view short_name(std::string_view name) {
  for (const std::string_view prefix : {"docker.io/", "library/"}) {
    if (name.starts_with(prefix)) name.remove_prefix(prefix.size());
  }
  return name;
}

class DockerArchive : public ImageStore {
 public:
  DockerArchive(TarFile file, std::string path, std::string name) : file_(std::move(file)), path_(std::move(path)), name_(std::move(name)) {}

  Result<void> load() {
    auto bytes = small(kManifest);
    if (!bytes) return std::unexpected(bytes.error());
    const Json list = nests_deeper_than(kMaxNesting, *bytes) ? Json() : Json::parse(*bytes, nullptr, false);
    if (!list.is_array()) return fail(fmt::format("{}: its {} is no JSON list", path_, kManifest));
    if (list.size() > kMaxImages) return fail(fmt::format("{}: {} images, more than the {} that are read", path_, list.size(), kMaxImages));
    std::string others;
    for (const Json& image : list) {
      const std::vector<std::string> tags = image.is_object() ? strings(image, "RepoTags") : std::vector<std::string>();
      const bool named = std::any_of(tags.begin(), tags.end(), [&](const std::string& tag) { return short_name(tag) == short_name(name_); });
      if (!name_.empty() && !named) {
        for (const std::string& tag : tags) others += (others.empty() ? "" : ", ") + printable(tag);
        continue;
      }
      if (auto added = add(image, tags); !added) return added;
    }
    if (roots_.empty()) return fail(fmt::format("{}: no image{}{}", path_, name_.empty() ? "" : " named " + printable(name_), others.empty() ? "" : "; there are " + others));
    return {};
  }

  Result<std::vector<Descriptor>> roots() override { return roots_; }

  Result<std::string> read(const Descriptor& blob) override {
    // A manifest bears the digest of its config; its type tells them apart.
    if (blob.media_type == kManifestType) {
      const auto manifest = manifests_.find(blob.digest);
      if (manifest != manifests_.end()) return manifest->second;
    }
    auto stream = raw(blob);
    if (!stream) return std::unexpected(stream.error());
    return read_document(std::move(*stream), blob);
  }

  Result<archive::Stream> open(const Descriptor& blob) override {
    auto stream = raw(blob);
    if (!stream) return std::unexpected(stream.error());
    return checked(std::move(*stream), blob);
  }

  Result<archive::Stream> open_from(const Descriptor& blob, std::uint64_t offset) override {
    const TarFile::Member* member = member_of(blob);
    return member != nullptr && file_.in_place() ? file_.read_from(*member, offset) : ImageStore::open_from(blob, offset);
  }

  void each(const std::vector<Descriptor>& blobs, const Visit& visit) override {
    if (file_.in_place()) return ImageStore::each(blobs, visit);
    each_in_one_pass(file_, blobs, [this](const Descriptor& blob) { return member_of(blob); }, visit);
  }

 private:
  const TarFile::Member* member_of(const Descriptor& blob) const {
    const auto path = paths_.find(blob.digest);
    return path == paths_.end() ? nullptr : file_.find(path->second);
  }

  Result<std::string> small(const std::string& name) {
    const TarFile::Member* member = file_.find(name);
    if (member == nullptr) return fail(fmt::format("{}: no file {} in it", path_, printable(name)));
    auto stream = file_.read(*member);
    if (!stream) return std::unexpected(stream.error());
    return read_all(*stream, kMaxDocument, fmt::format("{}: its {}", path_, printable(name)));
  }

  Result<archive::Stream> raw(const Descriptor& blob) {
    const TarFile::Member* member = member_of(blob);
    if (member == nullptr) return fail(fmt::format("{}: {} is not in the archive", path_, blob.digest));
    return file_.read(*member);
  }

  Result<void> add(const Json& image, const std::vector<std::string>& tags) {
    const auto path = image.is_object() ? image.find("Config") : image.end();
    if (path == image.end() || !path->is_string()) return fail(fmt::format("{}: an image in its {} names no Config", path_, kManifest));
    const auto config_path = path->get<std::string>();
    const auto bytes = small(config_path);
    if (!bytes) return std::unexpected(bytes.error());
    const auto config = parse_config(*bytes, fmt::format("{}: {}", path_, printable(config_path)));
    if (!config) return std::unexpected(config.error());
    const std::string id = sha256_digest(*bytes);
    const std::string promised = promised_digest(config_path);

    Json manifest;
    manifest["schemaVersion"] = 2;
    // The name that its path promises, so that reading it fails where it lies.
    manifest["config"] = {{"mediaType", kConfigType}, {"size", bytes->size()}, {"digest", promised.empty() ? id : promised}};
    paths_.emplace(promised.empty() ? id : promised, config_path);
    Json layers = Json::array();
    const std::vector<std::string> layer_paths = strings(image, "Layers");
    if (layer_paths.size() > kMaxLayers) return fail(fmt::format("{}: an image of {} layers, more than the {} that are read", path_, layer_paths.size(), kMaxLayers));
    for (std::size_t i = 0; i < layer_paths.size(); ++i) {
      const std::string& layer = layer_paths[i];
      const TarFile::Member* member = file_.find(layer);
      std::string digest = layer.starts_with("blobs/sha256/") ? promised_digest(layer) : "";
      if (digest.empty() && i < config->diff_ids.size()) digest = config->diff_ids[i];
      if (digest.empty()) return fail(fmt::format("{}: {}: the config has no diff id for it", path_, printable(layer)));
      paths_.emplace(digest, layer);
      layers.push_back({{"mediaType", kLayerType}, {"size", member == nullptr ? 0 : member->size}, {"digest", digest}});
    }
    manifest["layers"] = std::move(layers);
    Descriptor root{kManifestType, id, 0, config->platform, {}};
    if (!tags.empty()) root.annotations["org.opencontainers.image.ref.name"] = tags.front();
    manifests_.emplace(id, manifest.dump(-1, ' ', false, Json::error_handler_t::replace));
    roots_.push_back(std::move(root));
    return {};
  }

  TarFile file_;
  std::string path_;
  std::string name_;
  std::vector<Descriptor> roots_;
  std::map<std::string, std::string> manifests_;  // by digest
  std::map<std::string, std::string> paths_;      // of blobs, by digest
};

}  // namespace

Result<std::unique_ptr<ImageStore>> open_docker_archive(TarFile file, const std::string& path, const std::string& name) {
  if (file.count(kManifest) > 1) return fail(fmt::format("{}: {} occurs more than once, so it can be read in several ways", printable(path), kManifest));
  auto out = std::make_unique<DockerArchive>(std::move(file), printable(path), name);
  if (auto loaded = out->load(); !loaded) return std::unexpected(loaded.error());
  return out;
}

bool is_docker_archive(const TarFile& file) { return file.find(kManifest) != nullptr; }

}  // namespace keywake::images
