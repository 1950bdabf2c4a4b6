"""The carriers of bench/syntax outside of programming languages (headers, configuration, command lines, URLs) and what is no secret in any place.

Written from the issue's list of carriers and from knowledge of the formats, not from keywake's patterns: a carrier that keywake does not know belongs here
all the same. A carrier is `name: {format or language: forms}`; how a form is written is told in bench/syntax_languages.py. `«scheme»` is `Bearer «secret»` or
`Basic «basic»` (user and password in base64); `«cmd»` a command line of the carrier. Between ⟪ and ⟫ stands what is no secret."""

import re

from syntax_languages import LANGUAGES, Language

XML_SYMBOLS = "!*+-_.^~=?%@#"
URL_SYMBOLS = "!*-_.~+="

FORMATS = {
    "http": Language(
        ["api/requests/«word».http", "gateway/«word».rest"],
        "POST https://«host»/v1/«word:1» HTTP/1.1\nHost: «host»\n«body»\nAccept: application/json\n\n{\"retries\": «n»}\n", "", {}, "kebab"),
    "yaml": Language(
        ["deploy/«word».yaml", "config/«word».yml", "ops/«word»/values.yaml", ".github/workflows/«word».yml"],
        "# settings of «word:1»\nlogging:\n  level: info\n«word:1»:\n  host: «host»\n  port: «port»\n  «body»\n  retries: «n»\n",
        "version: 2\nname: «word:1»\nsteps:\n  - checkout\n  «body»\n  - store_artifacts\n", {}, "camel", "!*+-_.^~=?%@$&"),
    "json": Language(
        ["config/«word».json", "deploy/«word»/settings.json", "etc/«word»-client.json"],
        '{\n  "name": "«word:1»",\n  "retries": «n»,\n  «body»,\n  "host": "«host»"\n}\n', "", {}, "camel"),
    "ini": Language(
        ["etc/«word».ini", "config/«word».cfg", "deploy/«word».conf"],
        "; «word:1» settings\n[«word:1»]\nhost = «host»\nport = «port»\n«body»\n\n[logging]\nlevel = info\n", "", {}, "snake", "!*+-_.^~=?@&$"),
    "nginx": Language(
        ["nginx/conf.d/«word».conf", "deploy/nginx/«word».conf"],
        "server {\n  listen «port»;\n  server_name «host»;\n  location /«word:1» {\n    proxy_pass http://10.0.4.7:«port»;\n    «body»\n  }\n}\n", "",
            {}, "snake"),
    "properties": Language(
        ["src/main/resources/application-prod.properties", "conf/«word».properties"],
        "# «word:1»\nserver.port=«port»\nacme.host=«host»\n«body»\nlogging.level.root=INFO\n", "", {}, "dotted", "!*+-_.^~?@&$"),
    "env": Language(
        ["deploy/prod.env", "«word»/.env", "docker/«word».env", ".env.production"],
        "NODE_ENV=production\nPORT=«port»\n«body»\nLOG_LEVEL=info\n", "", {}, "screaming", "!*+-_.^~=?%@"),
    "toml": Language(
        ["config/«word».toml", "«word»/settings.toml"],
        'title = "«word:1»"\n\n[«word:1»]\nhost = "«host»"\nport = «port»\n«body»\nretries = «n»\n', "", {}, "snake"),
    "hcl": Language(
        ["infra/«word»/main.tf", "infra/prod.tfvars", "nomad/«word».hcl"],
        'locals {\n  region = "eu-central-1"\n}\n\nresource "acme_«word»" "«word:1»" {\n  name = "«word:1»"\n  «body»\n  size = «n»\n}\n',
        'region = "eu-central-1"\nsize   = «n»\n«body»\nowner  = "platform"\n', {}, "snake", XML_SYMBOLS + "&"),
    "dockerfile": Language(
        ["docker/«word»/Dockerfile", "Dockerfile", "«word»/prod.Dockerfile"],
        "FROM debian:12-slim\nWORKDIR /srv/«word:1»\n«body»\nCOPY . .\nEXPOSE «port»\nCMD [\"./run\"]\n", "", {}, "screaming", "!*+-_.^~=?%@",),
    "compose": Language(
        ["docker-compose.yml", "deploy/docker-compose.prod.yml", "stacks/«word»/compose.yaml"],
        "services:\n  «word:1»:\n    image: acme/«word:1»:1.«n»\n    environment:\n      «body»\n    ports:\n      - \"«port»:«port»\"\n", "", {},
            "screaming", "!*+-_.^~=?%@"),
    "sql": Language(
        ["db/migrations/«n»_«word».sql", "ops/sql/«word»_users.sql"],
        "-- accounts of «word:1»\nBEGIN;\n«body»\nGRANT SELECT ON «word:1» TO reporting;\nCOMMIT;\n", "", {}, "snake"),
    "html": Language(
        ["public/«word».html", "templates/«word»/edit.html", "src/main/webapp/«word».jsp"],
        '<!DOCTYPE html>\n<html>\n<body>\n<form action="/«word:1»" method="post">\n  <input type="text" name="user" value="«user»">\n  «body»\n  <button type="submit">OK</button>\n</form>\n</body>\n</html>\n',
            "", {}, "snake", XML_SYMBOLS, "<>&"),
    "xml": Language(
        ["src/main/resources/«word».xml", "config/«word».config", "conf/«word»-context.xml"],
        '<?xml version="1.0" encoding="UTF-8"?>\n<configuration>\n  <!-- «word:1» -->\n  <host>«host»</host>\n  «body»\n  <port>«port»</port>\n</configuration>\n',
            "", {}, "camel", XML_SYMBOLS, "<>&"),
    "makefile": Language(
        ["Makefile", "«word»/Makefile"],
        "PORT := «port»\n\n.PHONY: «word:1»\n«word:1»:\n\t@echo «word:1»\n\t«body»\n", "", {}, "screaming", "+-_.%@^=", "$#<>|&;()*` '"),
    "package": Language(
        ["package.json", "web/package.json"],
        '{\n  "name": "acme-«word:1»",\n  "private": true,\n  "scripts": {\n    "build": "tsc -p .",\n    «body»,\n    "lint": "eslint ."\n  }\n}\n',
            "", {}, "screaming", "+-_.%@^=", "<>|&;()*#`' $"),
}  # fmt: skip
KINDS = LANGUAGES | FORMATS

