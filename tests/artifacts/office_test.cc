#include "artifacts/office.h"

#include <algorithm>

#include "artifacts/made_artifact.h"

using keywake::artifacts::Format;

TEST_CASE("runs of a Word paragraph are one line, and blank in the bytes themselves") {
  const std::string bytes =
      "<?xml version=\"1.0\"?>\n<w:document xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"><w:body><w:p><w:r><w:rPr><w:b/></w:rPr>"
      "<w:t>pass</w:t></w:r><w:r><w:t xml:space=\"preserve\">word = \"a&amp;</w:t></w:r><w:r><w:t/><w:t>b\"</w:t></w:r></w:p><w:p><w:r><w:t>next</w:t></w:r></w:p>"
      "<w:hyperlink w:target=\"kept\"/></w:body></w:document>";
  REQUIRE(keywake::artifacts::recognise(bytes) == Format::kOffice);
  const auto got = made::unfold(Format::kOffice, bytes);
  CHECK(got.complete);
  CHECK(got.parts.at("text") == "password = \"a&b\"\nnext\n");
  CHECK(got.holds("", "kept"));
  CHECK_FALSE(got.holds("", "next"));
  CHECK(got.parts.at("").size() == bytes.size());
  made::survives_damage(Format::kOffice, bytes);
}

TEST_CASE("a document of today's Word is known by a name space behind many others") {
  std::string bytes = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\r\n<w:document xmlns:wpc=\"http://schemas.microsoft.com/office/word/2010/wordprocessingCanvas\"";
  for (const char* day : {"2015/9/8", "2015/10/21", "2016/5/9", "2016/5/10", "2016/5/11", "2016/5/12", "2016/5/13", "2016/5/14"}) {
    bytes += " xmlns:cx" + std::to_string(bytes.size()) + "=\"http://schemas.microsoft.com/office/drawing/" + day + "/chartex\"";
  }
  bytes += " xmlns:mc=\"http://schemas.openxmlformats.org/markup-compatibility/2006\"><w:body><w:p><w:r><w:t>in two </w:t></w:r><w:r><w:t>runs</w:t></w:r></w:p></w:body></w:document>";
  REQUIRE(keywake::artifacts::recognise(bytes) == Format::kOffice);
  CHECK(made::unfold(Format::kOffice, bytes).parts.at("text") == "in two runs\n");
}

TEST_CASE("lines of a Word file's own bytes are those of the file") {
  const std::string bytes =
      "<?xml version=\"1.0\"?>\n<w:document xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\"><w:t>two\nlines</w:t>\n<w:x y=\"kept\"/></w:document>";
  const std::string own = made::unfold(Format::kOffice, bytes).parts.at("");
  CHECK(std::count(own.begin(), own.end(), '\n') == 3);
  CHECK(own.find("lines") == std::string::npos);
}

TEST_CASE("a Word file of left angle brackets takes no time beyond its length") {
  std::string bytes = "<?xml version=\"1.0\"?><w:document xmlns:w=\"http://schemas.openxmlformats.org/wordprocessingml/2006/main\">";
  bytes.append(4'000'000, '<');  // each was searched to the end for its right one: minutes
  CHECK(made::unfold(Format::kOffice, bytes + "w:t>text</w:t>").parts.at("text") == "text");
}

TEST_CASE("shared strings and slides are text too, other XML is not") {
  const std::string strings =
      "<?xml version=\"1.0\"?><sst xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><si><t>one</t></si><si><r><t>t</t></r><r><t>wo</t></r></si></sst>";
  CHECK(made::unfold(Format::kOffice, strings).parts.at("text") == "one\ntwo\n");
  CHECK(keywake::artifacts::recognise("<?xml version=\"1.0\"?><sst><si/></sst>") == Format::kNone);
  CHECK(keywake::artifacts::recognise("<html><w:document ") == Format::kNone);
}
