// A sink that keeps what it is given, and puts the pieces of a file together again while it checks
// that they fit.
#pragma once

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "catch.h"
#include "sources/sink.h"

namespace testing {

namespace fs = std::filesystem;
using keywake::sources::Piece;

class Recorder : public keywake::sources::Sink {
 public:
  void piece(const Piece& piece) override {
    if (on_piece) on_piece(piece);
    std::lock_guard lock(mutex_);
    check(piece);
  }
  void skip(keywake::model::Skip skip) override {
    std::lock_guard lock(mutex_);
    skips.push_back(std::move(skip));
  }
  void progress(std::uint64_t more_files, std::uint64_t more_bytes) override {
    std::lock_guard lock(mutex_);
    files += more_files;
    bytes += more_bytes;
  }

  [[nodiscard]] std::string reason(const std::string& what) const {
    for (const auto& skip : skips) {
      if (skip.what == what) return skip.reason + (skip.failed ? " FAILED" : "");
    }
    return "";
  }
  [[nodiscard]] std::vector<std::string> paths() const {
    std::vector<std::string> out;
    for (const auto& [path, content] : contents) out.push_back(path);
    return out;
  }

  std::map<std::string, std::string> contents;
  std::map<std::string, int> pieces;  // of each file
  std::vector<keywake::model::Skip> skips;
  std::uint64_t files = 0;
  std::uint64_t bytes = 0;
  std::string faults;
  std::function<void(const Piece&)> on_piece;

 private:
  void fault(const Piece& piece, const std::string& what) {
    faults += std::string(piece.path) + ": " + what + "\n";
  }

  // Cores must follow one another; context must be what is there; lines and columns must be those
  // of the whole.
  void check(const Piece& piece) {
    using keywake::sources::kPieceContext;
    std::string path(piece.path);
    ++pieces[path];
    if (piece.first) {
      contents[path].clear();
      lines_[path] = 0;
    }
    std::string& whole = contents[path];
    if (piece.core_begin > piece.core_end || piece.core_end > piece.bytes.size())
      fault(piece, "core outside the piece");
    if (piece.first != (whole.empty() && piece.core_begin == 0)) fault(piece, "first");
    if (!piece.first && piece.core_begin < kPieceContext) fault(piece, "short context before");
    if (!piece.last && piece.bytes.size() - piece.core_end < kPieceContext)
      fault(piece, "short context after");
    if (piece.last != (piece.core_end == piece.bytes.size())) fault(piece, "last");
    if (whole.size() < piece.core_begin ||
        std::string_view(whole).substr(whole.size() - piece.core_begin) !=
            piece.bytes.substr(0, piece.core_begin)) {
      fault(piece, "context before differs");
      return;
    }
    std::string_view before = std::string_view(whole).substr(0, whole.size() - piece.core_begin);
    auto newlines = [](std::string_view text) {
      return static_cast<std::uint32_t>(std::count(text.begin(), text.end(), '\n'));
    };
    std::uint32_t lines = lines_[path] - newlines(piece.bytes.substr(0, piece.core_begin));
    if (lines != piece.lines_before) fault(piece, "lines before");
    if (before.size() - (before.rfind('\n') + 1) != piece.column_before)
      fault(piece, "column before");
    std::string_view core = piece.bytes.substr(piece.core_begin, piece.core_end - piece.core_begin);
    whole += core;
    lines_[path] += newlines(core);
  }

  std::mutex mutex_;
  std::map<std::string, std::uint32_t> lines_;  // newlines of contents
};

/// A folder that is removed at the end.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string pattern = (fs::temp_directory_path() / "keywake-test-XXXXXX").string();
    REQUIRE(::mkdtemp(pattern.data()) != nullptr);
    path_ = pattern;
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  ~TemporaryFolder() {
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  [[nodiscard]] const fs::path& path() const { return path_; }
  void write(const std::string& name, const std::string& bytes) const {
    fs::create_directories((path_ / name).parent_path());
    std::ofstream(path_ / name, std::ios::binary) << bytes;
    REQUIRE(fs::file_size(path_ / name) == bytes.size());
  }

 private:
  fs::path path_;
};

}  // namespace testing
