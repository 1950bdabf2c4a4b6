// DEX files: strings by their number, with the names of what they are given to; all other bytes as they lie.
#include <vector>

#include "artifacts/unfolded.h"

using namespace made;

namespace {

// One class with static fields (of the names given by `fields`, numbers of strings) that have the values of `values`; then `code`.
struct Dex {
  std::vector<std::string> strings;
  std::vector<unsigned> fields;
  std::vector<unsigned> methods;
  std::vector<std::string> values;  // encoded_value
  std::string code;

  static std::string string_value(unsigned index) { return le(0x17, 1) + le(index, 1); }

  [[nodiscard]] std::string bytes() const {
    const std::size_t field_ids = 0x70 + 4 * strings.size();
    const std::size_t method_ids = field_ids + 8 * fields.size();
    const std::size_t class_defs = method_ids + 8 * methods.size();
    const std::size_t data_at = class_defs + 32;
    std::string ids;
    std::string data = code;
    for (const std::string& text : strings) {
      ids += le(data_at + data.size(), 4);
      data += le(text.size(), 1) + text + '\0';
    }
    for (const unsigned name : fields) ids += le(0, 4) + le(name, 4);
    for (const unsigned name : methods) ids += le(0, 4) + le(name, 4);
    const std::size_t class_data = data_at + data.size();
    data += le(fields.size(), 1) + le(0, 3);
    for (std::size_t i = 0; i < fields.size(); ++i) data += le(i == 0 ? 0 : 1, 1) + le(0x18, 1);
    const std::size_t static_values = data_at + data.size();
    data += le(values.size(), 1);
    for (const std::string& value : values) data += value;
    ids += std::string(24, '\0') + le(class_data, 4) + le(static_values, 4);
    std::string header = std::string("dex\n035\0", 8) + std::string(24, '\0') + le(0x70 + ids.size() + data.size(), 4) + le(0x70, 4) + le(0x12345678, 4);
    header.resize(0x38);
    auto table = [&](std::size_t count, std::size_t at) { header += le(count, 4) + le(count == 0 ? 0 : at, 4); };
    table(strings.size(), 0x70);
    table(0, 0);
    table(0, 0);
    table(fields.size(), field_ids);
    table(methods.size(), method_ids);
    table(1, class_defs);
    header.resize(0x70);
    return header + ids + data;
  }
};

Dex sample() {
  Dex dex;
  dex.strings = {"API_KEY", "of a static field", "COUNT", "password", "of a field", "setToken", "passed on", "line\nline"};
  dex.fields = {2, 0, 3};
  dex.methods = {5};
  // An int of two bytes, a string; the third field has no value.
  dex.values = {le(0x24, 1) + le(999, 2), Dex::string_value(1)};
  dex.code = std::string("\x1a\x01", 2) + le(4, 2) + std::string("\x5b\x01", 2) + le(2, 2);          // const-string v1; iput-object v1, v0
  dex.code += std::string("\x1a\x02", 2) + le(6, 2) + std::string("\x6e\x20", 2) + le(0, 2) + le(0x20, 2);  // const-string v2; invoke-virtual {v0, v2}
  dex.code += "bytes of an array!";
  return dex;
}

}  // namespace

TEST_CASE("DEX is recognised by its header") {
  const std::string bytes = sample().bytes();
  CHECK(keywake::artifacts::recognise(bytes) == Format::kDex);
  CHECK(keywake::artifacts::recognise("dex\n035 is the magic of a format that this text is about; it goes on for longer than the header of such a file is, surely so") ==
        Format::kNone);
  std::string big_endian = bytes;
  big_endian.replace(0x28, 4, be(0x12345678, 4));
  CHECK(keywake::artifacts::recognise(big_endian) == Format::kNone);
}

TEST_CASE("strings of a DEX file stand on the line of their number, with names") {
  const std::string bytes = sample().bytes();
  const Taken got = take_apart(bytes);
  CHECK(got.error.empty());
  CHECK(got.all);
  CHECK(got["strings"] == "API_KEY\nAPI_KEY = \"of a static field\"\nCOUNT\npassword\npassword = \"of a field\"\nsetToken\nToken = \"passed on\"\n");
  CHECK(got["strings/8"] == "line\nline");
  const std::string own = got[""];
  CHECK(own.size() == bytes.size());
  CHECK(own.find("bytes of an array!") == bytes.find("bytes of an array!"));
  CHECK(own.find("of a static field") == std::string::npos);
}

TEST_CASE("a damaged DEX file: an error that names the fact, and parts in proportion") {
  Dex dex = sample();
  std::string bytes = dex.bytes();
  bytes.replace(0x38, 4, le(0xffffffff, 4));
  CHECK(take_apart(bytes).error == "its 4294967295 strings would lie outside the file");
  bytes = dex.bytes();
  bytes.replace(0x70, 4, le(0x7fffffff, 4));
  const Taken one_lost = take_apart(bytes);
  CHECK(one_lost.error == "1 of its 8 strings lie outside the file, or repeat each other beyond its size");
  CHECK(one_lost["strings"].find("of a static field") != std::string::npos);
  CHECK(damage_everywhere(dex.bytes(), 4) > 50);
  // Ten thousand numbers of one long string.
  dex.strings.assign(10'000, "");
  bytes = dex.bytes();
  const std::size_t at = bytes.size();
  bytes += le(100, 1) + std::string(100'000, 'x') + '\0';
  for (std::size_t i = 0; i < 10'000; ++i) bytes.replace(0x70 + 4 * i, 4, le(at, 4));
  const Taken repeated = take_apart(bytes);
  CHECK(repeated.bytes < 4 * bytes.size());
  CHECK(repeated.error.ends_with("strings lie outside the file, or repeat each other beyond its size"));
}
