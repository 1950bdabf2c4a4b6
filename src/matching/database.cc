// A serialized database is a header, the expressions and uses as they lie in memory, the table of sequences (all three are used where
// they lie: loading copies and builds nothing), and what hs_serialize_database() wrote of the shapes, which carries its own version and
// CPU level.
#include "matching/database.h"

#include <fmt/format.h>
#include <hs/hs.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <optional>
#include <span>
#include <type_traits>

#include "matching/database_bytes.h"
#include "matching/expressions.h"

namespace keywake::matching {
namespace {

struct Header {
  char magic[8] = {'k', 'e', 'y', 'w', 'a', 'k', 'e', '3'};  // the digit: version of this layout
  std::uint64_t anchors = 0;                                 // anchors_fingerprint() of the rules
  std::uint64_t content = 0;      // checksum of all that follows the header
  std::uint64_t sequences = 0;    // bytes
  std::uint64_t shapes = 0;       // bytes
  std::uint32_t expressions = 0;  // how many
  std::uint32_t uses = 0;
  std::uint64_t unused[2] = {};
};
constexpr std::size_t kMaxTable = 1u << 24;
constexpr std::size_t kMaxPart = 1u << 30;
static_assert(sizeof(Header) == 64, "what follows it is aligned like it");
static_assert(std::is_trivially_copyable_v<Expression> && std::is_trivially_copyable_v<Use>);

struct CpuLevel {
  std::string_view name;
  unsigned long long features;
  unsigned tune;
};
constexpr std::array<CpuLevel, 3> kLevels{{
    {"avx512", HS_CPU_FEATURES_AVX2 | HS_CPU_FEATURES_AVX512, HS_TUNE_FAMILY_SKX},
    {"avx2", HS_CPU_FEATURES_AVX2, HS_TUNE_FAMILY_HSW},
    {"base", 0, HS_TUNE_FAMILY_GENERIC},
}};

struct FreeDatabase {
  void operator()(hs_database_t* database) const { hs_free_database(database); }
};
struct FreeError {
  void operator()(hs_compile_error_t* error) const { hs_free_compile_error(error); }
};

// The pattern that brought an expression into the set.
std::string_view owner(const rules::RuleSet& rules, const Expressions& expressions, std::uint32_t index) {
  const Expression& expression = expressions.items[index];
  return rules.patterns()[expressions.uses[expression.first_use].pattern].id;
}

// FNV-1a over words of 8 bytes in four lanes: a megabyte in well under 0.1 ms. Against damage, not
// against malice.
std::uint64_t checksum(std::string_view bytes) {
  std::array<std::uint64_t, 4> lanes{1, 2, 3, 4};
  for (std::size_t i = 0; i < bytes.size(); i += 32) {
    std::array<std::uint64_t, 4> words{};
    std::memcpy(words.data(), bytes.data() + i, std::min<std::size_t>(32, bytes.size() - i));
    for (std::size_t lane = 0; lane < 4; ++lane)
      lanes[lane] = (lanes[lane] ^ words[lane]) * 0x100000001b3ULL;
  }
  std::uint64_t hash = bytes.size();
  for (std::uint64_t lane : lanes) hash = (hash ^ lane) * 0x100000001b3ULL;
  return hash;
}

template <typename T>
std::string_view bytes_of(const std::vector<T>& items) {
  return {reinterpret_cast<const char*>(items.data()), items.size() * sizeof(T)};
}

// Each part begins on a multiple of kAlign, so that tables can be used where they lie.
constexpr std::size_t kAlign = 64;
std::size_t aligned(std::size_t size) { return (size + kAlign - 1) / kAlign * kAlign; }

void append(std::string& content, std::string_view part) {
  content += part;
  content.resize(aligned(content.size()));
}

std::string_view take(std::string_view& bytes, std::size_t size) {
  std::string_view part = bytes.substr(0, size);
  bytes.remove_prefix(std::min(aligned(size), bytes.size()));
  return part;
}

template <typename T>
std::span<const T> table(std::string_view bytes) {
  return {reinterpret_cast<const T*>(bytes.data()), bytes.size() / sizeof(T)};
}

// Splits off the header; absent if it is none, or promises more than there is. What is trusted is not read through.
std::optional<Header> take_header(std::string_view& bytes, bool trusted) {
  Header header;
  Header wanted;
  if (bytes.size() < sizeof header || reinterpret_cast<std::uintptr_t>(bytes.data()) % alignof(Header) != 0) return std::nullopt;
  std::memcpy(&header, bytes.data(), sizeof header);
  bytes.remove_prefix(sizeof header);
  if (std::memcmp(header.magic, wanted.magic, sizeof header.magic) != 0) return std::nullopt;
  if (header.expressions > kMaxTable || header.uses > kMaxTable || header.sequences > kMaxPart || header.shapes > kMaxPart) return std::nullopt;
  const std::size_t size =
      aligned(header.expressions * sizeof(Expression)) + aligned(header.uses * sizeof(Use)) + aligned(header.sequences) + aligned(header.shapes);
  if (bytes.size() != size || (!trusted && checksum(bytes) != header.content)) return std::nullopt;
  return header;
}

Result<std::string> compile_shapes(const rules::RuleSet& rules, const BuiltExpressions& built, const CpuLevel& level) {
  if (built.shapes.empty()) return std::string();
  std::vector<const char*> texts;
  std::vector<unsigned> ids;
  for (const Shape& shape : built.shapes) {
    texts.push_back(shape.text.c_str());
    ids.push_back(shape.expression);
  }
  hs_platform_info_t platform{};
  platform.tune = level.tune;
  platform.cpu_features = level.features;
  hs_database_t* compiled = nullptr;
  hs_compile_error_t* problem = nullptr;
  if (hs_compile_multi(texts.data(), nullptr, ids.data(), static_cast<unsigned>(ids.size()), HS_MODE_BLOCK, &platform, &compiled, &problem) != HS_SUCCESS) {
    std::unique_ptr<hs_compile_error_t, FreeError> owned(problem);
    const bool known = problem->expression >= 0 && static_cast<std::size_t>(problem->expression) < ids.size();
    return fail(fmt::format("{}: Hyperscan cannot compile its shape: {}",
                            known ? owner(rules, built.expressions, ids[static_cast<std::size_t>(problem->expression)]) : "the rules", problem->message));
  }
  std::unique_ptr<hs_database_t, FreeDatabase> database(compiled);
  char* bytes = nullptr;
  std::size_t size = 0;
  if (hs_serialize_database(database.get(), &bytes, &size) != HS_SUCCESS) return fail("Hyperscan cannot serialize the database: out of memory");
  std::string out(bytes, size);
  std::free(bytes);
  return out;
}

}  // namespace

Result<std::string> compile_database(const rules::RuleSet& rules, std::string_view cpu) {
  auto level = std::find_if(kLevels.begin(), kLevels.end(),
                            [&](const CpuLevel& l) { return l.name == cpu; });
  if (level == kLevels.end())
    return fail(fmt::format("no such CPU level: {} (avx512, avx2, base)", cpu));
  Result<BuiltExpressions> built = build_expressions(rules);
  if (!built) return std::unexpected(built.error());
  const Expressions& expressions = built->expressions;
  if (expressions.items.empty())
    return fail("no pattern has an anchor, a keyword or a shape to look for");
  Result<std::string> sequences = compile_sequences(built->sequences);
  if (!sequences) return std::unexpected(sequences.error());
  Result<std::string> shapes = compile_shapes(rules, *built, *level);
  if (!shapes) return std::unexpected(shapes.error());

  std::string content;
  append(content, bytes_of(expressions.items));
  append(content, bytes_of(expressions.uses));
  append(content, *sequences);
  append(content, *shapes);
  Header header;
  header.anchors = anchors_fingerprint(rules);
  header.content = checksum(content);
  header.expressions = static_cast<std::uint32_t>(expressions.items.size());
  header.uses = static_cast<std::uint32_t>(expressions.uses.size());
  header.sequences = sequences->size();
  header.shapes = shapes->size();
  return std::string(reinterpret_cast<const char*>(&header), sizeof header) + content;
}

Result<DatabaseParts> read_database(std::string_view database, const rules::RuleSet& rules, bool trusted) {
  std::optional<Header> header = take_header(database, trusted);
  if (!header)
    return fail("the compiled database is damaged or of another version; compile the rules again");
  if (!trusted && header->anchors != anchors_fingerprint(rules)) {
    return fail("the compiled database was made from other rules; compile the rules again");
  }
  DatabaseParts parts;
  parts.expressions.items = table<Expression>(take(database, header->expressions * sizeof(Expression)));
  parts.expressions.uses = table<Use>(take(database, header->uses * sizeof(Use)));
  parts.sequences = take(database, header->sequences);
  parts.shapes = take(database, header->shapes);
  if (trusted) return parts;
  bool sound = std::all_of(
      parts.expressions.items.begin(), parts.expressions.items.end(),
      [&](const Expression& e) { return e.first_use <= e.last_use && e.last_use <= header->uses; });
  sound &= std::all_of(
      parts.expressions.uses.begin(), parts.expressions.uses.end(), [&](const Use& use) {
        return use.expression < header->expressions && valid(use, rules.patterns());
      });
  if (!sound) return fail("the compiled database is damaged; compile the rules again");
  return parts;
}

std::string_view native_cpu() {
  hs_platform_info_t platform{};
  if (hs_populate_platform(&platform) != HS_SUCCESS) return "base";
  for (const CpuLevel& level : kLevels) {
    if ((platform.cpu_features & level.features) == level.features) return level.name;
  }
  return "base";
}

bool usable_database(std::string_view database) {
  std::optional<Header> header = take_header(database, false);
  if (!header) return false;
  take(database, header->expressions * sizeof(Expression));
  take(database, header->uses * sizeof(Use));
  if (!SequenceSet::load(take(database, header->sequences))) return false;
  if (header->shapes == 0) return true;
  hs_database_t* loaded = nullptr;
  if (hs_deserialize_database(database.data(), header->shapes, &loaded) != HS_SUCCESS) return false;
  hs_free_database(loaded);
  return true;
}

Result<std::uint32_t> max_match_length(std::string_view canonical_regex) {
  std::string text(canonical_regex);
  hs_expr_info_t* info = nullptr;
  hs_compile_error_t* problem = nullptr;
  if (hs_expression_info(text.c_str(), HS_FLAG_ALLOWEMPTY, &info, &problem) != HS_SUCCESS) {
    std::unique_ptr<hs_compile_error_t, FreeError> owned(problem);
    return fail(fmt::format("Hyperscan: {}", problem->message));
  }
  std::uint32_t longest = info->max_width;
  std::free(info);
  return longest;
}

}  // namespace keywake::matching
