#include "scan/image_scan.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <mutex>
#include <set>
#include <utility>

#include "archive/expand.h"
#include "base/parallel.h"
#include "base/text.h"
#include "images/manifest.h"
#include "scan/image_target.h"
#include "scan/layer_cache.h"
#include "scan/layer_scan_internal.h"
#include "sources/pieces.h"

namespace keywake::scan {
namespace {

constexpr const char* kRefName = "org.opencontainers.image.ref.name";

LayerCacheOptions cache_options(const Request& request) {
  return request.images.layer_cache && request.jenkins_secrets.empty() ? request.images.layer_cache() : LayerCacheOptions();
}

class ImageScan {
 public:
  ImageScan(const Context& context, images::ImageStore& store, const images::Reference& reference, const std::string& target)
      : context_(context), store_(store), target_(target), matcher_(context), cache_(cache_options(context.request)) {
    images::Reference named = reference;
    if (context.request.images.all_tags) named.tag.clear();
    name_ = images::name_of(named);
  }

  Result<void> run() {
    context_.progress.stage = "images";
    auto roots = context_.request.images.all_tags ? tagged() : store_.roots();
    if (!roots) return std::unexpected(roots.error());
    if (auto left = leave_out_layers(); !left) return left;
    const std::vector<std::string>& platforms = context_.request.images.platforms;
    images::Walked walked = images::walk(store_, *roots, platforms);
    add_referrers(*roots, walked);
    for (auto& [what, error] : walked.problems) skip(what, error.message);
    for (images::Image& image : walked.images) read_config(std::move(image));
    if (images_.empty() && walked.problems.empty() && !platforms.empty()) return fail(fmt::format("{}: has no image for the platforms that --platform names", printable(target_)));
    scan_layers();
    mark_base();
    for (const Known& image : images_) report(image);
    return {};
  }

 private:
  struct Known {
    images::Image image;
    std::optional<images::Config> config;
    model::ImagePlace place;
    std::optional<std::uint32_t> base_layers;  // the lowest so many come from the base image; absent: not known
  };

  void skip(const std::string& what, const std::string& reason) { context_.collector.skip({target_ + ": " + what, reason, true}); }

  // --all-tags: each tag's manifest, named by its tag. A tag that cannot be had is a problem of its own.
  Result<std::vector<images::Descriptor>> tagged() {
    const auto tags = store_.tags();
    if (!tags) return std::unexpected(tags.error());
    std::vector<images::Descriptor> out;
    for (const std::string& tag : *tags) {
      auto root = store_.tagged(tag);
      if (!root) {
        skip("tag " + printable(tag), root.error().message);
        continue;
      }
      root->annotations.emplace(kRefName, tag);
      out.push_back(std::move(*root));
    }
    if (out.empty() && !tags->empty()) return fail(fmt::format("{}: none of its {} tags could be read", printable(target_), tags->size()));
    return out;
  }

  // Attestations and signatures that point to an image.
  void add_referrers(const std::vector<images::Descriptor>& roots, images::Walked& walked) {
    std::vector<images::Descriptor> subjects = roots;
    for (const images::Image& image : walked.images) {
      const bool root = std::any_of(roots.begin(), roots.end(), [&](const images::Descriptor& each) { return each.digest == image.descriptor.digest; });
      if (!root) subjects.push_back(image.descriptor);
    }
    std::vector<images::Descriptor> found;
    for (const images::Descriptor& subject : subjects) {
      auto referrers = store_.referrers(subject);
      if (!referrers) skip("what refers to " + subject.digest, referrers.error().message);
      else found.insert(found.end(), referrers->begin(), referrers->end());
    }
    if (found.empty()) return;
    images::Walked more = images::walk(store_, found, {});
    std::move(more.images.begin(), more.images.end(), std::back_inserter(walked.images));
    std::move(more.problems.begin(), more.problems.end(), std::back_inserter(walked.problems));
  }

  void scan_layers() {
    const std::set<std::string> known = recall();
    std::vector<images::Descriptor> wanted;
    for (const auto& [digest, layer] : layers_) {
      if (!known.contains(digest)) wanted.push_back(layer.blob);
    }
    store_.each(wanted, [this](const images::Descriptor& blob, Result<archive::Stream> stream) {
      scan_layer(context_, matcher_, std::move(stream), layers_.at(blob.digest));
    });
    context_.collector.layers += layers_.size();
    context_.collector.known_layers += known.size();
    for (auto& [digest, layer] : layers_) {
      if (!known.contains(digest)) remember(digest, layer);
      layer.repositories.scan(
          context_, [&layer = layer](Seen seen, const std::string& folder) { layer.found.push_back({std::move(seen), folder, false}); },
          [&layer = layer](model::Skip left) { layer.skips.push_back(std::move(left)); });
      for (const model::Skip& each : layer.skips) {
        context_.collector.skip({fmt::format("{}: layer {}{}{}", target_, digest, each.what.empty() ? "" : " ", each.what), each.reason, each.failed});
      }
    }
  }

