#include "report/revocation.h"

#include "catch.h"
#include "report/view.h"

namespace keywake::report {
namespace {

TEST_CASE("the command that revokes: nothing that was scanned can be more than a word in it") {
  struct Row {
    std::string_view revoke;
    std::string value;
    std::string command;
  };
  const Row rows[] = {
      {"", "x", ""},
      {"vault token revoke -self", "x", "vault token revoke -self"},
      {"keys delete {id} --account={email}", "ci@acme.iam.gserviceaccount.com", "keys delete ci@acme.iam.gserviceaccount.com --account=<email>"},
      {"token={secret}", "x", "token=$SECRET"},
      {"{\"a\":[\"{secret}\"]} {", "x", "{\"a\":[\"$SECRET\"]} {"},
      {"del {id}", "x; rm -rf /", "del <id>"},
      {"del {id}", "$(id)", "del <id>"},
      {"del {id}", "a'b", "del <id>"},
      {"del {id}", "a b", "del <id>"},
      {"del {id}", "-rf", "del <id>"},
      {"del {id}", "a\nb", "del <id>"},
      {"del {id}", "\xe2\x80\xae", "del <id>"},
      {"del {id}", "", "del <id>"},
  };
  for (const Row& row : rows) {
    INFO(row.revoke << " " << row.value);
    model::Pattern pattern;
    pattern.id = "acme.token";
    pattern.revoke = row.revoke;
    model::ScanResult result;
    model::Credential& credential = result.credentials.emplace_back();
    credential.pattern = &pattern;
    credential.secret = Secret("the-secret-itself");
    credential.parts = {{"id", row.value, false}};
    CHECK(revocation(View(result, {}), credential) == row.command);
  }
}

}  // namespace
}  // namespace keywake::report
