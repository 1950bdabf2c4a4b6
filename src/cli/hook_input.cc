#include "cli/hook_input.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>

#include "base/text.h"
#include "git/oid.h"

namespace keywake::cli {
namespace {
namespace fs = std::filesystem;

std::string variable(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

bool is_null_id(std::string_view id) { return id.find_first_not_of('0') == std::string_view::npos; }

template <std::size_t N>
using Fields = std::array<std::string, N>;

// One line of N fields between spaces; absent if it has fewer or more. Names of refs hold no space (git-check-ref-format(1)).
template <std::size_t N>
std::optional<Fields<N>> fields_of(std::string_view line) {
  Fields<N> fields;
  for (std::size_t i = 0; i < N; ++i) {
    const std::size_t space = line.find(' ');
    if ((space == std::string_view::npos) != (i + 1 == N)) return std::nullopt;
    fields[i] = line.substr(0, space);
    if (fields[i].empty()) return std::nullopt;
    line.remove_prefix(std::min(line.size(), space == std::string_view::npos ? line.size() : space + 1));
  }
  return fields;
}

std::unexpected<Error> bad_line(std::string_view hook, std::size_t number, std::string_view line, std::string_view form) {
  return fail(fmt::format("{}: line {} of standard input is '{}', not '{}' as git writes it", hook, number, printable(line.substr(0, 200)), form));
}

void add(scan::Push& push, const std::string& ref, const std::string& old_id, const std::string& new_id) {
  if (!is_null_id(old_id)) push.known.push_back(old_id);
  if (!is_null_id(new_id)) push.refs.push_back({ref, new_id});
}

bool are_ids(const std::string& a, const std::string& b) { return git::Oid::from_hex(a) && git::Oid::from_hex(b); }

}  // namespace

std::string index_file_of_hook() {
  const std::string file = variable("GIT_INDEX_FILE");
  return file.empty() ? "" : fs::absolute(file).string();
}

std::string repository_of_hook() {
  std::string folder = variable("GIT_DIR");
  return folder.empty() ? "." : folder;
}

std::vector<std::string> split_object_dirs(std::string_view text) {
  std::vector<std::string> dirs;
  while (!text.empty()) {
    std::string dir;
    if (text.front() == '"') {
      std::size_t at = 1;
      for (; at < text.size() && text[at] != '"'; ++at) {
        if (text[at] != '\\' || at + 1 == text.size()) {
          dir += text[at];
          continue;
        }
        const char escaped = text[++at];
        const std::string_view octal = text.substr(at, 3);
        if (octal.size() == 3 && std::all_of(octal.begin(), octal.end(), [](char c) { return c >= '0' && c <= '7'; })) {
          dir += static_cast<char>((octal[0] - '0') * 64 + (octal[1] - '0') * 8 + (octal[2] - '0'));
          at += 2;
        } else {
          dir += escaped == 'n' ? '\n' : escaped == 't' ? '\t' : escaped;
        }
      }
      text.remove_prefix(std::min(text.size(), at + 1));
      text.remove_prefix(std::min(text.size(), text.find(':')));
    } else {
      dir = text.substr(0, text.find(':'));
      text.remove_prefix(dir.size());
    }
    if (!text.empty()) text.remove_prefix(1);
    if (!dir.empty()) dirs.push_back(std::move(dir));
  }
  return dirs;
}

std::vector<std::string> object_dirs_of_hook() {
  std::vector<std::string> dirs = split_object_dirs(variable("GIT_ALTERNATE_OBJECT_DIRECTORIES"));
  if (std::string own = variable("GIT_OBJECT_DIRECTORY"); !own.empty()) dirs.insert(dirs.begin(), std::move(own));
  return dirs;
}

Result<scan::Push> read_pre_push(std::istream& in, std::string_view remote) {
  scan::Push push;
  if (!remote.empty()) push.known_refs = fmt::format("refs/remotes/{}/", remote);
  std::string line;
  for (std::size_t number = 1; std::getline(in, line); ++number) {
    if (line.empty()) continue;
    // A local ref is whatever the user wrote, "HEAD~2" or ":/fix a bug": it may hold spaces.
    std::string_view rest = line;
    std::array<std::string, 3> last;
    bool good = true;
    for (std::size_t i = last.size(); i-- > 0 && good;) {
      const std::size_t space = rest.rfind(' ');
      good = space != std::string_view::npos;
      if (!good) break;
      last[i] = rest.substr(space + 1);
      rest = rest.substr(0, space);
    }
    const auto& [local_id, remote_ref, remote_id] = last;
    if (!good || rest.empty() || remote_ref.empty() || !are_ids(local_id, remote_id)) return bad_line("pre-push", number, line, "LOCAL-REF ID REMOTE-REF ID");
    add(push, remote_ref, remote_id, local_id);
  }
  return push;
}

Result<scan::Push> read_pre_receive(std::istream& in) {
  scan::Push push;
  push.known_refs = "refs/";
  std::string line;
  for (std::size_t number = 1; std::getline(in, line); ++number) {
    if (line.empty()) continue;
    const auto fields = fields_of<3>(line);
    if (!fields || !are_ids((*fields)[0], (*fields)[1])) return bad_line("pre-receive", number, line, "OLD-ID NEW-ID REF");
    add(push, (*fields)[2], (*fields)[0], (*fields)[1]);
  }
  return push;
}

Result<scan::Push> read_update(const std::vector<std::string>& arguments) {
  if (arguments.size() != 3 || !are_ids(arguments[1], arguments[2])) return fail("update: git gives this hook three arguments, REF OLD-ID NEW-ID; call it as git does");
  scan::Push push;
  push.known_refs = "refs/";
  add(push, arguments[0], arguments[1], arguments[2]);
  return push;
}

std::optional<scan::Push> push_of_pre_commit_framework() {
  const std::string remote = variable("PRE_COMMIT_REMOTE_NAME");
  const std::string to = variable("PRE_COMMIT_TO_REF");
  const std::string from = variable("PRE_COMMIT_FROM_REF");
  const std::string branch = variable("PRE_COMMIT_LOCAL_BRANCH");
  if (remote.empty() || (to.empty() && branch.empty())) return std::nullopt;
  scan::Push push;
  push.known_refs = fmt::format("refs/remotes/{}/", remote);
  if (!from.empty()) push.known.push_back(from);
  push.refs.push_back({branch.empty() ? "HEAD" : branch, to});  // without an id: what the ref points to, all of it new
  return push;
}

std::string_view without_scissors(std::string_view message) {
  constexpr std::string_view kScissors = " ------------------------ >8 ------------------------";
  std::size_t line = 0;
  while (line < message.size()) {
    const std::size_t end = std::min(message.find('\n', line), message.size());
    const std::string_view text = message.substr(line, end - line);
    // Before it stands the comment character, which core.commentChar may have changed, to several bytes even.
    if (text.ends_with(kScissors) && text.size() > kScissors.size() && text.size() <= kScissors.size() + 8) return message.substr(0, line);
    line = end + 1;
  }
  return message;
}

}  // namespace keywake::cli
