#include "cli/progress_line.h"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <vector>

#include "base/text.h"
#include "cli/terminal.h"

namespace keywake::cli {
namespace {

using namespace std::chrono_literals;

constexpr auto kFirst = 250ms;  // shorter scans do not flicker
constexpr auto kRedraw = 100ms;
constexpr auto kLogged = 10s;

void print(std::string_view text) {
  // One write, so that lines of other threads cannot come in between. A progress line that cannot
  // be written is no loss.
  [[maybe_unused]] auto written = write(STDERR_FILENO, text.data(), text.size());
}

}  // namespace

std::string progress_text(const Snapshot& now, unsigned width) {
  std::vector<std::string> parts{std::string(now.stage)};
  parts.push_back(now.objects_total > 0
                      ? fmt::format("{} / {} {}",
                                    human_count(std::min(now.objects, now.objects_total)),
                                    human_count(now.objects_total), now.unit)
                      : fmt::format("{} {}", human_count(now.objects), now.unit));
  const bool has_bytes = now.unit == "objects";
  if (has_bytes) parts.push_back(human_bytes(now.bytes));
  if (has_bytes && now.seconds > 0) {
    parts.push_back(
        human_bytes(static_cast<std::uint64_t>(static_cast<double>(now.bytes) / now.seconds)) +
        "/s");
  }
  if (now.objects > 0 && now.objects < now.objects_total) {
    double left = now.seconds * static_cast<double>(now.objects_total - now.objects) /
                  static_cast<double>(now.objects);
    parts.push_back(human_seconds(left) + " left");
  }
  std::string line;
  for (const std::string& part : parts) {
    if (part.empty()) continue;
    if (line.size() + 2 + part.size() > width) break;
    line += line.empty() ? part : "  " + part;
  }
  return line;
}

ProgressLine::ProgressLine(const scan::Progress& progress, When when)
    : progress_(progress), started_(std::chrono::steady_clock::now()) {
  bool terminal = terminal_width(STDERR_FILENO).has_value();
  if (when == When::kNever || (when == When::kAuto && !terminal)) return;
  thread_ = std::jthread([this, terminal](const std::stop_token& stop) { run(stop, terminal); });
}

ProgressLine::~ProgressLine() {
  if (!thread_.joinable()) return;
  thread_.request_stop();
  thread_.join();
}

void ProgressLine::run(const std::stop_token& stop, bool terminal) {
  std::unique_lock lock(mutex_);
  auto interval = terminal ? std::chrono::milliseconds(kFirst) : std::chrono::milliseconds(kLogged);
  while (!wake_.wait_for(lock, stop, interval, [&] { return stop.stop_requested(); })) {
    draw(terminal);
    if (terminal) interval = kRedraw;
  }
  if (terminal && drawn_) print("\r\x1b[K");
}

void ProgressLine::draw(bool terminal) {
  auto elapsed = std::chrono::steady_clock::now() - started_;
  Snapshot now{.stage = progress_.stage.load(),
               .unit = progress_.unit.load(),
               .objects = progress_.objects.load(),
               .objects_total = progress_.objects_total.load(),
               .bytes = progress_.bytes.load(),
               .seconds = std::chrono::duration<double>(elapsed).count()};
  if (terminal) {
    // One column stays free: a line as wide as the terminal would wrap on some.
    print(fmt::format("\r{}\x1b[K",
                      progress_text(now, terminal_width(STDERR_FILENO).value_or(80) - 1)));
    drawn_ = true;
  } else {
    print(fmt::format("keywake: {}\n", progress_text(now, 200)));
  }
}

}  // namespace keywake::cli
