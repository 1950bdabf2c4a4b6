// How tens of thousands of sequences are looked for at once
//
// Each byte of the text would have to be asked whether one of 17,000 literals begins there. Instead every second position is asked for the
// four bytes that stand there (a *gram*): is this gram part of any sequence? One bit of a filter, found by a hash, answers; for one
// position in a hundred the answer is yes. Where the case of letters is free, the filter has the gram in each.
//
// Because only even positions are asked, each sequence gives the filter two neighbouring grams, one of which falls on an even position
// wherever the sequence stands. Out of all neighbouring pairs the one is taken that ordinary text shows least (matching/gram_table.h):
//
//     c l i e n t _ s e c r e t            "nt_s" and "t_se" rather than "clie" and "lien"
//
// A sequence of fewer than five bytes has no two grams of its own. What is known of the bytes behind it is taken to help, or if nothing
// is known, all bytes that could stand there or before it:
//
//     g h p _ [0-9A-Za-z]                   "ghp_" and each of "hp_0" … "hp_z"
//     ? k e y :                              "?key" for every byte, and "key:"
//
// A gram that passes the filter is looked up in a hash table of grams, which tells the sequences that hold it, and where in them; then
// the bytes around it are compared: first eight of them at once, as a number under a mask (0xdf where the case of a letter is free, 0
// where a set decides), then one by one with their sets.
//
// Measured on 120 MB of Go, one core with AVX-512, all built-in anchors: docs/performance.md. Hyperscan's literal matcher (FDR) took
// nearly twice as long for the same literals: it asks at every position, and its tables hold eight buckets for all.
#include "matching/sequences.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <map>
#include <optional>
#include <unordered_map>

#include "base/ascii.h"
#include "matching/gram_table.h"
#include "matching/sequence_filter.h"

namespace keywake::matching {

struct SequenceSet::Header {
  char magic[8] = {'k', 'e', 'y', 'g', 'r', 'a', 'm', '1'};
  std::uint32_t longest = 0;
  std::uint32_t filter_bits = 0;  // log2 of how many words
  std::uint32_t slot_bits = 0;
  std::uint32_t references = 0;
  std::uint32_t items = 0;
  std::uint32_t classes = 0;
  std::uint32_t pool = 0;
  std::uint32_t unused = 0;
};

/// Of the hash table of grams. Beside it lies a table of tags, two bytes a slot, that turns down most of what is not in it.
struct SequenceSet::Slot {
  std::uint32_t gram = 0;
  std::uint32_t first = 0;  // of its entries
};

/// A sequence that holds a gram, and where.
struct SequenceSet::Entry {
  std::uint64_t value = 0;  // of the first eight bytes, under the mask
  std::uint64_t mask = 0;
  std::uint32_t item = 0;
  std::uint16_t offset = 0;  // of the gram in the sequence, plus one
  std::uint16_t last = 0;    // of this gram's
};

struct SequenceSet::Item {
  std::uint32_t expression = 0;
  std::uint32_t pool = 0;  // one class a byte
  std::uint16_t length = 0;
  std::uint8_t exact = 0;  // value and mask say all
  std::uint8_t after = 0;  // the class of what follows
};

namespace {

constexpr std::size_t kWord = 8;
constexpr std::size_t kClassWords = 4;
constexpr std::size_t kMaxClasses = 256;
constexpr std::size_t kMaxItems = 1u << 23;
constexpr std::size_t kMaxGrams = 8192;     // that two grams with sets in them may stand for
constexpr std::size_t kFewGrams = 512;      // more than these, and than the fewest possible, are not worth a look
constexpr std::size_t kMaxSequences = 128;   // that one expression may stand for
constexpr std::size_t kLeastWords = 1024;   // of the filter
constexpr std::uint64_t kNewGram = 9;       // what a look into the tables costs, in comparisons of a sequence; measured
constexpr std::uint32_t kMostBits = 26;
constexpr std::size_t kLastOffset = 200;    // of a gram in its sequence
constexpr std::uint32_t kChunk = 8 * 1024;  // so that candidates stay in the first cache
constexpr std::size_t kMostCandidates = kChunk / 2 + 16;

// 0 stands for a free slot.
std::uint16_t tag_of(std::uint32_t hash) { return static_cast<std::uint16_t>(hash | 1); }

// There are few different sets in all sequences together.
const std::vector<std::uint32_t>& members(const ByteSet& bytes) {
  thread_local std::unordered_map<ByteSet, std::vector<std::uint32_t>> known;
  auto [entry, added] = known.try_emplace(bytes);
  for (std::uint32_t c = 0; added && c < 256; ++c) {
    if (bytes.test(c)) entry->second.push_back(c);
  }
  return entry->second;
}

// How often a gram stands in so many megabytes of ordinary text. What is not in the table is counted once.
constexpr std::uint32_t kMegabytes = 8;
std::uint32_t rate_of(std::uint32_t gram) {
  auto known = std::lower_bound(kGramTable.begin(), kGramTable.end(), gram, [](const GramRate& row, std::uint32_t wanted) { return row.gram < wanted; });
  return known != kGramTable.end() && known->gram == gram ? known->rate * kMegabytes : 1;
}

// A sequence with what is known before and behind it: what each byte can be.
class Surroundings {
 public:
  explicit Surroundings(const WantedSequence& wanted) {
    const std::vector<std::uint32_t>& any = members(ByteSet().set());
    bytes_.push_back(&any);  // before it
    for (const ByteSet& bytes : wanted.bytes) bytes_.push_back(&members(bytes));
    bytes_.push_back(&members(wanted.after));
    bytes_.resize(bytes_.size() + kGram, &any);
    // The pair must tell something of the sequence itself.
    places_ = std::min(wanted.bytes.size() + 1, kLastOffset);
  }

