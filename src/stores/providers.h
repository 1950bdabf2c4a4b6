// The providers, one function each, in the file that bears its name. Every one appends to the Listing, in any order.
// Thread safety: list functions use the calling thread only.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "stores/store.h"

namespace keywake::stores {

/// A target in its parts: "gitlab-ci://gitlab.example.com:8443/acme/shop". None of them is empty, "." or "..", or holds what has a meaning
/// in URLs, so they can be put into paths.
struct Target {
  std::string text;
  std::string_view provider;
  std::vector<std::string> parts;  // "gitlab.example.com:8443", "acme", "shop"

  /// The parts from `first` on, joined by slashes.
  [[nodiscard]] std::string rest(std::size_t first) const;
};

struct Provider {
  std::string_view name;
  std::string_view usage;
  std::size_t least_parts = 0;
  std::size_t most_parts = 0;
  Result<void> (*list)(const Target& target, const StoreOptions& options, Listing& out);
  bool job_output = false;  // it lists logs and artifacts, if asked to
};

std::span<const Provider> providers();

Result<void> list_environment(const Target& target, const StoreOptions& options, Listing& out);
Result<void> list_gitlab_ci(const Target& target, const StoreOptions& options, Listing& out);
Result<void> list_github_actions(const Target& target, const StoreOptions& options, Listing& out);
Result<void> list_kubernetes(const Target& target, const StoreOptions& options, Listing& out);
Result<void> list_vault(const Target& target, const StoreOptions& options, Listing& out);
Result<void> list_terraform_cloud(const Target& target, const StoreOptions& options, Listing& out);
Result<void> list_bitbucket_pipelines(const Target& target, const StoreOptions& options, Listing& out);
Result<void> list_jenkins(const Target& target, const StoreOptions& options, Listing& out);
Result<void> list_circleci(const Target& target, const StoreOptions& options, Listing& out);
Result<void> list_buildkite(const Target& target, const StoreOptions& options, Listing& out);
Result<void> list_azure_pipelines(const Target& target, const StoreOptions& options, Listing& out);
Result<void> list_gitea_actions(const Target& target, const StoreOptions& options, Listing& out);
Result<void> list_woodpecker(const Target& target, const StoreOptions& options, Listing& out);

}  // namespace keywake::stores
