#include "validation/validators.h"

#include "rules/validator_file.h"

namespace keywake::validation {

Result<Validators> Validators::load(std::span<const std::filesystem::path> own, std::span<const rules::BuiltinFile> builtin) {
  rules::LoadedValidators loaded;
  for (const std::filesystem::path& file : own) rules::load_validators(file, loaded);
  for (const rules::BuiltinFile& file : builtin) rules::load_validator_text(file.text, file.name, loaded);
  if (!loaded.problems.empty()) {
    std::string message = "the validators have faults; nobody was asked";
    for (const rules::Problem& problem : loaded.problems) message += "\n  " + problem.text();
    return fail(std::move(message));
  }
  Validators out;
  out.validators_ = std::move(loaded.validators);
  for (std::size_t i = 0; i < out.validators_.size(); ++i) {
    for (const std::string& pattern : out.validators_[i].validates) out.by_pattern_.emplace(pattern, &out.validators_[i]);  // the first holds
  }
  return out;
}

const model::Validator* Validators::find(std::string_view pattern) const {
  const auto found = by_pattern_.find(pattern);
  return found == by_pattern_.end() ? nullptr : found->second;
}

}  // namespace keywake::validation
