// Writes small Java class files for tests (JVMS 4).
#pragma once

#include <string>
#include <string_view>

#include "artifacts/unfolded.h"

namespace made {

class ClassFile {
 public:
  // Each returns the number of its entry in the constant pool.
  unsigned utf8(std::string_view text) { return add(be(1, 1) + be(text.size(), 2) + std::string(text)); }
  unsigned string(std::string_view text) {
    const unsigned at = utf8(text);
    return add(be(8, 1) + be(at, 2));
  }
  unsigned a_long() {
    const unsigned at = add(be(5, 1) + be(42, 8));
    ++count_;
    return at;
  }
  /// A reference of the kind of a field (9) or a method (10).
  unsigned reference(unsigned kind, std::string_view name) {
    const unsigned name_at = utf8(name);
    const unsigned type = utf8("T");
    const unsigned both = add(be(12, 1) + be(name_at, 2) + be(type, 2));
    return add(be(kind, 1) + be(0, 2) + be(both, 2));
  }
  void field(std::string_view name, unsigned constant) {
    const unsigned name_at = utf8(name);
    const unsigned attribute = utf8("ConstantValue");
    fields_ += be(0x18, 2) + be(name_at, 2) + be(name_at, 2) + be(1, 2) + be(attribute, 2) + be(2, 4) + be(constant, 2);
    ++field_count_;
  }
  void method(std::string_view code) { method_with("Code", be(0, 4) + be(code.size(), 4) + std::string(code) + be(0, 4)); }
  void method_with(std::string_view attribute, std::string_view content) {
    const unsigned name_at = utf8("run");
    const unsigned attribute_at = utf8(attribute);
    methods_ += be(1, 2) + be(name_at, 2) + be(name_at, 2) + be(1, 2) + be(attribute_at, 2) + be(content.size(), 4) + std::string(content);
    ++method_count_;
  }
  [[nodiscard]] std::string bytes() const {
    return be(0xcafebabe, 4) + be(0, 2) + be(61, 2) + be(count_, 2) + pool_ + be(0x21, 2) + be(0, 2) + be(0, 2) + be(0, 2) + be(field_count_, 2) + fields_ + be(method_count_, 2) + methods_ + be(0, 2);
  }

 private:
  unsigned add(const std::string& entry) {
    pool_ += entry;
    return count_++;
  }

  std::string pool_, fields_, methods_;
  unsigned count_ = 1, field_count_ = 0, method_count_ = 0;
};

}  // namespace made
