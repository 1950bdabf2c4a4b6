#include <cstdlib>
#include <stdexcept>

#include "base/hash.h"
#include "matching/samples.h"
#include "rules/examples.h"

namespace keywake::matching::testing {

const rules::Loaded& real_patterns() {
  static const rules::Loaded loaded = [] {
    rules::Loaded out;
    rules::load_path(KEYWAKE_SOURCE_DIR "/patterns", out);
    return out;
  }();
  return loaded;
}

const Engine& real_engine() {
  static const std::unique_ptr<Engine> engine = [] {
    auto compiled = Engine::compile(real_patterns().rules);
    if (!compiled) throw std::runtime_error(compiled.error().message);
    return std::move(*compiled);
  }();
  return *engine;
}

rules::RuleSet some_patterns(std::mt19937_64& random, std::size_t count) {
  rules::RuleSet rules;
  auto all = real_patterns().rules.patterns();
  std::size_t first = below(random, all.size());
  for (std::size_t i = 0; i < count && i < all.size(); ++i)
    rules.add(all[(first + i * 7) % all.size()]);
  return rules;
}

std::vector<std::string> examples_of(const rules::RuleSet& rules) {
  std::vector<std::string> out;
  for (const rules::PatternSource& source : real_patterns().sources) {
    std::string_view id = real_patterns().rules.patterns()[source.pattern].id;
    if (rules.find(id) == nullptr) continue;
    for (const auto* list : {&source.match, &source.reject}) {
      for (const rules::Example& example : *list) {
        auto expanded = rules::expand_example(id, example);
        if (!expanded) throw std::runtime_error(expanded.error().message);
        out.push_back(expanded->text);
      }
    }
  }
  return out;
}

std::uint64_t below(std::mt19937_64& random, std::uint64_t limit) {
  return limit == 0 ? 0 : random() % limit;
}

std::string base64(std::string_view bytes) {
  static constexpr char kDigits[] =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  std::uint32_t bits = 0;
  unsigned have = 0;
  for (unsigned char c : bytes) {
    bits = bits << 8 | c;
    for (have += 8; have >= 6; have -= 6) out += kDigits[bits >> (have - 6) & 63];
  }
  if (have > 0) out += kDigits[bits << (6 - have) & 63];
  while (out.size() % 4 != 0) out += '=';
  return out;
}

std::string hex(std::string_view bytes) {
  return to_hex(bytes);
}

std::string utf16le(std::string_view bytes) {
  std::string out;
  for (char c : bytes) {
    out += c;
    out += '\0';
  }
  return out;
}

namespace {

std::string filler(std::mt19937_64& random) {
  static constexpr const char* kWords[] = {
      "token",          "return", "the", "password: ", "x = 1;\n", "\n",   "\"",  " ",
      "path/to/file.c", "_",      "%20", "\\n",        "// see ",  "\r\n", "'\t", "=="};
  std::string out;
  for (std::uint64_t n = below(random, 12); n > 0; --n) {
    switch (below(random, 8)) {
      case 0:
        out += static_cast<char>(below(random, 256));
        break;
      case 1:
        out += std::string(below(random, 60), 'a');
        break;
      default:
        out += kWords[below(random, std::size(kWords))];
        out += ' ';
    }
  }
  return out;
}

std::string piece(std::mt19937_64& random, const std::vector<std::string>& examples) {
  if (examples.empty() || below(random, 3) == 0) return filler(random);
  std::string text = examples[below(random, examples.size())];
  switch (below(random, 10)) {
    case 0:
      return text.substr(below(random, text.size()));
    case 1:
      return text.substr(0, below(random, text.size()));
    case 2:
      return base64(filler(random) + text);
    case 3:
      return hex(text);
    case 4:
      return utf16le(text);
    default:
      return text;
  }
}

}  // namespace

std::string random_text(std::mt19937_64& random, const std::vector<std::string>& examples,
                        std::size_t size) {
  std::string out;
  while (out.size() < size) {
    out += piece(random, examples);
    switch (below(random, 4)) {
      case 0:
        out += '\n';
        break;
      case 1:
        out += ' ';
        break;
      case 2:
        out += std::string(below(random, 400), '-') + "\n";
        break;
      default:
        break;
    }
  }
  return out;
}

Edit random_edit(std::mt19937_64& random, const std::string& old,
                 const std::vector<std::string>& examples) {
  Edit edit;
  edit.map.clear(static_cast<std::uint32_t>(old.size()), 0);
  auto copy = [&](std::size_t source, std::size_t length) {
    edit.map.add(static_cast<std::uint32_t>(source), static_cast<std::uint32_t>(edit.text.size()),
                 static_cast<std::uint32_t>(length));
    edit.text += old.substr(source, length);
  };
  std::size_t at = below(random, 4) == 0 ? below(random, old.size() + 1) : 0;
  for (std::uint64_t n = 1 + below(random, 5); n > 0; --n) {
    switch (below(random, 6)) {
      case 0:
        edit.text += random_text(random, examples, below(random, 300));
        break;
      case 1:
        edit.text += std::string(1, static_cast<char>(below(random, 256)));
        break;
      case 2:
        at = below(random, old.size() + 1);
        break;  // elsewhere, perhaps back
      case 3:
        at = std::min(old.size(), at + below(random, 50));
        break;  // something removed
      default:
        break;
    }
    std::size_t length =
        n == 1 && below(random, 3) != 0 ? old.size() - at : below(random, old.size() - at + 1);
    copy(at, length);
    at += length;
  }
  edit.map.new_size = static_cast<std::uint32_t>(edit.text.size());
  return edit;
}

Notes scan(Scanner& scanner, std::string_view text) {
  Notes notes;
  scanner.scan(text, notes);
  return notes;
}

}  // namespace keywake::matching::testing
