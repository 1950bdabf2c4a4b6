#include "cli/reports.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <memory>
#include <ostream>
#include <streambuf>

#include "base/text.h"
#include "cli/terminal.h"
#include "cli/version.h"

namespace keywake::cli {
namespace {

std::string cannot_write(const std::string& file, int error) {
  return fmt::format("--output: cannot write {}: {}", printable(file), std::strerror(error));
}

// A stream onto a descriptor, which (unlike std::ofstream) can be opened with a mode of our choice
// and tells errno.
class DescriptorBuffer : public std::streambuf {
 public:
  explicit DescriptorBuffer(int descriptor) : descriptor_(descriptor) {
    setp(bytes_.data(), bytes_.data() + bytes_.size());
  }
  [[nodiscard]] int error() const { return error_; }

 protected:
  int overflow(int next) override {
    if (sync() != 0) return traits_type::eof();
    if (next != traits_type::eof()) {
      *pptr() = static_cast<char>(next);
      pbump(1);
    }
    return traits_type::not_eof(next);
  }
  int sync() override {
    const char* from = pbase();
    while (from < pptr() && error_ == 0) {
      ssize_t written = ::write(descriptor_, from, static_cast<std::size_t>(pptr() - from));
      if (written >= 0) {
        from += written;
      } else if (errno != EINTR) {
        error_ = errno;
      }
    }
    setp(bytes_.data(), bytes_.data() + bytes_.size());
    return error_ == 0 ? 0 : -1;
  }

 private:
  int descriptor_;
  int error_ = 0;
  std::array<char, 1 << 16> bytes_;
};

// The errno of the first write that failed, 0 if none did.
int write_report(report::Format format, const model::ScanResult& result,
                 const report::Options& options, int descriptor) {
  auto buffer = std::make_unique<DescriptorBuffer>(descriptor);
  std::ostream stream(buffer.get());
  report::write(format, result, options, stream);
  stream.flush();
  return buffer->error();
}

Result<void> write_file(const Output& output, const model::ScanResult& result,
                        const report::Options& options) {
  bool secrets = options.show_secrets;
  int descriptor =
      open(output.file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, secrets ? 0600 : 0666);
  if (descriptor < 0) return fail(cannot_write(output.file, errno));
  struct stat status{};
  bool regular = fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode);
  int error = 0;
  if (secrets && regular && fchmod(descriptor, 0600) != 0)
    error = errno;  // it may have been there before, for all to read
  if (error == 0) error = write_report(output.format, result, options, descriptor);
  if (close(descriptor) != 0 && error == 0) error = errno;
  if (error != 0) return fail(cannot_write(output.file, error));
  return {};
}

}  // namespace

Result<void> check_outputs(const Arguments& arguments) {
  for (const Output& output : arguments.outputs) {
    std::size_t slash = output.file.rfind('/');
    std::string folder = slash == std::string::npos ? "." : output.file.substr(0, slash + 1);
    bool there = access(output.file.c_str(), F_OK) == 0;
    if (access(there ? output.file.c_str() : folder.c_str(), W_OK) != 0) {
      return fail(cannot_write(output.file, errno));
    }
    struct stat status{};
    if (stat(output.file.c_str(), &status) == 0 && S_ISDIR(status.st_mode)) {
      return fail(cannot_write(output.file, EISDIR));
    }
  }
  return {};
}

Result<void> write_reports(const model::ScanResult& result, const Arguments& arguments,
                           std::int64_t started, std::int64_t finished) {
  report::Options options{.show_secrets = arguments.show_secrets,
                          .version = std::string(kVersion),
                          .started = started,
                          .finished = finished};
  std::string problems;
  auto note = [&](const std::string& problem) {
    problems += (problems.empty() ? "" : "\n") + problem;
  };
  for (const Output& output : arguments.outputs) {
    if (auto written = write_file(output, result, options); !written) note(written.error().message);
  }
  if (!arguments.quiet) {
    options.colour = use_colour(arguments.colour);
    options.width = terminal_width(STDOUT_FILENO).value_or(options.width);
    int error = write_report(arguments.format, result, options, STDOUT_FILENO);
    if (error != 0) note(fmt::format("cannot write to standard output: {}", std::strerror(error)));
  }
  if (!problems.empty()) return fail(std::move(problems));
  return {};
}

}  // namespace keywake::cli
