// vault://host/mount[/path]: every secret of a KV secrets engine of HashiCorp Vault or OpenBao, version 1 or 2, in its current version. What is
// found there lies where it should; the use is to see which of it lies elsewhere, too. Access token: VAULT_TOKEN; with VAULT_NAMESPACE
// for the namespaces of Vault Enterprise. VAULT_ADDR is not needed, the target names the host.
//
// https://developer.hashicorp.com/vault/api-docs/secret/kv/kv-v2 and kv-v1; which version a mount has is asked of
// sys/internal/ui/mounts, as Vault's own command does.
#include <fmt/format.h>

#include "stores/api_internal.h"

namespace keywake::stores {
namespace {

std::string encoded(std::string_view path) {
  std::string out;
  while (!path.empty()) {
    const std::string_view part = path.substr(0, path.find('/'));
    out += net::percent_encoded(part);
    if (part.size() < path.size()) out += '/';
    path.remove_prefix(std::min(path.size(), part.size() + 1));
  }
  return out;
}

class Vault {
 public:
  explicit Vault(Api& api) : api_(api) {}

  void start(const std::string& path) {
    api_.get("/sys/internal/ui/mounts/" + encoded(path), "mount " + path, [this, path](const Json& body, const net::Answer&) {
      const Json& data = child(body, "data");
      mount_ = text(data, "path");  // "team/kv/"
      version2_ = text(child(data, "options"), "version") == "2";
      if (const std::string type = text(data, "type"); (type != "kv" && type != "generic") || mount_.empty())
        return api_.skip("mount " + path, fmt::format("it is of the type {}, and only kv is read", type));
      const std::string below = path.size() >= mount_.size() ? path.substr(mount_.size()) : "";
      if (below.empty()) return folder("");
      // A path may be that of a secret, of a folder, or of both.
      secret(below, [](int status) { return status == 404; });
      folder(below + "/");
    });
  }

 private:
  void folder(const std::string& path) {
    const std::string what = mount_ + path;
    auto empty = [](int status) { return status == 404; };  // what there is nothing below
    auto got = [this, path](const Json& body, const net::Answer&) {
      for (const Json& key : items(child(body, "data"), "keys")) {
        if (!key.is_string()) continue;
        const auto& name = key.get_ref<const std::string&>();
        if (name.ends_with('/')) {
          folder(path + name);
        } else {
          secret(path + name, {});
        }
      }
    };
    api_.get(fmt::format("/{}{}{}?list=true", encoded(mount_), version2_ ? "metadata/" : "", encoded(path)), what, got, empty);
  }

  void secret(const std::string& path, Api::Refused refused) {
    const std::string what = mount_ + path;
    auto got = [this, what](const Json& body, const net::Answer&) {
      const Json& data = child(body, "data");
      const Json& metadata = child(data, "metadata");
      const Json& values = version2_ ? child(data, "data") : data;
      for (const auto& [name, value] : values.items()) {
        StoredVariable& added = api_.add(what, name);
        added.is_secret = true;
        added.value = value_in(values, name);
        added.about.place.updated_at = seconds_of(text(metadata, "created_time"));
      }
    };
    // A deleted version is answered with 404, although its name is listed.
    if (!refused && version2_) refused = [](int status) { return status == 404; };
    api_.get(fmt::format("/{}{}{}", encoded(mount_), version2_ ? "data/" : "", encoded(path)), what, got, std::move(refused));
  }

  Api& api_;
  std::string mount_;
  bool version2_ = false;
};

}  // namespace

Result<void> list_vault(const Target& target, const StoreOptions& options, Listing& out) {
  auto token = access_token(options, target, {"VAULT_TOKEN"});
  if (!token) return std::unexpected(token.error());
  Login login{{{"X-Vault-Token", *token}, {"X-Vault-Request", "true"}}};
  if (const std::string space = from_environment("VAULT_NAMESPACE"); !space.empty()) login.headers.emplace_back("X-Vault-Namespace", space);
  auto api = Api::make(fmt::format("https://{}/v1", target.parts[0]), std::move(login), options, target, out);
  if (!api) return std::unexpected(api.error());
  Vault vault(**api);
  vault.start(target.rest(1));
  (*api)->run();
  return {};
}

}  // namespace keywake::stores
