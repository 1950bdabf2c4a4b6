// A .pyc is a header (magic number, then by version flags, time, size) and one marshalled code object, which holds the code of functions and
// classes among its constants. Marshal is a tree of tagged values; a tag with the top bit set gives its value a number that later 'r' refers to.
//
// Which constant goes into which name stands in the bytecode, as pairs (operation, argument). `PASSWORD = "x"` is
//     LOAD_CONST 0 ("x")   STORE_NAME 3 (PASSWORD)
// and so are, by the operations below, self.x = "…", f(x="…") and {"x": "…"}. Nothing is executed and no jump followed, so a constant that comes
// by way of a condition is an ordinary string. Up to 3.12 operations kept their numbers; 3.13 and 3.14 have their own (Lib/opcode.py of 3.13.0 and
// 3.14.2). Of versions whose numbers are not known here all strings are listed, without names.
#include "artifacts/pyc.h"

#include <fmt/format.h>

#include <deque>
#include <string>
#include <utility>
#include <vector>

#include "artifacts/reader.h"

namespace keywake::artifacts {
namespace {

constexpr unsigned kMaxDepth = 200;             // CPython itself stops at 2,000; a compiler's output has some twenty
constexpr std::uint64_t kMaxRepeats = 8;        // work and output, in sizes of the file: values may be made to share all they hold
constexpr std::uint64_t kFreeBytes = 65536;
constexpr std::size_t kMaxValues = 2'000'000;   // some 100 bytes of memory each
constexpr std::size_t kMaxElements = 8'000'000;  // of all tuples together

std::uint32_t magic_of(std::string_view head) {
  return static_cast<unsigned char>(head[0]) | static_cast<std::uint32_t>(static_cast<unsigned char>(head[1])) << 8;
}

// First magic numbers of what changed (importlib/_bootstrap_external.py).
constexpr std::uint32_t kSizeInHeader = 3210;      // 3.3
constexpr std::uint32_t kWordcode = 3370;          // 3.6
constexpr std::uint32_t kFlagsInHeader = 3392;     // 3.7, PEP 552
constexpr std::uint32_t kPositionalOnly = 3410;    // 3.8
constexpr std::uint32_t kLocalsPlus = 3450;        // 3.11
constexpr std::uint32_t kPython313 = 3570;         // its last beta and after; alphas had other numbers
constexpr std::uint32_t kPython314 = 3625;         // likewise
constexpr std::uint32_t kPython315 = 3650;

// The operations that are looked at. kAbsent: the version has none such.
struct Operations {
  static constexpr unsigned kAbsent = 256;
  unsigned extended_arg, load_const, load_small_int, keyword_names, store_name, store_global, store_fast, store_fast_load_fast, store_attr;
  unsigned load_fast, load_fast_borrow, load_name, load_global, build_map;
};

// Null: not known.
const Operations* operations_of(std::uint32_t magic) {
  constexpr unsigned kNo = Operations::kAbsent;
  static constexpr Operations kOld{144, 100, kNo, kNo, 90, 97, 125, kNo, 95, 124, kNo, 101, 116, 105};
  static constexpr Operations k311{144, 100, kNo, 172, 90, 97, 125, kNo, 95, 124, kNo, 101, 116, 105};
  static constexpr Operations k313{71, 83, kNo, kNo, 114, 113, 110, 111, 108, 85, kNo, 92, 91, 48};
  static constexpr Operations k314{69, 82, 94, kNo, 116, 115, 112, 113, 110, 84, 86, 93, 92, 47};
  if (magic < kLocalsPlus) return &kOld;
  if (magic < 3550) return &k311;
  if (magic < kPython313 || magic >= kPython315) return nullptr;
  if (magic < 3600) return &k313;
  return magic >= kPython314 ? &k314 : nullptr;
}

std::size_t header_size(std::uint32_t magic) {
  return magic >= kFlagsInHeader ? 16 : magic >= kSizeInHeader ? 12 : 8;
}

struct Value {
  enum class Type : std::uint8_t { kOther, kString, kTuple };
  Type type = Type::kOther;
  std::string_view text = {};
  std::vector<const Value*> elements = {};
};

const Value kNothing;
const Value kNull;  // marshal's NULL, which ends a dict

struct Code {
  std::string_view code;
  const Value* constants = &kNothing;
  const Value* names = &kNothing;
  const Value* locals = &kNothing;
};

std::string_view name_at(const Value* names, std::size_t index) {
  return index < names->elements.size() ? names->elements[index]->text : std::string_view{};
}

// What the listings of a whole file may still cost.
struct Budget {
  std::uint64_t left;
  bool exceeded = false;
  bool too_deep = false;  // tuples in tuples, which were not followed to the last

