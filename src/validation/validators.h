// Validators: which validator asks about which pattern. Those built in, and a user's own, which come first. Ownership: owns them; what
// find() gives lives as long. Thread safety: immutable once built.
#pragma once

#include <filesystem>
#include <map>
#include <span>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "model/validator.h"
#include "rules/builtin.h"

namespace keywake::validation {

class Validators {
 public:
  /// An Error names every fault of the files, a line each.
  Validators(Validators&&) = default;
  Validators& operator=(Validators&&) = default;
  static Result<Validators> load(std::span<const std::filesystem::path> own, std::span<const rules::BuiltinFile> builtin);

  /// Null: nobody can be asked.
  [[nodiscard]] const model::Validator* find(std::string_view pattern) const;
  /// The user's own first, then the built-in ones by file.
  [[nodiscard]] const std::vector<model::Validator>& all() const { return validators_; }

 private:
  Validators() = default;

  std::vector<model::Validator> validators_;
  std::map<std::string_view, const model::Validator*> by_pattern_;
};

}  // namespace keywake::validation
