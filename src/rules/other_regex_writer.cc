#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "rules/other_regex_tree_internal.h"

namespace keywake::rules::other {
namespace {

class Writer {
 public:
  Writer(std::uint32_t secret, bool own_ends) : secret_(secret), own_ends_(own_ends) {}

  bool write(const Node& node) {
    switch (node.kind) {
      case Kind::kSet:
        append_set(out, node.set);
        return true;
      case Kind::kWord:
        out += "\\b";
        return true;
      case Kind::kNoWord:
        out += "\\B";
        return true;
      case Kind::kBegin:
      case Kind::kEnd:
        if (own_ends_) out += node.kind == Kind::kBegin ? '^' : '$';
        return own_ends_;
      case Kind::kSequence:
        return std::all_of(node.children.begin(), node.children.end(), [this](const Node& child) { return write(child); });
      case Kind::kAlternatives:
        return write_alternatives(node);
      case Kind::kRepeat:
        return write_repeat(node);
      case Kind::kGroup:
        out += node.capture != 0 && node.capture == secret_ ? "(?P<secret>" : "(?:";
        if (!write(node.children[0])) return false;
        out += ')';
        return true;
    }
    return false;
  }

  std::string out;

 private:
  bool write_alternatives(const Node& node) {
    for (std::size_t i = 0; i < node.children.size(); ++i) {
      if (i > 0) out += '|';
      const Node& child = node.children[i];
      const bool is_end = child.children.size() == 1 && (child.children[0].kind == Kind::kBegin || child.children[0].kind == Kind::kEnd);
      if (is_end && node.children.size() > 1 && !own_ends_) {
        out += "\\b";
      } else if (!write(child)) {
        return false;
      }
    }
    return true;
  }

  bool write_repeat(const Node& node) {
    const Node& child = node.children[0];
    const bool bare = child.kind == Kind::kSet || child.kind == Kind::kGroup;
    if (!bare) out += "(?:";
    if (!write(child)) return false;
    if (!bare) out += ')';
    if (node.most == kUnbounded) {
      out += node.least == 0 ? "*" : node.least == 1 ? "+" : fmt::format("{{{},}}", node.least);
    } else if (node.least == 0 && node.most == 1) {
      out += '?';
    } else if (node.least == node.most) {
      out += fmt::format("{{{}}}", node.least);
    } else {
      out += fmt::format("{{{},{}}}", node.least, node.most);
    }
    if (node.lazy) out += '?';
    return true;
  }

  std::uint32_t secret_;
  bool own_ends_;
};

}  // namespace

std::optional<std::string> write(const Node& root, std::uint32_t secret, bool own_ends) {
  Writer writer(secret, own_ends);
  if (!writer.write(root)) return std::nullopt;
  return std::move(writer.out);
}

}  // namespace keywake::rules::other