  bool spend(std::uint64_t cost) {
    exceeded |= cost > left;
    left -= exceeded ? left : cost;
    return !exceeded;
  }
};

// The strings of one piece of code. A constant used by name is left out of the plain list.
class Listing {
 public:
  Listing(const Code& code, std::uint32_t magic, Budget& budget) : code_(code), magic_(magic), budget_(budget) {}

  std::string text() {
    const auto& constants = code_.constants->elements;
    if (!budget_.spend(code_.code.size() + constants.size())) return {};
    named_.assign(constants.size(), false);
    if (const Operations* operations = operations_of(magic_)) pair(*operations);
    for (std::size_t i = 0; i < constants.size(); ++i) {
      if (!named_[i]) add(*constants[i], 0);
    }
    return std::move(out_);
  }

 private:
  [[nodiscard]] const Value* string_at(std::size_t index) const {
    const auto& constants = code_.constants->elements;
    return index < constants.size() && constants[index]->type == Value::Type::kString ? constants[index] : nullptr;
  }

  void assign(std::string_view name, std::size_t constant) {
    const Value* value = string_at(constant);
    if (name.empty() || value == nullptr || value->text.empty() || !budget_.spend(name.size() + value->text.size())) return;
    const bool plain = value->text.find_first_of("\"\n\\") == std::string_view::npos;
    const std::string_view quote = plain ? "\"" : "\"\"\"";
    out_ += name;
    out_ += " = ";
    out_ += quote;
    out_ += value->text;
    out_ += quote;
    out_ += '\n';
    named_[constant] = true;
  }

  void add(const Value& value, unsigned depth) {
    if (depth > kMaxDepth) budget_.too_deep = true;
    if (depth > kMaxDepth || !budget_.spend(1 + value.text.size())) return;
    if (!value.text.empty()) out_.append(value.text) += '\n';
    for (const Value* element : value.elements) {
      if (budget_.exceeded) return;
      add(*element, depth + 1);
    }
  }

  void pair(const Operations& known) {
    std::vector<std::size_t> run;  // constants that the operations just before this one loaded
    std::size_t last = kNone;      // the constant under a LOAD_FAST or LOAD_NAME: of `self.x = "…"`
    std::size_t extended = 0;
    const bool words = magic_ >= kWordcode;
    for (std::size_t at = 0; at < code_.code.size();) {
      const unsigned operation = static_cast<unsigned char>(code_.code[at]);
      std::size_t argument = extended;
      if (words) {
        argument |= at + 1 < code_.code.size() ? static_cast<unsigned char>(code_.code[at + 1]) : 0;
        at += 2;
      } else {
        const bool has_argument = operation >= 90 && at + 2 < code_.code.size();
        if (has_argument) argument |= static_cast<unsigned char>(code_.code[at + 1]) | static_cast<std::size_t>(static_cast<unsigned char>(code_.code[at + 2])) << 8;
        at += has_argument ? 3 : 1;
      }
      extended = 0;
      if (operation == known.extended_arg) {
        extended = (argument << (words ? 8 : 16)) & 0xffffffff;
        continue;
      }
      if (operation == 0 && magic_ >= kLocalsPlus) continue;  // CACHE
      const std::size_t before = last;
      last = kNone;
      if (operation == known.load_const) {
        if (!pair_keys(argument, run)) run.push_back(argument);
        continue;
      }
      if (operation == known.load_small_int) {  // a place among the arguments of a call, but no constant
        run.push_back(kNone);
        continue;
      }
      if (operation == known.keyword_names) {
        pair_keys(argument, run);
      } else if (operation == known.store_name || operation == known.store_global) {
        if (!run.empty()) assign(name_at(code_.names, argument), run.back());
      } else if (operation == known.store_fast) {
        if (!run.empty()) assign(name_at(code_.locals, argument), run.back());
      } else if (operation == known.store_fast_load_fast) {
        if (!run.empty()) assign(name_at(code_.locals, argument >> 4), run.back());
      } else if (operation == known.store_attr) {
        if (before != kNone) assign(name_at(code_.names, argument), before);
      } else if (operation == known.load_fast || operation == known.load_fast_borrow || operation == known.load_name || operation == known.load_global) {
        if (!run.empty()) last = run.back();
      } else if (operation == known.build_map) {
        for (std::size_t i = 0; i < argument && run.size() >= 2 * argument; ++i) {
          const std::size_t key = run.size() - 2 * argument + 2 * i;
          const Value* name = string_at(run[key]);
          if (name != nullptr) assign(name->text, run[key + 1]);
        }
      }
      run.clear();
    }
  }

