#include "images/manifest.h"

#include "catch.h"

namespace keywake::images {
namespace {

std::string digest(char c) { return "sha256:" + std::string(64, c); }
std::string descriptor(char c) { return R"({"digest":")" + digest(c) + R"(","size":1})"; }
std::string index_of(char c) { return R"({"manifests":[)" + descriptor(c) + "]}"; }

// Documents by digest, unchecked: with true digests no index can refer to itself.
class Documents : public ImageStore {
 public:
  explicit Documents(std::map<std::string, std::string> documents) : documents_(std::move(documents)) {}
  Result<std::vector<Descriptor>> roots() override { return fail("not used"); }
  Result<std::string> read(const Descriptor& blob) override {
    const auto found = documents_.find(blob.digest);
    if (found == documents_.end()) return fail("is not there");
    return found->second;
  }
  Result<archive::Stream> open(const Descriptor&) override { return fail("not used"); }

 private:
  std::map<std::string, std::string> documents_;
};

TEST_CASE("manifests that are none are refused, with the reason") {
  const std::pair<std::string, std::string> rows[] = {
      {"", "is no JSON object"},
      {"[]", "is no JSON object"},
      {"{}", "neither an index nor an image manifest"},
      {R"({"fsLayers":[]})", "schema 1"},
      {R"({"manifests":[],"layers":[]})", "at once"},
      {R"({"manifests":{}})", "are no list"},
      {R"({"manifests":[{"digest":"sha256:../../etc/shadow","size":1}]})", "has no digest"},
      {R"({"manifests":[{"digest":")" + digest('a') + R"("}]})", "states no size"},
      {R"({"manifests":[{"digest":")" + digest('a') + R"(","size":-1}]})", "states no size"},
      {R"({"config":)" + descriptor('a') + "}", "are no list"},
  };
  for (const auto& [bytes, reason] : rows) {
    INFO(bytes);
    const auto parsed = parse_manifest(bytes, "m");
    REQUIRE_FALSE(parsed);
    CHECK_THAT(parsed.error().message, Catch::StartsWith("m: ") && Catch::Contains(reason));
  }
}

TEST_CASE("an index that refers to itself is not followed, and the rest is") {
  const std::string image = R"({"config":)" + descriptor('c') + R"(,"layers":[]})";
  Documents store({{digest('a'), R"({"manifests":[)" + descriptor('b') + "," + descriptor('d') + "]}"}, {digest('b'), index_of('a')}, {digest('d'), image}});
  const Walked walked = walk(store, {{"", digest('a'), 1, "", {}}}, {});
  REQUIRE(walked.images.size() == 1);
  CHECK(walked.images[0].descriptor.digest == digest('d'));
  REQUIRE(walked.problems.size() == 1);
  CHECK_THAT(walked.problems[0].second.message, Catch::Contains("refers to itself"));
}

TEST_CASE("the instruction that made each layer") {
  const auto config = parse_config(R"({"history":[{"created_by":"FROM"},{"created_by":"ENV","empty_layer":true},{"created_by":"COPY"}]})", "c");
  REQUIRE(config);
  CHECK(instructions(*config, 2) == std::vector<std::string>{"FROM", "COPY"});
  CHECK(instructions(*config, 1) == std::vector<std::string>{""});
  CHECK(instructions(*config, 3) == std::vector<std::string>{"", "", ""});
}

TEST_CASE("a document of brackets is refused before its depth takes memory or stack") {
  const std::string deep = std::string(2'000'000, '[') + std::string(2'000'000, ']');
  for (const auto& error : {parse_config(R"({"config":{"Env":)" + deep + "}}", "c").error(), parse_manifest(R"({"manifests":)" + deep + "}", "m").error()}) {
    CHECK_THAT(error.message, Catch::Contains("nested more than 100 deep"));
  }
}

TEST_CASE("annotations of an index are not copied to thousands of images without end") {
  std::map<std::string, std::string> documents;
  std::string list;
  const std::string image = R"({"config":)" + descriptor('c') + R"(,"layers":[]})";
  for (int i = 1000; i < 1100; ++i) {
    const std::string digest = "sha256:" + std::to_string(i) + std::string(60, 'a');
    documents[digest] = image;
    list += std::string(list.empty() ? "" : ",") + R"({"digest":")" + digest + R"(","size":1})";
  }
  documents[digest('b')] = R"({"annotations":{"a":")" + std::string(1'000'000, 'x') + R"("},"manifests":[)" + list + "]}";
  Documents store(std::move(documents));
  const Walked walked = walk(store, {{"", digest('b'), 1, "", {}}}, {});
  CHECK(walked.images.size() == 100);
  CHECK(walked.images[66].index_annotations.size() == 1);
  CHECK(walked.images[67].index_annotations.empty());
  REQUIRE(walked.problems.size() == 1);
  CHECK_THAT(walked.problems[0].second.message, Catch::Contains("more than 64 MiB"));
}

TEST_CASE("platforms that are wanted") {
  CHECK(is_wanted("linux/arm/v7", {"linux/arm"}));
  CHECK_FALSE(is_wanted("linux/arm64", {"linux/arm"}));
  CHECK(is_wanted("linux/arm64", {}));
  CHECK(is_wanted("", {"linux/amd64"}));
}

}  // namespace
}  // namespace keywake::images
