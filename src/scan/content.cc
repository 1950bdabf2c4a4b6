#include "scan/content.h"

#include <algorithm>

#include "base/utf16.h"

namespace keywake::scan {
namespace {

constexpr std::size_t kMaxLineText = 1024;

// Of the line around a place, as much as reports can show. No more is looked at: a file may be one line.
std::string line_around(std::string_view bytes, std::size_t begin) {
  const std::size_t first = begin > kMaxLineText / 2 ? begin - kMaxLineText / 2 : 0;
  const std::size_t newline = bytes.substr(first, begin - first).rfind('\n');
  const std::size_t start = newline == std::string_view::npos ? first : first + newline + 1;
  const std::string_view line = bytes.substr(start, kMaxLineText);
  return std::string(line.substr(0, line.find('\n', begin - start)));
}

// Where an offset stands; moved forward only, so that each byte is looked at once however many findings there are.
struct Cursor {
  std::string_view bytes;
  std::size_t offset = 0;
  std::uint32_t line = 1;
  std::size_t line_start = 0;

  Position move_to(std::size_t target) {
    const std::string_view passed = bytes.substr(offset, std::min(target, bytes.size()) - offset);
    const auto newlines = std::count(passed.begin(), passed.end(), '\n');
    if (newlines > 0) line_start = offset + passed.rfind('\n') + 1;
    line += static_cast<std::uint32_t>(newlines);
    offset += passed.size();
    return {line, static_cast<std::uint32_t>(offset - line_start + 1)};
  }
};

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
  Cursor begins{bytes};  // findings come in the order of where they begin
  for (const matching::Settled& finding : findings) {
    const Position begin = begins.move_to(finding.begin);
    const Position end = Cursor(begins).move_to(finding.end);
    out.push_back({finding.value, inside, begin, end, line_around(bytes, begins.offset), allow_beside(bytes, finding.begin, finding.end, begin.line)});
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

ContentScanner::ContentScanner(const matching::Engine& engine, matching::ValueTable& values, matching::Scanner::Options options, const archive::Limits& limits, bool archives)
    : values_(values), scanner_(engine, values, options), limits_(limits), archives_(archives) {}

void ContentScanner::scan(std::string_view bytes, BlobFindings& out, std::vector<LeftOut>& left_out) {
  notes_.clear();
  scanner_.scan(bytes, notes_);
  matching::settle(notes_, values_, out.plain);
  scan_inside(bytes, out, left_out);
}

void ContentScanner::scan_inside(std::string_view bytes, BlobFindings& out, std::vector<LeftOut>& left_out) {
  if (archives_ && archive::is_archive_whole(bytes)) {
    MemberVisitor visitor(*this, out, left_out);
    if (archive::expand("", bytes, limits_, visitor)) out.plain.clear();  // the members hold all of it
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
