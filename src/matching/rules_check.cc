#include "matching/rules_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/text.h"
#include "matching/carriers.h"
#include "matching/database.h"
#include "matching/engine.h"
#include "rules/examples.h"

namespace keywake::matching {
namespace {

using rules::Example;
using rules::ExpandedExample;
using rules::PatternSource;

// Where an example stands: alone, amid lines, and far from either end. No place can continue a token or a line.
struct Place {
  std::string before;
  std::string after;
};

std::array<Place, 3> places() {
  std::string prose;
  while (prose.size() < 40000)
    prose += "The quick brown fox, of course, jumps over the lazy dog.\n";
  return {{{"", ""},
           {"int main() {\n  return 0;\n}\n", "\n// the end of it\n"},
           {prose, "\n" + prose}}};
}

struct Found {
  std::uint32_t begin;
  std::uint32_t end;
  std::string reason;  // empty: a finding
  std::string secret;
};

class ExampleRunner {
 public:
  ExampleRunner(const rules::Loaded& loaded, const Engine& engine,
                std::vector<std::string>& problems)
      : loaded_(loaded),
        scanner_(engine, values_, {.explain = true}),
        places_(places()),
        problems_(problems) {}

  void run(const PatternSource& source) {
    const model::Pattern& pattern = loaded_.rules.patterns()[source.pattern];
    for (const Example& example : source.match) run(source, pattern, example);
    for (const Example& example : source.reject) run(source, pattern, example);
  }

 private:
  void run(const PatternSource& source, const model::Pattern& pattern, const Example& example) {
    Result<ExpandedExample> expanded = rules::expand_example(pattern.id, example);
    if (!expanded) return problem(source, pattern, example, expanded.error().message);
    for (const Place& place : places_) {
      std::string text = place.before + expanded->text + place.after;
      std::string wrong = compare(pattern, text, *expanded, place.before.size());
      if (!wrong.empty()) return problem(source, pattern, example, wrong);
    }
    if (!example.is_match) return;
    for (const Carrier& carrier : carriers()) {
      if (!carries(carrier, pattern, *expanded)) continue;
      if (std::string wrong = compare_in(carrier, pattern, *expanded); !wrong.empty()) problem(source, pattern, example, wrong);
    }
  }

  // Whether the example must be found there: in other writing only what is told by itself, and beside other text only what does not
  // stand at the beginning of lines.
  static bool carries(const Carrier& carrier, const model::Pattern& pattern, const ExpandedExample& example) {
    if (carrier.keeps == nullptr) return example.text.find('\n') == std::string::npos;
    return std::all_of(example.marked.begin(), example.marked.end(), [&](const auto& marked) {
      const std::string_view secret = std::string_view(example.text).substr(marked.begin, marked.end - marked.begin);
      return std::any_of(pattern.anchors.begin(), pattern.anchors.end(),
                         [&](std::string_view anchor) { return secret.find(anchor) != std::string_view::npos && carrier.keeps(secret, anchor); });
    });
  }

  std::string compare_in(const Carrier& carrier, const model::Pattern& pattern, const ExpandedExample& example) {
    std::vector<std::string> wanted;
    for (const auto& marked : example.marked) wanted.push_back(example.text.substr(marked.begin, marked.end - marked.begin));
    std::vector<std::string> secrets;
    for (const Found& item : scan(pattern, carrier.wrap(example.text))) {
      if (item.reason.empty()) secrets.push_back(item.secret);
    }
    if (secrets == wanted) return {};
    return fmt::format("in {}: {}", carrier.name, secrets.empty() ? "is not found" : "what is found is not what is marked");
  }

  std::string compare(const model::Pattern& pattern, const std::string& text,
                      const ExpandedExample& example, std::size_t shift) {
    std::vector<Found> found = scan(pattern, text);
    std::string reasons;
    std::vector<ExpandedExample::Marked> extents;
    for (const Found& item : found) {
      if (item.reason.empty()) {
        extents.push_back({item.begin - shift, item.end - shift});
      } else {
        reasons += (reasons.empty() ? " (" : "; ") + item.reason;
      }
    }
    if (!reasons.empty()) reasons += ")";
    if (extents == example.marked) return {};
    if (example.marked.empty()) return "is found, and should not be";
    if (extents.empty()) return "is not found" + reasons;
    return fmt::format("what is found is not what is marked: [{}, {}) instead of [{}, {})",
                       extents.front().begin, extents.front().end, example.marked.front().begin,
                       example.marked.front().end) +
           (extents.size() != example.marked.size()
                ? fmt::format(", {} findings instead of {}", extents.size(), example.marked.size())
                : "") +
           reasons;
  }

  // Results of one pattern, in order.
  std::vector<Found> scan(const model::Pattern& pattern, const std::string& text) {
    notes_.clear();
    scanner_.scan(text, notes_);
    settle(notes_, values_, settled_);
    std::vector<Found> found;
    for (const Settled& item : settled_) {
      const Value& value = values_[item.value];
      if (value.pattern == &pattern) found.push_back({item.begin, item.end, value.rejected, std::string(value.secret.reveal())});
    }
    return found;
  }

  void problem(const PatternSource& source, const model::Pattern& pattern, const Example& example,
               const std::string& what) {
    problems_.push_back(fmt::format("{}:{}:{}: {}: {} example {}: {}", printable(source.file),
                                    example.line, example.column, pattern.id,
                                    example.is_match ? "match" : "reject", example.number, what));
  }

  const rules::Loaded& loaded_;
  ValueTable values_;
  Scanner scanner_;
  std::array<Place, 3> places_;
  Notes notes_;
  std::vector<Settled> settled_;
  std::vector<std::string>& problems_;
};

// Both engines on each expression by itself, so the message can name it. RE2 is asked by
// Engine::compile().
void check_expressions(const rules::Loaded& loaded, std::vector<std::string>& problems) {
  for (const PatternSource& source : loaded.sources) {
    const model::Pattern& pattern = loaded.rules.patterns()[source.pattern];
    auto place =
        fmt::format("{}:{}:{}: {}", printable(source.file), source.line, source.column, pattern.id);
    if (auto longest = max_match_length(pattern.regex); pattern.assigned == model::Assigned::kNo && !longest) {
      problems.push_back(fmt::format("{}: regex: {}", place, longest.error().message));
    }
    for (const model::Companion& companion : pattern.companions) {
      if (auto longest = max_match_length(companion.regex); !longest) {
        problems.push_back(
            fmt::format("{}: companion {}: {}", place, companion.name, longest.error().message));
      }
    }
  }
}

}  // namespace

std::vector<std::string> check_examples(const rules::Loaded& loaded) {
  std::vector<std::string> problems;
  check_expressions(loaded, problems);
  Result<std::unique_ptr<Engine>> engine = Engine::compile(loaded.rules);
  if (!engine) {
    problems.push_back(engine.error().message);
    return problems;
  }
  ExampleRunner runner(loaded, **engine, problems);
  for (const PatternSource& source : loaded.sources) runner.run(source);
  return problems;
}

}  // namespace keywake::matching
