#include <algorithm>
#include <random>
#include <sstream>

#include "base/hash.h"
#include "model/fingerprint.h"
#include "sample.h"

namespace keywake::report {
namespace {

using model::Credential;
using model::GitPlace;
using model::Kind;
using model::Pattern;
using model::Risk;
using model::Sighting;

constexpr Pattern kAws{.id = "aws.secret-access-key",
                       .provider = "aws",
                       .title = "AWS secret access key",
                       .kind = Kind::kApiKey,
                       .risk = Risk::kCritical,
                       .rotate = "https://console.aws.amazon.com/iam/home#/security_credentials",
                       .docs = "https://docs.aws.amazon.com/IAM/latest/UserGuide/access-keys.html"};
constexpr Pattern kPem{.id = "private-key.rsa",
                       .provider = "private-key",
                       .title = "RSA private key",
                       .kind = Kind::kSshKey,
                       .risk = Risk::kHigh};
constexpr Pattern kToken{.id = "github.pat-classic",
                         .provider = "github",
                         .title = "GitHub personal access token (classic)",
                         .kind = Kind::kHumanCredential,
                         .risk = Risk::kHigh,
                         .rotate = "https://github.com/settings/tokens",
                         .docs = "https://docs.github.com/en/authentication"};
constexpr Pattern kDatabase{.id = "database.url-password",
                            .provider = "database",
                            .title = "Password in a database URL",
                            .kind = Kind::kDatabaseCredential,
                            .risk = Risk::kMedium,
                            .docs = "not a URL"};
constexpr Pattern kGeneric{.id = "generic.assignment",
                           .provider = "generic",
                           .title = "=Assigned, \"password\"\n::error::title",
                           .kind = Kind::kHumanCredential,
                           .risk = Risk::kLow,
                           .confidence = model::Confidence::kMedium,
                           .generic = true};

constexpr std::int64_t kMarch2024 = 1'709'299'325;  // 2024-03-01T13:22:05Z
constexpr std::int64_t kDay = 86'400;

Sighting at(std::string path, std::uint32_t line, std::uint32_t column, std::uint32_t length) {
  return {.target = "./repo",
          .path = std::move(path),
          .line = line,
          .column = column,
          .end_line = line,
          .end_column = column + length};
}

GitPlace commit(std::uint32_t seed, std::string summary) {
  return {.blob = seeded_oid(seed + 1000),
          .commit = seeded_oid(seed),
          .author = "Ada Lovelace",
          .email = "ada@example.com",
          .date = kMarch2024 + seed * kDay,
          .date_offset = 60,
          .summary = std::move(summary),
          .reachable = true};
}

Credential credential(const Pattern& pattern, Secret secret) {
  Credential out{.pattern = &pattern, .secret = std::move(secret)};
  out.fingerprint = model::fingerprint(out.secret);
  out.attribution.risk = pattern.risk;
  return out;
}

// Takes the highest confidence of its sightings over, as the collector does.
Credential judged(Credential credential) {
  credential.confidence = model::Confidence::kLow;
  for (const Sighting& sighting : credential.sightings) {
    credential.confidence = std::max(credential.confidence, sighting.confidence);
  }
  return credential;
}

// Readable and found, hidden, and one whose name repeats a secret.
std::vector<model::Variable> variables(const std::string& clear) {
  model::Variable found{.target = "gitlab-ci://gitlab.example.com/acme"};
  found.place = {"gitlab-ci", "project acme/shop", "AWS_SECRET_ACCESS_KEY", false, false, {"production", "staging"}, 0, false};
  found.leaks = {{"unmasked", "job logs show its value"}, {"every-branch", "jobs of every branch can read it, not those of protected ones alone"}};
  model::Variable hidden{.target = "github-actions://acme"};
  hidden.place = {"github-actions", "organization acme", "DEPLOY\x1b[31m" + clear, {}, {}, {}, kMarch2024, true};
  hidden.created_at = kMarch2024 - 30 * kDay;
  hidden.users = "selected repositories: acme/shop";
  hidden.every_project = false;
  hidden.forks = true;
  hidden.leaks = {{"forks", "a pull request from a fork can read it"}};
  return {hidden, found};
}

// At a tip, in an archive, decoded, removed, unreachable.
Credential aws() {
  Credential out = credential(kAws, seeded_secret("", 40, 1));
  out.parts = {{"id", "AKIA-for-tests"}, {"account", "123456789012"}};
  Sighting tip = at("config/prod.env", 12, 5, 40);
  tip.git = commit(1, "Add production settings");
  tip.git->at_tip = true;
  Sighting member = at("dist/app.war!/WEB-INF/app.properties", 3, 9, 56);
  member.decoded = "base64 > gzip";
  member.git = commit(9, "Build 1.0");
  member.git->at_tip = true;
  Sighting removed = at("old name/sättings.py", 7, 1, 40);
  removed.git = commit(2, "Über-Konfiguration 設定を追加");
  removed.git->removed_in = seeded_oid(3);
  removed.git->removed_date = kMarch2024 + 30 * kDay;
  removed.git->removed_date_offset = -330;
  Sighting dangling = at("config/prod.env", 14, 5, 40);
  dangling.git = commit(4, "WIP on main");
  dangling.git->reachable = false;
  Sighting blob = at("blob:" + seeded_oid(77), 1, 1, 40);
  blob.git = GitPlace{.blob = seeded_oid(77)};
  Sighting variable = at(model::path_of(variables("").back().place), 1, 1, 40);
  variable.target = "gitlab-ci://gitlab.example.com/acme";
  variable.ci = variables("").back().place;
  out.sightings = {tip, member, removed, dangling, blob, variable};
  return out;
}

Credential pem() {
  std::string text = "-----BEGIN RSA PRIVATE" + std::string(" KEY-----\n");
  for (std::uint32_t line = 0; line < 3; ++line) {
    text += std::string(seeded_secret("", 64, 50 + line).reveal()) + "\n";
  }
  text += "-----END RSA PRIVATE" + std::string(" KEY-----");
  Credential out = credential(kPem, Secret(text));
  Sighting staged = at("keys/deploy", 1, 1, 0);
  staged.end_line = 5;
  staged.end_column = 30;
  staged.git = GitPlace{.blob = seeded_oid(70), .staged = true};
  Sighting work_tree = staged;
  work_tree.path = "keys/deploy.bak";
  work_tree.git.reset();
  Sighting changed = staged;
  changed.git.reset();
  out.sightings = {staged, changed, work_tree};
  return out;
}

// The token stands in its own commit's message, in a path, in an author's name; and at more places
// than a text report shows.
Credential token() {
  Credential out = credential(kToken, seeded_secret("ghp_", 36, 2));
  const std::string clear(out.secret.reveal());
  Sighting message = at("commit:" + seeded_oid(20), 1, 15, 40);
  message.git = commit(20, "Use the token " + clear + " from now on");
  message.git->at_tip = true;
  Sighting path = at("tokens/" + clear + ".txt", 1, 1, 40);
  path.git = commit(21, "Keep it");
  path.git->author = "bot " + clear;
  path.git->email = clear + "@example.com";
  path.git->at_tip = true;
  out.sightings = {message, path};
  for (std::uint32_t i = 0; i < 12; ++i) {
    Sighting sighting = at("ci/deploy.yml", 10 + i, 20, 40);
    sighting.git = commit(100 + i, "Deploy, take " + std::to_string(i));
    sighting.git->removed_in = seeded_oid(101 + i);
    out.sightings.push_back(sighting);
  }
  for (std::uint32_t i = 0; i < 30; ++i) {
    Sighting sighting = at("jobs/job-" + std::to_string(i) + ".sh", 2, 8, 40);
    sighting.git = commit(200 + i, "Add job");
    out.sightings.push_back(sighting);
  }
  return out;
}

// A short password, in prose too; names made to break out of every format.
Credential password() {
  Credential out = credential(kDatabase, seeded_secret("p", 8, 3));
  const std::string clear(out.secret.reveal());
  out.parts = {{"user", "app"}, {"host", "db.example.com\x1b[2J"}};
  Sighting hostile = at("evil\n::error::x\x1b]0;owned\x07/=1+1,\"q\".env", 1, 1, 9);
  hostile.git = commit(30, "password is " + clear +
                               ", \xff\xfe \x9b"
                               "31m <script>[x](http://e) {0} %0A");
  hostile.git->author = "=cmd|' /C calc'!A0";
  hostile.git->email = "\"a\"@b,c\r\n";
  hostile.git->at_tip = true;
  hostile.git->date = 0;
  hostile.git->date_offset = -90;
  Sighting bidi = at("src/\xe2\x80\xaegnp.exe", 2, 3, 9);
  bidi.git = commit(31, "");
  bidi.git->date = std::int64_t{1} << 60;
  bidi.git->date_offset = 100'000;
  bidi.git->removed_in = seeded_oid(32);
  bidi.git->removed_date = -(std::int64_t{1} << 60);
  Sighting latin = at("caf\xe9/http:host?a=b#c%20d.txt", 4'000'000'000U, 1, 9);
  latin.target = "sub/dir/";
  Sighting leading = at("//example.com/x", 1, 1, 9);
  leading.target = "/abs/target";
  out.sightings = {hostile, bidi, latin, leading};
  for (Sighting& sighting : out.sightings) sighting.confidence = model::Confidence::kLow;
  return judged(std::move(out));
}

Credential generic() {
  Credential out = credential(kGeneric, seeded_secret("x", 3, 4));
  Sighting input = at("-", 1, 10, 4);
  input.target = "-";
  Sighting file = at("app.env", 2, 10, 4);
  file.target = "conf/app.env";
  Sighting test = file;
  test.path = "tests/app.env";
  test.target = "./repo";
  test.confidence = model::Confidence::kLow;
  test.by_bytes = model::Confidence::kMedium;
  test.judged_by = "a test";
  input.confidence = input.by_bytes = model::Confidence::kMedium;
  file.confidence = model::Confidence::kMedium;
  file.by_bytes = model::Confidence::kLow;
  file.judged_by = "an environment file";
  out.sightings = {input, file, test};
  return judged(std::move(out));
}

}  // namespace

Secret seeded_secret(std::string_view prefix, std::size_t length, std::uint32_t seed) {
  static constexpr std::string_view kLetters =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  std::mt19937 random(seed);
  std::string out(prefix);
  for (std::size_t i = 0; i < length; ++i) out += kLetters[random() % kLetters.size()];
  return Secret(out);
}

std::string seeded_oid(std::uint32_t seed) {
  return to_hex(sha1(std::to_string(seed)));
}

model::ScanResult rich_result() {
  model::ScanResult out;
  out.credentials = {aws(), token(), pem(), password(), generic()};
  const std::string clear(out.credentials[1].secret.reveal());
  out.credentials[0].validation = {.verdict = model::Verdict::kLive,
                                   .reason = "200",
                                   .validator = "aws.identity",
                                   .host = "sts.amazonaws.com",
                                   .at = kMarch2024 + 40 * kDay,
                                   .facts = {{"account", {"123456789012"}}, {"owner", {"arn:aws:iam::123456789012:user/ci"}}, {"roles", {"admin", "x\x1b[2J" + clear}}}};
  out.credentials[0].attribution.reasons = {"live, with administrative rights (admin)", "exposed for 40 days"};
  out.credentials[0].attribution.owners = {{"Ada Lovelace", "ada@example.com", "brought it in", model::Confidence::kMedium}, {"", "ops@example.com", "CODEOWNERS", model::Confidence::kMedium}, {"x\x1b[2J" + clear, "", "the credential itself", model::Confidence::kLow}};
  out.credentials[0].attribution.exposure = {kMarch2024, kMarch2024 + 40 * kDay, 40, true};
  out.credentials[0].attribution.nhi = {{"NHI2", "5 places"}, {"NHI5", "admin"}};
  out.credentials[1].validation = {.verdict = model::Verdict::kUnknown, .reason = "302, which github.user does not explain", .validator = "github.user", .host = "api.github.com", .at = kMarch2024};
  out.credentials[2].validation = {.verdict = model::Verdict::kUnvalidatable, .reason = "it is encrypted", .at = kMarch2024};
  out.rejections = {
      {at("src/test_vectors.py", 3, 14, 40),
       {&kToken, {80, 120}, "crc32-base62: checksum does not match"}},
      {at("README.md\t", 9, 2, 20), {&kGeneric, {10, 30}, "password: a placeholder"}}};
  out.summary = {.targets = {"./repo", "sub/dir/", "/abs/target", "-", "conf/app.env"},
                 .files = 1'234,
                 .blobs = 45'678,
                 .commits = 2'345,
                 .stores = 1,
                 .variables = 2,
                 .bytes = 8'312'345'678,
                 .bytes_matched = 1'950'000'000,
                 .rejected = 17,
                 .held_back = {12},
                 .suppressed = {{"keywake:allow", 2}},
                 .seconds = 2.125};
  out.variables = variables(clear);
  for (int i = 0; i < 5; ++i) {
    out.summary.skips.push_back(
        {"images/disk-" + std::to_string(i) + ".iso", "larger than --max-file-size", false});
  }
  out.summary.skips.push_back({seeded_oid(90), "missing object", true});
  out.summary.skips.push_back({"tokens/" + clear + ".d\x1b[0m", "permission denied", true});
  return out;
}

model::ScanResult empty_result() {
  model::ScanResult out;
  out.summary = {.targets = {"."},
                 .files = 3,
                 .blobs = 12,
                 .commits = 4,
                 .bytes = 4'567,
                 .bytes_matched = 4'567,
                 .seconds = 0.004};
  return out;
}

Options sample_options() {
  return {.version = "0.1.0",
          .homepage = "https://keywake.example/",
          .started = 1'721'000'000,
          .finished = 1'721'000'002};
}

std::string written(Format format, const model::ScanResult& result, const Options& options) {
  std::ostringstream out;
  write(format, result, options, out);
  return out.str();
}

}  // namespace keywake::report
