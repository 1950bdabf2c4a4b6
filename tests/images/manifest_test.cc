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

TEST_CASE("platforms that are wanted") {
  CHECK(is_wanted("linux/arm/v7", {"linux/arm"}));
  CHECK_FALSE(is_wanted("linux/arm64", {"linux/arm"}));
  CHECK(is_wanted("linux/arm64", {}));
  CHECK(is_wanted("", {"linux/amd64"}));
}

}  // namespace
}  // namespace keywake::images
