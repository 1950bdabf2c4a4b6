// Report formats. Each format is one file (report/sarif.cc, …) with one function that writes a whole ScanResult. Secrets are
// redacted in all of them unless Options::show_secrets, also where a path, an author or a commit message repeats one
// (report/redactor.h). Output depends on the result and the options alone: same input, same bytes. docs/reports.md describes each
// format. Bytes from scanned targets never reach the stream raw: no control character but line ends, no invalid UTF-8.
// Thread safety: all functions are pure but for the stream they write to.
#pragma once

#include <array>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>

#include "model/finding.h"

namespace keywake::report {

enum class Format : unsigned char { kText, kJson, kJsonl, kSarif, kGitlab, kGithub, kCsv, kMarkdown };
inline constexpr std::array<std::string_view, 8> kFormatNames{"text", "json", "jsonl", "sarif", "gitlab", "github", "csv", "markdown"};
std::optional<Format> parse_format(std::string_view name);

struct Options {
  bool show_secrets = false;
  bool colour = false;        // text only: ANSI colours
  unsigned width = 100;       // text only: columns of the terminal
  std::string version;        // of keywake, for formats that name the tool
  std::string homepage;       // of keywake, a URL; left out where empty
  std::int64_t started = 0;   // of the scan, seconds since 1970, for formats that must state it
  std::int64_t finished = 0;
};

void write(Format format, const model::ScanResult& result, const Options& options, std::ostream& out);

}  // namespace keywake::report
