#include "matching/value_table.h"

#include <functional>

namespace keywake::matching {
namespace {

std::size_t hash_of(const Value& value) {
  auto text = [](std::string_view bytes) { return std::hash<std::string_view>{}(bytes); };
  std::size_t hash = std::hash<const void*>{}(value.pattern);
  auto mix = [&](std::size_t other) {
    hash = (hash ^ other) * 0x9E3779B97F4A7C15ULL + (hash >> 29);
  };
  mix(text(value.secret.reveal()));
  mix(text(value.rejected));
  mix(text(value.decoded));
  for (const model::Part& part : value.parts) mix(text(part.value));
  return hash;
}

}  // namespace

std::uint32_t ValueTable::intern(Value value) {
  std::size_t hash = hash_of(value);
  std::lock_guard lock(mutex_);
  auto [first, last] = index_.equal_range(hash);
  for (; first != last; ++first) {
    if (values_[first->second] == value) return first->second;
  }
  auto index = static_cast<std::uint32_t>(values_.size());
  const Value& kept = values_.emplace_back(std::move(value));
  credential_.push_back(kept.secret.empty() ? index : by_secret_.try_emplace(kept.secret.reveal(), index).first->second);
  index_.emplace(hash, index);
  return index;
}

const Value& ValueTable::operator[](std::uint32_t index) const {
  std::lock_guard lock(mutex_);
  return values_[index];
}

std::uint32_t ValueTable::credential(std::uint32_t index) const {
  std::lock_guard lock(mutex_);
  return credential_[index];
}

std::size_t ValueTable::size() const {
  std::lock_guard lock(mutex_);
  return values_.size();
}

}  // namespace keywake::matching
