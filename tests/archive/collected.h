// Expands archives in tests and keeps what came out.
#pragma once

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "archive/expand.h"
#include "archive/made_archive.h"

namespace made {

using keywake::archive::Limits;
using keywake::archive::ReadMore;
using keywake::archive::Stream;

struct Collected : keywake::archive::Visitor {
  std::map<std::string, std::string> members;
  struct Left {
    std::string path;
    std::string reason;
    bool failed;
  };
  std::vector<Left> left;
  std::uint64_t bytes = 0;
  bool complete = false;

  void member(const std::string& path, std::string_view content) override {
    members[path] += content;
    bytes += content.size();
  }
  void left_out(const std::string& path, const std::string& reason, bool failed) override {
    left.push_back({path, reason, failed});
  }
  [[nodiscard]] std::string reasons() const {
    std::string all;
    for (const Left& l : left)
      all += fmt::format("[{}: {}{}]", l.path, l.reason, l.failed ? " FAILED" : "");
    return all;
  }
};

inline Collected expand(std::string_view name, std::string_view bytes, const Limits& limits = {}) {
  Collected out;
  out.complete = keywake::archive::expand(name, bytes, limits, out);
  return out;
}

// The same bytes as a stream, in blocks of any size, with or without seeking.
inline Collected expand_stream(std::string_view name, const std::string& bytes, std::size_t block,
                               bool seekable, const Limits& limits = {}) {
  Collected out;
  std::size_t at = 0;
  std::string buffer;  // a new one each time, so that a stale view would show under the sanitizers
  ReadMore read = [&]() -> keywake::Result<std::string_view> {
    buffer = std::string(bytes.substr(std::min(at, bytes.size()), block));
    buffer.shrink_to_fit();
    at += buffer.size();
    return std::string_view(buffer);
  };
  Stream stream{read};
  if (seekable) {
    stream.seek = [&](std::uint64_t offset) {
      at = offset;
      return true;
    };
    stream.size = bytes.size();
  }
  out.complete = keywake::archive::expand(name, stream, limits, out);
  return out;
}

inline std::string words(std::size_t bytes, unsigned seed = 1) {
  std::mt19937 random(seed);
  std::string out;
  while (out.size() < bytes) out += fmt::format("line {} of {:x}\n", out.size(), random());
  out.resize(bytes);
  return out;
}

inline const std::vector<File> kTwo{{"conf/app.properties", "password = placeholder\n"},
                                    {"src/main.c", words(100'000)}};
}  // namespace made
