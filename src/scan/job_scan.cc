#include "scan/job_scan.h"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <optional>
#include <set>
#include <thread>
#include <utility>
#include <vector>

#include "base/text.h"
#include "base/utf16.h"
#include "scan/log_sink_internal.h"
#include "sources/pieces.h"

namespace keywake::scan {
namespace {

constexpr std::size_t kAtOnce = 4;
constexpr std::size_t kHead = 65536;
constexpr std::string_view kArtifacts = "artifacts/";

// A log is read whole however long it is; but one without an end would never be.
constexpr std::uint64_t kLongestLog = 8ull << 30;

// One after another, on one thread.
class OutputScan : public archive::Visitor {
 public:
  OutputScan(const Context& context, PieceMatcher& matcher, const std::string& target, stores::OutputReader& reader)
      : context_(context), target_(target), reader_(reader), sink_(context, matcher, [this](Seen seen) { take(std::move(seen)); }), writer_(sink_) {}

  void run(const stores::JobOutput& output) {
    output_ = &output;
    path_ = model::path_of(output.place);
    error_.reset();
    read_ = 0;
    ++context_.progress.objects;
    auto download = reader_.open(output);
    if (!download) return skip(path_, download.error().reason, download.error().failed);
    ++(is_log() ? context_.collector.logs : context_.collector.artifacts);
    sink_.set_log(is_log());
    read(*download);
    if (error_) skip(path_, error_->message, true);
    hand_over();
  }

  void member(const std::string& path, std::string_view bytes) override {
    const std::string place = place_of(path);
    count(path.empty() ? 0 : 1, bytes.size());
    if (!is_selected(place)) return;
    const auto text = utf16_to_utf8(bytes);
    sources::emit_pieces(place, text ? std::string_view(*text) : bytes, sink_);
  }

  void large_member(const std::string& path, const archive::ReadMore& more) override {
    const std::string place = place_of(path);
    count(path.empty() ? 0 : 1, 0);
    if (!is_selected(place)) return;
    writer_.start(place);
    for (auto part = more(); part && !part->empty(); part = more()) {
      count(0, part->size());
      writer_.append(*part);
    }
    writer_.finish();
  }

  void left_out(const std::string& path, const std::string& reason, bool failed) override {
    if (error_) return;  // its cause is reported at the end
    // Archives within it may be damaged, and nobody can read them; that it is itself is a fault of who sent it.
    const bool broken = path.empty() && reason.starts_with("damaged");
    skip(place_of(path), reason, failed || broken);
  }

 private:
  [[nodiscard]] bool is_log() const { return output_->place.source == model::CiSource::kLog; }

  void read(net::Download& download) {
    // An error is kept for the end, and looks like the end: libarchive reads ahead and would drop what came before it.
    const archive::ReadMore next = [this, &download]() -> Result<std::string_view> {
      if (error_) return std::string_view();
      auto part = download.read();
      if (!part) {
        error_ = Error{part.error().problem};
        return std::string_view();
      }
      read_ += part->size();
      return *part;
    };
    std::string head;
    bool ended = false;
    while (!ended && head.size() < kHead) {
      const auto part = next();
      ended = part->empty();
      head += *part;
    }
    bool first = true;
    const archive::Stream whole{.read = [&]() -> Result<std::string_view> {
      if (std::exchange(first, false)) return std::string_view(head);
      return next();
    }};
    if (archive::is_archive(head)) {
      archive::expand(file_name(), whole, limits(), *this);
      return;
    }
    text(whole, std::strtoull(std::string(download.head().header("content-length")).c_str(), nullptr, 10));
  }

  // What is no archive: a log, or an artifact that is a single file. `stated`: its length as the server has it; 0: it does not say.
  void text(const archive::Stream& whole, std::uint64_t stated) {
    if (!is_log() && !is_selected(path_)) return;
    const std::uint64_t longest = is_log() ? kLongestLog : context_.request.max_file_size;
    if (!is_log() && stated > longest) return skip(path_, "larger than --max-file-size", false);
    writer_.start(path_);
    count(1, 0);
    for (auto part = whole.read(); part && !part->empty(); part = whole.read()) {
      if (read_ > longest) {
        if (is_log()) skip(path_, fmt::format("longer than {}; the rest is not read", human_bytes(kLongestLog)), true);
        else skip(path_, "larger than --max-file-size", false);
        break;
      }
      count(0, part->size());
      writer_.append(*part);
    }
    writer_.finish();
  }

