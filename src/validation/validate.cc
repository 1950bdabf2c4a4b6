#include "validation/validate.h"

#include <fmt/format.h>

#include <algorithm>
#include <ctime>
#include <deque>
#include <map>

#include "validation/certificates.h"

namespace keywake::validation {
namespace {

using model::Verdict;

bool has_part(const model::Credential& credential, std::string_view name) {
  return std::any_of(credential.parts.begin(), credential.parts.end(), [&](const model::Part& part) { return part.name == name; });
}

// What needs no asking.
std::optional<model::Validation> settled(const model::Credential& credential, const model::Validator* validator, const ValidateOptions& options) {
  model::Validation out;
  out.at = std::time(nullptr);
  out.verdict = Verdict::kUnvalidatable;
  if (has_part(credential, "canary") && !options.touch_canaries) {
    out.verdict = Verdict::kSkipped;
    out.reason = "a canary token: to use it warns whoever laid it (--touch-canaries)";
  } else if (has_part(credential, "encrypted")) {
    out.reason = "it is encrypted";
  } else if (validator == nullptr) {
    out.reason = fmt::format("there is no validator for {}", credential.pattern->id);
  } else {
    return std::nullopt;
  }
  return out;
}

// A secret that is the other half of a credential that was asked about shares its fate.
void share_verdicts(std::span<model::Credential> credentials) {
  std::map<std::string_view, const model::Credential*> halves;
  for (const model::Credential& credential : credentials) {
    if (credential.validation->verdict == Verdict::kUnvalidatable) continue;
    for (const model::Part& part : credential.parts) {
      if (part.secret) halves.emplace(part.value, &credential);
    }
  }
  for (model::Credential& credential : credentials) {
    const auto whole = halves.find(credential.secret.reveal());
    if (whole == halves.end() || !credential.validation->validator.empty()) continue;
    credential.validation = whole->second->validation;
    credential.validation->reason += fmt::format(", together with its {}", whole->second->pattern->title);
  }
}

}  // namespace

Result<void> validate(std::span<model::Credential> credentials, const Validators& validators, const ValidateOptions& options,
                      const std::function<void(const AskProgress&)>& progress) {
  std::vector<Question> questions;
  std::vector<model::Credential*> asked;
  std::deque<std::vector<model::Part>> with_certificates;
  for (model::Credential& credential : credentials) {
    const model::Validator* validator = validators.find(credential.pattern->id);
    credential.validation = settled(credential, validator, options);
    if (credential.validation) continue;
    const std::vector<model::Part>* parts = &credential.parts;
    if (validator->scheme == "x509" && !has_part(credential, "certificate")) {
      if (std::string beside = certificates_beside(credential); !beside.empty()) {
        parts = &with_certificates.emplace_back(credential.parts);
        with_certificates.back().push_back({"certificate", std::move(beside), false});
      }
    }
    const Question question{validator, &credential.secret, parts};
    if (options.cache != nullptr) credential.validation = options.cache->find(question);
    if (credential.validation) continue;
    questions.push_back(question);
    asked.push_back(&credential);
  }
  auto answers = ask(questions, options.ask, progress);
  if (!answers) return std::unexpected(answers.error());
  for (std::size_t i = 0; i < asked.size(); ++i) {
    if (options.cache != nullptr) options.cache->add(questions[i], (*answers)[i]);
    asked[i]->validation = std::move((*answers)[i]);
  }
  share_verdicts(credentials);
  return {};
}

}  // namespace keywake::validation
