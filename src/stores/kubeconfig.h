// Kubeconfig: what kubectl's configuration files say of one context: where the API server is, whom to trust, who asks.
// https://kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig/ and
// https://kubernetes.io/docs/reference/config-api/kubeconfig.v1/: the files of KUBECONFIG, or ~/.kube/config; the first that has a name holds.
// Credential plugins (`exec`, `auth-provider`) are programs, and not run.
// Errors: name the file and what is wrong. Thread safety: pure but for the files and the environment that it reads.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"

namespace keywake::stores {

struct ClusterAccess {
  std::string context;
  std::string name_space;   // that the context is for; empty: none
  std::string server;       // "https://host:6443", without a slash at the end
  std::string ca;           // PEM; empty: the system's authorities
  std::string token;
  std::string certificate;  // PEM, likewise its key
  std::string private_key;
};

/// Where kubectl would look.
std::vector<std::filesystem::path> kubeconfig_files();

/// `path` is "context" or "context/namespace"; contexts may contain slashes, so the longest one that there is counts, and `rest` is what stands
/// behind it.
Result<ClusterAccess> read_kubeconfig(const std::vector<std::filesystem::path>& files, const std::string& path, std::string& rest);

}  // namespace keywake::stores
