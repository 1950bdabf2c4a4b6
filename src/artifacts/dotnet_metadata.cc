// A PE file: DOS header, at 0x3c the offset of "PE\0\0", COFF header, optional header with directories (number 14: the CLI header), sections.
// Metadata: "BSJB", version, streams: #Strings, #Blob, #US, #GUID, and #~ (or #-, unoptimised) with the tables: which there are, their numbers
// of rows, then the rows. Columns are fixed numbers or indexes, of two bytes unless what they point into is larger (II.24.2.6).
#include "artifacts/dotnet_metadata.h"

#include <algorithm>
#include <initializer_list>

#include "artifacts/reader.h"

namespace keywake::artifacts {
namespace {

constexpr std::size_t kLongestName = 1024;
constexpr unsigned kMaxStreams = 64;
constexpr unsigned kMaxSections = 96;  // the PE loader's limit

std::uint32_t le16(std::string_view bytes, std::uint64_t at) {
  Reader in(bytes, at);
  return in.le16();
}
std::uint32_t le32(std::string_view bytes, std::uint64_t at) {
  Reader in(bytes, at);
  return in.le32();
}

// Of the optional header: 0 if these are no headers of a PE file.
std::uint64_t optional_header(std::string_view bytes) {
  if (!bytes.starts_with("MZ")) return 0;
  const std::uint64_t pe = le32(bytes, 0x3c);
  if (pe > bytes.size() || bytes.substr(pe, 4) != std::string_view("PE\0\0", 4)) return 0;
  return pe + 24;
}

std::uint32_t cli_header_address(std::string_view bytes) {
  const std::uint64_t header = optional_header(bytes);
  const std::uint32_t magic = header == 0 ? 0 : le16(bytes, header);
  if (magic != 0x10b && magic != 0x20b) return 0;
  const std::uint64_t directories = header + (magic == 0x10b ? 96 : 112);
  if (le32(bytes, directories - 4) < 15) return 0;
  return le32(bytes, directories + 14 * 8);
}

// II.24.2.6: a kind of column. Up to 0x3f an index into that table; then coded ones, heaps, and plain numbers.
enum Column : std::uint8_t { kTypeDefOrRef = 0x40, kHasConstant, kHasCustomAttribute, kHasFieldMarshal, kHasDeclSecurity, kMemberRefParent, kHasSemantics, kMethodDefOrRef, kMemberForwarded, kImplementation, kCustomAttributeType, kResolutionScope, kTypeOrMethodDef, kName = 0x80, kGuid, kBlobColumn, kU2, kU4 };

struct Coded {
  unsigned tag_bits;
  std::initializer_list<std::uint8_t> tables;
};

// In the order of Column.
const Coded kCoded[] = {
    {2, {0x02, 0x01, 0x1b}},
    {2, {0x04, 0x08, 0x17}},
    {5, {0x06, 0x04, 0x01, 0x02, 0x08, 0x09, 0x0a, 0x00, 0x0e, 0x17, 0x14, 0x11, 0x1a, 0x1b, 0x20, 0x23, 0x26, 0x27, 0x28, 0x2a, 0x2c, 0x2b}},
    {1, {0x04, 0x08}},
    {2, {0x02, 0x06, 0x20}},
    {3, {0x02, 0x01, 0x1a, 0x06, 0x1b}},
    {1, {0x14, 0x17}},
    {1, {0x06, 0x0a}},
    {1, {0x04, 0x06}},
    {2, {0x26, 0x23, 0x27}},
    {3, {0x06, 0x0a}},
    {2, {0x00, 0x1a, 0x23, 0x01}},
    {1, {0x02, 0x06}},
};

// II.22, by table number; the *Ptr tables (0x03, 0x05, …) are those of the unoptimised form.
const std::initializer_list<std::uint8_t> kColumns[kTables] = {
    /*00 Module*/ {kU2, kName, kGuid, kGuid, kGuid},
    /*01 TypeRef*/ {kResolutionScope, kName, kName},
    /*02 TypeDef*/ {kU4, kName, kName, kTypeDefOrRef, 0x04, 0x06},
    /*03 FieldPtr*/ {0x04},
    /*04 Field*/ {kU2, kName, kBlobColumn},
    /*05 MethodPtr*/ {0x06},
    /*06 MethodDef*/ {kU4, kU2, kU2, kName, kBlobColumn, 0x08},
    /*07 ParamPtr*/ {0x08},
    /*08 Param*/ {kU2, kU2, kName},
    /*09 InterfaceImpl*/ {0x02, kTypeDefOrRef},
    /*0a MemberRef*/ {kMemberRefParent, kName, kBlobColumn},
    /*0b Constant*/ {kU2, kHasConstant, kBlobColumn},
    /*0c CustomAttribute*/ {kHasCustomAttribute, kCustomAttributeType, kBlobColumn},
    /*0d FieldMarshal*/ {kHasFieldMarshal, kBlobColumn},
    /*0e DeclSecurity*/ {kU2, kHasDeclSecurity, kBlobColumn},
    /*0f ClassLayout*/ {kU2, kU4, 0x02},
    /*10 FieldLayout*/ {kU4, 0x04},
    /*11 StandAloneSig*/ {kBlobColumn},
    /*12 EventMap*/ {0x02, 0x14},
    /*13 EventPtr*/ {0x14},
    /*14 Event*/ {kU2, kName, kTypeDefOrRef},
    /*15 PropertyMap*/ {0x02, 0x17},
    /*16 PropertyPtr*/ {0x17},
    /*17 Property*/ {kU2, kName, kBlobColumn},
    /*18 MethodSemantics*/ {kU2, 0x06, kHasSemantics},
    /*19 MethodImpl*/ {0x02, kMethodDefOrRef, kMethodDefOrRef},
    /*1a ModuleRef*/ {kName},
    /*1b TypeSpec*/ {kBlobColumn},
    /*1c ImplMap*/ {kU2, kMemberForwarded, kName, 0x1a},
    /*1d FieldRVA*/ {kU4, 0x04},
    /*1e EncLog*/ {kU4, kU4},
    /*1f EncMap*/ {kU4},
    /*20 Assembly*/ {kU4, kU2, kU2, kU2, kU2, kU4, kBlobColumn, kName, kName},
    /*21 AssemblyProcessor*/ {kU4},
    /*22 AssemblyOS*/ {kU4, kU4, kU4},
    /*23 AssemblyRef*/ {kU2, kU2, kU2, kU2, kU4, kBlobColumn, kName, kName, kBlobColumn},
    /*24 AssemblyRefProcessor*/ {kU4, 0x23},
    /*25 AssemblyRefOS*/ {kU4, kU4, kU4, 0x23},
    /*26 File*/ {kU4, kName, kBlobColumn},
    /*27 ExportedType*/ {kU4, kU4, kName, kName, kImplementation},
    /*28 ManifestResource*/ {kU4, kU4, kName, kImplementation},
    /*29 NestedClass*/ {0x02, 0x02},
    /*2a GenericParam*/ {kU2, kU2, kTypeOrMethodDef, kName},
    /*2b MethodSpec*/ {kMethodDefOrRef, kBlobColumn},
    /*2c GenericParamConstraint*/ {0x2a, kTypeDefOrRef},
};

}  // namespace

bool PortableExecutable::has_cli_header(std::string_view head) {
  return cli_header_address(head) != 0;
}

PortableExecutable::PortableExecutable(std::string_view bytes) : cli_header_(cli_header_address(bytes)) {
  const std::uint64_t header = optional_header(bytes);
  if (header == 0) return;
  const std::uint32_t count = std::min(le16(bytes, header - 18), kMaxSections);
  Reader in(bytes, header + le16(bytes, header - 4));
  for (std::uint32_t i = 0; i < count; ++i) {
    in.skip(12);
    const std::uint32_t address = in.le32();
    const std::uint32_t size = in.le32();
    const std::uint32_t offset = in.le32();
    in.skip(16);
    if (in.ok()) sections_.push_back({address, size, offset});
  }
}

std::uint64_t PortableExecutable::offset_of(std::uint32_t address) const {
  for (const Section& section : sections_) {
    if (address >= section.address && address - section.address < section.size) return std::uint64_t{section.offset} + (address - section.address);
  }
  return kNowhere;
}

Result<Metadata> Metadata::open(std::string_view root) {
  Reader in(root);
  if (in.le32() != 0x424a5342) return fail("no metadata where its header says");
  in.skip(8);
  in.skip(in.le32());
  in.skip(2);
  const unsigned streams = std::min<unsigned>(in.le16(), kMaxStreams);
  Metadata out;
  std::string_view tables;
  for (unsigned i = 0; i < streams && in.ok(); ++i) {
    const std::uint32_t offset = in.le32();
    const std::uint32_t size = in.le32();
    const std::string_view rest = root.substr(in.at(), 32);
    const std::size_t length = rest.find('\0');
    if (!in.ok() || length == std::string_view::npos) return fail("the list of streams is cut short");
    const std::string_view name = rest.substr(0, length);
    in.skip((length / 4 + 1) * 4);
    if (offset > root.size()) return fail("a stream lies outside the file");
    const std::string_view bytes = root.substr(offset, size);
    if (name == "#Strings") out.names_ = bytes;
    if (name == "#Blob") out.blobs_ = bytes;
    if (name == "#US") out.user_strings_ = bytes;
    if (name == "#~" || name == "#-") tables = bytes;
  }
  if (auto done = out.lay_out(tables); !done) return std::unexpected(done.error());
  return out;
}

Result<void> Metadata::lay_out(std::string_view tables) {
  if (tables.empty()) return {};  // an assembly of resources only may do without
  Reader in(tables);
  in.skip(6);
  const unsigned heaps = in.u8();
  in.skip(1);
  const std::uint64_t present = in.le64();
  in.skip(8);
  for (unsigned table = 0; table < 64; ++table) {
    if ((present >> table & 1) != 0) rows_[table] = in.le32();
  }
  if ((heaps & 0x40) != 0) in.skip(4);  // extra data of the unoptimised form
  auto size_of = [&](std::uint8_t column) -> std::uint8_t {
    if (column == kName) return (heaps & 1) != 0 ? 4 : 2;
    if (column == kGuid) return (heaps & 2) != 0 ? 4 : 2;
    if (column == kBlobColumn) return (heaps & 4) != 0 ? 4 : 2;
    if (column == kU2) return 2;
    if (column == kU4) return 4;
    if (column < 0x40) return rows_[column] < 0x10000 ? 2 : 4;
    const Coded& coded = kCoded[column - kTypeDefOrRef];
    const bool wide = std::any_of(coded.tables.begin(), coded.tables.end(), [&](std::uint8_t table) { return rows_[table] >= 1U << (16 - coded.tag_bits); });
    return wide ? 4 : 2;
  };
  for (unsigned table = 0; table < kTables; ++table) {
    Layout& layout = layouts_[table];
    unsigned column = 0;
    for (const std::uint8_t kind : kColumns[table]) {
      layout.sizes[column] = size_of(kind);
      layout.row_size += layout.sizes[column++];
    }
    layout.bytes = in.take(std::uint64_t{rows_[table]} * layout.row_size);
    if (!in.ok()) return fail("its tables are cut short");
  }
  return {};
}

std::uint32_t Metadata::cell(Table table, std::uint32_t row, unsigned column) const {
  const Layout& layout = layouts_[table];
  if (row == 0 || row > rows_[table]) return 0;
  std::uint64_t at = std::uint64_t{row - 1} * layout.row_size;
  for (unsigned i = 0; i < column; ++i) at += layout.sizes[i];
  Reader in(layout.bytes, at);
  return static_cast<std::uint32_t>(in.little(layout.sizes[column]));
}

std::string_view Metadata::name(std::uint32_t offset) const {
  if (offset >= names_.size()) return {};
  const std::string_view rest = names_.substr(offset, kLongestName);
  return rest.substr(0, rest.find('\0'));
}

std::string_view Metadata::blob(std::uint32_t offset) const {
  if (offset >= blobs_.size()) return {};
  std::string_view rest = blobs_.substr(offset);
  return take_blob(rest);
}

std::string_view Metadata::take_blob(std::string_view& heap) {
  Reader in(heap);
  std::uint64_t length = in.u8();
  if ((length & 0xc0) == 0x80) {
    length = (length & 0x3f) << 8 | in.u8();
  } else if ((length & 0xe0) == 0xc0) {
    length = (length & 0x1f) << 24 | in.big(3);
  } else if ((length & 0x80) != 0) {
    length = heap.size() + 1;
  }
  const std::string_view blob = in.take(length);
  heap = in.ok() ? heap.substr(in.at()) : std::string_view{};
  return blob;
}

}  // namespace keywake::artifacts
