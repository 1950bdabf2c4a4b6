// Arguments: what a command line asks for, after parsing. One struct for all commands: each reads
// the members that its flags set (cli/flags.h says which). Thread safety: a value.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "cli/fail_on.h"
#include "net/client.h"
#include "report/report.h"
#include "scan/pipeline.h"

namespace keywake::cli {

enum class When : std::uint8_t { kAuto, kAlways, kNever };

/// One -o: a report in a file.
struct Output {
  report::Format format = report::Format::kText;
  std::string file;
};

/// Of what asks providers.
struct ValidationArguments {
  bool wanted = false;  // --validate
  std::vector<std::string> files;
  std::vector<std::string> allowed_hosts;
  std::vector<std::string> connect_to;
  std::vector<std::pair<std::string, std::string>> parts;  // --part NAME=VALUE
  bool allow_private = false;
  bool allow_plaintext = false;
  bool touch_canaries = false;
  bool verbose = false;
  std::chrono::seconds reuse{0};  // how old an answer of an earlier run may be
  std::chrono::seconds timeout{10};
  std::chrono::seconds deadline{600};
  std::optional<double> rate;
  std::string ca_file;
  std::string proxy;

  [[nodiscard]] net::ClientOptions client() const;
};

/// Of keywake ci.
struct CiArguments {
  std::string base, head;  // revisions; empty: what the CI system says
  std::string summary;     // a file; empty: the CI system's own
};

struct Arguments {
  std::vector<std::string> operands;  // what is no flag: targets, a pattern id, a shell
  bool help = false;
  bool version = false;

  scan::Request request;  // targets are filled in from the operands by the scan command

  std::vector<std::string> rule_files;  // --rules
  std::vector<std::string> patterns;    // --pattern: globs over ids; "!glob" leaves out

  ValidationArguments validation;

  std::string baseline_reason;  // of `keywake baseline`
  std::string baseline_who;
  std::optional<std::int64_t> baseline_expires;  // day (policy/source.h)
  bool baseline_without_key = false;

  std::chrono::seconds time_limit{25};  // of a server's hook
  bool pass_over_time = false;

  report::Format format = report::Format::kText;
  std::vector<Output> outputs;
  bool show_secrets = false;
  bool exit_zero = false;
  std::vector<FailOn> fail_on;
  CiArguments ci;
  bool layer_cache = true;  // scan/layer_cache.h
  bool quiet = false;
  When progress = When::kAuto;
  When colour = When::kAuto;
};

}  // namespace keywake::cli
