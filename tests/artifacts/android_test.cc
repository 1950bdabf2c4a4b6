// Android's binary XML and resource tables, with pools in UTF-8 and in UTF-16.
#include <vector>

#include "artifacts/unfolded.h"

using namespace made;

namespace {

std::string chunk(unsigned type, const std::string& header, const std::string& body) {
  return le(type, 2) + le(8 + header.size(), 2) + le(8 + header.size() + body.size(), 4) + header + body;
}

std::string pool(const std::vector<std::string>& strings, bool utf8) {
  std::string offsets;
  std::string data;
  for (const std::string& text : strings) {
    offsets += le(data.size(), 4);
    if (utf8) {
      data += le(text.size(), 1) + le(text.size(), 1) + text + '\0';
    } else {
      data += le(text.size(), 2);
      for (const char c : text) data += std::string{c, '\0'};
      data += le(0, 2);
    }
  }
  data.resize((data.size() + 3) / 4 * 4);
  return chunk(1, le(strings.size(), 4) + le(0, 4) + le(utf8 ? 0x100 : 0, 4) + le(28 + offsets.size(), 4) + le(0, 4), offsets + data);
}

constexpr unsigned kNone = 0xffffffff;

std::string node(unsigned type, unsigned line, const std::string& body) { return chunk(type, le(line, 4) + le(kNone, 4), body); }

struct Attribute {
  unsigned space, name, raw, type, data;
};

std::string element(unsigned line, unsigned name, const std::vector<Attribute>& attributes) {
  std::string body = le(kNone, 4) + le(name, 4) + le(20, 2) + le(20, 2) + le(attributes.size(), 2) + le(0, 6);
  for (const Attribute& a : attributes) body += le(a.space, 4) + le(a.name, 4) + le(a.raw, 4) + le(8, 2) + le(0, 1) + le(a.type, 1) + le(a.data, 4);
  return node(0x102, line, body);
}

std::string document(bool utf8) {
  const std::string strings = pool({"android", "urn:android", "meta-data", "name", "API_KEY", "value", "the value", "manifest", "left behind"}, utf8);
  std::string body = strings + chunk(0x180, "", le(0x01010003, 4));
  body += node(0x100, 1, le(0, 4) + le(1, 4));
  body += element(2, 7, {});
  body += element(5, 2, {{1, 3, 4, 3, 4}, {1, 5, kNone, 3, 6}, {kNone, 5, kNone, 0x10, 7}});
  body += node(0x103, 6, le(kNone, 4) + le(2, 4));
  body += node(0x103, 7, le(kNone, 4) + le(7, 4));
  body += node(0x101, 7, le(0, 4) + le(1, 4));
  return chunk(3, "", body);
}

std::string type_chunk(const std::vector<std::string>& entries) {
  std::string offsets;
  std::string data;
  for (const std::string& entry : entries) {
    offsets += le(entry.empty() ? kNone : data.size(), 4);
    data += entry;
  }
  const std::string config = le(28, 4) + std::string(24, '\0');
  return chunk(0x201, le(1, 1) + le(0, 3) + le(entries.size(), 4) + le(20 + 28 + offsets.size(), 4) + config, offsets + data);
}

std::string value(unsigned type, unsigned data) { return le(8, 2) + le(0, 1) + le(type, 1) + le(data, 4); }

std::string table(bool utf8) {
  const std::string keys = pool({"app_name", "api_key", "list", "size"}, utf8);
  const std::string types = pool({"string"}, utf8);
  const std::string entries = type_chunk({le(8, 2) + le(0, 2) + le(1, 4) + value(3, 1), "", le(8, 2) + le(0, 2) + le(3, 4) + value(0x10, 0),
                                          le(16, 2) + le(1, 2) + le(2, 4) + le(0, 4) + le(2, 4) + le(0, 4) + value(3, 2) + le(1, 4) + value(3, 3)});
  const std::string header = le(0x7f, 4) + std::string(256, '\0') + le(288, 4) + le(0, 4) + le(288 + types.size(), 4) + le(0, 8);
  return chunk(2, le(1, 4), pool({"of nobody", "the key", "first", "second"}, utf8) + chunk(0x200, header, types + keys + entries));
}

}  // namespace

TEST_CASE("binary XML comes as XML, each element on its line of the source") {
  for (const bool utf8 : {true, false}) {
    const std::string bytes = document(utf8);
    CHECK(keywake::artifacts::recognise(bytes) == Format::kBinaryXml);
    const Taken got = take_apart(bytes);
    INFO(utf8);
    CHECK(got.error.empty());
    CHECK(got.all);
    CHECK(got["xml"] == "\n<manifest xmlns:android=\"urn:android\">\n\n\n<meta-data android:name=\"API_KEY\" android:value=\"the value\" value=\"7\">\n</meta-data>\n</manifest>\n");
    CHECK(got["strings"] == "\n\n\n\n\n\n\n\nleft behind\n");
    CHECK(damage_everywhere(bytes, 6) > 50);
  }
}

TEST_CASE("a resource table comes with the names of its strings") {
  for (const bool utf8 : {true, false}) {
    const std::string bytes = table(utf8);
    CHECK(keywake::artifacts::recognise(bytes) == Format::kResourceTable);
    const Taken got = take_apart(bytes);
    INFO(utf8);
    CHECK(got.error.empty());
    CHECK(got.all);
    CHECK(got["strings"] == "of nobody\napi_key = \"the key\"\nlist = \"first\"\nlist = \"second\"\n");
    CHECK(damage_everywhere(bytes, 6) > 50);
  }
}

TEST_CASE("thousands of values of one long name are not told it each") {
  std::vector<std::string> values;
  std::string map;
  for (unsigned i = 0; i < 5000; ++i) {
    values.emplace_back("v");
    map += le(i, 4) + value(3, i);
  }
  const std::string keys = pool({std::string(500, 'k')}, false);
  const std::string header = le(0x7f, 4) + std::string(256, '\0') + le(0, 8) + le(288, 4) + le(0, 8);
  const std::string entry = le(16, 2) + le(1, 2) + le(0, 4) + le(0, 4) + le(values.size(), 4) + map;
  const std::string bytes = chunk(2, le(1, 4), pool(values, true) + chunk(0x200, header, keys + type_chunk({entry})));
  const Taken got = take_apart(bytes);
  CHECK(got["strings"].starts_with(std::string(500, 'k') + " = \"v\"\n"));
  CHECK(got.bytes < 6 * bytes.size());
}

TEST_CASE("a damaged resource table does not give its own bytes: its caller scans them as they lie") {
  const std::string bytes = table(true);
  const Taken got = take_apart(bytes.substr(0, bytes.size() - 4));
  CHECK(got.error == "a chunk is cut short");
  CHECK(got["strings"].starts_with("of nobody\n"));
  CHECK_FALSE(got.parts.contains(""));
}

TEST_CASE("text and short heads are not Android's formats") {
  using keywake::artifacts::recognise;
  for (const std::string& bytes : {std::string("\3\0\x08\0", 4), std::string("\2\0\x0c\0\xff\xff\xff\xff", 8), std::string("\3\0\x08\0 and then a text that is no pool", 34)}) {
    CHECK(recognise(bytes) == Format::kNone);
  }
}
