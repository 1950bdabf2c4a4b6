// One run of bytes and everything inside it: what the matcher sees in the bytes themselves, and, when they are an archive or UTF-16
// text, in what they hold. Used for the blobs of a history; plain files get the same treatment in sources/, which streams.
// Thread safety: one ContentScanner per thread.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "archive/expand.h"
#include "base/text.h"
#include "matching/engine.h"
#include "scan/allow.h"

namespace keywake::scan {

/// One place of a value within a blob: lines and columns, and the way inside if it is an archive.
struct Occurrence {
  std::uint32_t value = 0;
  std::string inside;  // "lib/x.jar!/a.properties"; empty: the blob itself
  Position begin;
  Position end;
  std::string line_text;  // of its first line, cut to kMaxLineText around the secret, for matching/judge.h
  std::optional<Allow> allow;
};

/// Places of settled findings in their bytes.
void locate(std::string_view bytes, const std::vector<matching::Settled>& findings,
            const std::string& inside, std::vector<Occurrence>& out);

/// What one blob holds. Findings in the blob's own bytes stay offsets until someone needs their lines.
struct BlobFindings {
  std::vector<matching::Settled> plain;
  std::vector<Occurrence> inside;  // of archives and of text in another encoding
  [[nodiscard]] bool empty() const { return plain.empty() && inside.empty(); }
  /// What attribution is asked about (ValueTable::credential). Ascending, no duplicates.
  [[nodiscard]] std::vector<std::uint32_t> credentials(const matching::ValueTable& values) const;
};

struct LeftOut {
  std::string inside;
  std::string reason;
  bool failed = false;
};

class ContentScanner {
 public:
  /// `options`: without `retain` scanner() is not for versions, one after another.
  ContentScanner(const matching::Engine& engine, matching::ValueTable& values, matching::Scanner::Options options, const archive::Limits& limits, bool archives);

  matching::Scanner& scanner() { return scanner_; }

  /// A whole blob.
  void scan(std::string_view bytes, BlobFindings& out, std::vector<LeftOut>& left_out);
  /// What containers hold, nothing of the bytes themselves.
  void scan_inside(std::string_view bytes, BlobFindings& out, std::vector<LeftOut>& left_out);
  /// The bytes themselves, as a text of its own, with places.
  void scan_text(std::string_view bytes, const std::string& inside, std::vector<Occurrence>& out);

  [[nodiscard]] std::uint64_t members() const { return members_; }

 private:
  const matching::ValueTable& values_;
  matching::Scanner scanner_;
  archive::Limits limits_;
  bool archives_;
  matching::Notes notes_;
  std::vector<matching::Settled> settled_;
  std::uint64_t members_ = 0;
};

}  // namespace keywake::scan
