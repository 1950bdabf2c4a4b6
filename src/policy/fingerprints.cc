// .gitleaksignore and .betterleaksignore. A line is a comment (#) or one fingerprint:
//
//   [commit:]file:rule:line       of a place: gitleaks 8.30 and Betterleaks 1. The rule is their name for what they found, and says nothing here
//   64 hexadecimal digits         of a value, wherever it stands: its SHA-256 (Betterleaks 2.0.0-rc.4)
//   hmac-sha256:64 digits         the same, keyed with the bytes of BETTERLEAKS_FINGERPRINT_HMAC_KEY
#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/ascii.h"
#include "base/hash.h"
#include "base/text.h"
#include "policy/others_internal.h"

namespace keywake::policy {
namespace {

constexpr std::string_view kKeyed = "hmac-sha256:";
constexpr std::size_t kDigits = 64;

bool is_hex(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return hex_digit(c) >= 0; });
}

class Fingerprints : public Source {
 public:
  Fingerprints(std::string_view shown, std::string_view key) : shown_(shown), key_(key) {}

  /// False: it is none.
  bool add_place(std::string_view line) {
    const std::size_t number = line.rfind(':');
    if (number == std::string_view::npos || number == 0 || number + 1 == line.size()) return false;
    const std::size_t rule = line.rfind(':', number - 1);
    if (rule == std::string_view::npos || rule == 0) return false;
    std::uint32_t at = 0;
    for (const char c : line.substr(number + 1)) {
      if (c < '0' || c > '9' || at > 100'000'000) return false;
      at = at * 10 + static_cast<std::uint32_t>(c - '0');
    }
    std::string file(line.substr(0, rule));
    std::string commit;
    const std::size_t colon = file.find(':');
    if ((colon == 40 || colon == 64) && is_hex(std::string_view(file).substr(0, colon))) {
      commit = lowered(file.substr(0, colon));
      file.erase(0, colon + 1);
    }
    std::replace(file.begin(), file.end(), '\\', '/');  // as they do, for files written on Windows
    if (file.starts_with("./")) file.erase(0, 2);
    places_.emplace(std::move(file), at, std::move(commit));
    return true;
  }
  bool add_value(std::string_view line) {
    const bool keyed = line.starts_with(kKeyed);
    if (keyed) line.remove_prefix(kKeyed.size());
    if (line.size() != kDigits || !is_hex(line)) return false;
    (keyed ? keyed_values_ : values_).insert(lowered(line));
    return true;
  }
  [[nodiscard]] std::size_t keyed() const { return keyed_values_.size(); }

  [[nodiscard]] std::optional<std::string_view> by(const Place& place) const override {
    const std::string path(place.path);
    bool known = places_.contains({path, place.line, ""}) || (!place.commit.empty() && places_.contains({path, place.line, std::string(place.commit)}));
    known = known || (!values_.empty() && values_.contains(to_hex(sha256(place.secret))));
    known = known || (!keyed_values_.empty() && !key_.empty() && keyed_values_.contains(to_hex(hmac("sha256", key_, place.secret))));
    return known ? std::optional(std::string_view(shown_)) : std::nullopt;
  }

 private:
  std::string shown_;
  std::string key_;
  std::set<std::tuple<std::string, std::uint32_t, std::string>> places_;
  std::set<std::string> values_, keyed_values_;
};

Made read_lines(std::string_view text, const Reading& reading, bool of_values) {
  auto out = std::make_unique<Fingerprints>(reading.shown, reading.betterleaks_key);
  std::size_t count = 0;
  for (std::size_t number = 1; !text.empty(); ++number) {
    std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    while (!line.empty() && is_space(line.back())) line.remove_suffix(1);
    while (!line.empty() && is_space(line.front())) line.remove_prefix(1);
    if (line.empty() || line.starts_with('#')) continue;
    if (++count > kMaxEntries) return fail(fmt::format("more than {} fingerprints", human_count(kMaxEntries)));
    if ((of_values && out->add_value(line)) || out->add_place(line)) continue;
    reading.left_out.push_back(fmt::format("line {}: no fingerprint", number));
  }
  if (out->keyed() > 0 && reading.betterleaks_key.empty()) {
    reading.left_out.push_back(fmt::format("{} fingerprints, made with a key; put it into BETTERLEAKS_FINGERPRINT_HMAC_KEY", human_count(out->keyed())));
  }
  return out;
}

}  // namespace

Made read_gitleaks_ignore(std::string_view text, const Reading& reading) { return read_lines(text, reading, false); }
Made read_betterleaks_ignore(std::string_view text, const Reading& reading) { return read_lines(text, reading, true); }

}  // namespace keywake::policy
