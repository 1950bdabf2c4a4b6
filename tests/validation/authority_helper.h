// A certificate authority made for one test, and a certificate of it for the hosts that the test needs.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace keywake::testing {

class Authority {
 public:
  /// The certificate is for these hosts ("*.name" too).
  explicit Authority(const std::vector<std::string>& hosts);
  ~Authority();
  Authority(const Authority&) = delete;
  Authority& operator=(const Authority&) = delete;

  /// Where all of it lies, readable by every user: servers leave root.
  [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }
  [[nodiscard]] std::string ca() const { return folder_ / "ca.pem"; }
  [[nodiscard]] std::string certificate() const { return folder_ / "certificate.pem"; }
  [[nodiscard]] std::string key() const { return folder_ / "key.pem"; }

 private:
  std::filesystem::path folder_;
};

}  // namespace keywake::testing
