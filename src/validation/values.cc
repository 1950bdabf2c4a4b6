#include "validation/values.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <nlohmann/json.hpp>
#include <random>

#include "base/ascii.h"
#include "base/base64.h"
#include "base/hash.h"
#include "base/text.h"
#include "crypto/keys.h"
#include "net/client.h"
#include "rules/alphabets.h"
#include "rules/template_text.h"

namespace keywake::validation {
namespace {

// What stands in the path of a URL as it is: nothing that leads elsewhere.
bool fits_path(std::string_view text) {
  const bool plain = std::all_of(text.begin(), text.end(), [](char c) { return is_alnum(c) || std::string_view("-._~/+=,:;@!$&()*%?").find(c) != std::string_view::npos; });
  return plain && text.find("..") == std::string_view::npos;
}

// What stands between the dots of a JSON Web Token (RFC 7519, 3), decoded; nobody's signature is held against it.
std::optional<std::string> claims_of(std::string_view token) {
  const std::size_t begin = token.find('.');
  const std::size_t end = begin == std::string_view::npos ? begin : token.find('.', begin + 1);
  return end == std::string_view::npos ? std::nullopt : decode_base64(token.substr(begin + 1, end - begin - 1));
}

// Absent if it cannot be.
std::optional<std::string> filtered(std::string text, const std::string& filter) {
  if (filter == "unbase64") return text.empty() ? std::optional(text) : decode_base64(text);  // of what a default leaves out
  if (filter == "url") return net::percent_encoded(text);
  if (filter == "claims") return claims_of(text);
  if (filter == "unhex") return from_hex(text);
  if (filter == "unurl") return net::percent_decoded(text);
  if (filter == "pem") return crypto::plain_pem(text);
  if (filter == "first") return text.substr(0, text.find(','));
  if (filter == "raw") return fits_path(text) ? std::optional(text) : std::nullopt;
  if (filter == "base64") return base64_encode(text);
  if (filter == "base64url") return base64url_encode(text);
  if (filter == "hex") return to_hex(text);
  if (filter == "label") return text.substr(0, text.find('.'));
  if (filter == "lower") return lowered(text);
  return to_hex(digest(filter, text));
}

std::string written(const std::string& text, Into into) {
  switch (into) {
    case Into::kPlain:
      return text;
    case Into::kUrl:
    case Into::kForm:
      return net::percent_encoded(text);
    case Into::kJson: {
      const std::string quoted = nlohmann::json(to_utf8(text)).dump();
      return quoted.substr(1, quoted.size() - 2);
    }
  }
  return text;
}

bool fits_host(std::string_view text) {
  const std::size_t colon = text.find(':');
  const std::string_view port = colon == std::string_view::npos ? "" : text.substr(colon + 1);
  const bool digits = std::all_of(port.begin(), port.end(), is_digit);
  const std::string_view name = text.substr(0, colon);
  return !name.empty() && digits && std::all_of(name.begin(), name.end(), [](char c) { return is_alnum(c) || c == '-' || c == '.' || c == '_'; });
}

// RFC 3986, 3.1.
bool fits_scheme(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return is_alnum(c) || c == '+' || c == '-' || c == '.'; });
}

}  // namespace

Values Values::of(const Secret& secret, const std::vector<model::Part>& parts) {
  Values out;
  for (const model::Part& part : parts) out.values_.emplace(part.name, part.value);  // the first of a name
  out.set("secret", secret.reveal());
  return out;
}

void Values::renew() {
  using namespace std::chrono;
  const std::int64_t now = duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
  const auto seconds = static_cast<std::time_t>(now / 1000);
  const std::tm day = fmt::gmtime(seconds);
  now_ = seconds;
  set("now", fmt::format("{}", seconds));
  set("now-ms", fmt::format("{}", now));
  set("now-iso", fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", day));
  static constexpr std::array<std::string_view, 7> kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr std::array<std::string_view, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const std::string_view weekday = kDays[static_cast<std::size_t>(day.tm_wday)];  // English, whatever the locale
  const std::string_view month = kMonths[static_cast<std::size_t>(day.tm_mon)];
  set("now-http", fmt::format("{}, {:02} {} {:%Y %H:%M:%S} GMT", weekday, day.tm_mday, month, day));
  set("now-date", fmt::format("{:%Y%m%d}", day));
  std::random_device random;
  set("nonce", fmt::format("{:08x}{:08x}{:08x}{:08x}", random(), random(), random(), random()));
}

const std::string* Values::find(std::string_view name) const {
  const auto found = values_.find(name);
  return found == values_.end() ? nullptr : &found->second;
}

std::optional<std::string> Values::render(const model::Template& text, Into into, std::string& missing) const {
  std::string out;
  for (const auto& piece : text.pieces) {
    if (!piece.is_value) {
      out += piece.text;
      continue;
    }
    const std::optional<std::int64_t> shift = rules::shift_of_now(piece.text);
    const std::string shifted = shift ? fmt::format("{}", now_ + *shift) : "";
    const std::string* value = shift ? &shifted : find(piece.text);
    if (value == nullptr) {
      missing = fmt::format("no {} was found with it", piece.text);
      return std::nullopt;
    }
    std::string made = *value;
    for (const std::string& filter : piece.filters) {
      std::optional<std::string> next = filtered(std::move(made), filter);
      if (!next) {
        missing = fmt::format("its {} cannot be read ({})", piece.text, filter);
        return std::nullopt;
      }
      made = *std::move(next);
    }
    const bool raw = into == Into::kUrl && !piece.filters.empty() && piece.filters.back() == "raw";
    out += written(made, raw ? Into::kPlain : into);
  }
  return out;
}

std::optional<std::string> Values::render_url(const model::Template& text, std::string& missing) const {
  if (text.pieces.size() == 1) return render(text, Into::kPlain, missing);
  std::string out;
  bool in_host = false;
  for (const auto& piece : text.pieces) {
    model::Template one;
    one.pieces.push_back(piece);
    auto made = render(one, piece.is_value && !in_host ? Into::kUrl : Into::kPlain, missing);
    if (made && out.empty() && piece.is_value) {
      const auto scheme = render(one, Into::kPlain, missing);
      if (scheme && fits_scheme(*scheme)) made = scheme;  // "mongodb+srv", whose plus is a part of it
    }
    if (!made) return std::nullopt;
    if (piece.is_value && in_host && !fits_host(*made)) {
      missing = fmt::format("its {} is no name of a host", piece.text);
      return std::nullopt;
    }
    out += *made;
    const std::size_t host = out.find("://");
    in_host = host != std::string::npos && out.find_first_of("/?#", host + 3) == std::string::npos;
  }
  return out;
}

}  // namespace keywake::validation
