// gitlab-ci://host: the instance, and every group and project of which the token's owner is a member; gitlab-ci://host/group: the group, its
// subgroups and their projects; gitlab-ci://host/group/project. Access token (scope read_api, role Maintainer): GITLAB_TOKEN.
//
// https://docs.gitlab.com/api/group_level_variables/, project_level_variables/, instance_level_ci_variables/ (administrators only),
// pipeline_schedules/, pipeline_triggers/, groups/, projects/, and rest/#pagination. GitLab keeps no dates of variables.
// Jobs: https://docs.gitlab.com/api/jobs/ (list by descending id; log, a text) and job_artifacts/ (the archive, a zip, which may lie with somebody
// else). Who may not see a log, and of some jobs who asks for one that is not there, is told 403: both are counted and no failure. A job's date is
// the day it finished, was started, or was made; the list is read until a job that was made a day before the bound.
#include <fmt/format.h>

#include <ctime>

#include "stores/api_internal.h"

namespace keywake::stores {
namespace {

std::string encoded(std::string_view path) { return net::percent_encoded(path); }

constexpr std::int64_t kLongestJob = 86'400;  // seconds between a job's making and its end; those of jobs started by hand may be more

class GitLab {
 public:
  explicit GitLab(Api& api) : api_(api) {}

  void instance() {
    variables("/admin/ci/variables", "instance", true);
    list("/groups?all_available=false", "groups", [this](const Json& each) { group(text(each, "full_path")); });
    list("/projects?membership=true&simple=true", "projects", [this](const Json& each) { project(text(each, "path_with_namespace")); });
  }

  // A path may be that of a group or of a project; a 404 says that it is not the former.
  void group_or_project(const std::string& path) {
    auto is_project = [this, path](int status) {
      if (status != 404) return false;
      api_.get("/projects/" + encoded(path), "group or project " + path, [this, path](const Json&, const net::Answer&) { project(path); });
      return true;
    };
    auto is_group = [this, path](const Json&, const net::Answer&) {
      group(path);
      list(fmt::format("/groups/{}/descendant_groups", encoded(path)), "subgroups of " + path, [this](const Json& each) { group(text(each, "full_path")); });
      list(fmt::format("/groups/{}/projects?include_subgroups=true&with_shared=false&simple=true", encoded(path)), "projects of group " + path,
           [this](const Json& each) { project(text(each, "path_with_namespace")); });
    };
    api_.get(fmt::format("/groups/{}?with_projects=false", encoded(path)), "group or project " + path, is_group, is_project);
  }

 private:
  void list(const std::string& path, const std::string& what, std::function<void(const Json&)> got, Api::Refused refused = {}) {
    api_.pages(with(path, "per_page", "100"), what, "", api_.by_link(what), std::move(got), std::move(refused));
  }

  void group(const std::string& path) { variables(fmt::format("/groups/{}/variables", encoded(path)), "group " + path, false); }

  void project(const std::string& path) {
    const std::string base = "/projects/" + encoded(path);
    const std::string scope = "project " + path;
    variables(base + "/variables", scope, false, unless_off(base, "variables of " + scope));
    const std::string schedules = "schedules of " + scope;
    list(base + "/pipeline_schedules", schedules, [this, base, scope](const Json& each) { schedule(base, scope, each); }, unless_off(base, schedules));
    if (api_.outputs().any()) jobs(base, scope);
    const std::string triggers = "triggers of " + scope;
    list(base + "/triggers", triggers, [this, scope](const Json& each) {
      StoredVariable& trigger = api_.add(fmt::format("{}, trigger {}", scope, number(each, "id")), "TRIGGER_TOKEN");
      trigger.is_secret = true;
      trigger.about.created_at = seconds_of(text(each, "created_at"));
      trigger.about.place.updated_at = seconds_of(text(each, "updated_at"));
      // Of the triggers of others only the first four characters are told.
      if (const std::string token = text(each, "token"); token.size() > 4) trigger.value = Secret(token);
    }, unless_off(base, triggers));
  }

  // A project whose CI is switched off answers 403, whoever asks; https://docs.gitlab.com/api/projects/: jobs_enabled, builds_access_level.
  Api::Refused unless_off(const std::string& base, const std::string& what) {
    return [this, base, what](int status) {
      if (status != 403) return false;
      api_.get(base, what, [this, what](const Json& body, const net::Answer&) {
        if (flag(body, "jobs_enabled") != false && text(body, "builds_access_level") != "disabled") api_.skip(what, "the access token has no permission for it (403)");
      });
      return true;
    };
  }

