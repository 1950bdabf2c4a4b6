#include "attribution/assess.h"
#include "attribution/attribute.h"
#include "attribution/code_owners.h"
#include "attribution/mailmap.h"
#include "attribution/variable_name.h"

#include <filesystem>
#include <fstream>

#include "catch.h"

namespace keywake::attribution {
namespace {

constexpr std::int64_t kDay = 86'400;
constexpr std::int64_t kNow = 1'790'000'000;

TEST_CASE("CODEOWNERS: the last line that matches, as GitHub and GitLab read it") {
  const CodeOwners owners(
      "# who answers for what\n"
      "*            @acme/all\n"
      "*.js         @acme/front   ui@example.com # the interface\n"
      "/build/      @acme/build\n"
      "docs/        @acme/docs\n"
      "apps/web     @acme/web\n"
      "/config/prod.env @ops\n"
      "with\\ space/  @acme/space\n"
      "apps/none\n"
      "[Databases] @acme/dba\n"
      "*.sql\n"
      "special.sql @one\n");
  struct Row {
    std::string path;
    std::vector<std::string> owners;
  };
  const Row rows[] = {
      {"README", {"@acme/all"}},
      {"src/a.js", {"@acme/front", "ui@example.com"}},
      {"build/out.txt", {"@acme/build"}},
      {"src/build/out.txt", {"@acme/all"}},
      {"docs/a/b.md", {"@acme/docs"}},
      {"src/docs/b.md", {"@acme/docs"}},
      {"apps/web/index.html", {"@acme/web"}},
      {"config/prod.env", {"@ops"}},
      {"x/config/prod.env", {"@acme/all"}},
      {"with space/a", {"@acme/space"}},
      {"apps/none/a.py", {}},
      {"db/a.sql", {"@acme/dba"}},
      {"db/special.sql", {"@one"}},
  };
  for (const Row& row : rows) {
    INFO(row.path);
    CHECK(owners.of(row.path) == row.owners);
  }
  CHECK(CodeOwners("").of("a").empty());
}

TEST_CASE(".mailmap: every form of gitmailmap(5)") {
  const Mailmap map(
      "# people\n"
      "Ada Lovelace <ada@old.example>\n"
      "<grace@example.com> <grace@navy.example>\n"
      "Alan Turing <alan@example.com> <AT@bletchley.example>\n"
      "Second <second@example.com> Shared Name <shared@example.com>\n"
      "Other <other@example.com> <shared@example.com>\n"
      "no address here\n");
  struct Row {
    Person commit;
    Person proper;
  };
  const Row rows[] = {
      {{"ada", "Ada@Old.example"}, {"Ada Lovelace", "Ada@Old.example"}},
      {{"G. Hopper", "grace@navy.example"}, {"G. Hopper", "grace@example.com"}},
      {{"at", "at@bletchley.example"}, {"Alan Turing", "alan@example.com"}},
      {{"shared name", "shared@example.com"}, {"Second", "second@example.com"}},
      {{"Somebody", "shared@example.com"}, {"Other", "other@example.com"}},
      {{"Nobody", "nobody@example.com"}, {"Nobody", "nobody@example.com"}},
  };
  for (const Row& row : rows) {
    INFO(row.commit.name);
    CHECK(map.resolve(row.commit) == row.proper);
  }
}

TEST_CASE("dates of providers") {
  CHECK(date_of("2026-09-21T14:13:20Z") == kNow);
  CHECK(date_of("2026-09-21 14:13:20 UTC") == kNow);
  CHECK(date_of("2026-09-21T14:13:20.123+00:00") == kNow);
  CHECK(date_of("1790000000") == kNow);
  CHECK(date_of("1790000000123") == kNow);
  CHECK(date_of("2026-09-21") == kNow / kDay * kDay);
  for (const char* none : {"", "never", "2026-13-01", "2026-02-30", "12", "20260921"}) CHECK_FALSE(date_of(none));
}

model::Sighting sighting(std::string path, std::int64_t date, bool at_tip, std::int64_t removed = 0) {
  model::Sighting out;
  out.target = "repo";
  out.path = std::move(path);
  out.git.emplace();
  out.git->commit = "c";
  out.git->author = "Ada";
  out.git->email = "ada@example.com";
  out.git->date = date;
  out.git->at_tip = at_tip;
  out.git->removed_date = removed;
  return out;
}

std::vector<std::string> nhi(const model::Credential& credential) {
  std::vector<std::string> out;
  for (const auto& item : credential.attribution.nhi) out.emplace_back(item.id);
  return out;
}

TEST_CASE("risk moves for what is known, and says why") {
  static constexpr model::Pattern kPattern{.id = "acme.token", .provider = "acme", .kind = model::Kind::kApiKey, .risk = model::Risk::kMedium};
  model::ScanResult result;
  model::Credential credential;
  credential.pattern = &kPattern;
  credential.sightings = {sighting("deploy/prod.env", kNow - 400 * kDay, true)};
  auto attributed = [&](std::optional<model::Validation> validation) {
    result.credentials = {credential};
    result.credentials[0].validation = std::move(validation);
    attribute(result, kNow);
    return result.credentials[0];
  };
  using model::Risk;
  using model::Verdict;
  const model::Credential unasked = attributed(std::nullopt);
  CHECK((unasked.attribution.risk == Risk::kMedium));
  CHECK(unasked.attribution.exposure.days == 400);
  CHECK(unasked.attribution.exposure.at_tip);
  REQUIRE(unasked.attribution.owners.size() == 1);
  CHECK(unasked.attribution.owners[0] == model::Owner{"Ada", "ada@example.com", "brought it in", model::Confidence::kMedium});
  CHECK(nhi(unasked) == std::vector<std::string>{"NHI2", "NHI7"});
  CHECK((attributed(model::Validation{.verdict = Verdict::kDead}).attribution.risk == Risk::kLow));
  CHECK((attributed(model::Validation{.verdict = Verdict::kUnknown}).attribution.risk == Risk::kMedium));
  CHECK((attributed(model::Validation{.verdict = Verdict::kLive}).attribution.risk == Risk::kHigh));
  const model::Credential admin = attributed(model::Validation{
      .verdict = Verdict::kLive, .host = "api.acme.test", .facts = {{"created", {"2020-01-01"}}, {"owner", {"ci-bot"}}, {"scopes", {"read", "admin:org"}}}});
  CHECK((admin.attribution.risk == Risk::kCritical));
  CHECK(admin.attribution.reasons[0] == "live, with administrative rights (admin:org)");
  CHECK(admin.attribution.owners[0] == model::Owner{"ci-bot", "", "api.acme.test", model::Confidence::kHigh});
  CHECK(nhi(admin) == std::vector<std::string>{"NHI2", "NHI5", "NHI7"});

  credential.sightings = {sighting("a/prod.env", kNow - 50 * kDay, false, kNow - 40 * kDay), sighting("b/test.env", kNow - 45 * kDay, false, kNow - 44 * kDay)};
  const model::Credential gone = attributed(model::Validation{.verdict = Verdict::kLive});
  CHECK(gone.attribution.exposure.days == 10);
  CHECK_FALSE(gone.attribution.exposure.at_tip);
  CHECK(nhi(gone) == std::vector<std::string>{"NHI1", "NHI2", "NHI8"});
}

TEST_CASE("owners come from the repository's own files, for what stands in it today") {
  static constexpr model::Pattern kPattern{.id = "acme.token", .provider = "acme"};
  const auto folder = std::filesystem::temp_directory_path() / "keywake-owners-test";
  std::filesystem::create_directories(folder / ".github");
  std::ofstream(folder / ".github/CODEOWNERS") << "/src/ @acme/payments\n";
  std::ofstream(folder / ".mailmap") << "Ada Lovelace <ada@example.com> <ada@laptop>\n";
  model::ScanResult result;
  result.summary.targets = {folder.string()};
  model::Credential credential;
  credential.pattern = &kPattern;
  credential.sightings = {sighting("src/a.py", kNow - 9 * kDay, true)};
  credential.sightings[0].target = folder.string();
  credential.sightings[0].git->email = "ada@laptop";
  result.credentials = {credential};
  attribute(result, kNow);
  const std::vector<model::Owner> owners = result.credentials[0].attribution.owners;
  std::filesystem::remove_all(folder);
  REQUIRE(owners.size() == 2);
  CHECK(owners[0] == model::Owner{"@acme/payments", "", "CODEOWNERS", model::Confidence::kMedium});
  CHECK(owners[1] == model::Owner{"Ada Lovelace", "ada@example.com", "brought it in", model::Confidence::kMedium});
}

TEST_CASE("a variable's name says what it is for") {
  struct Row {
    std::string_view name, environment, kind;
  };
  for (const Row& row : {Row{"PROD_DB_PASSWORD", "production", "database"}, Row{"stagingSmtpPassword", "staging", "mail server"}, Row{"DEPLOY_KEY_QA2", "test", "deployment"},
                         Row{"db", "", "database"}, Row{"PRODUCT_TOKEN", "", ""}, Row{"DEVICE_KEY", "", ""}, Row{"", "", ""}, Row{"_1_", "", ""}}) {
    CAPTURE(row.name);
    CHECK(name_evidence(row.name).environment == row.environment);
    CHECK(name_evidence(row.name).kind == row.kind);
  }
}

TEST_CASE("what a CI variable is named, what it is for and whose it is, reach the risk's reasons and the owners") {
  static constexpr model::Pattern kPattern{.id = "acme.token", .provider = "acme", .risk = model::Risk::kMedium};
  model::ScanResult result;
  model::Credential credential;
  credential.pattern = &kPattern;
  model::Sighting variable;
  variable.target = "gitlab-ci://gitlab.test/acme";
  variable.ci = model::CiPlace{.provider = "gitlab-ci", .scope = "project acme/shop, schedule 7", .variable = "PROD_DB_PASSWORD"};
  variable.path = model::path_of(*variable.ci);
  model::Sighting scoped = variable;
  scoped.ci->environments = {"eu-west"};
  credential.sightings = {variable, scoped, variable};
  result.credentials = {credential};
  attribute(result, kNow);
  const model::Attribution& got = result.credentials[0].attribution;
  CHECK((got.risk == model::Risk::kMedium));
  REQUIRE(got.reasons.size() == 2);
  CHECK(got.reasons[0] == "named PROD_DB_PASSWORD: production, database");
  CHECK(got.reasons[1] == "for the environment eu-west");
  REQUIRE(got.owners.size() == 1);
  CHECK(got.owners[0] == model::Owner{"acme/shop", "", "project of the CI variable", model::Confidence::kLow});
}

}  // namespace
}  // namespace keywake::attribution
