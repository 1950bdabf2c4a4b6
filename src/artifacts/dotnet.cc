#include "artifacts/dotnet.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <unordered_map>
#include <unordered_set>

#include "artifacts/dotnet_metadata.h"
#include "artifacts/naming.h"
#include "artifacts/reader.h"
#include "artifacts/rendering.h"

namespace keywake::artifacts {
namespace {

constexpr std::size_t kLongestShared = 4096;  // bytes of a constant that is looked for among the user strings
constexpr std::uint8_t kStringType = 0x0e;  // ELEMENT_TYPE_STRING, II.23.1.16

// How many bytes of operand an instruction of one byte has, or of two (0xfe first): III.
unsigned operand_size(std::uint32_t opcode) {
  auto within = [&](std::uint32_t first, std::uint32_t last) { return opcode >= first && opcode <= last; };
  if (within(0x0e, 0x13) || opcode == 0x1f || within(0x2b, 0x37) || opcode == 0xde) return 1;
  if (opcode == 0x21 || opcode == 0x23) return 8;
  if (opcode == 0x20 || opcode == 0x22 || within(0x27, 0x29) || within(0x38, 0x44) || within(0x6f, 0x75) || opcode == 0x79 || within(0x7b, 0x81) || opcode == 0x8c ||
      opcode == 0x8d || opcode == 0x8f || within(0xa3, 0xa5) || opcode == 0xc2 || opcode == 0xc6 || opcode == 0xd0 || opcode == 0xdd) {
    return 4;
  }
  if (within(0xfe09, 0xfe0e)) return 2;
  if (opcode == 0xfe12 || opcode == 0xfe19) return 1;
  return opcode == 0xfe06 || opcode == 0xfe07 || opcode == 0xfe15 || opcode == 0xfe16 || opcode == 0xfe1c ? 4 : 0;
}

class Assembly {
 public:
  Assembly(std::string_view bytes, const Visit& visit) : bytes_(bytes), visit_(visit), file_(bytes), own_(bytes) {}

  Result<bool> unfold() {
    Reader header(bytes_, file_.offset_of(file_.cli_header()));
    header.skip(8);
    const std::uint32_t metadata = header.le32();
    const std::uint32_t size = header.le32();
    header.skip(8);
    const std::uint32_t resources = header.le32();
    const std::uint64_t root = file_.offset_of(metadata);
    if (!header.ok() || root > bytes_.size()) return fail("its metadata lies outside the file");
    auto opened = Metadata::open(bytes_.substr(root, size));
    if (!opened) return std::unexpected(opened.error());
    metadata_ = std::move(*opened);
    name_user_strings();
    find_constants();
    show_user_strings();
    if (auto done = show_constants(); !done) return std::unexpected(done.error());
    if (auto done = show_resources(resources); !done) return std::unexpected(done.error());
    own_.finish(visit_);
    return true;
  }

 private:
  struct Constant {
    std::string_view name;
    bool is_used = false;  // by code: it is a user string, too
  };

  // The names of fields and setters that code gives a string to right after loading it: ldstr, then stfld, stsfld, call or callvirt.
  void name_user_strings() {
    std::unordered_set<std::uint32_t> seen;
    std::uint64_t budget = bytes_.size();  // methods may be made to overlap
    for (std::uint32_t row = 1; row <= metadata_.rows(kMethodDef); ++row) {
      const std::uint32_t address = metadata_.cell(kMethodDef, row, 0);
      if (address == 0 || !seen.insert(address).second) continue;
      const std::string_view code = body_at(address);
      if (code.size() > budget) return;
      budget -= code.size();
      name_strings_in(code);
    }
  }

  // II.25.4: one byte of header, or twelve and more.
  [[nodiscard]] std::string_view body_at(std::uint32_t address) const {
    Reader in(bytes_, file_.offset_of(address));
    const std::uint32_t first = in.u8();
    if ((first & 3) == 2) return in.take(first >> 2);
    if ((first & 3) != 3) return {};
    in.skip(3);
    const std::uint32_t size = in.le32();
    in.skip(4);
    return in.take(size);
  }

  void name_strings_in(std::string_view code) {
    Reader in(code);
    std::uint32_t loaded = 0;  // the user string that the instruction before put on the stack
    while (in.ok() && in.left() > 0) {
      std::uint32_t opcode = in.u8();
      if (opcode == 0xfe) opcode = opcode << 8 | in.u8();
      const std::uint32_t token = operand_size(opcode) == 4 ? in.le32() : 0;
      if (operand_size(opcode) != 4) in.skip(operand_size(opcode));
      if (opcode == 0x45) in.skip(4 * std::uint64_t{in.le32()});  // switch
      if (loaded != 0) {
        std::string_view name;
        if (opcode == 0x7d || opcode == 0x80) name = of_property(member(token));
        if (opcode == 0x28 || opcode == 0x6f) name = of_setter(member(token));
        if (!name.empty()) names_.emplace(loaded, name);
      }
      loaded = opcode == 0x72 && token >> 24 == 0x70 ? token & 0xffffff : 0;
    }
  }