  void jobs(const std::string& base, const std::string& scope) {
    const std::string what = "jobs of " + scope;
    const std::string path = base + "/jobs?per_page=100";
    const std::int64_t since = api_.outputs().since - kLongestJob;
    auto made_since = [since](const Json& job) { return seconds_of(text(job, "created_at")) >= since; };
    auto got = [this, base, scope](const Json& job) { outputs(base, scope, job); };
    auto pages = [=, this](const std::string& first, Api::Refused refused) { api_.pages(first, what, "", api_.while_wanted(api_.by_link(what), "", made_since), got, std::move(refused)); };
    // Before GitLab 15.9 jobs were paged by number alone (the answer is 405), which ends at 50,000 of them.
    auto by_number = [pages, path, off = unless_off(base, what)](int status) {
      if (status != 405 && status != 400) return off(status);
      pages(path, {});
      return true;
    };
    pages(path + "&pagination=keyset&order_by=id&sort=desc", by_number);
  }

  void outputs(const std::string& base, const std::string& scope, const Json& job) {
    const std::string id = number(job, "id");
    const std::string name = fmt::format("{}, job {} {}", scope, id, text(job, "name"));
    const std::string path = fmt::format("{}/jobs/{}", base, id);
    const bool erased = !text(job, "erased_at").empty();
    const bool begun = !text(job, "started_at").empty();
    std::int64_t date = 0;
    for (const char* each : {"finished_at", "started_at", "created_at"}) {
      if (date == 0) date = seconds_of(text(job, each));
    }
    if (id.empty() || date < api_.outputs().since) return;
    if (api_.outputs().logs && begun) {
      if (erased) api_.gone(name, "log");
      else api_.add_output(model::CiSource::kLog, name, "log", date, path + "/trace").forbidden_if_none = true;
    }
    if (!api_.outputs().artifacts) return;
    const std::string file = text(child(job, "artifacts_file"), "filename");
    const std::int64_t expires = seconds_of(text(job, "artifacts_expire_at"));
    if (!file.empty()) api_.add_output(model::CiSource::kArtifact, name, "artifacts/" + file, date, path + "/artifacts");
    else if (begun && (erased || (expires != 0 && expires <= std::time(nullptr)))) api_.gone(name, "artifacts");
  }

  void schedule(const std::string& base, const std::string& scope, const Json& each) {
    const std::string id = number(each, "id");
    const std::string name = fmt::format("{}, schedule {}", scope, id);
    api_.get(base + "/pipeline_schedules/" + id, name, [this, name](const Json& body, const net::Answer&) {
      for (const Json& variable : items(body, "variables")) {
        StoredVariable& added = api_.add(name, text(variable, "key"));
        added.value = value_in(variable, "value");
        added.about.created_at = seconds_of(text(body, "created_at"));
      }
    });
  }

  void variables(const std::string& path, const std::string& scope, bool everywhere, Api::Refused refused = {}) {
    list(path, "variables of " + scope, [this, scope, everywhere](const Json& each) {
      StoredVariable& added = api_.add(scope, text(each, "key"));
      model::Variable& about = added.about;
      about.place.masked = flag(each, "masked");
      about.place.protected_only = flag(each, "protected");
      if (const std::string environment = text(each, "environment_scope"); !environment.empty() && environment != "*")
        about.place.environments.push_back(environment);
      if (everywhere) about.every_project = true;
      added.is_secret = about.place.masked == true;
      if (flag(each, "hidden") != true) added.value = value_in(each, "value");
    }, std::move(refused));
  }

  Api& api_;
};

}  // namespace

Result<void> list_gitlab_ci(const Target& target, const StoreOptions& options, Listing& out) {
  auto token = access_token(options, target, {"GITLAB_TOKEN"});
  if (!token) return std::unexpected(token.error());
  auto api = Api::make(fmt::format("https://{}/api/v4", target.parts[0]), {{{"PRIVATE-TOKEN", *token}}}, options, target, out);
  if (!api) return std::unexpected(api.error());
  GitLab gitlab(**api);
  if (target.parts.size() == 1) {
    gitlab.instance();
  } else {
    gitlab.group_or_project(target.rest(1));
  }
  (*api)->run();
  return {};
}

}  // namespace keywake::stores
