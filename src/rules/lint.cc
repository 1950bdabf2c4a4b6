#include "rules/lint.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <string_view>

#include "base/ascii.h"
#include "base/text.h"
#include "rules/examples.h"

namespace keywake::rules {
namespace {

constexpr std::size_t kMinLiteral = 3;

/// Words so frequent in source code and configuration that a literal of nothing else would send a
/// good part of all text to tier two. Sorted.
constexpr std::array<std::string_view, 76> kCommonWords{
    "access",     "account",       "admin",   "api",      "api_key",    "apikey",  "app",
    "auth",       "authorization", "base64",  "basic",    "bearer",     "cert",    "class",
    "client",     "code",          "com",     "config",   "connection", "const",   "cookie",
    "credential", "credentials",   "data",    "database", "db",         "default", "email",
    "env",        "export",        "false",   "function", "hash",       "header",  "host",
    "http",       "https",         "id",      "import",   "json",       "key",     "keys",
    "localhost",  "login",         "name",    "null",     "org",        "pass",    "passwd",
    "password",   "passwords",     "port",    "private",  "public",     "pwd",     "return",
    "root",       "secret",        "secrets", "self",     "server",     "service", "session",
    "signature",  "string",        "test",    "token",    "tokens",     "true",    "type",
    "uri",        "url",           "user",    "username", "value",      "www"};
static_assert(std::is_sorted(kCommonWords.begin(), kCommonWords.end()));

bool contains_any(std::string_view text, std::span<const std::string_view> literals) {
  return std::any_of(literals.begin(), literals.end(), [&](std::string_view literal) {
    return text.find(literal) != std::string_view::npos;
  });
}

class PatternLint {
 public:
  PatternLint(const model::Pattern& pattern, const PatternSource& source, std::vector<Problem>& out)
      : pattern_(pattern), source_(source), out_(out) {}

  void run() {
    check_id();
    check_literals("anchor", pattern_.anchors);
    check_literals("keyword", pattern_.keywords);
    if (pattern_.keywords.empty() && !pattern_.names.empty() && pattern_.names.front() != "*") check_literals("name", pattern_.names);
    check_url("docs", pattern_.docs);
    if (!pattern_.rotate.empty()) check_url("rotate", pattern_.rotate);
    if (pattern_.revoke.find('\n') != std::string_view::npos) problem("\"revoke\" must be one line");
    if (source_.match.size() < 2) problem("at least two \"match\" examples are needed");
    if (source_.reject.empty()) problem("at least one \"reject\" example is needed: a near miss");
    for (const Example& example : source_.match) check_example(example);
    for (const Example& example : source_.reject) check_example(example);
  }

 private:
  void problem(std::string message) { at(source_.line, source_.column, std::move(message)); }
  void at(std::uint32_t line, std::uint32_t column, std::string message) {
    out_.push_back({source_.file, line, column, fmt::format("{}: {}", pattern_.id, message)});
  }

  void check_id() {
    std::string stem = std::filesystem::path(source_.file).stem().string();
    if (pattern_.id.substr(0, pattern_.id.find('.')) == stem) return;
    problem(fmt::format("the id must begin with the file's name, \"{}.\"", printable(stem)));
  }

  void check_literals(std::string_view what, std::span<const std::string_view> literals) {
    for (const std::string_view& literal : literals) {
      std::string shown = printable(literal);
      if (literal.size() < kMinLiteral) {
        problem(fmt::format("the {} \"{}\" is shorter than {} bytes; it would be found everywhere",
                            what, shown, kMinLiteral));
      } else if (std::binary_search(kCommonWords.begin(), kCommonWords.end(), lowered(literal))) {
        problem(fmt::format(
            "the {} \"{}\" is a common word; choose a rarer literal, or a shape around it", what,
            shown));
      }
      for (const std::string_view& other : literals) {
        if (&other == &literal || literal.find(other) == std::string_view::npos) continue;
        if (other.size() == literal.size() && &other > &literal)
          continue;  // of two equal ones, one is reported
        problem(fmt::format("the {} \"{}\" contains \"{}\", which is enough", what, shown,
                            printable(other)));
      }
    }
  }

  void check_url(std::string_view key, std::string_view url) {
    bool plain = std::all_of(url.begin(), url.end(), [](char c) { return c > 0x20 && c < 0x7f; });
    if (url.starts_with("https://") && url.size() > 12 && plain) return;
    problem(fmt::format("\"{}\" must be an https:// address", key));
  }

  void check_example(const Example& example) {
    auto here = [&](std::string message) { at(example.line, example.column, std::move(message)); };
    Result<ExpandedExample> expanded = expand_example(pattern_.id, example);
    if (!expanded) return here(std::move(expanded.error().message));
    if (!example.is_match) {
      if (!expanded->marked.empty()) here("a \"reject\" example marks nothing with « »");
      return;
    }
    if (expanded->marked.empty()) here("a \"match\" example marks the secret with « »");
    if (pattern_.within > 0 || !pattern_.shape.empty() || pattern_.assigned != model::Assigned::kNo) return;
    if (!pattern_.names.empty() && pattern_.keywords.empty() && (pattern_.names.front() == "*" || contains_any(lowered(expanded->text), pattern_.names))) return;
    if (contains_any(expanded->text, pattern_.anchors) ||
        contains_any(lowered(expanded->text), pattern_.keywords))
      return;
    here("this example contains none of the pattern's anchors and keywords");
  }

  const model::Pattern& pattern_;
  const PatternSource& source_;
  std::vector<Problem>& out_;
};

}  // namespace

std::vector<Problem> lint(const Loaded& loaded) {
  std::vector<Problem> problems;
  for (const PatternSource& source : loaded.sources) {
    PatternLint(loaded.rules.patterns()[source.pattern], source, problems).run();
  }
  std::sort(problems.begin(), problems.end());
  return problems;
}

}  // namespace keywake::rules
