// Sightings of a layer wait until all layers are read: only then it is known which files are still there in the end. Findings are few, so this
// costs little; of everything else only hashes of paths are kept (images/layer_entries.h).
#include "scan/image_scan.h"

#include <fmt/format.h>

#include <algorithm>
#include <filesystem>
#include <functional>
#include <map>
#include <set>
#include <utility>

#include "archive/magic.h"
#include "base/parallel.h"
#include "base/text.h"
#include "base/utf16.h"
#include "images/docker_archive.h"
#include "images/layer_entries.h"
#include "images/layout.h"
#include "images/manifest.h"
#include "scan/piece_matcher_internal.h"
#include "sources/pieces.h"

namespace keywake::scan {
namespace fs = std::filesystem;
namespace {

using Transport = images::Reference::Transport;

constexpr std::size_t kHead = 65536;

struct Found {
  Seen seen;
  std::string file;  // by path_in_image(), without what follows "!/"; empty: the layer is no file system
  bool replaced = false;  // by a later entry of the same layer
};

struct Layer {
  images::Descriptor blob;
  images::LayerEntries entries;
  std::vector<Found> found;
};

// Takes pieces from one layer or config, on one thread.
class HoldingSink : public sources::Sink {
 public:
  HoldingSink(const Context& context, PieceMatcher& matcher, std::function<void(Seen)> found) : context_(context), matcher_(matcher), found_(std::move(found)) {}
  void piece(const sources::Piece& piece) override { matcher_.match(piece, found_); }
  void skip(model::Skip skip) override { context_.collector.skip(std::move(skip)); }
  void progress(std::uint64_t files, std::uint64_t bytes) override {
    context_.collector.files += files;
    context_.collector.bytes += bytes;
    context_.progress.objects += files;
    context_.progress.bytes += bytes;
  }

 private:
  const Context& context_;
  PieceMatcher& matcher_;
  std::function<void(Seen)> found_;
};

class LayerScan : public archive::Visitor {
 public:
  LayerScan(const Context& context, PieceMatcher& matcher, const std::string& target, Layer& layer)
      : context_(context), layer_(layer), what_(fmt::format("{}: layer {}", target, layer.blob.digest)),
        sink_(context, matcher, [this](Seen seen) { layer_.found.push_back({std::move(seen), file_, false}); }), writer_(sink_) {}

  void run(images::ImageStore& store) {
    auto opened = store.open(layer_.blob);
    if (!opened) return problem("", opened.error().message, true);
    // An error is kept for the end, and looks like the end: libarchive reads ahead and would drop what came before it.
    archive::Stream stream{.read = [this, read = opened->read]() -> Result<std::string_view> {
      if (error_) return std::string_view();
      auto part = read();
      if (part) return part;
      error_ = part.error();
      return std::string_view();
    }};
    scan(stream);
    // To the end, where its digest is checked.
    for (auto part = stream.read(); part && !part->empty(); part = stream.read()) {
    }
    if (error_) problem("", error_->message, true);
    layer_.entries.seal();
  }

  void entry(const archive::Entry& entry) override {
    name_ = entry.path;
    file_ = images::path_in_image(entry.path);
    layer_.entries.add(entry);
    for (Found& found : layer_.found) found.replaced |= found.file == file_;
    if (entry.type != archive::Entry::Type::kHardLink) return;
    // Another name for what came before; it may outlive that.
    const std::string original = images::path_in_image(entry.target);
    const std::size_t count = layer_.found.size();
    for (std::size_t i = 0; i < count; ++i) {
      if (layer_.found[i].file != original || layer_.found[i].replaced) continue;
      Found copy = layer_.found[i];
      copy.seen.sighting.path = file_ + copy.seen.sighting.path.substr(original.size());
      copy.file = file_;
      layer_.found.push_back(std::move(copy));
    }
  }

  void member(const std::string& path, std::string_view bytes) override {
    const std::string place = place_of(path);
    sink_.progress(1, bytes.size());
    if (!is_selected(place)) return;
    const auto text = utf16_to_utf8(bytes);
    sources::emit_pieces(place, text ? std::string_view(*text) : bytes, sink_);
  }

