// C++17, as its neighbours (document.h says why).
//
// Every object is visited once, whoever refers to it: so nothing depends on the document's tree, which may be damaged or have no end.
#include "pdf/document.h"

#include "pdf/pdf_internal.h"

#include <fmt/format.h>

#include <algorithm>
#include <exception>
#include <qpdf/Pipeline.hh>
#include <qpdf/QPDF.hh>
#include <qpdf/QPDFExc.hh>
#include <set>
#include <stdexcept>
#include <string>

namespace keywake::pdf {
namespace {

constexpr std::size_t kObjectBytes = 16u << 20;   // of object streams, expanded
constexpr std::size_t kStreamBytes = 32u << 20;   // of one stream, expanded
constexpr std::size_t kAllBytes = 256u << 20;     // of all streams
constexpr std::size_t kMaxStrings = 64u << 20;
constexpr std::size_t kMaxObjects = 5'000'000;    // 64 MiB of compressed data have 4 million bytes that would separate some
constexpr unsigned kMaxDepth = 64;

class Collect : public Pipeline {
 public:
  Collect() : Pipeline("collect", nullptr) {}
  void write(unsigned char const* data, std::size_t size) override {
    if (bytes.size() + size > kStreamBytes) throw std::runtime_error("a stream expands too far");
    bytes.append(reinterpret_cast<char const*>(data), size);
  }
  void finish() override {}
  std::string bytes;
};

class Document {
 public:
  Document(std::string_view bytes, const Visit& visit) : bytes_(bytes), visit_(visit) {}

  bool run() {
    install_filters();
    pdf_.setSuppressWarnings(true);
    set_budget(kObjectBytes);
    set_objects(kMaxObjects);
    charge_objects(reinterpret_cast<const unsigned char*>(bytes_.data()), bytes_.size());
    pdf_.processMemoryFile("PDF", bytes_.data(), bytes_.size(), "");
    read_objects(pdf_.getAllObjects());
    read_pages();
    return complete_ && !pdf_.anyWarnings() && has_one_revision();
  }

 private:
  void read_objects(std::vector<QPDFObjectHandle> objects) {
    QPDFObjectHandle trailer = pdf_.getTrailer();
    for (QPDFObjectHandle& object : objects) {
      if (object.isStream()) {
        QPDFObjectHandle dictionary = object.getDict();
        strings(dictionary, "", 0);
      } else {
        strings(object, "", 0);
      }
    }
    if (!strings_.empty()) visit_("strings", strings_);
    for (QPDFObjectHandle& object : objects) {
      if (object.isStream()) read_stream(object);
    }
  }

  // Direct strings; what is referred to is an object of its own.
  void strings(QPDFObjectHandle object, const std::string& key, unsigned depth) {
    if (depth > kMaxDepth || strings_.size() > kMaxStrings) {
      complete_ = false;
      return;
    }
    if (object.isString()) {
      const std::string value = object.getUTF8Value();
      strings_ += key.empty() ? value + "\n" : fmt::format("{} = \"{}\"\n", key, value);
    } else if (object.isArray()) {
      for (int i = 0; i < object.getArrayNItems(); ++i) {
        QPDFObjectHandle item = object.getArrayItem(i);
        if (!item.isIndirect()) strings(item, key, depth + 1);
      }
    } else if (object.isDictionary()) {
      // Of a form field the name (T) belongs to the value (V).
      QPDFObjectHandle name = object.getKey("/T");
      QPDFObjectHandle field = object.getKey("/V");
      const bool is_field = name.isString() && field.isString();
      if (is_field) strings_ += fmt::format("{} = \"{}\"\n", name.getUTF8Value(), field.getUTF8Value());
      for (auto& [item_key, item] : object.getDictAsMap()) {
        if (item.isIndirect() || item_key == "/ID" || item_key == "/O" || item_key == "/U" || (is_field && (item_key == "/V" || item_key == "/T"))) continue;
        strings(item, item_key.substr(1), depth + 1);
      }
    }
  }

