#include "report/report.h"

#include "report/formats.h"

namespace keywake::report {

std::optional<Format> parse_format(std::string_view name) {
  for (std::size_t i = 0; i < kFormatNames.size(); ++i) {
    if (kFormatNames[i] == name) return static_cast<Format>(i);
  }
  return std::nullopt;
}

void write(Format format, const model::ScanResult& result, const Options& options,
           std::ostream& out) {
  const View view(result, options);
  switch (format) {
    case Format::kText:
      return write_text(view, out);
    case Format::kJson:
      return write_json(view, out);
    case Format::kJsonl:
      return write_jsonl(view, out);
    case Format::kSarif:
      return write_sarif(view, out);
    case Format::kGitlab:
      return write_gitlab(view, out);
    case Format::kGithub:
      return write_github(view, out);
    case Format::kCsv:
      return write_csv(view, out);
    case Format::kMarkdown:
      return write_markdown(view, out);
  }
}

}  // namespace keywake::report
