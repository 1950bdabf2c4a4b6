// .keywake-baseline.json: credentials that are known, by a keyed hash of their value, so that they are recognised wherever they stand, after
// squash, rebase and rename (docs/baseline.md). One entry a line, by hash, so that merges are easy. Ownership: values. Thread safety: a
// Baseline may be asked from several threads at once.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "policy/source.h"

namespace keywake::policy {

inline constexpr std::string_view kBaselineFile = ".keywake-baseline.json";

/// Of kSlow, in one scan: two minutes.
inline constexpr std::size_t kMaxSlowHashes = 2000;

/// How values are hashed.
enum class Scheme : std::uint8_t {
  kKeyed,  // HMAC-SHA-256 by a key of 32 random bytes that is not in the file
  kSlow,   // scrypt, with a random salt that is in the file: for whoever cannot share a key
};

struct Entry {
  std::string pattern;  // id, for people; what is recognised is the value
  std::string reason;
  std::string who;
  std::string date;                     // "2026-01-31"
  std::optional<std::int64_t> expires;  // day (policy/source.h); it holds until that is over
};

struct BaselineFile {
  Scheme scheme = Scheme::kKeyed;
  std::string id;                        // of the key: 16 hexadecimal digits; or the salt
  std::map<std::string, Entry> entries;  // by hash, 64 hexadecimal digits
};

/// Errors name the line or the entry. `name`: the file, for messages.
Result<BaselineFile> read_baseline(std::string_view text, std::string_view name);
std::string write_baseline(const BaselineFile& file);

/// What identifies a key without telling anything of it.
std::string key_id(std::string_view key);
/// 64 hexadecimal digits and white space, as key files and KEYWAKE_BASELINE_KEY have it; the 32 bytes.
Result<std::string> parse_key(std::string_view text, std::string_view name);

class Baseline : public Source {
 public:
  /// `key`: the bytes; not looked at where the scheme needs none. An error if it is not the key of the file.
  static Result<std::unique_ptr<Baseline>> make(BaselineFile file, std::string_view key, std::string_view name, std::int64_t now);

  [[nodiscard]] std::optional<std::string_view> by(const Place& place) const override;
  /// Empty: there was no memory for scrypt, or it was asked for more than kMaxSlowHashes values.
  [[nodiscard]] std::string hash(std::string_view secret) const;
  [[nodiscard]] const BaselineFile& file() const { return file_; }
  /// Whether it holds the value, expired or not.
  [[nodiscard]] bool knows(std::string_view secret) const { return file_.entries.contains(hash(secret)); }

 private:
  Baseline(BaselineFile file, std::string key, std::int64_t now) : file_(std::move(file)), key_(std::move(key)), now_(now) {}

  BaselineFile file_;
  std::string key_;
  std::int64_t now_;
  mutable std::mutex mutex_;
  mutable std::map<std::string, std::string> known_;  // slow hashes, by SHA-256 of the value
};

}  // namespace keywake::policy
