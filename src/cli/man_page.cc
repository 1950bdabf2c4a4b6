// The manual page, after man-pages(7): NAME, SYNOPSIS, DESCRIPTION, commands, options, EXIT STATUS,
// ENVIRONMENT, FILES, EXAMPLES.
#include <fmt/format.h>

#include "cli/help.h"
#include "cli/version.h"

namespace keywake::cli {
namespace {

// Text as roff takes it: a backslash starts an escape, a dash would become a hyphen, and a dot or
// quote at the start of a line would be a request.
std::string roff(std::string_view text) {
  std::string out;
  for (char c : text) {
    if (c == '\\') {
      out += "\\e";
    } else if (c == '-') {
      out += "\\-";
    } else {
      if (out.empty() && (c == '.' || c == '\'')) out += "\\&";
      out += c;
    }
  }
  return out;
}

void append_flag(std::string& out, const Flag& flag) {
  out += ".TP\n";
  out += flag.short_name != '\0'
             ? fmt::format("\\fB\\-{}\\fR, \\fB\\-\\-{}\\fR", flag.short_name, roff(flag.name))
             : fmt::format("\\fB\\-\\-{}\\fR", roff(flag.name));
  if (!flag.argument.empty()) out += fmt::format(" \\fI{}\\fR", roff(flag.argument));
  out += fmt::format("\n{}.", roff(flag.help));
  if (!flag.fallback.empty()) out += fmt::format(" The default is {}.", roff(flag.fallback));
  out += '\n';
  if (!flag.long_help.empty()) out += roff(flag.long_help) + "\n";
}

void append_command(std::string& out, const Command& command) {
  out +=
      fmt::format(".SS \"keywake {}{}{}\"\n{}.\n", command.name,
                  command.operands.empty() ? "" : " ", roff(command.operands), roff(command.help));
  if (!command.long_help.empty()) out += roff(command.long_help) + "\n";
  for (const Flag* flag : command.flags()) append_flag(out, *flag);
}

constexpr std::string_view kTail = R"(.SH EXIT STATUS
.TP
0
Clean: everything was scanned and nothing found but what \fB\-\-confidence\fR holds back (or \fB\-\-exit\-zero\fR was given).
.TP
1
Credentials were found.
.TP
2
What was asked could not be done, or not all of it: a usage error, an unreadable target or part of one, or nothing at all to scan.
What was found all the same is reported.
.SH ENVIRONMENT
.TP
NO_COLOR
If set and not empty, the text report has no colours unless \fB\-\-color always\fR is given.
.TP
XDG_CACHE_HOME
Where compiled pattern files are kept (default: ~/.cache).
.SH FILES
.TP
\fI$XDG_CACHE_HOME/keywake/\fR
Compiled forms of chosen or added patterns. May be deleted at any time; a damaged one is made anew.
.SH EXAMPLES
.TP
A repository with its whole history:
.B keywake scan path/to/repository
.TP
What a pull request brings in, as SARIF too:
.B keywake scan \-\-range origin/main..HEAD \-o keywake.sarif
.TP
What is about to be committed (a pre\-commit hook):
.B keywake scan \-\-staged
.TP
Standard input:
.B kubectl logs pod | keywake scan \-
)";

}  // namespace

std::string man_page() {
  const Command& top = commands().front();
  std::string out = fmt::format(".TH KEYWAKE 1 \"\" \"keywake {}\" \"User Commands\"\n", kVersion);
  out += ".SH NAME\nkeywake \\- find leaked credentials\n";
  out += ".SH SYNOPSIS\n\\fBkeywake\\fR \\fICOMMAND\\fR [\\fIFLAG\\fR...] [\\fIARGUMENT\\fR...]\n";
  out += fmt::format(".SH DESCRIPTION\n{}.\n", roff(top.help));
  out +=
      "Secrets are redacted in all reports unless \\fB\\-\\-show\\-secrets\\fR is given.\n.SH "
      "COMMANDS\n";
  for (const Command& command : commands()) {
    if (!command.hidden && !command.name.empty()) append_command(out, command);
  }
  out += ".SH OPTIONS\n";
  for (const Flag* flag : top.flags()) append_flag(out, *flag);
  out += kTail;
  return out;
}

}  // namespace keywake::cli
