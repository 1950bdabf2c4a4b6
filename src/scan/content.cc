#include "scan/content.h"

#include <algorithm>

#include "base/utf16.h"

namespace keywake::scan {
namespace {

constexpr std::size_t kMaxLineText = 1024;

std::string line_around(std::string_view bytes, std::size_t begin) {
  std::size_t start = bytes.substr(0, begin).rfind('\n') + 1;  // npos + 1 is 0
  std::size_t end = std::min(bytes.find('\n', begin), bytes.size());
  if (begin - start > kMaxLineText / 2) start = begin - kMaxLineText / 2;
  return std::string(bytes.substr(start, std::min(end - start, kMaxLineText)));
}

// Members of an archive, each scanned as a text of its own.
class MemberVisitor : public archive::Visitor {
 public:
  MemberVisitor(ContentScanner& scanner, BlobFindings& out, std::vector<LeftOut>& left_out)
      : scanner_(scanner), out_(out), left_out_(left_out) {}

  void member(const std::string& path, std::string_view bytes) override {
    ++members_;
    auto text = utf16_to_utf8(bytes);
    scanner_.scan_text(text ? std::string_view(*text) : bytes, path, out_.inside);
  }
  void left_out(const std::string& path, const std::string& reason, bool failed) override {
    left_out_.push_back({path, reason, failed});
  }
  std::uint64_t members_ = 0;

 private:
  ContentScanner& scanner_;
  BlobFindings& out_;
  std::vector<LeftOut>& left_out_;
};

}  // namespace

void locate(std::string_view bytes, const std::vector<matching::Settled>& findings,
            const std::string& inside, std::vector<Occurrence>& out) {
  // Findings come by offset, so newlines are counted once however many there are.
  std::size_t counted = 0;
  std::uint32_t line = 1;
  auto position = [&](std::size_t offset) {
    offset = std::min(offset, bytes.size());
    if (offset < counted) return position_at(bytes, offset);  // ends may run ahead of the next beginning
    line += static_cast<std::uint32_t>(std::count(bytes.begin() + static_cast<std::ptrdiff_t>(counted),
                                                  bytes.begin() + static_cast<std::ptrdiff_t>(offset), '\n'));
    counted = offset;
    std::size_t line_start = bytes.substr(0, offset).rfind('\n') + 1;
    return Position{line, static_cast<std::uint32_t>(offset - line_start + 1)};
  };
  for (const matching::Settled& finding : findings) {
    Position begin = position(finding.begin);
    Position end = position(finding.end);
    out.push_back({finding.value, inside, begin, end, line_around(bytes, std::min<std::size_t>(finding.begin, bytes.size()))});
  }
}

std::vector<std::uint32_t> BlobFindings::credentials(const matching::ValueTable& values) const {
  std::vector<std::uint32_t> credentials;
  for (const matching::Settled& finding : plain) credentials.push_back(values.credential(finding.value));
  for (const Occurrence& occurrence : inside) credentials.push_back(values.credential(occurrence.value));
  std::sort(credentials.begin(), credentials.end());
  credentials.erase(std::unique(credentials.begin(), credentials.end()), credentials.end());
  return credentials;
}

ContentScanner::ContentScanner(const matching::Engine& engine, matching::ValueTable& values, bool explain,
                               const archive::Limits& limits, bool archives)
    : values_(values), scanner_(engine, values, {.explain = explain}), limits_(limits), archives_(archives) {}

void ContentScanner::scan(std::string_view bytes, BlobFindings& out, std::vector<LeftOut>& left_out) {
  notes_.clear();
  scanner_.scan(bytes, notes_);
  matching::settle(notes_, values_, out.plain);
  scan_inside(bytes, out, left_out);
}

void ContentScanner::scan_inside(std::string_view bytes, BlobFindings& out, std::vector<LeftOut>& left_out) {
  if (archives_ && archive::is_archive(bytes)) {
    MemberVisitor visitor(*this, out, left_out);
    archive::expand("", bytes, limits_, visitor);
    members_ += visitor.members_;
  } else if (auto text = utf16_to_utf8(bytes)) {
    out.plain.clear();  // the converted text shows all that the matcher sees between the NULs, and more
    scan_text(*text, "", out.inside);
  }
}

void ContentScanner::scan_text(std::string_view bytes, const std::string& inside, std::vector<Occurrence>& out) {
  notes_.clear();
  settled_.clear();
  scanner_.scan(bytes, notes_);
  if (notes_.empty()) return;
  matching::settle(notes_, values_, settled_);
  locate(bytes, settled_, inside, out);
}

}  // namespace keywake::scan
