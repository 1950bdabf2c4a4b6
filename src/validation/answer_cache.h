// AnswerCache: what providers said in earlier runs, for sweeps that see the same credentials every night and would spend their limits on
// them. Only live and dead are kept, with their facts, by a keyed digest of validator, secret and parts: no secret is in the file, and
// who has it without the user's rights to read it can try none. A missing, foreign or damaged file is an empty cache.
// Thread safety: used by one thread; several processes may share a file, the last to write holds.
#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <string>

#include "model/validation.h"
#include "validation/ask.h"

namespace keywake::validation {

class AnswerCache {
 public:
  /// `now`: seconds since 1970; what was said more than `max_age` before it is forgotten.
  AnswerCache(std::filesystem::path file, std::chrono::seconds max_age, std::int64_t now);

  [[nodiscard]] std::optional<model::Validation> find(const Question& question) const;
  void add(const Question& question, const model::Validation& answer);
  /// A cache that cannot be written is done without.
  void write() const;

 private:
  [[nodiscard]] std::string key_of(const Question& question) const;
  void read();

  std::filesystem::path file_;
  std::int64_t oldest_;
  std::string salt_;  // of this file, hexadecimal
  std::map<std::string, model::Validation> answers_;
};

}  // namespace keywake::validation
