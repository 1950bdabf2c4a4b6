"""What bench/syntax writes in forms of its own that is no secret: interface strings, code that refers to a secret, encrypted values, lock files, keys that are public.

Between ⟪ and ⟫ stands what a careless scanner would take for one. How a form is written is told in bench/syntax_languages.py; placeholders and pairs of a name
and a harmless value, which go into the forms of the carriers themselves, are in bench/syntax_values.py."""

TEXTS = [("password", "Passwort"), ("password", "Mot de passe"), ("password_label", "Contraseña"), ("passwordForgotten", "Passwort vergessen?"), ("password.reset", "Réinitialiser le mot de passe"),
         ("newPassword", "Nieuw wachtwoord"), ("confirm_password", "Confirm password"), ("login.password.hint", "At least 8 characters, 1 digit"), ("token", "Token"), ("apiKey", "API-Schlüssel"),
         ("api_key", "Clé d'API"), ("secret", "Geheimnis"), ("clientSecret", "Client secret (optional)"), ("auth_token_expired", "Your session has expired."), ("passwordMismatch", "Die Passwörter stimmen nicht überein!"),
         ("accessToken", "Zugriffstoken anzeigen"), ("passphrase", "Passphrase"), ("wrongPassword", "Wrong password"), ("password_placeholder", "••••••••"), ("enterPassword", "パスワードを入力"), ("password", "Пароль"),
         ("private_key", "Schlüsseldatei"), ("password", "Adgangskode"), ("password", "Hasło"), ("pwd", "Salasana"), ("passwordStrength.weak", "Schwach"), ("secret_key", "Geheimschlüssel"), ("token", "Gutscheincode"),
         ("password_changed", "Password-changed"), ("changePassword", "ChangeYourPasswordNow!"), ("password", "Palavra-passe"), ("passcode", "6-stelliger Code")]  # fmt: skip

LOCALES = {  # paths, form
    "json": (["src/locales/de.json", "public/i18n/fr.json", "web/assets/lang/«word».nl.json"], '{\n  "save": "Save",\n  "login": {\n    "user": "User",\n    "«key»": "⟪«text»⟫"\n  },\n  "cancel": "Cancel"\n}\n'),
    "properties": (["src/main/resources/messages_«lang».properties", "src/main/resources/i18n/«word»_«lang».properties"], "save=Save\nlogin.user=User\nlogin.«key»=⟪«text»⟫\ncancel=Cancel\n"),
    "android": (["app/src/main/res/values-«lang»/strings.xml"], '<resources>\n    <string name="save">Save</string>\n    <string name="«key»">⟪«text»⟫</string>\n</resources>\n'),
    "po": (["po/«lang».po", "locale/«lang»/LC_MESSAGES/«word».po"], 'msgid "save"\nmsgstr "Save"\n\nmsgid "«key»"\nmsgstr "⟪«text»⟫"\n'),
    "strings": (["App/«lang».lproj/Localizable.strings"], '"save" = "Save";\n"«key»" = "⟪«text»⟫";\n'),
    "yaml": (["config/locales/«lang».yml", "translations/messages.«lang».yaml"], "«lang»:\n  save: Save\n  login:\n    «key»: ⟪«text»⟫\n    cancel: \"Cancel\"\n"),
    "php": (["resources/lang/«lang»/auth.php", "lang/«lang».php"], "<?php\n\nreturn [\n    'save' => 'Save',\n    '«key»' => \"⟪«text»⟫\",\n];\n"),
    "ts": (["src/app/«word»-texts.ts", "src/ui/labels.ts"], "export const labels = {\n  save: 'Save',\n  '«key»': `⟪«text»⟫`,\n};\n"),
    "resx": (["Resources/Strings.«lang».resx"], '<root>\n  <data name="«key»" xml:space="preserve">\n    <value>⟪«text»⟫</value>\n  </data>\n</root>\n'),
    "arb": (["lib/l10n/app_«lang».arb"], '{\n  "save": "Save",\n  "«key»": "⟪«text»⟫"\n}\n'),
    "html": (["templates/«word»/login.html"], '<form action="/login" method="post">\n  <label for="password">⟪«text»⟫</label>\n  <input type="password" name="password" placeholder="⟪«text»⟫" title="⟪«text»⟫">\n</form>\n'),
}  # fmt: skip