  archive::Limits limits() const {
    archive::Limits out = context_.archive_limits;
    if (is_log()) out.member_bytes = out.total_bytes;  // a log in a zip is as long as one without
    if (!context_.request.archives) out.depth = 1;
    return out;
  }

  // "dist.zip"
  std::string file_name() const {
    const std::string& name = output_->place.variable;
    return name.substr(name.rfind('/') + 1);
  }

  std::string place_of(const std::string& inside) const { return inside.empty() ? path_ : path_ + "!/" + inside; }

  // "dist.zip!/conf/app.properties" of a place in an artifact.
  std::string_view in_artifact(std::string_view place) const {
    place.remove_prefix(output_->place.scope.size() + 1);
    if (place.starts_with(kArtifacts)) place.remove_prefix(kArtifacts.size());
    return place;
  }

  // By its path in the artifact, with the artifact's name and without.
  bool is_selected(std::string_view place) const {
    if (is_log()) return true;
    const std::string_view whole = in_artifact(place);
    const std::size_t end = whole.find("!/");
    const std::string_view inside = end == std::string_view::npos ? whole : whole.substr(end + 2);
    auto matches = [&](const std::string& glob) { return glob_match(glob, whole) || glob_match(glob, inside); };
    const Request& request = context_.request;
    return std::none_of(request.exclude.begin(), request.exclude.end(), matches) &&
           (request.include.empty() || std::any_of(request.include.begin(), request.include.end(), matches));
  }

  void take(Seen seen) {
    seen.sighting.target = target_;
    seen.sighting.ci = output_->place;
    // Of a job called "test" the log is no test, so it is judged as any log; files by where they are in their artifact.
    seen.judged_as = is_log() ? "job.log" : std::string(in_artifact(seen.sighting.path));
    seen_.push_back(std::move(seen));
  }

  // GitHub has the log of a job ("0_build.txt") and those of its steps ("build/3_Run make.txt"), which repeat it: what stands in the former is
  // not reported again. A step's alone is.
  void hand_over() {
    std::set<std::pair<std::string, std::uint32_t>> in_jobs;
    const auto name_of = [&](const Seen& seen) { return std::string_view(seen.sighting.path).substr(std::min(seen.sighting.path.size(), path_.size() + 2)); };
    if (is_log()) {
      for (const Seen& seen : seen_) {
        const std::string_view name = name_of(seen);
        const std::size_t number = name.find('_');
        if (number == std::string_view::npos || !name.ends_with(".txt") || name.find('/') != std::string_view::npos) continue;
        in_jobs.emplace(name.substr(number + 1, name.size() - number - 5), seen.value);
      }
    }
    for (Seen& seen : seen_) {
      const std::string_view name = name_of(seen);
      const std::size_t slash = name.find('/');
      if (slash != std::string_view::npos && in_jobs.contains({std::string(name.substr(0, slash)), seen.value})) continue;
      context_.collector.add(std::move(seen));
    }
    seen_.clear();
  }

  void skip(const std::string& place, const std::string& reason, bool failed) { context_.collector.skip({target_ + ": " + place, reason, failed}); }

  // Of logs the sink does.
  void count(std::uint64_t files, std::uint64_t bytes) {
    if (!is_log()) sink_.progress(files, bytes);
  }

  const Context& context_;
  const std::string& target_;
  stores::OutputReader& reader_;
  LogSink sink_;
  sources::PieceWriter writer_;
  const stores::JobOutput* output_ = nullptr;
  std::string path_;
  std::optional<Error> error_;
  std::uint64_t read_ = 0;
  std::vector<Seen> seen_;
};

}  // namespace

void scan_job_output(const Context& context, const std::string& target, const stores::Listing& listing) {
  if (listing.outputs.empty() || listing.reader == nullptr) return;
  context.progress.stage = "logs and artifacts";
  PieceMatcher matcher(context);
  std::atomic<std::size_t> next = 0;
  auto work = [&] {
    OutputScan scan(context, matcher, target, *listing.reader);
    for (std::size_t i = next++; i < listing.outputs.size(); i = next++) scan.run(listing.outputs[i]);
  };
  std::vector<std::jthread> others;
  for (std::size_t i = 1; i < std::min(kAtOnce, listing.outputs.size()); ++i) others.emplace_back(work);
  work();
}

}  // namespace keywake::scan
