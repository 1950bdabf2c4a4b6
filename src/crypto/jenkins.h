// Values that Jenkins keeps encrypted in its XML files, opened with the two files of secrets/ that lie beside them in a JENKINS_HOME.
// The format is that of Jenkins' sources, core/src/main/java: hudson/util/Secret (version byte 1, the lengths of the initialization vector and
// of the data, big-endian, then both: AES-128-CBC, PKCS #5), hudson/util/HistoricalSecrets (before 2.44: AES-128-ECB, "::::MAGIC::::" after
// the value), jenkins/security/DefaultConfidentialStore (a key file: AES-128-ECB under the SHA-256 of master.key, trimmed; the same mark at
// its end), jenkins/security/CryptoConfidentialKey (of what it holds, the first 16 bytes are the key).
// Ownership: holds the key, which is wiped with it. Thread safety: immutable.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/secret.h"

namespace keywake::crypto {

class JenkinsSecrets {
 public:
  /// Of a folder with master.key and hudson.util.Secret. An error names the file that is missing, or says that the two do not belong together.
  static Result<JenkinsSecrets> read(const std::filesystem::path& folder);

  /// Of the contents of the two files. An error says that they do not belong together.
  static Result<JenkinsSecrets> of(std::string_view master_key, std::string_view wrapped);

  /// Whether text could be such a value: base64 of the right length. Cheap, and no key is needed.
  static bool may_open(std::string_view text);

  /// A value as an element of the XML has it: base64, in braces or not, white space ignored. Absent if it is none of this key's.
  [[nodiscard]] std::optional<Secret> open(std::string_view text) const;

 private:
  explicit JenkinsSecrets(Secret key) : key_(std::move(key)) {}
  Secret key_;
};

}  // namespace keywake::crypto