  // Layers that an earlier scan has read: of those with findings only these are read, and all of it if they are not what they were.
  std::set<std::string> recall() {
    std::set<std::string> known;
    std::mutex mutex;
    TaskGroup group;
    for (auto& [digest, layer] : layers_) {
      group.run([&, &digest = digest, &layer = layer] {
        auto earlier = cache_.find(digest);
        if (!earlier) return;
        Layer again{.blob = layer.blob};
        if (!earlier->parts.ranges.empty()) {
          scan_layer(context_, matcher_, images::open_parts(store_, layer.blob, std::move(earlier->parts)), again);
          if (kept(context_, again) != earlier->found || std::any_of(again.skips.begin(), again.skips.end(), [](const model::Skip& each) { return each.failed; })) return;
        }
        again.entries = std::move(earlier->entries);
        again.skips = std::move(earlier->skips);
        layer = std::move(again);
        const std::scoped_lock lock(mutex);
        known.insert(digest);
      });
    }
    group.wait();
    return known;
  }

  void remember(const std::string& digest, const Layer& layer) {
    const std::size_t found = kept(context_, layer);
    if (!layer.parts && (found > 0 || !layer.repositories.empty())) return;
    // What could not be read now may be readable another time.
    if (std::any_of(layer.skips.begin(), layer.skips.end(), [](const model::Skip& each) { return each.failed || archive::lacks_reader(each.reason); })) return;
    cache_.put(digest, {layer.entries, layer.skips, layer.parts.value_or(images::LayerParts{}), found});
  }

  // Which layers come from the base image: those of the image that org.opencontainers.image.base.digest names, if it is at hand in the same
  // place; else by the history (images::base_layers()).
  void mark_base() {
    for (Known& known : images_) {
      known.base_layers = known.config ? images::base_layers(*known.config, known.place.layer_count) : std::nullopt;
      const auto& annotations = known.image.manifest.annotations;
      const auto base = annotations.find("org.opencontainers.image.base.digest");
      if (base == annotations.end()) continue;
      const auto at_hand = std::find_if(images_.begin(), images_.end(), [&](const Known& each) { return each.image.descriptor.digest == base->second; });
      if (at_hand == images_.end()) continue;
      const auto& mine = known.image.manifest.layers;
      const auto& its = at_hand->image.manifest.layers;
      const bool below = its.size() <= mine.size() && std::equal(its.begin(), its.end(), mine.begin(), [](const auto& a, const auto& b) { return a.digest == b.digest; });
      if (below) known.base_layers = static_cast<std::uint32_t>(its.size());
    }
  }

  // The other image of --not-in is one image.
  ImageOptions other_images() const {
    ImageOptions out = context_.request.images;
    out.all_tags = false;
    return out;
  }

  // --not-in
  Result<void> leave_out_layers() {
    for (const std::string& other : context_.request.images.not_in) {
      const auto reference = find_image(other);
      if (!reference) return std::unexpected(reference.error());
      if (!*reference) return fail(fmt::format("--not-in {}: is no image", printable(other)));
      const auto store = open_images(**reference, other_images());
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
    if (const auto ref = image.index_annotations.find(kRefName); ref != image.index_annotations.end() && !name_.ends_with(":" + ref->second)) {
      place.name += ":" + ref->second;
    }
    place.digest = image.descriptor.digest;
    place.platform = image.descriptor.platform;
    if (place.platform.empty() && known.config) place.platform = known.config->platform;
    if (!images::is_wanted(place.platform, context_.request.images.platforms)) return;
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
      if (!diff_id_known && !left_out_.contains(layer.digest)) layers_.try_emplace(layer.digest, Layer{.blob = layer});
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
      for (const LayerFinding& found : stack[i]->found) {
        Seen seen = found.seen;
        model::ImagePlace place = known.place;
        place.layer = stack[i]->blob.digest;
        place.layer_index = static_cast<std::uint32_t>(i + 1);
        place.created_by = instructions[i];
        if (known.base_layers) place.from_base = i < *known.base_layers;
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
  std::string name_;
  const std::string& target_;
  PieceMatcher matcher_;
  LayerCache cache_;
  std::set<std::string> left_out_;        // digests and diff ids
  std::map<std::string, Layer> layers_;   // by digest
  std::vector<Known> images_;
};

}  // namespace

Result<void> scan_images(const Context& context, const images::Reference& reference, const std::string& target) {
  const auto store = open_images(reference, context.request.images);
  if (!store) return std::unexpected(store.error());
  return ImageScan(context, **store, reference, target).run();
}

}  // namespace keywake::scan
