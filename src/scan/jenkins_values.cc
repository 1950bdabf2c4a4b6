#include "scan/jenkins_values.h"

#include <algorithm>
#include <utility>

namespace keywake::scan {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kJudgedAs = ".env";   // as values of a store are: a place where secrets are in use
constexpr std::size_t kShortest = 22;            // digits of one AES block in base64
constexpr std::string_view kBlanks = " \t\r\n";
constexpr std::string_view kInside = "!/";
constexpr std::size_t kMaxWaiting = 64u << 20;     // bytes of ciphertexts and their paths
constexpr std::size_t kMaxHomes = 10'000;
constexpr std::size_t kMaxKeyFile = 4096;          // Jenkins' own have some 300 bytes

bool may_be_ciphertext(std::string_view text) {
  return text.size() >= kShortest && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' || c == '/' || c == '=' || c == '{' || c == '}' ||
                  kBlanks.find(c) != std::string_view::npos;
         });
}

// As a file would have it, so that the element's name is evidence.
std::string line_of(std::string_view element, std::string_view value) {
  std::string out(element);
  out += '=';
  if (value.find('\n') != std::string_view::npos) out += '\n';
  return out.append(value) += '\n';
}

}  // namespace

void JenkinsValues::match(const sources::Piece& piece, const std::function<void(Seen)>& found) {
  const bool contained = !root_ || piece.path.find(kInside) != std::string_view::npos;
  if (contained && keep_key(piece)) return;
  if (!piece.path.ends_with(".xml")) return;
  const Keys keys = contained ? nullptr : keys_for(*root_ / fs::path(piece.path));
  if (!contained && !keys) return;
  std::vector<matching::Settled> places;  // their values: indexes of `texts`
  std::vector<Ciphertext> texts;
  const std::string_view bytes = piece.bytes;
  // From one "<" to the next, so that no byte is looked at more than twice.
  for (std::size_t open = bytes.find('<'), end = 0; open != std::string_view::npos; open = end) {
    end = bytes.find('<', open + 1);
    if (end == std::string_view::npos) break;
    const std::size_t tag = bytes.substr(open, end - open).rfind('>');
    if (tag == std::string_view::npos) continue;
    const std::size_t close = open + tag;
    const std::string_view text = bytes.substr(close + 1, end - close - 1);
    const std::size_t first = text.find_first_not_of(kBlanks);
    if (first == std::string_view::npos || !may_be_ciphertext(text) || !crypto::JenkinsSecrets::may_open(text)) continue;
    const auto begin = static_cast<std::uint32_t>(close + 1 + first);
    if (begin < piece.core_begin || begin >= piece.core_end) continue;
    if (keys && !keys->open(text)) continue;
    std::string_view element = bytes.substr(open + 1, close - open - 1);
    element = element.substr(0, element.find_first_of(" \t\r\n/"));
    const std::size_t last = text.find_last_not_of(kBlanks);
    places.push_back({static_cast<std::uint32_t>(texts.size()), begin, static_cast<std::uint32_t>(close + 1 + last + 1)});
    texts.push_back({std::string(element), std::string(text.substr(first, last + 1 - first)), {}, {}});
  }
  std::vector<Occurrence> occurrences;
  locate(bytes, places, "", occurrences);
  for (const Occurrence& at : occurrences) {
    const auto line = [&](const Position& of) { return of.line + piece.lines_before; };
    const auto column = [&](const Position& of) { return of.line == 1 ? of.column + piece.column_before : of.column; };
    model::Sighting& sighting = texts[at.value].at;
    sighting.path = piece.path;
    sighting.line = line(at.begin);
    sighting.column = column(at.begin);
    sighting.end_line = line(at.end);
    sighting.end_column = column(at.end);
    texts[at.value].allow = at.allow;
  }
  if (contained) return keep(std::move(texts));
  report(std::move(texts), [&](const std::string&) { return keys; }, found);
}

void JenkinsValues::finish(const std::function<void(Seen)>& found) {
  report(std::exchange(waiting_, {}), [this](const std::string& path) { return keys_inside(path); }, found);
}

