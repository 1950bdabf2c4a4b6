#include "policy/policy.h"

#include <fmt/format.h>

#include "base/text.h"
#include "policy/others.h"
#include "policy/settings.h"

namespace keywake::policy {
namespace {

constexpr std::size_t kMaxLeftOut = 20;  // notes of one file

}  // namespace

std::shared_ptr<const Policy> Policy::load(const Reader& read, const Options& options) {
  auto out = std::make_shared<Policy>();
  const auto text_of = [&](std::string_view path, bool own) -> std::optional<std::string> {
    auto text = read(path, kMaxFile);
    if (text) return *std::move(text);
    out->notes_.push_back({std::string(path), text.error().message, own});
    return std::nullopt;
  };
  if (const auto text = options.baseline ? text_of(kBaselineFile, true) : std::nullopt) {
    if (auto file = read_baseline(*text, kBaselineFile); !file) {
      out->notes_.push_back({std::string(kBaselineFile), file.error().message, true});
    } else if (auto baseline = Baseline::make(*std::move(file), options.key, kBaselineFile, options.now); !baseline) {
      // Without the key more is reported, not less: whoever cloned the repository need not see a failure for it.
      out->notes_.push_back({std::string(kBaselineFile), baseline.error().message, false});
    } else {
      out->sources_.push_back(*std::move(baseline));
    }
  }
  if (const auto text = text_of(kSettingsFile, true)) {
    if (auto settings = read_settings(*text, kSettingsFile, options.now); !settings) {
      out->notes_.push_back({std::string(kSettingsFile), settings.error().message, true});
    } else {
      out->trusts_changes_ = settings->trust_changes;
      out->sources_.push_back(std::move(settings->source));
    }
  }
  for (const OtherFile& file : other_files()) {
    const auto text = text_of(file.path, false);
    if (!text) continue;
    std::vector<std::string> left_out;
    auto source = file.read(*text, {file.shown, options.betterleaks_key, left_out});
    if (!source) {
      out->notes_.push_back({std::string(file.path), "not honoured: " + source.error().message, false});
      continue;
    }
    out->sources_.push_back(*std::move(source));
    for (std::size_t i = 0; i < std::min(left_out.size(), kMaxLeftOut); ++i) out->notes_.push_back({std::string(file.path), "not honoured: " + left_out[i], false});
    if (left_out.size() > kMaxLeftOut) out->notes_.push_back({std::string(file.path), fmt::format("not honoured: and {} more", human_count(left_out.size() - kMaxLeftOut)), false});
  }
  return out;
}

std::optional<std::string_view> Policy::by(const Place& place) const {
  for (const auto& source : sources_) {
    if (const auto found = source->by(place)) return found;
  }
  return std::nullopt;
}

}  // namespace keywake::policy
