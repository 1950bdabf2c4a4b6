// CODEOWNERS: who answers for a path, as GitHub and GitLab read the file.
// https://docs.github.com/en/repositories/managing-your-repositorys-settings-and-features/customizing-your-repository/about-code-owners
// https://docs.gitlab.com/user/project/codeowners/reference/
// Thread safety: immutable once read.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace keywake::attribution {

class CodeOwners {
 public:
  CodeOwners() = default;
  explicit CodeOwners(std::string_view text);
  /// "@org/team", "@user", "a@example.com"; of the last line that matches the path, which may be none on purpose.
  [[nodiscard]] std::vector<std::string> of(std::string_view path) const;

 private:
  struct Line {
    std::string glob;
    std::vector<std::string> owners;
  };
  std::vector<Line> lines_;
};

}  // namespace keywake::attribution
