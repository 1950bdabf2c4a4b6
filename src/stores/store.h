// Stores of variables: what CI systems, clusters, vaults and processes hand to the programs that they run, read through the interfaces that
// they document. One file a provider; providers.h lists them.
//
// A target is written <provider>://…, and "env:" for processes:
//     env:   env:pid/N   gitlab-ci://host/group[/project]   github-actions://owner[/repository]   k8s://context[/namespace]
//     vault://host/mount[/path]   …                     (provider_usages() has them all)
// The user names the host, so it may be asked, and nobody else is: no redirect is followed (but see job_output.h), and a next page is fetched from the same
// origin only. Private addresses need ClientOptions::allow_private. Access tokens come from the environment variable that is customary for the
// provider (each file's header names it), or from a file; they never stand in a target.
//
// Errors: a target that cannot be read at all is an Error; what is missing from the rest (no permission, a failing page) is a failed Skip
// each, and the rest is still read. Ownership: a Listing holds copies, values as Secrets. Thread safety: list() uses the calling thread only.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/secret.h"
#include "model/finding.h"
#include "model/variable.h"
#include "net/client.h"
#include "stores/job_output.h"

namespace keywake::stores {

struct StoreOptions {
  net::ClientOptions client;
  std::string token_file;  // its first line is the access token; empty: the environment's
  OutputOptions outputs;   // what of jobs is listed, too
  std::function<void(std::size_t variables)> progress;
};

struct StoredVariable {
  model::Variable about;
  std::optional<Secret> value;  // absent: hidden, or there is none
  bool is_secret = false;       // the store calls it one, or hides it: its settings matter whatever its value looks like
};

struct Listing {
  std::vector<StoredVariable> variables;  // by path
  std::vector<JobOutput> outputs;         // the newest first
  std::unique_ptr<OutputReader> reader;   // of them; null if none were asked for
  std::vector<model::Skip> skips;
};

/// Whether the text names a store, rightly or not: a provider's name before "://", or "env:".
bool is_store(std::string_view target);

/// The target without the user and password that it should not have had, for reports.
std::string redacted_target(std::string_view target);

/// Every variable of the store. The Listing's `about.target` is `target`.
Result<Listing> list(const std::string& target, const StoreOptions& options);

/// How the targets of each provider are written, for help.
std::vector<std::string_view> provider_usages();

}  // namespace keywake::stores
