#include "matching/anchor_place.h"

#include <re2/re2.h>

#include "catch.h"
#include "matching/samples.h"

namespace keywake::matching {
namespace {

TEST_CASE("Canonical expressions as trees, by width") {
  struct Case {
    const char* regex;
    std::uint32_t min;
    std::uint32_t max;
  };
  for (const Case& c :
       {Case{"abc", 3, 3}, Case{"a|bcd", 1, 3}, Case{"\\bghp_[0-9A-Za-z]{36}\\b", 40, 40},
        Case{"(?P<secret>a{2,5}b?)c*", 2, RegexNode::kNoMax}, Case{"(?:ab){3}", 6, 6},
        Case{"[\\]\\\\a-c-]{2}", 2, 2}, Case{"[^\\n]{0,7}?", 0, 7}, Case{"\\x41\\.\\$", 3, 3},
        Case{"a{2", 3, 3}, Case{"x{2,}", 2, RegexNode::kNoMax}, Case{"", 0, 0},
        Case{"(?:a{1000}){1000}", 1000000, 1000000}, Case{".", 1, 1}}) {
    INFO(c.regex);
    auto tree = parse_regex(c.regex);
    REQUIRE(tree);
    CHECK(width(*tree).min == c.min);
    CHECK(width(*tree).max == c.max);
  }
  for (const char* regex : {"(", ")", "[a", "a)", "(?i)a", "(?=a)", "^a", "a$", "*", "\\", "\\pL",
                            "[[:alpha:]]", "[a-\\d]", "(?P<x"}) {
    INFO(regex);
    CHECK_FALSE(parse_regex(regex));
  }
  CHECK_FALSE(parse_regex(std::string(10000, '(')));  // neither a crash nor a stack overflow
}

TEST_CASE("Trees of the real patterns are as wide as their rule files say") {
  for (const model::Pattern& pattern : testing::real_patterns().rules.patterns()) {
    if (pattern.assigned != model::Assigned::kNo) continue;
    INFO(std::string(pattern.id));
    auto tree = parse_regex(pattern.regex);
    REQUIRE(tree);
    Width w = width(*tree);
    CHECK(w.min <= pattern.max_length);
    if (w.max <= 1024) CHECK(w.max == pattern.max_length);
  }
}

struct Planned {
  std::vector<std::string_view> anchors;
  std::vector<std::string_view> keywords;
  model::Pattern pattern;
  MatchPlan plan;

