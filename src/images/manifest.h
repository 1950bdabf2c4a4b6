// What the documents of an image say. OCI image specification 1.1: image-index.md, manifest.md, config.md, annotations.md
// (https://github.com/opencontainers/image-spec); Docker's own forms: "Image Manifest Version 2, Schema 2"
// (https://distribution.github.io/distribution/spec/manifest-v2-2/).
// Errors: name the document. Everything is bounded. Thread safety: pure functions; walk() as its store.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "images/store.h"

namespace keywake::images {

inline constexpr std::size_t kMaxLayers = 1024;       // of one image; runtimes take 128 and fewer
inline constexpr std::size_t kMaxManifests = 10'000;  // of one index, and of one walk
inline constexpr unsigned kMaxIndexDepth = 8;
inline constexpr std::size_t kMaxHistory = 10'000;

/// An image manifest, or an index if `is_index`.
struct Manifest {
  bool is_index = false;
  std::vector<Descriptor> manifests;  // of an index
  Descriptor config;
  std::vector<Descriptor> layers;  // the lowest first
  std::map<std::string, std::string> annotations;
};

struct HistoryEntry {
  std::string created, created_by, author, comment;
  bool empty_layer = false;
};

/// A text that the configuration holds, as one line of a file of its own: path "config/Env", line "HOME=/root".
struct ConfigText {
  std::string path;
  std::string text;
};

struct Config {
  std::string platform;  // "linux/arm/v7"; empty: not stated
  std::string created, author;
  std::map<std::string, std::string> labels;
  std::vector<HistoryEntry> history;
  std::vector<std::string> diff_ids;
  /// All it says, for scanning: lists of strings (Env, Cmd, Entrypoint) and maps of strings (Labels) a line each, unescaped; history entries are
  /// "history/1" and so on; whatever else there is comes as JSON in "config.json".
  std::vector<ConfigText> texts;
};

/// `name`: for errors.
Result<Manifest> parse_manifest(std::string_view bytes, const std::string& name);
Result<Config> parse_config(std::string_view bytes, const std::string& name);

/// Instruction that made each of `layers` layers, by the history; empty strings where it does not say.
std::vector<std::string> instructions(const Config& config, std::size_t layers);

/// How many of the layers come from the base image, by the history: builders end an image with its CMD or ENTRYPOINT, so what was made after one
/// of these was made on top of that image. Absent where the history tells of no image below, or does not fit the layers.
std::optional<std::uint32_t> base_layers(const Config& config, std::size_t layers);

/// One image of one platform.
struct Image {
  Descriptor descriptor;
  Manifest manifest;
  std::map<std::string, std::string> index_annotations;  // of the indexes above
};

/// Leaves out what the platforms exclude ("linux/amd64", "linux/arm" for all of its variants; none: all are taken).
bool is_wanted(const std::string& platform, const std::vector<std::string>& platforms);

struct Walked {
  std::vector<Image> images;                             // in the order of the indexes, each digest once
  std::vector<std::pair<std::string, Error>> problems;   // what could not be read, and why
};
/// From the roots of a store through indexes down to images. What cannot be read is a problem, and the rest goes on.
Walked walk(ImageStore& store, const std::vector<Descriptor>& roots, const std::vector<std::string>& platforms);

}  // namespace keywake::images
