#include "authority_helper.h"

#include <sys/stat.h>

#include <cstdlib>
#include <fstream>
#include <stdexcept>

namespace keywake::testing {
namespace {

void run(const std::string& command) {
  if (std::system(command.c_str()) != 0) throw std::runtime_error("failed: " + command);
}

}  // namespace

Authority::Authority(const std::vector<std::string>& hosts) {
  std::string name = (std::filesystem::temp_directory_path() / "keywake-authority-XXXXXX").string();
  folder_ = ::mkdtemp(name.data());
  ::chmod(folder_.c_str(), 0755);
  {
    std::ofstream names(folder_ / "names");
    names << "subjectAltName=";
    for (std::size_t i = 0; i < hosts.size(); ++i) names << (i > 0 ? ",DNS:" : "DNS:") << hosts[i];
    names << "\n";
  }
  const std::string in = "cd '" + folder_.string() + "' && openssl ";
  const std::string key = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes ";
  run(in + "req -x509 " + key + "-keyout ca.key -out ca.pem -days 2 -subj '/CN=keywake test authority' 2>/dev/null");
  run(in + "req " + key + "-keyout key.pem -out request.pem -subj '/CN=a provider' 2>/dev/null");
  run(in + "x509 -req -in request.pem -CA ca.pem -CAkey ca.key -CAcreateserial -out certificate.pem -days 2 -extfile names 2>/dev/null");
  ::chmod(ca().c_str(), 0644);
  ::chmod(certificate().c_str(), 0644);
  ::chmod(this->key().c_str(), 0644);
}

Authority::~Authority() { std::filesystem::remove_all(folder_); }

}  // namespace keywake::testing