  Planned(std::string_view regex, std::vector<std::string_view> literals,
          std::vector<std::string_view> any_case = {}, std::string_view shape = {})
      : anchors(std::move(literals)), keywords(std::move(any_case)) {
    pattern.anchors = anchors;
    pattern.keywords = keywords;
    pattern.shape = shape;
    pattern.regex = regex;
    pattern.max_length = 200;
    plan = plan_matches(pattern);
  }
};

TEST_CASE("Where anchors stand in matches") {
  struct Case {
    const char* regex;
    std::vector<std::string_view> anchors;
    std::vector<std::string_view> keywords;
    bool proven;
    std::uint32_t earliest;
    std::uint32_t latest;
  };
  for (const Case& c : {
           Case{"\\b(?P<secret>ghp_[0-9A-Za-z]{36})\\b", {"ghp_"}, {}, true, 0, 0},
           Case{"(?P<secret>[a-z]{3,9}ghp_[a-z]{4})", {"ghp_"}, {}, true, 3, 9},
           Case{"(?P<secret>(?:gho|ghp)_x{4})", {"ghp_", "gho_"}, {}, true, 0, 0},
           Case{"(?P<secret>(?:gho|ghp)_x{4})", {"ghp_"}, {}, false, 0, 200},  // gho_ has no anchor
           Case{"(?P<secret>gh[op]_x{4})", {"ghp_", "gho_"}, {}, true, 0, 0},
           Case{"x?y{2}(?P<secret>anchor)", {"anchor"}, {}, true, 2, 3},
           Case{"(?P<secret>(?:anchor)?[0-9]{4})", {"anchor"}, {}, false, 0, 200},
           Case{"(?:[Aa][Pp][Ii]_)(?P<secret>[0-9]{4})", {}, {"api_"}, true, 0, 0},
           Case{"host/(?:a/[0-9]{4}|b/[a-z]{9})(?P<secret>x)",
                {"host/a/", "host/b/"},
                {},
                true,
                0,
                0},
           Case{"(?P<secret>a{2,3}bc)", {"aabc"}, {}, true, 0, 1},
       }) {
    INFO(c.regex);
    Planned planned(c.regex, c.anchors, c.keywords);
    CHECK(planned.plan.proven == c.proven);
    REQUIRE(planned.plan.places.size() == c.anchors.size() + c.keywords.size());
    CHECK(planned.plan.places[0].earliest == c.earliest);
    CHECK(planned.plan.places[0].latest == c.latest);
  }
}

TEST_CASE("A shape is placed by its last byte if matches begin with it") {
  Planned same("\\bkey=(?P<secret>[a-f]{8,20})", {}, {}, "key=[a-f]{8}");
  CHECK(same.plan.proven);
  CHECK(same.plan.places[0].earliest == 11);
  CHECK(same.plan.places[0].latest == 11);
  Planned wider("key=(?P<secret>[a-f]{8,20})", {}, {}, "key=[a-z]{8}");
  CHECK(wider.plan.proven);
  for (const char* shape :
       {"key=[a-e]{8}", "key=[a-f]{9}", "\\bkey=[a-f]{8}", "key=[a-f]{8}z", "ey=[a-f]{8}"}) {
    INFO(shape);
    CHECK_FALSE(Planned("key=(?P<secret>[a-f]{8,20})", {}, {}, shape).plan.proven);
  }
}

TEST_CASE("What every match begins with, and the run it must hold") {
  Planned planned("\\b(?P<secret>ab[0-9]{2}(?:x|yz)[a-f]{30,40})", {"ab"});
  CHECK(planned.plan.boundary_first);
  REQUIRE(planned.plan.lead.size() == 5);  // a b 0 0 and x or y; what follows is not at one place
  CHECK(planned.plan.lead[4].count() == 2);
  CHECK(planned.plan.run.length == 30);
  CHECK(planned.plan.run.bytes.count() == 6);
  CHECK(has_run("....." + std::string(30, 'a'), planned.plan.run));
  CHECK(has_run(std::string(31, 'f') + "...", planned.plan.run));
  CHECK_FALSE(has_run(std::string(29, 'a') + "g" + std::string(29, 'a'), planned.plan.run));
  CHECK_FALSE(has_run("", planned.plan.run));
}

// Plans say only what holds for every match: held against random matches, made from the examples.
TEST_CASE("Plans of the real patterns hold for their examples") {
  std::size_t checked = 0;
  for (const model::Pattern& pattern : testing::real_patterns().rules.patterns()) {
    MatchPlan plan = plan_matches(pattern);
    RE2::Options options(RE2::Latin1);
    RE2 re(re2::StringPiece(pattern.regex.data(), pattern.regex.size()), options);
    REQUIRE(re.ok());
    rules::RuleSet rules;
    rules.add(pattern);
    for (const std::string& text : testing::examples_of(rules)) {
      re2::StringPiece match;
      if (!re.Match(text, 0, text.size(), RE2::UNANCHORED, &match, 1)) continue;
      std::string_view found(match.data(), match.size());
      INFO(std::string(pattern.id) << ": " << found);
      ++checked;
      REQUIRE(found.size() >= plan.lead.size());
      for (std::size_t i = 0; i < plan.lead.size(); ++i)
        CHECK(plan.lead[i].test(static_cast<unsigned char>(found[i])));
      if (plan.run.length > 0) CHECK(has_run(found, plan.run));
      if (!plan.proven || pattern.anchors.empty()) continue;
      bool placed = false;
      for (std::size_t a = 0; a < pattern.anchors.size(); ++a) {
        for (std::size_t at = found.find(pattern.anchors[a]); at != std::string_view::npos;
             at = found.find(pattern.anchors[a], at + 1)) {
          placed |= plan.places[a].earliest <= at && at <= plan.places[a].latest;
        }
      }
      CHECK(placed);
    }
  }
  CHECK(checked > 600);
}

}  // namespace
}  // namespace keywake::matching
