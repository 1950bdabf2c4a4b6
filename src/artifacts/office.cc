#include "artifacts/office.h"

#include <algorithm>
#include <array>
#include <string>

#include "artifacts/rendering.h"

namespace keywake::artifacts {
namespace {

// The root elements of the parts that hold text.
constexpr std::array<std::string_view, 9> kRoots{"<w:document ", "<w:hdr ", "<w:ftr ", "<w:comments ", "<w:footnotes ", "<w:endnotes ", "<p:sld ", "<p:notes ", "<sst "};
constexpr std::size_t kRootWithin = 512;
// Of today's Word the first name space of OOXML's own stands behind a kilobyte of others.
constexpr std::size_t kNameSpaceWithin = 8192;

void append_text(std::string_view text, std::string& out) {
  static constexpr std::array<std::pair<std::string_view, char>, 5> kEntities{{{"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&apos;", '\''}}};
  while (!text.empty()) {
    const auto* entity = std::find_if(kEntities.begin(), kEntities.end(), [&](const auto& known) { return text.starts_with(known.first); });
    if (entity != kEntities.end()) {
      out += entity->second;
      text.remove_prefix(entity->first.size());
    } else {
      out += text.front();
      text.remove_prefix(1);
    }
  }
}

}  // namespace

bool is_office(std::string_view head) {
  if (!head.starts_with("<?xml ") && !head.starts_with("\xef\xbb\xbf<?xml ")) return false;
  const std::string_view front = head.substr(0, kRootWithin);
  return std::any_of(kRoots.begin(), kRoots.end(), [&](std::string_view root) { return front.find(root) != std::string_view::npos; }) &&
         head.substr(0, kNameSpaceWithin).find("schemas.openxmlformats.org/") != std::string_view::npos;
}

Result<bool> unfold_office(std::string_view bytes, const Visit& visit) {
  std::string text;
  OwnBytes own(bytes);
  for (std::size_t at = bytes.find('<'); at != std::string_view::npos; at = bytes.find('<', at + 1)) {
    const std::size_t end = bytes.find_first_of("<>", at + 1);
    if (end == std::string_view::npos) break;
    if (bytes[end] == '<') {  // it was no tag
      at = end - 1;
      continue;
    }
    std::string_view name = bytes.substr(at + 1, end - at - 1);
    const bool empty_element = name.ends_with('/');
    name = name.substr(0, name.find_first_of(" \t\r\n/", 1));
    if ((name == "w:t" || name == "a:t" || name == "t") && !empty_element) {
      const std::size_t close = std::min(bytes.find('<', end), bytes.size());
      const std::string_view shown = bytes.substr(end + 1, close - end - 1);
      append_text(shown, text);
      own.blank(shown);
    } else if (name == "w:tab" || name == "a:tab") {
      text += '\t';
    } else if (name == "/w:p" || name == "/a:p" || name == "/si" || name == "w:br" || name == "a:br" || name == "w:cr") {
      text += '\n';
    }
  }
  if (!text.empty()) visit("text", text);
  own.finish(visit);
  return true;
}

}  // namespace keywake::artifacts
