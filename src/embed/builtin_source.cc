#include "embed/builtin_source.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <vector>

namespace keywake::embed {
namespace {

/// A string_view literal. Octal escapes, since they end after three digits whatever follows.
std::string literal(std::string_view text) {
  if (text.empty()) return "{}";
  std::string out = "\"";
  for (unsigned char c : text) {
    if (c < 0x20 || c > 0x7e) {
      out += fmt::format("\\{:03o}", c);
    } else if (c == '"' || c == '\\') {
      out += {'\\', static_cast<char>(c)};
    } else {
      out += static_cast<char>(c);
    }
  }
  return out + "\"sv";
}

std::string item(std::string_view text) {
  return literal(text);
}
std::string item(const model::Check& check) {
  return fmt::format("{{{}, {}}}", literal(check.name), literal(check.argument));
}
std::string item(const model::Companion& companion) {
  return fmt::format("{{{}, {}, {}, {}, {}, {}}}", literal(companion.name), literal(companion.regex),
                     companion.within, companion.required, companion.secret, companion.other_half);
}

/// The arrays that patterns view, each written once: most patterns known by name share their words and checks, and every pointer that the
/// binary holds is relocated at each start.
class Tables {
 public:
  /// The name of a `constexpr TYPE NAME[]`; "{}" for an empty span.
  template <typename T>
  std::string add(std::string_view type, std::span<const T> items) {
    if (items.empty()) return "{}";
    std::string content;
    for (const T& each : items) content += fmt::format("\n    {},", item(each));
    const auto [known, is_new] = names_.try_emplace(content, fmt::format("kTable{}", names_.size()));
    if (is_new) source_ += fmt::format("constexpr {} {}[] = {{{}}};\n", type, known->second, content);
    return known->second;
  }
  [[nodiscard]] const std::string& source() const { return source_; }

 private:
  std::map<std::string, std::string> names_;  // by what they hold
  std::string source_;
};

std::string symbol(const DatabaseFile& database) {
  return "keywake_database_" + database.name.substr(0, database.name.find('.'));
}

/// Levels that share a database share a symbol.
std::vector<DatabaseFile> distinct(std::span<const DatabaseFile> databases) {
  std::vector<DatabaseFile> out;
  for (const DatabaseFile& database : databases) {
    if (std::none_of(out.begin(), out.end(), [&](const DatabaseFile& known) { return known.name == database.name; })) out.push_back(database);
  }
  return out;
}

std::string pattern_initializer(Tables& tables, const model::Pattern& pattern) {
  std::string out = "    {";
  auto field = [&](std::string_view key, std::string_view value) {
    out += fmt::format(".{} = {},\n     ", key, value);
  };
  field("id", literal(pattern.id));
  field("provider", literal(pattern.provider));
  field("title", literal(pattern.title));
  field("kind", fmt::format("static_cast<model::Kind>({})", static_cast<int>(pattern.kind)));
  field("risk", fmt::format("static_cast<model::Risk>({})", static_cast<int>(pattern.risk)));
  field("confidence", fmt::format("static_cast<model::Confidence>({})", static_cast<int>(pattern.confidence)));
  field("anchors", tables.add("std::string_view", pattern.anchors));
  field("keywords", tables.add("std::string_view", pattern.keywords));
  field("shape", literal(pattern.shape));
  field("within", std::to_string(pattern.within));
  field("names", tables.add("std::string_view", pattern.names));
  field("words", tables.add("std::string_view", pattern.words));
  field("assigned", fmt::format("static_cast<model::Assigned>({})", static_cast<int>(pattern.assigned)));
  field("regex", literal(pattern.regex));
  field("max_length", std::to_string(pattern.max_length));
  field("checks", tables.add("model::Check", pattern.checks));
  field("companions", tables.add("model::Companion", pattern.companions));
  field("generic", pattern.generic ? "true" : "false");
  field("rotate", literal(pattern.rotate));
  field("revoke", literal(pattern.revoke));
  out += fmt::format(".docs = {}}},\n", literal(pattern.docs));
  return out;
}

}  // namespace

std::string rules_source(const rules::RuleSet& rules, std::span<const DatabaseFile> databases) {
  Tables tables;
  std::string patterns;
  for (const model::Pattern& pattern : rules.patterns()) patterns += pattern_initializer(tables, pattern);
  std::string symbols;
  std::string entries;
  for (const DatabaseFile& database : distinct(databases)) symbols += fmt::format("extern \"C\" const char {}[];\n", symbol(database));
  for (const DatabaseFile& database : databases) {
    entries += fmt::format("    {{{}, {{{}, {}}}}},\n", literal(database.cpu), symbol(database),
                           database.size);
  }
  return fmt::format(R"(// Written by keywake-embed from patterns/.
#include "rules/builtin.h"

{}
namespace keywake::rules {{
namespace {{

using namespace std::string_view_literals;

{}
constexpr model::Pattern kPatterns[] = {{
{}}};

constexpr BuiltinDatabase kDatabases[] = {{
{}}};

constexpr Builtin kBuiltin{{kPatterns, kDatabases}};

}}  // namespace

const Builtin& builtin() {{ return kBuiltin; }}

}}  // namespace keywake::rules
)",
                     symbols, tables.source(), patterns, entries);
}

std::string validators_source(std::span<const TextFile> files) {
  std::string entries;
  for (const TextFile& file : files) entries += fmt::format("    {{{}, {}}},\n", literal(file.name), literal(file.text));
  return fmt::format(R"(// Written by keywake-embed from validators/.
#include "rules/builtin.h"

namespace keywake::rules {{
namespace {{

using namespace std::string_view_literals;

constexpr BuiltinFile kFiles[] = {{
{}}};

}}  // namespace

std::span<const BuiltinFile> builtin_validators() {{ return kFiles; }}

}}  // namespace keywake::rules
)",
                     entries);
}

std::string databases_source(std::span<const DatabaseFile> databases) {
  std::string out = "/* Written by keywake-embed. */\n        .section .rodata\n";
  for (const DatabaseFile& database : distinct(databases)) {
    out += fmt::format(
        "        .balign 64\n        .globl {0}\n        .hidden {0}\n{0}:\n        .incbin "
        "\"{1}\"\n",
        symbol(database), database.name);
  }
  return out + "        .section .note.GNU-stack,\"\",@progbits\n";
}

}  // namespace keywake::embed
