// One layer of an image: its files, as a stream. What is found waits in the layer until all layers are read: only then it is known which files
// are still there in the end. Findings are few, so this costs little; of everything else only hashes of paths are kept (images/layer_entries.h).
// Internal, since it holds a PieceMatcher. Ownership: refers to what it is given. Thread safety: different layers at once.
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "images/layer_entries.h"
#include "images/layer_parts.h"
#include "images/store.h"
#include "scan/counting_sink.h"
#include "scan/jenkins_values.h"
#include "scan/layer_repositories.h"
#include "scan/piece_matcher_internal.h"

namespace keywake::scan {

struct LayerFinding {
  Seen seen;
  std::string file;  // by path_in_image(), without what follows "!/"; empty: the layer is no file system
  bool replaced = false;  // by a later entry of the same layer
};

struct Layer {
  images::Descriptor blob;
  images::LayerEntries entries = {};
  std::vector<LayerFinding> found = {};
  std::vector<model::Skip> skips = {};  // by path in the image; empty: the layer itself
  LayerRepositories repositories = {};
  /// The entries that are worth a second look, with a finding that the collector would keep, or of a repository. Absent: they cannot be read by themselves.
  std::optional<images::LayerParts> parts = {};
};

/// To the end of the stream, where its digest is checked.
void scan_layer(const Context& context, PieceMatcher& matcher, Result<archive::Stream> stream, Layer& layer);

/// How many of the layer's findings the collector would keep.
std::size_t kept(const Context& context, const Layer& layer);

/// Hands pieces to a matcher, on one thread.
class HoldingSink : public CountingSink {
 public:
  HoldingSink(const Context& context, PieceMatcher& matcher, std::function<void(Seen)> found) : CountingSink(context), matcher_(matcher), found_(std::move(found)), jenkins_(context, std::nullopt) {}
  void piece(const sources::Piece& piece) override {
    matcher_.match(piece, found_);
    jenkins_.match(piece, found_);
  }
  /// After the last piece. The path of what is handed over says where it stood.
  void finish(const std::function<void(Seen)>& found) { jenkins_.finish(found); }

 private:
  PieceMatcher& matcher_;
  std::function<void(Seen)> found_;
  JenkinsValues jenkins_;
};

}  // namespace keywake::scan
