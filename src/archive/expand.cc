#include "archive/expand.h"

#include "archive/expansion.h"

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

bool expand(std::string_view name, std::string_view bytes, const Limits& limits, Visitor& visitor) {
  Kind kind = recognise(bytes);
  if (kind == Kind::kNone && has_zip_at_end(bytes)) kind = Kind::kZip;
  if (kind == Kind::kNone) return false;
  Utf8Names utf8;
  MemoryInput input(bytes);
  return Expansion(limits, visitor).run(input, kind, name);
}

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
  Utf8Names utf8;
  StreamInput input(stream, head);
  return Expansion(limits, visitor).run(input, kind, name);
}

}  // namespace keywake::archive