  [[nodiscard]] std::string_view member(std::uint32_t token) const {
    const std::uint32_t row = token & 0xffffff;
    switch (token >> 24) {
      case kField:
        return metadata_.name(metadata_.cell(kField, row, 1));
      case kMethodDef:
        return metadata_.name(metadata_.cell(kMethodDef, row, 3));
      case kMemberRef:
        return metadata_.name(metadata_.cell(kMemberRef, row, 1));
      default:
        return {};
    }
  }

  // A compiler copies a constant to where code uses it: there it has the name of the constant, and is not shown again with the constants.
  // II.24.2.4: each is UTF-16 and one byte more.
  void show_user_strings() {
    TableLines lines("strings", visit_);
    const std::string_view heap = metadata_.user_strings();
    std::string_view rest = heap.substr(std::min<std::size_t>(1, heap.size()));
    for (std::uint64_t line = 1; !rest.empty();) {
      const auto offset = static_cast<std::uint32_t>(heap.size() - rest.size());
      const std::string_view blob = Metadata::take_blob(rest);
      if (blob.empty()) continue;  // padding
      const std::string_view text = blob.substr(0, blob.size() / 2 * 2);
      const auto named = names_.find(offset);
      const auto constant = text.size() > kLongestShared ? constants_.end() : constants_.find(text);
      if (constant != constants_.end()) constant->second.is_used = true;
      const std::string_view constant_name = constant == constants_.end() ? std::string_view{} : constant->second.name;
      lines.add(line++, named == names_.end() ? constant_name : named->second, from_utf16le(text));
      own_.blank(text);
    }
    lines.finish();
  }

  Result<void> show_constants() {
    TableLines lines("constants", visit_);
    std::uint64_t budget = 2 * bytes_.size();  // blobs may be shared
    bool within = true;
    for (std::uint32_t row = 1; row <= metadata_.rows(kConstant) && within; ++row) {
      if ((metadata_.cell(kConstant, row, 0) & 0xff) != kStringType) continue;
      const std::string_view blob = metadata_.blob(metadata_.cell(kConstant, row, 2));
      const std::string_view name = of_property(owner(metadata_.cell(kConstant, row, 1)));
      within = blob.size() + name.size() <= budget;
      if (!within) break;
      budget -= blob.size() + name.size();
      const auto constant = blob.size() > kLongestShared ? constants_.end() : constants_.find(blob);
      if (constant == constants_.end() || !constant->second.is_used) lines.add(row, name, from_utf16le(blob));
      if (!blob.empty()) own_.blank(blob);
    }
    lines.finish();
    if (!within) return fail("its constants are longer than the file");
    return {};
  }

  void find_constants() {
    std::uint64_t budget = 2 * bytes_.size();  // rows may share a blob, and each is hashed
    for (std::uint32_t row = 1; row <= metadata_.rows(kConstant); ++row) {
      if ((metadata_.cell(kConstant, row, 0) & 0xff) != kStringType) continue;
      const std::string_view blob = metadata_.blob(metadata_.cell(kConstant, row, 2));
      if (blob.size() > kLongestShared || blob.empty()) continue;
      if (blob.size() > budget) return;
      budget -= blob.size();
      constants_.try_emplace(blob, Constant{of_property(owner(metadata_.cell(kConstant, row, 1)))});
    }
  }

  // HasConstant, II.24.2.6.
  [[nodiscard]] std::string_view owner(std::uint32_t coded) const {
    const std::uint32_t row = coded >> 2;
    switch (coded & 3) {
      case 0:
        return metadata_.name(metadata_.cell(kField, row, 1));
      case 1:
        return metadata_.name(metadata_.cell(kParam, row, 2));
      default:
        return metadata_.name(metadata_.cell(kProperty, row, 1));
    }
  }

  // II.22.24: those of this file have no Implementation, and lie behind their length.
  Result<void> show_resources(std::uint32_t address) {
    std::uint64_t budget = bytes_.size();
    for (std::uint32_t row = 1; row <= metadata_.rows(kManifestResource); ++row) {
      if (metadata_.cell(kManifestResource, row, 3) != 0) continue;
      const std::uint64_t begin = file_.offset_of(address);
      Reader in(bytes_, begin == PortableExecutable::kNowhere ? begin : begin + metadata_.cell(kManifestResource, row, 0));
      const std::string_view resource = in.take(in.le32());
      if (!in.ok()) return fail(fmt::format("its resource {} lies outside the file", row));
      if (resource.size() > budget) return fail("its resources are longer than the file");
      budget -= resource.size();
      visit_("resources/" + std::string(metadata_.name(metadata_.cell(kManifestResource, row, 2))), resource);
      if (!resource.empty()) own_.blank(resource);
    }
    return {};
  }

  std::string_view bytes_;
  const Visit& visit_;
  PortableExecutable file_;
  Metadata metadata_;
  std::unordered_map<std::uint32_t, std::string_view> names_;  // of user strings, by offset in their heap
  std::unordered_map<std::string_view, Constant> constants_;   // by their bytes
  OwnBytes own_;
};

}  // namespace

bool is_dotnet(std::string_view head) {
  return PortableExecutable::has_cli_header(head);
}

Result<bool> unfold_dotnet(std::string_view bytes, const Visit& visit) {
  return Assembly(bytes, visit).unfold();
}

}  // namespace keywake::artifacts
