// How an archive is expanded: layer by layer. A layer (archive/layer.h) is one container or one
// compressed stream; a member that is an archive itself becomes a layer that reads from the layer
// above. Nothing is stored on the way but small members and those archives that need their end read
// first:
//
//   logs.tar.gz      gzip layer ── one stream, a tar ──► tar layer, same level, same path
//     a/app.log                                            member "a/app.log"
//     a/old.zip                                            kept in memory (it needs its end), zip
//     layer, one level deeper
//       x.txt                                                member "a/old.zip!/x.txt"
//
// Bombs. Every byte that comes out of a layer is charged to three accounts: the layer's ratio of
// output to input, the ratio of all output of its level to the outermost archive's size, and the
// total of its level. An overdrawn layer is left and its surroundings go on; an overdrawn level
// ends the whole archive.
#include "archive/expansion.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/text.h"

namespace keywake::archive {
namespace {

constexpr std::uint64_t kFreeBytes = 16ull << 20;  // may come out at any ratio
constexpr std::uint64_t kMaxReports = 1000;
constexpr unsigned kMostBehind = 100;  // archives one behind the other; an initramfs has two or three

// How much of a nested archive is kept in memory, to read it from there; a longer one is read as a
// stream.
std::uint64_t keep_limit(Kind kind, const Limits& limits) {
  if (kind == Kind::kSevenZip) return limits.member_bytes;
  if (kind == Kind::kArtifact) return std::min(limits.member_bytes, kLargestArtifact);
  return std::min<std::uint64_t>(limits.member_bytes, is_package(kind) ? 32ull << 20 : 1ull << 20);
}

std::string_view file_name(std::string_view path) {
  return path.substr(path.rfind('/') + 1);
}

// "notes.txt.gz" → "notes.txt"
std::string stem(std::string_view path) {
  std::string_view name = file_name(path);
  static constexpr std::string_view kSuffixes[] = {".gz",  ".bz2", ".xz", ".lzma", ".lz",
                                                   ".zst", ".lz4", ".Z",  ".z"};
  for (std::string_view suffix : kSuffixes) {
    if (name.size() > suffix.size() && name.ends_with(suffix)) {
      return std::string(name.substr(0, name.size() - suffix.size()));
    }
  }
  return "data";
}

}  // namespace

// A member as the input of a layer inside: first what was read of it already, then the rest.
class Expansion::MemberInput : public Input {
 public:
  MemberInput(Expansion& expansion, Open& open)
      : expansion_(expansion), open_(open), head_(open.front) {}
  std::string_view read() override {
    std::string_view bytes = head_.empty() ? expansion_.read(open_) : std::exchange(head_, {});
    consumed_ += bytes.size();
    cut_ = bytes.empty() && (expansion_.stopped_ || open_.abandoned || open_.layer.entry_broken());
    return bytes;
  }
  [[nodiscard]] std::uint64_t compressed_bytes() const override { return consumed_; }

 private:
  Expansion& expansion_;
  Open& open_;
  std::string_view head_;
  std::uint64_t consumed_ = 0;
};

// What follows an archive in its input, without the zeros between.
class Expansion::RestInput : public Input {
 public:
  explicit RestInput(Layer& layer) : layer_(layer) {
    while (head_.size() < kHead) {
      std::string_view bytes = more();
      if (bytes.empty()) break;
      if (head_.empty()) bytes.remove_prefix(std::min(bytes.find_first_not_of('\0'), bytes.size()));
      head_ += bytes;
    }
    front_ = head_;
  }
  [[nodiscard]] std::string_view head() const { return head_; }
  std::string_view read() override { return front_.empty() ? more() : std::exchange(front_, {}); }
  [[nodiscard]] std::uint64_t compressed_bytes() const override { return consumed_; }

 private:
  std::string_view more() {
    const std::string_view bytes = layer_.read_rest();
    consumed_ += bytes.size();
    error_ = layer_.input().error();
    cut_ = layer_.input().cut();
    return bytes;
  }

