#include "images/reference.h"

#include "catch.h"

namespace keywake::images {
namespace {

TEST_CASE("image references, as the containers world writes them") {
  const std::string digest = "sha256:" + std::string(64, 'a');
  struct Row {
    std::string target;
    std::string name;  // empty: refused
    std::string registry, repository, tag;
  };
  const Row rows[] = {
      {"docker://nginx", "docker.io/library/nginx:latest", "registry-1.docker.io", "library/nginx", "latest"},
      {"docker://docker.io/acme/shop:1.2", "docker.io/acme/shop:1.2", "registry-1.docker.io", "acme/shop", "1.2"},
      {"docker://localhost:5000/a/b/c:v1", "localhost:5000/a/b/c:v1", "localhost:5000", "a/b/c", "v1"},
      {"docker://GHCR.io/acme/shop", "ghcr.io/acme/shop:latest", "ghcr.io", "acme/shop", "latest"},
      {"docker://ghcr.io/acme/shop@" + digest, "ghcr.io/acme/shop@" + digest, "ghcr.io", "acme/shop", ""},
      {"docker://ghcr.io/acme/shop:1@" + digest, "ghcr.io/acme/shop:1@" + digest, "ghcr.io", "acme/shop", "1"},
      {"docker-daemon:acme/shop:2", "acme/shop:2", "", "acme/shop", "2"},
      {"docker-archive:/tmp/a.tar", "/tmp/a.tar", "", "", ""},
      {"docker-archive:a.tar:acme/shop:2", "a.tar:acme/shop:2", "", "acme/shop", "2"},
      {"oci:folder:1.2", "folder:1.2", "", "", "1.2"},
      {"oci-archive:a.tar", "a.tar", "", "", ""},
      {"docker://", ""},
      {"docker://Acme/Shop", ""},
      {"docker://ghcr.io/acme/../shop", ""},
      {"docker://ghcr.io/acme/shop:", ""},
      {"docker://ghcr.io/acme/shop:-x", ""},
      {"docker://ghcr.io/acme/shop@sha256:12", ""},
      {"docker://ghcr.io/acme/shop@md5:" + std::string(64, 'a'), ""},
      {"docker-archive:", ""},
      {"oci:folder:", ""},
  };
  for (const Row& row : rows) {
    INFO(row.target);
    const auto parsed = parse_reference(row.target);
    if (row.name.empty()) {
      REQUIRE_FALSE(parsed);
      CHECK_THAT(parsed.error().message, Catch::Contains("it is written as in"));
      continue;
    }
    REQUIRE(parsed);
    REQUIRE(*parsed);
    CHECK(name_of(**parsed) == row.name);
    CHECK((*parsed)->registry == row.registry);
    CHECK((*parsed)->repository == row.repository);
    CHECK((*parsed)->tag == row.tag);
  }
  for (const char* none : {"", ".", "nginx", "a.tar", "https://ghcr.io/acme/shop", "ocifolder", "docker:/x"}) {
    INFO(none);
    const auto parsed = parse_reference(none);
    REQUIRE(parsed);
    CHECK_FALSE(*parsed);
  }
}

}  // namespace
}  // namespace keywake::images