# --- headers ------------------------------------------------------------------------------------------------

HEADERS = {
    "header line": {
        "http": ["Authorization: «scheme»", "authorization: «scheme»", "Proxy-Authorization: «scheme»"],
        "nginx": ['proxy_set_header Authorization "«scheme»";', "proxy_set_header authorization '«scheme»';"],
        "ini": ["add_header = Authorization: «scheme»", "header = \"Authorization: «scheme»\""],
    },
    "list item": {
        "yaml": ['headers:\n    - "Authorization: «scheme»"\n    - "Accept: application/json"', "headers:\n    - Authorization: «scheme»",
            "args: ['-H', 'Authorization: «scheme»']"],
        "json": ['"headers": ["Accept: application/json", "Authorization: «scheme»"]',
            '"args": ["mcp-remote", "--header", "Authorization: «scheme»"]'],
        "toml": ['headers = ["Authorization: «scheme»"]', 'headers = ["Authorization=«scheme»"]'],
        "php": ["$headers = ['Accept: application/json', 'Authorization: «scheme»'];",
            'curl_setopt($ch, CURLOPT_HTTPHEADER, array("Authorization: «scheme»"));'],
        "python": ['headers = [("Accept", "*/*"), ("Authorization", "«scheme»")]', "headers = ['Authorization: «scheme»']"],
        "javascript": ["const headers = [['Authorization', '«scheme»']];"],
        "go": ['headers := []string{"Authorization: «scheme»"}'],
        "elixir": ['headers = [{"authorization", "«scheme»"}]', 'headers = ["Authorization": "«scheme»"]'],
    },
    "map entry": {
        "json": ['"headers": {"Authorization": "«scheme»"}', '"requestHeaders": {\n    "accept": "*/*",\n    "authorization": "«scheme»"\n  }',
            '"header": [{"key": "Authorization", "value": "«scheme»", "type": "text"}]'],
        "yaml": ["headers:\n    Authorization: «scheme»", 'headers:\n    Authorization: "«scheme»"',
            "httpHeaders:\n    - name: Authorization\n      value: «scheme»"],
        "python": ['headers = {"Accept": "*/*", "Authorization": "«scheme»"}', "headers = {'authorization': '«scheme»'}"],
        "javascript": ["const headers = { Authorization: '«scheme»' };", "const headers = { 'Authorization': `«scheme»` };"],
        "typescript": ["const headers = new HttpHeaders({ Authorization: '«scheme»' });"],
        "ruby": ["headers = { 'Authorization' => '«scheme»' }", "headers = { authorization: '«scheme»' }"],
        "php": ["$options = ['headers' => ['Authorization' => '«scheme»']];"],
        "go": ['headers := map[string]string{"Authorization": "«scheme»"}', 'h := http.Header{"Authorization": []string{"«scheme»"}}'],
        "kotlin": ['val headers = mapOf("Authorization" to "«scheme»")'],
        "dart": ["final headers = {'Authorization': '«scheme»'};"],
        "toml": ['headers = { Authorization = "«scheme»" }'],
        "clojure": ['(http/get url {:headers {"Authorization" "«scheme»"}})'],
        "powershell": ["$headers = @{ Authorization = '«scheme»' }"],
        "lua": ['local headers = { ["Authorization"] = "«scheme»" }'],
    },
    "string literal": {
        "java": ['request.addHeader("Authorization", "«scheme»");', 'var r = HttpRequest.newBuilder().header("Authorization", "«scheme»");'],
        "javascript": ["xhr.setRequestHeader('Authorization', '«scheme»');", "const auth = '«scheme»';",
            "axios.defaults.headers.common['Authorization'] = '«scheme»';"],
        "csharp": ['client.DefaultRequestHeaders.Add("Authorization", "«scheme»");', 'request.Headers["Authorization"] = "«scheme»";'],
        "go": ['req.Header.Set("Authorization", "«scheme»")', 'req.Header.Add("authorization", `«scheme»`)'],
        "python": ['auth = "«scheme»"', "session.headers['Authorization'] = '«scheme»'"],
        "swift": ['request.setValue("«scheme»", forHTTPHeaderField: "Authorization")',
            'request.addValue("«scheme»", forHTTPHeaderField: "Authorization")'],
        "objective-c": ['[request setValue:@"«scheme»" forHTTPHeaderField:@"Authorization"];'],
        "ruby": ["request['Authorization'] = '«scheme»'"],
        "rust": ['let r = client.get(url).header("Authorization", "«scheme»");',
            'headers.insert(AUTHORIZATION, HeaderValue::from_static("«scheme»"));'],
        "perl": ["$request->header('Authorization' => '«scheme»');"],
        "c": ['hdrs = curl_slist_append(hdrs, "Authorization: «scheme»");'],
        "scala": ['val r = basicRequest.header("Authorization", "«scheme»")'],
        "r": ['r <- GET(url, add_headers(Authorization = "«scheme»"))'],
        "haskell": ['let headers = [("Authorization", "«scheme»")]'],
    },
    "curl argument": {
        "shell": ['curl -s -H "Authorization: «scheme»" https://«host»/v1/«word»',
            "curl -X POST --header 'authorization: «scheme»' https://«host»/«word»",
            "curl -sS \\\n    -H 'Accept: application/json' \\\n    -H 'Authorization: «scheme»' \\\n    https://«host»/«word»",
                  'wget --header="Authorization: «scheme»" https://«host»/«word».tgz', 'http GET https://«host»/«word» "Authorization:«scheme»"'],
        "yaml": ["script:\n    - 'curl -H \"Authorization: «scheme»\" https://«host»/«word»'",
            "run: |\n    curl -fsS -H \"Authorization: «scheme»\" https://«host»/«word»"],
        "dockerfile": ['RUN curl -fsSL -H "Authorization: «scheme»" https://«host»/«word».tgz | tar xz'],
        "package": ['"«word»": "curl -H \\"Authorization: «scheme»\\" https://«host»/«word»"'],
        "groovy": ['sh \'curl -H "Authorization: «scheme»" https://«host»/«word»\''],
        "makefile": ["curl -H 'Authorization: «scheme»' https://«host»/«word»"],
    },
}  # fmt: skip

