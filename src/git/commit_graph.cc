#include "git/commit_graph.h"

#include <algorithm>
#include <charconv>
#include <unordered_set>

#include "base/limits.h"

namespace keywake::git {
namespace {

constexpr int kMaxTagDepth = 16;  // a tag of a tag of a tag

std::string_view take_line(std::string_view& text) {
  std::size_t end = text.find('\n');
  std::string_view line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return line;
}

struct Person {
  std::string_view name;
  std::string_view email;
  std::int64_t date = 0;
  int offset = 0;  // minutes
};

// "Name <email> 1234567890 +0100"
Person parse_person(std::string_view text) {
  Person person;
  std::size_t open = text.find('<');
  std::size_t close = text.rfind('>');
  if (open == std::string_view::npos || close == std::string_view::npos || close < open) return person;
  person.name = text.substr(0, open);
  while (person.name.ends_with(' ')) person.name.remove_suffix(1);
  person.email = text.substr(open + 1, close - open - 1);
  std::string_view rest = text.substr(close + 1);
  while (rest.starts_with(' ')) rest.remove_prefix(1);
  auto end = std::from_chars(rest.data(), rest.data() + rest.size(), person.date).ptr;
  rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
  while (rest.starts_with(' ')) rest.remove_prefix(1);
  if (rest.size() >= 5 && (rest[0] == '+' || rest[0] == '-')) {
    int hhmm = 0;
    std::from_chars(rest.data() + 1, rest.data() + 5, hhmm);
    person.offset = (hhmm / 100 * 60 + hhmm % 100) * (rest[0] == '-' ? -1 : 1);
  }
  return person;
}

std::string latin1_to_utf8(std::string_view text) {
  std::string out;
  for (unsigned char c : text) {
    if (c < 0x80) {
      out += static_cast<char>(c);
    } else {
      out += static_cast<char>(0xc0 | c >> 6);
      out += static_cast<char>(0x80 | (c & 0x3f));
    }
  }
  return out;
}

bool is_latin1(std::string_view encoding) {
  std::string lower;
  for (char c : encoding) lower += static_cast<char>(c >= 'A' && c <= 'Z' ? c + 32 : c);
  return lower == "iso-8859-1" || lower == "iso8859-1" || lower == "latin1" || lower == "latin-1" ||
         lower == "iso-8859-15" || lower == "windows-1252" || lower == "cp1252";
}

}  // namespace

std::optional<ParsedCommit> parse_commit(std::string_view bytes, HashKind hash) {
  ParsedCommit commit;
  const std::size_t digits = 2 * static_cast<std::size_t>(hash);
  std::string_view rest = bytes;
  std::string_view line = take_line(rest);
  if (!line.starts_with("tree ")) return std::nullopt;
  auto tree = Oid::from_hex(line.substr(5, digits));
  if (!tree) return std::nullopt;
  commit.tree = *tree;
  Person author;
  std::string_view encoding;
  for (line = take_line(rest); !line.empty(); line = take_line(rest)) {
    if (line.starts_with("parent ")) {
      if (auto parent = Oid::from_hex(line.substr(7, digits))) commit.parents.push_back(*parent);
    } else if (line.starts_with("author ")) {
      author = parse_person(line.substr(7));
    } else if (line.starts_with("committer ")) {
      commit.committed = parse_person(line.substr(10)).date;
    } else if (line.starts_with("encoding ")) {
      encoding = line.substr(9);
    }
  }
  while (rest.starts_with('\n')) rest.remove_prefix(1);
  std::string_view summary = take_line(rest);
  auto text = [&](std::string_view raw) {
    return is_latin1(encoding) ? latin1_to_utf8(raw) : std::string(raw);
  };
  commit.info = {text(author.name), text(author.email), author.date, author.offset, text(summary)};
  return commit;
}

std::optional<Oid> parse_tag(std::string_view bytes) {
  std::string_view line = take_line(bytes);
  if (!line.starts_with("object ")) return std::nullopt;
  return Oid::from_hex(line.substr(7));
}

// The graph needs four header fields of hundreds of thousands of commits, so it reads those and no more.
void CommitGraph::add(ObjectId id, std::string_view bytes, const ObjectStore& store) {
  const std::size_t digits = 2 * static_cast<std::size_t>(store.hash());
  std::string_view line = take_line(bytes);
  ObjectId tree = kNoObject;
  if (line.starts_with("tree ")) {
    if (auto oid = Oid::from_hex(line.substr(5, digits))) tree = store.find(*oid).value_or(kNoObject);
  }
  std::int64_t committed = 0;
  for (line = take_line(bytes); !line.empty(); line = take_line(bytes)) {
    if (line.starts_with("parent ")) {
      auto oid = Oid::from_hex(line.substr(7, digits));
      if (oid) parents_.push_back(store.find(*oid).value_or(kNoObject));
    } else if (line.starts_with("committer ")) {
      committed = parse_person(line.substr(10)).date;
      break;
    }
  }
  id_.push_back(id);
  tree_.push_back(tree);
  committed_.push_back(committed);
  parent_begin_.push_back(parents_.size());
}

void CommitGraph::append(const CommitGraph& other) {
  id_.insert(id_.end(), other.id_.begin(), other.id_.end());
  tree_.insert(tree_.end(), other.tree_.begin(), other.tree_.end());
  committed_.insert(committed_.end(), other.committed_.begin(), other.committed_.end());
  for (std::size_t i = 1; i < other.parent_begin_.size(); ++i) {
    parent_begin_.push_back(parents_.size() + other.parent_begin_[i]);
  }
  parents_.insert(parents_.end(), other.parents_.begin(), other.parents_.end());
}

Tips tips(const Repository& repository, const ObjectStore& store, Problems& problems) {
  Tips result;
  std::unordered_set<ObjectId> seen;
  ObjectReader reader(store, limits::kDefaultMaxFileSize);
  std::string bytes;
  for (const Ref& ref : repository.refs) {
    Oid target = ref.target;
    for (int depth = 0; depth < kMaxTagDepth; ++depth) {
      auto id = store.find(target);
      if (!id) {
        problems.add("object " + target.hex(store.hash()), "missing", !repository.partial);
        break;
      }
      ObjectType type = store.type(*id);
      bool read = type == ObjectType::kTag || type == ObjectType::kNone;
      if (read && reader.read(*id, bytes, type) != ObjectReader::Outcome::kDone) break;
      if (type == ObjectType::kTag) {
        auto next = parse_tag(bytes);
        if (seen.insert(*id).second) result.tags.push_back(*id);
        if (!next) break;
        target = *next;
        continue;
      }
      if (type == ObjectType::kCommit && seen.insert(*id).second) result.commits.push_back(*id);
      break;
    }
  }
  return result;
}

}  // namespace keywake::git
