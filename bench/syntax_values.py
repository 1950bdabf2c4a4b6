"""Values and names of known kind for bench/syntax: what a secret looks like, what is none, and what either is called. All of it is drawn from a seed and
was never issued to anybody. Passwords are made from a word list of this file's own."""

import base64
import uuid

from samples import BASE62

HEX = "0123456789abcdef"
BASE64 = BASE62 + "+/"
BASE64URL = BASE62 + "-_"
BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
LETTERS = BASE62[10:]

WORDS = """amber anchor arrow autumn badger basil beacon birch bishop blossom boulder breeze bridge bronze butter cactus candle canyon carbon
castle cedar cherry cinder clover cobalt coral cotton crystal dagger daisy delta denim dolphin dragon eagle ember falcon feather fennel forest
fossil garden garlic ginger glacier granite hammer hazel heron hollow honey hornet indigo island ivory jacket jasmine jungle kettle kitten ladder
lagoon lantern lemon lizard lobster magnet maple marble meadow melon meteor mirror monkey mustard nectar nickel oasis olive onion orchid otter panther
parrot pebble pepper pepita pirate planet pocket prairie pumpkin quartz rabbit raven river rocket saddle saffron salmon sandal shadow silver sparrow summer
sunset thistle thunder tiger timber tulip tundra turtle velvet violet walnut willow winter zephyr""".split()
WEAK = """petclinic dragon sunshine letmein qwerty monkey postgres admin123 welcome1 football hunter2 abc123 tomcat oracle rootroot toor guest123 123456
12345678 iloveyou princess inventory wordpress admin1 grafana rabbitmq zabbix magento joomla trustno1""".split()

# Starts of providers' formats and of encodings: a drawn key with one of them is drawn again.
TAKEN = ("AKIA", "ASIA", "ABIA", "ghp", "gho", "ghs", "ghu", "ghr", "glpat", "sk", "pk", "rk", "xox", "xapp", "SG", "eyJ", "AIza", "ya29", "npm",
    "pypi", "dop", "hf",
         "shp", "sq0", "EAA", "key-", "AC", "LTAI", "AKID", "dckr", "rubygems", "whsec", "lin", "figd", "pat", "dapi", "nvapi", "MII",
             "LS0")  # fmt: skip

TOKEN_CLASSES = [("base62", 30), ("hex", 25), ("base64url", 15), ("base64", 15), ("uuid", 15)]
PASSWORD_CLASSES = [("password", 38), ("random", 27), ("name-like", 12), ("phrase", 8), ("weak", 15)]


def pick(draw, choices):
    return choices[draw.number(len(choices))]


def weighted(draw, choices):
    at = draw.number(sum(weight for _, weight in choices))
    for choice, weight in choices:
        at -= weight
        if at < 0:
            return choice
    raise AssertionError


def digits(draw, fewest, most):
    return draw.text("0123456789", fewest + draw.number(most - fewest + 1))


def mixed(draw, alphabet, length):
    """Text of the alphabet with a digit and a letter of either case in it, and of no provider's format."""
    while True:
        text = draw.text(alphabet, length)
        enough = any(c.isdigit() for c in text) and any(c.islower() for c in text)
        if enough and not text.startswith(TAKEN) and text[0].isalnum() and text[-1].isalnum():
            return text


def human_password(draw, symbols):
    one, two = pick(draw, WORDS), pick(draw, WORDS)
    mark = pick(draw, symbols)
    return [
        lambda: one.capitalize() + digits(draw, 2, 4) + mark,
        lambda: one.capitalize() + mark + two + digits(draw, 1, 3),
        lambda: pick(draw, ["Winter", "Summer", "Spring", "Autumn", "October", "Monday"]) + f"20{10 + draw.number(17)}" + mark,
        lambda: one.replace("a", "4").replace("e", "3").replace("o", "0").capitalize() + mark + digits(draw, 2, 3),
    ][draw.number(4)]()  # fmt: skip


def name_like_password(draw):
    one, two = pick(draw, WORDS), pick(draw, WORDS)
    if draw.number(2):
        return one.capitalize() + two.capitalize() + digits(draw, 2, 3)
    return one + pick(draw, "-_.") + digits(draw, 2, 4)


