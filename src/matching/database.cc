// A serialized database is a header, the expressions and uses as they lie in memory (so that
// loading copies them and builds nothing), and what hs_serialize_database() wrote, which carries
// its own version and CPU level.
#include "matching/database.h"

#include <fmt/format.h>
#include <hs/hs.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <optional>
#include <type_traits>

#include "matching/database_bytes.h"
#include "matching/expressions.h"

namespace keywake::matching {
namespace {

struct Header {
  char magic[8] = {'k', 'e', 'y', 'w', 'a', 'k', 'e', '2'};  // the digit: version of this layout
  std::uint64_t anchors = 0;                                 // anchors_fingerprint() of the rules
  std::uint64_t content = 0;      // checksum of all that follows the header
  std::uint32_t expressions = 0;  // how many
  std::uint32_t uses = 0;
};
constexpr std::size_t kMaxTable = 1u << 24;
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

// The pattern that brought expression number `index` into the set.
std::string_view owner(const rules::RuleSet& rules, const Expressions& expressions, int index) {
  if (index < 0 || static_cast<std::size_t>(index) >= expressions.items.size()) return "the rules";
  const Expression& expression = expressions.items[static_cast<std::size_t>(index)];
  if (expression.first_use == expression.last_use) return "the rules";
  const Use& use = expressions.uses[expression.first_use];
  return rules.patterns()[use.pattern].id;
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

template <typename T>
void take(std::string_view& bytes, std::size_t count, std::vector<T>& out) {
  out.resize(count);
  std::memcpy(out.data(), bytes.data(), count * sizeof(T));
  bytes.remove_prefix(count * sizeof(T));
}

// Splits off the header; absent if it is none, or promises more than there is.
std::optional<Header> take_header(std::string_view& bytes) {
  Header header;
  Header wanted;
  if (bytes.size() < sizeof header) return std::nullopt;
  std::memcpy(&header, bytes.data(), sizeof header);
  bytes.remove_prefix(sizeof header);
  if (std::memcmp(header.magic, wanted.magic, sizeof header.magic) != 0) return std::nullopt;
  if (header.expressions > kMaxTable || header.uses > kMaxTable) return std::nullopt;
  std::size_t tables = header.expressions * sizeof(Expression) + header.uses * sizeof(Use);
  if (bytes.size() < tables || checksum(bytes) != header.content) return std::nullopt;
  return header;
}

}  // namespace

Result<std::string> compile_database(const rules::RuleSet& rules, std::string_view cpu) {
  auto level = std::find_if(kLevels.begin(), kLevels.end(),
                            [&](const CpuLevel& l) { return l.name == cpu; });
  if (level == kLevels.end())
    return fail(fmt::format("no such CPU level: {} (avx512, avx2, base)", cpu));
  Result<BuiltExpressions> built = build_expressions(rules);
  if (!built) return std::unexpected(built.error());
  if (built->texts.empty())
    return fail("no pattern has an anchor, a keyword or a shape to look for");

  std::vector<const char*> pointers;
  std::vector<unsigned> flags;
  std::vector<unsigned> ids;
  for (const ExpressionText& expression : built->texts) {
    pointers.push_back(expression.text.c_str());
    flags.push_back(expression.caseless ? HS_FLAG_CASELESS : 0);
    ids.push_back(static_cast<unsigned>(ids.size()));
  }

  hs_platform_info_t platform{};
  platform.tune = level->tune;
  platform.cpu_features = level->features;
  hs_database_t* compiled = nullptr;
  hs_compile_error_t* problem = nullptr;
  if (hs_compile_multi(pointers.data(), flags.data(), ids.data(), static_cast<unsigned>(ids.size()),
                       HS_MODE_BLOCK, &platform, &compiled, &problem) != HS_SUCCESS) {
    std::unique_ptr<hs_compile_error_t, FreeError> owned(problem);
    return fail(fmt::format("{}: Hyperscan cannot compile its anchors: {}",
                            owner(rules, built->expressions, problem->expression),
                            problem->message));
  }
  std::unique_ptr<hs_database_t, FreeDatabase> database(compiled);
  char* bytes = nullptr;
  std::size_t size = 0;
  if (hs_serialize_database(database.get(), &bytes, &size) != HS_SUCCESS) {
    return fail("Hyperscan cannot serialize the database: out of memory");
  }
  const Expressions& expressions = built->expressions;
  std::string content(bytes_of(expressions.items));
  content += bytes_of(expressions.uses);
  content.append(bytes, size);
  std::free(bytes);
  Header header;
  header.anchors = anchors_fingerprint(rules);
  header.content = checksum(content);
  header.expressions = static_cast<std::uint32_t>(expressions.items.size());
  header.uses = static_cast<std::uint32_t>(expressions.uses.size());
  return std::string(reinterpret_cast<const char*>(&header), sizeof header) + content;
}

Result<DatabaseParts> read_database(std::string_view database, const rules::RuleSet& rules) {
  std::optional<Header> header = take_header(database);
  if (!header)
    return fail("the compiled database is damaged or of another version; compile the rules again");
  if (header->anchors != anchors_fingerprint(rules)) {
    return fail("the compiled database was made from other rules; compile the rules again");
  }
  DatabaseParts parts;
  take(database, header->expressions, parts.expressions.items);
  take(database, header->uses, parts.expressions.uses);
  parts.hyperscan = database;
  bool sound = std::all_of(
      parts.expressions.items.begin(), parts.expressions.items.end(),
      [&](const Expression& e) { return e.first_use <= e.last_use && e.last_use <= header->uses; });
  sound &= std::all_of(
      parts.expressions.uses.begin(), parts.expressions.uses.end(), [&](const Use& use) {
        return use.expression < header->expressions && use.pattern < rules.patterns().size() &&
               use.anchor < anchor_count(rules.patterns()[use.pattern]);
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
  std::optional<Header> header = take_header(database);
  if (!header) return false;
  database.remove_prefix(header->expressions * sizeof(Expression) + header->uses * sizeof(Use));
  hs_database_t* loaded = nullptr;
  if (hs_deserialize_database(database.data(), database.size(), &loaded) != HS_SUCCESS)
    return false;
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
