// What must never happen: a secret in a report that redacts. And its counterpart: --show-secrets
// shows it.
#include <algorithm>
#include <random>
#include <sstream>

#include "base/text.h"
#include "catch.h"
#include "model/fingerprint.h"
#include "report/escape.h"
#include "report/redactor.h"
#include "sample.h"

namespace keywake::report {
namespace {

constexpr Format kFormats[] = {Format::kText,   Format::kJson,   Format::kJsonl, Format::kSarif,
                               Format::kGitlab, Format::kGithub, Format::kCsv};

bool contains(const std::string& text, const std::string& part) {
  return !part.empty() && text.find(part) != std::string::npos;
}

// As JSON has it between quotes; enough for the bytes that the tests below use.
std::string in_json(std::string_view text) {
  std::string out;
  for (char c : to_utf8(text)) {
    if (c == '"' || c == '\\') out += '\\';
    if (c == '\n') {
      out += "\\n";
    } else {
      out += c;
    }
  }
  return out;
}

// Every spelling under which a format could let the bytes through.
std::vector<std::string> spellings(std::string_view secret) {
  std::vector<std::string> out{std::string(secret),
                               to_utf8(secret),
                               in_json(secret),
                               printable(secret),
                               relative_uri(secret),
                               workflow_data(secret),
                               workflow_property(secret),
                               sarif_message(secret),
                               markdown_text(secret),
                               in_json(sarif_message(secret)),
                               in_json(markdown_text(secret))};
  return out;
}

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    "=-_.:,\"\\'{}[]()%$#@!&*?;<>|~^ ";

std::string random_text(std::mt19937& random, std::size_t length) {
  std::string out;
  for (std::size_t i = 0; i < length; ++i) out += kAlphabet[random() % kAlphabet.size()];
  return out;
}

// One credential per secret, and each text of each sighting repeats secrets, alone and side by
// side.
model::ScanResult result_that_repeats(const std::vector<std::string>& secrets,
                                      std::mt19937& random) {
  static constexpr model::Pattern kPattern{
      .id = "test.secret", .provider = "test", .title = "Test secret"};
  model::ScanResult out;
  auto any = [&]() -> const std::string& { return secrets[random() % secrets.size()]; };
  for (const std::string& secret : secrets) {
    model::Credential credential{.pattern = &kPattern, .secret = Secret(secret)};
    credential.fingerprint = model::fingerprint(credential.secret);
    credential.parts = {{"id", any()}, {"host", "x" + any() + any()}};
    model::Sighting sighting{.target = "t/" + any(), .path = "p/" + any() + any() + ".txt"};
    sighting.git = model::GitPlace{.commit = seeded_oid(random()),
                                   .author = "by " + any(),
                                   .email = any() + "@example.com",
                                   .summary = "use " + any() + "," + any(),
                                   .at_tip = random() % 2 == 0,
                                   .reachable = true};
    credential.sightings = {sighting, {.target = any(), .path = any() + "!/" + any()}};
    out.rejections.push_back({sighting, {&kPattern, {}, "reason " + any()}});
    if (out.rejections.size() % 4 == 0) {
      out.held_back.push_back(credential.secret);  // and repeated by what is reported
    } else {
      out.credentials.push_back(std::move(credential));
    }
  }
  out.summary.targets = {any(), any() + "/x"};
  out.summary.skips = {{any(), "missing object", true}, {"a/" + any(), "too large", false}};
  return out;
}

TEST_CASE("No format lets a redacted secret through, wherever the target repeats it") {
  std::mt19937 random(20240301);
  for (int round = 0; round < 60; ++round) {
    std::vector<std::string> secrets;
    for (int i = 0; i < 6; ++i) {
      secrets.push_back(random_text(random, Redactor::kNameLength + random() % 60));
    }
    // One that contains another, one that begins like another, one of several lines.
    secrets.push_back(random_text(random, 3) + secrets[0] + random_text(random, 3));
    secrets.push_back(secrets[1].substr(0, 6) + random_text(random, 12));
    secrets.push_back(random_text(random, 30) + "\n" + random_text(random, 30));
    const model::ScanResult result = result_that_repeats(secrets, random);
    for (Format format : kFormats) {
      const std::string report = written(format, result, sample_options());
      for (const std::string& secret : secrets) {
        for (const std::string& spelling : spellings(secret)) {
          INFO(kFormatNames[static_cast<std::size_t>(format)] << ", round " << round);
          CHECK_FALSE(contains(report, spelling));
        }
      }
    }
  }
}

TEST_CASE("A short secret is redacted in prose and does not destroy paths") {
  model::Credential credential{.secret = Secret("postgres")};
  std::vector<model::Credential> credentials;
  credentials.push_back(credential);
  const std::vector<Secret> held_back{Secret("petclinic")};
  const Redactor redactor(credentials, held_back);
  CHECK(redactor.prose("set password to postgres") == "set password to ********");
  CHECK(redactor.name("docker/postgres/compose.yml") == "docker/postgres/compose.yml");
  CHECK(redactor.prose("or to petclinic") == "or to ********");
  CHECK(redactor.prose("pos") == "pos");
  CHECK(redactor.prose("") == "");
}

TEST_CASE(
    "A part that is marked as secret is redacted, and shown only when secrets are asked for") {
  model::ScanResult result = rich_result();
  std::mt19937 random(5);
  const std::string hidden = random_text(random, 24);
  const std::string open = random_text(random, 24);
  result.credentials.front().parts = {{"client_id", open}, {"client_secret", hidden, true}};
  for (Format format : {Format::kText, Format::kJson, Format::kJsonl, Format::kCsv}) {
    INFO(kFormatNames[static_cast<std::size_t>(format)]);
    Options options = sample_options();
    CHECK(contains(written(format, result, options), open));
    CHECK_FALSE(contains(written(format, result, options), hidden));
    options.show_secrets = true;
    CHECK(contains(written(format, result, options), hidden));
  }
}

TEST_CASE("The rich result shows no secret in any format") {
  const model::ScanResult result = rich_result();
  for (Format format : kFormats) {
    const std::string report = written(format, result, sample_options());
    for (const model::Credential& credential : result.credentials) {
      INFO(kFormatNames[static_cast<std::size_t>(format)] << " " << credential.pattern->id);
      CHECK_FALSE(contains(report, std::string(credential.secret.reveal())));
    }
    // The body of the PEM key line by line, too.
    std::istringstream lines{std::string(result.credentials[2].secret.reveal())};
    for (std::string line; std::getline(lines, line);) {
      if (!line.starts_with("-")) CHECK_FALSE(contains(report, line));
    }
  }
}

TEST_CASE("With --show-secrets every format shows them") {
  const model::ScanResult result = rich_result();
  Options options = sample_options();
  options.show_secrets = true;
  for (Format format : kFormats) {
    const std::string report = written(format, result, options);
    for (const model::Credential& credential : result.credentials) {
      INFO(kFormatNames[static_cast<std::size_t>(format)] << " " << credential.pattern->id);
      const std::string secret(credential.secret.reveal());
      const bool shown = secret.find('\n') == std::string::npos
                             ? contains(report, secret)
                             : contains(report, secret.substr(secret.find('\n') + 1, 64));
      CHECK(shown);
    }
  }
}

TEST_CASE("No format writes a control character, an escape sequence or invalid UTF-8") {
  for (bool show_secrets : {false, true}) {
    Options options = sample_options();
    options.show_secrets = show_secrets;
    for (Format format : kFormats) {
      const std::string report = written(format, rich_result(), options);
      INFO(kFormatNames[static_cast<std::size_t>(format)]);
      const bool control = std::any_of(report.begin(), report.end(), [&](unsigned char c) {
        const bool line_end = c == '\n' || (format == Format::kCsv && c == '\r');
        return (c < 0x20 && !line_end) || c == 0x7f;
      });
      CHECK_FALSE(control);
      CHECK(to_utf8(report) == report);
      CHECK_FALSE(contains(report, "\xc2\x9b"));      // CSI as one character
      CHECK_FALSE(contains(report, "\xe2\x80\xae"));  // right-to-left override
    }
  }
}

TEST_CASE("A hostile name cannot begin a line of the GitHub report") {
  std::istringstream lines(written(Format::kGithub, rich_result(), sample_options()));
  for (std::string line; std::getline(lines, line);) {
    const bool ours = line.starts_with("::error file=") || line.starts_with("::warning file=") ||
                      line.starts_with("::error title=") || line.starts_with("::warning title=") ||
                      line.starts_with("::notice file=") || line.starts_with("::notice title=") ||
                      line.starts_with("keywake: ");
    INFO(line);
    CHECK(ours);
  }
}

}  // namespace
}  // namespace keywake::report
