// The interface of a store on loopback (store_server.py), with a certificate of a test authority.
#pragma once

#include <sys/types.h>

#include <cstdio>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>

#include "authority_helper.h"
#include "stores/store.h"

namespace keywake::testing {

class StoreServer {
 public:
  /// `setting` is store_server.py's ROUTES.
  explicit StoreServer(const nlohmann::json& setting);
  ~StoreServer();
  StoreServer(const StoreServer&) = delete;
  StoreServer& operator=(const StoreServer&) = delete;

  /// Everything that it was asked.
  nlohmann::json requests();
  /// Leads every host here, and trusts its authority.
  [[nodiscard]] stores::StoreOptions options() const;
  [[nodiscard]] int port() const { return port_; }

 private:
  pid_t child_ = 0;
  int to_ = -1;
  std::FILE* from_ = nullptr;
  int port_ = 0;
};

/// One for all servers of a run, because making one takes a second; its certificate is for every host that the tests name.
const Authority& test_authority();

/// An environment variable for the life of the object.
class EnvironmentVariable {
 public:
  EnvironmentVariable(std::string name, const std::string& value);
  ~EnvironmentVariable();
  EnvironmentVariable(const EnvironmentVariable&) = delete;
  EnvironmentVariable& operator=(const EnvironmentVariable&) = delete;

 private:
  std::string name_;
};

}  // namespace keywake::testing
