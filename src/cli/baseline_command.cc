// keywake baseline create|update|prune|import: scans, and writes .keywake-baseline.json (policy/baseline.h, docs/baseline.md).
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <iostream>
#include <set>

#include "base/hash.h"
#include "base/mapped_file.h"
#include "base/text.h"
#include "base/whole_file.h"
#include "cli/baseline_key.h"
#include "cli/commands.h"
#include "cli/console.h"
#include "cli/failures.h"
#include "cli/git_command.h"
#include "cli/rule_choice.h"
#include "policy/baseline.h"
#include "policy/others.h"
#include "scan/pipeline.h"
#include "scan/suppression.h"

namespace keywake::cli {
namespace {
namespace fs = std::filesystem;
using policy::Baseline;
using policy::BaselineFile;

constexpr std::size_t kSalt = 16;
constexpr std::size_t kKey = 32;

enum class Act : std::uint8_t { kCreate, kUpdate, kPrune, kImport };

class Job {
 public:
  explicit Job(const Arguments& arguments) : arguments_(arguments), request_(arguments.request) {
    request_.targets = arguments.operands;
    if (request_.targets.empty()) request_.targets.emplace_back(".");
    take_policy_keys(request_);
    file_ = request_.baseline_file.empty() ? (fs::path(request_.targets.front()) / policy::kBaselineFile).lexically_normal() : fs::path(request_.baseline_file);
    request_.baseline_file.clear();
  }

  Result<std::string> run(Act act) {
    if (act != Act::kPrune && arguments_.baseline_reason.empty()) return fail("a reason is missing: --reason 'dead since 2026-03, rotated'; it is written beside every new entry");
    auto opened = git::Repository::open(request_.targets.front());
    if (!opened) return std::unexpected(opened.error());
    repository_ = *std::move(opened);
    if (auto ready = act == Act::kCreate || (act == Act::kImport && !fs::exists(file_)) ? make() : read(); !ready) return std::unexpected(ready.error());
    auto result = scan(act);
    if (!result) return std::unexpected(result.error());
    if (!result->summary.complete()) {
      complain_of_failures(result->summary);
      return fail("not everything could be scanned, so the baseline was left as it is");
    }
    const auto said = act == Act::kPrune ? prune(*result) : act == Act::kImport ? import(*result) : add_new(*result);
    if (!said) return std::unexpected(said.error());
    if (auto written = write(); !written) return std::unexpected(written.error());
    return fmt::format("{}: {}; {} in all\n{}", printable(file_.native()), *said, counted(entries_.entries.size()), told_);
  }

 private:
  static std::string counted(std::size_t count) { return fmt::format("{} {}", human_count(count), count == 1 ? "entry" : "entries"); }

  Result<void> make() {
    std::error_code ec;
    if (fs::exists(file_, ec)) return fail(fmt::format("{}: is there already; 'keywake baseline update' adds to it", printable(file_.native())));
    if (arguments_.baseline_without_key) {
      entries_.scheme = policy::Scheme::kSlow;
      entries_.id = to_hex(random_bytes(kSalt));
      if (entries_.id.empty()) return fail("the system gave no random numbers");
    } else {
      auto key = scan::baseline_key(request_.baseline_key, own());
      if (!key) return std::unexpected(key.error());
      if (key->empty()) key = new_key();
      if (!key) return std::unexpected(key.error());
      key_ = *key;
      entries_.id = policy::key_id(key_);
    }
    return hasher();
  }

  Result<void> read() {
    auto text = read_file(file_, policy::kMaxFile);
    if (!text) return fail(fmt::format("{}; 'keywake baseline create' makes one", text.error().message));
    auto file = policy::read_baseline(*text, file_.native());
    if (!file) return std::unexpected(file.error());
    entries_ = *std::move(file);
    auto key = scan::baseline_key(request_.baseline_key, own());
    if (!key) return std::unexpected(key.error());
    key_ = *std::move(key);
    return hasher();
  }

  Result<void> hasher() {
    auto made = Baseline::make(entries_, key_, file_.native(), std::time(nullptr));
    if (!made) return std::unexpected(made.error());
    baseline_ = *std::move(made);
    return {};
  }

  [[nodiscard]] const git::Repository* own() const { return repository_ ? &*repository_ : nullptr; }

  // In the repository's own folder, which no clone, push or archive takes along.
  Result<std::string> new_key() {
    if (!repository_) return fail("this is no git repository, so there is no place for a key; make 32 random bytes, write them as hexadecimal digits into a file and give it by --baseline-key, or use --no-key");
    const std::string key = random_bytes(kKey);
    if (key.empty()) return fail("the system gave no random numbers");
    const fs::path file = scan::own_key_file(*repository_);
    std::error_code ec;
    fs::create_directories(file.parent_path(), ec);
    const int out = ::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    const std::string text = to_hex(key) + "\n";
    const bool good = out >= 0 && ::write(out, text.data(), text.size()) == static_cast<ssize_t>(text.size());
    const int why = errno;
    if (out >= 0) ::close(out);
    if (!good) return fail(fmt::format("{}: {}", printable(file.native()), std::strerror(why)));
    told_ = fmt::format("The key is in {}, which git does not carry: keep a copy. Whoever else scans this repository needs it, as {} or --baseline-key FILE;\n"
                        "in CI, a masked variable with what stands in that file.\n",
                        printable(file.native()), kBaselineKeyVariable);
    return key;
  }

