#include "report/escape.h"

#include "base/text.h"
#include "catch.h"
#include "report/style.h"

namespace keywake::report {
namespace {

struct Row {
  std::string_view in;
  std::string_view out;
};

TEST_CASE("A path becomes a relative URI that nothing else can be read into") {
  const Row rows[] = {
      {"src/app.py", "src/app.py"},         {"", "."},
      {"//example.com/x", "example.com/x"}, {"http:x/y", "http%3Ax/y"},
      {"a b#c?d%20", "a%20b%23c%3Fd%2520"}, {"caf\xe9", "caf%E9"},
      {"sättings", "s%C3%A4ttings"},        {"a\nb", "a%0Ab"},
  };
  for (const Row& row : rows) CHECK(relative_uri(row.in) == row.out);
}

TEST_CASE("Workflow commands escape what the runner reads as syntax") {
  const Row data[] = {
      {"50% done\r\nnext", "50%25 done%0D%0Anext"}, {"a:b,c", "a:b,c"}, {"%0A", "%250A"}};
  for (const Row& row : data) CHECK(workflow_data(row.in) == row.out);
  const Row properties[] = {{"a:b,c", "a%3Ab%2Cc"}, {"x\n::error::y", "x%0A%3A%3Aerror%3A%3Ay"}};
  for (const Row& row : properties) CHECK(workflow_property(row.in) == row.out);
}

TEST_CASE("CSV cells are quoted and no cell is a formula") {
  const Row rows[] = {
      {"plain", "plain"},
      {"", ""},
      {"a,b", "\"a,b\""},
      {"say \"hi\"", "\"say \"\"hi\"\"\""},
      {"two\nlines", "\"two\nlines\""},
      {"=1+1", "'=1+1"},
      {"+1", "'+1"},
      {"-", "'-"},
      {"@SUM(A1)", "'@SUM(A1)"},
      {"\t=1", "'\t=1"},
      {"=a,b", "\"'=a,b\""},
      {"a=b", "a=b"},
  };
  for (const Row& row : rows) CHECK(csv_cell(row.in) == row.out);
}

TEST_CASE("SARIF messages and Markdown hold no links and no placeholders") {
  CHECK(sarif_message("[x](http://e) {0} \\") == "\\[x\\](http://e) {{0}} \\\\");
  CHECK(markdown_text("**[x](y)** <img>") == "\\*\\*\\[x\\]\\(y\\)\\*\\* \\<img\\>");
}

TEST_CASE("Only web URLs of URI characters are linked to") {
  CHECK(is_web_url("https://example.com/a?b=c#d"));
  CHECK(is_web_url("http://example.com"));
  CHECK_FALSE(is_web_url("javascript:alert(1)"));
  CHECK_FALSE(is_web_url("https://example.com/a b"));
  CHECK_FALSE(is_web_url("https://example.com/\""));
  CHECK_FALSE(is_web_url("https://example.com/\n"));
  CHECK_FALSE(is_web_url(""));
}

TEST_CASE("Columns count what a terminal shows") {
  CHECK(columns("") == 0);
  CHECK(columns("abc") == 3);
  CHECK(columns("sättings") == 8);
  CHECK(columns("設定") == 4);
  CHECK(columns("e\xcc\x81") == 1);  // e and a combining accent
  CHECK(ellipsize("abcdef", 6) == "abcdef");
  CHECK(ellipsize("abcdefg", 6) == "abcde…");
  CHECK(ellipsize("設定設定", 6) == "設定…");
}

TEST_CASE("Lines break between pieces, never inside one") {
  const Style plain(false);
  const std::vector<Piece> pieces{{"aaaa"}, {""}, {"bbbb"}, {"cccccccccccccccccccccccc"}, {"d"}};
  CHECK(flow(plain, pieces, 2, 16) == "  aaaa · bbbb\n  cccccccccccccccccccccccc\n  d\n");
  CHECK(flow(plain, {}, 2, 16).empty());
  CHECK(flow(Style(true), {{"x", Ink::kStrong}}, 0, 16) == "\x1b[1mx\x1b[0m\n");
}

}  // namespace
}  // namespace keywake::report
