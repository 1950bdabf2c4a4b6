// libFuzzer over what reads the bytes of servers, providers and scanned files when credentials are validated: the messages of logins, tokens
// and keys, certificates, and answers held against verdict rules. The first byte chooses which.
#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/base64.h"
#include "crypto/certificate.h"
#include "crypto/keys.h"
#include "login/amqp_frame.h"
#include "login/ber.h"
#include "login/bson.h"
#include "login/scram.h"
#include "rules/template_text.h"
#include "validation/answer.h"
#include "validation/probe.h"
#include "require.h"

namespace {

using namespace keywake;

void read_frames(std::string_view bytes) {
  login::amqp_frame::Reader table(bytes);
  if (const auto texts = table.texts_of_table()) {
    for (const auto& [name, text] : *texts) require(name.size() + text.size() <= bytes.size(), "a table's texts are of its bytes");
  }
  login::amqp_frame::Reader reader(bytes);
  while (reader.long_string()) {
  }
}

void read_elements(std::string_view bytes) {
  while (const auto element = login::ber::next(bytes)) {
    std::string_view inside = element->content;
    login::ber::integer(inside);
    while (login::ber::next(inside)) {
    }
  }
}

void read_challenge(std::string_view bytes) {
  login::Scram scram("sha256", "user", "pencil", "rOprNGfwEbeRWgbNEkqO");
  // Many iterations are work that a server may ask for, and no news to a fuzzer.
  const std::size_t count = bytes.find("i=");
  if (count != std::string_view::npos && bytes.substr(count + 2, 5).find_first_not_of("0123456789") == std::string_view::npos) return;
  if (scram.proof(bytes)) require(!scram.proven(bytes), "no challenge is its own proof");
}

void read_token(std::string_view bytes) {
  static const model::Validator kValidator = [] {
    model::Validator out;
    out.scheme = "jwt";
    return out;
  }();
  static const validation::AllowedHosts kAll{"*"};
  const std::size_t half = std::min(bytes.find('\n'), bytes.size());
  const auto probe = validation::make_probe(kValidator, validation::Values::of(Secret(bytes.substr(0, half)), {}), kAll);
  for (int i = 0; i < 3 && probe->next(); ++i) {
    net::Answer answer;
    answer.status = 200;
    answer.body = bytes.substr(half);
    probe->answer(answer);
  }
}

void judge(std::string_view bytes) {
  const std::size_t half = std::min(bytes.find('\n'), bytes.size());
  const model::Answer answer{200, {}, std::string(bytes.substr(half))};
  const validation::Values values;
  const validation::Reading reading(answer, values);
  model::Source source;
  source.what = bytes.substr(0, half);
  for (const std::string& value : reading.at(source)) require(value.size() <= 2000, "values are cut off");
  if (const auto text = rules::parse_template(bytes)) require(rules::names_in(*text).size() <= text->pieces.size(), "names are of pieces");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  switch (data[0] % 8) {
    case 0: login::bson::read(bytes); break;
    case 1: read_frames(bytes); break;
    case 2: read_elements(bytes); break;
    case 3: read_challenge(bytes); break;
    case 4: read_token(bytes); break;
    case 5: judge(bytes); break;
    case 6: crypto::Certificate::all_in("-----BEGIN CERTIFICATE-----\n" + base64_encode(bytes) + "\n-----END CERTIFICATE-----\n"); break;
    default:
      crypto::Certificate::all_in(bytes);
      crypto::PrivateKey::from_pem(bytes);
  }
  return 0;
}
