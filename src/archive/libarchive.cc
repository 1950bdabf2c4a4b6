#include "archive/libarchive_internal.h"

#include <fmt/format.h>

#include <optional>

#include "base/library.h"

namespace keywake::archive {
namespace {

std::optional<LibArchive> loaded() {
  Library library(KEYWAKE_LIBARCHIVE);
  LibArchive out{};
  library.take(out.entry_filetype, "archive_entry_filetype");
  library.take(out.entry_hardlink, "archive_entry_hardlink");
  library.take(out.entry_is_encrypted, "archive_entry_is_encrypted");
  library.take(out.entry_pathname, "archive_entry_pathname");
  library.take(out.entry_pathname_utf8, "archive_entry_pathname_utf8");
  library.take(out.entry_size, "archive_entry_size");
  library.take(out.entry_size_is_set, "archive_entry_size_is_set");
  library.take(out.entry_symlink, "archive_entry_symlink");
  library.take(out.error_string, "archive_error_string");
  library.take(out.filter_bytes, "archive_filter_bytes");
  library.take(out.filter_count, "archive_filter_count");
  library.take(out.read_data_block, "archive_read_data_block");
  library.take(out.read_free, "archive_read_free");
  library.take(out.read_has_encrypted_entries, "archive_read_has_encrypted_entries");
  library.take(out.read_header_position, "archive_read_header_position");
  library.take(out.read_new, "archive_read_new");
  library.take(out.read_next_header, "archive_read_next_header");
  library.take(out.read_open1, "archive_read_open1");
  library.take(out.read_set_callback_data, "archive_read_set_callback_data");
  library.take(out.read_set_option, "archive_read_set_option");
  library.take(out.read_set_read_callback, "archive_read_set_read_callback");
  library.take(out.read_set_seek_callback, "archive_read_set_seek_callback");
  library.take(out.read_set_skip_callback, "archive_read_set_skip_callback");
  library.take(out.read_support_filter_bzip2, "archive_read_support_filter_bzip2");
  library.take(out.read_support_filter_compress, "archive_read_support_filter_compress");
  library.take(out.read_support_filter_gzip, "archive_read_support_filter_gzip");
  library.take(out.read_support_filter_lz4, "archive_read_support_filter_lz4");
  library.take(out.read_support_filter_lzip, "archive_read_support_filter_lzip");
  library.take(out.read_support_filter_lzma, "archive_read_support_filter_lzma");
  library.take(out.read_support_filter_rpm, "archive_read_support_filter_rpm");
  library.take(out.read_support_filter_xz, "archive_read_support_filter_xz");
  library.take(out.read_support_filter_zstd, "archive_read_support_filter_zstd");
  library.take(out.read_support_format_7zip, "archive_read_support_format_7zip");
  library.take(out.read_support_format_ar, "archive_read_support_format_ar");
  library.take(out.read_support_format_cab, "archive_read_support_format_cab");
  library.take(out.read_support_format_cpio, "archive_read_support_format_cpio");
  library.take(out.read_support_format_empty, "archive_read_support_format_empty");
  library.take(out.read_support_format_iso9660, "archive_read_support_format_iso9660");
  library.take(out.read_support_format_lha, "archive_read_support_format_lha");
  library.take(out.read_support_format_rar, "archive_read_support_format_rar");
  library.take(out.read_support_format_rar5, "archive_read_support_format_rar5");
  library.take(out.read_support_format_raw, "archive_read_support_format_raw");
  library.take(out.read_support_format_tar, "archive_read_support_format_tar");
  library.take(out.read_support_format_xar, "archive_read_support_format_xar");
  library.take(out.read_support_format_zip, "archive_read_support_format_zip");
  library.take(out.set_error, "archive_set_error");
  if (!library.complete()) return std::nullopt;
  return out;
}

const std::optional<LibArchive>& once() {
  static const std::optional<LibArchive> all = loaded();
  return all;
}

}  // namespace

Result<const LibArchive*> load_libarchive() {
  if (once()) return &*once();
  return fail(fmt::format("{} cannot be loaded; install it (Debian: libarchive13)", KEYWAKE_LIBARCHIVE));
}

const LibArchive& libarchive() { return *once(); }

}  // namespace keywake::archive