void JenkinsValues::report(std::vector<Ciphertext> of, const std::function<Keys(const std::string& path)>& keys, const std::function<void(Seen)>& found) {
  if (of.empty()) return;
  ContentScanner scanner(context_.engine, context_.values, {.explain = context_.request.explain, .retain = false}, context_.archive_limits, false);
  std::vector<Occurrence> inside;
  for (Ciphertext& each : of) {
    const Keys key = keys(each.at.path);
    const auto plain = key ? key->open(each.text) : std::nullopt;
    if (!plain) continue;
    inside.clear();
    scanner.scan_text(line_of(each.element, plain->reveal()), "", inside);
    for (Occurrence& seen : inside) {
      matching::Value value = context_.values[seen.value];
      value.decoded = value.decoded.empty() ? "jenkins" : "jenkins > " + value.decoded;
      found({context_.values.intern(std::move(value)), each.at, std::move(seen.line_text), "", each.allow, std::string(kJudgedAs)});
    }
  }
  context_.collector.bytes_matched += scanner.scanner().bytes_matched();
}

// True: it is a key file.
bool JenkinsValues::keep_key(const sources::Piece& piece) {
  static constexpr std::string_view kMaster = "secrets/master.key";
  static constexpr std::string_view kWrapped = "secrets/hudson.util.Secret";
  const bool master = piece.path.ends_with(kMaster);
  if ((!master && !piece.path.ends_with(kWrapped)) || piece.bytes.size() > kMaxKeyFile || !piece.first || !piece.last) return false;
  const std::string_view home = piece.path.substr(0, piece.path.size() - (master ? kMaster : kWrapped).size());
  if (!home.empty() && !home.ends_with('/')) return false;
  const std::lock_guard lock(mutex_);
  if (inside_.size() >= kMaxHomes) return false;
  KeyFiles& files = inside_[std::string(home)];
  (master ? files.master : files.wrapped) = piece.bytes;
  return true;
}

void JenkinsValues::keep(std::vector<Ciphertext> of) {
  const std::lock_guard lock(mutex_);
  for (Ciphertext& each : of) {
    const std::size_t size = each.text.size() + each.element.size() + each.at.path.size() + sizeof each;
    if (waiting_bytes_ + size > kMaxWaiting) {
      if (!std::exchange(too_many_, true)) context_.collector.skip({each.at.path, "too many encrypted values of Jenkins in archives and layers: the rest was not opened", false});
      return;
    }
    waiting_bytes_ += size;
    waiting_.push_back(std::move(each));
  }
}

// Of the nearest home around it; what lies in an archive may also belong to the home that the archive lies in.
JenkinsValues::Keys JenkinsValues::keys_inside(const std::string& path) {
  for (std::size_t slash = path.rfind('/'); slash != std::string::npos; slash = slash == 0 ? std::string::npos : path.rfind('/', slash - 1)) {
    const std::string home = path.substr(0, slash + 1);
    const auto [at, added] = opened_.try_emplace(home);
    const auto files = added ? inside_.find(home) : inside_.end();
    if (files != inside_.end() && !files->second.master.empty() && !files->second.wrapped.empty()) {
      auto keys = crypto::JenkinsSecrets::of(files->second.master, files->second.wrapped);
      if (keys) {
        at->second = std::make_shared<const crypto::JenkinsSecrets>(std::move(*keys));
      } else {
        context_.collector.skip({home + "secrets", keys.error().message, false});
      }
    }
    if (at->second) return at->second;
  }
  if (root_) return keys_for(*root_ / fs::path(path.substr(0, path.find(kInside))));
  const std::lock_guard lock(mutex_);
  return context_.request.jenkins_secrets.empty() ? nullptr : keys_in(context_.request.jenkins_secrets);
}

JenkinsValues::Keys JenkinsValues::keys_for(const fs::path& file) {
  const std::lock_guard lock(mutex_);
  const fs::path top = root_->empty() ? fs::path(".") : root_->has_filename() ? *root_ : root_->parent_path();  // "home/" is "home"
  for (fs::path home = file.parent_path();; home = home.parent_path()) {
    if (home.empty()) home = ".";
    if (Keys keys = keys_in(home / "secrets")) return keys;
    if (home == top || home == "." || !home.has_relative_path()) break;
  }
  return context_.request.jenkins_secrets.empty() ? nullptr : keys_in(context_.request.jenkins_secrets);
}

JenkinsValues::Keys JenkinsValues::keys_in(const fs::path& folder) {
  const auto [at, added] = homes_.try_emplace(folder);
  if (!added) return at->second;
  std::error_code ec;
  const bool named = folder == context_.request.jenkins_secrets;
  if (!named && (!fs::exists(folder / "master.key", ec) || !fs::exists(folder / "hudson.util.Secret", ec))) return nullptr;
  auto keys = crypto::JenkinsSecrets::read(folder);
  if (keys) {
    at->second = std::make_shared<const crypto::JenkinsSecrets>(std::move(*keys));
  } else {
    context_.collector.skip({folder.native(), keys.error().message, true});
  }
  return at->second;
}

}  // namespace keywake::scan
