// What a scan finds, from the bytes up: a Finding is one match in one blob; a Sighting is one place of a
// credential (path, commit, line); a Credential is one secret with all its sightings, and is what is
// counted and reported. Thread safety: values.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/secret.h"
#include "model/attribution.h"
#include "model/pattern.h"
#include "model/people.h"
#include "model/validation.h"
#include "model/variable.h"

namespace keywake::model {

/// A named piece that belongs to a credential beside its secret: key id, user, host; or, marked so, a second secret.
struct Part {
  std::string name;
  std::string value;
  bool secret = false;
  bool operator==(const Part&) const = default;
  auto operator<=>(const Part&) const = default;
};

/// Offsets of a match in the scanned blob (or archive member); half open.
struct Extent {
  std::uint64_t begin = 0;
  std::uint64_t end = 0;
  bool operator==(const Extent&) const = default;
  auto operator<=>(const Extent&) const = default;
};

/// One match in one run of bytes.
struct Finding {
  const Pattern* pattern = nullptr;
  Secret secret;
  std::vector<Part> parts;
  Extent extent;        // of the secret; of the encoded text when it was decoded
  std::string decoded;  // how it was encoded, outermost first: "base64", "base64 > hex"; empty: as it stands
};

/// A candidate that a check turned down, kept only under --explain.
struct Rejection {
  const Pattern* pattern = nullptr;
  Extent extent;
  std::string reason;  // "crc32-base62: checksum does not match"
};

/// Where a sighting stands in git. Oids are hexadecimal, dates seconds since 1970 with the author's offset in minutes.
struct GitPlace {
  std::string blob;
  std::string commit;  // that introduced it; empty: never committed, or in no commit that is still there
  std::string author;
  std::string email;
  std::int64_t date = 0;
  int date_offset = 0;
  std::string summary;     // first line of the commit's message
  bool at_tip = false;     // some branch, tag or HEAD still has it at this path
  std::string removed_in;  // commit that took it away, if it is not at a tip
  std::int64_t removed_date = 0;  // author's date of that commit, as above; 0: not known
  int removed_date_offset = 0;
  bool reachable = false;  // from any ref
  bool staged = false;     // in the index
};

/// Where a sighting stands in a container image. Layers are numbered from 1, the lowest.
struct ImagePlace {
  std::string name;      // as people read it: "shop.tar:acme/shop:1.2"
  std::string digest;    // of the manifest; of an image from `docker save`, which has none, its id
  std::string platform;  // "linux/arm/v7"; empty: not stated
  std::string layer;     // digest of its blob; empty: in the image's configuration or annotations
  std::uint32_t layer_index = 0;
  std::uint32_t layer_count = 0;  // of the image
  std::string created_by;         // the instruction that made the layer; empty: not known
  std::uint32_t deleted_in = 0;   // layer that deletes or overwrites the file; 0: it is in the final file system
  std::optional<bool> from_base;  // absent: not known
  // Labels and annotations of the image, as org.opencontainers.image has them: hints to whom it belongs.
  std::string authors, source, revision, vendor;
};

struct Sighting {
  std::string target;  // as the user named it
  /// Relative to the target; members of archives follow after "!/": "app.war!/lib/x.jar!/a.properties". A commit
  /// message is "commit:<oid>", a tag "tag:<oid>", a blob without a path "blob:<oid>", standard input "-"; a variable of a store is
  /// path_of(*ci), and what a job left is that as a file: "project acme/shop, job 4711 build/artifacts/dist.zip!/a.properties".
  /// In an image "/etc/app.conf", and for what is no file of it "config/Env", "history/3", "annotations".
  std::string path;
  std::uint32_t line = 1;  // of the secret's first byte, and of its last
  std::uint32_t column = 1;
  std::uint32_t end_line = 1;
  std::uint32_t end_column = 1;  // one past the last byte
  std::string decoded;
  /// Of what was found here: by its bytes, and when its place is taken into account too (matching/judge.h).
  Confidence by_bytes = Confidence::kHigh;
  Confidence confidence = Confidence::kHigh;
  std::string_view judged_by;  // what about the place made the difference, "a test": constant; empty: nothing
  std::optional<GitPlace> git;
  std::optional<CiPlace> ci;  // in a store of variables; lines and columns count in the value, log or file
  std::optional<ImagePlace> image;
};

struct Credential {
  const Pattern* pattern = nullptr;
  Secret secret;
  std::vector<Part> parts;
  Confidence confidence = Confidence::kHigh;  // the highest of its sightings
  std::string fingerprint;  // of the secret alone: 32 hexadecimal digits; see model/fingerprint.h
  std::optional<Validation> validation;  // absent: nobody was asked to ask
  Attribution attribution;
  std::vector<Sighting> sightings;  // sorted: still at a tip first, then by target, path, date
};

/// Something that was not scanned, and why.
struct Skip {
  std::string what;    // path or object, safe to print after printable()
  std::string reason;  // a class of reasons, e.g. "larger than --max-file-size", "missing object"
  bool failed = false; // true: it should have been read and could not be (exit status 2)
};

/// What a whole scan did; every report format ends with it in its own way.
struct Summary {
  std::vector<std::string> targets;
  std::uint64_t files = 0;          // of directories, and members of archives
  std::uint64_t blobs = 0;          // of git histories
  std::uint64_t commits = 0;        // and annotated tags
  std::uint64_t stores = 0;         // of variables, that could be listed, also those that have none
  std::uint64_t variables = 0;      // of stores, those with hidden values too
  std::uint64_t logs = 0;           // of jobs of CI systems
  std::uint64_t artifacts = 0;      // of the same
  std::uint32_t job_days = 0;       // logs and artifacts were those of the last so many days, because nothing else was asked for; 0: it was
  std::uint64_t layers = 0;         // of container images, each once
  std::uint64_t known_layers = 0;   // of them, those that an earlier scan found clean: they were not read again
  std::uint64_t bytes = 0;          // as a reader would see them, expanded
  std::uint64_t bytes_matched = 0;  // that went through the matcher: less than bytes where deltas saved it
  std::uint64_t rejected = 0;       // candidates that a check turned down
  std::array<std::uint64_t, kConfidenceNames.size()> held_back{};  // credentials left out, by their confidence
  std::map<std::string, std::uint64_t> suppressed;  // places left out on purpose, by what: "keywake:allow", "baseline", ".gitleaksignore"
  std::uint64_t not_suppressed = 0;  // places reported though the change that is judged would leave them out itself
  double seconds = 0;
  std::vector<Skip> skips;
  bool scanned_anything() const { return files + blobs + commits + stores + logs + artifacts + layers > 0; }
  bool complete() const {
    for (const Skip& skip : skips) {
      if (skip.failed) return false;
    }
    return true;
  }
};

/// A credential that something leaves out on purpose.
struct Suppressed {
  const Pattern* pattern = nullptr;
  Secret secret;
  std::string by;  // as in Summary::suppressed
};

struct LeftOut {
  Sighting sighting;
  const Pattern* pattern = nullptr;
  Secret secret;
  std::string by;
};

struct ScanResult {
  std::vector<Credential> credentials;  // sorted by risk and confidence (highest first), pattern id, fingerprint
  std::vector<Secret> held_back;        // of the credentials that the summary counts as such: reports redact these too
  std::vector<Suppressed> suppressed;   // by secret
  std::vector<std::pair<Sighting, Rejection>> rejections;  // only under --explain
  std::vector<LeftOut> left_out;    // the places of `suppressed`, only under --explain
  std::vector<Variable> variables;  // of stores: those whose value is hidden, or whose settings leak; by target and path
  std::vector<People> people;       // of the repositories, if that was asked for
  Summary summary;
};

}  // namespace keywake::model