def value_of(draw, kind, symbols):
    if kind == "base62":
        return mixed(draw, BASE62, 20 + draw.number(45))
    if kind == "hex":
        return mixed(draw, HEX, pick(draw, [32, 32, 40, 48, 64]))
    if kind == "base64url":
        return mixed(draw, BASE64URL, 22 + draw.number(43))
    if kind == "base64":
        body = pick(draw, [24, 32, 33, 48])
        while True:
            text = base64.b64encode(bytes(draw.number(256) for _ in range(body))).decode()
            if not text.startswith(TAKEN) and text[0].isalnum():
                return text
    if kind == "base32":
        while True:
            text = draw.text(BASE32, pick(draw, [16, 16, 26, 32, 32]))
            if any(c.isdigit() for c in text):
                return text
    if kind == "uuid":
        return str(uuid.UUID(int=int(draw.text(HEX, 32), 16), version=4))
    if kind == "password":
        return human_password(draw, symbols)
    if kind == "name-like":
        return name_like_password(draw)
    if kind == "random":
        length = 10 + draw.number(9)
        while True:
            text = draw.text(BASE62 + symbols, length)
            if any(c.isdigit() for c in text) and any(c in symbols for c in text) and text[0].isalnum() and text[-1].isalnum():
                return text
    if kind == "phrase":
        words = "-".join(pick(draw, WORDS) for _ in range(3 + draw.number(2)))
        return words + f"-{digits(draw, 2, 2)}" if draw.number(2) else words
    if kind == "weak":
        return pick(draw, WEAK)
    raise KeyError(kind)


# --- names --------------------------------------------------------------------------------------------------

PASSWORD_NAMES = """password;password;db password;database password;admin password;smtp password;user passwd;passwd;root password;mail pass;pwd;admin pwd;
db pass;ftp pass;passphrase;key passphrase;keystore password;ldap bind password;login password;redis password;proxy password;default password;master password;
sudo pass;service account password;pass;mysql pwd;wifi password;pw;pin code password;senha;mot de passe;passwort;kennwort;contrasena""".replace("\n", "").split(";")
TOKEN_NAMES = """api key;api key;secret;client secret;access token;auth token;secret key;private token;webhook secret;signing key;encryption key;jwt secret;session
 secret;deploy token;refresh token;bot token;service key;app secret;token;hmac key;master key;api token;consumer secret;license key;shared secret;cookie secret;
api secret;oauth token;user token;access key secret;app key;secret token;bearer token;account key;hash salt;partner api key;key""".replace("\n", "").split(";")


def styled(name, style):
    words = name.split()
    if style == "snake":
        return "_".join(words)
    if style == "screaming" and name == "pwd":
        return "DB_PWD"  # PWD is the shell's directory
    if style == "screaming":
        return "_".join(words).upper()
    if style == "kebab":
        return "-".join(words)
    if style == "dotted":
        return ".".join(words)
    if style == "flat":
        return "".join(words)
    if style == "pascal":
        return "".join(word.capitalize() for word in words)
    if style == "camel":
        return words[0] + "".join(word.capitalize() for word in words[1:])
    if style == "header":
        return "X-" + "-".join(word.capitalize() for word in words)
    if style == "words":
        return " ".join(words)
    raise KeyError(style)


# --- what is no secret --------------------------------------------------------------------------------------

PLACEHOLDERS = ["{{«name:snake»}}", "{{ «name:camel» }}", "${«name:screaming»}", "###PWD###", "<your-key>", "<«name:kebab»>", "changeme",
    "your_«name:snake»_here",
                "xxxxxxxxxxxx", "********", "%«name:screaming»%", "@«name:screaming»@", "__«name:screaming»__", "REPLACE_ME", "$(«name:screaming»)",
                    "{«name:camel»}",
                "change-me-please", "YOUR_«name:screaming»", "<%= «name:snake» %>", "insert-«name:kebab»-here", "#{«name:snake»}#", "[«name:words»]",
                    "TODO", "..."]  # fmt: skip

