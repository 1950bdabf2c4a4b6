#include "login/mongodb_srv.h"

#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <resolv.h>

#include <algorithm>
#include <array>
#include <vector>

#include "base/ascii.h"
#include "base/library.h"

namespace keywake::login {
namespace {

constexpr std::size_t kMaxAnswer = 16 * 1024;
constexpr int kMaxServers = 2;
constexpr int kTries = 2;

// Reads DNS messages; the C library itself has only what asks the questions.
struct Resolv : Library {
  Resolv() : Library("libresolv.so.2") {}
  decltype(&::ns_initparse) initparse = take("ns_initparse");
  decltype(&::ns_parserr) parserr = take("ns_parserr");
};
const Resolv* resolv() { return Library::loaded<Resolv>(); }

net::Answer failed(net::Failure failure, std::string problem) {
  net::Answer out;
  out.failure = failure;
  out.problem = std::move(problem);
  return out;
}

// The system's resolver, of this call alone.
class Resolver {
 public:
  Resolver(net::Deadline deadline, const std::optional<net::HostPort>& nameserver) {
    opened_ = res_ninit(&state_) == 0;
    ready_ = opened_ && resolv() != nullptr;
    const auto left = std::chrono::duration_cast<std::chrono::seconds>(deadline - std::chrono::steady_clock::now()).count();
    // Two questions, each to so many servers so many times: all of it within the time that is left.
    state_.nscount = std::min(state_.nscount, kMaxServers);
    state_.retry = kTries;
    state_.retrans = static_cast<int>(std::clamp<std::int64_t>(left / (2 * kTries * kMaxServers), 1, 5));
    if (!nameserver) return;
    state_.nscount = 1;
    state_.nsaddr_list[0].sin_family = AF_INET;
    state_.nsaddr_list[0].sin_port = htons(nameserver->port);
    ready_ = ready_ && ::inet_pton(AF_INET, nameserver->host.c_str(), &state_.nsaddr_list[0].sin_addr) == 1;
  }
  ~Resolver() {
    if (opened_) res_nclose(&state_);
  }
  Resolver(const Resolver&) = delete;
  Resolver& operator=(const Resolver&) = delete;

  // The records of that type, each as the message that it stands in has it.
  std::vector<ns_rr> records(const std::string& name, ns_type type) {
    std::vector<ns_rr> out;
    const int size = ready_ ? res_nquery(&state_, name.c_str(), ns_c_in, type, answer_.data(), static_cast<int>(answer_.size())) : -1;
    if (size < 0 || resolv()->initparse(answer_.data(), std::min(size, static_cast<int>(answer_.size())), &message_) != 0) return out;
    for (int i = 0; i < ns_msg_count(message_, ns_s_an); ++i) {
      ns_rr record;
      if (resolv()->parserr(&message_, ns_s_an, i, &record) == 0 && ns_rr_type(record) == type) out.push_back(record);
    }
    return out;
  }

  // Empty for a name that no host has: DNS allows every byte, and "other.test/.acme.test" would lead elsewhere in a URL.
  [[nodiscard]] std::string name_at(const unsigned char* at) const {
    std::array<char, NS_MAXDNAME> name{};
    if (::ns_name_uncompress(ns_msg_base(message_), ns_msg_end(message_), at, name.data(), name.size()) < 0) return "";
    std::string out = lowered(name.data());
    const bool fits = std::all_of(out.begin(), out.end(), [](char c) { return is_alnum(c) || c == '-' || c == '_' || c == '.'; });
    return fits ? out : "";
  }

 private:
  struct __res_state state_ {};
  bool opened_ = false;
  bool ready_ = false;
  std::vector<unsigned char> answer_ = std::vector<unsigned char>(kMaxAnswer);
  ns_msg message_{};
};

// Priority, weight and port stand before the target (RFC 2782).
std::optional<net::HostPort> target_of(const Resolver& resolver, const ns_rr& record) {
  constexpr std::size_t kPortAt = 4;
  constexpr std::size_t kTargetAt = 6;
  if (ns_rr_rdlen(record) <= kTargetAt) return std::nullopt;
  const unsigned char* const data = ns_rr_rdata(record);
  net::HostPort out;
  out.port = static_cast<std::uint16_t>(data[kPortAt] << 8 | data[kPortAt + 1]);
  out.host = resolver.name_at(data + kTargetAt);
  return out;
}

// A TXT record is one text in pieces, each with its length before it.
std::string text_of(const ns_rr& record) {
  std::string out;
  const std::string_view data(reinterpret_cast<const char*>(ns_rr_rdata(record)), ns_rr_rdlen(record));
  for (std::size_t at = 0; at < data.size(); at += 1 + static_cast<unsigned char>(data[at])) out += data.substr(at + 1, static_cast<unsigned char>(data[at]));
  return out;
}

}  // namespace

std::expected<MongodbSeed, net::Answer> mongodb_seed(const std::string& host, net::Deadline deadline, const std::optional<net::HostPort>& nameserver) {
  Resolver resolver(deadline, nameserver);
  const std::vector<ns_rr> services = resolver.records("_mongodb._tcp." + host, ns_t_srv);
  if (services.empty()) return std::unexpected(failed(net::Failure::kResolve, "no server of MongoDB is named for its host (SRV)"));
  // "cluster0.acme.test" may name what is below "acme.test"; of a shorter name, what is below itself.
  const bool deep = std::count(host.begin(), host.end(), '.') >= 2;
  const std::string domain = deep ? host.substr(host.find('.')) : "." + host;
  MongodbSeed out;
  for (const ns_rr& service : services) {
    const auto target = target_of(resolver, service);
    if (!target || target->port == 0 || target->host.size() <= domain.size() || !target->host.ends_with(domain)) {
      return std::unexpected(failed(net::Failure::kRefused, fmt::format("its host names servers outside of {}", domain.substr(1))));
    }
    if (out.host.host.empty()) out.host = *target;
  }
  const std::vector<ns_rr> texts = resolver.records(host, ns_t_txt);
  if (texts.size() == 1) out.options = text_of(texts.front());
  return out;
}

}  // namespace keywake::login
