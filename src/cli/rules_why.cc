// keywake rules why FILE:LINE: what became of each candidate there. A scan of that one file, told
// in full.
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <optional>
#include <set>
#include <tuple>

#include "base/text.h"
#include "cli/baseline_key.h"
#include "cli/commands.h"
#include "cli/console.h"
#include "cli/rule_choice.h"
#include "report/view.h"
#include "scan/pipeline.h"

namespace keywake::cli {
namespace {
namespace fs = std::filesystem;

/// What the operand names. Places of archives' members are written as reports write them:
/// "app.war!/WEB-INF/web.xml:3".
struct Spot {
  std::string file;
  std::string inside;      // "!/WEB-INF/web.xml"; empty: the file itself
  std::uint32_t line = 0;  // 0: all of them
};

// Takes ":12" off the end of a text.
std::optional<std::uint32_t> take_number(std::string_view& text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos || colon + 1 == text.size()) return std::nullopt;
  std::uint32_t number = 0;
  const char* const last = text.data() + text.size();
  auto [end, error] = std::from_chars(text.data() + colon + 1, last, number);
  if (error != std::errc{} || end != last) return std::nullopt;
  text = text.substr(0, colon);
  return number;
}

// A file may have any name, so what exists decides between FILE, FILE:LINE, and FILE:LINE:COLUMN,
// which is how reports write a place. Of a member of an archive numbers at the end are its place.
Result<Spot> parse_spot(std::string_view text) {
  std::error_code ec;
  std::string_view file = text;
  std::optional<std::uint32_t> line;
  for (int numbers = 0; numbers < 2 && !fs::exists(file, ec); ++numbers) {
    const auto number = take_number(file);
    if (!number) break;
    line = number;
  }
  Spot spot{std::string(file), "", line.value_or(0)};
  if (!fs::exists(file, ec)) {
    const std::string_view outer = report::outer_file(file);
    if (outer.size() == file.size() || !fs::exists(outer, ec)) {
      return fail(fmt::format("there is no file {}", printable(text)));
    }
    spot.file = outer;
    spot.inside = file.substr(outer.size());
  }
  if (line == 0) return fail("lines count from 1");
  if (fs::is_directory(spot.file, ec))
    return fail(fmt::format("{} is a directory; name one file of it", printable(spot.file)));
  return spot;
}

/// What became of one candidate.
struct Answer {
  std::uint32_t line = 0, end_line = 0, column = 0;
  std::string path;
  std::string text;  // of several lines
};

std::string why_confidence(const model::Sighting& sighting) {
  if (sighting.judged_by.empty()) {
    return fmt::format("{} confidence by its bytes; its place makes no difference",
                       name(sighting.confidence));
  }
  return fmt::format("{} confidence: {} by its bytes, {} since this is {}",
                     name(sighting.confidence), name(sighting.by_bytes),
                     sighting.confidence < sighting.by_bytes ? "lowered" : "raised",
                     sighting.judged_by);
}

std::string found_text(const report::View& view, const model::Credential& credential,
                       const model::Sighting& sighting, std::string_view left_out_by = {}) {
  std::string text =
      fmt::format("found\n    {} · {} · {}\n", printable(credential.pattern->id),
                  printable(credential.pattern->title), printable(view.secret(credential)));
  if (!sighting.decoded.empty()) text += fmt::format("    decoded from {}\n", sighting.decoded);
  text += fmt::format("    {}\n", why_confidence(sighting));
  const model::Confidence usual = scan::Request{}.min_confidence;
  if (!left_out_by.empty()) {
    text += fmt::format("    a scan leaves it out, by {}, unless --no-suppress is given\n", printable(left_out_by));
  } else if (credential.confidence < usual) {
    text += fmt::format("    a scan holds it back unless --confidence {} is given\n",
                        name(credential.confidence));
  }
  return text;
}

std::vector<Answer> answers(const report::View& view, const Spot& spot) {
  const std::string path = fs::path(spot.file).filename().native() + spot.inside;
  std::vector<Answer> all;
  auto add = [&](const model::Sighting& at, std::string text) {
    // Without a line, what archives hold belongs to the file.
    const bool here = at.path == path || (spot.line == 0 && at.path.starts_with(path + "!/"));
    if (here) all.push_back({at.line, at.end_line, at.column, at.path, std::move(text)});
  };
  for (const model::Credential& credential : view.result().credentials) {
    for (const model::Sighting& at : credential.sightings) {
      add(at, found_text(view, credential, at));
    }
  }
  for (const model::LeftOut& each : view.result().left_out) {
    model::Credential credential;
    credential.pattern = each.pattern;
    credential.secret = each.secret;
    credential.confidence = each.sighting.confidence;
    add(each.sighting, found_text(view, credential, each.sighting, each.by));
  }
  for (const auto& [at, rejection] : view.result().rejections) {
    add(at, fmt::format("rejected\n    {} · {}\n", printable(rejection.pattern->id),
                        printable(view.name(rejection.reason))));
  }
  auto key = [](const Answer& a) { return std::tie(a.path, a.line, a.column, a.text); };
  std::sort(all.begin(), all.end(),
            [&](const Answer& a, const Answer& b) { return key(a) < key(b); });
  return all;
}

// One line of a file, and how many there are.
std::pair<std::string, std::uint32_t> read_line(const std::string& file, std::uint32_t wanted) {
  std::ifstream in(file, std::ios::binary);
  std::pair<std::string, std::uint32_t> out;
  for (std::string line; std::getline(in, line);) {
    if (++out.second == wanted) out.first = std::move(line);
  }
  return out;
}

std::string in_lower_case(std::string text) {
  for (char& c : text) c = static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  return text;
}

// Patterns that looked at the line because of a literal in it and saw nothing that fits.
std::string near_misses(const std::string& line, const rules::RuleSet& rules) {
  constexpr std::size_t kMost = 8;
  const std::string lower = in_lower_case(line);
  std::vector<std::string> found;
  for (const model::Pattern& pattern : rules.patterns()) {
    std::string_view literal;
    for (std::string_view anchor : pattern.anchors) {
      if (line.find(anchor) != std::string::npos) literal = anchor;
    }
    for (std::string_view keyword : pattern.keywords) {
      if (lower.find(in_lower_case(std::string(keyword))) != std::string::npos) literal = keyword;
    }
    if (literal.empty()) continue;
    if (found.size() == kMost) {
      found.emplace_back("…");
      break;
    }
    found.push_back(fmt::format("{} ({})", printable(pattern.id), printable(literal)));
  }
  if (found.empty()) return "";
  return fmt::format(
      "These patterns look for a literal of this line, but their expressions do not fit: {}.\n",
      fmt::join(found, ", "));
}

constexpr std::string_view kWhatMakesOne =
    "A candidate is what a pattern's expression fits, around one of its literals: a provider's\n"
    "prefix (ghp_…), a provider's name that a value is assigned to (MAILJET_API_KEY=…), or a "
    "value\n"
    "assigned to a name like password, secret, token or api_key. 'keywake rules list' shows the\n"
    "patterns, 'keywake rules show ID' what one looks for; --rules FILE adds your own.\n";

std::string elsewhere(const std::vector<Answer>& all) {
  constexpr std::size_t kMost = 12;
  std::set<std::uint32_t> lines;
  for (const Answer& answer : all) lines.insert(answer.line);
  if (lines.empty()) return "Nor was anything else in this file.\n";
  std::string text = "Candidates stand in these lines of the file: ";
  std::size_t shown = 0;
  for (std::uint32_t line : lines) {
    if (shown == kMost) return text + fmt::format(" and {} more.\n", lines.size() - shown);
    text += fmt::format("{}{}", shown++ == 0 ? "" : ", ", line);
  }
  return text + ".\n";
}

ExitStatus answer(const report::View& view, const Spot& spot, const rules::RuleSet& rules) {
  std::vector<Answer> all = answers(view, spot);
  const std::string file = printable(spot.file);
  const std::size_t name_length = fs::path(spot.file).filename().native().size();
  std::string out;
  for (const Answer& answer : all) {
    if (spot.line != 0 && (spot.line < answer.line || spot.line > answer.end_line)) continue;
    out +=
        fmt::format("{}{}:{}:{}  {}", file, printable(view.name(answer.path.substr(name_length))),
                    answer.line, answer.column, answer.text);
  }
  if (!out.empty()) return print(out);

  const std::string place = file + printable(spot.inside);
  if (spot.line == 0) {
    return print(
        fmt::format("{}: nothing in this file was a candidate.\n{}", place, kWhatMakesOne));
  }
  std::string near;
  if (spot.inside.empty()) {
    auto [line, count] = read_line(spot.file, spot.line);
    if (spot.line > std::max(count, 1U))
      return failed(fmt::format("{} has {} {}", file, count, count == 1 ? "line" : "lines"));
    near = near_misses(line, rules);
  }
  return print(fmt::format("{}:{}: nothing here was a candidate.\n{}{}{}", place, spot.line,
                           elsewhere(all), near, kWhatMakesOne));
}

}  // namespace

ExitStatus rules_why(const Arguments& arguments) {
  auto spot = parse_spot(arguments.operands[0]);
  if (!spot) return failed(spot.error().message);
  auto choice = RuleChoice::make(arguments);
  if (!choice) return failed(choice.error().message);
  auto engine = (*choice)->engine();
  if (!engine) return failed(engine.error().message);

  scan::Request request;
  // "./" so that no name is taken for standard input or a URL.
  request.targets = {fs::path(spot->file).is_absolute() ? spot->file : "./" + spot->file};
  request.history = false;
  request.explain = true;
  request.policy_around = true;
  take_policy_keys(request);
  request.min_confidence = model::Confidence::kLow;
  request.threads = 1;
  scan::Progress progress;
  auto result = scan::run(request, **engine, progress);
  if (!result) return failed(result.error().message);
  if (result->summary.files == 0) {
    const auto& skips = result->summary.skips;
    return failed(fmt::format("{} was not scanned: {}", printable(spot->file),
                              skips.empty() ? "it is no file" : printable(skips.front().reason)));
  }
  const report::Options options;
  return answer(report::View(*result, options), *spot, (*choice)->rules());
}

}  // namespace keywake::cli
