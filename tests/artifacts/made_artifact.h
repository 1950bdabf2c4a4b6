// Artifacts made at test time: by Python, which brings the real writers of .pyc and SQLite files, and by hand from a format's description.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>
#include <string_view>

#include "artifacts/unfold.h"
#include "catch.h"

namespace made {

struct Parts {
  std::map<std::string, std::string> parts;
  bool complete = false;
  std::string error;

  [[nodiscard]] std::string all() const {
    std::string text;
    for (const auto& [path, bytes] : parts) text += "[" + path + "]\n" + bytes + "\n";
    return text;
  }
  [[nodiscard]] bool holds(const std::string& path, std::string_view text) const {
    const auto part = parts.find(path);
    return part != parts.end() && part->second.find(text) != std::string::npos;
  }
};

inline Parts unfold(keywake::artifacts::Format format, std::string_view bytes) {
  Parts out;
  const auto result = keywake::artifacts::unfold(format, bytes, [&](std::string_view path, std::string_view part) { out.parts[std::string(path)] += part; });
  if (result) out.complete = *result;
  if (!result) out.error = result.error().message;
  return out;
}

inline std::string le32(std::size_t value) {
  std::string out;
  for (int i = 0; i < 4; ++i) out += static_cast<char>(value >> (8 * i) & 0xff);
  return out;
}

/// `header` is the JSON, `data` the files' bytes one behind the other.
inline std::string asar(const std::string& header, const std::string& data) {
  const std::size_t padded = (header.size() + 3) / 4 * 4;
  return le32(4) + le32(padded + 8) + le32(padded + 4) + le32(header.size()) + header + std::string(padded - header.size(), '\0') + data;
}

/// The file "out" that this Python script writes in a folder of its own.
inline std::string by_python(const std::string& script) {
  std::string folder = (std::filesystem::temp_directory_path() / "keywake-artifact-XXXXXX").string();
  REQUIRE(mkdtemp(folder.data()) != nullptr);
  std::ofstream(folder + "/make.py") << script;
  const int status = std::system(("cd " + folder + " && python3 make.py").c_str());
  std::ifstream in(folder + "/out", std::ios::binary);
  std::string bytes{std::istreambuf_iterator<char>(in), {}};
  std::filesystem::remove_all(folder);
  REQUIRE(status == 0);
  return bytes;
}

/// Every prefix and many changed bytes: none may crash or hang, whatever comes out.
inline void survives_damage(keywake::artifacts::Format format, const std::string& bytes) {
  const std::size_t step = bytes.size() / 150 + 1;
  for (std::size_t at = 0; at < bytes.size(); at += step) {
    unfold(format, std::string(bytes.substr(0, at)));
    for (const char c : {'\0', '\x7f', '\xff'}) {
      std::string changed = bytes;
      changed[at] = c;
      unfold(format, changed);
    }
  }
  SUCCEED();
}

}  // namespace made