# --- configuration ------------------------------------------------------------------------------------------

CONFIGURATION = {
    "JSON in an escaped string": {
        "javascript": ['const body = "{\\"user\\": \\"«user»\\", \\"«name»\\": \\"«secret»\\"}";'],
        "java": ['String body = "{\\"«name»\\":\\"«secret»\\",\\"port\\":«port»}";'],
        "csharp": ['var body = "{ \\"User\\": \\"«user»\\", \\"«name:pascal»\\": \\"«secret»\\" }";', 'var body = @"{ ""«name»"": ""«secret»"" }";'],
        "go": ['body := "{\\"«name:snake»\\": \\"«secret»\\"}"', 'body := `{"user": "«user»", "«name»": "«secret»"}`'],
        "python": ['body = "{\\"«name»\\": \\"«secret»\\"}"', "body = '{\"user\": \"«user»\", \"«name»\": \"«secret»\"}'"],
        "json": ['"payload": "{\\"«name»\\":\\"«secret»\\"}"', '"payload": "{\\n  \\"user\\": \\"«user»\\",\\n  \\"«name»\\": \\"«secret»\\"\\n}"',
            '"payload": "{\\"detail\\":\\"{\\\\\\"«name»\\\\\\":\\\\\\"«secret»\\\\\\"}\\"}"'],
        "shell": ['curl -d "{\\"user\\":\\"«user»\\",\\"«name:camel»\\":\\"«secret»\\"}" https://«host»/«word»',
            "curl -d '{\"user\":\"«user»\",\"«name:camel»\":\"«secret»\"}' https://«host»/«word»"],
        "c": ['const char *body = "{\\"«name»\\": \\"«secret»\\"}";'],
    },
    "JSON in YAML": {
        "yaml": ["config.json: |\n    {\n      \"user\": \"«user»\",\n      \"«name»\": \"«secret»\"\n    }",
            "payload: '{\"«name»\": \"«secret»\", \"port\": «port»}'", "auth: {\"user\": \"«user»\", \"«name»\": \"«secret»\"}",
            'payload: "{\\"«name»\\": \\"«secret»\\"}"'],
    },
    "YAML in JSON": {
        "json": ['"values": "user: «user»\\n«name»: «secret»\\nport: «port»\\n"', '"values": "db:\\n  host: «host»\\n  «name»: \'«secret»\'\\n"',
            '"values": "db:\\n  «name»: \\"«secret»\\"\\n  port: «port»\\n"', '"content": "«name:screaming»=«secret»\\nPORT=«port»\\n"'],
    },
    "XML attribute": {
        "xml": ['<add key="«name:pascal»" value="«secret»" />', '<property name="«name»" value="«secret»"/>',
            '<datasource user="«user»" «name:camel»="«secret»" url="jdbc:acme"/>', "<server id='«word»' username='«user»' «name:camel»='«secret»'/>",
            '<Resource name="jdbc/«word»"\n    username="«user»"\n    «name»="«secret»"\n    maxActive="«n»"/>',
            '<add value="«secret»" key="«name:pascal»"/>'],
    },
    "XML element": {
        "xml": ["<«name»>«secret»</«name»>", '<property name="«name»">«secret»</property>',
            "<server>\n    <username>«user»</username>\n    <«name»>«secret»</«name»>\n  </server>",
            "<«name:kebab»><![CDATA[«secret»]]></«name:kebab»>", "<key>«name»</key>\n  <string>«secret»</string>",
            '<entry key="«name:dotted»">«secret»</entry>', "<ns:«name»>«secret»</ns:«name»>", '<string name="«name:snake»">«secret»</string>',
                "<property>\n    <name>acme.«name:dotted»</name>\n    <value>«secret»</value>\n  </property>",
                    "<«name:pascal»>\n    «secret»\n  </«name:pascal»>", '<«name:pascal» type="hidden">«secret»</«name:pascal»>'],
    },
    "INI": {"ini": ["«name»=«secret»", "«name» = «secret»", '«name» = "«secret»"', "«name:camel»: «secret»", "«name:words» = «secret»",
        "«name» = '«secret»' ; rotated in spring"]},
    "properties": {"properties": ["«word:2».«name»=«secret»", "«word:2».«name:kebab»: «secret»", "«name:camel» = «secret»",
        "spring.datasource.«name:kebab»=«secret»", "«word:2».«name» «secret»", "«word:2».«name»=${«name:screaming»:«secret»}"]},
    "TOML": {"toml": ['«name» = "«secret»"', "«name:kebab» = '«secret»'", 'auth = { user = "«user»", «name» = "«secret»" }',
        '«name» = """«secret»"""', '"«name:dotted»" = "«secret»"']},
    "YAML": {"yaml": ["«name»: «secret»", "«name:snake»: '«secret»'", '«name:kebab»: "«secret»"',
        "env:\n    - name: «name:screaming»\n      value: «secret»", "env:\n    - name: «name:screaming»\n      value: \"«secret»\"",
        "auth: {user: «user», «name»: «secret»}", "«name»: >-\n    «secret»", "«name»: !!str «secret»", "- «name:screaming»=«secret»",
        "«name»: &anchor «secret»"]},
    "JSON": {"json": ['"«name»": "«secret»"', '"auth": {"user": "«user»", "«name:snake»": "«secret»"}',
        '"env": [{"name": "«name:screaming»", "value": "«secret»"}]', '"«name:kebab»" : "«secret»"',
        '"parameters": {"«name»": {"value": "«secret»"}}', '"Environment": [{"Value": "«secret»", "Name": "«name:screaming»"}]',
        '"«name»": ["«secret»"]', '"args": ["--«name:kebab»", "«secret»"]', '"args": ["--«name:kebab»=«secret»"]']},
    "HCL": {"hcl": ['«name» = "«secret»"', '@^ variable "«name»" {\n  type    = string\n  default = "«secret»"\n}', '@^ «name» = "«secret»"',
        'environment = {\n    «name:screaming» = "«secret»"\n  }', '@^ locals {\n  «name» = "«secret»"\n}',
        'set {\n    name  = "«word».«name»"\n    value = "«secret»"\n  }', 'user_data = <<-EOT\n    export «name:screaming»=«secret»\n  EOT',
        'tags = { "«name»" : "«secret»" }']},
    "Dockerfile ENV and ARG": {"dockerfile": ["ENV «name»=«secret»", "ENV «name» «secret»", 'ENV «name»="«secret»"', "ARG «name»=«secret»",
        "ENV APP_PORT=«port» \\\n    «name»=«secret»", "ARG «name»='«secret»'", "RUN «name»=«secret» ./configure"]},
    "docker-compose": {"compose": ["«name»: «secret»", "- «name»=«secret»", '«name»: "«secret»"', '- "«name»=«secret»"',
        "«name»: ${«name»:-«secret»}", "- '«name»=«secret»'"]},
    "env file": {"env": ["«name»=«secret»", '«name»="«secret»"', "«name»='«secret»'", "export «name»=«secret»", "«name» = «secret»",
        "# «name»=«secret»"]},
    "shell export": {"shell": ["export «name:screaming»=«secret»", 'export «name:screaming»="«secret»"', "@^ export «name:screaming»='«secret»'",
        "@^ set -x «name:screaming» «secret»", "@^ setenv «name:screaming» «secret»", "export PORT=«port» «name:screaming»=«secret»",
        "echo '«name:screaming»=«secret»' >> .env"]},
    "PowerShell": {"powershell": ["$env:«name:screaming» = '«secret»'", '$«name» = "«secret»"', "setx «name:screaming» \"«secret»\" /M",
        "Set-Item -Path Env:«name:screaming» -Value '«secret»'", "$«name» = @'\n«secret»\n'@"]},
    "SQL IDENTIFIED BY": {"sql": ["@p ALTER USER «user» IDENTIFIED BY '«secret»';",
        "@p ALTER USER '«user»'@'%' IDENTIFIED WITH mysql_native_password BY '«secret»';",
        "@p GRANT ALL ON «word».* TO '«user»'@'localhost' IDENTIFIED BY '«secret»';",
        '@p ALTER USER «user» IDENTIFIED BY "«secret»" ACCOUNT UNLOCK;', "@p alter user «user» identified by «secret»;"]},
    "SQL PASSWORD": {"sql": ["@p ALTER ROLE «user» WITH PASSWORD '«secret»';", "@p SET PASSWORD FOR '«user»'@'%' = PASSWORD('«secret»');",
        "@p ALTER LOGIN «user» WITH PASSWORD = '«secret»';", "@p ALTER ROLE «user» ENCRYPTED PASSWORD '«secret»' VALID UNTIL 'infinity';",
        "@p set password for «user» = '«secret»';", "@p UPDATE users SET password = '«secret»' WHERE login = '«user»';",
        "@p CREATE USER MAPPING FOR «user» SERVER «word» OPTIONS (user '«user»', password '«secret»');"]},
    "SQL CREATE USER": {"sql": ["@p CREATE USER '«user»'@'%' IDENTIFIED BY '«secret»';", "@p CREATE USER «user» WITH LOGIN PASSWORD '«secret»';",
        "@p CREATE LOGIN «user» WITH PASSWORD = N'«secret»', CHECK_POLICY = OFF;", "@p CREATE ROLE «user» LOGIN\n    PASSWORD '«secret»';",
        "@p CREATE USER IF NOT EXISTS «user» IDENTIFIED WITH sha256_password BY '«secret»';", "@p CREATE USER «user» PASSWORD '«secret»';"]},
    "SQL INSERT": {"sql": ["@p INSERT INTO users (login, password, role) VALUES ('«user»', '«secret»', 'admin');",
        "INSERT INTO settings (name, value) VALUES ('«name»', '«secret»');"],
                   "python": ["@p db.execute(\"ALTER USER «user» IDENTIFIED BY '«secret»'\")"],
                       "java": ["@p stmt.execute(\"CREATE USER «user» WITH PASSWORD '«secret»'\");"],
                       "shell": ["@p psql -c \"ALTER ROLE «user» PASSWORD '«secret»'\"",
                       "@p mysql -e \"CREATE USER '«user»'@'%' IDENTIFIED BY '«secret»'\""]},
    "HTML form": {"html": ['<input type="hidden" name="«name»" value="«secret»">', '@p <input type="password" name="«name»" value="«secret»" />',
        '<input value="«secret»" type="hidden" name="«name»">', '<input type="hidden" id="«name»" name="«name»"\n         value="«secret»">',
        '<meta name="«name:kebab»" content="«secret»">', '<div data-«name:kebab»="«secret»"></div>',
        "<script>window.«name:camel» = '«secret»';</script>"]},
    "connection string": {
        "csharp": ['@p var db = new SqlConnection("Server=«host»;Database=«word»;User Id=«user»;Password=«secret»;Encrypt=true");',
            '@^p const string Db = "Data Source=«host»;Initial Catalog=«word»;uid=«user»;pwd=«secret»";'],
        "xml": ['@p <add name="Main" connectionString="Server=«host»;Database=«word»;User ID=«user»;Password=«secret»;" />'],
        "json": ['@p "ConnectionString": "Host=«host»;Port=«port»;Username=«user»;Password=«secret»"'],
        "python": ['@p dsn = "host=«host» dbname=«word» user=«user» password=«secret»"',
            '@p dsn = "DRIVER={ODBC Driver 17};SERVER=«host»;UID=«user»;PWD=«secret»"'],
        "go": ['@p db, err := sql.Open("mysql", "«user»:«secret»@tcp(«host»:«port»)/«word»")'],
        "java": ['@p String url = "jdbc:sqlserver://«host»:1433;databaseName=«word»;user=«user»;password=«secret»";'],
    },
}  # fmt: skip

