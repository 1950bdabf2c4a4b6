#include "attribution/attribute.h"

#include <algorithm>
#include <filesystem>
#include <tuple>

#include "attribution/assess.h"
#include "attribution/owners.h"
#include "base/mapped_file.h"

namespace keywake::attribution {
namespace {

constexpr std::size_t kMaxFile = 3 * 1024 * 1024;  // GitHub's own limit for CODEOWNERS

Repository repository_at(const std::string& target) {
  Repository out;
  std::error_code error;
  if (!std::filesystem::is_directory(target, error)) return out;
  for (std::string_view file : kCodeOwnersFiles) {
    if (auto text = read_file(std::filesystem::path(target) / file, kMaxFile)) {
      out.owners = CodeOwners(*text);
      break;
    }
  }
  if (auto text = read_file(std::filesystem::path(target) / ".mailmap", kMaxFile)) out.mailmap = Mailmap(*text);
  return out;
}

}  // namespace

void attribute(model::ScanResult& result, std::int64_t now) {
  std::map<std::string, Repository> repositories;
  for (const std::string& target : result.summary.targets) repositories.emplace(target, repository_at(target));
  for (model::Credential& credential : result.credentials) {
    credential.attribution.exposure = exposure_of(credential, now);
    credential.attribution.owners = owners_of(credential, repositories);
    assess(credential, now);
  }
  std::sort(result.credentials.begin(), result.credentials.end(), [](const model::Credential& a, const model::Credential& b) {
    auto key = [](const model::Credential& c) {
      const bool live = c.validation && c.validation->verdict == model::Verdict::kLive;
      return std::tuple(-static_cast<int>(c.attribution.risk), !live, -static_cast<int>(c.confidence), c.pattern->id, std::string_view(c.fingerprint));
    };
    return key(a) < key(b);
  });
}

}  // namespace keywake::attribution
