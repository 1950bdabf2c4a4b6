#include "scan/jenkins_values.h"

#include <algorithm>
#include <utility>

namespace keywake::scan {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kJudgedAs = ".env";   // as values of a store are: a place where secrets are in use
constexpr std::size_t kShortest = 22;            // digits of one AES block in base64
constexpr std::string_view kBlanks = " \t\r\n";

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

struct Found {
  std::uint32_t value;
  std::string line;
};

}  // namespace

void JenkinsValues::match(const sources::Piece& piece, const std::function<void(Seen)>& found) {
  if (!piece.path.ends_with(".xml") || piece.path.find("!/") != std::string_view::npos) return;
  const Keys keys = keys_for(root_ / fs::path(piece.path));
  if (!keys) return;
  ContentScanner scanner(context_.engine, context_.values, context_.request.explain, context_.archive_limits, false);
  std::vector<matching::Settled> places;
  std::vector<Found> values;
  std::vector<Occurrence> inside;
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
    if (first == std::string_view::npos || !may_be_ciphertext(text)) continue;
    const auto begin = static_cast<std::uint32_t>(close + 1 + first);
    if (begin < piece.core_begin || begin >= piece.core_end) continue;
    const auto plain = keys->open(text);
    if (!plain) continue;
    std::string_view element = bytes.substr(open + 1, close - open - 1);
    element = element.substr(0, element.find_first_of(" \t\r\n/"));
    inside.clear();
    scanner.scan_text(line_of(element, plain->reveal()), "", inside);
    for (Occurrence& each : inside) {
      matching::Value value = context_.values[each.value];
      value.decoded = value.decoded.empty() ? "jenkins" : "jenkins > " + value.decoded;
      places.push_back({context_.values.intern(std::move(value)), begin, static_cast<std::uint32_t>(close + 1 + text.find_last_not_of(kBlanks) + 1)});
      values.push_back({places.back().value, std::move(each.line_text)});
    }
  }
  context_.collector.bytes_matched += scanner.scanner().bytes_matched();
  std::vector<Occurrence> occurrences;
  locate(bytes, places, "", occurrences);
  for (std::size_t i = 0; i < occurrences.size(); ++i) {
    const Occurrence& at = occurrences[i];
    const auto line = [&](const Position& of) { return of.line + piece.lines_before; };
    const auto column = [&](const Position& of) { return of.line == 1 ? of.column + piece.column_before : of.column; };
    model::Sighting sighting;
    sighting.path = piece.path;
    sighting.line = line(at.begin);
    sighting.column = column(at.begin);
    sighting.end_line = line(at.end);
    sighting.end_column = column(at.end);
    found({at.value, std::move(sighting), std::move(values[i].line), "", at.allow, std::string(kJudgedAs)});
  }
}

JenkinsValues::Keys JenkinsValues::keys_for(const fs::path& file) {
  const std::lock_guard lock(mutex_);
  const fs::path top = root_.empty() ? fs::path(".") : root_.has_filename() ? root_ : root_.parent_path();  // "home/" is "home"
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
