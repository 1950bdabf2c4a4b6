// The front of an asar, in little-endian u32: 4 · size of the header's pickle · size of its payload · length of the JSON · the JSON:
//
//   {"files":{"src":{"files":{"main.js":{"size":120,"offset":"0"}}},"native.node":{"size":9,"unpacked":true}}}
//
// Offsets are decimal strings and count from the end of the header's pickle. The JSON is read as events, and each file is handed over when its entry
// ends: a path may be far longer than the entry that it is the path of, so that a list of all could outgrow any memory.
#include "artifacts/asar.h"

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "artifacts/reader.h"
#include "artifacts/rendering.h"

namespace keywake::artifacts {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kMaxDepth = 128;
/// Files may share bytes (copies are stored once); more than this many times over is an attack.
constexpr std::uint64_t kMaxOverlap = 8;
constexpr std::uint64_t kFreeBytes = 16ull << 20;

std::uint32_t le32(std::string_view bytes, std::size_t at) {
  return Reader(bytes, at).le32();
}

constexpr std::size_t kLongestPath = 4096;  // names, not places

struct Extent {
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
};

// Whether the files, one behind the other, leave no gap before `end`.
bool cover(std::vector<Extent> files, std::uint64_t end) {
  std::sort(files.begin(), files.end(), [](const Extent& a, const Extent& b) { return a.offset < b.offset; });
  std::uint64_t covered = 0;
  for (const Extent& file : files) {
    if (file.offset > covered) return false;
    covered = std::max(covered, file.offset + file.size);
  }
  return covered >= end;
}

class Header {
 public:
  Header(std::string_view data, const Visit& visit) : data_(data), visit_(visit), budget_(kFreeBytes + kMaxOverlap * data.size()) {}

  /// Of the last file that could not be handed over.
  [[nodiscard]] const std::string& damage() const { return damage_; }
  [[nodiscard]] const std::vector<Extent>& files() const { return files_; }

  bool start_object(std::size_t) {
    if (frames_.size() >= kMaxDepth) return false;
    // {"files": {NAME: {…}}}: a folder's "files" holds names; what a name holds is a file or a folder.
    const bool names = !frames_.empty() && !frames_.back().names && key_ == "files";
    const bool is_entry = !frames_.empty() && frames_.back().names;
    frames_.push_back({.folder_size = path_.size(), .names = names, .entry = is_entry});
    if (is_entry) path_ += (path_.empty() ? "" : "/") + key_;
    if (path_.size() > kLongestPath) path_.resize(kLongestPath);
    return true;
  }
  bool end_object() {
    const Frame& frame = frames_.back();
    if (frame.entry && frame.has_offset && frame.has_size && !frame.unpacked) hand_over(frame);
    path_.resize(frame.folder_size);
    frames_.pop_back();
    return true;
  }
  bool key(std::string& name) {
    key_ = std::move(name);
    return true;
  }
  bool string(std::string& value) {
    if (frames_.empty() || key_ != "offset") return true;
    Frame& frame = frames_.back();
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), frame.offset);
    frame.has_offset = error == std::errc() && end == value.data() + value.size();
    return true;
  }
  bool number_unsigned(std::uint64_t value) {
    if (!frames_.empty() && key_ == "size") {
      frames_.back().size = value;
      frames_.back().has_size = true;
    }
    return true;
  }
  bool boolean(bool value) {
    if (!frames_.empty() && key_ == "unpacked") frames_.back().unpacked = value;
    return true;
  }
  // Arrays (the hashes of blocks) hold nothing wanted.
  bool start_array(std::size_t) { return ++arrays_ < kMaxDepth; }
  bool end_array() {
    --arrays_;
    return true;
  }
  bool null() { return true; }
  bool number_integer(std::int64_t) { return true; }
  bool number_float(double, const std::string&) { return true; }
  bool binary(Json::binary_t&) { return true; }
  bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception&) { return false; }

 private:
  struct Frame {
    std::size_t folder_size;  // of the path, without the name of this entry
    std::uint64_t offset = 0;
    std::uint64_t size = 0;
    bool names = false;
    bool entry = false;
    bool unpacked = false;
    bool has_offset = false;
    bool has_size = false;
  };

  void hand_over(const Frame& file) {
    if (file.offset > data_.size() || file.size > data_.size() - file.offset) {
      damage_ = "a file of it lies outside the archive";
    } else if (file.size > budget_) {
      damage_ = "its files overlap too often";
    } else {
      budget_ -= file.size;
      files_.push_back({file.offset, file.size});
      if (file.size > 0) visit_(path_, data_.substr(file.offset, file.size));
    }
  }

  std::string_view data_;
  const Visit& visit_;
  std::uint64_t budget_;  // bytes of files, which may share them
  std::string damage_;
  std::vector<Extent> files_;
  std::vector<Frame> frames_;
  std::string path_;
  std::string key_;
  std::size_t arrays_ = 0;
};

}  // namespace

bool is_asar(std::string_view head) {
  if (head.size() < 24 || le32(head, 0) != 4) return false;
  const std::uint32_t pickle = le32(head, 4);
  const std::uint32_t payload = le32(head, 8);
  const std::uint32_t json = le32(head, 12);
  return pickle >= 12 && payload == pickle - 4 && json <= payload - 4 && payload - 4 - json < 4 && head.substr(16).starts_with("{\"files\"");
}

Result<bool> unfold_asar(std::string_view bytes, const Visit& visit) {
  const std::uint64_t start = 8 + static_cast<std::uint64_t>(le32(bytes, 4));
  if (bytes.size() < 16 || start > bytes.size() || 16 + static_cast<std::uint64_t>(le32(bytes, 12)) > start) return fail("its header is cut off");
  Header header(bytes.substr(start), visit);
  const std::string_view json = bytes.substr(16, le32(bytes, 12));
  if (!Json::sax_parse(json.begin(), json.end(), &header)) return fail("its header is not the JSON of an asar");
  if (!header.damage().empty()) return fail(header.damage());
  if (cover(header.files(), bytes.size() - start)) return true;
  OwnBytes own(bytes);
  for (const Extent& file : header.files()) own.blank(start + file.offset, file.size);
  own.finish(visit);
  return true;
}

}  // namespace keywake::artifacts
