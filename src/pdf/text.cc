// The text of a page. Content is a list of operands and operators (ISO 32000-1, 9.4): those that show text and those that move its place are
// followed, the rest is passed over. Strings hold codes of a font; what they mean says the font's ToUnicode map, else the names in its encoding,
// else they are Latin-1. A secret is often shown in several pieces (kerning, one piece a glyph), so pieces on one line are joined, with a space
// only where the gap to the end of the last one, by the font's widths, is as wide as one.
#include "pdf/pdf_internal.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <memory>
#include <set>
#include <vector>

#include "base/utf16.h"

namespace keywake::pdf {
namespace {

constexpr unsigned kMaxForms = 8;                // forms inside forms
constexpr std::size_t kMaxText = 16u << 20;      // of a page
constexpr std::size_t kMaxOperations = 4'000'000;
constexpr std::size_t kMaxCodes = 200'000;       // of a font

void append_utf8_of(unsigned code, std::string& out) {
  const char wide[2] = {static_cast<char>(code >> 8), static_cast<char>(code & 0xff)};
  append_utf8(WideEncoding::kUtf16Be, std::string_view(wide, 2), true, out);
}

std::string utf8_of(const std::string& utf16) {
  std::string out;
  append_utf8(WideEncoding::kUtf16Be, utf16, true, out);
  return out;
}

unsigned code_of(std::string_view bytes) {
  unsigned code = 0;
  for (const char c : bytes.substr(0, 4)) code = code << 8 | static_cast<unsigned char>(c);
  return code;
}

// Glyph names of the Adobe Glyph List that are not the character itself: those that tokens and settings are written with.
const std::map<std::string, char>& glyphs() {
  static const std::map<std::string, char> kGlyphs{
      {"/space", ' '}, {"/exclam", '!'}, {"/quotedbl", '"'}, {"/numbersign", '#'}, {"/dollar", '$'}, {"/percent", '%'}, {"/ampersand", '&'}, {"/quotesingle", '\''},
      {"/parenleft", '('}, {"/parenright", ')'}, {"/asterisk", '*'}, {"/plus", '+'}, {"/comma", ','}, {"/hyphen", '-'}, {"/minus", '-'}, {"/period", '.'}, {"/slash", '/'},
      {"/zero", '0'}, {"/one", '1'}, {"/two", '2'}, {"/three", '3'}, {"/four", '4'}, {"/five", '5'}, {"/six", '6'}, {"/seven", '7'}, {"/eight", '8'}, {"/nine", '9'},
      {"/colon", ':'}, {"/semicolon", ';'}, {"/less", '<'}, {"/equal", '='}, {"/greater", '>'}, {"/question", '?'}, {"/at", '@'}, {"/bracketleft", '['}, {"/backslash", '\\'},
      {"/bracketright", ']'}, {"/asciicircum", '^'}, {"/underscore", '_'}, {"/grave", '`'}, {"/braceleft", '{'}, {"/bar", '|'}, {"/braceright", '}'}, {"/asciitilde", '~'}};
  return kGlyphs;
}

struct Font {
  std::map<unsigned, std::string> text;
  std::map<unsigned, double> widths;  // in thousandths of the font's size
  double default_width = 500;
  std::size_t code_bytes = 1;

  [[nodiscard]] double width(unsigned code) const {
    const auto found = widths.find(code);
    return found == widths.end() ? default_width : found->second;
  }
};

// The map's "bfchar" and "bfrange" sections: <code> <UTF-16> and <first> <last> <UTF-16 of the first> or an array of all.
class CharacterMap {
 public:
  explicit CharacterMap(Font& font) : font_(font) {}

