#include "rules/validator_hosts.h"

#include <algorithm>

#include "base/ascii.h"

namespace keywake::rules {
namespace {

// With one placeholder in each of `texts` replaced by each of `values`.
std::vector<std::string> replaced(const std::vector<std::string>& texts, const std::string& name, const std::vector<std::string>& values) {
  const std::string placeholder = "{" + name + "}";
  std::vector<std::string> out;
  for (const std::string& text : texts) {
    const std::size_t at = text.find(placeholder);
    if (at == std::string::npos) {
      out.push_back(text);
      continue;
    }
    for (const std::string& value : values) out.push_back(std::string(text).replace(at, placeholder.size(), value));
  }
  return out;
}

std::string host_in(std::string_view url) {
  const std::size_t scheme = url.find("://");
  if (scheme == std::string_view::npos) return "";
  url.remove_prefix(scheme + 3);
  url = url.substr(0, url.find_first_of("/?#"));
  return lowered(url.substr(0, url.rfind(':')));
}

bool is_label(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) { return is_alnum(c) || std::string_view("-_{}").find(c) != std::string_view::npos; });
}

}  // namespace

std::vector<std::string> hosts_of(const model::Template& url, const model::Validator& validator) {
  std::string text;
  for (const auto& piece : url.pieces) text += piece.is_value ? "{" + piece.text + "}" : piece.text;
  std::vector<std::string> urls{text};
  for (const auto& [name, values] : validator.alternatives) urls = replaced(urls, name, values);
  for (const auto& [name, value] : validator.defaults) {
    urls = replaced(urls, name, {value, "{" + name + "}"});  // what the scanned text gives instead is a host too
  }
  std::vector<std::string> hosts;
  for (const std::string& each : urls) {
    std::string host = host_in(each);
    if (!host.empty() && std::find(hosts.begin(), hosts.end(), host) == hosts.end()) hosts.push_back(std::move(host));
  }
  return hosts;
}

bool holds(std::span<const std::string> hosts, std::string_view host) {
  return std::any_of(hosts.begin(), hosts.end(), [&](std::string_view allowed) {
    if (!allowed.starts_with("*.")) return allowed == host;
    const std::string_view tail = allowed.substr(1);
    return host.size() > tail.size() && host.ends_with(tail) && is_label(host.substr(0, host.size() - tail.size()));
  });
}

}  // namespace keywake::rules
