#include "git/git_url.h"

#include <algorithm>
#include <optional>
#include <vector>

#include "base/hash.h"
#include "base/text.h"

namespace keywake::git {
namespace {

constexpr std::string_view kSchemes[] = {"http", "https", "ssh", "git", "file"};
constexpr std::string_view kStars = "***";

struct Parts {
  std::string_view scheme;  // empty: user@host:path
  std::string_view user;    // before the "@", with the password
  std::string_view host;    // with the port
  std::string_view rest;
  bool has_user = false;
};

std::optional<Parts> split_url(std::string_view url) {
  Parts parts;
  std::size_t colon = url.find("://");
  if (colon == std::string_view::npos) {
    std::size_t at = url.find('@');
    std::size_t end = at == std::string_view::npos ? at : url.find_first_of(":/", at + 1);
    bool scp_like =
        end != std::string_view::npos && url[end] == ':' && url.find_first_of(":/") > at;
    if (!scp_like) return std::nullopt;
    return Parts{.scheme = {},
                 .user = url.substr(0, at),
                 .host = url.substr(at + 1, end - at - 1),
                 .rest = url.substr(end),
                 .has_user = true};
  }
  parts.scheme = url.substr(0, colon);
  url.remove_prefix(colon + 3);
  // The last "@" before the path: a password may hold one too.
  std::size_t path = std::min(url.find_first_of("/?#"), url.size());
  std::size_t at = url.substr(0, path).rfind('@');
  if (at != std::string_view::npos) {
    parts.has_user = true;
    parts.user = url.substr(0, at);
    parts.host = url.substr(at + 1, path - at - 1);
  } else {
    parts.host = url.substr(0, path);
  }
  parts.rest = url.substr(path);
  return parts;
}

bool is_http(const Parts& parts) {
  return parts.scheme == "http" || parts.scheme == "https";
}

std::string percent_decoded(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    auto byte =
        text[i] == '%' && i + 2 < text.size() ? from_hex(text.substr(i + 1, 2)) : std::nullopt;
    if (byte && byte->size() == 1) {
      result += *byte;
      i += 2;
    } else {
      result += text[i];
    }
  }
  return result;
}

/// Longest first, so that no part of one is left when a shorter one is starred.
std::vector<std::string> secrets_of(const Parts& parts) {
  std::vector<std::string> secrets;
  auto add = [&](std::string_view secret) {
    if (secret.empty()) return;
    secrets.emplace_back(secret);
    secrets.push_back(percent_decoded(secret));
  };
  std::size_t colon = parts.user.find(':');
  if (colon != std::string_view::npos) add(parts.user.substr(colon + 1));
  if (is_http(parts)) {
    add(parts.user);
    add(parts.user.substr(0, colon));
  }
  std::size_t query = parts.rest.find('?');
  if (is_http(parts) && query != std::string_view::npos) add(parts.rest.substr(query + 1));
  std::sort(secrets.begin(), secrets.end(),
            [](const auto& a, const auto& b) { return a.size() > b.size(); });
  return secrets;
}

}  // namespace

bool is_git_url(std::string_view text) {
  if (text.empty() || text.starts_with('-')) return false;
  bool control = std::any_of(text.begin(), text.end(), [](char c) {
    auto code = static_cast<unsigned char>(c);
    return code < 0x20 || code == 0x7f;
  });
  if (control) return false;
  auto parts = split_url(text);
  if (!parts || parts->host.starts_with('-') || parts->user.starts_with('-')) return false;
  if (parts->scheme.empty()) {
    bool spaced =
        text.substr(0, text.size() - parts->rest.size()).find(' ') != std::string_view::npos;
    return !spaced && !parts->user.empty() && !parts->host.empty() && parts->rest.size() > 1 &&
           parts->rest[1] != ':';
  }
  if (std::find(std::begin(kSchemes), std::end(kSchemes), parts->scheme) == std::end(kSchemes))
    return false;
  return parts->scheme == "file" ? parts->rest.size() > 1 : !parts->host.empty();
}

std::string redacted_url(std::string_view url) {
  auto parts = split_url(url);
  if (!parts) return printable(url);
  std::string result(parts->scheme);
  if (!parts->scheme.empty()) result += "://";
  if (parts->has_user) {
    std::size_t colon = parts->user.find(':');
    if (is_http(*parts)) {
      result += kStars;
    } else {
      result += parts->user.substr(0, colon);
      if (colon != std::string_view::npos) result.append(":").append(kStars);
    }
    result += '@';
  }
  result += parts->host;
  std::size_t query = is_http(*parts) ? parts->rest.find('?') : std::string_view::npos;
  result += parts->rest.substr(0, query);
  if (query != std::string_view::npos) result.append("?").append(kStars);
  return printable(result);
}

std::string redact(std::string text, std::string_view url) {
  auto parts = split_url(url);
  if (!parts) return text;
  for (const std::string& secret : secrets_of(*parts)) {
    for (std::size_t at = text.find(secret); at != std::string::npos;
         at = text.find(secret, at + kStars.size())) {
      text.replace(at, secret.size(), kStars);
    }
  }
  return text;
}

}  // namespace keywake::git
