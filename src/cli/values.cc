#include "cli/values.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <charconv>
#include <fstream>
#include <optional>

#include "base/text.h"

namespace keywake::cli {
namespace {

// The power of 1024 that a suffix stands for: "", "B", "K", "k", "KB", "KiB", …
std::optional<int> power_of_suffix(std::string_view suffix) {
  std::string lower;
  for (char c : suffix) lower += static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
  if (lower.empty() || lower == "b") return 0;
  std::size_t power = std::string_view("bkmgt").find(lower[0]);
  std::string_view rest = std::string_view(lower).substr(1);
  if (power == std::string_view::npos || power == 0) return std::nullopt;
  if (!rest.empty() && rest != "b" && rest != "ib") return std::nullopt;
  return static_cast<int>(power);
}

struct Extension {
  std::string_view suffix;
  report::Format format;
};
constexpr Extension kExtensions[]{
    {".sarif.json", report::Format::kSarif},
    {".sarif", report::Format::kSarif},
    {"gl-secret-detection-report.json",
     report::Format::kGitlab},  // the name GitLab's templates give it
    {".jsonl", report::Format::kJsonl},
    {".ndjson", report::Format::kJsonl},
    {".json", report::Format::kJson},
    {".csv", report::Format::kCsv},
    {".md", report::Format::kMarkdown},
    {".txt", report::Format::kText},
};

}  // namespace

Result<std::uint64_t> parse_size(std::string_view text) {
  static constexpr double kMost = 9007199254740992.0;  // 2^53: what a double holds exactly
  double number = 0;
  auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
  auto power = power_of_suffix({end, static_cast<std::size_t>(text.data() + text.size() - end)});
  if (error == std::errc{} && power) {
    for (int i = 0; i < *power; ++i) number *= 1024;
    if (number >= 1 && number <= kMost) return static_cast<std::uint64_t>(number);
  }
  return fail(fmt::format("'{}' is not a size; write it as 512M or 2G", printable(text)));
}

Result<unsigned> parse_count(std::string_view text, unsigned most) {
  unsigned number = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size() || number > most) {
    return fail(fmt::format("'{}' is not a number from 0 to {}", printable(text), most));
  }
  return number;
}

Result<std::size_t> parse_choice(std::string_view text, std::span<const std::string_view> choices) {
  for (std::size_t i = 0; i < choices.size(); ++i) {
    if (choices[i] == text) return i;
  }
  std::string_view near = nearest(text, choices);
  std::string hint = near.empty() ? "" : fmt::format("did you mean {}? ", near);
  return fail(fmt::format("there is no '{}'; {}The choices are {}", printable(text), hint,
                          fmt::join(choices, ", ")));
}

Result<std::string> text_or_file(std::string_view text) {
  constexpr std::size_t kMost = 1024 * 1024;
  if (!text.starts_with('@')) return std::string(text);
  std::ifstream in{std::string(text.substr(1)), std::ios::binary};
  std::string out(kMost + 1, '\0');
  in.read(out.data(), static_cast<std::streamsize>(out.size()));
  if (!in.eof()) return fail(fmt::format("{}: cannot be read, or is larger than 1 MiB", printable(text.substr(1))));
  out.resize(static_cast<std::size_t>(in.gcount()));
  while (!out.empty() && (out.back() == '\n' || out.back() == '\r')) out.pop_back();
  return out;
}

Result<void> append_value(std::string_view value, std::vector<std::string>& list, std::string_view example) {
  if (value.empty()) return fail(fmt::format("the value is empty; an example: {}", example));
  list.emplace_back(value);
  return {};
}

Result<When> parse_when(std::string_view text) {
  auto index = parse_choice(text, kWhenNames);
  if (!index) return std::unexpected(index.error());
  return static_cast<When>(*index);
}

Result<Output> parse_output(std::string_view text) {
  std::size_t colon = text.find(':');
  std::optional<report::Format> format;
  if (colon != std::string_view::npos) format = report::parse_format(text.substr(0, colon));
  if (format) text.remove_prefix(colon + 1);
  for (const Extension& extension : kExtensions) {
    if (!format && text.ends_with(extension.suffix)) format = extension.format;
  }
  if (text.empty()) return fail("there is no file name; write it as -o report.sarif");
  if (!format) {
    return fail(
        fmt::format("'{}' does not tell the format; put it in front, as in -o sarif:{} (one of {})",
                    printable(text), printable(text.substr(text.find(':') + 1)),
                    fmt::join(report::kFormatNames, ", ")));
  }
  return Output{*format, std::string(text)};
}

Result<std::string> parse_range(std::string_view text) {
  std::size_t dots = text.find("..");
  if (dots == std::string_view::npos || dots == 0 || text.substr(dots).starts_with("...")) {
    return fail(fmt::format("'{}' is not a range; write it as A..B, e.g. origin/main..HEAD",
                            printable(text)));
  }
  return std::string(text) + (dots + 2 == text.size() ? "HEAD" : "");
}

}  // namespace keywake::cli
