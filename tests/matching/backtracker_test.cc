// Backtracking against RE2: the same matches, the same captures.
#include "matching/backtracker.h"

#include <re2/re2.h>

#include "catch.h"
#include "matching/regex.h"
#include "matching/samples.h"

namespace keywake::matching {
namespace {

using testing::below;
using Answer = Backtracker::Answer;

constexpr std::uint32_t kPlenty = 10'000'000;

struct Both {
  explicit Both(std::string_view expression) : re2(re2::StringPiece(expression.data(), expression.size()), options()), mine(compile(expression)) {}

  static RE2::Options options() {
    RE2::Options out(RE2::Latin1);
    out.set_log_errors(false);
    return out;
  }
  static std::optional<Backtracker> compile(std::string_view expression) {
    std::vector<std::string_view> names;
    const auto tree = parse_regex(expression, &names);
    return tree ? Backtracker::compile(*tree) : std::nullopt;
  }

  // Of RE2: the leftmost match in text[from, limit), or the match that is all of it.
  std::optional<std::vector<std::string_view>> expected(std::string_view text, std::size_t from, std::size_t limit, bool whole) const {
    std::vector<re2::StringPiece> pieces(static_cast<std::size_t>(re2.NumberOfCapturingGroups()) + 1);
    const re2::StringPiece all(text.data(), text.size());
    if (!re2.Match(all, from, limit, whole ? RE2::ANCHOR_BOTH : RE2::UNANCHORED, pieces.data(), static_cast<int>(pieces.size()))) return std::nullopt;
    std::vector<std::string_view> out;
    for (const re2::StringPiece& piece : pieces) out.emplace_back(piece.data(), piece.size());
    return out;
  }

  void check(std::string_view text, std::size_t from, std::size_t limit, bool whole) const {
    Groups groups{};
    std::uint32_t steps = kPlenty;
    const Answer answer = mine->search(text, from, whole ? from : limit, limit, whole, groups, steps);
    const auto wanted = expected(text, from, limit, whole);
    REQUIRE(answer == (wanted ? Answer::kMatch : Answer::kNone));
    for (std::size_t i = 0; wanted && i < wanted->size(); ++i) {
      INFO("capture " << i << ": \"" << groups[i] << "\", RE2: \"" << (*wanted)[i] << "\"");
      REQUIRE(groups[i] == (*wanted)[i]);
      if (!groups[i].empty()) REQUIRE(groups[i].data() == (*wanted)[i].data());
    }
  }

  // From every place to a few ends.
  void check_everywhere(std::string_view text) const {
    for (std::size_t from = 0; from <= text.size(); ++from) {
      for (std::size_t limit : {text.size(), (from + text.size()) / 2, from}) {
        check(text, from, limit, false);
        check(text, from, limit, true);
      }
    }
  }

