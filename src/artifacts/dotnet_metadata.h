// The metadata of a .NET assembly: where its heaps and the rows of its tables lie (ECMA-335 II.24).
// Ownership: refers to the bytes of the assembly. Thread safety: constant once opened.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace keywake::artifacts {

/// Numbers of metadata tables, II.22.
enum Table : std::uint8_t { kField = 0x04, kMethodDef = 0x06, kParam = 0x08, kMemberRef = 0x0a, kConstant = 0x0b, kProperty = 0x17, kManifestResource = 0x28, kTables = 0x2d };

/// The sections of a PE file: from relative virtual addresses to offsets.
class PortableExecutable {
 public:
  static constexpr std::uint64_t kNowhere = ~std::uint64_t{0};
  /// Absent unless it has a CLI header. `head`: of the headers all.
  static bool has_cli_header(std::string_view head);

  explicit PortableExecutable(std::string_view bytes);
  [[nodiscard]] std::uint64_t offset_of(std::uint32_t address) const;
  /// Of the CLI header.
  [[nodiscard]] std::uint32_t cli_header() const { return cli_header_; }

 private:
  struct Section {
    std::uint32_t address;
    std::uint32_t size;
    std::uint32_t offset;
  };
  std::uint32_t cli_header_ = 0;
  std::vector<Section> sections_;
};

class Metadata {
 public:
  /// `root`: from the signature BSJB.
  static Result<Metadata> open(std::string_view root);

  [[nodiscard]] std::uint32_t rows(Table table) const { return rows_[table]; }
  /// A column of a row; rows count from 1. Zero if there is no such row.
  [[nodiscard]] std::uint32_t cell(Table table, std::uint32_t row, unsigned column) const;

  [[nodiscard]] std::string_view name(std::uint32_t offset) const;  // in #Strings
  [[nodiscard]] std::string_view blob(std::uint32_t offset) const;  // in #Blob
  [[nodiscard]] std::string_view user_strings() const { return user_strings_; }

  /// A run of bytes behind its length (II.24.2.4), and what follows it; empty at the end or where it is damaged.
  static std::string_view take_blob(std::string_view& heap);

 private:
  Result<void> lay_out(std::string_view tables);

  std::string_view names_;
  std::string_view blobs_;
  std::string_view user_strings_;
  std::array<std::uint32_t, 64> rows_{};
  struct Layout {
    std::string_view bytes;
    std::uint32_t row_size = 0;
    std::array<std::uint8_t, 9> sizes{};
  };
  std::array<Layout, kTables> layouts_{};
};

}  // namespace keywake::artifacts
