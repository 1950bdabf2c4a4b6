// Values: what the placeholders of a validator stand for, and texts with them put in. Among the values are secrets: nothing here is ever
// printed. Thread safety: as any value.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "model/finding.h"
#include "model/validator.h"

namespace keywake::validation {

/// How a value is written where it is put.
enum class Into : std::uint8_t { kPlain, kUrl, kForm, kJson };

class Values {
 public:
  /// Those of a credential: {secret} and its parts.
  static Values of(const Secret& secret, const std::vector<model::Part>& parts);
  /// {now} and its like as they are now, and another {nonce}.
  void renew();

  void set(std::string_view name, std::string_view value) { values_[std::string(name)] = value; }
  [[nodiscard]] const std::string* find(std::string_view name) const;

  /// Absent if a value is missing or a filter cannot read it, which `missing` then says.
  std::optional<std::string> render(const model::Template& text, Into into, std::string& missing) const;
  /// A URL: values are percent-encoded; but those between :// and the next slash, which must be of letters, digits, dots and hyphens (one
  /// may end in a port), and one that is the whole URL stand as they are. `missing` may also say what is wrong with a value.
  std::optional<std::string> render_url(const model::Template& text, std::string& missing) const;

 private:
  std::map<std::string, std::string, std::less<>> values_;
  std::int64_t now_ = 0;  // seconds since 1970, as of renew()
};

}  // namespace keywake::validation