  void large_member(const std::string& path, const archive::ReadMore& read) override {
    const std::string place = place_of(path);
    sink_.progress(1, 0);
    if (!is_selected(place)) return;
    writer_.start(place);
    for (auto part = read(); part && !part->empty(); part = read()) {
      sink_.progress(0, part->size());
      writer_.append(*part);
    }
    writer_.finish();
  }

  void left_out(const std::string& path, const std::string& reason, bool failed) override {
    if (error_) return;  // its cause is reported at the end
    // An archive within an image may be damaged, and nobody can read it; a layer that is, is a fault of the image.
    const bool layer_broken = path.empty() && reason.starts_with("damaged");
    problem(path.empty() ? "" : place_of(path), reason, failed || layer_broken);
  }

 private:
  void scan(const archive::Stream& stream) {
    std::string head;
    while (head.size() < kHead) {
      auto part = stream.read();
      if (!part || part->empty()) break;
      head += *part;
    }
    bool first = true;
    const archive::Stream whole{.read = [&]() -> Result<std::string_view> {
      if (std::exchange(first, false)) return std::string_view(head);
      return stream.read();
    }};
    if (archive::is_archive(head)) {
      archive::expand("layer", whole, context_.archive_limits, *this);
      return;
    }
    // An empty tar is zeros and nothing else.
    if (head.find_first_not_of('\0') == std::string::npos) return;
    // Attestations and other artifacts are no file systems.
    large_member("", whole.read);
  }

  std::string place_of(const std::string& path) const {
    if (name_.empty() || !path.starts_with(name_)) return path.empty() ? "layer" : "layer!/" + path;
    return file_ + path.substr(name_.size());
  }

  bool is_selected(const std::string& place) const {
    const std::string_view path = std::string_view(place).substr(place.starts_with('/') ? 1 : 0);
    auto matches = [&](const std::string& glob) { return glob_match(glob, path); };
    const Request& request = context_.request;
    return std::none_of(request.exclude.begin(), request.exclude.end(), matches) &&
           (request.include.empty() || std::any_of(request.include.begin(), request.include.end(), matches));
  }

  void problem(const std::string& path, const std::string& reason, bool failed) {
    context_.collector.skip({path.empty() ? what_ : what_ + " " + path, reason, failed});
  }

  const Context& context_;
  Layer& layer_;
  const std::string what_;
  std::string name_;  // of the current entry, as it is in the tar
  std::string file_;  // the same by path_in_image()
  std::optional<Error> error_;
  HoldingSink sink_;
  sources::PieceWriter writer_;
};

class ImageScan {
 public:
  ImageScan(const Context& context, images::ImageStore& store, const images::Reference& reference, const std::string& target)
      : context_(context), store_(store), name_(images::name_of(reference)), target_(target), matcher_(context) {}

  Result<void> run() {
    context_.progress.stage = "images";
    const auto roots = store_.roots();
    if (!roots) return std::unexpected(roots.error());
    if (auto left = leave_out_layers(); !left) return left;
    images::Walked walked = images::walk(store_, *roots, context_.request.platforms);
    for (auto& [what, error] : walked.problems) skip(what, error.message);
    for (images::Image& image : walked.images) read_config(std::move(image));
    if (images_.empty() && walked.problems.empty() && !context_.request.platforms.empty()) return fail(fmt::format("{}: has no image for the platforms that --platform names", printable(target_)));
    TaskGroup group;
    for (auto& [digest, layer] : layers_) {
      group.run([this, &layer = layer] { LayerScan(context_, matcher_, target_, layer).run(store_); });
    }
    group.wait();
    for (const Known& image : images_) report(image);
    return {};
  }

 private:
  struct Known {
    images::Image image;
    std::optional<images::Config> config;
    model::ImagePlace place;
  };