REFERENCES = {
    "c": ["const char *«name» = ⟪getenv(\"«name:screaming»\")⟫;", "cfg.«name» = ⟪options->«name»⟫;", "ctx->«name» = ⟪strdup(argv[«n»])⟫;", "rc = check_«name»(⟪ctx->«name»⟫, «name»_length);"],
    "cpp": ["auto «name» = ⟪config.get<std::string>(\"«name:snake»\")⟫;", "options.«name» = ⟪settings_->«name»()⟫;", "std::string «name» = ⟪std::getenv(\"«name:screaming»\")⟫;"],
    "csharp": ["var «name» = ⟪configuration[\"«word:2»:«name:pascal»\"]⟫;", "options.«name:pascal» = ⟪settings.Value.«name:pascal»⟫;", "var «name» = ⟪Environment.GetEnvironmentVariable(\"«name:screaming»\")⟫;", "string «name» = ⟪await vault.GetSecretAsync(\"«name:kebab»\")⟫;", "var client = new ApiClient(⟪nameof(«name:pascal»)⟫, ⟪«name»⟫);"],
    "go": ["«name» := ⟪os.Getenv(\"«name:screaming»\")⟫", "cfg.«name:pascal» = ⟪viper.GetString(\"«word:2».«name:snake»\")⟫", "opts := Options{«name:pascal»: ⟪c.config.«name:pascal»⟫}", "«name», err := ⟪readSecret(ctx, \"«name:kebab»\")⟫"],
    "java": ["String «name» = ⟪config.get«name:pascal»()⟫;", "this.«name» = ⟪«name»⟫;", "@Value(\"⟪${acme.«name:kebab»}⟫\") String «name»;", "client.set«name:pascal»(⟪System.getenv(\"«name:screaming»\")⟫);", "String «name» = ⟪request.getParameter(\"«name»\")⟫;"],
    "javascript": ["const «name» = ⟪process.env.«name:screaming»⟫;", "const { «name» } = ⟪req.body⟫;", "options.«name» = ⟪config.«word:2».«name»⟫;", "const «name» = ⟪document.getElementById('«name:kebab»').value⟫;", "fetch(`/api?«name:snake»=⟪${encodeURIComponent(«name»)}⟫`);", "const headers = { Authorization: `Bearer ⟪${session.accessToken}⟫` };", "login(⟪user.name⟫, ⟪user.«name»⟫);"],
    "typescript": ["const «name»: string = ⟪environment.«name»⟫;", "this.«name» = ⟪this.form.get('«name»')!.value⟫;", "const «name» = ⟪await this.vault.read<string>('«name:kebab»')⟫;", "function set(«name»: ⟪string | undefined⟫, host?: string) { return host; }", "headers.set('Authorization', 'Bearer ' + ⟪this.auth.getToken2()⟫);"],
    "python": ["«name» = ⟪os.environ[\"«name:screaming»\"]⟫", "«name» = ⟪config.«name»⟫", "«name» = ⟪getpass.getpass(\"Password: \")⟫", "self.«name» = ⟪kwargs.pop(\"«name»\", None)⟫", "client = Client(«name»=⟪settings.«name:screaming»⟫)", "«name» = ⟪secrets.token_urlsafe(32)⟫", "headers = {\"Authorization\": f\"Bearer ⟪{self.access_token}⟫\"}", "url = f\"postgres://{user}:⟪{«name»}⟫@{host}/db\""],
    "ruby": ["«name» = ⟪ENV['«name:screaming»']⟫", "«name» = ⟪Rails.application.credentials.dig(:«word:2», :«name»)⟫", "client = Client.new(«name»: ⟪@config.«name»⟫)", "@«name» = ⟪params[:«name»]⟫", "url = \"https://bot:⟪#{«name»}⟫@#{host}/\""],
    "php": ["$«name» = ⟪$_POST['«name»']⟫;", "$«name» = ⟪getenv('«name:screaming»')⟫;", "'«name:snake»' => ⟪env('«name:screaming»')⟫,", "$this->«name» = ⟪$options['«name»']⟫;", "$«name» = ⟪$this->config->get('«word:2».«name:snake»')⟫;"],
    "perl": ["my $«name» = ⟪$ENV{«name:screaming»}⟫;", "my $«name» = ⟪$self->{config}{«name»}⟫;", "my $«name» = ⟪$q->param('«name»')⟫;"],
    "rust": ["let «name» = ⟪env::var(\"«name:screaming»\")⟫?;", "let «name» = ⟪config.«name».clone()⟫;", "let options = Options { «name»: ⟪self.«name».to_owned()⟫, retries };", "let «name»: ⟪Option<SecretString>⟫ = None;"],
    "kotlin": ["val «name» = ⟪System.getenv(\"«name:screaming»\")⟫", "val client = Client(«name» = ⟪config.«name»⟫)", "val «name»: ⟪String?⟫ = null", "val header = \"Bearer ⟪${session.token}⟫\""],
    "scala": ["val «name» = ⟪config.getString(\"acme.«name:kebab»\")⟫", "val «name» = ⟪sys.env(\"«name:screaming»\")⟫", "val client = Client(«name» = ⟪settings.«name»⟫)"],
    "swift": ["let «name» = ⟪ProcessInfo.processInfo.environment[\"«name:screaming»\"]⟫", "client.«name» = ⟪keychain.string(forKey: .«name»)⟫", "let «name» = ⟪passwordField.text ?? \"\"⟫"],
    "dart": ["final «name» = ⟪Platform.environment['«name:screaming»']⟫;", "final «name» = ⟪_controller.text⟫;", "final client = Client(«name»: ⟪config.«name»⟫);"],
    "elixir": ["«name» = ⟪System.fetch_env!(\"«name:screaming»\")⟫", "«name» = ⟪Application.get_env(:acme, :«name»)⟫", "options = [«name»: ⟪config.«name»⟫]"],
    "lua": ["local «name» = ⟪os.getenv(\"«name:screaming»\")⟫", "self.«name» = ⟪options.«name»⟫", "local «name» = ⟪ngx.var.arg_«name»⟫"],
    "shell": ["«name:screaming»=⟪$(vault kv get -field=«name» secret/«word»)⟫", "export «name:screaming»=⟪${«name:screaming»:?missing}⟫", "read -rs -p 'Password: ' ⟪«name»⟫", "curl -u \"$USER_NAME:⟪$«name:screaming»⟫\" https://«host»/", "mysql -p\"⟪$«name:screaming»⟫\" «word»", "«name:screaming»=⟪\"$(cat /run/secrets/«name»)\"⟫"],
    "powershell": ["$«name» = ⟪$env:«name:screaming»⟫", "$«name» = ⟪Read-Host -AsSecureString 'Password'⟫", "$«name» = ⟪(Get-AzKeyVaultSecret -VaultName $v -Name '«name:kebab»').SecretValue⟫"],
    "r": ["«name» <- ⟪Sys.getenv(\"«name:screaming»\")⟫", "«name» <- ⟪config$«name»⟫", "«name» <- ⟪rstudioapi::askForPassword(\"Password\")⟫", "«name» <- ⟪keyring::key_get(\"«name:kebab»\")⟫"],
    "objective-c": ["NSString *«name» = ⟪self.«name»Field.text⟫;", "NSString *«name» = ⟪[defaults objectForKey:@\"«name»\"]⟫;", "client.«name» = ⟪_config.«name»⟫;"],
    "groovy": ["def «name» = ⟪System.getenv('«name:screaming»')⟫", "def «name» = ⟪credentials('«name:kebab»')⟫", "client.«name» = ⟪project.findProperty('«name»')⟫", "withCredentials([string(credentialsId: '⟪«word»-deploy-token⟫', variable: '«name:screaming»')]) { sh 'make' }"],
    "clojure": ["(let [«name» ⟪(System/getenv \"«name:screaming»\")⟫] (connect «name»))", "(connect {:«name» ⟪(:«name» config)⟫})"],
    "haskell": ["«name» <- ⟪getEnv \"«name:screaming»\"⟫", "let options = defaultOptions { «name» = ⟪configSecret2 settings⟫ }"],
    "yaml": ["«name»: ⟪${{ secrets.«name:screaming» }}⟫", "env:\n    - name: «name:screaming»\n      valueFrom:\n        secretKeyRef:\n          name: ⟪«word»-credentials-v2⟫\n          key: ⟪«name:kebab»⟫", "«name»: ⟪!Ref «name:pascal»⟫", "«name»: ⟪'{{resolve:secretsmanager:prod/«word»:SecretString:«name»}}'⟫", "«name»: ⟪op://Production/«word»/«name:kebab»⟫", "«name»: ⟪ref+vault://secret/«word»#/«name»⟫", "«name»: ⟪$(«name:screaming»)⟫", "«name»: ⟪vault:secret/data/«word»#«name:screaming»⟫", "secretName: ⟪«word»-tls-cert-2024⟫", "«name»: ⟪!vault_lookup «word»/«name:snake»⟫"],
    "json": ["\"«name»\": \"⟪@Microsoft.KeyVault(SecretUri=https://acme.vault.azure.net/secrets/«name:kebab»/«hex:32»)⟫\"", "\"«name»\": {\"Ref\": \"⟪«name:pascal»Parameter2⟫\"}", "\"valueFrom\": \"⟪arn:aws:ssm:eu-central-1:471147114711:parameter/prod/«word»/«name:snake»⟫\"", "\"«name»\": {\"type\": \"⟪string⟫\", \"minLength\": 12}"],
    "hcl": ["«name» = ⟪var.«name»⟫", "«name» = ⟪data.vault_generic_secret.«word».data[\"«name»\"]⟫", "«name» = ⟪random_password.«word».result⟫", "«name» = ⟪\"${local.prefix}-«name:kebab»\"⟫", "«name» = ⟪sensitive(file(\"${path.module}/«word».key\"))⟫"],
    "compose": ["«name»: ⟪${«name»}⟫", "«name»_FILE: ⟪/run/secrets/«name:kebab»⟫", "- «name»=⟪${«name»:?required}⟫"],
    "dockerfile": ["ENV «name»=⟪${«name»}⟫", "ENV «name»_FILE=⟪/run/secrets/«name:snake»⟫", "RUN --mount=type=secret,id=⟪«name:kebab»⟫ make"],
    "properties": ["«word:2».«name»=⟪${«name:screaming»}⟫", "«word:2».«name»=⟪@«name:dotted»@⟫", "«word:2».«name»=⟪${sm://projects/acme/secrets/«name:kebab»}⟫"],
    "sql": ["ALTER ROLE «user» PASSWORD ⟪:'«name»'⟫;", "CREATE USER «user» IDENTIFIED BY '⟪&«name»⟫';", "SELECT ⟪password_hash⟫, token FROM users WHERE token = ⟪$1⟫;", "CREATE TABLE users (id int, password ⟪varchar(255)⟫ NOT NULL, api_key ⟪char(64)⟫);"],
    "html": ['<input type="password" name="«name»" value="⟪{{ form.«name» }}⟫">', '<input type="password" name="«name»" placeholder="⟪At least 8 characters⟫" autocomplete="⟪current-password⟫">', '<input type="hidden" name="«name»" value="⟪<%= @«name:camel» %>⟫">', "<label for=\"«name»\">⟪Password⟫</label>"],
    "xml": ["<«name»>⟪${«name:dotted»}⟫</«name»>", '<add key="«name:pascal»" value="⟪#{«name:pascal»}#⟫" />', '<xs:element name="«name»" type="⟪xs:string⟫"/>', '<bean id="«name»Encoder" class="⟪org.acme.security.BCryptPasswordEncoder⟫"/>'],
    "ini": ["«name» = ⟪%(«name»)s⟫", "«name» = ⟪${«name:screaming»}⟫", "«name»_file = ⟪/etc/acme/«word».key⟫"],
}  # fmt: skip

