#include "report/escape.h"

#include <fmt/format.h>

namespace keywake::report {
namespace {

bool is_alnum(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool contains(std::string_view set, char c) {
  return set.find(c) != std::string_view::npos;
}

std::string with_backslashes(std::string_view text, std::string_view special) {
  std::string out;
  out.reserve(text.size());
  for (char c : text) {
    if (contains(special, c)) out += '\\';
    out += c;
  }
  return out;
}

}  // namespace

std::string relative_uri(std::string_view path) {
  while (path.starts_with('/')) path.remove_prefix(1);
  if (path.empty()) return ".";
  std::string out;
  for (char c : path) {
    if (is_alnum(c) || contains("-._~/", c)) {
      out += c;
    } else {
      out += fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
  }
  return out;
}

bool is_web_url(std::string_view text) {
  if (!text.starts_with("https://") && !text.starts_with("http://")) return false;
  for (char c : text) {
    if (!is_alnum(c) && !contains("-._~:/?#[]@!$&'()*+,;=%", c)) return false;
  }
  return true;
}

std::string sarif_message(std::string_view text) {
  std::string out;
  for (char c : with_backslashes(text, "\\[]")) {
    if (c == '{' || c == '}') out += c;
    out += c;
  }
  return out;
}

std::string markdown_text(std::string_view text) {
  return with_backslashes(text, "\\`*_{}[]()<>#+-!|~$@:&");
}

std::string workflow_data(std::string_view text) {
  std::string out;
  for (char c : text) {
    switch (c) {
      case '%':
        out += "%25";
        break;
      case '\r':
        out += "%0D";
        break;
      case '\n':
        out += "%0A";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string workflow_property(std::string_view text) {
  std::string out;
  for (char c : workflow_data(text)) {
    switch (c) {
      case ':':
        out += "%3A";
        break;
      case ',':
        out += "%2C";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string csv_cell(std::string_view text) {
  std::string cell;
  if (!text.empty() && contains("=+-@\t\r", text.front())) cell = "'";
  cell += text;
  if (cell.find_first_of(",\"\r\n") == std::string::npos) return cell;
  std::string out = "\"";
  for (char c : cell) {
    if (c == '"') out += '"';
    out += c;
  }
  return out += '"';
}

}  // namespace keywake::report
