#include "cli/validation.h"

#include <fmt/format.h>

#include <cstdio>
#include <ctime>
#include <optional>

#include "base/text.h"
#include "cli/engine_cache.h"
#include "cli/progress_line.h"
#include "validation/validate.h"

namespace keywake::cli {

net::ClientOptions ValidationArguments::client() const {
  net::ClientOptions out;
  out.timeout = timeout;
  out.ca_file = ca_file;
  out.proxy = proxy;
  out.connect_to = connect_to;
  out.allow_private = allow_private;
  out.allow_plaintext = allow_plaintext;
  return out;
}

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
  options.ask.client = wanted.client();

  std::optional<validation::AnswerCache> cache;
  if (const auto folder = default_cache_folder(); wanted.reuse.count() > 0 && !folder.empty()) {
    options.cache = &cache.emplace(folder / "answers.json", wanted.reuse, std::time(nullptr));
  }

  if (wanted.verbose) {
    options.ask.observe = [](const validation::AskEvent& event) {
      const std::string answer = event.status == 0 ? std::string(event.problem) : fmt::format("{}", event.status);
      const std::string again = event.attempt == 1 ? "" : fmt::format(", attempt {}", event.attempt);
      fmt::print(stderr, "{}  {}: {}, {} ms{}\n", event.validator, printable(event.host), printable(answer), event.took.count(), again);
    };
  }

  scan::Progress progress;
  progress.stage = "asking";
  progress.unit = "credentials";
  const bool silent = wanted.verbose || (arguments.quiet && arguments.progress == When::kAuto);
  const ProgressLine line(progress, silent ? When::kNever : arguments.progress);
  auto validated = validation::validate(result.credentials, *validators, options, [&](const validation::AskProgress& now) {
    progress.objects = now.done;
    progress.objects_total = now.total;
  });
  if (cache && validated) cache->write();
  return validated;
}

}  // namespace keywake::cli