# (kind, name, value): what a scanner that goes by names alone would take for a secret. `«…»` as in the grammar.
PAIRS = [
    *[("identifier", name, value) for name, value in [
        ("password field", "user_password_input"), ("token type", "access_token"), ("secret name", "prod-db-credentials"), ("primary key",
            "customer_id"),
        ("cache key", "user:profile:settings"), ("key", "dashboard.widgets.title"), ("password column", "pwd_hash_v2"), ("api key header",
            "X-Acme-Api-Key"),
        ("token claim", "preferred_username"), ("sort key", "created_at_desc"), ("csrf token name", "_csrf_token"), ("password reset route",
            "account_reset_path"),
        ("secret ref", "billing-webhook-secret"), ("auth type", "client_secret_basic"), ("auth method", "tls_client_auth_v2"), ("key id",
            "signing-key-2024-03"),
        ("token storage key", "acme.session.token"), ("api key env", "ACME_BILLING_API_KEY"), ("password input id", "loginPasswordInput2"),
        ("token", "identifier_expected"), ("partition key", "tenantId"), ("key type", "EcdsaSecp256k1VerificationKey2019"), ("auth mode",
            "IntegratedSecurity"),
        ("token scope", "repo:read_write"), ("secret key ref", "mailer-smtp-password")]],
    *[("hash or digest", name, value) for name, value in [
        ("commit", "«hex:40»"), ("sha256", "«hex:64»"), ("checksum", "«hex:32»"), ("content hash", "«hex:64»"), ("digest", "sha256:«hex:64»"),
            ("etag", "«hex:32»"),
        ("fingerprint", "«hex:40»"), ("revision", "«hex:40»"), ("file md5", "«hex:32»"), ("git sha", "«hex:40»"), ("image digest", "sha256:«hex:64»"),
        ("thumbprint", "«HEX:40»"), ("token hash", "«hex:64»"), ("api key sha256", "«hex:64»"), ("secret checksum", "«hex:64»"), ("key fingerprint",
            "SHA256:«base62:43»"),
        ("cache key", "«hex:40»"), ("key", "«hex:8»")]],
    *[("UUID", name, "«uuid»") for name in ["request id", "tenant id", "trace id", "client id", "subscription id", "correlation id", "product code",
        "guid",
                                           "idempotency key", "token id", "api key id", "key id"]],
    *[("public by design", name, value) for name, value in [
        ("site key", "«base62:32»"), ("publishable key", "«base62:32»"), ("public api key", "«base62:32»"), ("next page token", "«base64url:44»"),
            ("csp nonce", "«base62:22»=="),
        ("continuation token", "«base64:48»"), ("partition key", "«hex:32»"), ("sort key", "«base62:26»")]],
    *[("file path", name, value) for name, value in [
        ("private key", "/etc/ssl/private/server.key"), ("password file", "/run/secrets/db_password"), ("token path",
            "/var/run/secrets/kubernetes.io/serviceaccount/token"),
        ("key file", "certs/«word»/client-key.pem"), ("secret", "/run/secrets/session_key"), ("credentials", "config/gcp/credentials.json"),
        ("api key file", "C:/ProgramData/Acme/api.key"), ("token", "./build/.token"), ("ssh private key", "~/.ssh/id_ed25519")]],
    *[("URL without password", name, value) for name, value in [
        ("token url", "https://auth.«host»/oauth2/v2.0/token"), ("password reset url", "https://«host»/account/password/reset"), ("auth",
            "https://login.«host»/"),
        ("secret url", "https://vault.«host»:8200/v1/secret/data/app"), ("api key docs", "https://«host»/docs#api-keys"),
        ("token endpoint", "http://localhost:8080/realms/main/protocol/openid-connect/token"), ("repository",
            "ssh://git@«host»:2222/team/«word».git")]],
    *[("type name", name, value) for name, value in [
        ("password", "string"), ("token", "String"), ("secret", "SecureString"), ("api key", "varchar(255)"), ("password", "PasswordType"), ("token",
            "JwtTokenProvider"),
        ("secret", "std::string"), ("credentials", "UsernamePasswordCredentials"), ("password", "password"), ("token", "AccessTokenResponse")]],
    *[("message", name, value) for name, value in [
        ("invalid password", "Wrong user name or password."), ("password error", "The password must contain at least 8 characters"), ("token",
            "Token has expired, please sign in again"),
        ("password", "Enter your password"), ("secret", "Client secret is missing"), ("password hint", "Use 12 characters, 1 digit and 1 symbol!"),
        ("missing api key", "No API key was given: see https://«host»/keys"), ("password label", "New password (again)"), ("token invalid",
            "Invalid token at line 12")]],
    *[("version", name, value) for name, value in [
        ("api key version", "2023-10-16"), ("token version", "v2.14.0-rc.3"), ("auth", "3.0.1"), ("secret version", "projects/4711/versions/12"),
        ("password policy", "2024.1"), ("tokenizer", "cl100k_base")]],
    *[("algorithm", name, value) for name, value in [
        ("key algorithm", "RSA-OAEP-256"), ("token alg", "HS256"), ("password hash", "PBKDF2WithHmacSHA512"), ("cipher key", "AES/GCM/NoPadding"),
        ("password encoder", "argon2id"), ("key spec", "ECC_NIST_P256"), ("secret format", "base64url"), ("auth", "SCRAM-SHA-256")]],
    *[("public key", name, value) for name, value in [
        ("public key", "MCowBQYDK2VwAyEA«base62:43»="), ("ssh public key", "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAI«base62:43» ops@«host»"),
        ("verify key", "-----BEGIN PUBLIC KEY-----"), ("host key",
            "ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBB«base62:86»="),
        ("public key", "0x04«hex:128»")]],
    *[("encrypted value", name, value) for name, value in [
        ("password", "ENC[AES256_GCM,data:«base62:14»=,iv:«base62:43»=,tag:«base62:22»==,type:str]"), ("db password", "ENC(«base62:43»=)"),
        ("api key", "ENC[PKCS7,MIIB«base62:88»]"), ("smtp password", "{cipher}«hex:96»"), ("secret", "vault:v1:«base62:59»="),
        ("password", "kms:AQICAH«base62:112»")]],
]  # fmt: skip

SPACED = {"message"}  # kinds that stand within quotes only
