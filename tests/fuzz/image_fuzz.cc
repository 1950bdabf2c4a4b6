// libFuzzer over what reads the documents of images and the names in their layers: manifests, configurations, references, challenges of registries,
// whiteouts, entries of the layer cache. The first byte chooses which.
#include <cstdint>
#include <string>
#include <string_view>

#include "images/layer_entries.h"
#include "images/manifest.h"
#include "images/reference.h"
#include "images/registry_auth.h"
#include "require.h"

namespace {

using namespace keywake;

void read_config(std::string_view bytes) {
  const auto config = images::parse_config(bytes, "config");
  if (!config) return;
  require(config->history.size() <= images::kMaxHistory && config->diff_ids.size() <= images::kMaxLayers, "a configuration is bounded");
  for (const std::size_t layers : {std::size_t{0}, config->diff_ids.size(), std::size_t{3}}) {
    require(images::instructions(*config, layers).size() == layers, "an instruction a layer");
    if (const auto base = images::base_layers(*config, layers)) require(*base <= layers, "the base is part of the image");
  }
}

void read_manifest(std::string_view bytes) {
  const auto manifest = images::parse_manifest(bytes, "manifest");
  if (!manifest) return;
  require(manifest->layers.size() <= images::kMaxLayers && manifest->manifests.size() <= images::kMaxManifests, "a manifest is bounded");
  for (const auto& layer : manifest->layers) require(layer.digest.find('/') == std::string::npos && layer.digest.find("..") == std::string::npos, "a digest leads nowhere");
}

// Each line an entry of a layer; the last one is asked about.
void read_entries(std::string_view bytes) {
  images::LayerEntries entries;
  std::string last;
  while (!bytes.empty()) {
    const std::size_t end = bytes.find('\n');
    last = bytes.substr(0, end);
    bytes.remove_prefix(end == std::string_view::npos ? bytes.size() : end + 1);
    const std::string path = images::path_in_image(last);
    require(path.starts_with('/') && path.find("/../") == std::string::npos && path.find("//") == std::string::npos, "a path in the image stays in it");
    require(images::path_in_image(path) == path, "a resolved path is resolved");
    entries.add({last, last.size() % 3 == 0 ? archive::Entry::Type::kFolder : archive::Entry::Type::kFile, ""});
  }
  entries.seal();
  const bool removes = entries.removes(images::path_in_image(last));
  const auto again = images::LayerEntries::from_bytes(entries.to_bytes());
  require(again && again->removes(images::path_in_image(last)) == removes, "what the cache keeps is what there was");
}

void read_reference(std::string_view bytes) {
  const auto reference = images::parse_reference(std::string(bytes));
  if (!reference || !*reference) return;
  require(!images::name_of(**reference).empty(), "an image has a name");
  require((*reference)->repository.find("..") == std::string::npos, "a repository leads nowhere");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  switch (data[0] % 6) {
    case 0: read_manifest(bytes); break;
    case 1: read_config(bytes); break;
    case 2: read_entries(bytes); break;
    case 3: read_reference(bytes); break;
    case 4: (void)images::parse_challenges(bytes); break;
    default: (void)images::LayerEntries::from_bytes(bytes); break;
  }
  return 0;
}