  void skip(const std::string& what, const std::string& reason) { context_.collector.skip({target_ + ": " + what, reason, true}); }

  // --not-in
  Result<void> leave_out_layers() {
    for (const std::string& other : context_.request.not_in) {
      const auto reference = find_image(other);
      if (!reference) return std::unexpected(reference.error());
      if (!*reference) return fail(fmt::format("--not-in {}: is no image", printable(other)));
      const auto store = open_images(**reference);
      if (!store) return std::unexpected(store.error());
      const auto roots = (*store)->roots();
      if (!roots) return std::unexpected(roots.error());
      for (const images::Image& image : images::walk(**store, *roots, {}).images) {
        for (const images::Descriptor& layer : image.manifest.layers) left_out_.insert(layer.digest);
        // The same layer has another digest where it is compressed in another way.
        const auto bytes = (*store)->read(image.manifest.config);
        if (!bytes) continue;
        if (const auto config = images::parse_config(*bytes, other)) left_out_.insert(config->diff_ids.begin(), config->diff_ids.end());
      }
    }
    return {};
  }

  void read_config(images::Image image) {
    Known known;
    const std::string what = "config " + image.manifest.config.digest;
    if (auto bytes = store_.read(image.manifest.config); !bytes) {
      skip(what, bytes.error().message);
    } else if (auto config = images::parse_config(*bytes, what)) {
      known.config = std::move(*config);
    } else if (image.manifest.config.media_type.find("image") != std::string::npos) {
      skip(what, config.error().message);
    }
    model::ImagePlace& place = known.place;
    place.name = name_;
    if (const auto ref = image.index_annotations.find("org.opencontainers.image.ref.name"); ref != image.index_annotations.end() && !name_.ends_with(":" + ref->second)) {
      place.name += ":" + ref->second;
    }
    place.digest = image.descriptor.digest;
    place.platform = image.descriptor.platform;
    if (place.platform.empty() && known.config) place.platform = known.config->platform;
    if (!images::is_wanted(place.platform, context_.request.platforms)) return;
    place.layer_count = static_cast<std::uint32_t>(image.manifest.layers.size());
    auto says = [&](const std::string& key) -> std::string {
      const std::string full = "org.opencontainers.image." + key;
      for (const auto* map : {&image.manifest.annotations, &image.index_annotations}) {
        if (const auto found = map->find(full); found != map->end()) return found->second;
      }
      if (!known.config) return "";
      const auto label = known.config->labels.find(full);
      return label == known.config->labels.end() ? "" : label->second;
    };
    place.authors = says("authors");
    place.source = says("source");
    place.revision = says("revision");
    place.vendor = says("vendor");
    if (known.config && place.authors.empty()) {
      const auto maintainer = known.config->labels.find("maintainer");
      place.authors = maintainer == known.config->labels.end() ? known.config->author : maintainer->second;
    }
    for (std::size_t i = 0; i < image.manifest.layers.size(); ++i) {
      const images::Descriptor& layer = image.manifest.layers[i];
      const bool diff_id_known = known.config && i < known.config->diff_ids.size() && left_out_.contains(known.config->diff_ids[i]);
      if (!diff_id_known && !left_out_.contains(layer.digest)) layers_.try_emplace(layer.digest, Layer{layer, {}, {}});
    }
    known.image = std::move(image);
    images_.push_back(std::move(known));
  }

  void report(const Known& known) {
    scan_texts(known);
    const auto instructions = known.config ? images::instructions(*known.config, known.place.layer_count) : std::vector<std::string>(known.place.layer_count);
    std::vector<const Layer*> stack;
    for (const images::Descriptor& layer : known.image.manifest.layers) {
      const auto found = layers_.find(layer.digest);
      stack.push_back(found == layers_.end() ? nullptr : &found->second);
    }
    for (std::size_t i = 0; i < stack.size(); ++i) {
      if (stack[i] == nullptr) continue;
      for (const Found& found : stack[i]->found) {
        Seen seen = found.seen;
        model::ImagePlace place = known.place;
        place.layer = stack[i]->blob.digest;
        place.layer_index = static_cast<std::uint32_t>(i + 1);
        place.created_by = instructions[i];
        place.deleted_in = found.replaced ? place.layer_index : 0;
        for (std::size_t above = i + 1; above < stack.size() && place.deleted_in == 0 && !found.file.empty(); ++above) {
          if (stack[above] != nullptr && stack[above]->entries.removes(found.file)) place.deleted_in = static_cast<std::uint32_t>(above + 1);
        }
        seen.sighting.target = target_;
        seen.sighting.image = std::move(place);
        context_.collector.add(std::move(seen));
      }
    }
  }