  void read(std::string_view map) {
    std::vector<std::string> operands;
    bool in_chars = false;
    bool in_ranges = false;
    bool in_array = false;
    for (std::size_t at = 0; at < map.size() && font_.text.size() < kMaxCodes;) {
      const char c = map[at];
      if (c == '<' && map.substr(at, 2) != "<<") {
        const std::size_t end = std::min(map.find('>', at), map.size());
        operands.push_back(unhex(map.substr(at + 1, end - at - 1)));
        at = end + 1;
        if (in_chars && operands.size() == 2) {
          put(operands[0], operands[1]);
          operands.clear();
        } else if (in_ranges && !in_array && operands.size() == 3) {
          put_range(operands);
          operands.clear();
        }
      } else if (c == '[' || c == ']') {
        in_array = c == '[';
        if (c == ']' && in_ranges) {
          for (std::size_t i = 2; i < operands.size(); ++i) font_.text[code_of(operands[0]) + static_cast<unsigned>(i - 2)] = utf8_of(operands[i]);
          operands.clear();
        }
        ++at;
      } else if (c >= 'a' && c <= 'z') {
        const std::size_t end = std::min(map.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", at), map.size());
        const std::string_view word = map.substr(at, end - at);
        if (word == "beginbfchar" || word == "endbfchar") in_chars = word == "beginbfchar";
        if (word == "beginbfrange" || word == "endbfrange") in_ranges = word == "beginbfrange";
        operands.clear();
        at = end;
      } else {
        ++at;
      }
    }
  }

 private:
  static std::string unhex(std::string_view digits) {
    std::string out;
    unsigned half = 0;
    bool has_half = false;
    for (const char c : digits) {
      const int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
      if (digit < 0) continue;
      if (has_half) out += static_cast<char>(half << 4 | static_cast<unsigned>(digit));
      half = static_cast<unsigned>(digit);
      has_half = !has_half;
    }
    return out;
  }
  void put(const std::string& code, const std::string& text) { font_.text[code_of(code)] = utf8_of(text); }
  void put_range(const std::vector<std::string>& range) {
    const unsigned first = code_of(range[0]);
    const unsigned last = code_of(range[1]);
    std::string text = range[2];
    if (text.size() < 2 || last < first || last - first > 0xffff) return;
    for (unsigned code = first; code <= last; ++code) {
      font_.text[code] = utf8_of(text);
      if (++text.back() == '\0') ++text[text.size() - 2];
    }
  }

  Font& font_;
};

double number_of(QPDFObjectHandle object) {
  return object.isNumber() ? object.getNumericValue() : 0;
}

Font read_font(QPDFObjectHandle dictionary) {
  Font font;
  if (!dictionary.isDictionary()) return font;
  if (dictionary.getKey("/Subtype").isNameAndEquals("/Type0")) {
    font.code_bytes = 2;
    font.default_width = 1000;
    QPDFObjectHandle descendants = dictionary.getKey("/DescendantFonts");
    if (descendants.isArray() && descendants.getArrayNItems() > 0 && descendants.getArrayItem(0).isDictionary()) {
      QPDFObjectHandle descendant = descendants.getArrayItem(0);
      if (descendant.getKey("/DW").isNumber()) font.default_width = number_of(descendant.getKey("/DW"));
      // [first [w w …] first last w …]
      QPDFObjectHandle widths = descendant.getKey("/W");
      const int count = widths.isArray() ? widths.getArrayNItems() : 0;
      for (int i = 0; i + 1 < count && font.widths.size() < kMaxCodes;) {
        const auto first = static_cast<unsigned>(std::clamp(number_of(widths.getArrayItem(i)), 0.0, 65535.0));
        QPDFObjectHandle next = widths.getArrayItem(i + 1);
        if (next.isArray()) {
          for (int k = 0; k < std::min(next.getArrayNItems(), 65536); ++k) font.widths[first + static_cast<unsigned>(k)] = number_of(next.getArrayItem(k));
          i += 2;
        } else {
          const auto last = static_cast<unsigned>(std::clamp(number_of(next), 0.0, 65535.0));
          const double width = i + 2 < count ? number_of(widths.getArrayItem(i + 2)) : 0;
          for (unsigned code = first; code <= last; ++code) font.widths[code] = width;
          i += 3;
        }
      }
    }
  } else {
    QPDFObjectHandle widths = dictionary.getKey("/Widths");
    const auto first = static_cast<unsigned>(std::clamp(number_of(dictionary.getKey("/FirstChar")), 0.0, 255.0));
    const int count = widths.isArray() ? std::min(widths.getArrayNItems(), 256) : 0;
    for (int i = 0; i < count; ++i) font.widths[first + static_cast<unsigned>(i)] = number_of(widths.getArrayItem(i));
    // [code /name /name … code /name …]
    QPDFObjectHandle encoding = dictionary.getKey("/Encoding");
    QPDFObjectHandle names = encoding.isDictionary() ? encoding.getKey("/Differences") : QPDFObjectHandle::newNull();
    unsigned code = 0;
    for (int i = 0; names.isArray() && i < std::min(names.getArrayNItems(), 1024); ++i) {
      QPDFObjectHandle item = names.getArrayItem(i);
      if (item.isInteger()) code = static_cast<unsigned>(item.getIntValue()) & 0xff;
      if (!item.isName()) continue;
      const std::string name = item.getName();
      if (const auto found = glyphs().find(name); found != glyphs().end()) font.text[code] = std::string(1, found->second);
      if (name.size() == 2) font.text[code] = name.substr(1);
      ++code;
    }
  }
  QPDFObjectHandle map = dictionary.getKey("/ToUnicode");
  if (map.isStream()) {
    const auto bytes = map.getStreamData(qpdf_dl_specialized);
    CharacterMap(font).read(std::string_view(reinterpret_cast<const char*>(bytes->getBuffer()), bytes->getSize()));
  }
  return font;
}

class Text : public QPDFObjectHandle::ParserCallbacks {
 public:
  explicit Text(QPDFObjectHandle resources) : resources_{resources} {}

