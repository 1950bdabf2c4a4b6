// What stands in a provider's answer, and which verdict that is. Thread safety: pure functions; a Reading serves one thread.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "model/validator.h"
#include "validation/values.h"

namespace keywake::validation {

/// An answer with its body read as JSON, once, when first needed.
class Reading {
 public:
  /// `values`: what sources of the kind kValue refer to. Both must outlive it.
  Reading(const model::Answer& answer, const Values& values);
  ~Reading();

  /// The values at a place, as text; none if there is nothing, or null. Numbers and booleans as JSON writes them; an array gives its
  /// items; an object the text "{}", since that it is there may matter and what is in it does not.
  [[nodiscard]] std::vector<std::string> at(const model::Source& source) const;

  /// The first rule that fits; null if none does.
  [[nodiscard]] const model::VerdictRule* judged_by(const std::vector<model::VerdictRule>& rules) const;

 private:
  [[nodiscard]] bool holds(const model::Condition& condition) const;
  [[nodiscard]] std::vector<std::string> in_json(std::string_view pointer) const;
  [[nodiscard]] std::vector<std::string> whole(const model::Source& source) const;

  const model::Answer& answer_;
  const Values& values_;
  struct Body;
  mutable std::unique_ptr<Body> body_;
};

/// What is wrong with the expressions of a validator's rules; empty: nothing.
std::vector<std::string> wrong_expressions(const model::Validator& validator);

}  // namespace keywake::validation
