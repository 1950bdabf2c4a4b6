// A damaged or hostile database can make SQLite work for long and corrupt pages lead it in circles: a progress handler ends a statement that
// takes more steps than the size of the file explains, and lengths and depths are limited below SQLite's own limits.
#include "artifacts/sqlite.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>
#include <memory>
#include <string>
#include <vector>

#include "artifacts/sqlite_free.h"
#include "artifacts/sqlite_internal.h"

namespace keywake::artifacts {
namespace {

using namespace std::string_view_literals;

constexpr std::string_view kMagic = "SQLite format 3\0"sv;
constexpr int kStepsPerCall = 10'000;           // of SQLite's virtual machine between two calls of the progress handler
constexpr std::uint64_t kFreeSteps = 10'000'000;  // that any file may take
constexpr std::size_t kPartBytes = 4u << 20;    // rows are handed over in parts of about this size
constexpr std::size_t kMaxTables = 10'000;
// What PRAGMA table_xinfo says of a column in "hidden".
constexpr int kOrdinary = 0;
constexpr int kGeneratedAndStored = 3;

struct Close {
  void operator()(sqlite3* database) const { sqlite().close_v2(database); }
  void operator()(sqlite3_stmt* statement) const { sqlite().finalize(statement); }
};
using Database = std::unique_ptr<sqlite3, Close>;
using Statement = std::unique_ptr<sqlite3_stmt, Close>;

struct Budget {
  std::uint64_t steps = 0;
  std::uint64_t out = 0;  // bytes of text that may still come
};

int spend(void* budget) {
  std::uint64_t& steps = static_cast<Budget*>(budget)->steps;
  if (steps < kStepsPerCall) return 1;
  steps -= kStepsPerCall;
  return 0;
}

// Reading of tables and the questions that list them: nothing else is ever asked, whatever a schema says.
int authorize(void*, int action, const char* first, const char*, const char*, const char* trigger_or_view) {
  if (trigger_or_view != nullptr) return SQLITE_DENY;
  if (action == SQLITE_SELECT || action == SQLITE_READ) return SQLITE_OK;
  if (action == SQLITE_PRAGMA && first != nullptr && std::strcmp(first, "table_xinfo") == 0) return SQLITE_OK;
  return SQLITE_DENY;
}

std::string quoted(std::string_view name) {
  std::string out = "\"";
  for (char c : name) {
    out += c;
    if (c == '"') out += c;
  }
  return out + "\"";
}

Statement prepare(sqlite3* database, const std::string& sql) {
  sqlite3_stmt* statement = nullptr;
  if (sqlite().prepare_v2(database, sql.c_str(), static_cast<int>(sql.size()) + 1, &statement, nullptr) != SQLITE_OK) return nullptr;
  return Statement(statement);
}

std::string_view column(sqlite3_stmt* row, int index) {
  const void* bytes = sqlite().column_blob(row, index);
  const int size = sqlite().column_bytes(row, index);
  return bytes == nullptr || size <= 0 ? std::string_view{} : std::string_view(static_cast<const char*>(bytes), static_cast<std::size_t>(size));
}

std::string_view text_column(sqlite3_stmt* row, int index) {  // in UTF-8, however the database stores it
  const unsigned char* text = sqlite().column_text(row, index);
  const int size = sqlite().column_bytes(row, index);
  return text == nullptr || size <= 0 ? std::string_view{} : std::string_view(reinterpret_cast<const char*>(text), static_cast<std::size_t>(size));
}

// Of the last call. Not sqlite3_errmsg(), which quotes the schema.
std::string problem(sqlite3* database) {
  const int code = sqlite().errcode(database);
  const bool exceeded = code == SQLITE_OK || code == SQLITE_ROW || code == SQLITE_DONE || code == SQLITE_INTERRUPT;
  return exceeded ? "there are more than its size explains" : sqlite().errstr(code);
}

Result<Database> open(std::string_view bytes, Budget& budget) {
  if (auto loaded = load_sqlite(); !loaded) return std::unexpected(loaded.error());
  sqlite3* raw = nullptr;
  const int opened = sqlite().open_v2(":memory:", &raw, SQLITE_OPEN_READWRITE | SQLITE_OPEN_MEMORY | SQLITE_OPEN_NOMUTEX, nullptr);
  Database database(raw);
  if (opened != SQLITE_OK) return fail("no memory to open it");
  sqlite().db_config(raw, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite().db_config(raw, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  sqlite().db_config(raw, SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION, 0, nullptr);
  sqlite().db_config(raw, SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, nullptr);
  sqlite().db_config(raw, SQLITE_DBCONFIG_ENABLE_VIEW, 0, nullptr);
  sqlite().limit(raw, SQLITE_LIMIT_LENGTH, 64 << 20);
  sqlite().limit(raw, SQLITE_LIMIT_SQL_LENGTH, 1 << 20);
  sqlite().limit(raw, SQLITE_LIMIT_EXPR_DEPTH, 100);
  sqlite().limit(raw, SQLITE_LIMIT_COMPOUND_SELECT, 10);
  sqlite().limit(raw, SQLITE_LIMIT_ATTACHED, 0);
  sqlite().limit(raw, SQLITE_LIMIT_WORKER_THREADS, 0);
  sqlite().exec(raw, "PRAGMA cell_size_check=ON; PRAGMA temp_store=MEMORY; PRAGMA cache_size=-2000", nullptr, nullptr, nullptr);
  auto* copy = static_cast<unsigned char*>(sqlite().malloc64(bytes.size()));
  if (copy == nullptr) return fail("too large to be copied");
  std::memcpy(copy, bytes.data(), bytes.size());
  // A database in write-ahead mode says so here and would ask for its log, a file beside it; in memory it is read as it stands.
  if (copy[18] == 2) copy[18] = copy[19] = 1;
  const auto size = static_cast<sqlite3_int64>(bytes.size());
  if (sqlite().deserialize(raw, "main", copy, size, size, SQLITE_DESERIALIZE_FREEONCLOSE | SQLITE_DESERIALIZE_READONLY) != SQLITE_OK) {
    return fail("it cannot be opened");
  }
  sqlite().progress_handler(raw, kStepsPerCall, spend, &budget);
  sqlite().set_authorizer(raw, authorize, nullptr);
  return database;
}

// Columns that are stored: hidden ones of virtual tables are not, nor are generated ones that are computed when they are read.
std::vector<std::string> stored_columns(sqlite3* database, const std::string& table) {
  std::vector<std::string> names;
  const Statement columns = prepare(database, "PRAGMA table_xinfo(" + quoted(table) + ")");
  while (columns && sqlite().step(columns.get()) == SQLITE_ROW) {
    const int hidden = sqlite().column_int(columns.get(), 6);
    if (hidden == kOrdinary || hidden == kGeneratedAndStored) names.emplace_back(text_column(columns.get(), 1));
  }
  return names;
}

// False: broken off.
bool read_table(sqlite3* database, const std::string& table, Budget& budget, const Visit& visit) {
  const std::vector<std::string> names = stored_columns(database, table);
  if (names.empty()) return false;
  std::string sql = "SELECT ";
  for (std::size_t i = 0; i < names.size(); ++i) sql += (i == 0 ? "" : ", ") + quoted(names[i]);
  const Statement rows = prepare(database, sql + " FROM " + quoted(table) + " NOT INDEXED");
  if (!rows) return false;
  const std::string path = "table/" + table;
  std::string text;
  int stepped = SQLITE_ROW;
  while ((stepped = sqlite().step(rows.get())) == SQLITE_ROW) {
    for (int i = 0; i < static_cast<int>(names.size()); ++i) {
      const int type = sqlite().column_type(rows.get(), i);
      if (type != SQLITE_TEXT && type != SQLITE_BLOB) continue;  // a number is no secret
      const std::string_view value = type == SQLITE_TEXT ? text_column(rows.get(), i) : column(rows.get(), i);
      if (value.empty()) continue;
      if (value.size() + names[static_cast<std::size_t>(i)].size() + 8 > budget.out) return false;
      budget.out -= value.size() + names[static_cast<std::size_t>(i)].size() + 8;
      text += names[static_cast<std::size_t>(i)];
      text += " = \"";
      text += value;
      text += "\"\n";
    }
    text += '\n';
    if (text.size() >= kPartBytes) {
      visit(path, text);
      text.clear();
    }
  }
  if (!text.empty()) visit(path, text);
  return stepped == SQLITE_DONE;
}

}  // namespace

bool is_sqlite(std::string_view head) {
  return head.size() >= 100 && head.starts_with(kMagic) && head[21] == 64 && head[22] == 32 && head[23] == 32;
}

Result<bool> unfold_sqlite(std::string_view bytes, const Visit& visit) {
  if (bytes.size() < 512) return fail("it is cut off");
  Budget budget{.steps = kFreeSteps + 16 * bytes.size(), .out = (16ull << 20) + 4 * bytes.size()};
  auto database = open(bytes, budget);
  if (!database) return std::unexpected(database.error());
  std::vector<std::string> tables;
  std::string schema;
  std::string why;  // not all could be read
  {
    // Virtual tables have no root page; what they store stands in ordinary tables.
    const Statement list = prepare(database->get(), "SELECT type, name, rootpage, sql FROM sqlite_schema");
    if (!list) return fail(problem(database->get()));
    int stepped = SQLITE_ROW;
    while ((stepped = sqlite().step(list.get())) == SQLITE_ROW && tables.size() < kMaxTables) {
      schema += text_column(list.get(), 3);
      schema += ";\n";
      const bool is_table = text_column(list.get(), 0) == "table" && sqlite().column_int64(list.get(), 2) > 0;
      if (is_table) tables.emplace_back(text_column(list.get(), 1));
    }
    if (stepped != SQLITE_DONE) why = problem(database->get());
  }
  if (!schema.empty()) visit("schema", schema);
  for (const std::string& table : tables) {
    if (!read_table(database->get(), table, budget, visit) && why.empty()) why = problem(database->get());
  }
  if (!why.empty()) return fail(fmt::format("not all rows could be read: {}", why));
  OwnBytes own(bytes);
  if (!blank_live_cells(bytes, own)) return false;
  own.finish(visit);
  return true;
}

}  // namespace keywake::artifacts
