// The pipeline: one scan from targets to a result, in the order a reader would expect. The only place where sources, git,
// matching and judging meet; every other folder knows nothing of it but cli/.
// Ownership: the engine and the rules must outlive the result (credentials point to patterns). Thread safety: run() uses threads of its
// own; Progress may be read from any thread meanwhile.
#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/limits.h"
#include "base/result.h"
#include "matching/engine.h"
#include "model/finding.h"
#include "net/client.h"
#include "stores/store.h"

namespace keywake::scan {

/// What a push brings: all that the new objects lead to and the other side has not got.
struct Push {
  struct Ref {
    std::string name;    // "refs/heads/main"
    std::string object;  // hexadecimal id of what it shall point to: a commit, a tag, or any other object; empty: what it points to
  };
  std::vector<Ref> refs;
  std::vector<std::string> known;  // ids that the other side has; those that are not here are passed over
  std::string known_refs;          // what refs of this prefix lead to, it has too: "refs/remotes/origin/"; empty: none
};

/// A text that is in no file: a commit message, a prompt.
struct Text {
  std::string path;  // what it is called, and judged by
  std::string bytes;
};

/// Where layers are remembered (scan/layer_cache.h).
struct LayerCacheOptions {
  std::filesystem::path folder;  // empty: nowhere
  std::string key;               // of all that a layer's findings depend on beside its bytes
};

struct ImageOptions {
  std::vector<std::string> platforms;           // "linux/amd64"; empty: all
  std::vector<std::string> not_in;              // images whose layers are left out
  bool all_tags = false;                        // of a registry's repository
  std::vector<std::string> credential_helpers;  // that may be run (images/registry_auth.h)
  net::ClientOptions client;                    // how registries are asked
  std::function<LayerCacheOptions()> layer_cache;  // asked when there is an image; empty: none
};

struct Request {
  std::vector<std::string> targets;
  bool history = true;
  bool staged = false;                // only what the index changes against HEAD
  std::string index_file;             // with staged: another index than the repository's own; empty: that
  std::optional<Push> push;           // only what that brings
  std::vector<std::string> object_dirs;  // further object stores of the target: git's quarantine
  std::vector<Text> texts;            // scanned beside the targets
  bool suppress = true;               // believe keywake:allow (scan/allow.h), baselines and the like (scan/suppression.h)
  std::string policy_commit;          // only what this revision says may stay counts; all zeros: nothing does; empty: what stands there now
  bool policy_around = false;         // of a target that is one file, what its repository says may stay counts too
  std::string baseline_file;          // instead of the target's own; empty: that
  bool without_baseline = false;      // as if there were none, for what makes one
  std::string baseline_key;           // 64 hexadecimal digits; empty: the repository's own key file
  std::string betterleaks_key;        // of the keyed fingerprints in .betterleaksignore; empty: there is none
  std::string range;                  // "A..B": only what those commits brought in
  std::string since;                  // a date: only what commits from then on brought in
  std::vector<std::string> branches;  // only what is reachable from these
  bool exhaustive = false;            // scan every version in full, as a check on the delta walk
  unsigned threads = 0;               // 0: one per processor
  std::uint64_t memory = limits::kDefaultMemory;                // bytes
  std::uint64_t max_file_size = limits::kDefaultMaxFileSize;    // bytes
  std::vector<std::string> include, exclude;                    // globs over paths relative to a target
  ImageOptions images;
  std::filesystem::path jenkins_secrets;  // of scan/jenkins_values.h, for files without their own; empty: none
  bool archives = true;
  bool explain = false;
  bool people = false;  // read who works on the repositories in which something was found
  stores::StoreOptions stores;  // how targets that are stores are asked
  model::Confidence min_confidence = model::Confidence::kMedium;  // credentials under it are counted, not reported
};

/// For the progress line. `stage` points to constant text.
struct Progress {
  std::atomic<std::uint64_t> objects = 0;
  std::atomic<std::uint64_t> objects_total = 0;  // 0: not known
  std::atomic<std::uint64_t> bytes = 0;
  std::atomic<const char*> stage = "";
  std::atomic<const char*> unit = "objects";
};

/// Never throws; what could not be read is in the result's summary. An Error means that nothing could be done.
Result<model::ScanResult> run(const Request& request, const matching::Engine& engine, Progress& progress);

}  // namespace keywake::scan
