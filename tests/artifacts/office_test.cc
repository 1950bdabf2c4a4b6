#include "artifacts/office.h"

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

TEST_CASE("shared strings and slides are text too, other XML is not") {
  const std::string strings =
      "<?xml version=\"1.0\"?><sst xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\"><si><t>one</t></si><si><r><t>t</t></r><r><t>wo</t></r></si></sst>";
  CHECK(made::unfold(Format::kOffice, strings).parts.at("text") == "one\ntwo\n");
  CHECK(keywake::artifacts::recognise("<?xml version=\"1.0\"?><sst><si/></sst>") == Format::kNone);
  CHECK(keywake::artifacts::recognise("<html><w:document ") == Format::kNone);
}
