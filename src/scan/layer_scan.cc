#include "scan/layer_scan_internal.h"

#include <algorithm>
#include <optional>
#include <unordered_map>

#include "archive/magic.h"
#include "base/text.h"
#include "base/utf16.h"
#include "sources/pieces.h"

namespace keywake::scan {
namespace {

constexpr std::size_t kHead = 65536;

// A layer is a file system, so it may be larger than any archive in one; it passes through as a stream, and the bound on the ratio stays.
constexpr std::uint64_t kMaxLayerBytes = 1ull << 40;
constexpr std::uint64_t kMaxLayerFiles = 10'000'000;

archive::Limits limits_of_layer(archive::Limits limits) {
  limits.total_bytes = kMaxLayerBytes;
  limits.members = kMaxLayerFiles;
  return limits;
}

class LayerScan : public archive::Visitor {
 public:
  LayerScan(const Context& context, PieceMatcher& matcher, Layer& layer)
      : context_(context), layer_(layer),
        sink_(context, matcher, [this](Seen seen) { found(std::move(seen)); }), writer_(sink_) {}

  void run(const archive::Stream& bytes) {
    // An error is kept for the end, and looks like the end: libarchive reads ahead and would drop what came before it.
    archive::Stream stream{.read = [this, read = bytes.read]() -> Result<std::string_view> {
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
    sink_.finish([this](Seen seen) {
      layer_.parts.reset();  // what was opened and its keys stand in different files
      std::string file = seen.sighting.path.substr(0, seen.sighting.path.find("!/"));
      layer_.found.push_back({std::move(seen), std::move(file), false});
    });
    if (error_) problem("", error_->message, true);
    layer_.entries.seal();
    end_part(images::LayerParts::kToEnd);
    if (layer_.parts && layer_.parts->gzip) {
      for (const archive::GzipPoint& point : points_.wanted()) layer_.parts->points.push_back(images::seal(point));
    }
  }

  void entry(const archive::Entry& entry) override {
    end_part(entry.begin);
    points_.pass(entry.begin);
    begin_ = entry.begin;
    name_ = entry.path;
    file_ = images::path_in_image(entry.path);
    layer_.entries.add(entry);
    for (const std::size_t earlier : found_in(file_)) {
      layer_.found[earlier].replaced = true;
      again_ = true;
    }
    if (entry.type != archive::Entry::Type::kHardLink) return;
    // Another name for what came before; it may outlive that.
    const std::string original = images::path_in_image(entry.target);
    for (const std::size_t earlier : found_in(original)) {
      if (layer_.found[earlier].replaced) continue;
      again_ = true;
      LayerFinding copy = layer_.found[earlier];
      copy.seen.sighting.path = file_ + copy.seen.sighting.path.substr(original.size());
      copy.file = file_;
      add(std::move(copy));
    }
  }

  void member(const std::string& path, std::string_view bytes) override {
    const std::string place = place_of(path);
    sink_.progress(1, bytes.size());
    if (auto file = kept_of(place)) file->append(bytes);
    if (!is_selected(place)) return;
    const auto text = utf16_to_utf8(bytes);
    sources::emit_pieces(place, text ? std::string_view(*text) : bytes, sink_);
  }

  void large_member(const std::string& path, const archive::ReadMore& read) override {
    const std::string place = place_of(path);
    sink_.progress(1, 0);
    const bool selected = is_selected(place);
    auto kept = kept_of(place);
    if (!selected && !kept) return;
    if (selected) writer_.start(place);
    for (auto part = read(); part && !part->empty(); part = read()) {
      sink_.progress(0, part->size());
      if (kept) kept->append(*part);
      if (selected) writer_.append(*part);
    }
    if (selected) writer_.finish();
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
    std::optional<Error> error;
    auto read = [&]() {
      auto part = stream.read();
      if (!part) error = part.error();
      return part;
    };
    while (head.size() < kHead) {
      auto part = read();
      if (!part || part->empty()) break;
      head += *part;
    }
    bool first = true;
    const archive::Stream whole{.read = [&]() -> Result<std::string_view> {
                                  if (std::exchange(first, false)) return std::string_view(head);
                                  return read();
                                },
                                .compressed = stream.compressed};
    const archive::Kind kind = archive::recognise(head);
    if (kind == archive::Kind::kGzip && !unpacked_) {
      unpacked_ = true;
      return scan(archive::gunzip(whole, &points_));
    }
    if (kind == archive::Kind::kTar) layer_.parts = images::LayerParts{.gzip = unpacked_};
    if (kind != archive::Kind::kNone) {
      archive::expand("layer", whole, limits_of_layer(context_.archive_limits), *this);
      return;
    }
    // Attestations and other artifacts are no file systems; an empty tar is zeros and nothing else.
    if (head.find_first_not_of('\0') != std::string::npos) large_member("", whole.read);
    if (error && !error_) problem("", error->message, true);
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
    layer_.skips.push_back({path, reason, failed});
  }

  void found(Seen seen) {
    again_ |= context_.collector.would_keep(seen);
    add({std::move(seen), file_, false});
  }

  void add(LayerFinding finding) {
    by_file_[finding.file].push_back(layer_.found.size());
    layer_.found.push_back(std::move(finding));
  }

  std::vector<std::size_t> found_in(const std::string& file) const {
    const auto known = by_file_.find(file);
    return known == by_file_.end() ? std::vector<std::size_t>() : known->second;
  }

  std::optional<LayerRepositories::File> kept_of(const std::string& place) {
    auto file = layer_.repositories.file(place);
    again_ |= file.has_value();
    return file;
  }

  // The current entry ends.
  void end_part(std::uint64_t end) {
    if (!std::exchange(again_, false) || !layer_.parts) return;
    auto& ranges = layer_.parts->ranges;
    if (!ranges.empty() && ranges.back().end == begin_) {
      ranges.back().end = end;
    } else {
      ranges.push_back({begin_, end});
      points_.want(begin_);
    }
  }

  const Context& context_;
  Layer& layer_;
  std::string name_;  // of the current entry, as it is in the tar
  std::string file_;  // the same by path_in_image()
  std::unordered_map<std::string, std::vector<std::size_t>> by_file_;  // in Layer::found
  std::uint64_t begin_ = 0;  // archive::Entry::begin
  bool again_ = false;       // it is one of the layer's parts
  bool unpacked_ = false;    // from gzip
  archive::GzipPoints points_;
  std::optional<Error> error_;
  HoldingSink sink_;
  sources::PieceWriter writer_;
};

}  // namespace

std::size_t kept(const Context& context, const Layer& layer) {
  return static_cast<std::size_t>(std::count_if(layer.found.begin(), layer.found.end(), [&](const LayerFinding& each) { return context.collector.would_keep(each.seen); }));
}

void scan_layer(const Context& context, PieceMatcher& matcher, Result<archive::Stream> stream, Layer& layer) {
  if (stream) return LayerScan(context, matcher, layer).run(*stream);
  layer.skips.push_back({"", stream.error().message, true});
}

}  // namespace keywake::scan
