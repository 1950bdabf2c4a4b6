// A map is read as events: what is kept are the paths and the contents, no more than the bytes themselves.
#include "artifacts/source_map.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

namespace keywake::artifacts {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kMaxDepth = 64;
constexpr std::array<std::string_view, 10> kKeys{"version", "file", "sources", "sourceRoot", "sourcesContent", "names", "mappings", "sections", "ignoreList", "debugId"};

bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

std::string_view skip_space(std::string_view text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  return text;
}

// Takes `"key" :` from the front.
std::string_view take_key(std::string_view& text) {
  if (!text.starts_with('"')) return {};
  const std::size_t end = text.find('"', 1);
  if (end == std::string_view::npos || end > 32) return {};
  const std::string_view key = text.substr(1, end - 1);
  std::string_view rest = skip_space(text.substr(end + 1));
  if (!rest.starts_with(':')) return {};
  text = skip_space(rest.substr(1));
  return key;
}

bool is_known(std::string_view key) {
  return std::find(kKeys.begin(), kKeys.end(), key) != kKeys.end() || key.starts_with("x_");
}

bool has_version_3(std::string_view text) {
  for (std::size_t at = text.find("\"version\""); at != std::string_view::npos; at = text.find("\"version\"", at + 9)) {
    std::string_view rest = skip_space(text.substr(at + 9));
    if (!rest.starts_with(':')) continue;
    rest = skip_space(rest.substr(1));
    if (rest.starts_with('3') && (rest.size() == 1 || rest[1] == ',' || rest[1] == '}' || is_space(rest[1]))) return true;
  }
  return false;
}

// One map: the whole, or one of its sections.
struct Map {
  std::string root;
  std::vector<std::string> sources;
  std::vector<std::pair<std::size_t, std::string>> contents;  // by the index of their source
  std::size_t content_index = 0;
};

class Reader {
 public:
  explicit Reader(const Visit& visit) : visit_(visit) {}

  bool start_object(std::size_t) {
    if (frames_.size() >= kMaxDepth) return false;
    const bool is_map = frames_.empty() || (key() == "map" && maps_.size() < 2);
    if (is_map) maps_.emplace_back();
    frames_.push_back({.is_map = is_map});
    return true;
  }
  bool end_object() {
    if (frames_.back().is_map) finish_map();
    frames_.pop_back();
    return true;
  }
  bool start_array(std::size_t) {
    if (frames_.size() >= kMaxDepth || frames_.empty()) return false;
    Frame frame;
    if (frames_.back().is_map) frame.list = key() == "sources" ? List::kSources : key() == "sourcesContent" ? List::kContents : List::kOther;
    if (frame.list == List::kContents) maps_.back().content_index = 0;
    frame.key = frames_.back().key;
    frames_.push_back(std::move(frame));
    return true;
  }
  bool end_array() {
    frames_.pop_back();
    return true;
  }
  bool key(std::string& name) {
    frames_.back().key = std::move(name);
    return true;
  }
  bool string(std::string& value) {
    if (frames_.empty()) return false;
    const Frame& frame = frames_.back();
    if (frame.list == List::kSources) {
      maps_.back().sources.push_back(std::move(value));
    } else if (frame.list == List::kContents) {
      maps_.back().contents.emplace_back(maps_.back().content_index++, std::move(value));
    } else if (frame.is_map && frame.key == "sourceRoot") {
      maps_.back().root = std::move(value);
    } else if (!(frame.is_map && frame.key == "mappings")) {
      strings_ += value;
      strings_ += '\n';
    }
    return true;
  }
  bool null() {
    if (!frames_.empty() && frames_.back().list == List::kSources) maps_.back().sources.emplace_back();
    if (!frames_.empty() && frames_.back().list == List::kContents) ++maps_.back().content_index;
    return true;
  }
  bool boolean(bool) { return true; }
  bool number_integer(std::int64_t) { return true; }
  bool number_unsigned(std::uint64_t) { return true; }
  bool number_float(double, const std::string&) { return true; }
  bool binary(Json::binary_t&) { return true; }
  bool parse_error(std::size_t at, const std::string&, const nlohmann::detail::exception&) {
    error_at_ = at;
    return false;
  }