TYPES = {
    "typescript": ["export function check(«name»: ⟪string⟫, retries: ⟪PasswordOptions2⟫): boolean { return !!retries; }", "let «name»: ⟪Promise<SecretValue>⟫;"],
    "java": ["private ⟪SecretKeyFactory⟫ «name»;", "public void set«name:pascal»(⟪String⟫ «name») { }", "PasswordEncoder passwordEncoder = ⟪new BCryptPasswordEncoder(12)⟫;", 'throw new IllegalArgumentException("«name» ⟪must not be empty⟫");'],
    "go": ["type auth struct { «name:pascal» ⟪*SecretBytes⟫ }", 'return errors.New("«name»: ⟪wrong length, want 32⟫")', '«name:pascal» string `json:"⟪«name:snake»,omitempty⟫" yaml:"⟪«name:camel»⟫"`'],
    "python": ["def check(«name»: ⟪Optional[SecretStr]⟫ = None) -> bool: ...", 'raise ValueError("«name»: ⟪must have 12 characters or more⟫")', 'parser.add_argument("--«name:kebab»", help="⟪used to sign in, see /docs⟫")'],
    "csharp": ["public ⟪SecureString⟫ «name:pascal» { get; set; }", 'throw new ArgumentException("⟪Wrong password or token.⟫", nameof(«name»));', '[JsonPropertyName("⟪«name:snake»⟫")] public string «name:pascal» { get; set; }'],
    "rust": ["pub fn check(«name»: ⟪&SecretString⟫) -> bool { true }", '#[error("«name»: ⟪expected 32 bytes⟫")]'],
    "swift": ["func check(«name»: ⟪SecureBytes⟫) -> Bool { true }", 'case «name» = "⟪«name:snake»⟫"'],
    "kotlin": ["fun check(«name»: ⟪CharArray⟫) = true", '@SerialName("⟪«name:snake»⟫") val «name»: String? = null'],
    "javascript": ["const schema = { «name»: ⟪Joi.string().min(12).required()⟫ };", "const types = { «name:screaming»_CHANGED: '⟪auth/«name:snake»_changed2⟫' };", "if (typeof «name» === '⟪string⟫') return 1;", "const «name»Regex = ⟪/^(?=.*[a-z])(?=.*\\d).{8,}$/⟫;"],
    "ruby": ["validates :«name», length: { minimum: ⟪12⟫ }", "t.string :«name», limit: ⟪64⟫, default: ⟪nil⟫"],
    "php": ["'«name:snake»' => '⟪required|string|min:8⟫',", "public function set(⟪?string⟫ $«name»): void {}"],
}  # fmt: skip

