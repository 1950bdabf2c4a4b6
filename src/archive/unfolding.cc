// Build artifacts on their way through an Expansion: they are in memory, and so are their parts, so that no Layer is needed. A part is a member
// like any other: counted, charged, and entered if it is an archive or an artifact itself.
#include <fmt/format.h>

#include <algorithm>

#include "archive/expansion.h"
#include "artifacts/unfold.h"
#include "base/text.h"

namespace keywake::archive {
namespace {

constexpr std::size_t kLongestPath = 4096;        // of a part; names, not places
constexpr std::size_t kHandedBlock = 256u << 10;   // a part above kLargeMember is handed over in such

// Strings of the artifact, one behind the other: text, even if the first of them begins as an archive does.
bool is_list(artifacts::Format format, std::string_view path) {
  const bool files = format == artifacts::Format::kAsar || format == artifacts::Format::kSourceMap;
  return !files && (path == "strings" || path == "constants" || path == "schema");
}

}  // namespace

std::string artifact_too_large(std::uint64_t limit) {
  return fmt::format("build artifact larger than {}: not taken apart, its bytes are scanned as they lie", human_bytes(limit));
}

bool lacks_reader(std::string_view reason) { return reason.starts_with(artifacts::kNoReader); }

void Expansion::run_artifact(std::string_view bytes, std::string_view name) {
  Utf8Names utf8;  // there may be archives inside
  MemoryInput input(bytes);
  outermost_ = &input;
  unfold(bytes, Place{"", std::string(name), 1, 0});
  report_rest();
}

void Expansion::unfold(std::string_view bytes, const Place& place) {
  const std::string own_path = place.prefix.substr(0, place.prefix.size() - (place.prefix.empty() ? 0 : 2));
  if (const std::uint64_t limit = std::min(limits_.member_bytes, kLargestArtifact); bytes.size() > limit) {
    report(own_path, artifact_too_large(limit));
    hand_over(own_path, bytes);
  } else {
    take_apart(bytes, place, own_path);
  }
  // What unpacks itself may be a program of any format.
  if (!stopped_ && place.depth < limits_.depth && has_zip_at_end(bytes)) {
    MemoryInput input(bytes);
    expand(input, Kind::kZip, place);
  }
}

void Expansion::take_apart(std::string_view bytes, const Place& place, const std::string& own_path) {
  if (level_bytes_.size() <= place.level) level_bytes_.resize(place.level + 1);
  const artifacts::Format format = artifacts::recognise(bytes);
  std::uint64_t out = 0;
  bool cut = false;
  const auto all = artifacts::unfold(format, bytes, [&](std::string_view path, std::string_view part) {
    if (cut) return;
    member_path_ = path.empty() ? own_path : place.prefix + std::string(path.substr(0, kLongestPath));
    out += part.size();
    cut = !count_member() || !charge(place, part.size(), out, bytes.size()) || stopped_;
    if (cut) return;
    if (path.empty()) {
      hand_over(own_path, part);
    } else if (is_list(format, path)) {
      hand_over(member_path_, part);
    } else {
      visit_part(place, std::string(member_path_), part);
    }
    cut = stopped_;
  });
  if (!all) {
    const std::string& why = all.error().message;
    const bool damaged = why != artifacts::kEncrypted && !lacks_reader(why);
    report(own_path, damaged ? fmt::format("damaged {}: {}", artifacts::name(format), why) : why);
  }
  if (!all || !*all || cut) hand_over(own_path, bytes);
}

void Expansion::visit_part(const Place& place, const std::string& path, std::string_view bytes) {
  Kind kind = recognise(bytes);
  if (kind == Kind::kNone && has_zip_at_end(bytes)) kind = Kind::kZip;
  if (kind != Kind::kNone && place.depth >= limits_.depth) {
    report(path, fmt::format("archives nested more than {} deep", limits_.depth));
    kind = Kind::kNone;
  }
  const Place inside{path + "!/", path.substr(path.rfind('/') + 1), place.depth + 1, place.level + 1};
  if (kind == Kind::kArtifact) {
    unfold(bytes, inside);
    return;
  }
  if (kind != Kind::kNone) {
    MemoryInput input(bytes);
    if (expand(input, kind, inside) && !is_package(kind)) return;
  }
  hand_over(path, bytes);
}

void Expansion::hand_over(const std::string& path, std::string_view bytes) {
  if (bytes.size() <= kLargeMember) {
    visitor_.member(path, bytes);
    return;
  }
  visitor_.large_member(path, [&]() -> Result<std::string_view> {
    const std::string_view block = bytes.substr(0, kHandedBlock);
    bytes.remove_prefix(block.size());
    return block;
  });
}

}  // namespace keywake::archive