# --- command lines ------------------------------------------------------------------------------------------

COMMANDS = {
    "-p…": ["@p sqlcmd -S «host» -U «user» -P «secret» -i «word».sql", "@p docker login -u «user» -p «secret» «host»",
        "@p 7z a -p«secret» «word».7z «word»/", "@p unzip -P «secret» «word».zip", "@p redis-cli -h «host» -a «secret» ping",
        "@p smbclient //«host»/«word» -U «user»%«secret»", "@p mongo «host»/«word» -u «user» -p «secret»",
        "@p ldapsearch -x -D cn=«user» -w «secret»"],
    "--password …": ["acmectl deploy --user «user» --«name:kebab» «secret» --wait", "acmectl deploy --«name:kebab»=«secret»",
        "@p docker login --username «user» --password «secret» «host»", "@p mongodump --host «host» --password=«secret»",
        "@p wget --user=«user» --password=«secret» https://«host»/«word»", "acmectl -Dacme.«name:dotted»=«secret» run",
        "helm upgrade «word» ./chart --set «word».«name:camel»=«secret»",
        "@p kubectl create secret generic «word» --from-literal=password=«secret»"],
    "-passin pass:": ["@p openssl rsa -in «word».key -out «word».pem -passin pass:«secret»",
        "@p openssl pkcs12 -export -in «word».crt -passout pass:«secret»", "@p openssl req -new -key «word».key -passin 'pass:«secret»'",
        "@p keytool -genkey -alias «word» -storepass «secret» -keypass «secret»", "@p openssl enc -aes-256-cbc -k «secret» -in «word».tar",
        "@p gpg --batch --passphrase «secret» -d «word».gpg"],
    "sshpass -p": ["@p sshpass -p «secret» ssh «user»@«host» uptime", "@p sshpass -p '«secret»' scp «word».tgz «user»@«host»:/tmp/",
        '@p sshpass -p "«secret»" rsync -a ./ «user»@«host»:/srv', "@p sshpass -p«secret» ssh «user»@«host»",
        "@p SSHPASS='«secret»' sshpass -e ssh «user»@«host»"],
    "mysql -p": ["@p mysql -u «user» -p«secret» «word» < «word».sql", "@p mysql -h «host» -u«user» -p'«secret»' «word»",
        "@p mysqldump --user=«user» --password=«secret» «word»", '@p mysqladmin -u root -p"«secret»" ping',
        "@p MYSQL_PWD=«secret» mysql -u «user» «word»", "@p PGPASSWORD=«secret» psql -h «host» -U «user» «word»",
        "@p mysqladmin -u root password '«secret»'"],
    "curl -u": ["@p curl -u «user»:«secret» https://«host»/«word»", "@p curl -sS --user '«user»:«secret»' -X PUT https://«host»/«word»",
        '@p curl -fsSL https://«host»/«word» -u "«user»:«secret»" -o «word»', "@p curl --user=«user»:«secret» ftp://«host»/«word»",
        "@p curl -u«user»:«secret» https://«host»/«word»", "@p curl --proxy-user «user»:«secret» -x «host»:«port» https://«host»/",
        "@p curl -XPOST -F login=«user» -F password=«secret» https://«host»/login",
        '@p curl -d "user=«user»&password=«secret»" https://«host»/login'],
    "htpasswd -b": ["@p htpasswd -b -c /etc/nginx/.htpasswd «user» «secret»", "@p htpasswd -bc .htpasswd «user» '«secret»'",
        '@p htpasswd -nb «user» "«secret»"', "@p echo '«user»:«secret»' | chpasswd", "@p echo \"«secret»\" | passwd --stdin «user»",
        "@p useradd -m -p «secret» «user»", "@p net user «user» «secret» /add", "@p echo «secret» | sudo -S systemctl restart «word»",
        "@p echo '«secret»' | docker login -u «user» --password-stdin «host»"],
}  # fmt: skip
WRAPS = {  # what stands around a command line, and which quotes it leaves to it
    "shell": ("«cmd»", "'\""), "yaml": ("script:\n    - «cmd»", "'\""), "dockerfile": ("RUN «cmd»", "'\""), "makefile": ("«cmd»", "'\""),
    "groovy": ('sh "«cmd»"', "'"), "package": ('"«word»": "«cmd»"', "'"), "python": ('subprocess.run("«cmd»", shell=True)', "'"),
        "powershell": ("«cmd»", "'\""),
}  # fmt: skip
SECURE_STRING = {
    "ConvertTo-SecureString": {
        "powershell": ['@p $pw = ConvertTo-SecureString "«secret»" -AsPlainText -Force',
            "@p $secure = ConvertTo-SecureString -String '«secret»' -AsPlainText -Force",
            '@p $cred = New-Object PSCredential("«user»", (ConvertTo-SecureString \'«secret»\' -AsPlainText -Force))',
            '@p New-LocalUser «user» -Password (ConvertTo-SecureString -AsPlainText "«secret»" -Force)',
            "@p $secure = '«secret»' | ConvertTo-SecureString -AsPlainText -Force"],
        "yaml": ['@p script: powershell -Command "$p = ConvertTo-SecureString \'«secret»\' -AsPlainText -Force"'],
    },
    "command as an argument list": {
        "python": ['@p subprocess.run(["sshpass", "-p", "«secret»", "ssh", "«user»@«host»"])',
            '@p subprocess.check_call(["mysql", "-u", "«user»", "-p«secret»", "«word»"])',
            'subprocess.run(["acmectl", "--«name:kebab»", "«secret»"])'],
        "java": ['@p new ProcessBuilder("pg_dump", "--password", "«secret»", "«word»").start();'],
        "javascript": ["@p spawn('redis-cli', ['-a', '«secret»', 'ping']);", "spawn('acmectl', ['--«name:kebab»', '«secret»']);"],
        "yaml": ['args: ["--user", "«user»", "--«name:kebab»", "«secret»"]', 'command:\n    - acmectl\n    - --«name:kebab»=«secret»',
            'command:\n    - acmectl\n    - --«name:kebab»\n    - "«secret»"'],
        "dockerfile": ['CMD ["acmectl", "--«name:kebab»", "«secret»"]', '@p CMD ["redis-server", "--requirepass", "«secret»"]'],
        "go": ['cmd := exec.Command("acmectl", "--«name:kebab»", "«secret»")'],
    },
}  # fmt: skip

