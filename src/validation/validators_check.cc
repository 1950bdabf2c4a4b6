#include "validation/validators_check.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/text.h"
#include "matching/engine.h"
#include "rules/examples.h"
#include "validation/answer.h"
#include "validation/probe.h"

namespace keywake::validation {
namespace {

class ExampleRunner {
 public:
  ExampleRunner(const std::vector<ExampleFinding>& findings, std::vector<std::string>& problems) : problems_(problems) {
    for (const ExampleFinding& finding : findings) findings_[finding.pattern->id].push_back(&finding);
  }

  void run(const model::Validator& validator) {
    for (const std::string& wrong : wrong_expressions(validator)) problem(validator, validator, wrong);
    if (validator.scheme != "http" || validator.requests.empty()) return;
    for (const std::string& pattern : validator.validates) check_can_be_asked(validator, pattern);
    for (const model::ValidatorExample& example : validator.examples) {
      const std::string& pattern = !example.pattern.empty() || validator.validates.empty() ? example.pattern : validator.validates.front();
      for (const ExampleFinding* finding : findings_[pattern]) {
        const model::Validation result = asked(validator, *finding, example);
        if (result.verdict == model::Verdict::kUnvalidatable && finding != findings_[pattern].back()) continue;  // that one lacks a part
        compare(validator, example, result);
        break;
      }
    }
  }

 private:
  template <typename Place>
  void problem(const model::Validator& validator, const Place& place, const std::string& what) {
    problems_.push_back(fmt::format("{}:{}:{}: {}: {}", printable(validator.file), place.line, place.column, validator.id, what));
  }

  static model::Validation asked(const model::Validator& validator, const ExampleFinding& finding, const model::ValidatorExample& example) {
    static const AllowedHosts kAll{"*"};
    std::vector<model::Part> parts;
    for (const auto& [name, value] : example.parts) parts.push_back({name, value, false});
    parts.insert(parts.end(), finding.parts.begin(), finding.parts.end());
    const auto probe = make_probe(validator, Values::of(finding.secret, parts), kAll);
    for (std::size_t i = 0; probe->next(); ++i) {
      const model::Answer& answer = example.answers[std::min(i, example.answers.size() - 1)];
      net::Answer given;
      given.status = answer.status;
      given.headers = answer.headers;
      given.body = answer.body;
      probe->answer(given);
    }
    return probe->result();
  }

  void check_can_be_asked(const model::Validator& validator, const std::string& pattern) {
    static const AllowedHosts kAll{"*"};
    std::string reason;
    for (const ExampleFinding* finding : findings_[pattern]) {
      const auto probe = make_probe(validator, Values::of(finding->secret, finding->parts), kAll);
      if (probe->next()) return;
      reason = probe->result().reason;
    }
    if (reason.empty()) return;  // no such pattern, which the lint says, or one without examples
    problem(validator, validator, fmt::format("none of the match examples of {} can be asked about: {}", pattern, reason));
  }

  void compare(const model::Validator& validator, const model::ValidatorExample& example, const model::Validation& result) {
    if (result.verdict != example.is) {
      return problem(validator, example, fmt::format("the example is {}, and comes out {} ({})", model::name(example.is), model::name(result.verdict), result.reason));
    }
    for (const auto& [name, expected] : example.facts) {
      const auto fact = std::find_if(result.facts.begin(), result.facts.end(), [&, &key = name](const auto& f) { return f.name == key; });
      std::string values;
      if (fact != result.facts.end()) {
        for (const std::string& value : fact->values) values += (values.empty() ? "" : ", ") + value;
      }
      if (values != expected) problem(validator, example, fmt::format("the example's {} comes out as '{}'", name, printable(values)));
    }
  }

  std::map<std::string_view, std::vector<const ExampleFinding*>> findings_;
  std::vector<std::string>& problems_;
};

}  // namespace

Result<std::vector<ExampleFinding>> example_findings(const rules::Loaded& patterns) {
  auto engine = matching::Engine::compile(patterns.rules);
  if (!engine) return std::unexpected(engine.error());
  matching::ValueTable values;
  matching::Scanner scanner(**engine, values, {});
  std::vector<ExampleFinding> out;
  for (const rules::PatternSource& source : patterns.sources) {
    const model::Pattern& pattern = patterns.rules.patterns()[source.pattern];
    for (const rules::Example& example : source.match) {
      const auto expanded = rules::expand_example(pattern.id, example);
      if (!expanded) continue;
      matching::Notes notes;
      std::vector<matching::Settled> settled;
      scanner.scan(expanded->text, notes);
      settle(notes, values, settled);
      for (const matching::Settled& item : settled) {
        const matching::Value& value = values[item.value];
        if (value.pattern == &pattern && value.rejected.empty()) out.push_back({&pattern, value.secret, value.parts});
      }
    }
  }
  return out;
}

std::vector<std::string> check_validators(const rules::Loaded& patterns, std::span<const model::Validator> validators) {
  std::vector<std::string> problems;
  const auto findings = example_findings(patterns);
  if (!findings) return {findings.error().message};
  ExampleRunner runner(*findings, problems);
  for (const model::Validator& validator : validators) runner.run(validator);
  return problems;
}

}  // namespace keywake::validation