ENCRYPTED = {
    "yaml": ["«name»: ⟪ENC[AES256_GCM,data:«base64:20»=,iv:«base64:43»=,tag:«base64:22»==,type:str]⟫", "«name»: ⟪!vault |\n    $ANSIBLE_VAULT;1.1;AES256\n    «hex:64»\n    «hex:64»\n    «hex:32»⟫", "«name»: ⟪ENC[PKCS7,MIIB«base64:160»]⟫", "«name»: ⟪'{cipher}«hex:96»'⟫", "secure: ⟪«base64:342»==⟫", "enc: ⟪|\n    -----BEGIN AGE ENCRYPTED FILE-----\n    «base64:64»\n    «base64:64»\n    -----END AGE ENCRYPTED FILE-----⟫"],
    "json": ['"«name»": "⟪ENC[AES256_GCM,data:«base64:20»=,iv:«base64:43»=,tag:«base64:22»==,type:str]⟫"', '"«name»": "⟪EJ[1:«base64:43»=:«base64:32»:«base64:40»]⟫"'],
    "properties": ["«word:2».«name»=⟪ENC(«base64:43»=)⟫", "«word:2».«name»=⟪{cipher}«hex:96»⟫"],
    "xml": ["<«name»>⟪{«base64:43»=}⟫</«name»>", "<CipherData><CipherValue>⟪«base64:128»==⟫</CipherValue></CipherData>"],
    "env": ["«name»=⟪encrypted:«base64:120»==⟫"],
    "powershell": ["$«name» = '⟪01000000d08c9ddf0115d1118c7a00c04fc297eb01000000«hex:160»⟫' | ConvertTo-SecureString"],
    "hcl": ['ciphertext = "⟪AQICAHi«base64:150»=⟫"'],
    "sealed secret": (["deploy/sealed-«word».yaml", "k8s/«word»/sealedsecret.yaml"], "apiVersion: bitnami.com/v1alpha1\nkind: SealedSecret\nmetadata:\n  name: «word»\nspec:\n  encryptedData:\n    «name:screaming»: ⟪AgB«base64:400»⟫\n    «name:camel»: ⟪AgB«base64:420»=⟫\n"),
    "SOPS": (["secrets/«word».enc.yaml", "deploy/«word».sops.yaml"], "«word:1»:\n    «name»: ⟪ENC[AES256_GCM,data:«base64:20»=,iv:«base64:43»=,tag:«base64:22»==,type:str]⟫\nsops:\n    kms:\n        - arn: arn:aws:kms:eu-central-1:471147114711:key/«uuid»\n          enc: ⟪AQICAHi«base64:150»=⟫\n    mac: ⟪ENC[AES256_GCM,data:«base64:88»,iv:«base64:43»=,tag:«base64:22»==,type:str]⟫\n    version: 3.8.1\n"),
    "ansible vault": (["group_vars/«word»/vault.yml"], "$ANSIBLE_VAULT;1.1;AES256\n⟪«hex:80»\n«hex:80»\n«hex:80»\n«hex:24»⟫\n"),
    "rails": (["config/credentials.yml.enc", "config/credentials/production.yml.enc"], "⟪«base64:240»--«base64:16»--«base64:22»==⟫"),
}  # fmt: skip