# --- URLs ---------------------------------------------------------------------------------------------------

URLS = {
    "URL, web": ["@p https://«user»:«secret»@«host»/«word».git", "@p http://«user»:«secret»@«host»:«port»/«word»?page=2",
        "@p https://«user»:«secret»@«host»"],
    "URL, database": ["@p postgres://«user»:«secret»@«host»:5432/«word»", "@p mysql+pymysql://«user»:«secret»@«host»/«word»?charset=utf8",
        "@p mongodb+srv://«user»:«secret»@«host»/«word»", "@p postgresql+asyncpg://«user»:«secret»@«host»/«word»",
        "@p jdbc:postgresql://«host»/«word»?user=«user»&password=«secret»", "@p clickhouse://«user»:«secret»@«host»:9000/«word»"],
    "URL, any scheme": ["@p amqps://«user»:«secret»@«host»/«word»", "@p ftp://«user»:«secret»@«host»/«word»", "@p smtp://«user»:«secret»@«host»:587",
        "@p ldap://«user»:«secret»@«host»", "@p rtsp://«user»:«secret»@10.«n».4.17/live", "@p acme+rpc://«user»:«secret»@«host»:«port»",
        "@p sftp://«user»:«secret»@«host»/srv", "@p mqtt://«user»:«secret»@«host»", "@p socks5h://«user»:«secret»@10.0.«n».3:1080"],
    "URL, local host": ["@p postgres://«user»:«secret»@localhost:5432/«word»", "@p http://«user»:«secret»@127.0.0.1:«port»/",
        "@p redis://«user»:«secret»@[::1]:6379/0", "@p mysql://«user»:«secret»@db/«word»", "@p amqp://«user»:«secret»@host.docker.internal:5672",
        "@p mongodb://«user»:«secret»@mongo:27017/«word»"],
    "URL, no user": ["@p redis://:«secret»@«host»:6379/0", "@p rediss://:«secret»@«host»", "@p redis://:«secret»@localhost:6379"],
    "URL, token in it": ["@t https://«secret»@«host»/«word».git", "@t https://«secret»:x-oauth-basic@«host»/«word».git",
        "@t https://oauth2:«secret»@«host»/team/«word».git", "https://«host»/v1/«word»?«name:snake»=«secret»&page=2",
        "https://«host»/v1/«word»?limit=«n»&«name:camel»=«secret»", "@t https://«host»/cb#access_token=«secret»&state=«n»"],
    "URL, other parts from a template": ["@p https://${REPO_USER}:«secret»@«host»/«word».git", "@p postgres://«user»:«secret»@${DB_HOST}:5432/«word»",
        "@p amqp://«user»:«secret»@{{ mq_host }}/«word»", "@p mysql://{{ db_user }}:«secret»@«host»/«word»",
        "@p postgres://«user»:«secret»@$DB_HOST/«word»", "@p https://%s:«secret»@«host»/"],
}  # fmt: skip
URL_WRAPS = {
    "env": "«WORD»_URL=«url»", "yaml": "‹url: «url»¦uri: \"«url»\"¦- «url»›", "python": '‹url = "«url»"¦engine = create_engine("«url»")›',
        "javascript": "‹const url = '«url»';¦connect(\"«url»\");›",
    "java": 'String url = "«url»";', "go": '‹dsn := "«url»"¦os.Setenv("URL", "«url»")›', "json": '"‹url¦uri¦repository›": "«url»"',
        "shell": "‹git clone «url»¦export URL=«url»›", "xml": "<url>«url»</url>",
    "properties": "acme.«word».url=«url»", "dockerfile": "‹ENV «WORD»_URL=«url»¦RUN git clone «url»›", "ini": "url = «url»", "ruby": "url = '«url»'",
        "php": "$url = '«url»';",
    "c": '// see «url»\n    rc = «n»;', "toml": 'url = "«url»"', "csharp": 'var uri = new Uri("«url»");', "compose": "«WORD»_URL: «url»",
}  # fmt: skip

