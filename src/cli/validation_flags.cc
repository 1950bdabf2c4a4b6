// The flags of whatever asks providers: `keywake validate`, and `keywake scan --validate`.
#include "cli/flags.h"
#include "cli/values.h"

namespace keywake::cli {
namespace {

using Done = Result<void>;

constexpr Flag kFlags[] = {
    {.name = "validators",
     .argument = "FILE",
     .help = "Use the validators of this file too, before the built-in ones",
     .long_help = "A file in the format of docs/validators.md, or a folder of such. May be given several times.",
     .group = Group::kValidation,
     .repeatable = true,
     .complete = Complete::kFile,
     .apply = [](std::string_view v, Arguments& a) { return append_value(v, a.validation.files, "my-validators.toml"); }},
    {.name = "allow-host",
     .argument = "HOST",
     .help = "Also ask this host, which only what was scanned names",
     .long_help = "Without it a credential is shown to the hosts of its validator only ('keywake rules endpoints'), whatever the scanned text "
                  "says. A name, '*.name' for all below a name, or '*' for any. May be given several times.",
     .group = Group::kValidation,
     .repeatable = true,
     .apply = [](std::string_view v, Arguments& a) { return append_value(v, a.validation.allowed_hosts, "gitlab.example.com"); }},
    {.name = "allow-private",
     .help = "Also ask hosts whose addresses are private or of this machine",
     .long_help = "Such addresses are refused, after the name was resolved, because a name in a scanned text could lead anywhere in your network. "
                  "Link-local addresses (where clouds keep their metadata) are refused even so.",
     .group = Group::kValidation,
     .apply = [](std::string_view, Arguments& a) -> Done {
       a.validation.allow_private = true;
       return {};
     }},
    {.name = "allow-plaintext",
     .help = "Also log in where the server offers no TLS",
     .long_help = "Databases, brokers and mail servers in one's own network often have none. The password can then be read on the way.",
     .group = Group::kValidation,
     .apply = [](std::string_view, Arguments& a) -> Done {
       a.validation.allow_plaintext = true;
       return {};
     }},
    {.name = "touch-canaries",
     .help = "Also ask with canary tokens, which tells whoever laid them",
     .group = Group::kValidation,
     .apply = [](std::string_view, Arguments& a) -> Done {
       a.validation.touch_canaries = true;
       return {};
     }},
    {.name = "verbose",
     .help = "Say on standard error who is asked, and what comes of it",
     .long_help = "A line for each request: validator, host, status, time. Never the secret, nor an address in which it could stand.",
     .group = Group::kValidation,
     .apply = [](std::string_view, Arguments& a) -> Done {
       a.validation.verbose = true;
       return {};
     }},
    {.name = "reuse-answers",
     .argument = "SECONDS",
     .help = "Take answers of earlier runs that are no older than this",
     .long_help = "For sweeps that see the same credentials every night: 72000 asks about each once a day. Kept are live and dead, with what "
                  "was said of the owner, in ~/.cache/keywake/answers.json; no secret is in it. Without the flag everybody is asked anew.",
     .fallback = "0",
     .group = Group::kValidation,
     .apply = [](std::string_view v, Arguments& a) -> Done {
       auto seconds = parse_count(v, 31'536'000);
       if (!seconds) return std::unexpected(seconds.error());
       a.validation.reuse = std::chrono::seconds(*seconds);
       return {};
     }},
    {.name = "validation-timeout",
     .argument = "SECONDS",
     .help = "How long one answer may take",
     .fallback = "10",
     .group = Group::kValidation,
     .apply = [](std::string_view v, Arguments& a) -> Done {
       auto seconds = parse_count(v, 600);
       if (!seconds) return std::unexpected(seconds.error());
       a.validation.timeout = std::chrono::seconds(*seconds);
       return {};
     }},
    {.name = "validation-deadline",
     .argument = "SECONDS",
     .help = "How long all of them may take together",
     .long_help = "What has no answer by then is unknown.",
     .fallback = "600",
     .group = Group::kValidation,
     .apply = [](std::string_view v, Arguments& a) -> Done {
       auto seconds = parse_count(v, 86'400);
       if (!seconds) return std::unexpected(seconds.error());
       a.validation.deadline = std::chrono::seconds(*seconds);
       return {};
     }},
    {.name = "validation-rate",
     .argument = "N",
     .help = "Requests a second to one host, instead of what its validator says",
     .group = Group::kValidation,
     .apply = [](std::string_view v, Arguments& a) -> Done {
       auto rate = parse_count(v, 100'000);
       if (!rate) return std::unexpected(rate.error());
       if (*rate == 0) return fail("it must be at least 1");
       a.validation.rate = static_cast<double>(*rate);
       return {};
     }},
    {.name = "ca-file",
     .argument = "FILE",
     .help = "Trust the authorities of this PEM file too",
     .group = Group::kValidation,
     .complete = Complete::kFile,
     .apply = [](std::string_view v, Arguments& a) -> Done {
       if (v.empty()) return fail("the value is empty; name a PEM file");
       a.validation.ca_file = v;
       return {};
     }},
    {.name = "proxy",
     .argument = "URL",
     .help = "Ask through this proxy; what the environment says of proxies is not used",
     .long_help = "As curl takes it, e.g. http://proxy.example.com:3128. The proxy then resolves the names, so private addresses cannot be refused.",
     .group = Group::kValidation,
     .apply = [](std::string_view v, Arguments& a) -> Done {
       if (v.empty()) return fail("the value is empty; an example: http://proxy.example.com:3128");
       a.validation.proxy = v;
       return {};
     }},
    {.name = "connect-to",
     .argument = "HOST:PORT:ADDRESS:PORT",
     .help = "Connect to this address for that host, as curl does",
     .long_help = "For egress gateways and tests: the certificate is still checked for the host. May be given several times.",
     .group = Group::kValidation,
     .repeatable = true,
     .apply = [](std::string_view v, Arguments& a) { return append_value(v, a.validation.connect_to, "api.github.com:443:192.0.2.1:8443"); }},
};

}  // namespace

std::span<const Flag> validation_flags() { return kFlags; }

}  // namespace keywake::cli
