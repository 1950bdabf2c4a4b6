// The two tiers against one: RE2 alone over the whole text. What RE2 finds, the anchors and windows
// must not lose; what they find must be what RE2 finds there.
#include <re2/re2.h>

#include "catch.h"
#include "matching/named.h"
#include "matching/anchor_place.h"
#include "matching/samples.h"
#include "rules/examples.h"

namespace keywake::matching {
namespace {

using testing::below;

struct Extent {
  std::size_t begin;
  std::size_t end;
};

std::unique_ptr<RE2> compile(std::string_view regex) {
  RE2::Options options(RE2::Latin1);
  options.set_log_errors(false);
  return std::make_unique<RE2>(re2::StringPiece(regex.data(), regex.size()), options);
}

struct WholeMatch {
  Extent match;
  Extent secret;
};

std::optional<WholeMatch> match_at(const RE2& re, std::string_view text, std::size_t from,
                                   RE2::Anchor anchor) {
  std::vector<re2::StringPiece> groups(static_cast<std::size_t>(re.NumberOfCapturingGroups()) + 1);
  re2::StringPiece all(text.data(), text.size());
  if (!re.Match(all, from, text.size(), anchor, groups.data(), static_cast<int>(groups.size())))
    return std::nullopt;
  auto extent = [&](const re2::StringPiece& piece) {
    auto begin = static_cast<std::size_t>(piece.data() - text.data());
    return Extent{begin, begin + piece.size()};
  };
  int secret = re.NamedCapturingGroups().at("secret");
  return WholeMatch{extent(groups[0]), extent(groups[static_cast<std::size_t>(secret)])};
}

// A pattern reduced to its expression: no checks, no companions.
model::Pattern bare(const model::Pattern& pattern) {
  static constexpr model::Check kAnything[] = {{"placeholder-ok", ""}};
  model::Pattern out = pattern;
  out.checks = kAnything;
  out.companions = {};
  out.generic = true;  // so escapes are not resolved, which RE2 alone does not do either
  return out;
}

TEST_CASE("Both tiers find what RE2 finds over the whole text") {
  std::size_t matches = 0;
  std::size_t proven = 0;
  std::size_t patterns = 0;
  for (const model::Pattern& pattern : testing::real_patterns().rules.patterns()) {
    if (pattern.within > 0 || pattern.assigned != model::Assigned::kNo || is_named(pattern)) continue;  // those two: assignment_test.cc
    INFO(std::string(pattern.id));
    ++patterns;
    rules::RuleSet rules;
    rules.add(bare(pattern));
    auto engine = Engine::compile(rules);
    REQUIRE(engine);
    bool complete = plan_matches(pattern).proven;
    proven += complete;
    auto re = compile(pattern.regex);
    REQUIRE(re->ok());
    std::vector<std::string> examples = testing::examples_of(rules);
    ValueTable values;
    Scanner scanner(**engine, values, {});
    for (std::uint64_t seed = 0; seed < 6; ++seed) {
      INFO("seed " << seed);
      std::mt19937_64 random(seed);
      std::string text = testing::random_text(random, examples, 3000);
      std::vector<Settled> found;
      settle(testing::scan(scanner, text), values, found);
      std::erase_if(found,
                    [&](const Settled& item) { return !values[item.value].decoded.empty(); });

      for (const Settled& item : found) {
        INFO("found at " << item.begin);
        bool real = false;  // some match of RE2 has this secret
        for (std::size_t from = item.begin > pattern.max_length ? item.begin - pattern.max_length
                                                                : 0;
             from <= item.begin && !real; ++from) {
          auto whole = match_at(*re, text, from, RE2::ANCHOR_START);
          real = whole && whole->secret.begin == item.begin && whole->secret.end == item.end;
        }
        CHECK(real);
      }
      for (std::size_t from = 0; complete && from < text.size();) {
        auto whole = match_at(*re, text, from, RE2::UNANCHORED);
        if (!whole) break;
        from = std::max(whole->match.end, whole->match.begin + 1);
        if (whole->match.end - whole->match.begin > pattern.max_length ||
            whole->secret.begin == whole->secret.end)
          continue;
        ++matches;
        INFO("RE2 at " << whole->secret.begin);
        CHECK(std::any_of(found.begin(), found.end(), [&](const Settled& item) {
          return item.begin < whole->secret.end && whole->secret.begin < item.end;
        }));
      }
    }
  }
  CHECK(matches > 5000);
  CHECK(proven * 10 > patterns * 8);
}

// An example's secret is found again when the whole example stands in base64 (at each alignment),
// hexadecimal or UTF-16.
TEST_CASE("Encoded examples are found") {
  ValueTable values;
  Scanner scanner(testing::real_engine(), values, {});
  std::vector<Settled> found;
  std::size_t tried = 0;
  std::size_t missed = 0;
  std::string misses;
  auto secrets = [&](const std::string& text, std::string_view id, std::string_view decoded) {
    settle(testing::scan(scanner, text), values, found);
    std::vector<std::string> out;
    for (const Settled& item : found) {
      const Value& value = values[item.value];
      if (value.pattern->id == id && value.decoded == decoded)
        out.emplace_back(value.secret.reveal());
    }
    return out;
  };
  for (const rules::PatternSource& source : testing::real_patterns().sources) {
    const model::Pattern& pattern = testing::real_patterns().rules.patterns()[source.pattern];
    bool encodable = pattern.within == 0 && !pattern.generic && !pattern.anchors.empty() &&
                     pattern.keywords.empty() && pattern.shape.empty();
    for (std::string_view anchor : pattern.anchors) encodable &= anchor.size() >= 4;
    if (!encodable) continue;
    for (const rules::Example& example : source.match) {
      std::string text = rules::expand_example(pattern.id, example)->text;
      auto plain = secrets(text, pattern.id, "");
      INFO(std::string(pattern.id) << " example " << example.number);
      REQUIRE_FALSE(plain.empty());

      for (unsigned shift = 0; shift < 3; ++shift) {
        std::string lead = std::string(shift, ' ');
        ++tried;
        if (secrets("data: " + testing::base64(lead + text) + "\n", pattern.id, "base64") !=
            plain) {
          ++missed;
          misses += std::string(pattern.id) + " base64 +" + std::to_string(shift) + "\n";
        }
      }
      ++tried;
      if (secrets("x=" + testing::hex(text) + ";", pattern.id, "hex") != plain)
        ++missed, misses += std::string(pattern.id) + " hex\n";
      ++tried;
      if (secrets(testing::utf16le(text), pattern.id, "utf-16") != plain)
        ++missed, misses += std::string(pattern.id) + " utf-16\n";
      ++tried;
      if (secrets("powershell -enc " + testing::base64(testing::utf16le(text)), pattern.id,
                  "base64 > utf-16") != plain) {
        ++missed;
        misses += std::string(pattern.id) + " base64 > utf-16\n";
      }
      bool long_anchors = true;
      for (std::string_view anchor : pattern.anchors) long_anchors &= anchor.size() >= 8;
      if (!long_anchors) continue;
      ++tried;
      if (secrets(testing::base64(testing::base64(text)), pattern.id, "base64 > base64") != plain) {
        ++missed;
        misses += std::string(pattern.id) + " base64 > base64\n";
      }
    }
  }
  INFO(misses);
  CHECK(tried > 500);
  CHECK(missed == 0);
}

}  // namespace
}  // namespace keywake::matching