# --- one-time passwords -------------------------------------------------------------------------------------

SEEDS = {
    "otpauth URL": {
        "python": ['uri = "otpauth://totp/Acme:«user»?secret=«seed»&issuer=Acme"'],
            "json": ['"uri": "otpauth://totp/«user»@«host»?secret=«seed»&issuer=«Word»&digits=6"',
            '"uri": "otpauth://totp/«Word»?issuer=Acme&secret=«seed»"'],
        "html": ['<img src="/qr?data=otpauth://totp/«user»?secret=«seed»">', '<a href="otpauth://hotp/«user»?secret=«seed»&amp;counter=«n»">add</a>'],
            "javascript": ["const uri = `otpauth://totp/Acme:«user»?secret=«seed»&period=30`;",
            "const qr = 'otpauth%3A%2F%2Ftotp%2F«user»%3Fsecret%3D«seed»%26issuer%3DAcme';"], "env": ["OTP_URI=otpauth://totp/Acme?secret=«seed»"],
    },
    "TOTP constructor": {
        "python": ['otp = pyotp.TOTP("«seed»")', "code = pyotp.TOTP('«seed»').now()", 'code = totp.at("«seed»", retries)'],
            "javascript": ["const code = authenticator.generate('«seed»');", "const totp = new TOTP({ secret: '«seed»', digits: 6 });",
            "const ok = speakeasy.totp({ secret: '«seed»', encoding: 'base32' });"],
        "ruby": ['totp = ROTP::TOTP.new("«seed»", issuer: "Acme")'], "csharp": ['var totp = new Totp(Base32Encoding.ToBytes("«seed»"));'],
            "go": ['code, err := totp.GenerateCode("«seed»", time.Now())'], "php": ["$code = $google2fa->getCurrentOtp('«seed»');",
            "$otp = TOTP::create('«seed»');"],
        "java": ['int code = gauth.getTotpPassword("«seed»");'], "shell": ["oathtool --totp -b «seed»", "oathtool -b --totp '«seed»'"],
            "kotlin": ['val totp = GoogleAuthenticator("«seed»")'],
    },
    "base32 seed": {
        "yaml": ["totp_secret: «seed»", "mfa_seed: «seed»"], "env": ["TOTP_SEED=«seed»", "MFA_SECRET=«seed»", "TWO_FACTOR_KEY=«seed»"],
            "json": ['"otpSecret": "«seed»"', '"mfaSeed": "«seed»"'], "python": ['otp_seed = "«seed»"', 'totp_key = "«seed»"'],
            "java": ['@^ private static final String TOTP_SECRET = "«seed»";', '@^ private static final String MFA_SEED = "«seed»";'],
        "typescript": ["const twoFactorSecret = '«seed»';"], "toml": ['otp_seed = "«seed»"'], "xml": ["<TotpSeed>«seed»</TotpSeed>"],
            "ini": ["google_authenticator_secret = «seed»"],
    },
}  # fmt: skip


