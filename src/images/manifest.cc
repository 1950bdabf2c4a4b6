#include "images/manifest.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "base/json_nesting.h"
#include "base/text.h"

namespace keywake::images {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kUnknown = "unknown";
constexpr std::uint64_t kMaxAnnotations = 64ull << 20;  // bytes, of all images of one walk together

std::string text(const Json& object, const char* key) {
  const auto found = object.is_object() ? object.find(key) : object.end();
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

const Json& member(const Json& object, const char* key) {
  static const Json kNone;
  const auto found = object.is_object() ? object.find(key) : object.end();
  return found == object.end() ? kNone : *found;
}

std::map<std::string, std::string> texts_of(const Json& object) {
  std::map<std::string, std::string> out;
  if (!object.is_object()) return out;
  for (const auto& [key, value] : object.items()) {
    if (value.is_string()) out.emplace(key, value.get<std::string>());
  }
  return out;
}

// "linux/arm/v7", from the members of a platform object or of a config.
std::string platform_of(const Json& object) {
  const std::string os = text(object, "os");
  const std::string architecture = text(object, "architecture");
  if ((os.empty() && architecture.empty()) || os == kUnknown) return os == kUnknown ? "unknown" : "";
  std::string out = os + "/" + architecture;
  if (const std::string variant = text(object, "variant"); !variant.empty()) out += "/" + variant;
  return out;
}

Result<Descriptor> descriptor(const Json& object, const std::string& name, std::string_view what) {
  Descriptor out;
  out.digest = text(object, "digest");
  if (!is_digest(out.digest)) {
    return fail(fmt::format("{}: {} has no digest that is sha256: or sha512: and hexadecimal digits, but \"{}\"", name, what, printable(out.digest.substr(0, 160))));
  }
  const Json& size = member(object, "size");
  if (!size.is_number_unsigned()) return fail(fmt::format("{}: {} {} states no size", name, what, out.digest));
  out.size = size.get<std::uint64_t>();
  out.media_type = text(object, "mediaType");
  out.platform = platform_of(member(object, "platform"));
  out.annotations = texts_of(member(object, "annotations"));
  return out;
}

Result<std::vector<Descriptor>> descriptors(const Json& list, const std::string& name, std::string_view what, std::size_t most) {
  if (!list.is_array()) return fail(fmt::format("{}: its {}s are no list", name, what));
  if (list.size() > most) return fail(fmt::format("{}: {} {}s, more than the {} that are read", name, list.size(), what, most));
  std::vector<Descriptor> out;
  for (const Json& each : list) {
    auto one = descriptor(each, name, fmt::format("{} {}", what, out.size() + 1));
    if (!one) return std::unexpected(one.error());
    out.push_back(std::move(*one));
  }
  return out;
}

Result<Json> parse(std::string_view bytes, const std::string& name) {
  if (bytes.size() > kMaxDocument) return fail(fmt::format("{}: larger than {}", name, human_bytes(kMaxDocument)));
  if (nests_deeper_than(kMaxNesting, bytes)) return fail(fmt::format("{}: is nested more than {} deep, which no image's documents are", name, kMaxNesting));
  Json out = Json::parse(bytes.begin(), bytes.end(), nullptr, false);
  if (out.is_discarded() || !out.is_object()) return fail(fmt::format("{}: is no JSON object", name));
  return out;
}

std::string dump(const Json& value, int indent) { return value.dump(indent, ' ', false, Json::error_handler_t::replace); }

// A value for people: strings as they are, lists and maps of strings a line each, all else as JSON.
void add_texts(const std::string& path, const Json& value, std::vector<ConfigText>& out) {
  auto all_strings = [](const Json& each) { return std::all_of(each.begin(), each.end(), [](const Json& item) { return item.is_string(); }); };
  std::string lines;
  if (value.is_string()) {
    lines = value.get<std::string>();
  } else if (value.is_array() && all_strings(value)) {
    for (const Json& each : value) lines += each.get<std::string>() + "\n";
  } else if (value.is_object() && all_strings(value)) {
    for (const auto& [key, each] : value.items()) lines += key + "=" + each.get<std::string>() + "\n";
  } else if (value.is_structured()) {
    lines = dump(value, 1);
  }
  if (!lines.empty()) out.push_back({path, std::move(lines)});
}

HistoryEntry history_entry(const Json& object) {
  const Json& empty = member(object, "empty_layer");
  return {text(object, "created"), text(object, "created_by"), text(object, "author"), text(object, "comment"), empty.is_boolean() && empty.get<bool>()};
}

}  // namespace

Result<Manifest> parse_manifest(std::string_view bytes, const std::string& name) {
  const auto json = parse(bytes, name);
  if (!json) return std::unexpected(json.error());
  Manifest out;
  out.annotations = texts_of(member(*json, "annotations"));
  // By content, not by media type: that is optional in OCI's forms, and a document that is both things is one of the ways to hide something.
  const bool has_manifests = json->contains("manifests");
  const bool has_layers = json->contains("layers") || json->contains("config");
  if (has_manifests && has_layers) return fail(fmt::format("{}: is an index and an image manifest at once; an image must not be both", name));
  if (!has_manifests && !has_layers) {
    const bool schema1 = json->contains("fsLayers");
    return fail(schema1 ? fmt::format("{}: is a Docker schema 1 manifest, which no registry serves any more; push the image again", name)
                        : fmt::format("{}: is neither an index nor an image manifest", name));
  }
  out.is_index = has_manifests;
  if (out.is_index) {
    auto manifests = descriptors(member(*json, "manifests"), name, "manifest", kMaxManifests);
    if (!manifests) return std::unexpected(manifests.error());
    out.manifests = std::move(*manifests);
    return out;
  }
  auto config = descriptor(member(*json, "config"), name, "config");
  if (!config) return std::unexpected(config.error());
  out.config = std::move(*config);
  auto layers = descriptors(member(*json, "layers"), name, "layer", kMaxLayers);
  if (!layers) return std::unexpected(layers.error());
  out.layers = std::move(*layers);
  return out;
}

Result<Config> parse_config(std::string_view bytes, const std::string& name) {
  const auto json = parse(bytes, name);
  if (!json) return std::unexpected(json.error());
  Config out;
  out.platform = platform_of(*json);
  out.created = text(*json, "created");
  out.author = text(*json, "author");
  out.labels = texts_of(member(member(*json, "config"), "Labels"));
  if (const Json& history = member(*json, "history"); history.is_array()) {
    if (history.size() > kMaxHistory) return fail(fmt::format("{}: a history of {} entries, more than the {} that are read", name, history.size(), kMaxHistory));
    for (const Json& each : history) out.history.push_back(history_entry(each));
  }
  if (const Json& diff_ids = member(member(*json, "rootfs"), "diff_ids"); diff_ids.is_array()) {
    if (diff_ids.size() > kMaxLayers) return fail(fmt::format("{}: {} layers, more than the {} that are read", name, diff_ids.size(), kMaxLayers));
    for (const Json& each : diff_ids) out.diff_ids.push_back(each.is_string() ? each.get<std::string>() : "");
  }

  for (const char* key : {"config", "container_config"}) {
    const Json& config = member(*json, key);
    if (!config.is_object()) continue;
    for (const auto& [setting, value] : config.items()) add_texts(fmt::format("{}/{}", key, setting), value, out.texts);
  }
  for (std::size_t i = 0; i < out.history.size(); ++i) {
    const HistoryEntry& entry = out.history[i];
    std::string lines = entry.created_by;
    for (const std::string& more : {entry.comment, entry.author}) {
      if (!more.empty()) lines += "\n" + more;
    }
    if (!lines.empty()) out.texts.push_back({fmt::format("history/{}", i + 1), std::move(lines)});
  }
  Json rest = *json;
  for (const char* known : {"config", "container_config", "history", "rootfs"}) {
    if (const Json& value = member(rest, known); value.is_object() || value.is_array()) rest.erase(known);
  }
  out.texts.push_back({"config.json", dump(rest, 1)});
  return out;
}

std::vector<std::string> instructions(const Config& config, std::size_t layers) {
  std::vector<std::string> out(layers);
  std::size_t at = 0;
  for (const HistoryEntry& entry : config.history) {
    if (entry.empty_layer) continue;
    if (at == layers) return std::vector<std::string>(layers);  // it tells of more layers than there are: of which, nobody can say
    out[at++] = entry.created_by;
  }
  // Short of some, likewise.
  return at == layers ? out : std::vector<std::string>(layers);
}

std::optional<std::uint32_t> base_layers(const Config& config, std::size_t layers) {
  // "/bin/sh -c #(nop)  CMD [\"bash\"]" of the old builder, "CMD [\"bash\"]" of BuildKit.
  auto ends_image = [](const HistoryEntry& entry) {
    if (!entry.empty_layer) return false;
    std::string_view made = entry.created_by;
    if (const std::size_t nop = made.find("#(nop)"); nop != std::string_view::npos) made.remove_prefix(nop + 6);
    made.remove_prefix(std::min(made.find_first_not_of(' '), made.size()));
    return made.starts_with("CMD") || made.starts_with("ENTRYPOINT");
  };
  std::uint32_t so_far = 0;   // layers
  std::uint32_t ended_at = 0;
  std::uint32_t base = 0;
  for (const HistoryEntry& entry : config.history) {
    if (ends_image(entry)) ended_at = so_far;
    if (entry.empty_layer) continue;
    if (ended_at > 0) base = ended_at;
    ++so_far;
  }
  return base > 0 && so_far == layers ? std::optional(base) : std::nullopt;
}

bool is_wanted(const std::string& platform, const std::vector<std::string>& platforms) {
  if (platforms.empty() || platform.empty()) return true;
  return std::any_of(platforms.begin(), platforms.end(), [&](const std::string& wanted) { return platform == wanted || platform.starts_with(wanted + "/"); });
}

namespace {

class Walk {
 public:
  Walk(ImageStore& store, const std::vector<std::string>& platforms) : store_(store), platforms_(platforms) {}

