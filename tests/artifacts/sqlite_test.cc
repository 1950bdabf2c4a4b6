#include "artifacts/sqlite.h"

#include <algorithm>
#include <chrono>

#include "artifacts/made_artifact.h"

using keywake::artifacts::Format;

namespace {

std::string database(const std::string& statements) {
  return made::by_python("import sqlite3\nd = sqlite3.connect('out')\n" + statements + "\nd.commit()\nd.close()\n");
}

}  // namespace

TEST_CASE("rows of a SQLite file come as assignments") {
  const std::string bytes = database(R"py(
d.execute('create table accounts (id integer primary key, name text, "odd ""column" text, data blob)')
d.execute('create table pairs (k text primary key, v text) without rowid')
d.execute('create index by_name on accounts (name)')
d.execute('create view secret_view as select upper(name) from accounts')
d.execute("create table made (a text, b text generated always as (a || 'never evaluated'))")
d.execute("create table kept (a text, b text generated always as ('postgres://' || a) stored)")
d.execute("insert into kept(a) values ('in a row')")
d.execute("insert into accounts values (1, 'robin', 'odd value', x'626c6f62')")
d.execute("insert into accounts values (2, ?, null, null)", ('long ' + 'x' * 20000 + ' end',))
d.execute("insert into pairs values ('api_key', 'kept')")
d.execute("insert into made(a) values ('stored')")
)py");
  REQUIRE(keywake::artifacts::recognise(bytes) == Format::kSqlite);
  const auto got = made::unfold(Format::kSqlite, bytes);
  CHECK(got.error.empty());
  CHECK(got.complete);
  CHECK(got.parts.at("table/accounts").starts_with("name = \"robin\"\nodd \"column = \"odd value\"\ndata = \"blob\"\n\nname = \"long xxx"));
  CHECK(got.parts.at("table/accounts").ends_with("xx end\"\n\n"));
  CHECK(got.parts.at("table/pairs") == "k = \"api_key\"\nv = \"kept\"\n\n");
  CHECK(got.parts.at("table/made") == "a = \"stored\"\n\n");
  CHECK(got.parts.at("table/kept") == "a = \"in a row\"\nb = \"postgres://in a row\"\n\n");
  CHECK(got.holds("schema", "CREATE VIEW secret_view"));
  CHECK(got.parts.count("table/secret_view") == 0);
  CHECK_FALSE(got.holds("", "robin"));
  CHECK_FALSE(got.holds("", "xxxx"));
}

TEST_CASE("deleted rows of a SQLite file are found in its own bytes, living ones are blank there") {
  const std::string bytes = database(R"py(
d.execute('pragma secure_delete=off')
d.execute('create table t (v text)')
for i in range(3000): d.execute('insert into t values (?)', ('row number %05d' % i,))
d.commit()
d.execute('delete from t where rowid between 1000 and 2500')
d.execute('create table gone (v text)')
d.execute("insert into gone values ('of a dropped table')")
d.execute('drop table gone')
)py");
  const auto got = made::unfold(Format::kSqlite, bytes);
  CHECK(got.complete);
  CHECK(got.holds("table/t", "row number 00500"));
  CHECK_FALSE(got.holds("table/t", "row number 01500"));
  CHECK(got.holds("", "row number 01500"));
  CHECK_FALSE(got.holds("", "row number 00500"));
  CHECK_FALSE(got.holds("", "row number 02999"));
  CHECK(got.holds("", "of a dropped table"));
}

TEST_CASE("UTF-16 and write-ahead databases are read as text") {
  const std::string wide = database("d.execute('pragma encoding=\"UTF-16le\"')\nd.execute('create table t (password text)')\nd.execute(\"insert into t values ('wide')\")");
  CHECK(made::unfold(Format::kSqlite, wide).parts.at("table/t") == "password = \"wide\"\n\n");
  const std::string wal = database("d.execute('pragma journal_mode=wal')\nd.execute('create table t (password text)')\nd.execute(\"insert into t values ('logged')\")");
  REQUIRE(wal[18] == 2);
  CHECK(made::unfold(Format::kSqlite, wal).parts.at("table/t") == "password = \"logged\"\n\n");
}