def of_commands():
    carriers = {}
    for name, commands in COMMANDS.items():
        for kind, (wrap, quotes) in WRAPS.items():
            for command in commands:
                flag, line = command.split(" ", 1) if command.startswith("@") else ("@", command)
                if any(c in line and c not in quotes for c in "'\"") or kind == "powershell" and re.search("^[A-Z_]+=|[<>]|sudo|passwd", line):
                    continue
                carriers.setdefault("command " + name, {}).setdefault(kind, []).append(f"{flag} {wrap.replace('«cmd»', line)}")
    return carriers


def of_urls():
    carriers = {}
    for name, urls in URLS.items():
        for kind, wrap in URL_WRAPS.items():
            for url in urls:
                flag, rest = url.split(" ", 1) if url.startswith("@") else ("@", url)
                if kind == "xml" and "&" in rest or kind == "c" and "%s" in rest or kind in ("shell", "csharp") and "{{" in rest:
                    continue
                carriers.setdefault(name, {}).setdefault(kind, []).append(f"{flag} {wrap.replace('«url»', rest)}")
    return carriers


def of_languages():
    carriers = {}
    for language, grammar in LANGUAGES.items():
        for name, forms in grammar.forms.items():
            carriers.setdefault("code: " + name, {})[language] = forms
    return carriers


def all_carriers():
    """`carrier: {kind: forms}` of everything that holds secrets."""
    carriers = {}
    for scheme, filled in [("Bearer", "Bearer «secret»"), ("Basic", "Basic «basic»")]:
        for place, kinds in HEADERS.items():
            flag = "@t" if scheme == "Bearer" else "@p"
            carriers[f"{scheme}, {place}"] = {kind: [f"{flag} {form.replace('«scheme»', filled)}" for form in forms] for kind, forms in kinds.items()}
    return carriers | CONFIGURATION | of_commands() | SECURE_STRING | of_urls() | SEEDS | of_languages()