  RE2 re2;
  std::optional<Backtracker> mine;
};

// Some text that the tree matches, or nearly.
void write(const RegexNode& node, std::mt19937_64& random, std::string& out) {
  switch (node.kind) {
    case RegexNode::Kind::kEmpty:
    case RegexNode::Kind::kBoundary:
    case RegexNode::Kind::kNotBoundary:
      return;
    case RegexNode::Kind::kBytes: {
      unsigned c = static_cast<unsigned>(below(random, 256));
      for (unsigned n = 0; n < 256 && !node.bytes.test(c); ++n) c = (c + 1) % 256;
      out += static_cast<char>(c);
      return;
    }
    case RegexNode::Kind::kConcat:
      for (const RegexNode& child : node.children) write(child, random, out);
      return;
    case RegexNode::Kind::kAlternate:
      return write(node.children[below(random, node.children.size())], random, out);
    case RegexNode::Kind::kRepeat: {
      const std::uint32_t most = std::min(node.max, node.min + 8);
      const auto count = node.min + below(random, most - node.min + 1);
      for (std::uint64_t i = 0; i < count; ++i) write(node.children.front(), random, out);
      return;
    }
  }
}

void spoil(std::string& text, std::mt19937_64& random) {
  const std::size_t at = below(random, text.size() + 1);
  switch (below(random, 4)) {
    case 0: text.erase(at, 1 + below(random, 3)); break;
    case 1: text.insert(at, 1, "a0-_. \"="[below(random, 8)]); break;
    case 2: text.insert(at, text.substr(at, 1 + below(random, 40))); break;
    default: break;
  }
}

TEST_CASE("Backtracking prefers what RE2 prefers") {
  for (const char* expression :
       {"abc", "a|ab|abc", "(?:a|ab)(?:c|bcd)", "(?P<x>a|ab)(?P<y>c|bcd)?", "a{2,4}", "a{2,4}?", "a{2,4}?b", "a*", "a*?", "a+?b", "a{0,3}a{2}", "(?P<x>a{0,3})(?P<y>a{2})",
        "(?P<x>a{0,3}?)(?P<y>a{2,})", "\\ba+\\b", "\\Ba", "[ab]{1,5}\\b", "[ab]{1,5}?\\b", "(?:ab?){2,3}", "(?:ab?){2,3}?c?", "(?:(?P<x>a)|b){3}", "(?P<x>a)?b", "(?P<x>a?)b",
        "(?:a|b(?P<x>c))(?P<y>d)?", ".{0,4}b", ".{0,4}?b", "[^b]{1,3}b?", "(?:x{1,2}-){1,3}y", "(?:|a)b", "(?:a|)b", "a{3}|a{2}", "(a)(?:b)(?P<n>c)", "(?:a{1,2}b{0,1}){2}a?", "(?:ab)*", "(?:ab?)+b",
        "(?:a|bc?)*?d", "(?:(?P<x>a)|b){2,}c?", "(?:(?:ab)*c)+"}) {
    INFO(expression);
    const Both both(expression);
    REQUIRE(both.re2.ok());
    REQUIRE(both.mine);
    std::mt19937_64 random(7);
    for (int n = 0; n < 60; ++n) {
      std::string text;
      for (std::size_t size = below(random, 10); text.size() < size;) text += "aaaabbbcdxy- \n"[below(random, 14)];
      INFO(text);
      both.check_everywhere(text);
    }
  }
}

TEST_CASE("Backtracking and RE2 find the same of every pattern, with the same captures") {
  std::mt19937_64 random(11);
  std::size_t matches = 0;
  std::size_t expressions = 0;
  auto check = [&](std::string_view expression) {
    INFO(std::string(expression));
    const Both both(expression);
    REQUIRE(both.re2.ok());
    REQUIRE(both.mine);  // none needs RE2 for itself
    ++expressions;
    const auto tree = parse_regex(expression);
    for (int n = 0; n < 6; ++n) {
      std::string text = below(random, 2) == 0 ? " " : "x=";
      const std::size_t from = below(random, text.size() + 1);
      write(*tree, random, text);
      for (std::uint64_t times = below(random, 3); times > 0; --times) spoil(text, random);
      const std::size_t end = text.size();
      text += below(random, 2) == 0 ? "\n" : "z";
      INFO(text);
      matches += both.expected(text, from, text.size(), false).has_value();
      both.check(text, std::min(from, text.size()), text.size(), false);
      both.check(text, std::min(2 * from, text.size()), std::max(std::min(2 * from, text.size()), std::min(end, text.size())), true);
    }
  };
  for (const model::Pattern& pattern : testing::real_patterns().rules.patterns()) {
    if (pattern.assigned != model::Assigned::kNo) continue;
    check(pattern.regex);
    for (const model::Companion& companion : pattern.companions) check(companion.regex);
    for (const model::Check& one : pattern.checks) {
      if (one.name == "not") check(one.argument);
    }
  }
  CHECK(expressions > 2000);
  CHECK(matches > 5000);
}

TEST_CASE("What would take long is given up, and RE2 is asked") {
  const std::string expression = "(?:a{1,20}b?){8}c";
  const std::string text(200, 'a');
  std::vector<std::string_view> names;
  const auto code = Backtracker::compile(*parse_regex(expression, &names));
  REQUIRE(code);
  Groups groups{};
  std::uint32_t steps = 1000;
  CHECK(code->search(text, 0, text.size(), text.size(), false, groups, steps) == Answer::kGaveUp);
  CHECK(steps == 0);
  const Regex regex(expression);
  CHECK_FALSE(regex.find(text, 0, text.size(), text.size(), groups));
  CHECK(regex.find(text + "c", 0, text.size(), text.size() + 1, groups));
  CHECK_FALSE(regex.find(text + "c", 0, 10, text.size() + 1, groups));  // a match begins later
  for (int n = 0; n < 100; ++n) {  // RE2 is asked at once by then
    CHECK_FALSE(regex.find(text, 0, text.size(), text.size(), groups));
    REQUIRE(regex.find("xaaaaaaaacx", 0, 11, 11, groups));
    CHECK(groups[0] == "aaaaaaaac");
  }
}

TEST_CASE("What is no tree, or repeats what can be nothing, is RE2's") {
  for (const char* expression : {"(?:a*)*b", "(?:a?){2}", "(?:(?:abcdefgh){1,500}){2}"}) {
    INFO(expression);
    CHECK_FALSE(Both(expression).mine);
    const Regex regex(expression);
    Groups groups{};
    REQUIRE(regex.find("xaab", 0, 4, 4, groups) == RE2::PartialMatch("xaab", expression));
    CHECK(regex.check());
  }
  const Regex bad("(");
  Groups groups{};
  CHECK_FALSE(bad.find("(", 0, 1, 1, groups));
  CHECK_FALSE(bad.check());
}

TEST_CASE("Names of captures are in order") {
  CHECK(Regex("(?P<secret>a(?P<id>b))(c)").names() == std::vector<std::string_view>{"secret", "id", ""});
}

}  // namespace
}  // namespace keywake::matching
