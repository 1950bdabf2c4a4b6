#include "artifacts/java_class.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

#include "artifacts/naming.h"
#include "artifacts/reader.h"
#include "artifacts/rendering.h"

namespace keywake::artifacts {
namespace {

using namespace std::string_view_literals;

// JVMS 4.4, table 4.4-A
enum Tag : std::uint8_t {
  kUtf8 = 1,
  kInteger = 3,
  kFloat = 4,
  kLong = 5,
  kDouble = 6,
  kClassName = 7,
  kString = 8,
  kField = 9,
  kMethod = 10,
  kInterfaceMethod = 11,
  kNameAndType = 12,
  kMethodHandle = 15,
  kMethodType = 16,
  kDynamic = 17,
  kInvokeDynamic = 18,
  kModule = 19,
  kPackage = 20,
};

// Attributes of JVMS 4.7 (and of earlier compilers) that hold no text but indices into the pool.
constexpr std::array kKnownAttributes{
    "ConstantValue"sv,    "Code"sv,        "StackMapTable"sv,    "BootstrapMethods"sv,          "NestHost"sv,           "NestMembers"sv,
    "PermittedSubclasses"sv, "Exceptions"sv, "InnerClasses"sv,   "EnclosingMethod"sv,           "Synthetic"sv,          "Signature"sv,
    "Record"sv,           "SourceFile"sv,  "LineNumberTable"sv,  "LocalVariableTable"sv,        "LocalVariableTypeTable"sv, "Deprecated"sv,
    "MethodParameters"sv, "Module"sv,      "ModulePackages"sv,   "ModuleMainClass"sv,           "AnnotationDefault"sv,  "ModuleTarget"sv,
    "RuntimeVisibleAnnotations"sv,         "RuntimeInvisibleAnnotations"sv,                     "RuntimeVisibleParameterAnnotations"sv,
    "RuntimeInvisibleParameterAnnotations"sv, "RuntimeVisibleTypeAnnotations"sv,                "RuntimeInvisibleTypeAnnotations"sv};

class ClassFile {
 public:
  ClassFile(std::string_view bytes, const Visit& visit) : bytes_(bytes), reader_(bytes), visit_(visit) {}

  Result<bool> unfold() {
    reader_.seek(8);
    const bool pool_whole = read_pool();
    if (pool_whole) read_members();
    print();
    if (!pool_whole) return fail(fmt::format("constant pool entry {} of {} cannot be read", pool_.size(), count_ - 1));
    if (!reader_.ok()) return fail("cut off behind its constant pool");
    if (!only_known_ || reader_.left() > 0) show_rest();
    return true;
  }

 private:
  struct Constant {
    std::uint8_t tag = 0;
    std::uint16_t first = 0;   // the indices that it holds
    std::uint16_t second = 0;
    std::string_view text;     // kUtf8
    std::string_view name;     // of what it is given to
  };

  bool read_pool() {
    count_ = reader_.be16();
    pool_.resize(1);
    while (pool_.size() < count_) {
      Constant constant{.tag = reader_.u8()};
      switch (constant.tag) {
        case kUtf8:
          constant.text = reader_.take(reader_.be16());
          break;
        case kInteger:
        case kFloat:
          reader_.skip(4);
          break;
        case kLong:
        case kDouble:
          reader_.skip(8);
          break;
        case kClassName:
        case kString:
        case kMethodType:
        case kModule:
        case kPackage:
          constant.first = reader_.be16();
          break;
        case kField:
        case kMethod:
        case kInterfaceMethod:
        case kNameAndType:
        case kDynamic:
        case kInvokeDynamic:
          constant.first = reader_.be16();
          constant.second = reader_.be16();
          break;
        case kMethodHandle:
          reader_.skip(3);
          break;
        default:
          return false;
      }
      if (!reader_.ok()) return false;
      pool_.push_back(constant);
      // JVMS 4.4.5: these take two entries; the second is unusable.
      if (constant.tag == kLong || constant.tag == kDouble) pool_.emplace_back();
    }
    return true;
  }

  void read_members() {
    reader_.skip(6);  // access flags, this class, its superclass
    reader_.skip(std::uint64_t{2} * reader_.be16());
    for (int kind = 0; kind < 2; ++kind) {  // fields, then methods
      for (unsigned count = reader_.be16(); count > 0 && reader_.ok(); --count) {
        reader_.skip(2);
        const std::string_view name = text(reader_.be16());
        reader_.skip(2);
        read_attributes(name);
      }
    }
    read_attributes({});
  }

