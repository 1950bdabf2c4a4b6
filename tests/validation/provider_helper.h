// A provider on loopback (provider.py): a real HTTPS server with a certificate of a test authority for whatever hosts a test needs.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "authority_helper.h"
#include "net/client.h"
#include "script_helper.h"

namespace keywake::testing {

class Provider {
 public:
  /// Its certificate is for these hosts ("*.name" too).
  explicit Provider(const std::vector<std::string>& hosts, const std::vector<std::string>& arguments = {});

  /// What it will answer; returns the requests since the call before.
  nlohmann::json answers(const nlohmann::json& list);
  nlohmann::json requests() { return answers({{{"status", 200}}}); }

  /// A client's options that lead every host here, and trust its authority.
  [[nodiscard]] net::ClientOptions options() const;
  [[nodiscard]] int port() const { return port_; }

 private:
  Authority authority_;
  Script script_;
  int port_;
};

}  // namespace keywake::testing