  // A tuple of n names behind n loaded constants: of keyword arguments or of a literal dict.
  bool pair_keys(std::size_t index, std::vector<std::size_t>& run) {
    const auto& constants = code_.constants->elements;
    if (index >= constants.size() || constants[index]->type != Value::Type::kTuple) return false;
    const auto& keys = constants[index]->elements;
    if (keys.empty()) return false;
    for (std::size_t i = 0; i < keys.size() && i < run.size(); ++i) {
      const Value* key = keys[keys.size() - 1 - i];
      if (key->type == Value::Type::kString) assign(key->text, run[run.size() - 1 - i]);
    }
    run.clear();
    return true;
  }

  static constexpr std::size_t kNone = ~std::size_t{0};
  const Code& code_;
  std::uint32_t magic_;
  Budget& budget_;
  std::vector<bool> named_;
  std::string out_;
};

class Unmarshal {
 public:
  Unmarshal(std::string_view bytes, std::uint32_t magic, const Visit& visit)
      : in_(bytes), magic_(magic), visit_(visit), budget_{.left = kMaxRepeats * bytes.size() + kFreeBytes} {}

  Result<bool> run() {
    const bool whole = read(0) != nullptr;
    if (budget_.exceeded) return fail(fmt::format("it repeats its strings beyond {} times the size of the file", kMaxRepeats));
    if (!whole) return fail("its code is not what its version's marshal writes");
    return !budget_.too_deep;
  }

 private:
  Value* make() {
    if (values_.size() >= kMaxValues) return nullptr;
    return &values_.emplace_back();
  }

  // Null: damaged. Whatever holds no string is kNothing.
  const Value* read(unsigned depth) {
    if (depth > kMaxDepth || budget_.exceeded) return nullptr;
    const unsigned tag = in_.u8();
    if (!in_.ok()) return nullptr;
    std::size_t number = kUnnumbered;
    if ((tag & 0x80) != 0) {
      if (numbered_.size() >= kMaxElements) return nullptr;
      number = numbered_.size();
      numbered_.push_back(&kNothing);
    }
    const Value* value = read_tagged(static_cast<char>(tag & 0x7f), depth);
    if (value != nullptr && number != kUnnumbered) numbered_[number] = value;
    return in_.ok() ? value : nullptr;
  }

