#include "provider_helper.h"

namespace keywake::testing {
namespace {

std::vector<std::string> command(const Authority& authority, const std::vector<std::string>& arguments) {
  std::vector<std::string> words{KEYWAKE_SOURCE_DIR "/tests/validation/provider.py", authority.certificate(), authority.key()};
  words.insert(words.end(), arguments.begin(), arguments.end());
  return words;
}

}  // namespace

Provider::Provider(const std::vector<std::string>& hosts, const std::vector<std::string>& arguments)
    : authority_(hosts), script_(command(authority_, arguments)), port_(std::stoi(script_.line())) {}

nlohmann::json Provider::answers(const nlohmann::json& list) {
  script_.write(list.dump() + "\n");
  return nlohmann::json::parse(script_.line());
}

net::ClientOptions Provider::options() const {
  net::ClientOptions out;
  out.ca_file = authority_.ca();
  out.connect_to.push_back("::127.0.0.1:" + std::to_string(port_));
  return out;
}

}  // namespace keywake::testing
