// Private keys and the certificates beside them, made by openssl: whose, until when, trusted or not.
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "authority_helper.h"
#include "catch.h"
#include "rules/builtin.h"
#include "validation/validate.h"

namespace keywake::validation {
namespace {

namespace fs = std::filesystem;
using model::Verdict;

constexpr std::string_view kValidators = R"(
[[validator]]
id        = "private-key.certificate"
validates = ["private-key.ec"]
scheme    = "x509"
docs      = "https://www.rfc-editor.org/rfc/rfc5280"
)";

std::string text_of(const fs::path& file) {
  std::ostringstream out;
  out << std::ifstream(file).rdbuf();
  return out.str();
}

void shell(const std::string& line) { REQUIRE(std::system((line + " 2>/dev/null").c_str()) == 0); }

struct Desk {
  testing::Authority authority{{"shop.acme.test", "www.acme.test"}};
  fs::path folder = authority.folder() / "deploy";
  Validators validators = *Validators::load({}, std::vector<rules::BuiltinFile>{{"private-key.toml", kValidators}});

  Desk() { fs::create_directory(folder); }

  // What is said of the key in a file of the folder, as a scan of the folder finds it.
  model::Validation asked(const std::string& file, const std::string& ca) const {
    model::Pattern pattern;
    pattern.id = "private-key.ec";
    pattern.title = "EC private key";
    model::Credential credential;
    credential.pattern = &pattern;
    const std::string text = text_of(folder / file);
    credential.secret = Secret(text.substr(text.rfind("-----BEGIN ")));
    model::Sighting sighting;
    sighting.target = folder.string();
    sighting.path = file;
    credential.sightings.push_back(sighting);
    ValidateOptions options;
    options.ask.client.ca_file = ca;
    REQUIRE(validate(std::span(&credential, 1), validators, options, [](const AskProgress&) {}));
    return *credential.validation;
  }
};

TEST_CASE("a private key is as good as the certificate beside it") {
  const Desk desk;
  const std::string in = "cd '" + desk.folder.string() + "' && ";
  SECTION("trusted, in another file of its folder") {
    fs::copy(desk.authority.key(), desk.folder / "server.key");
    fs::copy(desk.authority.certificate(), desk.folder / "tls.crt");
    const model::Validation result = desk.asked("server.key", desk.authority.ca());
    CHECK(result.verdict == Verdict::kLive);
    CHECK_THAT(result.reason, Catch::Contains("keywake test authority"));
    CHECK(result.host.empty());
    const auto names = std::find_if(result.facts.begin(), result.facts.end(), [](const model::Fact& fact) { return fact.name == "resources"; });
    REQUIRE(names != result.facts.end());
    CHECK(names->values == std::vector<std::string>{"shop.acme.test", "www.acme.test"});
    CHECK(desk.asked("server.key", "").verdict == Verdict::kUnknown);  // an authority that nobody named
  }
  SECTION("in the same file, with its chain before it") {
    std::ofstream(desk.folder / "all.txt") << text_of(desk.authority.ca()) << text_of(desk.authority.certificate()) << text_of(desk.authority.key());
    CHECK(desk.asked("all.txt", desk.authority.ca()).verdict == Verdict::kLive);
  }
  SECTION("expired") {
    fs::copy(desk.authority.key(), desk.folder / "old.key");
    std::ofstream(desk.folder / "ca.cnf") << "[ca]\ndefault_ca=d\n[d]\ndatabase=index\nnew_certs_dir=.\nrand_serial=yes\ndefault_md=sha256\npolicy=p\n[p]\ncommonName=supplied\n";
    shell(in + "touch index && openssl req -new -key old.key -subj /CN=old -out old.csr && openssl ca -batch -config ca.cnf -selfsign -keyfile old.key -in old.csr"
               " -startdate 20200101000000Z -enddate 20210101000000Z -notext -out old.pem");
    const model::Validation result = desk.asked("old.key", "");
    CHECK(result.verdict == Verdict::kDead);
    CHECK_THAT(result.reason, Catch::Contains("expired on"));
  }
  SECTION("self-signed: a SPIFFE identity, and nobody knows who trusts it") {
    fs::copy(desk.authority.key(), desk.folder / "svid.key");
    shell(in + "openssl req -x509 -key svid.key -subj '/O=SPIRE' -addext 'subjectAltName=URI:spiffe://acme.test/ns/prod/sa/shop' -days 2 -out svid.pem");
    const model::Validation result = desk.asked("svid.key", "");
    CHECK(result.verdict == Verdict::kUnknown);
    CHECK_THAT(result.reason, Catch::Contains("signed by itself"));
    REQUIRE(!result.facts.empty());
    CHECK(result.facts.front() == model::Fact{"account", {"spiffe://acme.test/ns/prod/sa/shop"}});
  }
  SECTION("of another key, or none at all, or behind a link") {
    shell(in + "openssl ecparam -name prime256v1 -genkey -noout -out lone.key");
    CHECK(desk.asked("lone.key", "").verdict == Verdict::kUnvalidatable);
    fs::create_symlink(desk.authority.certificate(), desk.folder / "link.pem");
    CHECK(desk.asked("lone.key", "").verdict == Verdict::kUnvalidatable);
    fs::copy(desk.authority.certificate(), desk.folder / "other.pem");
    const model::Validation result = desk.asked("lone.key", desk.authority.ca());
    CHECK(result.verdict == Verdict::kUnknown);
    CHECK_THAT(result.reason, Catch::Contains("another key"));
  }
}

}  // namespace
}  // namespace keywake::validation