  const Value* read_tagged(char tag, unsigned depth) {
    switch (tag) {
      case '0':
        return &kNull;
      case 'N': case 'F': case 'T': case 'S': case '.':
        return &kNothing;
      case 'i':
        return skip(4);
      case 'I': case 'g':
        return skip(8);
      case 'y':
        return skip(16);
      case 'f':
        return skip(in_.u8());
      case 'x':
        skip(in_.u8());
        return skip(in_.u8());
      case 'l': {
        const auto digits = static_cast<std::int32_t>(in_.le32());
        return skip(2 * static_cast<std::size_t>(digits < 0 ? -static_cast<std::int64_t>(digits) : digits));
      }
      case 's': case 't': case 'u': case 'a': case 'A':
        return string(in_.le32());
      case 'z': case 'Z':
        return string(in_.u8());
      case 'r': {
        const std::uint32_t number = in_.le32();
        return number < numbered_.size() ? numbered_[number] : nullptr;
      }
      case ')':
        return sequence(in_.u8(), depth);
      case '(': case '[': case '<': case '>':
        return sequence(in_.le32(), depth);
      case '{':
        return dictionary(depth);
      case ':':  // slice, 3.14
        return sequence(3, depth);
      case 'c':
        return code(depth);
      default:
        return nullptr;
    }
  }

  const Value* skip(std::uint64_t size) {
    in_.skip(size);
    return &kNothing;
  }

  const Value* string(std::size_t size) {
    const std::string_view text = in_.take(size);
    Value* value = in_.ok() ? make() : nullptr;
    if (value == nullptr) return nullptr;
    value->type = Value::Type::kString;
    value->text = text;
    return value;
  }

  const Value* sequence(std::size_t count, unsigned depth) {
    if (count > in_.left()) return nullptr;  // each takes a byte at least
    Value* value = make();
    if (value == nullptr) return nullptr;
    value->type = Value::Type::kTuple;
    for (std::size_t i = 0; i < count; ++i) {
      const Value* element = read(depth + 1);
      if (element == nullptr || ++elements_ > kMaxElements) return nullptr;
      value->elements.push_back(element);
    }
    return value;
  }

  const Value* dictionary(unsigned depth) {
    for (;;) {
      const Value* key = read(depth + 1);
      if (key == &kNull) return &kNothing;
      if (key == nullptr || read(depth + 1) == nullptr) return nullptr;
    }
  }

  const Value* code(unsigned depth) {
    Code out;
    const int numbers = magic_ >= kLocalsPlus ? 5 : magic_ >= kPositionalOnly ? 6 : 5;
    for (int i = 0; i < numbers; ++i) in_.le32();
    const Value* bytecode = read(depth + 1);
    if (bytecode == nullptr) return nullptr;
    out.code = bytecode->text;
    if ((out.constants = read(depth + 1)) == nullptr || (out.names = read(depth + 1)) == nullptr || (out.locals = read(depth + 1)) == nullptr) return nullptr;
    const std::string text = Listing(out, magic_, budget_).text();
    if (!text.empty()) visit_("strings", text);
    const bool locals_plus = magic_ >= kLocalsPlus;
    for (int i = 0; i < 4; ++i) {  // kinds, file, name, qualified name; before 3.11 free, cells, file, name
      if (read(depth + 1) == nullptr) return nullptr;
    }
    in_.skip(4);
    for (int i = 0; i < (locals_plus ? 2 : 1); ++i) {
      if (read(depth + 1) == nullptr) return nullptr;
    }
    return &kNothing;
  }

  static constexpr std::size_t kUnnumbered = ~std::size_t{0};
  Reader in_;
  std::uint32_t magic_;
  const Visit& visit_;
  Budget budget_;
  std::size_t elements_ = 0;
  std::deque<Value> values_;
  std::vector<const Value*> numbered_;
};

}  // namespace

bool is_pyc(std::string_view head) {
  if (head.size() < 24 || head[2] != '\r' || head[3] != '\n') return false;
  const std::uint32_t magic = magic_of(head);
  if (magic < 3000 || magic > 3999) return false;
  return (head[header_size(magic)] & 0x7f) == 'c';
}

Result<bool> unfold_pyc(std::string_view bytes, const Visit& visit) {
  if (bytes.size() < 24) return fail("it is cut off");
  const std::uint32_t magic = magic_of(bytes);
  return Unmarshal(bytes.substr(header_size(magic)), magic, visit).run();
}

}  // namespace keywake::artifacts