  void scan_texts(const Known& known) {
    HoldingSink sink(context_, matcher_, [&](Seen seen) {
      seen.sighting.target = target_;
      seen.sighting.image = known.place;
      context_.collector.add(std::move(seen));
    });
    auto scan = [&](const std::string& path, const std::string& text) {
      sources::emit_pieces(path, text, sink);
      sink.progress(1, text.size());
    };
    if (known.config) {
      for (const images::ConfigText& each : known.config->texts) scan(each.path, each.text);
    }
    auto annotations = known.image.index_annotations;
    annotations.insert(known.image.manifest.annotations.begin(), known.image.manifest.annotations.end());
    auto lines = [](const std::map<std::string, std::string>& map) {
      std::string out;
      for (const auto& [key, value] : map) out += key + "=" + value + "\n";
      return out;
    };
    if (!annotations.empty()) scan("annotations", lines(annotations));
    for (std::size_t i = 0; i < known.image.manifest.layers.size(); ++i) {
      const auto& layer = known.image.manifest.layers[i];
      if (!layer.annotations.empty()) scan(fmt::format("annotations/layer {}", i + 1), lines(layer.annotations));
    }
  }

  const Context& context_;
  images::ImageStore& store_;
  const std::string name_;
  const std::string& target_;
  PieceMatcher matcher_;
  std::set<std::string> left_out_;        // digests and diff ids
  std::map<std::string, Layer> layers_;   // by digest
  std::vector<Known> images_;
};

// First members that tars of images begin with; saves decompressing every other compressed tar twice.
bool may_be_image(std::string_view first) {
  const bool hex = first.size() >= 64 && first.substr(0, 64).find_first_not_of("0123456789abcdef") == std::string_view::npos;
  return hex || first.starts_with("blobs") || first == "oci-layout" || first == "index.json" || first == "manifest.json" || first == "repositories" || first.empty();
}

}  // namespace

Result<std::optional<images::Reference>> find_image(const std::string& target) {
  auto written = images::parse_reference(target);
  if (!written || *written) return written;
  images::Reference found;
  found.path = target;
  std::error_code ec;
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

Result<std::unique_ptr<images::ImageStore>> open_images(const images::Reference& reference) {
  const std::string name = printable(images::name_of(reference));
  if (reference.transport == Transport::kOciLayout) return images::open_layout(reference.path, reference.tag);
  if (reference.transport != Transport::kOciArchive && reference.transport != Transport::kDockerArchive) {
    return fail(fmt::format("{}: images of registries and daemons are not read; save it (skopeo copy … oci-archive:image.tar) and scan that", name));
  }
  auto file = images::TarFile::open(reference.path);
  if (!file) return std::unexpected(file.error());
  if (!*file) return fail(fmt::format("{}: is no tar", name));
  if (reference.transport == Transport::kOciArchive) return images::open_layout_archive(std::move(**file), reference.path, reference.tag);
  const std::string image = reference.repository.empty() ? "" : reference.repository + ":" + (reference.tag.empty() ? "latest" : reference.tag);
  return images::open_docker_archive(std::move(**file), reference.path, image);
}

Result<void> scan_images(const Context& context, const images::Reference& reference, const std::string& target) {
  const auto store = open_images(reference);
  if (!store) return std::unexpected(store.error());
  return ImageScan(context, **store, reference, target).run();
}

}  // namespace keywake::scan