PUBLIC = {
    "env": ["PUBLIC_KEY=⟪«base64:43»=⟫", "WIREGUARD_PEER_PUBLIC_KEY=⟪«base64:43»=⟫"],
    "yaml": ["public_key: ⟪|\n    -----BEGIN PUBLIC KEY-----\n    MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA«base64:32»\n    «base64:64»\n    «base64:64»\n    -----END PUBLIC KEY-----⟫", "ssh_authorized_keys:\n    - ⟪ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI«base64:43» ops@acme.eu⟫", "ca_cert: ⟪|\n    -----BEGIN CERTIFICATE-----\n    MIIDdzCCAl+gAwIBAgIEb«base64:43»\n    «base64:64»\n    -----END CERTIFICATE-----⟫"],
    "json": ['"jwk": {"kty": "RSA", "e": "AQAB", "kid": "⟪«base64url:43»⟫", "n": "⟪«base64url:342»⟫"}', '"keys": [{"kty": "EC", "crv": "P-256", "x": "⟪«base64url:43»⟫", "y": "⟪«base64url:43»⟫"}]'],
    "ini": ["[Peer]\nPublicKey = ⟪«base64:43»=⟫"],
    "java": ['@^ static final String PUBLIC_KEY = "⟪MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQC«base64:176»IDAQAB⟫";'],
    "javascript": ["const verifyKey = '⟪-----BEGIN PUBLIC KEY-----\\nMFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE«base64:86»==\\n-----END PUBLIC KEY-----⟫';"],
    "go": ['var publicKey = "⟪«hex:64»⟫"'],
}  # fmt: skip

