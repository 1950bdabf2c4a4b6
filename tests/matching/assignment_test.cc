#include "matching/assignment.h"

#include <string>
#include <string_view>

#include "catch.h"
#include "matching/assigned_value.h"
#include "matching/secret_name.h"

namespace keywake::matching {
namespace {

constexpr std::string_view kHits[] = {"password", "PASSWORD", "Password", "passwd", "token", "TOKEN", "Token", "secret", "SECRET", "apiKey", "API_KEY", "ApiKey", "api_key"};

// The assignment of the first name in the text that has one.
std::optional<Assignment> read(std::string_view text) {
  for (std::size_t at = 0; at < text.size(); ++at) {
    for (std::string_view hit : kHits) {
      if (!text.substr(at).starts_with(hit)) continue;
      if (!may_be_assigned(text, at, at + hit.size())) continue;
      if (auto found = read_assignment(text, at, at + hit.size(), true)) return found;
    }
  }
  return std::nullopt;
}

struct Row {
  std::string_view text;
  std::string_view name;
  Form form;
};

// Each text gives its name the value "vALUE-1".
constexpr Row kRows[] = {
    {R"(password = "vALUE-1")", "password", Form::kQuoted},
    {R"("dbPassword": "vALUE-1",)", "dbPassword", Form::kQuoted},
    {R"('dbPassword' => 'vALUE-1')", "dbPassword", Form::kQuoted},
    {R"($config['password'] = 'vALUE-1';)", "password", Form::kQuoted},
    {R"(config["password"] = `vALUE-1`)", "password", Form::kQuoted},
    {R"({\"token\": \"vALUE-1\"})", "token", Form::kQuoted},
    {R"(String password = new String("vALUE-1");)", "password", Form::kQuoted},
    {R"(token: str = "vALUE-1")", "token", Form::kQuoted},
    {R"(private readonly token: string = 'vALUE-1';)", "token", Form::kQuoted},
    {R"(var password string = "vALUE-1")", "password", Form::kQuoted},
    {R"(password := "vALUE-1")", "password", Form::kQuoted},
    {R"(char password[] = "vALUE-1";)", "password", Form::kQuoted},
    {R"(public string Password { get; set; } = "vALUE-1";)", "Password", Form::kQuoted},
    {R"(let password: &str = "vALUE-1";)", "password", Form::kQuoted},
    {R"(password <- "vALUE-1")", "password", Form::kQuoted},
    {R"(#define PASSWORD "vALUE-1")", "PASSWORD", Form::kQuoted},
    {R"(set password "vALUE-1")", "password", Form::kQuoted},
    {R"(if password == "vALUE-1":)", "password", Form::kQuoted},
    {R"(if (password.equals("vALUE-1")))", "password.equals", Form::kQuoted},
    {R"(if (strcmp(password, "vALUE-1") == 0))", "password", Form::kQuoted},
    {R"(props.put("password", "vALUE-1");)", "password", Form::kQuoted},
    {R"(user.setPassword("vALUE-1");)", "user.setPassword", Form::kQuoted},
    {R"(x = os.environ.get("API_KEY", "vALUE-1"))", "API_KEY", Form::kQuoted},
    {R"(token = os.getenv("X") or "vALUE-1")", "token", Form::kQuoted},
    {R"(const token = process.env.X || 'vALUE-1';)", "token", Form::kQuoted},
    {R"(token = config.x ?? "vALUE-1")", "token", Form::kQuoted},
    {R"(Client(token="vALUE-1", retries=3))", "token", Form::kQuoted},
    {R"(password = b"vALUE-1")", "password", Form::kQuoted},
    {R"(password = """vALUE-1""")", "password", Form::kQuoted},
    {"password =\n    'vALUE-1'", "password", Form::kQuoted},
    {R"(password: "${DB_PASSWORD:vALUE-1}")", "password", Form::kQuoted},
    {R"(token = "Bearer vALUE-1")", "token", Form::kQuoted},
    {"X-Auth-Token: Bearer vALUE-1\n", "X-Auth-Token", Form::kPlain},
    {"DB_PASSWORD=vALUE-1\n", "DB_PASSWORD", Form::kPlain},
    {"export DB_PASSWORD=vALUE-1 && run", "DB_PASSWORD", Form::kPlain},
    {"spring.datasource.password = vALUE-1\r\n", "spring.datasource.password", Form::kPlain},
    {"  password: vALUE-1\n", "password", Form::kPlain},
    {"DB_PASSWORD=${DB_PASSWORD:-vALUE-1}", "DB_PASSWORD", Form::kPlain},
    {"ENV DB_PASSWORD vALUE-1\n", "DB_PASSWORD", Form::kPlain},
    {"https://acme.test/?token=vALUE-1&page=2", "token", Form::kPlain},
    {"Server=db;Password=vALUE-1;Encrypt=true", "Password", Form::kPlain},
    {"run --password vALUE-1 now", "password", Form::kOption},
    {"run --db-password=vALUE-1 now", "db-password", Form::kPlain},
    {"<password>vALUE-1</password>", "password", Form::kElement},
    {"<ns:password type=\"x\"><![CDATA[vALUE-1]]></ns:password>", "", Form::kElement},
    {R"(<entry key="password">vALUE-1</entry>)", "password", Form::kElement},
    {R"(<add key="ApiKey" value="vALUE-1" />)", "ApiKey", Form::kQuoted},
    {R"(<input type="password" value="vALUE-1">)", "password", Form::kQuoted},
    {R"({"name": "API_KEY", "value": "vALUE-1"})", "API_KEY", Form::kQuoted},
    {"- name: API_KEY\n  value: vALUE-1\n", "API_KEY", Form::kPlain},
    {"<name>password</name>\n<value>vALUE-1</value>", "password", Form::kElement},
    {R"(@Value("${db.password:vALUE-1}"))", "db.password", Form::kPlain},
    // Operators
    {R"(password .= "vALUE-1";)", "password", Form::kQuoted},
    {R"(object ["password" .= ("vALUE-1" :: Text)])", "password", Form::kQuoted},
    {R"(token += "vALUE-1")", "token", Form::kQuoted},
    {"DB_PASSWORD ::= vALUE-1\n", "DB_PASSWORD", Form::kPlain},
    {"DB_PASSWORD :::= vALUE-1\n", "DB_PASSWORD", Form::kPlain},
    {R"(token <<- "vALUE-1")", "token", Form::kQuoted},
    {R"(if password ~= "vALUE-1" then)", "password", Form::kQuoted},
    {R"(when (password /= "vALUE-1"))", "password", Form::kQuoted},
    {R"(return if $token eq 'vALUE-1';)", "token", Form::kQuoted},
    {R"(if ($cgi->param("token") ne "vALUE-1") {)", "token", Form::kQuoted},
    {R"(if ($ApiKey -eq 'vALUE-1') {)", "ApiKey", Form::kQuoted},
    {R"(if ($ApiKey -cne "vALUE-1") {)", "ApiKey", Form::kQuoted},
    {R"(unless params['password'].eql?('vALUE-1'))", "password", Form::kQuoted},
    {R"(if (params.get("token").equals("vALUE-1")))", "token", Form::kQuoted},
    {R"(if ([token isEqualToString:@"vALUE-1"]) {)", "token", Form::kQuoted},
    {R"(if ([self.token isEqual:@"vALUE-1"]) {)", "self.token", Form::kQuoted},
    {R"(test "$DB_PASSWORD" != vALUE-1 && exit 1)", "DB_PASSWORD", Form::kPlain},
    {R"(mapOf("user" to "a", "password" to "vALUE-1"))", "password", Form::kQuoted},
    {R"(Map("password" -> "vALUE-1"))", "password", Form::kQuoted},
    {R"(my $token = shift // 'vALUE-1';)", "token", Form::kQuoted},
    {R"(let token = env::var("X").unwrap_or("vALUE-1".into());)", "token", Form::kQuoted},
    {R"(let token = env::var("X").unwrap_or_else(|_| "vALUE-1".to_string());)", "token", Form::kQuoted},
    {R"(let token = option_env!("X").unwrap_or("vALUE-1");)", "token", Form::kQuoted},
    {R"(val token = Option(System.getenv("X")).getOrElse("vALUE-1"))", "token", Form::kQuoted},
    {R"(String token = Optional.ofNullable(System.getenv("X")).orElse("vALUE-1");)", "token", Form::kQuoted},
    {R"(token = ENV.fetch('X') { 'vALUE-1' })", "token", Form::kQuoted},
    {R"(token <- Sys.getenv("X", unset = "vALUE-1"))", "token", Form::kQuoted},
    {R"(token <- fromMaybe "vALUE-1" <$> lookupEnv "X")", "token", Form::kQuoted},
    {R"(val token by lazy { "vALUE-1" })", "token", Form::kQuoted},
    {R"(NSString *token = [env objectForKey:@"X"] ?: @"vALUE-1";)", "token", Form::kQuoted},
    {R"(token ?? "vALUE-1")", "token", Form::kQuoted},
    // Literals
    {R"x(auto token = R"(vALUE-1)";)x", "token", Form::kQuoted},
    {R"x(auto token = LR"end(vALUE-1)end";)x", "token", Form::kQuoted},
    {R"x(var token = #"vALUE-1"#)x", "token", Form::kQuoted},
    {R"x(let token = r#"vALUE-1"#;)x", "token", Form::kQuoted},
    {R"(token = ~S"vALUE-1")", "token", Form::kQuoted},
    {R"(token = ~s(vALUE-1))", "token", Form::kQuoted},
    {R"(token = %q(vALUE-1))", "token", Form::kQuoted},
    {R"(my $token = q{vALUE-1};)", "token", Form::kQuoted},
    {R"(my $token = qw(vALUE-1);)", "token", Form::kQuoted},
    {R"(local token = [[vALUE-1]])", "token", Form::kQuoted},
    {R"(constexpr std::string_view token{"vALUE-1"};)", "token", Form::kQuoted},
    {R"(std::string token = std::string{"vALUE-1"};)", "token", Form::kQuoted},
    {R"(var token = []byte("vALUE-1"))", "token", Form::kQuoted},
    {R"(url.Values{"token": {"vALUE-1"}})", "token", Form::kQuoted},
    {R"(http.Header{"token": []string{"vALUE-1"}})", "token", Form::kQuoted},
    {R"(const token = <string>'vALUE-1';)", "token", Form::kQuoted},
    {R"(local token <const> = "vALUE-1")", "token", Form::kQuoted},
    {R"(val token: String get() = "vALUE-1")", "token", Form::kQuoted},
    {R"(static var token: String { "vALUE-1" })", "token", Form::kQuoted},
    {R"(static var token: String { return "vALUE-1" })", "token", Form::kQuoted},
    {R"(var body = @"{ ""token"": ""vALUE-1"" }";)", "token", Form::kQuoted},
    {R"("{\"a\":\"{\\\"token\\\":\\\"vALUE-1\\\"}\"}")", "token", Form::kQuoted},
    {R"(#define API_KEY @"vALUE-1")", "API_KEY", Form::kQuoted},
    {R"(#define API_KEY ("vALUE-1"))", "API_KEY", Form::kQuoted},
    {"$token = <<<'EOT'\nvALUE-1\nEOT;\n", "token", Form::kQuoted},
    {"token = <<~EOS\n  vALUE-1\nEOS\n", "token", Form::kQuoted},
    {"$token = @'\nvALUE-1\n'@\n", "token", Form::kQuoted},
    {"(def ^:const token\n  \"vALUE-1\")", "token", Form::kQuoted},
    {R"((System/setProperty "token" "vALUE-1"))", "token", Form::kQuoted},
    {R"(setEnv "API_KEY" "vALUE-1")", "API_KEY", Form::kQuoted},
    {R"(client_set_token(client, "vALUE-1");)", "client_set_token", Form::kQuoted},
    {"port 22\n  password vALUE-1\n", "password", Form::kPlain},
    {"redis.password\tvALUE-1\r\n", "redis.password", Form::kPlain},
    // Names in braces
    {R"($ENV{API_KEY} = 'vALUE-1';)", "API_KEY", Form::kQuoted},
    {R"($self->{token} = 'vALUE-1';)", "token", Form::kQuoted},
    {R"($config{'token'} //= 'vALUE-1';)", "token", Form::kQuoted},
    {R"([ "${DB_PASSWORD}" = vALUE-1 ])", "DB_PASSWORD", Form::kPlain},
    // Configuration
    {"token: !!str vALUE-1\n", "token", Form::kPlain},
    {"token: &anchor vALUE-1\n", "token", Form::kPlain},
    {"token: >-\n  vALUE-1\nport: 2\n", "token", Form::kPlain},
    {"  token: |\n    vALUE-1\n", "token", Form::kPlain},
    {"token:\n  value: vALUE-1\n", "token", Form::kPlain},
    {"set -x API_KEY vALUE-1\n", "API_KEY", Form::kPlain},
    {"set -gx API_KEY vALUE-1\n", "API_KEY", Form::kPlain},
    {R"(Set-Item -Path Env:API_KEY -Value 'vALUE-1')", "API_KEY", Form::kQuoted},
    {R"(Set-Variable -Name ApiKey -Value vALUE-1 -Option Constant)", "ApiKey", Form::kOption},
    {"<key>token</key>\n<string>vALUE-1</string>", "token", Form::kElement},
    {R"(<token type="x">vALUE-1</token>)", "token", Form::kElement},
    {R"({"name": "API_KEY", "type": "string", "value": "vALUE-1"})", "API_KEY", Form::kQuoted},
    {R"("password": {"value": "vALUE-1"})", "password", Form::kQuoted},
    {R"("password": {"type": "string", "defaultValue": "vALUE-1"})", "password", Form::kQuoted},
    {"variable \"token\" {\n  type = string\n  default = \"vALUE-1\"\n}", "token", Form::kQuoted},
    {"?properties=API_TOKEN:vALUE-1&x", "API_TOKEN", Form::kPlain},
    // Values before their names
    {R"({"Value": "vALUE-1", "Name": "API_KEY"})", "API_KEY", Form::kQuoted},
    {R"(<add value="vALUE-1" key="ApiKey"/>)", "ApiKey", Form::kQuoted},
    {R"(<input value="vALUE-1" type="text" name="password">)", "password", Form::kQuoted},
    {R"(keychain.set("vALUE-1", forKey: "token"))", "token", Form::kQuoted},
    {R"([defaults setObject:@"vALUE-1" forKey:@"token"];)", "token", Form::kQuoted},
    {R"(if ("vALUE-1".equals(password)) {)", "password", Form::kQuoted},
    {R"(if ("vALUE-1".equals(request.getParameter("token"))) return;)", "token", Form::kQuoted},
    {R"(if ("vALUE-1" == token) {)", "token", Form::kQuoted},
    {R"(if ('vALUE-1' !== $request->get('token')) return;)", "token", Form::kQuoted},
    {R"(if ("vALUE-1" -ne $Password) {)", "Password", Form::kQuoted},
    {"[DefaultValue(\"vALUE-1\")]\n  public string ApiKey { get; set; }", "ApiKey", Form::kQuoted},
    {"@Default('vALUE-1') String token,", "token", Form::kQuoted},
    {"#[arg(long, default_value = \"vALUE-1\")]\n    token: String,", "token", Form::kQuoted},
    {R"(@AppStorage("token") var stored = "vALUE-1")", "token", Form::kQuoted},
    {"[Setting(\"token\")]\npublic string X = \"vALUE-1\";", "token", Form::kQuoted},
};

TEST_CASE("What a name is given is read from every syntax") {
  for (const Row& row : kRows) {
    if (row.name.empty()) continue;
    INFO(std::string(row.text));
    auto found = read(row.text);
    REQUIRE(found);
    CHECK(std::string(found->value) == "vALUE-1");
    CHECK(std::string(found->name) == std::string(row.name));
    CHECK(found->form == row.form);
  }
}

TEST_CASE("What is given nothing is read as nothing") {
  for (std::string_view text :
       {"password", "the password is long", "password\n", "std::token::kind", "token->next", "if (token != other)", "password +=", "passwords[i]",
        "password()", "\"password\"", "\"password\" }", "password: {\n", "token =", "token = \n\n next"}) {
    INFO(std::string(text));
    CHECK_FALSE(read(text));
  }
}

TEST_CASE("What only looks like an assignment is none") {
  for (std::string_view text :
       {"eof_action=password:stop", "resource \"api_secret\" \"name\" {", "x ? 'password' : 'abcdef'", "x ? password : 'abcdef'", "words = [\"password\", \"qwerty\", \"abc123\"]",
        "words = [\"letmein\", \"password\", \"abc123\"]", "new String[] {\"user\", \"password\", \"x\"}", "\"password\",\n\"abc123\"",
        "password: [Validators.required]", "esxi_password: @ESXI_PASSWORD", "token: |\n  two\n  lines\n", "token = <<EOS\ntwo\nlines\nEOS\n",
        "data->'token' -> next", "use \"token\" to sign", "{token} \"abc\"", "replace(\"{token}\", \"abc\")", "'{password}': 'abc'", "token eq other", "password -eq $other",
        "<token a={b}>text</token>", "<token a=\"b\"/>text", "<input name=\"api_token\" type=\"hidden\" value=\"abc\">", "foo(token, bar(\"abc\"))", "\"a\" + \"abc\" == token",
        "\"abc\" == other && token", "(\"abc\".equals(other), token)", "{\"Value\": \"abc\"}, {\"Name\": \"API_KEY\"}", "value: \"abc\"\n- name: \"token\"", "token <<-'EOF'\nx",
        "[Range(\"abc\")]\npublic string Token;", "f(x, \"abc\")\n  token;", "name: token\n  valued: 2", "attributes ``password``, ``realm`` and", "password // \"abc\"", "secret_get(ctx, \"abc\")", "password must change\n", "its password abc\n"}) {
    INFO(std::string(text));
    CHECK_FALSE(read(text));
  }
}

TEST_CASE("Sealed text is read with its seal, and tokens with a bar as a whole") {
  CHECK(read("password=ENC(bEEuPDtp)")->value == "ENC(bEEuPDtp");
  CHECK(read("token=12|vALUE1\n")->value == "12|vALUE1");
  CHECK(read("echo password=abcd | md5sum")->value == "abcd");
  CHECK(read("echo password=abcd|-")->value == "abcd");
}

TEST_CASE("A call is read as a call, not as its argument") {
  CHECK(read("password = getPassword(user)[0]")->value == "getPassword(user");
  CHECK(read("token = foo(), bar || \"abc\"")->value == "foo(");
}

TEST_CASE("Words behind an argument of a command are no prose") {
  CHECK_FALSE(read("RUN MYSQL_PASSWORD=abcd ./configure")->more_text);
  CHECK_FALSE(read("RUN MYSQL_PASSWORD=abcd make install")->more_text);
  CHECK_FALSE(read("curl -F password=abcd https://acme.test")->more_text);
  CHECK_FALSE(read("wget --password=abcd https://acme.test")->more_text);
  CHECK(read("password=abcd is wrong")->more_text);
  CHECK(read("the password: abcd is wrong")->more_text);
  CHECK(read("password abcd\n")->more_text);  // two words of a line may be a heading
}

TEST_CASE("A literal is a piece of what is made of it, but not of its own conversion") {
  CHECK(read("token = \"abcd\" + x")->piece);
  CHECK(read("token += \"abcd\"")->piece);
  CHECK(read("token = \"abcd\".concat(x)")->piece);
  CHECK_FALSE(read("TOKEN = 'abcd'.freeze")->piece);
  CHECK_FALSE(read("let token = \"abcd\".to_string();")->piece);
}

TEST_CASE("An element or a property that never ends is none") {
  CHECK_FALSE(read("<password</"));
  CHECK_FALSE(read("<password</name"));
  CHECK_FALSE(read("Password { get;"));
}

TEST_CASE("A cut text promises nothing") {
  constexpr std::string_view kText = R"(password = "vALUE-1")";
  for (std::size_t size = 8; size < kText.size(); ++size) {
    CHECK_FALSE(read_assignment(kText.substr(0, size), 0, 8, false));
  }
}

TEST_CASE("What a text mentions is read if a machine made it") {
  constexpr std::string_view kValue = "4vALUE-1-4vALUE-19";
  auto mentioned = [](std::string_view text) -> std::string {
    for (std::string_view hit : kHits) {
      const std::size_t at = text.find(hit);
      if (at == std::string_view::npos || !may_be_assigned(text, at, at + hit.size()) || read_assignment(text, at, at + hit.size(), true)) continue;
      if (auto found = read_mention(text, at, at + hit.size(), true)) return std::string(found->value);
    }
    return "";
  };
  for (const char* text : {"the acme token 4vALUE-1-4vALUE-19 was in the log", "| acme token | 4vALUE-1-4vALUE-19 |", "the token is `4vALUE-1-4vALUE-19`,", "Using token 4vALUE-1-4vALUE-19.",
                           "[DEBUG] Using token 4vALUE-1-4vALUE-19", "my secret was 4vALUE-1-4vALUE-19: gone"}) {
    INFO(text);
    CHECK(mentioned(text) == kValue);
  }
  for (const char* text : {"the token authentication-service-2", "token 12345678901234567890", "the token4vALUE-1-4vALUE-19", "tokens and 4vALUE-1-4vALUE-19", "the password\n4vALUE-1-4vALUE-19"}) {
    INFO(text);
    CHECK(mentioned(text).empty());
  }
  CHECK_FALSE(read_mention("token 4vALUE-1-4vALUE-19", 0, 5, false));  // it may go on
}

TEST_CASE("Names say what they hold") {
  struct NameRow {
    std::string_view name;
    NameKind kind;
  };
  for (const NameRow& row : {NameRow{"password", NameKind::kPassword}, {"DB_PASSWORD", NameKind::kPassword}, {"dbPasswd2", NameKind::kPassword},
                             {"userpass", NameKind::kPassword}, {"root_pwd", NameKind::kPassword}, {"spring.datasource.password", NameKind::kPassword},
                             {"setPassword", NameKind::kPassword}, {"apiKey", NameKind::kToken}, {"API_KEY_LIVE", NameKind::kToken},
                             {"client-secret", NameKind::kToken}, {"authToken", NameKind::kToken}, {"SECRET_KEY_BASE", NameKind::kToken},
                             {"accesskey", NameKind::kToken}, {"key", NameKind::kKey}, {"auth", NameKind::kKey}, {"jwt", NameKind::kKey},
                             {"passwordField", NameKind::kNone}, {"password_hash", NameKind::kNone}, {"token_type", NameKind::kNone},
                             {"secretName", NameKind::kNone}, {"tokenUrl", NameKind::kNone}, {"publicKey", NameKind::kNone}, {"primary_key", NameKind::kNone},
                             {"compass", NameKind::kNone}, {"author", NameKind::kNone}, {"tokenizer", NameKind::kNone}, {"next_token", NameKind::kNone},
                             {"keyboard", NameKind::kNone}, {"monkey", NameKind::kNone}}) {
    INFO(std::string(row.name));
    CHECK(read_name(row.name).kind == row.kind);
  }
}

TEST_CASE("Values are judged by their name and by how rare they are") {
  using model::Confidence;
  struct ValueRow {
    std::string_view name;
    std::string_view value;
    int level;  // -1: none
  };
  for (const ValueRow& row : {ValueRow{"password", "Summer!2019x", 1}, {"password", "petclinic", 0}, {"password", "hunter2", 0}, {"password", "Password", -1},
                              {"password", "${DB_PASSWORD}", -1}, {"password", "string", -1}, {"password", "user.password", -1}, {"password", "Change your password", -1},
                              {"password", "qX7!kPz0wR", 2}, {"api_key", "your-api-key-here", -1}, {"api_key", "q8ZkT2mW4xY7pLr9sVb3nHc6dJf1gK0a", 2},
                              {"secret", "9f86d081884c7d659a2feaa0c55ad015", 2}, {"token", "access_token_expired", -1}, {"token", "next.page.token", -1},
                              {"api_key", "https://acme.test/keys/2", -1}, {"key", "user_profile_image", -1}, {"secret", "sha256:9f86d081884c7d65", -1},
                              {"token", "3f0c5d1e-7b2a-4c9d-8e6f-1a2b3c4d5e6f", 1}}) {
    INFO(std::string(row.name) << " = " << std::string(row.value));
    Judgement judgement = judge_assignment({row.name, row.value, Form::kQuoted});
    CHECK((judgement.level ? static_cast<int>(*judgement.level) : -1) == row.level);
    CHECK(judgement.reason.empty() == judgement.level.has_value());
  }
}

}  // namespace
}  // namespace keywake::matching
