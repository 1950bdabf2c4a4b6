#include "cli/layer_cache.h"

#include <filesystem>
#include <string>

#include "base/hash.h"
#include "base/limits.h"
#include "base/mapped_file.h"
#include "cli/engine_cache.h"
#include "cli/version.h"

namespace keywake::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMaxRules = 64 * limits::kMiB;

void add(std::string& key, std::string_view field) { key += std::to_string(field.size()) + ":" + std::string(field); }

// This very program: another build may find other things by the same rules.
std::string program() {
  std::error_code error;
  const fs::path self = fs::canonical("/proc/self/exe", error);
  const auto size = error ? 0 : fs::file_size(self, error);
  const auto time = error ? fs::file_time_type() : fs::last_write_time(self, error);
  return std::string(kVersion) + " " + std::to_string(size) + " " + std::to_string(time.time_since_epoch().count());
}

}  // namespace

scan::LayerCacheOptions layer_cache_options(const Arguments& arguments) {
  const scan::Request& request = arguments.request;
  const fs::path folder = default_cache_folder();
  if (!arguments.layer_cache || request.explain || folder.empty()) return {};
  std::string key;
  add(key, program());
  for (const std::string& file : arguments.rule_files) {
    const auto bytes = read_file(file, kMaxRules);
    if (!bytes) return {};  // a folder, or what RuleChoice will complain of
    add(key, *bytes);
  }
  const std::string no_archives = request.archives ? "" : "no-archives";
  const std::string numbers = std::to_string(request.max_file_size) + " " + std::to_string(static_cast<int>(request.min_confidence)) + (request.suppress ? "" : " no-suppress");
  add(key, no_archives);
  add(key, numbers);
  for (const auto* list : {&arguments.patterns, &request.include, &request.exclude}) {
    add(key, std::to_string(list->size()));
    for (const std::string& each : *list) add(key, each);
  }
  return {folder / "layers", to_hex(sha256(key))};
}

}  // namespace keywake::cli
