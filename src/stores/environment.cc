// env: this process's environment, and that of another on this machine, from /proc/N/environ (proc(5)): what it was started with.
#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstring>

#include "base/text.h"
#include "stores/providers.h"

extern char** environ;  // POSIX; unistd.h declares it with GNU extensions only

namespace keywake::stores {
namespace {

void add(std::string_view entry, const std::string& scope, Listing& out) {
  const std::size_t equals = entry.find('=');
  if (equals == std::string_view::npos) return;
  StoredVariable& variable = out.variables.emplace_back();
  variable.about.place.scope = scope;
  variable.about.place.variable = entry.substr(0, equals);
  variable.value = Secret(entry.substr(equals + 1));
}

// A file of /proc has no size to be told, and a process may go away while it is read.
Result<std::string> read_proc(const std::string& path) {
  const int fd = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (fd < 0) {
    const char* remedy = errno == ENOENT ? "there is no such process" : errno == EACCES ? "it is another user's; run as that user or as root" : std::strerror(errno);
    return fail(fmt::format("{}: {}", path, remedy));
  }
  std::string out(1 << 16, '\0');
  std::size_t size = 0;
  for (ssize_t got = 1; got > 0; size += static_cast<std::size_t>(std::max<ssize_t>(got, 0))) {
    if (size == out.size()) out.resize(out.size() * 2);
    got = ::read(fd, out.data() + size, out.size() - size);
    if (got < 0 && errno != EINTR) {
      const Result<std::string> failed = fail(fmt::format("{}: {}", path, std::strerror(errno)));
      ::close(fd);
      return failed;
    }
  }
  ::close(fd);
  out.resize(size);
  return out;
}

}  // namespace

Result<void> list_environment(const Target& target, const StoreOptions&, Listing& out) {
  if (target.parts.empty()) {
    for (char** entry = environ; entry != nullptr && *entry != nullptr; ++entry) add(*entry, "this process", out);
    return {};
  }
  unsigned pid = 0;
  const std::string& number = target.parts.back();
  const auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), pid);
  if (target.parts.size() != 2 || target.parts.front() != "pid" || error != std::errc{} || end != number.data() + number.size() || pid == 0)
    return fail(fmt::format("{}: write env: for this process's environment, env:pid/1234 for another's", printable(target.text)));
  auto entries = read_proc(fmt::format("/proc/{}/environ", pid));
  if (!entries) return std::unexpected(entries.error());
  std::string_view rest = *entries;
  while (!rest.empty()) {
    const std::string_view entry = rest.substr(0, rest.find('\0'));
    add(entry, fmt::format("process {}", pid), out);
    rest.remove_prefix(std::min(rest.size(), entry.size() + 1));
  }
  return {};
}

}  // namespace keywake::stores