TEST_CASE("a full-text table is read from what it stores, and not asked") {
  const std::string bytes = database("d.execute('create virtual table notes using fts5(body)')\nd.execute(\"insert into notes values ('searchable')\")");
  const auto got = made::unfold(Format::kSqlite, bytes);
  CHECK(got.parts.count("table/notes") == 0);
  CHECK(got.holds("table/notes_content", "= \"searchable\""));
}

TEST_CASE("lines of a SQLite file's own bytes are those of the file") {
  const std::string bytes = database("d.execute('create table t (v text)')\nd.execute('insert into t values (?)', ('one\\ntwo\\nthree',))");
  const std::string own = made::unfold(Format::kSqlite, bytes).parts.at("");
  CHECK(own.find("three") == std::string::npos);
  CHECK(std::count(own.begin(), own.end(), '\n') == std::count(bytes.begin(), bytes.end(), '\n'));
}

TEST_CASE("an index whose cells all lie upon each other takes no time beyond the size of the file") {
  // Each page of the index: thousands of pointers to one cell that fills the rest of the page.
  const std::string bytes = database(R"py(
d.execute('pragma page_size=65536')
d.execute('create table t (v text)')
d.execute('create index i on t (v)')
for n in range(4000): d.execute('insert into t values (?)', ('%08d' % n * 100,))
d.commit()
d.close()
data = bytearray(open('out', 'rb').read())
pages = [p for p in range(65536, len(data), 65536) if data[p] == 10]
assert len(pages) > 10
for page in pages:
    cells = 14000
    data[page + 3:page + 5] = cells.to_bytes(2, 'big')
    at = 8 + 2 * cells
    data[page + 8:page + at] = at.to_bytes(2, 'big') * cells
    size = 15000
    data[page + at:page + at + 3] = bytes([0x80 | size >> 14, 0x80 | size >> 7 & 0x7f, size & 0x7f])
open('out', 'wb').write(data)
d = sqlite3.connect(':memory:')
)py");
  const auto start = std::chrono::steady_clock::now();
  const auto got = made::unfold(Format::kSqlite, bytes);
  CHECK(got.error.empty());
  CHECK_FALSE(got.complete);  // they cannot be followed, so the bytes are scanned as they lie
  CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(2));
}

TEST_CASE("what is wrong with a SQLite file is said without a word of what is in it") {
  std::string bytes = database("d.execute('create table t (v text)')\nd.execute('insert into t values (?)', ('secret word',))");
  const std::size_t schema = bytes.find("CREATE TABLE t (v text)");
  bytes.replace(schema, 23, "CREATE TABLE 'hush' -=+");
  const auto got = made::unfold(Format::kSqlite, bytes);
  CHECK(got.error == "database disk image is malformed");
  // Of two tables the first has a page that is none.
  bytes = database("for t in 'ab': d.execute('create table %s (v text)' % t)\nfor t in 'ab': d.execute('insert into %s values (?)' % t, ('row of ' + t,))");
  bytes[4096] = 'x';
  const auto half = made::unfold(Format::kSqlite, bytes);
  CHECK(half.error == "not all rows could be read: database disk image is malformed");
  CHECK(half.parts.at("table/b") == "v = \"row of b\"\n\n");
}

TEST_CASE("a damaged or hostile SQLite file ends") {
  const std::string bytes = database("d.execute('create table t (v text)')\nfor i in range(400): d.execute('insert into t values (?)', ('row %d' % i,))");
  made::survives_damage(Format::kSqlite, bytes);
  CHECK_FALSE(made::unfold(Format::kSqlite, bytes.substr(0, 300)).error.empty());
  const std::string cut = bytes.substr(0, 5000);
  const auto got = made::unfold(Format::kSqlite, cut);
  CHECK_FALSE(got.complete);
}
