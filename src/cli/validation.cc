#include "cli/validation.h"

#include <ctime>
#include <optional>

#include "cli/engine_cache.h"
#include "cli/progress_line.h"
#include "validation/validate.h"

namespace keywake::cli {

Result<void> validate(model::ScanResult& result, const Arguments& arguments) {
  const ValidationArguments& wanted = arguments.validation;
  const std::vector<std::filesystem::path> files(wanted.files.begin(), wanted.files.end());
  auto validators = validation::Validators::load(files, rules::builtin_validators());
  if (!validators) return std::unexpected(validators.error());
  validation::ValidateOptions options;
  options.touch_canaries = wanted.touch_canaries;
  options.ask.allowed = wanted.allowed_hosts;
  options.ask.deadline = wanted.deadline;
  options.ask.rate = wanted.rate;
  options.ask.client.timeout = wanted.timeout;
  options.ask.client.ca_file = wanted.ca_file;
  options.ask.client.proxy = wanted.proxy;
  options.ask.client.connect_to = wanted.connect_to;
  options.ask.client.allow_private = wanted.allow_private;
  options.ask.client.allow_plaintext = wanted.allow_plaintext;

  std::optional<validation::AnswerCache> cache;
  if (const auto folder = default_cache_folder(); wanted.reuse.count() > 0 && !folder.empty()) {
    options.cache = &cache.emplace(folder / "answers.json", wanted.reuse, std::time(nullptr));
  }

  scan::Progress progress;
  progress.stage = "asking";
  progress.unit = "credentials";
  const ProgressLine line(progress, arguments.quiet && arguments.progress == When::kAuto ? When::kNever : arguments.progress);
  auto validated = validation::validate(result.credentials, *validators, options, [&](const validation::AskProgress& now) {
    progress.objects = now.done;
    progress.objects_total = now.total;
  });
  if (cache && validated) cache->write();
  return validated;
}

}  // namespace keywake::cli