  void read_attributes(std::string_view member) {
    for (unsigned count = reader_.be16(); count > 0 && reader_.ok(); --count) {
      const std::string_view attribute = text(reader_.be16());
      const std::string_view content = reader_.take(reader_.be32());
      only_known_ &= content.empty() || std::find(kKnownAttributes.begin(), kKnownAttributes.end(), attribute) != kKnownAttributes.end();
      if (attribute == "ConstantValue") name_string(Reader(content).be16(), member);
      if (attribute == "Code") read_code(content);
    }
  }

  // Where code loads a string and gives it away at once. Instructions are not followed one by one: bytes that look like these two and name
  // entries of the right kinds are hardly anything else, and all that hangs on it is a name.
  void read_code(std::string_view code) {
    constexpr char kLdc = 0x12;
    constexpr char kLdcWide = 0x13;
    constexpr unsigned kPutStatic = 0xb3;
    constexpr unsigned kPutField = 0xb5;
    constexpr unsigned kInvokeVirtual = 0xb6;
    constexpr unsigned kInvokeInterface = 0xb9;
    for (std::size_t i = 0; i < code.size(); ++i) {
      if (code[i] != kLdc && code[i] != kLdcWide) continue;
      Reader next(code, i + 1);
      const unsigned index = code[i] == kLdc ? next.u8() : next.be16();
      const unsigned operation = next.u8();
      const bool is_given = (operation >= kPutStatic && operation <= kInvokeVirtual && operation != kPutStatic + 1) || operation == kInvokeInterface;
      if (!is_given || !next.ok()) continue;
      const std::string_view to = name_of(next.be16());
      if (to.empty()) continue;
      name_string(index, operation == kPutStatic || operation == kPutField ? to : of_setter(to));
    }
  }

  // Of a Fieldref or a Methodref.
  std::string_view name_of(unsigned index) const {
    const Constant reference = at(index);
    if (reference.tag != kField && reference.tag != kMethod && reference.tag != kInterfaceMethod) return {};
    const Constant name_and_type = at(reference.second);
    return name_and_type.tag == kNameAndType ? text(name_and_type.first) : std::string_view{};
  }

  void name_string(unsigned index, std::string_view name) {
    constexpr std::size_t kLongestName = 1024;  // thousands of strings may be given to one name
    const Constant string = at(index);
    if (string.tag != kString || at(string.first).tag != kUtf8 || name.size() > kLongestName) return;
    if (Constant& constant = pool_[string.first]; constant.name.empty()) constant.name = name;
  }

  [[nodiscard]] Constant at(unsigned index) const { return index < pool_.size() ? pool_[index] : Constant{}; }
  [[nodiscard]] std::string_view text(unsigned index) const { return at(index).text; }

  void print() const {
    TableLines lines("strings", visit_);
    for (std::size_t i = 1; i < pool_.size(); ++i) {
      if (pool_[i].tag == kUtf8) lines.add(i, from_modified_utf8(pool_[i].name), from_modified_utf8(pool_[i].text));
    }
    lines.finish();
  }

  void show_rest() const {
    OwnBytes own(bytes_);
    for (const Constant& constant : pool_) {
      if (!constant.text.empty()) own.blank(constant.text);
    }
    own.finish(visit_);
  }

  std::string_view bytes_;
  Reader reader_;
  const Visit& visit_;
  unsigned count_ = 0;
  std::vector<Constant> pool_;
  bool only_known_ = true;
};

}  // namespace

bool is_class(std::string_view head) {
  // Mach-O's fat binaries begin with the same four bytes; behind them stands the number of architectures, which is far below any version here.
  if (!head.starts_with("\xca\xfe\xba\xbe"sv)) return false;
  Reader reader(head, 4);
  const unsigned minor = reader.be16();
  const unsigned major = reader.be16();
  const unsigned count = reader.be16();
  const unsigned tag = reader.u8();
  return major >= 45 && major < 128 && (minor == 0 || minor == 0xffff || major <= 46) && count > 1 && tag >= kUtf8 && tag <= kPackage;
}

Result<bool> unfold_class(std::string_view bytes, const Visit& visit) {
  return ClassFile(bytes, visit).unfold();
}

}  // namespace keywake::artifacts