  // Of import, what others' files leave out; of the rest, all that a scan finds.
  Result<model::ScanResult> scan(Act act) {
    auto choice = RuleChoice::make(arguments_);
    if (!choice) return std::unexpected(choice.error());
    auto engine = (*choice)->engine();
    if (!engine) return std::unexpected(engine.error());
    choice_ = *std::move(choice);
    engine_ = *std::move(engine);
    request_.suppress = act != Act::kPrune;
    request_.without_baseline = true;
    scan::Progress progress;
    return scan::run(request_, *engine_, progress);
  }

  bool add(std::string_view pattern, std::string_view secret, const std::string& reason) {
    policy::Entry entry;
    entry.pattern = pattern;
    entry.reason = reason;
    entry.who = arguments_.baseline_who.empty() ? who() : arguments_.baseline_who;
    entry.date = policy::date_of_day(std::time(nullptr) / 86'400);
    entry.expires = arguments_.baseline_expires;
    const auto [known, added] = entries_.entries.try_emplace(baseline_->hash(secret), entry);
    // One that has expired is said anew.
    if (!added && known->second.expires && !policy::holds_until(*known->second.expires, std::time(nullptr))) {
      known->second = entry;
      return true;
    }
    return added;
  }

  [[nodiscard]] std::string who() const {
    if (repository_) {
      if (auto email = ask_git(request_.targets.front(), {"config", "user.email"}); email && !email->empty()) return *email;
    }
    for (const char* name : {"GIT_AUTHOR_EMAIL", "EMAIL", "USER", "LOGNAME"}) {
      if (const char* value = std::getenv(name); value != nullptr && *value != '\0') return value;
    }
    return "unknown";
  }

  Result<std::string> add_new(const model::ScanResult& result) {
    std::size_t added = 0;
    for (const model::Credential& credential : result.credentials) added += add(credential.pattern->id, credential.secret.reveal(), arguments_.baseline_reason);
    return fmt::format("{} added", counted(added));
  }

  Result<std::string> import(const model::ScanResult& result) {
    std::set<std::string_view> files;
    for (const policy::OtherFile& file : policy::other_files()) {
      if (file.names_secrets) files.insert(file.shown);
    }
    // What is still reported somewhere else was not let pass as a value.
    std::set<std::string_view> open;
    for (const model::Credential& credential : result.credentials) open.insert(credential.secret.reveal());
    std::size_t added = 0;
    std::size_t only_some = 0;
    for (const model::Suppressed& each : result.suppressed) {
      if (!files.contains(each.by)) continue;
      if (open.contains(each.secret.reveal())) {
        ++only_some;
      } else {
        added += add(each.pattern->id, each.secret.reveal(), fmt::format("{} (from {})", arguments_.baseline_reason, each.by));
      }
    }
    return fmt::format("{} taken over{}", counted(added), only_some == 0 ? "" : fmt::format("; {} left, since other places of the same credential are not in those files", human_count(only_some)));
  }

  Result<std::string> prune(const model::ScanResult& result) {
    std::set<std::string> found;
    for (const model::Credential& credential : result.credentials) found.insert(baseline_->hash(credential.secret.reveal()));
    for (const Secret& secret : result.held_back) found.insert(baseline_->hash(secret.reveal()));
    // What was not hashed may be one of them.
    if (found.contains("")) return too_many();
    const std::size_t before = entries_.entries.size();
    std::erase_if(entries_.entries, [&](const auto& entry) { return !found.contains(entry.first); });
    return fmt::format("{} dropped", counted(before - entries_.entries.size()));
  }

  [[nodiscard]] std::unexpected<Error> too_many() const {
    return fail(fmt::format("{}: values could not be hashed (of a baseline without a key not more than {}, and each needs 32 MiB); nothing was written", printable(file_.native()), policy::kMaxSlowHashes));
  }

  // Readable by all, as it is meant to be committed.
  Result<void> write() {
    if (entries_.entries.contains("")) return too_many();
    return write_whole_file(file_, policy::write_baseline(entries_), 0644);
  }

  const Arguments& arguments_;
  scan::Request request_;
  fs::path file_;
  std::optional<git::Repository> repository_;
  std::string key_;
  std::string told_;
  BaselineFile entries_;
  std::unique_ptr<Baseline> baseline_;
  std::unique_ptr<RuleChoice> choice_;
  std::unique_ptr<matching::Engine> engine_;
};

ExitStatus run(const Arguments& arguments, Act act) {
  auto said = Job(arguments).run(act);
  return said ? print(*said) : failed(said.error().message);
}

}  // namespace

ExitStatus baseline_create(const Arguments& arguments) { return run(arguments, Act::kCreate); }
ExitStatus baseline_update(const Arguments& arguments) { return run(arguments, Act::kUpdate); }
ExitStatus baseline_prune(const Arguments& arguments) { return run(arguments, Act::kPrune); }
ExitStatus baseline_import(const Arguments& arguments) { return run(arguments, Act::kImport); }

}  // namespace keywake::cli
