// jenkins://host[/folder[/job]]: the configuration of every job (parameters with their defaults, commands, environment), which is XML and scanned
// as it is, and the names of stored credentials, whose values are hidden. Access: JENKINS_USER and JENKINS_TOKEN (an API token), with
// the permission Job/ExtendedRead for configurations and Credentials/View for names.
//
// https://www.jenkins.io/doc/book/using/remote-access-api/ (`tree`, config.xml);
// https://github.com/jenkinsci/credentials-plugin/blob/master/docs/user.adoc (stores "system" and "folder", domain "_" is the global one).
// Builds: `allBuilds` of a job, the newest first and by ranges (the page /api/ of each Jenkins explains them); of each its console as a text, and
// what it archived.
// The configuration of Jenkins itself and credentials.xml are files of its controller, which no interface hands out.
#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>

#include "base/base64.h"
#include "stores/api_internal.h"

namespace keywake::stores {
namespace {

constexpr std::size_t kBuildsAtOnce = 100;
constexpr std::size_t kMostBuilds = 1'000'000;  // of a job

class Jenkins {
 public:
  explicit Jenkins(Api& api) : api_(api) {}

  /// `url`: "/job/payments/job/deploy"; empty is Jenkins itself.
  void item(const std::string& url, const std::string& name) {
    // Only folders have jobs; of a job the list is not there.
    api_.get(with(url + "/api/json", "tree", "_class,jobs[name]"), name.empty() ? "jobs" : "job " + name, [this, url, name](const Json& body, const net::Answer&) {
      const bool folder = body.is_object() && body.contains("jobs");
      for (const Json& job : items(body, "jobs")) {
        const std::string below = text(job, "name");
        item(fmt::format("{}/job/{}", url, net::percent_encoded(below)), name.empty() ? below : name + "/" + below);
      }
      if (folder) credentials(url, name);
      if (!url.empty()) configuration(url, name);
      if (!url.empty() && !folder && api_.outputs().any()) builds(url, name, 0);
    });
  }

 private:
  // Times are in milliseconds.
  static std::int64_t date_of(const Json& build) { return std::atoll(number(build, "timestamp").c_str()) / 1000; }

  void builds(const std::string& url, const std::string& name, std::size_t first) {
    const std::string what = "builds of job " + name;
    if (first == kMostBuilds) return api_.skip(what, fmt::format("it has more than {} builds", kMostBuilds));
    const std::string tree = fmt::format("allBuilds[number,timestamp,artifacts[relativePath]]{{{},{}}}", first, first + kBuildsAtOnce);
    api_.get(with(url + "/api/json", "tree", tree), what, [this, url, name, first](const Json& body, const net::Answer&) {
      const Json& list = items(body, "allBuilds");
      for (const Json& build : list) outputs(url, name, build);
      if (list.size() >= kBuildsAtOnce && date_of(list.back()) >= api_.outputs().since) builds(url, name, first + kBuildsAtOnce);
    });
  }

  void outputs(const std::string& url, const std::string& name, const Json& build) {
    const std::string id = number(build, "number");
    const std::string scope = fmt::format("job {}, build {}", name, id);
    const std::string path = fmt::format("{}/{}", url, id);
    const std::int64_t date = date_of(build);
    if (id.empty() || date < api_.outputs().since) return;
    if (api_.outputs().logs) api_.add_output(model::CiSource::kLog, scope, "log", date, path + "/consoleText");
    if (!api_.outputs().artifacts) return;
    for (const Json& artifact : items(build, "artifacts")) {
      const std::string file = text(artifact, "relativePath");
      api_.add_output(model::CiSource::kArtifact, scope, "artifacts/" + file, date, path + "/artifact" + encoded_path(file));
    }
  }

  // Each part after a slash; one that would lead out of the folder is left out, so that it is not found instead.
  static std::string encoded_path(std::string_view path) {
    std::string out;
    while (!path.empty()) {
      const std::string_view part = path.substr(0, path.find('/'));
      if (!part.empty() && part != "." && part != "..") out += "/" + net::percent_encoded(part);
      path.remove_prefix(std::min(path.size(), part.size() + 1));
    }
    return out;
  }

  void configuration(const std::string& url, const std::string& name) {
    api_.get_text(url + "/config.xml", "configuration of job " + name, [this, name](const net::Answer& answer) {
      api_.add("job " + name, "config.xml").value = Secret(answer.body);
    });
  }

  void credentials(const std::string& url, const std::string& name) {
    const std::string store = url.empty() ? "system" : "folder";
    const std::string scope = url.empty() ? "system credentials" : "credentials of folder " + name;
    // Without the plugin, or without a store in the folder, there are none.
    auto none = [](int status) { return status == 404; };
    api_.get(with(fmt::format("{}/credentials/store/{}/api/json", url, store), "tree", "domains[credentials[id,typeName,description]]"), scope,
             [this, scope](const Json& body, const net::Answer&) {
               for (const auto& [domain, content] : child(body, "domains").items()) {
                 for (const Json& credential : items(content, "credentials")) {
                   StoredVariable& added = api_.add(domain == "_" ? scope : scope + ", domain " + domain, text(credential, "id"));
                   added.is_secret = true;
                   added.about.place.masked = true;
                   added.about.users = scope == "system credentials" ? "all jobs" : "jobs of the folder";
                   if (scope == "system credentials") added.about.every_project = true;
                 }
               }
             },
             none);
  }

  Api& api_;
};

}  // namespace

Result<void> list_jenkins(const Target& target, const StoreOptions& options, Listing& out) {
  const std::string user = from_environment("JENKINS_USER");
  if (user.empty()) return fail(fmt::format("{}: no user; set JENKINS_USER, and JENKINS_TOKEN to an API token of that user", target.text));
  auto token = access_token(options, target, {"JENKINS_TOKEN"});
  if (!token) return std::unexpected(token.error());
  auto api = Api::make("https://" + target.parts[0], {{{"Authorization", "Basic " + base64_encode(user + ":" + *token)}}}, options, target, out);
  if (!api) return std::unexpected(api.error());
  Jenkins jenkins(**api);
  std::string url;
  for (std::size_t i = 1; i < target.parts.size(); ++i) url += "/job/" + net::percent_encoded(target.parts[i]);
  jenkins.item(url, target.rest(1));
  (*api)->run();
  return {};
}

}  // namespace keywake::stores