LOCKS = {  # paths, text
    "npm": (["package-lock.json", "web/package-lock.json"], '{\n  "lockfileVersion": 3,\n  "packages": {\n    "node_modules/«word»-token": {\n      "version": "1.«n».0",\n      "resolved": "https://registry.npmjs.org/«word»-token/-/«word»-token-1.«n».0.tgz",\n      "integrity": "⟪sha512-«base64:86»==⟫"\n    }\n  }\n}\n'),
    "yarn": (["yarn.lock"], '"@acme/auth-token@^1.0.0":\n  version "1.«n».0"\n  resolved "https://registry.yarnpkg.com/@acme/auth-token/-/auth-token-1.«n».0.tgz#⟪«hex:40»⟫"\n  integrity ⟪sha512-«base64:86»==⟫\n'),
    "pnpm": (["pnpm-lock.yaml"], "packages:\n\n  /api-key@1.«n».0:\n    resolution: {integrity: ⟪sha512-«base64:86»==⟫}\n    engines: {node: '>=18'}\n"),
    "cargo": (["Cargo.lock"], '[[package]]\nname = "secret-«word»"\nversion = "0.«n».1"\nsource = "registry+https://github.com/rust-lang/crates.io-index"\nchecksum = "⟪«hex:64»⟫"\n'),
    "poetry": (["poetry.lock"], '[[package]]\nname = "token-«word»"\nversion = "1.«n».0"\nfiles = [\n    {file = "token_«word»-1.«n».0.tar.gz", hash = "sha256:⟪«hex:64»⟫"},\n]\n'),
    "go": (["go.sum"], "github.com/acme/secret-«word» v1.«n».0 h1:⟪«base64:43»=⟫\ngithub.com/acme/secret-«word» v1.«n».0/go.mod h1:⟪«base64:43»=⟫\n"),
    "composer": (["composer.lock"], '{\n    "content-hash": "⟪«hex:32»⟫",\n    "packages": [{"name": "acme/password", "version": "1.«n».0", "source": {"type": "git", "reference": "⟪«hex:40»⟫"}}]\n}\n'),
    "pip": (["requirements.txt"], "token-«word»==1.«n».0 \\\n    --hash=sha256:⟪«hex:64»⟫ \\\n    --hash=sha256:⟪«hex:64»⟫\n"),
    "terraform": ([".terraform.lock.hcl"], 'provider "registry.terraform.io/hashicorp/vault" {\n  version = "3.«n».0"\n  hashes = [\n    "h1:⟪«base64:43»=⟫",\n    "zh:⟪«hex:64»⟫",\n  ]\n}\n'),
    "podfile": (["Podfile.lock"], "SPEC CHECKSUMS:\n  AcmeToken: ⟪«hex:40»⟫\n\nPODFILE CHECKSUM: ⟪«hex:40»⟫\n"),
    "html": (["public/«word».html"], '<script src="https://cdn.acme.eu/token.js" integrity="⟪sha384-«base64:64»⟫" crossorigin="anonymous"></script>\n'),
    "nix": (["nix/«word».nix"], '{ fetchurl }:\nfetchurl {\n  url = "https://acme.eu/token-«n».tgz";\n  sha256 = "⟪«base32nix:52»⟫";\n  hash = "⟪sha256-«base64:43»=⟫";\n}\n'),
}  # fmt: skip

# kind: {format or language: forms, or paths and a whole file}
KINDS = {"interface string": LOCALES, "reference": REFERENCES, "type, message or rule in code": TYPES, "encrypted value": ENCRYPTED, "public key": PUBLIC, "lock file": LOCKS}
LANGS = ["de", "fr", "es", "it", "nl", "pl", "pt", "da", "sv", "ja"]