  // How many grams the pair of neighbours takes that takes the fewest.
  [[nodiscard]] std::size_t fewest_grams() const {
    std::size_t fewest = SIZE_MAX;
    for (std::size_t first = 0; first < places_; ++first) fewest = std::min(fewest, count(first) + count(first + 1));
    return fewest;
  }

  // Where the first gram of the pair stands that ordinary text shows least; counted from one byte before the sequence.
  // `cost` says what a gram costs: it may be a common one, or shared with many others.
  template <typename Cost>
  [[nodiscard]] std::size_t best_pair(const Cost& cost) const {
    const std::size_t most = std::max(kFewGrams, fewest_grams());
    auto cost_at = [&](std::size_t place) {
      std::uint64_t sum = 0;
      if (count(place) > most) return std::uint64_t{UINT32_MAX};
      for (std::uint32_t gram : grams_at(place)) sum += cost(gram);
      return sum;
    };
    std::size_t best = 0;
    std::uint64_t best_cost = UINT64_MAX;
    std::uint64_t before = cost_at(0);
    for (std::size_t first = 0; first < places_; ++first) {
      const std::uint64_t behind = cost_at(first + 1);
      if (before + behind < best_cost) best = first, best_cost = before + behind;
      before = behind;
    }
    return best;
  }

  // All that a gram at this place can be.
  [[nodiscard]] std::vector<std::uint32_t> grams_at(std::size_t place) const {
    std::vector<std::uint32_t> out{0};
    for (std::size_t i = 0; i < kGram; ++i) {
      std::vector<std::uint32_t> longer;
      longer.reserve(out.size() * bytes_[place + i]->size());
      for (std::uint32_t byte : *bytes_[place + i]) {
        for (std::uint32_t gram : out) longer.push_back(gram | byte << 8 * i);
      }
      out = std::move(longer);
    }
    return out;
  }

 private:
  [[nodiscard]] std::size_t count(std::size_t place) const {
    std::size_t product = 1;
    for (std::size_t i = 0; i < kGram; ++i) product *= bytes_[place + i]->size();
    return product;
  }

