#include "images/reference.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/ascii.h"
#include "base/text.h"

namespace keywake::images {
namespace {

using Transport = Reference::Transport;

constexpr std::string_view kDockerHub = "registry-1.docker.io";
constexpr std::size_t kLongestTag = 128;

struct Named {
  std::string_view prefix;
  Transport transport;
  std::string_view example;
};
constexpr std::array<Named, 6> kTransports{{
    {"docker://", Transport::kRegistry, "docker://ghcr.io/acme/shop:1.2"},
    {"docker-daemon:", Transport::kDockerDaemon, "docker-daemon:acme/shop:1.2"},
    {"docker-archive:", Transport::kDockerArchive, "docker-archive:shop.tar"},
    {"oci-archive:", Transport::kOciArchive, "oci-archive:shop.tar"},
    {"oci:", Transport::kOciLayout, "oci:folder:1.2"},
    {"dir:", Transport::kFolder, "dir:folder"},
}};

// The distribution specification's <name>: components of small letters and digits, with separators between them.
bool is_repository(std::string_view text) {
  auto separator = [](char c) { return c == '.' || c == '_' || c == '-' || c == '/'; };
  if (text.empty() || separator(text.front()) || separator(text.back())) return false;
  return std::all_of(text.begin(), text.end(), [&](char c) { return is_lower(c) || is_digit(c) || separator(c); }) && text.find("//") == std::string_view::npos &&
         text.find("..") == std::string_view::npos;
}

bool is_tag(std::string_view text) {
  if (text.empty() || text.size() > kLongestTag || text[0] == '.' || text[0] == '-') return false;
  return std::all_of(text.begin(), text.end(), [](char c) { return is_alnum(c) || c == '_' || c == '.' || c == '-'; });
}

// A first component that can be no part of a name on Docker's own registry: with a dot, a port, or "localhost".
bool is_registry(std::string_view text) { return text == "localhost" || text.find_first_of(".:") != std::string_view::npos; }

// "name[:tag][@digest]"; false if it is none.
bool take_name(std::string_view text, Reference& out) {
  if (const std::size_t at = text.find('@'); at != std::string_view::npos) {
    out.digest = text.substr(at + 1);
    if (!is_digest(out.digest)) return false;
    text = text.substr(0, at);
  }
  const std::size_t colon = text.find(':', text.rfind('/') == std::string_view::npos ? 0 : text.rfind('/'));
  if (colon != std::string_view::npos) {
    out.tag = text.substr(colon + 1);
    if (!is_tag(out.tag)) return false;
  }
  out.repository = text.substr(0, colon);
  return is_repository(out.repository);
}

bool take_registry(std::string_view text, Reference& out) {
  const std::size_t slash = text.find('/');
  const std::string_view first = text.substr(0, slash);
  const bool named = slash != std::string_view::npos && is_registry(first);
  if (named) text.remove_prefix(slash + 1);
  if (!take_name(text, out)) return false;
  const bool hub = !named || first == "docker.io" || first == "index.docker.io";
  out.registry = lowered(hub ? kDockerHub : first);
  if (hub && out.repository.find('/') == std::string::npos) out.repository = "library/" + out.repository;
  if (out.tag.empty() && out.digest.empty()) out.tag = "latest";
  return true;
}

// "path[:name:tag]" of a docker-archive, "path[:tag]" of the others. A path may hold no colon, as in containers-transports(5).
bool take_path(std::string_view text, Reference& out) {
  const std::size_t colon = text.find(':');
  out.path = text.substr(0, colon);
  if (out.path.empty()) return false;
  if (colon == std::string_view::npos) return true;
  if (out.transport == Transport::kFolder) return false;  // it holds one image, without a name
  const std::string_view rest = text.substr(colon + 1);
  if (out.transport == Transport::kDockerArchive) return take_name(rest, out);
  out.tag = rest;
  return !rest.empty();
}

}  // namespace

bool is_digest(std::string_view text) {
  const std::size_t length = text.starts_with("sha256:") ? 64 : text.starts_with("sha512:") ? 128 : 0;
  const std::string_view hex = text.substr(std::min<std::size_t>(7, text.size()));
  return hex.size() == length && length > 0 && std::all_of(hex.begin(), hex.end(), [](char c) { return is_digit(c) || (c >= 'a' && c <= 'f'); });
}

Result<std::optional<Reference>> parse_reference(const std::string& target) {
  for (const Named& each : kTransports) {
    if (!target.starts_with(each.prefix)) continue;
    const std::string_view rest = std::string_view(target).substr(each.prefix.size());
    Reference out;
    out.transport = each.transport;
    const bool named = each.transport == Transport::kRegistry ? take_registry(rest, out)
                       : each.transport == Transport::kDockerDaemon ? take_name(rest, out)
                                                                    : take_path(rest, out);
    if (!named) return fail(fmt::format("{}: no image; it is written as in {}", printable(target), each.example));
    return out;
  }
  return std::optional<Reference>();
}

std::string name_of(const Reference& reference) {
  std::string out = reference.path;
  if (out.empty()) {
    out = reference.registry == kDockerHub ? "docker.io" : reference.registry;
    out += (out.empty() ? "" : "/") + reference.repository;
  } else if (!reference.repository.empty()) {
    out += ":" + reference.repository;
  }
  if (!reference.tag.empty()) out += ":" + reference.tag;
  if (!reference.digest.empty()) out += "@" + reference.digest;
  return out;
}

}  // namespace keywake::images
