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

// Of the work tree, else of HEAD: what people know their repository to say.
Repository repository_at(const std::string& target, const model::People* people) {
  Repository out;
  out.people = people;
  std::error_code error;
  const bool folder = std::filesystem::is_directory(target, error);
  auto text_at = [&](std::string_view file) {
    const auto text = folder ? read_file(std::filesystem::path(target) / file, kMaxFile) : fail("");
    return text ? *text : std::string();
  };
  std::string owners;
  for (std::string_view file : model::kCodeOwnersFiles) {
    if (owners.empty()) owners = text_at(file);
  }
  std::string mailmap = text_at(".mailmap");
  if (people != nullptr && owners.empty()) owners = people->code_owners;
  if (people != nullptr && mailmap.empty()) mailmap = people->mailmap;
  out.owners = CodeOwners(owners);
  out.mailmap = Mailmap(mailmap);
  return out;
}

}  // namespace

void attribute(model::ScanResult& result, std::int64_t now) {
  std::map<std::string, Repository> repositories;
  for (const model::People& people : result.people) repositories.emplace(people.target, repository_at(people.target, &people));
  for (const std::string& target : result.summary.targets) {
    if (!repositories.contains(target)) repositories.emplace(target, repository_at(target, nullptr));
  }
  for (model::Credential& credential : result.credentials) {
    credential.attribution.exposure = exposure_of(credential, now);
    credential.attribution.owners = owners_of(credential, repositories, now);
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