  void handleObject(QPDFObjectHandle object, std::size_t, std::size_t) override {
    if (object.isOperator()) {
      if (++operations_ > kMaxOperations || out_.size() > kMaxText) terminateParsing();
      operate(object.getOperatorValue());
      operands_.clear();
    } else if (operands_.size() < 64) {
      operands_.push_back(object);
    }
  }
  void handleEOF() override {}

  std::string take() {
    if (!out_.empty() && out_.back() != '\n') out_ += '\n';
    return std::move(out_);
  }

 private:
  [[nodiscard]] double operand(std::size_t index) const { return index < operands_.size() ? number_of(operands_[index]) : 0; }

  void operate(const std::string& name) {
    if (name == "BT") {
      scale_x_ = scale_y_ = 1;
      line_x_ = line_y_ = x_ = 0;
    } else if (name == "Tf" && operands_.size() == 2 && operands_[0].isName()) {
      select_font(operands_[0].getName());
      size_ = std::max(0.1, std::abs(operand(1)));
    } else if (name == "TL") {
      leading_ = operand(0);
    } else if (name == "Td" || name == "TD") {
      if (name == "TD") leading_ = -operand(1);
      move(operand(0), operand(1));
    } else if (name == "Tm") {
      scale_x_ = operand(0) != 0 ? operand(0) : 1;
      scale_y_ = operand(3) != 0 ? operand(3) : 1;
      line_x_ = x_ = operand(4);
      line_y_ = operand(5);
    } else if (name == "T*") {
      move(0, -leading_);
    } else if (name == "Tj" && !operands_.empty()) {
      show(operands_.back());
    } else if ((name == "'" || name == "\"") && !operands_.empty()) {
      move(0, -leading_);
      show(operands_.back());
    } else if (name == "TJ" && !operands_.empty() && operands_.back().isArray()) {
      QPDFObjectHandle pieces = operands_.back();
      for (int i = 0; i < pieces.getArrayNItems(); ++i) {
        QPDFObjectHandle piece = pieces.getArrayItem(i);
        if (piece.isString()) show(piece);
        if (piece.isNumber()) x_ -= number_of(piece) / 1000 * size_ * scale_x_;
      }
    } else if (name == "Do" && !operands_.empty() && operands_[0].isName()) {
      show_form(operands_[0].getName());
    }
  }

