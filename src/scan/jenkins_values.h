// Credentials that a Jenkins home keeps encrypted in its XML files (credentials.xml, config.xml of jobs and nodes), opened offline when the
// keys lie beside them: secrets/ in a folder above the file, up to what is scanned, or Request::jenkins_secrets. Files of the file system
// only: members of archives and the layers of images show the ciphertext.
// Ownership: refers to the context; keeps the keys of each home it has seen. Thread safety: all members may be called at once.
#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>

#include "crypto/jenkins.h"
#include "scan/content.h"
#include "scan/context.h"
#include "sources/sink.h"

namespace keywake::scan {

class JenkinsValues {
 public:
  /// Pieces' paths are relative to `root`.
  JenkinsValues(const Context& context, std::filesystem::path root) : context_(context), root_(std::move(root)) {}

  /// Hands over what the piece's elements hold, at the place of the ciphertext; `decoded` begins with "jenkins". Elements that a cut between
  /// pieces (8 MiB and more) goes through are found in the piece that has them whole.
  void match(const sources::Piece& piece, const std::function<void(Seen)>& found);

 private:
  using Keys = std::shared_ptr<const crypto::JenkinsSecrets>;
  Keys keys_for(const std::filesystem::path& file);
  Keys keys_in(const std::filesystem::path& home);

  const Context& context_;
  const std::filesystem::path root_;
  std::mutex mutex_;
  std::map<std::filesystem::path, Keys> homes_;  // null: none there
};

}  // namespace keywake::scan
