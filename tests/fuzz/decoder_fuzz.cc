// libFuzzer over what tier two feeds with hostile bytes: decoders, PEM, checks, and the whole
// engine, scanned whole and by delta. The first bytes choose places and edits; the rest is the
// text.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>

#include "base/base64.h"
#include "matching/checks.h"
#include "matching/decoders.h"
#include "matching/engine.h"
#include "matching/password.h"
#include "matching/pem.h"
#include "rules/check_names.h"
#include "rules/loader.h"

namespace {

using namespace keywake;
using namespace keywake::matching;

void require(bool condition, const char* what) {
  if (condition) return;
  std::fprintf(stderr, "does not hold: %s\n", what);
  std::abort();
}

void check_map(const Decoded& decoded, std::size_t source_size) {
  require(
      decoded.begins.size() == decoded.text.size() && decoded.ends.size() == decoded.text.size(),
      "one place per byte");
  for (std::size_t i = 0; i < decoded.text.size(); ++i) {
    require(decoded.begins[i] < decoded.ends[i] && decoded.ends[i] <= source_size,
            "places lie in the source");
  }
}

void fuzz_decoders(std::string_view text, std::size_t at, unsigned choice) {
  Decoded decoded;
  if (at < text.size()) {
    if (decode_base64_around(text, at, choice % 4, choice & 4, decoded))
      check_map(decoded, text.size());
    if (decode_hex_around(text, at, decoded)) check_map(decoded, text.size());
    if (decode_utf16_around(text, at, decoded)) check_map(decoded, text.size());
  }
  for (Escapes escapes : {Escapes::kPercent, Escapes::kBackslash}) {
    unescape(text, at, escapes, decoded);
    check_map(decoded, text.size());
  }
  if (at <= text.size()) escape_ends_at(text, at);
  decode_base64(text);
  parse_pem_key(text);
  password_reason(text);
}

void fuzz_checks(std::string_view text) {
  if (text.empty()) return;
  for (const rules::CheckName& check : rules::kCheckNames) {
    std::vector<model::Part> parts;
    CheckFunction function = find_check(check.name);
    if (function != nullptr) function({text, text, "6", &parts});
  }
}

const Engine& engine() {
  static rules::Loaded loaded;
  static const std::unique_ptr<Engine> instance = [] {
    rules::load_path(KEYWAKE_SOURCE_DIR "/patterns", loaded);
    auto compiled = Engine::compile(loaded.rules);
    require(compiled.has_value(), "the patterns compile");
    return std::move(*compiled);
  }();
  return *instance;
}

void fuzz_engine(std::string_view text, std::size_t at, unsigned choice) {
  static ValueTable values;
  static Scanner scanner(engine(), values, {.explain = true});
  Notes notes;
  scanner.scan(text, notes);
  for (const Note& note : notes)
    require(note.begin <= note.end && note.end <= text.size(), "notes lie in the text");
  if (at > text.size()) return;
  // A byte put in, and something after it taken out.
  std::string changed = std::string(text.substr(0, at)) + static_cast<char>(choice);
  std::size_t rest = std::min<std::size_t>(text.size(), at + choice % 8);
  CopyMap map;
  map.clear(static_cast<std::uint32_t>(text.size()),
            static_cast<std::uint32_t>(changed.size() + text.size() - rest));
  map.add(0, 0, static_cast<std::uint32_t>(at));
  map.add(static_cast<std::uint32_t>(rest), static_cast<std::uint32_t>(changed.size()),
          static_cast<std::uint32_t>(text.size() - rest));
  changed += text.substr(rest);
  Notes whole;
  Notes delta;
  scanner.scan(changed, whole);
  scanner.scan_delta(changed, map, notes, delta);
  require(whole.size() == delta.size(), "a delta scan equals a whole scan");
  for (std::size_t i = 0; i < whole.size(); ++i) {
    require(whole[i].hit == delta[i].hit && whole[i].value == delta[i].value &&
                whole[i].begin == delta[i].begin,
            "a delta scan equals a whole scan");
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 3) return 0;
  std::string_view text(reinterpret_cast<const char*>(data) + 3, size - 3);
  std::size_t at = data[0] | data[1] << 8;
  fuzz_decoders(text, at, data[2]);
  fuzz_checks(text);
  if (data[2] % 8 != 0) return 0;  // the engine takes a hundred times as long as all else
  // With room around it, so that a delta scan need not read all.
  std::string room(6000, ' ');
  fuzz_engine(room + std::string(text) + room, room.size() + at, data[2]);
  return 0;
}