  void move(double x, double y) {
    line_x_ += x * scale_x_;
    line_y_ += y * scale_y_;
    x_ = line_x_;
  }

  QPDFObjectHandle resource(const char* kind, const std::string& name) {
    QPDFObjectHandle& resources = resources_.back();
    QPDFObjectHandle all = resources.isDictionary() ? resources.getKey(kind) : QPDFObjectHandle::newNull();
    return all.isDictionary() ? all.getKey(name) : QPDFObjectHandle::newNull();
  }

  void select_font(const std::string& name) {
    QPDFObjectHandle dictionary = resource("/Font", name);
    const std::string key = dictionary.isIndirect() ? dictionary.getObjGen().unparse() : std::to_string(resources_.size()) + name;
    auto& font = fonts_[key];
    if (!font) font = std::make_unique<Font>(read_font(dictionary));
    font_ = font.get();
  }

  void show(QPDFObjectHandle object) {
    if (!object.isString()) return;
    const std::string bytes = object.getStringValue();
    const double em = size_ * std::abs(scale_x_);
    const double height = size_ * std::abs(scale_y_);
    if (shown_ && std::abs(line_y_ - last_y_) > height / 2) {
      out_ += '\n';
    } else if (shown_ && (x_ - last_x_ > em * 0.2 || last_x_ - x_ > em * 2) && !out_.empty() && out_.back() != ' ') {
      out_ += ' ';
    }
    static const Font kPlain;
    const Font& font = font_ != nullptr ? *font_ : kPlain;
    for (std::size_t at = 0; at < bytes.size(); at += font.code_bytes) {
      const unsigned code = code_of(std::string_view(bytes).substr(at, font.code_bytes));
      const auto mapped = font.text.find(code);
      if (mapped != font.text.end()) {
        out_ += mapped->second;
      } else {
        append_utf8_of(code, out_);
      }
      x_ += font.width(code) / 1000 * size_ * scale_x_;
    }
    last_x_ = x_;
    last_y_ = line_y_;
    shown_ = true;
  }

  void show_form(const std::string& name) {
    QPDFObjectHandle form = resource("/XObject", name);
    if (!form.isStream() || !form.getDict().getKey("/Subtype").isNameAndEquals("/Form") || resources_.size() > kMaxForms) return;
    if (!open_forms_.insert(form.getObjGen()).second) return;
    QPDFObjectHandle own = form.getDict().getKey("/Resources");
    resources_.push_back(own.isDictionary() ? own : resources_.back());
    operands_.clear();
    QPDFObjectHandle::parseContentStream(form, this);
    resources_.pop_back();
  }

  std::vector<QPDFObjectHandle> resources_;
  std::vector<QPDFObjectHandle> operands_;
  std::set<QPDFObjGen> open_forms_;  // each form is read once a page
  std::map<std::string, std::unique_ptr<Font>> fonts_;
  const Font* font_ = nullptr;
  std::string out_;
  std::size_t operations_ = 0;
  double size_ = 1, leading_ = 0, scale_x_ = 1, scale_y_ = 1;
  double line_x_ = 0, line_y_ = 0, x_ = 0;  // where the line begins, and where the next glyph goes
  double last_x_ = 0, last_y_ = 0;          // the end of what was shown last
  bool shown_ = false;
};

// /Resources may stand in a node of the page tree above.
QPDFObjectHandle resources_of(QPDFObjectHandle page) {
  for (int i = 0; i < 32 && page.isDictionary(); ++i) {
    QPDFObjectHandle own = page.getKey("/Resources");
    if (own.isDictionary()) return own;
    page = page.getKey("/Parent");
  }
  return QPDFObjectHandle::newNull();
}

}  // namespace

std::string page_text(QPDFObjectHandle page) {
  Text text(resources_of(page));
  page.parsePageContents(&text);
  return text.take();
}

}  // namespace keywake::pdf