  void read_stream(QPDFObjectHandle stream) {
    QPDFObjectHandle dictionary = stream.getDict();
    const std::string type = dictionary.getKey("/Type").isName() ? dictionary.getKey("/Type").getName() : "";
    const std::string subtype = dictionary.getKey("/Subtype").isName() ? dictionary.getKey("/Subtype").getName() : "";
    const bool no_text = subtype == "/Image" || type == "/XRef" || type == "/ObjStm" || dictionary.hasKey("/Length1") || subtype == "/Type1C" || subtype == "/CIDFontType0C" || subtype == "/OpenType";
    if (no_text) return;
    const std::size_t allowed = std::min(kStreamBytes, left_);
    set_budget(2 * allowed);
    set_objects(2 * allowed);  // nothing of it is parsed
    Collect collect;
    bool decoded = false;
    bool whole = false;
    try {
      whole = stream.pipeStreamData(&collect, &decoded, 0, qpdf_dl_specialized, true) && decoded;
    } catch (std::exception const&) {
      whole = false;
    }
    if (!whole) complete_ = false;
    left_ -= std::min(left_, collect.bytes.size());
    // What draws and what maps glyphs is read with the pages; kept here only if its text is in one piece.
    if (collect.bytes.empty() || (decoded && is_machinery(collect.bytes))) return;
    if (decoded) visit_(fmt::format("stream/{}", stream.getObjectID()), collect.bytes);
  }

  // Content streams (they show text or draw) and character maps.
  [[nodiscard]] static bool is_machinery(std::string_view bytes) {
    return bytes.find("begincmap") != std::string_view::npos || (bytes.find("BT") != std::string_view::npos && bytes.find("ET") != std::string_view::npos && bytes.find(" Tf") != std::string_view::npos);
  }

  void read_pages() {
    std::size_t number = 0;
    for (const QPDFObjectHandle& page : pdf_.getAllPages()) {
      ++number;
      set_budget(2 * std::min(kStreamBytes, left_));
      set_objects(kMaxObjects);
      try {
        const std::string text = page_text(page);
        left_ -= std::min(left_, text.size());
        if (!text.empty()) visit_(fmt::format("page/{}", number), text);
      } catch (std::exception const&) {
        complete_ = false;
      }
    }
  }

  // A linearised file has two of these marks in one revision; counting it as more costs a second scan only.
  [[nodiscard]] bool has_one_revision() const {
    const std::size_t first = bytes_.find("startxref");
    return first != std::string_view::npos && bytes_.find("startxref", first + 1) == std::string_view::npos;
  }

  std::string_view bytes_;
  const Visit& visit_;
  QPDF pdf_;
  std::string strings_;
  std::size_t left_ = kAllBytes;
  bool complete_ = true;
};

}  // namespace

__attribute__((visibility("default"))) Outcome keywake_read_pdf(std::string_view bytes, const Visit& visit) {
  // Exceptions of the visitor pass through; qpdf's stop here.
  std::exception_ptr thrown;
  const Visit guarded = [&](std::string_view path, std::string_view part) {
    if (thrown) return;
    try {
      visit(path, part);
    } catch (...) {
      thrown = std::current_exception();
    }
  };
  Outcome outcome = Outcome::kDamaged;
  try {
    Document document(bytes, guarded);
    outcome = document.run() ? Outcome::kWhole : Outcome::kPartial;
  } catch (QPDFExc const& error) {
    outcome = error.getErrorCode() == qpdf_e_password ? Outcome::kEncrypted : Outcome::kDamaged;
  } catch (TooManyObjects const&) {
    outcome = Outcome::kTooManyObjects;
  } catch (std::exception const&) {
    outcome = Outcome::kDamaged;
  }
  if (thrown) std::rethrow_exception(thrown);
  return outcome;
}

}  // namespace keywake::pdf