  std::vector<const std::vector<std::uint32_t>*> bytes_;
  std::size_t places_ = 0;
};

template <typename T>
void append(std::string& out, std::span<const T> items) {
  out.append(reinterpret_cast<const char*>(items.data()), items.size_bytes());
  out.resize((out.size() + kWord - 1) / kWord * kWord);
}

}  // namespace

class SequenceCompiler {
 public:
  void add(const WantedSequence& wanted) {
    const Surroundings surroundings(wanted);
    // A gram costs as often as text has it: one that is in the table already only this comparison more.
    const std::size_t pair = surroundings.best_pair([&](std::uint32_t gram) { return std::uint64_t{rate_of(gram)} * (grams_.contains(gram) ? 1 : kNewGram); });
    SequenceSet::Entry entry;
    SequenceSet::Item item{.expression = wanted.expression,
                           .pool = static_cast<std::uint32_t>(pool_.size()),
                           .length = static_cast<std::uint16_t>(wanted.bytes.size()),
                           .exact = wanted.bytes.size() <= kWord,
                           .after = class_of(wanted.after)};
    for (std::size_t i = 0; i < wanted.bytes.size(); ++i) {
      const ByteSet& bytes = wanted.bytes[i];
      pool_.push_back(class_of(bytes));
      if (i >= kWord) continue;
      std::uint64_t mask = mask_of(bytes);
      if (mask == 0) item.exact = 0;
      entry.mask |= mask << 8 * i;
      entry.value |= (first_of(bytes) & mask) << 8 * i;
    }
    entry.item = static_cast<std::uint32_t>(items_.size());
    items_.push_back(item);
    fronts_.push_back(entry);
    header_.longest = std::max<std::uint32_t>(header_.longest, item.length);
    for (std::size_t place : {pair, pair + 1}) {
      for (std::uint32_t gram : surroundings.grams_at(place)) {
        grams_[gram].push_back(entry.item << 8 | static_cast<std::uint32_t>(place));
      }
    }
  }

  [[nodiscard]] std::size_t classes() const { return classes_.size(); }
  [[nodiscard]] std::size_t items() const { return items_.size(); }

  std::string finish() {
    std::vector<SequenceSet::Entry> entries;
    std::map<std::vector<std::uint32_t>, std::uint32_t> lists;  // many grams of one sequence share a list
    header_.filter_bits = log2_of(std::max<std::size_t>(grams_.size(), kLeastWords));
    header_.slot_bits = log2_of(std::max<std::size_t>(grams_.size() * 4, 4));
    std::vector<std::uint32_t> filter(std::size_t{1} << header_.filter_bits);
    std::vector<SequenceSet::Slot> slots(std::size_t{1} << header_.slot_bits);
    std::vector<std::uint16_t> tags(slots.size());
    const std::map<std::uint32_t, std::vector<std::uint32_t>> sorted(grams_.begin(), grams_.end());
    for (const auto& [gram, references] : sorted) {
      auto [list, added] = lists.try_emplace(references, static_cast<std::uint32_t>(entries.size()));
      for (std::uint32_t reference : references) {
        if (!added) continue;
        entries.push_back(fronts_[reference >> 8]);
        entries.back().offset = reference & 0xff;
      }
      if (added) entries.back().last = 1;
      const std::uint32_t hash = gram_hash(gram);
      filter[hash >> (32 - header_.filter_bits)] |= filter_bits(hash);
      std::size_t slot = hash >> (32 - header_.slot_bits);
      while (tags[slot] != 0) slot = (slot + 1) % slots.size();
      tags[slot] = tag_of(hash);
      slots[slot] = {gram, list->second};
    }
    header_.references = static_cast<std::uint32_t>(entries.size());
    header_.items = static_cast<std::uint32_t>(items_.size());
    header_.classes = static_cast<std::uint32_t>(classes_.size());
    header_.pool = static_cast<std::uint32_t>(pool_.size());
    std::vector<std::uint64_t> classes;
    for (const ByteSet& bytes : classes_) {
      for (std::size_t word = 0; word < kClassWords; ++word) {
        std::uint64_t bits = 0;
        for (std::size_t i = 0; i < 64; ++i) bits |= std::uint64_t{bytes.test(word * 64 + i)} << i;
        classes.push_back(bits);
      }
    }
    std::string out;
    append<SequenceSet::Header>(out, {&header_, 1});
    append<std::uint32_t>(out, filter);
    append<std::uint16_t>(out, tags);
    append<SequenceSet::Slot>(out, slots);
    append<SequenceSet::Entry>(out, entries);
    append<SequenceSet::Item>(out, items_);
    append<std::uint64_t>(out, classes);
    append<std::uint8_t>(out, pool_);
    return out;
  }