  Layer& layer_;
  std::string head_;
  std::string_view front_;  // what is not read yet of the head
  std::uint64_t consumed_ = 0;
};

bool Expansion::run(Input& input, Kind kind, std::string_view name) {
  outermost_ = &input;
  bool complete = expand(input, kind, Place{"", std::string(file_name(name)), 1, 0});
  report_rest();
  return complete && !is_package(kind);
}

void Expansion::report_rest() {
  if (reports_ <= kMaxReports) return;
  visitor_.left_out("", fmt::format("{} more members left out", human_count(reports_ - kMaxReports)), false);
}

bool Expansion::expand(Input& input, Kind kind, const Place& place) {
  Open open(input, kind, place);
  if (level_bytes_.size() <= place.level) level_bytes_.resize(place.level + 1);
  while (!stopped_ && !open.abandoned) {
    std::string why = open.broken_member.empty() ? "" : open.layer.error();
    Layer::Next next = open.layer.next();
    if (next == Layer::Next::kBroken) {
      report_broken_layer(open);
      break;
    }
    if (!open.broken_member.empty()) {
      leave_out(open, std::exchange(open.broken_member, {}), fmt::format("damaged: {}", why));
    }
    if (next == Layer::Next::kEnd) {
      if (open.layer.has_rest()) open.complete = false;
      if (kind == Kind::kCpio) enter_rest(open);
      break;
    }
    ++open.members;
    if (!count_member()) break;
    visit(open);
  }
  forget_member(open);
  return open.complete && !stopped_;
}

// A kernel unpacks all of an initramfs: cpio archives, compressed or not, one behind the other (Documentation/driver-api/early-userspace/
// buffer-format.rst); the first has the processor's microcode, and the second everything else.
void Expansion::enter_rest(Open& open) {
  RestInput rest(open.layer);
  if (rest.head().empty()) return;
  const Kind kind = recognise(rest.head());
  if (kind != Kind::kCpio && !is_stream(kind)) {
    open.complete = false;
  } else if (behind_ == kMostBehind) {
    leave_out(open, open.place.prefix, fmt::format("more than {} archives one behind the other: the rest is left out", kMostBehind));
  } else {
    ++behind_;
    if (!expand(rest, kind, open.place)) open.complete = false;
    --behind_;
  }
}

bool Expansion::count_member() {
  if (++members_ <= limits_.members) return true;
  stop(fmt::format("more than {} members in one archive", human_count(limits_.members)));
  return false;
}

void Expansion::visit(Open& open) {
  forget_member(open);
  const Layer& layer = open.layer;
  std::string path =
      open.place.prefix + (is_stream(layer.kind()) ? stem(open.place.name) : layer.path());
  member_path_ = path;
  if (open.place.prefix.empty() && is_verbatim(layer.kind())) visitor_.entry(layer.entry());
  if (layer.is_file() && layer.is_encrypted()) {
    leave_out(open, path, "encrypted");
    return;
  }
  if (layer.is_file()) visit_file(open, path);
  pass_over(open);
  if (stopped_ || open.abandoned) return;
  if (layer.entry_broken()) open.broken_member = path;
  if (layer.is_file() && layer.ended_early())
    leave_out(open, path, "goes on in another part of a split archive");
}

void Expansion::visit_file(Open& open, const std::string& path) {
  bool ended = fill(open, kHead);
  Kind kind = recognise(open.front);
  bool same_level = is_stream(open.layer.kind()) && is_verbatim(kind);
  if (kind != Kind::kNone && !same_level && open.place.depth >= limits_.depth) {
    leave_out(open, path, fmt::format("archives nested more than {} deep", limits_.depth));
    kind = Kind::kNone;
  }
  bool nothing_came = (stopped_ || open.abandoned) && open.front.empty();
  if (nothing_came) return;
  if (kind != Kind::kNone) {
    enter(open, path, kind);
  } else if (!ended && open.layer.stated_size().value_or(0) > limits_.member_bytes) {
    leave_out(open, path, too_large());
  } else {
    deliver(open, path);
  }
}

void Expansion::forget_member(Open& open) {
  kept_ -= open.kept.size();
  open.kept.clear();
  if (open.kept.capacity() > (1u << 20)) open.kept.shrink_to_fit();
  open.front = {};
  open.ended = false;
}

Expansion::Place Expansion::inside(const Open& open, const std::string& path, Kind kind) const {
  Place place{path + "!/", std::string(file_name(path)), open.place.depth + 1,
              open.place.level + 1};
  if (is_stream(open.layer.kind()) && is_verbatim(kind)) {
    place.prefix = open.place.prefix;
    place.depth = open.place.depth;
  }
  return place;
}

void Expansion::enter(Open& open, const std::string& path, Kind kind) {
  Place place = inside(open, path, kind);
  std::uint64_t budget = limits_.member_bytes - std::min(kept_, limits_.member_bytes);
  std::uint64_t keep = std::min(keep_limit(kind, limits_), budget);
  if (fill(open, keep)) {
    if (!enter_front(open, place, kind)) visitor_.member(path, open.front);
  } else if (kind == Kind::kSevenZip) {
    leave_out(open, path,
              fmt::format("7z archive larger than {} inside another archive", human_bytes(keep)));
  } else if (kind == Kind::kArtifact) {
    report(path, artifact_too_large(keep));
    deliver(open, path);
  } else {
    MemberInput input(*this, open);
    if (!expand(input, kind, place)) open.complete = false;
  }
}

// Returns whether the bytes themselves need not be looked at.
bool Expansion::enter_front(Open& open, const Place& place, Kind kind) {
  if (kind == Kind::kArtifact) {
    unfold(open.front, place);
    return true;
  }
  MemoryInput input(open.front, stopped_ || open.abandoned || open.layer.entry_broken());
  bool complete = expand(input, kind, place);
  if (!complete) open.complete = false;
  return stopped_ || (complete && !is_package(kind));
}

void Expansion::deliver(Open& open, const std::string& path) {
  if (fill(open, kLargeMember)) {
    if (open.front.size() > limits_.member_bytes) {
      leave_out(open, path, too_large());
      return;
    }
    if (has_zip_at_end(open.front) && open.place.depth < limits_.depth) {
      enter_front(open, inside(open, path, Kind::kZip), Kind::kZip);
    }
    visitor_.member(path, open.front);
    return;
  }
  std::uint64_t handed_out = 0;
  bool cut = false;
  visitor_.large_member(path, [&]() -> Result<std::string_view> {
    std::string_view part = handed_out == 0 ? open.front : read(open);
    cut = handed_out + part.size() > limits_.member_bytes;
    if (cut) part = part.substr(0, limits_.member_bytes - handed_out);
    handed_out += part.size();
    return part;
  });
  if (cut) leave_out(open, path, too_large());
}

std::string Expansion::too_large() const {
  return fmt::format("archive member larger than {}", human_bytes(limits_.member_bytes));
}

// Reads on until the member ends (true) or its front is longer than `limit`.
bool Expansion::fill(Open& open, std::uint64_t limit) {
  while (!open.ended && open.front.size() <= limit) {
    std::string_view bytes = read(open);
    if (open.front.empty() && !bytes.empty() && open.layer.stated_size() == bytes.size()) {
      open.front = bytes;
      open.ended = true;
      break;
    }
    open.ended = bytes.empty();
    open.kept.insert(open.kept.end(), bytes.begin(), bytes.end());
    kept_ += bytes.size();
    open.front = {open.kept.data(), open.kept.size()};
  }
  return open.ended;
}

std::string_view Expansion::read(Open& open) {
  if (stopped_ || open.abandoned) return {};
  std::string_view bytes = open.layer.read();
  return charge(open, bytes.size()) ? bytes : std::string_view{};
}

bool Expansion::charge(Open& open, std::size_t bytes) {
  open.out += bytes;
  if (!charge(open.place, bytes, open.out, open.layer.input().compressed_bytes())) {
    open.complete = false;
    open.abandoned = true;
  }
  return !stopped_ && !open.abandoned;
}

// `bytes` more came out at a place, of one archive there `out` from `in`. False: no more of that archive.
bool Expansion::charge(const Place& place, std::uint64_t bytes, std::uint64_t out, std::uint64_t in) {
  std::uint64_t& level = level_bytes_[place.level];
  level += bytes;
  auto above_ratio = [&](std::uint64_t expanded, std::uint64_t compressed) {
    return expanded > kFreeBytes && expanded / limits_.ratio > compressed;
  };
  if (level > limits_.total_bytes) {
    stop(fmt::format("archive expands to more than {}", human_bytes(limits_.total_bytes)));
  } else if (above_ratio(level, outermost_->compressed_bytes())) {
    stop(fmt::format("archive expands more than {}-fold", human_count(limits_.ratio)));
  } else if (above_ratio(out, in)) {
    report(place.prefix, fmt::format("archive expands more than {}-fold: the rest is left out", human_count(limits_.ratio)));
    return false;
  }
  return true;
}

// To the end of the member, charged, since passing over compressed data costs what reading it does.
void Expansion::pass_over(Open& open) {
  if (!open.ended && open.layer.skips_for_free()) return;
  while (!read(open).empty()) {
  }
}

void Expansion::report_broken_layer(Open& open) {
  open.abandoned = true;
  open.complete = false;
  const Input& input = open.layer.input();
  if (input.cut()) return;
  const std::string& where = open.broken_member.empty() ? open.place.prefix : open.broken_member;
  if (input.error()) {
    leave_out(open, where, input.error()->message, true);
  } else if (open.layer.all_encrypted()) {
    leave_out(open, where, "encrypted");
  } else {
    leave_out(open, where,
              fmt::format("damaged {}: {} (at byte {}, entry {})", name(open.layer.kind()),
                          open.layer.error(), open.layer.position(),
                          open.members + (open.broken_member.empty() ? 1 : 0)));
  }
}

void Expansion::stop(const std::string& reason) {
  if (!stopped_) report(member_path_, reason + ": the rest is left out");
  stopped_ = true;
}

void Expansion::leave_out(Open& open, const std::string& path, const std::string& reason,
                          bool failed) {
  open.complete = false;
  report(path, reason, failed);
}

void Expansion::report(const std::string& path, const std::string& reason, bool failed) {
  if (++reports_ > kMaxReports && !failed) return;
  // A prefix names the archive itself.
  std::string_view what = path;
  if (what.ends_with("!/")) what.remove_suffix(2);
  visitor_.left_out(std::string(what), reason, failed);
}

}  // namespace keywake::archive
