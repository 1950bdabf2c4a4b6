// Credentials that a Jenkins home keeps encrypted in its XML files (credentials.xml, config.xml of jobs and nodes), opened offline when the
// keys lie beside them: secrets/ in a folder above the file, or Request::jenkins_secrets. The keys of a home that lies in an archive or an image's
// layer may come after what they open: there ciphertexts wait, within a bound, until finish().
// Ownership: refers to the context; keeps the keys of each home it has seen. Thread safety: all members may be called at once, finish() last.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "crypto/jenkins.h"
#include "scan/content.h"
#include "scan/context.h"
#include "sources/sink.h"

namespace keywake::scan {

class JenkinsValues {
 public:
  /// Pieces' paths are relative to `root`; absent: nothing comes from the file system.
  JenkinsValues(const Context& context, std::optional<std::filesystem::path> root) : context_(context), root_(std::move(root)) {}

  /// Hands over what the piece's elements hold, at the place of the ciphertext; `decoded` begins with "jenkins". Elements that a cut between
  /// pieces (8 MiB and more) goes through are found in the piece that has them whole.
  void match(const sources::Piece& piece, const std::function<void(Seen)>& found);
  /// The same for what waited. Once, after the last piece.
  void finish(const std::function<void(Seen)>& found);

 private:
  struct Ciphertext {
    std::string element, text;
    model::Sighting at;
    std::optional<Allow> allow;
  };
  struct KeyFiles {
    std::string master, wrapped;
  };
  using Keys = std::shared_ptr<const crypto::JenkinsSecrets>;
  bool keep_key(const sources::Piece& piece);
  void keep(std::vector<Ciphertext> of);
  void report(std::vector<Ciphertext> of, const std::function<Keys(const std::string& path)>& keys, const std::function<void(Seen)>& found);
  Keys keys_inside(const std::string& path);
  Keys keys_for(const std::filesystem::path& file);
  Keys keys_in(const std::filesystem::path& home);

  const Context& context_;
  const std::optional<std::filesystem::path> root_;
  std::mutex mutex_;
  std::map<std::filesystem::path, Keys> homes_;  // null: none there
  std::map<std::string, KeyFiles> inside_;       // of homes in archives and layers, by the path with its "/"
  std::map<std::string, Keys> opened_;           // likewise
  std::vector<Ciphertext> waiting_;
  std::size_t waiting_bytes_ = 0;
  bool too_many_ = false;
};

}  // namespace keywake::scan