 private:
  static std::uint64_t first_of(const ByteSet& bytes) {
    std::uint64_t c = 0;
    while (c < 255 && !bytes.test(c)) ++c;
    return c;
  }
  // Of a byte: what must agree with first_of(). 0 if that cannot say it.
  static std::uint64_t mask_of(const ByteSet& bytes) {
    if (bytes.count() == 1) return 0xff;
    const std::uint64_t c = first_of(bytes);
    return bytes.count() == 2 && is_upper(static_cast<char>(c)) && bytes.test(c + 32) ? 0xdf : 0;
  }
  static std::uint32_t log2_of(std::size_t least) { return static_cast<std::uint32_t>(std::bit_width(std::bit_ceil(least)) - 1); }

  std::uint8_t class_of(const ByteSet& bytes) {
    auto known = std::find(classes_.begin(), classes_.end(), bytes);
    if (known == classes_.end()) known = classes_.insert(known, bytes);
    return static_cast<std::uint8_t>(known - classes_.begin());
  }

  SequenceSet::Header header_;
  std::vector<SequenceSet::Item> items_;
  std::vector<SequenceSet::Entry> fronts_;  // by item
  std::vector<ByteSet> classes_;
  std::vector<std::uint8_t> pool_;
  std::unordered_map<std::uint32_t, std::vector<std::uint32_t>> grams_;
};

Sequence literal_sequence(std::string_view literal, bool caseless) {
  Sequence out;
  for (char c : literal) {
    ByteSet& bytes = out.emplace_back();
    bytes.set(static_cast<unsigned char>(c));
    if (caseless && is_letter(c)) bytes.set(static_cast<unsigned char>(c) ^ 0x20);
  }
  return out;
}

namespace {

std::vector<Sequence> joined(const std::vector<Sequence>& fronts, const std::vector<Sequence>& backs) {
  std::vector<Sequence> out;
  if (fronts.size() * backs.size() > kMaxSequences) return out;
  for (const Sequence& front : fronts) {
    for (const Sequence& back : backs) {
      out.push_back(front);
      out.back().insert(out.back().end(), back.begin(), back.end());
      if (out.back().size() > kLongestSequence) return {};
    }
  }
  return out;
}

// Empty if there is no such list; nothing at all to match is a list of one empty sequence.
std::vector<Sequence> expand(const RegexNode& node, bool front, bool back) {
  using Kind = RegexNode::Kind;
  switch (node.kind) {
    case Kind::kEmpty:
    case Kind::kBoundary:
    case Kind::kNotBoundary:
      return {Sequence{}};
    case Kind::kBytes:
      return {Sequence{node.bytes}};
    case Kind::kConcat: {
      auto counts = [](const RegexNode& child) {
        return child.kind != Kind::kEmpty && child.kind != Kind::kBoundary && child.kind != Kind::kNotBoundary;
      };
      const auto first = std::find_if(node.children.begin(), node.children.end(), counts);
      const auto last = std::find_if(node.children.rbegin(), node.children.rend(), counts);
      std::vector<Sequence> out{Sequence{}};
      for (auto child = node.children.begin(); child != node.children.end() && !out.empty(); ++child) {
        out = joined(out, expand(*child, front && child == first, back && child + 1 == last.base()));
      }
      return out;
    }
    case Kind::kAlternate: {
      std::vector<Sequence> out;
      for (const RegexNode& child : node.children) {
        std::vector<Sequence> branch = expand(child, front, back);
        if (branch.empty() || out.size() + branch.size() > kMaxSequences) return {};
        out.insert(out.end(), branch.begin(), branch.end());
      }
      return out;
    }
    case Kind::kRepeat: {
      const std::uint32_t most = front || back ? node.min : node.max;
      if (most > kLongestSequence) return {};
      std::vector<Sequence> out;
      std::vector<Sequence> power{Sequence{}};
      const std::vector<Sequence> once = expand(node.children.front(), false, false);
      for (std::uint32_t n = 0;; ++n) {
        if (n >= node.min) out.insert(out.end(), power.begin(), power.end());
        if (out.size() > kMaxSequences) return {};
        if (n == most) return out;
        power = joined(power, once);
        if (power.empty()) return {};
      }
    }
  }
  return {};
}

}  // namespace

std::vector<Sequence> sequences_of(const RegexNode& expression) {
  std::vector<Sequence> out = expand(expression, true, true);
  const bool all = std::none_of(out.begin(), out.end(), [](const Sequence& sequence) { return sequence.empty(); });
  return all ? out : std::vector<Sequence>{};
}

bool findable(const WantedSequence& wanted) {
  return !wanted.bytes.empty() && wanted.bytes.size() <= kLongestSequence && Surroundings(wanted).fewest_grams() <= kMaxGrams;
}

Result<std::string> compile_sequences(std::span<const WantedSequence> wanted) {
  // Short ones have no choice of grams, so they come first.
  std::vector<const WantedSequence*> order;
  for (const WantedSequence& sequence : wanted) order.push_back(&sequence);
  std::stable_sort(order.begin(), order.end(), [](const auto* a, const auto* b) { return a->bytes.size() < b->bytes.size(); });
  SequenceCompiler compiler;
  for (const WantedSequence* sequence : order) {
    if (!findable(*sequence)) {
      return fail(fmt::format("expression {} is too short or too vague to look for; give it more definite bytes", sequence->expression));
    }
    compiler.add(*sequence);
    if (compiler.classes() > kMaxClasses || compiler.items() > kMaxItems) return fail("there are too many kinds of bytes, or too many expressions, to look for");
  }
  return compiler.finish();
}

Result<SequenceSet> SequenceSet::load(std::string_view compiled) {
  static constexpr std::string_view kMalformed = "the table of sequences is damaged; compile the rules again";
  Header wanted;
  if (compiled.size() < sizeof(Header) || reinterpret_cast<std::uintptr_t>(compiled.data()) % kWord != 0) return fail(std::string(kMalformed));
  SequenceSet out;
  const auto* header = reinterpret_cast<const Header*>(compiled.data());
  if (std::memcmp(header->magic, wanted.magic, sizeof wanted.magic) != 0 || header->filter_bits == 0 || header->filter_bits > kMostBits || header->slot_bits == 0 || header->slot_bits > kMostBits) {
    return fail(std::string(kMalformed));
  }
  std::size_t at = sizeof(Header);
  auto take = [&]<typename T>(const T*& part, std::size_t count) {
    part = reinterpret_cast<const T*>(compiled.data() + std::min(at, compiled.size()));
    at += (count * sizeof(T) + kWord - 1) / kWord * kWord;
  };
  take(out.filter_, std::size_t{1} << header->filter_bits);
  take(out.tags_, std::size_t{1} << header->slot_bits);
  take(out.slots_, std::size_t{1} << header->slot_bits);
  take(out.entries_, header->references);
  take(out.items_, header->items);
  take(out.classes_, std::size_t{header->classes} * kClassWords);
  take(out.pool_, header->pool);
  if (at != compiled.size()) return fail(std::string(kMalformed));
  out.header_ = header;
  return out;
}

bool SequenceSet::stands(std::string_view text, std::size_t begin, const Entry& entry) const {
  if (begin >= text.size()) return false;
  const char* bytes = text.data() + begin;
  std::uint64_t word = 0;
  if (text.size() - begin >= kWord) [[likely]] {
    std::memcpy(&word, bytes, kWord);
  } else {
    std::memcpy(&word, bytes, text.size() - begin);
  }
  if ((word & entry.mask) != entry.value) return false;
  const Item& item = items_[entry.item];
  if (text.size() - begin < item.length) return false;
  auto in = [&](std::size_t number, char byte) {
    const auto c = static_cast<unsigned char>(byte);
    return (classes_[number * kClassWords + c / 64] >> c % 64 & 1) != 0;
  };
  for (std::size_t i = 0; i < item.length && item.exact == 0; ++i) {
    if (!in(pool_[item.pool + i], bytes[i])) return false;
  }
  return in(item.after, begin + item.length == text.size() ? '\0' : bytes[item.length]);
}

// In rounds, because the tables are larger than the nearest caches: each asks for what the next one needs.
void SequenceSet::verify(std::string_view text, HitRange range, const char* window, std::uint32_t window_begin, std::span<std::uint32_t> candidates,
                         std::vector<Hit>& out) const {
  const std::size_t mask = (std::size_t{1} << header_->slot_bits) - 1;
  const unsigned shift = 32 - header_->slot_bits;
  for (std::uint32_t candidate : candidates) __builtin_prefetch(&tags_[gram_hash(gram_at(window + candidate)) >> shift]);
  std::array<std::uint32_t, kMostCandidates> slots;
  std::size_t kept = 0;
  for (std::uint32_t candidate : candidates) {
    const std::uint32_t hash = gram_hash(gram_at(window + candidate));
    std::size_t slot = hash >> shift;
    while (tags_[slot] != 0 && tags_[slot] != tag_of(hash)) slot = (slot + 1) & mask;
    if (tags_[slot] == 0) continue;
    __builtin_prefetch(&slots_[slot]);
    candidates[kept] = candidate;
    slots[kept++] = static_cast<std::uint32_t>(slot);
  }
  std::size_t known = 0;
  for (std::size_t i = 0; i < kept; ++i) {
    const std::uint32_t gram = gram_at(window + candidates[i]);
    const std::uint16_t tag = tag_of(gram_hash(gram));
    std::size_t slot = slots[i];
    while (tags_[slot] != 0 && (tags_[slot] != tag || slots_[slot].gram != gram)) slot = (slot + 1) & mask;
    if (tags_[slot] == 0) continue;
    __builtin_prefetch(&entries_[slots_[slot].first]);
    candidates[known] = candidates[i];
    slots[known++] = slots_[slot].first;
  }
  for (std::size_t i = 0; i < known; ++i) {
    for (const Entry* entry = &entries_[slots[i]];; ++entry) {
      const std::size_t begin = std::size_t{window_begin} + candidates[i] + 1 - entry->offset;  // wraps below 0: then beyond the text
      if (stands(text, begin, *entry)) {
        const Item& item = items_[entry->item];
        const auto end = static_cast<std::uint32_t>(begin + item.length);
        if (end > range.after && end <= range.last) out.push_back({end, item.expression});
      }
      if (entry->last != 0) break;
    }
  }
}

void SequenceSet::find(std::string_view text, HitRange range, std::vector<Hit>& out) const {
  if (empty()) return;
  std::array<std::uint32_t, kMostCandidates> candidates;
  const unsigned shift = 32 - header_->filter_bits;
  const std::uint32_t context = header_->longest + 1;
  std::uint32_t at = range.after > context ? range.after - context : 0;
  auto look = [&](const char* window, std::size_t size) {
    const std::size_t count = filter_grams(window, size, filter_, shift, candidates.data());
    verify(text, range, window, at, std::span(candidates).first(count), out);
  };
  auto steps = [](std::size_t bytes) { return (bytes + kFilterStep - 1) / kFilterStep * kFilterStep; };
  while (at < range.last && text.size() - at >= kFilterStep + kFilterSlack) {
    const std::size_t readable = (text.size() - at - kFilterSlack) / kFilterStep * kFilterStep;
    const std::size_t size = std::min({std::size_t{kChunk}, readable, steps(range.last - at)});
    look(text.data() + at, size);
    at += static_cast<std::uint32_t>(size);
  }
  if (at >= range.last) return;
  std::array<char, 2 * (kFilterStep + kFilterSlack)> tail{};  // with zeros behind the end
  std::memcpy(tail.data(), text.data() + at, text.size() - at);
  look(tail.data(), steps(range.last - at));
}

}  // namespace keywake::matching
