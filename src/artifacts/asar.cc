// The front of an asar, in little-endian u32: 4 · size of the header's pickle · size of its payload · length of the JSON · the JSON:
//
//   {"files":{"src":{"files":{"main.js":{"size":120,"offset":"0"}}},"native.node":{"size":9,"unpacked":true}}}
//
// Offsets are decimal strings and count from the end of the header's pickle. The JSON is read as events, so that a hostile one costs no more
// memory than its names.
#include "artifacts/asar.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

namespace keywake::artifacts {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kMaxDepth = 128;
/// Files may share bytes (copies are stored once); more than this many times over is an attack.
constexpr std::uint64_t kMaxOverlap = 8;
constexpr std::uint64_t kFreeBytes = 16ull << 20;

std::uint32_t le32(std::string_view bytes, std::size_t at) {
  std::uint32_t value = 0;
  for (int i = 3; i >= 0; --i) {
    const std::size_t place = at + static_cast<std::size_t>(i);
    value = value << 8 | (place < bytes.size() ? static_cast<unsigned char>(bytes[place]) : 0);
  }
  return value;
}

struct File {
  std::string path;
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
};

class Header {
 public:
  explicit Header(std::vector<File>& files) : files_(files) {}

  bool start_object(std::size_t) {
    if (frames_.size() >= kMaxDepth) return false;
    // {"files": {NAME: {…}}}: a folder's "files" holds names; what a name holds is a file or a folder.
    const bool names = !frames_.empty() && !frames_.back().names && key_ == "files";
    std::string path = frames_.empty() ? std::string() : frames_.back().path;
    const bool is_entry = !frames_.empty() && frames_.back().names;
    if (is_entry) path += (path.empty() ? "" : "/") + key_;
    if (path.size() > 4096) path.resize(4096);
    frames_.push_back({.path = std::move(path), .names = names, .entry = is_entry});
    return true;
  }
  bool end_object() {
    Frame& frame = frames_.back();
    if (frame.entry && frame.has_offset && frame.has_size && !frame.unpacked) files_.push_back({frame.path, frame.offset, frame.size});
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
    std::string path;
    std::uint64_t offset = 0;
    std::uint64_t size = 0;
    bool names = false;
    bool entry = false;
    bool unpacked = false;
    bool has_offset = false;
    bool has_size = false;
  };
  std::vector<File>& files_;
  std::vector<Frame> frames_;
  std::string key_;
  std::size_t arrays_ = 0;
};

// Whether the files, one behind the other, leave no gap before `end`.
bool cover(std::vector<File> files, std::uint64_t end) {
  std::sort(files.begin(), files.end(), [](const File& a, const File& b) { return a.offset < b.offset; });
  std::uint64_t covered = 0;
  for (const File& file : files) {
    if (file.offset > covered) return false;
    covered = std::max(covered, file.offset + file.size);
  }
  return covered >= end;
}

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
  std::vector<File> files;
  Header header(files);
  const std::string_view json = bytes.substr(16, le32(bytes, 12));
  if (!Json::sax_parse(json.begin(), json.end(), &header)) return fail("its header is not the JSON of an asar");
  const std::string_view data = bytes.substr(start);
  std::uint64_t budget = kFreeBytes + kMaxOverlap * data.size();
  for (const File& file : files) {
    if (file.offset > data.size() || file.size > data.size() - file.offset) return fail(fmt::format("a file of it ends behind byte {}", bytes.size()));
    if (file.size > budget) return fail("its files overlap too often");
    budget -= file.size;
    if (file.size > 0) visit(file.path, data.substr(file.offset, file.size));
  }
  return cover(std::move(files), data.size());
}

}  // namespace keywake::artifacts
