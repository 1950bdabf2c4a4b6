#include "git/commit_table.h"

#include <algorithm>
#include <unordered_set>

#include "base/limits.h"
#include "git/commit_object.h"

namespace keywake::git {
namespace {

constexpr int kMaxTagDepth = 16;  // a tag of a tag of a tag

std::string_view take_line(std::string_view& text) {
  std::size_t end = text.find('\n');
  std::string_view line = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return line;
}

}  // namespace

std::optional<Oid> parse_tag(std::string_view bytes) {
  std::string_view line = take_line(bytes);
  if (!line.starts_with("object ")) return std::nullopt;
  return Oid::from_hex(line.substr(7));
}

void CommitTable::add(ObjectId id, std::string_view bytes, const ObjectStore& store) {
  auto links = parse_commit_links(bytes, store.hash());
  id_.push_back(id);
  tree_.push_back(links ? store.find(links->tree).value_or(kNoObject) : kNoObject);
  committed_.push_back(links ? links->committer_date : 0);
  if (links) {
    for (const Oid& parent : links->parents) {
      parents_.push_back(store.find(parent).value_or(kNoObject));
    }
  }
  parent_begin_.push_back(parents_.size());
}

void CommitTable::append(const CommitTable& other) {
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
