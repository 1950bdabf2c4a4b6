// keywake validate: reads a text (or with --pattern a bare secret), finds the credentials in it as a scan does, and asks about them.
#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <ctime>

#include "attribution/attribute.h"
#include "base/text.h"
#include "cli/commands.h"
#include "cli/console.h"
#include "cli/reports.h"
#include "cli/rule_choice.h"
#include "cli/validation.h"
#include "model/fingerprint.h"
#include "scan/pipeline.h"

namespace keywake::cli {
namespace {

constexpr std::size_t kMaxInput = 16 * 1024 * 1024;

ExitStatus judge(const model::ScanResult& result) {
  using model::Verdict;
  auto any = [&](auto test) { return std::any_of(result.credentials.begin(), result.credentials.end(), [&](const auto& c) { return test(c.validation->verdict); }); };
  if (any([](Verdict v) { return v == Verdict::kLive; })) return ExitStatus::kFound;
  return any([](Verdict v) { return v != Verdict::kDead; }) ? ExitStatus::kFailed : ExitStatus::kClean;
}

// The whole input, as the one pattern's secret: it stands without what surrounds it in files.
model::Credential bare(std::string_view input, const model::Pattern& pattern) {
  while (!input.empty() && (input.back() == '\n' || input.back() == '\r' || input.back() == ' ')) input.remove_suffix(1);
  model::Credential out;
  out.pattern = &pattern;
  out.secret = Secret(input);
  out.fingerprint = model::fingerprint(out.secret);
  model::Sighting sighting;
  sighting.target = "-";
  sighting.path = "-";
  out.sightings.push_back(std::move(sighting));
  return out;
}

// --part: what the input does not say, or says otherwise.
void add_parts(const Arguments& arguments, model::Credential& credential) {
  for (const auto& [name, value] : arguments.validation.parts) {
    std::erase_if(credential.parts, [&, &key = name](const model::Part& part) { return part.name == key; });
    credential.parts.push_back({name, value, true});
  }
}

// All of standard input, which the scan then reads again from memory: nothing of it comes to a disk.
Result<std::string> buffered_input() {
  std::string text;
  char buffer[65536];
  for (ssize_t got = 0; (got = ::read(STDIN_FILENO, buffer, sizeof buffer)) != 0;) {
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fail("standard input cannot be read");
    text.append(buffer, static_cast<std::size_t>(got));
    if (text.size() > kMaxInput) return fail(fmt::format("standard input is larger than {}; name a file instead", human_bytes(kMaxInput)));
  }
  const int memory = ::memfd_create("keywake-input", MFD_CLOEXEC);
  std::string_view left = text;
  while (memory >= 0 && !left.empty()) {
    const ssize_t put = ::write(memory, left.data(), left.size());
    if (put <= 0) break;
    left.remove_prefix(static_cast<std::size_t>(put));
  }
  const bool ready = left.empty() && memory >= 0 && ::lseek(memory, 0, SEEK_SET) == 0 && ::dup2(memory, STDIN_FILENO) >= 0;
  if (memory >= 0) ::close(memory);
  if (!ready) return fail("standard input cannot be kept in memory");
  return text;
}

}  // namespace

ExitStatus validate_command(const Arguments& arguments) {
  const std::int64_t started = std::time(nullptr);
  scan::Request request = arguments.request;
  request.people = true;
  request.suppress = false;  // it was asked for
  request.targets = arguments.operands;
  if (request.targets.empty()) request.targets.emplace_back("-");
  request.history = false;
  request.min_confidence = model::Confidence::kLow;
  if (auto writable = check_outputs(arguments); !writable) return failed(writable.error().message);
  auto choice = RuleChoice::make(arguments);
  if (!choice) return failed(choice.error().message);
  auto engine = (*choice)->engine();
  if (!engine) return failed(engine.error().message);

  const bool may_be_bare = request.targets == std::vector<std::string>{"-"} && (*choice)->rules().patterns().size() == 1;
  std::string input;
  if (may_be_bare) {
    auto read = buffered_input();
    if (!read) return failed(read.error().message);
    input = *std::move(read);
  }
  scan::Progress progress;
  auto result = scan::run(request, **engine, progress);
  if (!result) return failed(result.error().message);
  if (result->credentials.empty() && may_be_bare && !input.empty()) result->credentials.push_back(bare(input, (*choice)->rules().patterns()[0]));
  if (result->credentials.empty()) {
    return failed("there is no credential in it; of a bare secret say what it is: --pattern github.pat-classic ('keywake rules list')");
  }
  for (model::Credential& credential : result->credentials) add_parts(arguments, credential);
  if (auto asked = validate(*result, arguments); !asked) return failed(asked.error().message);
  attribution::attribute(*result, std::time(nullptr));
  auto written = write_reports(*result, arguments, started, std::time(nullptr));
  return written ? judge(*result) : failed(written.error().message);
}

}  // namespace keywake::cli