  /// What maps that never ended hold, so that a map cut short still gives its sources.
  void finish() {
    while (!maps_.empty()) finish_map();
    if (any_ && !strings_.empty()) visit_("strings", strings_);
  }
  [[nodiscard]] bool any() const { return any_; }
  [[nodiscard]] std::size_t error_at() const { return error_at_; }

 private:
  enum class List : std::uint8_t { kNone, kSources, kContents, kOther };
  struct Frame {
    bool is_map = false;
    List list = List::kNone;
    std::string key = {};
  };

  [[nodiscard]] std::string_view key() const { return frames_.back().key; }

  void finish_map() {
    Map map = std::move(maps_.back());
    maps_.pop_back();
    std::vector<bool> given(map.sources.size());
    for (const auto& [index, content] : map.contents) {
      std::string path = index < map.sources.size() ? clean_source_path(map.root, map.sources[index]) : std::string();
      if (index < given.size()) given[index] = true;
      if (path.empty()) path = fmt::format("source-{}", index + 1);
      visit_(path, content);
      any_ = true;
    }
    for (std::size_t i = 0; i < map.sources.size(); ++i) {
      if (!given[i]) strings_ += map.sources[i] + "\n";
    }
  }

  const Visit& visit_;
  std::vector<Frame> frames_;
  std::vector<Map> maps_;
  std::string strings_;
  std::size_t error_at_ = 0;
  bool any_ = false;
};

}  // namespace

std::string clean_source_path(std::string_view root, std::string_view source) {
  constexpr std::size_t kLongestRoot = 256;  // it stands before every source
  root = root.substr(0, kLongestRoot);
  std::string joined;
  if (source.find("://") == std::string_view::npos && !root.empty()) {
    joined = root;
    joined += '/';
  }
  joined += source;
  std::string_view rest = joined;
  if (const std::size_t scheme = rest.find("://"); scheme != std::string_view::npos && scheme < 32) rest.remove_prefix(scheme + 3);
  std::string path;
  while (!rest.empty()) {
    const std::size_t slash = std::min(rest.find_first_of("/\\"), rest.size());
    const std::string_view part = rest.substr(0, slash);
    rest.remove_prefix(std::min(slash + 1, rest.size()));
    if (part.empty() || part == "." || part == ".." || part == "~") continue;
    if (!path.empty()) path += '/';
    path += part;
  }
  return path;
}

bool is_source_map(std::string_view head) {
  if (head.starts_with("\xef\xbb\xbf")) head.remove_prefix(3);
  std::string_view text = skip_space(head);
  if (!text.starts_with('{')) return false;
  text = skip_space(text.substr(1));
  const std::string_view first = take_key(text);
  if (first.empty() || !is_known(first)) return false;
  if (first != "version") return has_version_3(text) && (head.find("\"mappings\"") != std::string_view::npos || head.find("\"sources\"") != std::string_view::npos);
  if (!text.starts_with('3')) return false;
  text = skip_space(text.substr(1));
  if (!text.starts_with(',')) return false;
  text = skip_space(text.substr(1));
  return is_known(take_key(text));
}

Result<bool> unfold_source_map(std::string_view bytes, const Visit& visit) {
  if (bytes.starts_with("\xef\xbb\xbf")) bytes.remove_prefix(3);
  Reader reader(visit);
  const bool whole = Json::sax_parse(bytes.begin(), bytes.end(), &reader);
  reader.finish();
  if (!whole) return fail(fmt::format("not JSON at byte {}", reader.error_at()));
  return reader.any();
}

}  // namespace keywake::artifacts
