// Logins at MongoDB. Debian has no server of it, so the whole driver is tested against mongodb_server.py, our own transcription of the
// specifications; what that could get wrong in the same way as the driver is held against the RFCs' own examples.
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "base/base64.h"
#include "base/hash.h"
#include "catch.h"
#include "login/bson.h"
#include "login/mongodb_srv.h"
#include "login/scram.h"
#include "rules/builtin.h"
#include "server_helper.h"
#include "validation/probe.h"
#include "validation/validators.h"

namespace keywake::testing {
namespace {

using login::Scram;
using model::Verdict;

TEST_CASE("SCRAM: the examples of the RFCs") {
  SECTION("RFC 5802, 5") {
    Scram scram("sha1", "user", "pencil", "fyko+d2lbbFgONRv9qkxdawL");
    CHECK(scram.first() == "n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL");
    CHECK(scram.proof("r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096") ==
          "c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts=");
    CHECK(scram.proven("v=rmF9pqV8S7suAoZWja4dJRkFsKQ="));
    CHECK_FALSE(scram.proven("v=smF9pqV8S7suAoZWja4dJRkFsKQ="));
  }
  SECTION("RFC 7677, 3") {
    Scram scram("sha256", "user", "pencil", "rOprNGfwEbeRWgbNEkqO");
    CHECK_FALSE(scram.proven("v="));  // before anything was computed
    CHECK(scram.first() == "n,,n=user,r=rOprNGfwEbeRWgbNEkqO");
    CHECK(scram.proof("r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096") ==
          "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=");
    CHECK(scram.proven("v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="));
    for (const char* wrong : {"v=7rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=", "v=", "v=6rri", "", "e=other-error"}) CHECK_FALSE(scram.proven(wrong));
  }
  SECTION("names with what separates") { CHECK(Scram("sha256", "a,b=c", "x", "nonce").first() == "n,,n=a=2Cb=3Dc,r=nonce"); }
}

TEST_CASE("SCRAM: challenges that are not answered") {
  const std::string nonce = "rOprNGfwEbeRWgbNEkqO";
  for (const std::string& challenge : {std::string(), std::string("r="), "r=" + nonce + "x", "r=" + nonce + ",s=c2FsdA==,i=4096", "r=x" + nonce + "y,s=c2FsdA==,i=4096",
                                       "r=" + nonce + "y,s=c2FsdA==,i=4095", "r=" + nonce + "y,s=c2FsdA==,i=1", "r=" + nonce + "y,s=c2FsdA==,i=200001",
                                       "r=" + nonce + "y,s=c2FsdA==,i=99999999999999999999", "r=" + nonce + "y,s=c2FsdA==,i=4096x", "r=" + nonce + "y,s=c2FsdA==,i=-4096",
                                       "r=" + nonce + "y,s=,i=4096", "r=" + nonce + "y,s=~,i=4096", "m=ext,r=" + nonce + "y,s=c2FsdA==,i=4096",
                                       "r=" + nonce + std::string(2000, 'y') + ",s=c2FsdA==,i=4096", "r=" + nonce + "y,s=" + base64_encode(std::string(2000, 's')) + ",i=4096"}) {
    INFO(challenge);
    CHECK_FALSE(Scram("sha256", "user", "pencil", nonce).proof(challenge).has_value());
  }
  CHECK(Scram("sha256", "user", "pencil", nonce).proof("r=" + nonce + "y,s=c2FsdA==,i=4096").has_value());  // what the others are short of
}

std::string hex(std::string_view text) { return *from_hex(text); }

TEST_CASE("BSON: what is written is as its specification has it, and is read again") {
  // Both examples of https://bsonspec.org/faq.html.
  CHECK(login::bson::Document().text("hello", "world").bytes() == hex("160000000268656c6c6f0006000000776f726c640000"));
  const auto example = login::bson::read(hex("310000000442534f4e002600000002300008000000617765736f6d65000131003333333333331440103200c20700000000"));
  REQUIRE(example.has_value());
  const login::bson::Value* array = example->find("BSON");
  REQUIRE(array != nullptr);
  REQUIRE(array->fields.size() == 3);
  CHECK(array->fields[0].text == "awesome");
  CHECK(array->fields[1].number == 5.05);
  CHECK(array->fields[2].number == 1986);

  const auto own = login::bson::read(
      login::bson::Document().int32("minus", -7).boolean("yes", true).boolean("no", false).binary("bytes", std::string_view("\0\xff", 2)).document("in", login::bson::Document().text("a", "")).bytes());
  REQUIRE(own.has_value());
  CHECK(own->find("minus")->number == -7);
  CHECK(own->is_true("yes"));
  CHECK_FALSE(own->is_true("no"));
  CHECK_FALSE(own->is_true("absent"));
  CHECK(own->find("bytes")->text == std::string_view("\0\xff", 2));
  CHECK(own->find("in")->find("a")->kind == login::bson::Value::Kind::kText);
  CHECK(own->text_of("minus").empty());
  CHECK(own->int_of("minus") == -7);
  CHECK(own->int_of("bytes", 3) == 3);
  CHECK(own->int_of("absent", 3) == 3);
  // A number beyond 32 bits, and what is none (NaN).
  const auto odd = login::bson::read(hex("1b000000" "016100" "000000000000f041" "016200" "000000000000f87f" "00"));
  REQUIRE(odd.has_value());
  CHECK(odd->int_of("a", 3) == 3);
  CHECK(odd->int_of("b", 3) == 3);
}

// A document with every type that there is, and a text at its end that is found only if all widths before were right.
std::string document_of_all() {
  const std::string inside = hex("016400000000000000f83f") + hex("0373000500000000") + hex("0461000500000000") + hex("05620001000000807a") + hex("067500") +
                             hex("076f00" "0102030405060708090a0b0c") + hex("087400" "01") + hex("096400" "0000000000000000") + hex("0a6e00") + hex("0b7200" "612e2a00" "6900") +
                             hex("0c7000" "02000000" "6100" "0102030405060708090a0b0c") + hex("0d6300" "02000000" "6a00") + hex("0e7300" "02000000" "7300") +
                             hex("0f7700" "0f000000" "02000000" "6a00" "0500000000") + hex("106900" "ffffffff") + hex("117300" "0000000000000000") + hex("126c00" "ffffffffffffffff") +
                             hex("136400" "00000000000000000000000000000000") + hex("7f4d00") + hex("ff6d00") + hex("026c61737400" "03000000" "6f6b00");
  std::string out;
  login::bson::append_int32(out, static_cast<std::int32_t>(inside.size() + 5));
  return out + inside + '\0';
}

TEST_CASE("BSON: every type has its width; what is cut or lies about its length is none") {
  const std::string all = document_of_all();
  const auto read = login::bson::read(all);
  REQUIRE(read.has_value());
  CHECK(read->text_of("last") == "ok");
  CHECK(read->find("d")->number == 1.5);
  CHECK(read->find("l")->number == -1);
  for (std::size_t size = 0; size < all.size(); ++size) CHECK_FALSE(login::bson::read(all.substr(0, size)).has_value());
  CHECK_FALSE(login::bson::read(all + '\0').has_value());
  // No byte, whatever it becomes, leads the reader beyond the end (the sanitizers' builds would see it).
  for (std::size_t at = 0; at < all.size(); ++at) {
    for (const char byte : {'\0', '\x01', '\x7f', '\xff'}) {
      std::string changed = all;
      changed[at] = byte;
      (void)login::bson::read(changed);
    }
  }
  for (const char* hostile : {"0500000000" "00", "04000000", "ffffffff00", "0500000001", "0c0000001061000100000001", "0d000000026100ffffffff0000", "0d0000000561000000008000ff", "08000000146100" "00"}) {
    INFO(hostile);
    CHECK_FALSE(login::bson::read(hex(hostile)).has_value());
  }
}

TEST_CASE("BSON: documents lie in one another to some depth only") {
  auto nested = [](int depth) {
    login::bson::Document out;
    for (int i = 1; i < depth; ++i) out = login::bson::Document().document("d", out);
    return out.bytes();
  };
  CHECK(login::bson::read(nested(login::bson::kMaxDepth)).has_value());
  CHECK_FALSE(login::bson::read(nested(login::bson::kMaxDepth + 1)).has_value());
  CHECK_FALSE(login::bson::read(nested(5000)).has_value());
}

nlohmann::json user(const std::string& db, const std::string& name, const std::string& password, const std::vector<std::string>& mechanisms, nlohmann::json more = nlohmann::json::object()) {
  more.update({{"db", db}, {"user", name}, {"password", password}, {"mechanisms", mechanisms}});
  return more;
}

nlohmann::json users() {
  using nlohmann::json;
  const std::vector<std::string> both{"SCRAM-SHA-1", "SCRAM-SHA-256"};
  json out = json::array();
  json roles = json::array();
  roles.push_back(json::array({"readWrite", "shop"}));
  roles.push_back(json::array({"read", "stock"}));
  out.push_back(user("admin", "app", "the-apps-own", both, {{"roles", roles}, {"databases", {"shop", "stock"}}}));
  out.push_back(user("shop", "till", "the-tills-own", {"SCRAM-SHA-256"}));
  out.push_back(user("admin", "old", "the-olds-own", {"SCRAM-SHA-1"}, {{"legacy", true}}));
  out.push_back(user("admin", "a,b=c", "p@ss/w:rd %41", both));
  out.push_back(user("admin", "umlaut", "the-ümlauts-own", both));
  out.push_back(user("admin", "newer", "the-ümlauts-own", {"SCRAM-SHA-256"}));
  out.push_back(user("admin", "silent1", "the-silents-own", {"SCRAM-SHA-1"}, {{"silent", true}}));
  out.push_back(user("admin", "silent256", "the-silents-own", {"SCRAM-SHA-256"}, {{"silent", true}}));
  out.push_back(user("admin", "silent-umlaut", "the-ümlauts-own", {"SCRAM-SHA-256"}, {{"silent", true}}));
  out.push_back(user("admin", "card", "whatever", {"MONGODB-X509"}));
  out.push_back(user("admin", "arbiter", "whatever", both, {{"hello", {{"isWritablePrimary", false}, {"secondary", false}, {"arbiterOnly", true}}}}));
  out.push_back(user("admin", "starting", "whatever", both, {{"hello", {{"isWritablePrimary", false}, {"secondary", false}}}}));
  out.push_back(user("admin", "atlas", "whatever", both, {{"error", {8000, "bad auth : Authentication failed."}}}));
  out.push_back(user("admin", "atlas-other", "whatever", both, {{"error", {8000, "too many connections"}}}));
  out.push_back(user("admin", "gone", "whatever", both, {{"error", {11, "Could not find user"}}}));
  out.push_back(user("admin", "not-allowed", "whatever", both, {{"error", {13, "not authorized"}}}));
  out.push_back(user("admin", "shutdown", "whatever", both, {{"error", {91, "The server is in quiesce mode and will shut down"}}}));
  for (const char* fault : {"forged", "nonce", "huge", "cut", "response", "end"}) out.push_back(user("admin", fault, "the-faults-own", both, {{"fault", fault}}));
  out.push_back(user("admin", "few", "the-faults-own", both, {{"iterations", 1}}));
  out.push_back(user("admin", "many", "the-faults-own", both, {{"iterations", 2'000'000'000}}));
  return out;
}

class Mongod {
 public:
  explicit Mongod(const Authority* authority, bool patient = false) : server_(words(authority, patient), port_) {}
  [[nodiscard]] int port() const { return port_; }

 private:
  // The program is copied, since the user that servers run as may not come to where it lies.
  std::vector<std::string> words(const Authority* authority, bool patient) const {
    std::ifstream in(KEYWAKE_SOURCE_DIR "/tests/logins/mongodb_server.py");
    std::ostringstream program;
    program << in.rdbuf();
    std::vector<std::string> out{"/usr/bin/python3", folder_.write("server.py", program.str()), std::to_string(port_), folder_.write("users.json", users().dump())};
    if (authority != nullptr) out.insert(out.end(), {authority->certificate(), authority->key()});
    if (patient) out.emplace_back("patient");
    return out;
  }

  const Folder folder_;
  const int port_ = free_port();
  const Server server_;
};

Login as(const std::string& user, const std::string& password, const std::string& database = "", const std::string& source = "", const std::string& mechanism = "", const std::string& host = "db.acme.test") {
  return {"mongodb.url", password, {{"scheme", "mongodb"}, {"user", user}, {"host", host}, {"database", database}, {"auth_source", source}, {"auth_mechanism", mechanism}}};
}

TEST_CASE("MongoDB: who is let in, who is not, and what it tells") {
  const Authority authority({"db.acme.test"});
  const Mongod server(&authority);
  struct Row {
    Login login;
    Verdict verdict;
    std::string reason;
  };
  const Row rows[] = {
      {as("app", "the-apps-own"), Verdict::kLive, "let in"},
      {as("app", "the-apps-own", "shop"), Verdict::kLive, "let in"},  // a user of admin, as the URL does not say
      {as("app", "the-apps-own", "shop", "admin"), Verdict::kLive, "let in"},
      {as("app", "another"), Verdict::kDead, "authentication failed"},
      {as("app", "another", "shop"), Verdict::kDead, "authentication failed"},
      {as("app", "the-apps-own", "", "shop"), Verdict::kDead, "authentication failed"},
      {as("till", "the-tills-own", "shop"), Verdict::kLive, "let in"},
      {as("till", "the-tills-own", "shop", "shop"), Verdict::kLive, "let in"},
      {as("till", "the-tills-own"), Verdict::kDead, "authentication failed"},
      {as("nobody", "whatever"), Verdict::kDead, "authentication failed"},
      {as("nobody", "wh%C3%A4tever"), Verdict::kUnknown, "beyond ASCII"},
      {as("old", "the-olds-own"), Verdict::kLive, "let in"},
      {as("old", "another"), Verdict::kDead, "authentication failed"},
      {as("a%2Cb%3Dc", "p%40ss%2Fw%3Ard%20%2541"), Verdict::kLive, "let in"},
      {as("umlaut", "the-%C3%BCmlauts-own"), Verdict::kLive, "let in"},
      {as("newer", "the-%C3%BCmlauts-own"), Verdict::kUnknown, "beyond ASCII"},
      {as("silent1", "the-silents-own"), Verdict::kLive, "let in"},
      {as("silent256", "the-silents-own"), Verdict::kLive, "let in"},
      {as("silent1", "another"), Verdict::kDead, "authentication failed"},
      {as("silent256", "another"), Verdict::kDead, "authentication failed"},
      {as("silent-umlaut", "the-%C3%BCmlauts-own"), Verdict::kUnknown, "beyond ASCII"},
      {as("card", "whatever"), Verdict::kUnknown, "something else than a password"},
      {as("app", "the-apps-own", "", "$external"), Verdict::kUnknown, "something else than a password"},
      {as("app", "the-apps-own", "", "", "MONGODB-AWS"), Verdict::kUnknown, "something else than a password"},
      {as("app", "the-apps-own", "", "", "SCRAM-SHA-256"), Verdict::kLive, "let in"},
      {as("arbiter", "whatever"), Verdict::kBlocked, "neither primary nor secondary"},
      {as("starting", "whatever"), Verdict::kBlocked, "neither primary nor secondary"},
      {as("atlas", "whatever"), Verdict::kDead, "authentication failed"},
      {as("atlas-other", "whatever"), Verdict::kUnknown, "503"},
      {as("gone", "whatever"), Verdict::kDead, "authentication failed"},
      {as("not-allowed", "whatever"), Verdict::kUnknown, "503"},
      {as("shutdown", "whatever"), Verdict::kBlocked, "shutting down"},
      {as("forged", "the-faults-own"), Verdict::kUnknown, "does not prove"},
      {as("nonce", "the-faults-own"), Verdict::kUnknown, "does not prove"},
      {as("few", "the-faults-own"), Verdict::kUnknown, "does not prove"},
      {as("many", "the-faults-own"), Verdict::kUnknown, "does not prove"},
      {as("huge", "the-faults-own"), Verdict::kUnknown, "not of its protocol"},
      {as("response", "the-faults-own"), Verdict::kUnknown, "not of its protocol"},
      {as("cut", "the-faults-own"), Verdict::kUnknown, ""},
      {as("end", "the-faults-own"), Verdict::kLive, "let in"},
      {as("end", "another-password"), Verdict::kDead, "authentication failed"},
      {as("app", "the-apps-own", "", "", "", "other.acme.test"), Verdict::kUnknown, "certificate"},
  };
  for (const Row& row : rows) {
    INFO(row.login.parts[1].second << " " << row.login.secret << " " << row.login.parts[3].second << " " << row.login.parts[4].second);
    const model::Validation result = asked(row.login, server.port(), authority.ca());
    CHECK(model::name(result.verdict) == model::name(row.verdict));
    CHECK_THAT(result.reason, Catch::Contains(row.reason));
    CHECK(result.reason.find(row.login.secret) == std::string::npos);
  }
  const model::Validation app = asked(as("app", "the-apps-own"), server.port(), authority.ca());
  CHECK(fact(app, "owner") == "app");
  CHECK(fact(app, "roles") == "readWrite@shop, read@stock");
  CHECK(fact(app, "resources") == "shop, stock");
  // On a command line nothing is percent-encoded.
  const Login command{"mongodb.command-line", "p@ss/w:rd %41", {{"user", "a,b=c"}, {"host", "db.acme.test"}}};
  CHECK(asked(command, server.port(), authority.ca()).verdict == Verdict::kLive);
}

TEST_CASE("MongoDB: without TLS only where the server has none and the user allows it") {
  const Mongod server(nullptr);
  const model::Validation refused = asked(as("app", "the-apps-own"), server.port(), "");
  CHECK(refused.verdict == Verdict::kSkipped);
  CHECK_THAT(refused.reason, Catch::Contains("--allow-plaintext"));
  CHECK(asked(as("app", "the-apps-own"), server.port(), "", true).verdict == Verdict::kLive);
  CHECK(asked(as("app", "another"), server.port(), "", true).verdict == Verdict::kDead);

  const Mongod patient(nullptr, true);
  CHECK(asked(as("app", "the-apps-own"), patient.port(), "", true).verdict == Verdict::kLive);

  const Authority authority({"db.acme.test"});
  const Authority stranger({"db.acme.test"});
  const Mongod guarded(&authority);
  const model::Validation untrusted = asked(as("app", "the-apps-own"), guarded.port(), stranger.ca(), true);
  CHECK(untrusted.verdict == Verdict::kUnknown);
  CHECK_THAT(untrusted.reason, Catch::Contains("certificate"));
}

// No connection: the system's name servers are none of the test's.
TEST_CASE("MongoDB: the URL that is asked at has the scheme, the database and the options of the one that was found") {
  const auto validators = validation::Validators::load({}, rules::builtin_validators());
  REQUIRE(validators.has_value());
  const Secret secret("the-apps-own");
  const std::vector<model::Part> parts{{"scheme", "mongodb+srv"}, {"user", "a%2Cb"}, {"host", "cluster0.shop.acme.test"}, {"database", "shop"}, {"auth_source", "%24external"}};
  const validation::AllowedHosts allowed{"cluster0.shop.acme.test"};
  const auto probe = validation::make_probe(*validators->find("mongodb.url"), validation::Values::of(secret, parts), allowed);
  const auto request = probe->next();
  REQUIRE(request.has_value());
  CHECK(request->url == "mongodb+srv://cluster0.shop.acme.test/shop?authSource=%24external&authMechanism=");
  CHECK(request->user == "a,b");
  CHECK(probe->host().port == 27017);
}

// A name server that answers each question from a table of "name type" to records in hexadecimal, and NXDOMAIN for all others.
class Names {
 public:
  explicit Names(const nlohmann::json& records) : server_({"/usr/bin/python3", "-c", kProgram, std::to_string(port_), records.dump()}, port_) {}
  [[nodiscard]] net::HostPort address() const { return {"127.0.0.1", static_cast<std::uint16_t>(port_)}; }

 private:
  // Listens by TCP too, which is how the test sees that it is there.
  static constexpr const char* kProgram = R"(
import json, socket, struct, sys
port, records = int(sys.argv[1]), json.loads(sys.argv[2])
names = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
names.bind(("127.0.0.1", port))
ready = socket.create_server(("127.0.0.1", port))
while True:
    question, whom = names.recvfrom(4096)
    at, labels = 12, []
    while question[at]:
        labels.append(question[at + 1 : at + 1 + question[at]].decode())
        at += 1 + question[at]
    kind = struct.unpack_from(">H", question, at + 1)[0]
    answers = records.get(".".join(labels) + " " + {16: "TXT", 33: "SRV"}.get(kind, "?"))
    out = question[:2] + struct.pack(">HHHHH", 0x8180 if answers else 0x8183, 1, len(answers or []), 0, 0) + question[12 : at + 5]
    for each in answers or []:
        data = bytes.fromhex(each)
        out += struct.pack(">HHHIH", 0xC00C, kind, 1, 60, len(data)) + data
    names.sendto(out, whom)
)";
  const int port_ = free_port();
  const Server server_;
};

std::string service(int port, const std::string& target) {
  std::string out(4, '\0');
  out += static_cast<char>(port >> 8);
  out += static_cast<char>(port);
  std::istringstream labels(target);
  for (std::string label; std::getline(labels, label, '.');) out += static_cast<char>(label.size()) + label;
  return to_hex(out + '\0');
}

std::string text(const std::string& first, const std::string& second = "") {
  return to_hex(static_cast<char>(first.size()) + first + (second.empty() ? "" : static_cast<char>(second.size()) + second));
}

TEST_CASE("MongoDB: where mongodb+srv leads") {
  nlohmann::json records;
  records["_mongodb._tcp.one.shop.acme.test SRV"] = {service(27018, "DB1.shop.acme.test"), service(27019, "db2.shop.acme.test")};
  records["one.shop.acme.test TXT"] = {text("authSource=ad", "min&replicaSet=rs0")};
  records["_mongodb._tcp.bare.shop.acme.test SRV"] = {service(27017, "db.bare.shop.acme.test")};
  records["_mongodb._tcp.elsewhere.shop.acme.test SRV"] = {service(27017, "db1.shop.acme.test"), service(27017, "db.other.test")};
  records["_mongodb._tcp.alike.shop.acme.test SRV"] = {service(27017, "db.evilshop.acme.test")};
  records["_mongodb._tcp.parent.shop.acme.test SRV"] = {service(27017, "shop.acme.test")};
  records["_mongodb._tcp.short.test SRV"] = {service(27017, "other.test")};
  records["_mongodb._tcp.slash.shop.acme.test SRV"] = {service(27017, "other.test/.shop.acme.test")};
  records["_mongodb._tcp.cut.shop.acme.test SRV"] = {"0000000069"};
  records["_mongodb._tcp.loop.shop.acme.test SRV"] = {"000000006989c02e"};
  const Names names(records);
  auto seed = [&](const std::string& host) { return login::mongodb_seed(host, std::chrono::steady_clock::now() + std::chrono::seconds(10), names.address()); };

  const auto one = seed("one.shop.acme.test");
  REQUIRE(one.has_value());
  CHECK(one->host.host == "db1.shop.acme.test");
  CHECK(one->host.port == 27018);
  CHECK(one->options == "authSource=admin&replicaSet=rs0");
  const auto bare = seed("bare.shop.acme.test");
  REQUIRE(bare.has_value());
  CHECK(bare->options.empty());
  for (const char* outside : {"elsewhere.shop.acme.test", "alike.shop.acme.test", "parent.shop.acme.test", "short.test", "slash.shop.acme.test", "cut.shop.acme.test", "loop.shop.acme.test"}) {
    INFO(outside);
    const auto refused = seed(outside);
    REQUIRE_FALSE(refused.has_value());
    CHECK(refused.error().failure == net::Failure::kRefused);
  }
  const auto absent = seed("absent.shop.acme.test");
  REQUIRE_FALSE(absent.has_value());
  CHECK(absent.error().failure == net::Failure::kResolve);
}

}  // namespace
}  // namespace keywake::testing
