#include "policy/expressions.h"

#include <fmt/format.h>
#include <re2/re2.h>

namespace keywake::policy {
namespace {

constexpr std::size_t kMaxLength = 4096;
constexpr std::int64_t kMaxMemory = 1 << 20;
constexpr int kMaxProgram = 2000;  // instructions of one expression

RE2::Options options() {
  RE2::Options out;
  out.set_max_mem(kMaxMemory);
  out.set_log_errors(false);
  out.set_encoding(RE2::Options::EncodingLatin1);  // bytes
  out.set_dot_nl(true);
  return out;
}

// Shell-style: * and ? within a component, ** across, a name without a slash at every depth, and what matches a folder matches all in it.
std::string regex_of(std::string_view glob) {
  while (glob.ends_with('/')) glob.remove_suffix(1);
  std::string out = "^";
  if (glob.starts_with('/')) {
    glob.remove_prefix(1);
  } else if (glob.find('/') == std::string_view::npos) {
    out += "(?:.*/)?";
  }
  while (!glob.empty()) {
    std::size_t used = 1;
    if (glob.starts_with("**/")) {
      out += "(?:.*/)?";
      used = 3;
    } else if (glob.starts_with("**")) {
      out += ".*";
      used = 2;
    } else if (glob[0] == '*') {
      out += "[^/]*";
    } else if (glob[0] == '?') {
      out += "[^/]";
    } else if (const std::size_t end = glob[0] == '[' ? glob.find(']', glob.size() > 1 && glob[1] == '!' ? 3 : 2) : std::string_view::npos; end != std::string_view::npos) {
      out += '[';
      std::string_view inside = glob.substr(1, end - 1);
      if (inside.starts_with('!')) {
        out += "^/";
        inside.remove_prefix(1);
      }
      for (const char c : inside) {
        if (c == '\\' || c == '[' || c == ']' || c == '^') out += '\\';
        out += c;
      }
      out += ']';
      used = end + 1;
    } else {
      out += RE2::QuoteMeta(re2::StringPiece(glob.data(), 1));
    }
    glob.remove_prefix(used);
  }
  return out + "(?:/|$)";
}

}  // namespace

struct Expressions::Compiled {
  std::vector<std::unique_ptr<RE2>> all;
};

Expressions::Expressions() : compiled_(std::make_unique<Compiled>()) {}
Expressions::Expressions(Expressions&&) noexcept = default;
Expressions& Expressions::operator=(Expressions&&) noexcept = default;
Expressions::~Expressions() = default;

Result<void> Expressions::add(const std::string& regex, std::string_view what, Budget& budget) {
  auto compiled = std::make_unique<RE2>(regex, options());
  if (!compiled->ok()) return fail(compiled->error());
  if (compiled->ProgramSize() > kMaxProgram || compiled->ProgramSize() > budget.instructions) return fail(fmt::format("{} that would take too long, by itself or with those before it in this file", what));
  budget.instructions -= compiled->ProgramSize();
  compiled_->all.push_back(std::move(compiled));
  return {};
}

Result<void> Expressions::add_regex(const std::string& regex, Budget& budget) {
  if (regex.size() > kMaxLength) return fail(fmt::format("an expression of more than {} bytes", kMaxLength));
  return add(regex, "an expression", budget);
}

Result<void> Expressions::add_glob(std::string_view glob, Budget& budget) {
  if (glob.size() > kMaxLength) return fail(fmt::format("a glob of more than {} bytes", kMaxLength));
  return add(regex_of(glob), "a glob", budget);
}

bool Expressions::empty() const { return compiled_->all.empty(); }
std::size_t Expressions::size() const { return compiled_->all.size(); }

bool Expressions::any(std::string_view text) const {
  for (const auto& one : compiled_->all) {
    if (RE2::PartialMatch(re2::StringPiece(text.data(), text.size()), *one)) return true;
  }
  return false;
}

}  // namespace keywake::policy
