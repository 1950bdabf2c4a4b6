#include "net/guard.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netdb.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <memory>

#include "net/address.h"

namespace keywake::net {
namespace {

// "host:port", where the host may be an IPv6 address in brackets; port 0 if it is none.
HostPort host_and_port(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  HostPort out;
  if (colon == std::string_view::npos) return {"", 0};
  std::string_view host = text.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  out.host = host;
  out.port = 0;
  std::from_chars(text.data() + colon + 1, text.data() + text.size(), out.port);
  return out;
}

std::string numeric(const sockaddr& address, socklen_t size) {
  char text[NI_MAXHOST] = "";
  ::getnameinfo(&address, size, text, sizeof text, nullptr, 0, NI_NUMERICHOST);
  return text;
}

Answer failed(Failure failure, std::string problem) {
  Answer out;
  out.failure = failure;
  out.problem = std::move(problem);
  return out;
}

}  // namespace

Result<Guard> Guard::make(ClientOptions options) {
  Guard out;
  if (!options.ca_file.empty() && ::access(options.ca_file.c_str(), R_OK) != 0) return fail(fmt::format("{}: cannot be read", options.ca_file));
  for (const std::string& entry : options.connect_to) {
    const std::size_t host = entry.starts_with('[') ? entry.find(']') : 0;
    const std::size_t first = host == std::string::npos ? host : entry.find(':', host);
    const std::size_t second = first == std::string::npos ? first : entry.find(':', first + 1);
    if (second == std::string::npos) return fail(fmt::format("'{}' is not HOST:PORT:ADDRESS:PORT", entry));
    out.leads_.push_back({host_and_port(entry.substr(0, second)), host_and_port(entry.substr(second + 1))});
  }
  out.options_ = std::move(options);
  return out;
}

bool Guard::permits(const sockaddr& address) const {
  if (!options_.proxy.empty()) return true;  // it is the proxy's, which the user named
  const Reach reach = reach_of(address);
  if (reach == Reach::kPublic || (reach == Reach::kPrivate && options_.allow_private)) return true;
  const HostPort text = host_and_port(text_of(address));
  return std::any_of(leads_.begin(), leads_.end(), [&](const Lead& lead) { return lead.to.host == text.host && lead.to.port == text.port; });
}

std::expected<Guard::Route, Answer> Guard::route(const HostPort& to) const {
  if (!options_.proxy.empty()) return std::unexpected(failed(Failure::kRefused, "it cannot be reached through the proxy"));
  HostPort where = to;
  for (const Lead& lead : leads_) {
    if ((lead.from.host.empty() || lead.from.host == to.host) && (lead.from.port == 0 || lead.from.port == to.port)) where = lead.to;
  }
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICSERV;
  addrinfo* list = nullptr;
  const int code = ::getaddrinfo(where.host.c_str(), std::to_string(where.port).c_str(), &hints, &list);
  if (code != 0) return std::unexpected(failed(Failure::kResolve, fmt::format("could not resolve its host: {}", ::gai_strerror(code))));
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owner(list, ::freeaddrinfo);
  Route out{{}, where.port};
  std::string refused;
  for (const addrinfo* each = list; each != nullptr; each = each->ai_next) {
    if (permits(*each->ai_addr)) {
      out.addresses.push_back(numeric(*each->ai_addr, each->ai_addrlen));
    } else {
      refused = text_of(*each->ai_addr);
    }
  }
  if (out.addresses.empty()) return std::unexpected(failed(Failure::kRefused, fmt::format("its name leads to {}, an address that is not public", refused)));
  return out;
}

}  // namespace keywake::net