  using Annotations = std::map<std::string, std::string>;

  void visit(const Descriptor& descriptor, const Annotations& inherited, std::vector<std::string>& above) {
    if (!is_wanted(descriptor.platform, platforms_)) return;
    const std::string name = "manifest " + descriptor.digest;
    if (std::find(above.begin(), above.end(), descriptor.digest) != above.end()) return problem(name, "an index that refers to itself; it is not followed");
    if (above.size() > kMaxIndexDepth) return problem(name, fmt::format("indexes nested more than {} deep; it is not followed", kMaxIndexDepth));
    if (!seen_.insert(descriptor.digest).second) return;
    if (seen_.size() > kMaxManifests) {
      if (seen_.size() == kMaxManifests + 1) problem(name, fmt::format("more than {} manifests; the rest is left out", human_count(kMaxManifests)));
      return;
    }
    const auto bytes = store_.read(descriptor);
    if (!bytes) return problem(name, bytes.error().message);
    auto manifest = parse_manifest(*bytes, name);
    if (!manifest) return problem(name, manifest.error().message);
    Annotations annotations = inherited;
    annotations.insert(descriptor.annotations.begin(), descriptor.annotations.end());
    if (!manifest->is_index) {
      if (!afford(annotations)) annotations.clear();
      out.images.push_back({descriptor, std::move(*manifest), std::move(annotations)});
      return;
    }
    annotations.insert(manifest->annotations.begin(), manifest->annotations.end());
    above.push_back(descriptor.digest);
    for (const Descriptor& each : manifest->manifests) visit(each, annotations, above);
    above.pop_back();
  }

  Walked out;

 private:
  // Each image has a copy of those of the indexes above.
  bool afford(const Annotations& annotations) {
    std::uint64_t size = 0;
    for (const auto& [key, value] : annotations) size += key.size() + value.size();
    const bool fits = size <= annotations_left_;
    if (!fits && !std::exchange(annotations_left_out_, true)) {
      problem("annotations", fmt::format("indexes give their images more than {} of them; the rest is left out", human_bytes(kMaxAnnotations)));
    }
    if (fits) annotations_left_ -= size;
    return fits;
  }
  void problem(const std::string& what, std::string reason) { out.problems.emplace_back(what, Error{std::move(reason)}); }

  ImageStore& store_;
  const std::vector<std::string>& platforms_;
  std::set<std::string> seen_;
  std::uint64_t annotations_left_ = kMaxAnnotations;  // bytes
  bool annotations_left_out_ = false;
};

}  // namespace

Walked walk(ImageStore& store, const std::vector<Descriptor>& roots, const std::vector<std::string>& platforms) {
  Walk walk(store, platforms);
  std::vector<std::string> above;
  for (const Descriptor& root : roots) walk.visit(root, {}, above);
  return std::move(walk.out);
}

}  // namespace keywake::images
