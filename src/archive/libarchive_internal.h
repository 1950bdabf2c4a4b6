// libarchive, loaded for the first archive and not before: its libraries (XML and Unicode among them) take a millisecond to load, which every commit
// hook would pay. The functions have their own names here without `archive_`. Thread safety: immutable once loaded.
#pragma once

#include <archive.h>
#include <archive_entry.h>

#include "base/library.h"
#include "base/result.h"

namespace keywake::archive {

struct LibArchive : Library {
  LibArchive();
  decltype(&::archive_entry_filetype) entry_filetype = take("archive_entry_filetype");
  decltype(&::archive_entry_hardlink) entry_hardlink = take("archive_entry_hardlink");
  decltype(&::archive_entry_is_encrypted) entry_is_encrypted = take("archive_entry_is_encrypted");
  decltype(&::archive_entry_pathname) entry_pathname = take("archive_entry_pathname");
  decltype(&::archive_entry_pathname_utf8) entry_pathname_utf8 = take("archive_entry_pathname_utf8");
  decltype(&::archive_entry_size) entry_size = take("archive_entry_size");
  decltype(&::archive_entry_size_is_set) entry_size_is_set = take("archive_entry_size_is_set");
  decltype(&::archive_entry_symlink) entry_symlink = take("archive_entry_symlink");
  decltype(&::archive_error_string) error_string = take("archive_error_string");
  decltype(&::archive_filter_bytes) filter_bytes = take("archive_filter_bytes");
  decltype(&::archive_filter_count) filter_count = take("archive_filter_count");
  decltype(&::archive_read_data_block) read_data_block = take("archive_read_data_block");
  decltype(&::archive_read_free) read_free = take("archive_read_free");
  decltype(&::archive_read_has_encrypted_entries) read_has_encrypted_entries = take("archive_read_has_encrypted_entries");
  decltype(&::archive_read_header_position) read_header_position = take("archive_read_header_position");
  decltype(&::archive_read_new) read_new = take("archive_read_new");
  decltype(&::archive_read_next_header) read_next_header = take("archive_read_next_header");
  decltype(&::archive_read_open1) read_open1 = take("archive_read_open1");
  decltype(&::archive_read_set_callback_data) read_set_callback_data = take("archive_read_set_callback_data");
  decltype(&::archive_read_set_option) read_set_option = take("archive_read_set_option");
  decltype(&::archive_read_set_read_callback) read_set_read_callback = take("archive_read_set_read_callback");
  decltype(&::archive_read_set_seek_callback) read_set_seek_callback = take("archive_read_set_seek_callback");
  decltype(&::archive_read_set_skip_callback) read_set_skip_callback = take("archive_read_set_skip_callback");
  decltype(&::archive_read_support_filter_bzip2) read_support_filter_bzip2 = take("archive_read_support_filter_bzip2");
  decltype(&::archive_read_support_filter_compress) read_support_filter_compress = take("archive_read_support_filter_compress");
  decltype(&::archive_read_support_filter_gzip) read_support_filter_gzip = take("archive_read_support_filter_gzip");
  decltype(&::archive_read_support_filter_lz4) read_support_filter_lz4 = take("archive_read_support_filter_lz4");
  decltype(&::archive_read_support_filter_lzip) read_support_filter_lzip = take("archive_read_support_filter_lzip");
  decltype(&::archive_read_support_filter_lzma) read_support_filter_lzma = take("archive_read_support_filter_lzma");
  decltype(&::archive_read_support_filter_rpm) read_support_filter_rpm = take("archive_read_support_filter_rpm");
  decltype(&::archive_read_support_filter_xz) read_support_filter_xz = take("archive_read_support_filter_xz");
  decltype(&::archive_read_support_filter_zstd) read_support_filter_zstd = take("archive_read_support_filter_zstd");
  decltype(&::archive_read_support_format_7zip) read_support_format_7zip = take("archive_read_support_format_7zip");
  decltype(&::archive_read_support_format_ar) read_support_format_ar = take("archive_read_support_format_ar");
  decltype(&::archive_read_support_format_cab) read_support_format_cab = take("archive_read_support_format_cab");
  decltype(&::archive_read_support_format_cpio) read_support_format_cpio = take("archive_read_support_format_cpio");
  decltype(&::archive_read_support_format_empty) read_support_format_empty = take("archive_read_support_format_empty");
  decltype(&::archive_read_support_format_iso9660) read_support_format_iso9660 = take("archive_read_support_format_iso9660");
  decltype(&::archive_read_support_format_lha) read_support_format_lha = take("archive_read_support_format_lha");
  decltype(&::archive_read_support_format_rar) read_support_format_rar = take("archive_read_support_format_rar");
  decltype(&::archive_read_support_format_rar5) read_support_format_rar5 = take("archive_read_support_format_rar5");
  decltype(&::archive_read_support_format_raw) read_support_format_raw = take("archive_read_support_format_raw");
  decltype(&::archive_read_support_format_tar) read_support_format_tar = take("archive_read_support_format_tar");
  decltype(&::archive_read_support_format_xar) read_support_format_xar = take("archive_read_support_format_xar");
  decltype(&::archive_read_support_format_zip) read_support_format_zip = take("archive_read_support_format_zip");
  decltype(&::archive_set_error) set_error = take("archive_set_error");
};

/// Loaded at the first call. Fails, at each, if it is not installed.
Result<const LibArchive*> load_libarchive();
/// After load_libarchive() has succeeded.
const LibArchive& libarchive();

}  // namespace keywake::archive
