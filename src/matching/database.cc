// A serialized database is a 16-byte header ("keywake", a version digit, the fingerprint of the expressions) and what
// hs_serialize_database() wrote, which carries its own checksum, version and CPU level.
#include "matching/database.h"

#include <fmt/format.h>
#include <hs/hs.h>

#include <algorithm>
#include <cstring>
#include <memory>

#include "matching/database_bytes.h"
#include "matching/expressions.h"

namespace keywake::matching {
namespace {

constexpr std::string_view kMagic = "keywake1";

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
  const Use& use = expressions.uses[expressions.items[static_cast<std::size_t>(index)].first_use];
  return rules.patterns()[use.pattern].id;
}

}  // namespace

Result<std::string> compile_database(const rules::RuleSet& rules, std::string_view cpu) {
  auto level = std::find_if(kLevels.begin(), kLevels.end(), [&](const CpuLevel& l) { return l.name == cpu; });
  if (level == kLevels.end()) return fail(fmt::format("no such CPU level: {} (avx512, avx2, base)", cpu));
  Result<Expressions> built = build_expressions(rules);
  if (!built) return std::unexpected(built.error());
  if (built->items.empty()) return fail("no pattern has an anchor, a keyword or a shape to look for");

  std::vector<std::string> texts;
  std::vector<const char*> pointers;
  std::vector<unsigned> flags;
  std::vector<unsigned> ids;
  for (const Expression& expression : built->items) {
    texts.push_back(hyperscan_text(expression));
    flags.push_back(expression.caseless ? HS_FLAG_CASELESS : 0);
    ids.push_back(static_cast<unsigned>(ids.size()));
  }
  for (const std::string& text : texts) pointers.push_back(text.c_str());

  hs_platform_info_t platform{};
  platform.tune = level->tune;
  platform.cpu_features = level->features;
  hs_database_t* compiled = nullptr;
  hs_compile_error_t* problem = nullptr;
  if (hs_compile_multi(pointers.data(), flags.data(), ids.data(), static_cast<unsigned>(ids.size()),
                       HS_MODE_BLOCK, &platform, &compiled, &problem) != HS_SUCCESS) {
    std::unique_ptr<hs_compile_error_t, FreeError> owned(problem);
    return fail(fmt::format("{}: Hyperscan cannot compile its anchors: {}",
                            owner(rules, *built, problem->expression), problem->message));
  }
  std::unique_ptr<hs_database_t, FreeDatabase> database(compiled);
  char* bytes = nullptr;
  std::size_t size = 0;
  if (hs_serialize_database(database.get(), &bytes, &size) != HS_SUCCESS) {
    return fail("Hyperscan cannot serialize the database: out of memory");
  }
  std::string out(kMagic);
  out.append(reinterpret_cast<const char*>(&built->fingerprint), sizeof built->fingerprint);
  out.append(bytes, size);
  std::free(bytes);
  return out;
}

std::optional<DatabaseBytes> split_database(std::string_view database) {
  DatabaseBytes out;
  if (!database.starts_with(kMagic) || database.size() < kMagic.size() + sizeof out.fingerprint) return std::nullopt;
  std::memcpy(&out.fingerprint, database.data() + kMagic.size(), sizeof out.fingerprint);
  out.hyperscan = database.substr(kMagic.size() + sizeof out.fingerprint);
  return out;
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
  std::optional<DatabaseBytes> parts = split_database(database);
  if (!parts) return false;
  hs_database_t* loaded = nullptr;
  if (hs_deserialize_database(parts->hyperscan.data(), parts->hyperscan.size(), &loaded) != HS_SUCCESS) return false;
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
