#include "archive/expand.h"

#include <algorithm>
#include <utility>

#include "archive/expansion.h"
#include "archive/libarchive_internal.h"

namespace keywake::archive {

void Visitor::large_member(const std::string& path, const ReadMore& read) {
  std::string bytes;
  for (;;) {
    auto more = read();
    if (!more || more->empty()) break;
    bytes += *more;
  }
  member(path, bytes);
}

bool is_archive(std::string_view head) {
  return recognise(head) != Kind::kNone;
}

bool is_archive_whole(std::string_view bytes) {
  return is_archive(bytes) || has_zip_at_end(bytes);
}

namespace {

// Without it every archive would look damaged, which is nobody's fault.
bool has_libarchive(Visitor& visitor) {
  const auto loaded = load_libarchive();
  if (!loaded) visitor.left_out("", loaded.error().message, true);
  return loaded.has_value();
}

}  // namespace

bool expand(std::string_view name, std::string_view bytes, const Limits& limits, Visitor& visitor) {
  Kind kind = recognise(bytes);
  if (kind == Kind::kNone && has_zip_at_end(bytes)) kind = Kind::kZip;
  if (kind == Kind::kNone) return false;
  if (kind == Kind::kArtifact) {
    Expansion(limits, visitor).run_artifact(bytes, name);
    return true;
  }
  if (!has_libarchive(visitor)) return false;
  Utf8Names utf8;
  MemoryInput input(bytes);
  return Expansion(limits, visitor).run(input, kind, name);
}

namespace {

// A build artifact needs to be in memory; of one that is too long for that, the bytes go to the visitor.
void expand_artifact(std::string_view name, const Stream& stream, std::string head, const Limits& limits, Visitor& visitor) {
  bool ended = false;
  const ReadMore read = [&]() -> Result<std::string_view> {
    auto more = ended ? Result<std::string_view>(std::string_view{}) : stream.read();
    if (!more) visitor.left_out("", more.error().message, true);
    ended = !more || more->empty();
    return more.value_or(std::string_view{});
  };
  const std::uint64_t limit = std::min(limits.member_bytes, kLargestArtifact);
  while (!ended && head.size() <= limit) head += *read();
  if (head.size() <= limit) {
    Expansion(limits, visitor).run_artifact(head, name);
    return;
  }
  visitor.left_out("", artifact_too_large(limit), false);
  bool first = true;
  visitor.large_member("", [&]() -> Result<std::string_view> { return std::exchange(first, false) ? std::string_view(head) : read(); });
}

}  // namespace

bool expand(std::string_view name, const Stream& stream, const Limits& limits, Visitor& visitor) {
  std::string head;
  while (head.size() < kHead) {
    auto more = stream.read();
    if (!more) {
      visitor.left_out("", more.error().message, true);
      return false;
    }
    if (more->empty()) break;
    head += *more;
  }
  Kind kind = recognise(head);
  if (kind == Kind::kNone) return false;
  if (kind == Kind::kArtifact) {
    expand_artifact(name, stream, std::move(head), limits, visitor);
    return true;
  }
  if (!has_libarchive(visitor)) return false;
  Utf8Names utf8;
  StreamInput input(stream, head);
  return Expansion(limits, visitor).run(input, kind, name);
}

}  // namespace keywake::archive
