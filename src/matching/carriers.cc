#include "matching/carriers.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/ascii.h"
#include "base/base64.h"
#include "matching/expressions.h"
#include "rules/alphabets.h"

namespace keywake::matching {
namespace {

// RFC 3986, section 2.3: never percent-encoded.
bool is_unreserved(char c) { return is_alnum(c) || std::string_view("-_.~").find(c) != std::string_view::npos; }

std::string prefixed(std::string_view text, std::string_view prefix) {
  std::string out(prefix);
  for (char c : text) {
    out += c;
    if (c == '\n') out += prefix;
  }
  return out + "\n";
}

std::string yaml(std::string_view text) { return "jobs:\n  deploy:\n    run: |\n" + prefixed(text, "      ") + "    when: always\n"; }

std::string shell(std::string_view text) { return "#!/bin/sh\nset -eu\ncd /srv/app\n" + std::string(text) + "\nexit 0\n"; }

std::string log(std::string_view text) { return prefixed(text, "2026-11-22T10:15:30.123Z worker-3 INFO  [main] "); }

std::string diff(std::string_view text) { return "@@ -1,2 +1,3 @@\n # notes\n" + prefixed(text, "+") + " # end\n"; }

std::string json(std::string_view text) {
  std::string out = "{\"id\": 7, \"body\": \"";
  for (char c : text) {
    switch (c) {
      case '"': out += "\\\""; break;
      case '\\': out += "\\\\"; break;
      case '\n': out += "\\n"; break;
      case '\r': out += "\\r"; break;
      case '\t': out += "\\t"; break;
      default: out += c;
    }
  }
  return out + "\", \"next\": null}\n";
}

std::string url(std::string_view text) {
  std::string out = "GET https://acme.test/search?lang=en&q=";
  for (char c : text) {
    out += is_unreserved(c) ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out + "&page=2 HTTP/1.1\n";
}

std::string base64(std::string_view text) { return "data:\n  body: " + base64_encode("# kept here\n" + std::string(text)) + "\n"; }

std::string utf16(std::string_view text) {
  std::string out;
  for (char c : "note: " + std::string(text) + "\n") out += {c, '\0'};
  return out;
}

bool without_escapes(std::string_view secret, std::string_view) { return secret.find_first_of("\"\\\r\n\t%") == std::string_view::npos; }
bool unreserved(std::string_view secret, std::string_view) { return std::all_of(secret.begin(), secret.end(), is_unreserved); }
bool long_enough(std::string_view, std::string_view anchor) { return anchor.size() >= kShortestEncodedAnchor; }

constexpr std::array<Carrier, 8> kCarriers{{
    {"YAML", yaml},
    {"shell", shell},
    {"log", log},
    {"diff", diff},
    {"a JSON string", json, without_escapes},
    {"a URL", url, unreserved},
    {"base64", base64, long_enough},
    {"UTF-16", utf16, long_enough},
}};

}  // namespace

std::span<const Carrier> carriers() { return kCarriers; }

}  // namespace keywake::matching
