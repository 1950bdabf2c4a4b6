// keywake ci in environments as the CI systems document them, in real clones of every depth.
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "catch.h"
#include "cli/hooked_helper.h"

using namespace keywake::testing;
namespace fs = std::filesystem;
using Json = nlohmann::json;

namespace {

const std::string kNull(40, '0');

// A forge: a bare repository with main, and a pull request that branched off one commit before main's tip.
//
//   one ── two ── old (a token, there since long) ── main
//                  └── feature 1 ── feature 2       refs/pull/7/merge: main + feature
class Forge {
 public:
  Forge() {
    origin = folder_.path() / "shop.git";
    run_git(folder_.path(), {"clone", "-q", "--bare", work_.root.string(), origin.string()});
    work_.commit_unseen("two.txt", "two\n");
    work_.commit_unseen("old.txt", leak(1));
    run_git(work_.root, {"checkout", "-q", "-b", "feature"});
    work_.commit_unseen("f1.txt", "f1\n");
    work_.commit_unseen("f2.txt", "f2\n");
    run_git(work_.root, {"checkout", "-q", "main"});
    work_.commit_unseen("main.txt", "later\n");
    push();
  }
  // The branches, and the merge that the forge keeps of the request.
  void push() {
    run_git(work_.root, {"branch", "-q", "-f", "merged", "main"});
    run_git(work_.root, {"checkout", "-q", "merged"});
    run_git(work_.root, {"merge", "-q", "--no-ff", "-m", "Merge", "feature"});
    run_git(work_.root, {"push", "-q", "-f", origin.string(), "main", "feature", "merged:refs/pull/7/merge"});
    merge = work_.id("HEAD");
    run_git(work_.root, {"checkout", "-q", "main"});
  }
  void feature(const std::string& path, const std::string& bytes) {
    run_git(work_.root, {"checkout", "-q", "feature"});
    work_.commit_unseen(path, bytes);
    run_git(work_.root, {"checkout", "-q", "main"});
    push();
  }
  std::string id(const std::string& revision) { return work_.id(revision); }
  WorkTree& work() { return work_; }

  // As checkouts do it: one commit, to a depth (0: all), detached.
  fs::path checkout(const std::string& ref, int depth) {
    const fs::path clone = folder_.path() / ("clone" + std::to_string(++clones_));
    run_git(folder_.path(), {"init", "-q", clone.string()});
    run_git(clone, {"remote", "add", "origin", "file://" + origin.string()});
    Arguments fetch{"fetch", "-q", "--no-tags"};
    if (depth > 0) fetch.push_back("--depth=" + std::to_string(depth));
    fetch.insert(fetch.end(), {"origin", "+" + ref + ":refs/remotes/" + (ref.starts_with("refs/pull/") ? "pull/7/merge" : "origin/" + ref.substr(ref.rfind('/') + 1))});
    if (depth == 0) fetch.push_back("+refs/heads/*:refs/remotes/origin/*");
    run_git(clone, fetch);
    run_git(clone, {"checkout", "-q", "--detach", "FETCH_HEAD"});
    return clone;
  }
  std::string event(const Json& payload) {
    const fs::path file = folder_.path() / "event.json";
    write_file(file, payload.dump());
    return file.string();
  }
  [[nodiscard]] fs::path path() const { return folder_.path(); }

  fs::path origin;
  std::string merge;

 private:
  TemporaryFolder folder_;
  WorkTree work_;
  int clones_ = 0;
};

Ran ci(const fs::path& folder, const Arguments& environment, Arguments arguments = {}) {
  arguments.insert(arguments.begin(), "ci");
  // Whatever CI this test runs in is not asked.
  Arguments clean{"GITHUB_ACTIONS=", "GITLAB_CI=", "CI=", "TF_BUILD=", "BITBUCKET_BUILD_NUMBER=", "BUILDKITE=", "CIRCLECI=", "JENKINS_URL=", "GITEA_ACTIONS=", "FORGEJO_ACTIONS=", "GITHUB_STEP_SUMMARY="};
  for (const std::string& each : environment) {
    const std::string name = each.substr(0, each.find('=') + 1);
    std::erase(clean, name);
    clean.push_back(each);
  }
  return run_keywake(arguments, {.folder = folder, .environment = clean});
}

Arguments github(Forge& forge, const std::string& event, const Json& payload, const std::string& ref) {
  return {"GITHUB_ACTIONS=true", "GITHUB_EVENT_NAME=" + event, "GITHUB_EVENT_PATH=" + forge.event(payload), "GITHUB_REF=" + ref, "GITHUB_BASE_REF=main"};
}

Json pull_request(Forge& forge) {
  return {{"pull_request", {{"head", {{"sha", forge.id("feature")}}}, {"base", {{"sha", forge.id("main")}}}}}, {"repository", {{"default_branch", "main"}}}};
}

}  // namespace

TEST_CASE("a pull request: only what it brings, whatever is there already") {
  Forge forge;
  const Ran clean = ci(forge.checkout("refs/pull/7/merge", 0), github(forge, "pull_request", pull_request(forge), "refs/pull/7/merge"));
  INFO(clean.out << clean.err);
  CHECK(clean.status == 0);
  CHECK(contains(clean.out, "GitHub Actions: pull or merge request, 2 commits"));

  forge.feature("new.txt", leak(2));
  forge.feature("new.txt", "gone\n");        // still in the history
  forge.feature("copy.txt", leak(1));        // main has it already
  const Ran found = ci(forge.checkout("refs/pull/7/merge", 0), github(forge, "pull_request", pull_request(forge), "refs/pull/7/merge"));
  INFO(found.out << found.err);
  CHECK(found.status == 1);
  CHECK(contains(found.out, "new.txt:1"));
  CHECK(contains(found.out, "::notice"));  // annotations
  CHECK_FALSE(contains(found.out, "old.txt"));
  CHECK_FALSE(contains(found.out, "copy.txt"));
  CHECK(contains(found.out, "1 credential was there before, and not counted"));
}

TEST_CASE("clones that are too shallow are an error that says how to fetch more; those that are deep enough are not") {
  Forge forge;
  forge.feature("new.txt", leak(2));
  const Arguments environment = github(forge, "pull_request", pull_request(forge), "refs/pull/7/merge");
  for (const int depth : {1, 2}) {
    const Ran ran = ci(forge.checkout("refs/pull/7/merge", depth), environment);
    INFO(depth << ran.out << ran.err);
    CHECK(ran.status == 2);
    CHECK(contains(ran.err, "fetch-depth: 0"));
    CHECK(contains(ran.err, "--unshallow"));
  }
  for (const int depth : {50, 0}) {
    const Ran ran = ci(forge.checkout("refs/pull/7/merge", depth), environment);
    INFO(depth << ran.out << ran.err);
    CHECK(ran.status == 1);
  }
}

TEST_CASE("the base branch checked out in place of the request is no green") {
  Forge forge;
  Json payload = pull_request(forge);
  payload["pull_request"]["head"]["sha"] = forge.id("main");
  const Ran ran = ci(forge.checkout("refs/heads/main", 0), github(forge, "pull_request_target", payload, "refs/heads/main"));
  CHECK(ran.status == 2);
  CHECK(contains(ran.err, "brings no commit"));
}

TEST_CASE("pushes: further, first, forced; tags; a merge queue; a schedule") {
  Forge forge;
  const std::string before = forge.id("main");
  const Json project{{"default_branch", "main"}};
  auto pushed = [&](const std::string& ref, const Json& payload, int depth = 0) { return ci(forge.checkout(ref, depth), github(forge, "push", payload, ref)); };
  SECTION("further") {
    forge.work().commit_unseen("new.txt", leak(3));
    forge.push();
    const Json payload{{"before", before}, {"after", forge.id("main")}, {"repository", project}};
    const Ran ran = pushed("refs/heads/main", payload);
    INFO(ran.out << ran.err);
    CHECK(ran.status == 1);
    CHECK(contains(ran.out, "push, 1 commit"));
    CHECK_FALSE(contains(ran.out, "old.txt"));
    const Ran shallow = pushed("refs/heads/main", payload, 1);
    CHECK(shallow.status == 2);
    CHECK(contains(shallow.err, "where the branch was before, is not here"));
    CHECK(pushed("refs/heads/main", payload, 2).status == 1);
  }
  SECTION("first push of a branch: what the default branch has not") {
    forge.feature("new.txt", leak(3));
    const Json payload{{"before", kNull}, {"after", forge.id("feature")}, {"repository", project}};
    const Ran ran = pushed("refs/heads/feature", payload);
    INFO(ran.out << ran.err);
    CHECK(ran.status == 1);
    CHECK(contains(ran.out, "push, 3 commits"));
  }
  SECTION("first push of all: everything") {
    const Json payload{{"before", kNull}, {"after", before}, {"repository", project}};
    const Ran ran = pushed("refs/heads/main", payload);
    CHECK(ran.status == 1);
    CHECK(contains(ran.out, "old.txt"));
  }
  SECTION("forced: the commit before is gone") {
    forge.feature("new.txt", leak(3));
    const Json payload{{"before", std::string(40, 'a')}, {"after", forge.id("feature")}, {"forced", true}, {"repository", project}};
    const Ran ran = pushed("refs/heads/feature", payload);
    INFO(ran.out << ran.err);
    CHECK(ran.status == 1);
    CHECK(contains(ran.out, "gone by a forced push"));
    CHECK_FALSE(contains(ran.out, "old.txt"));
  }
  SECTION("nothing new") {
    const Json payload{{"before", before}, {"after", before}, {"repository", project}};
    const Ran ran = pushed("refs/heads/main", payload);
    CHECK(ran.status == 0);
    CHECK(contains(ran.out, "0 commits"));
  }
  SECTION("a tag on the default branch brings nothing") {
    const Json payload{{"before", kNull}, {"after", before}, {"repository", project}};
    CHECK(ci(forge.checkout("refs/heads/main", 0), github(forge, "push", payload, "refs/tags/v1")).status == 0);
  }
  SECTION("a merge queue") {
    forge.feature("new.txt", leak(3));
    const Json payload{{"merge_group", {{"head_sha", forge.merge}, {"base_sha", forge.id("main")}}}, {"repository", project}};
    const Ran ran = ci(forge.checkout("refs/pull/7/merge", 0), github(forge, "merge_group", payload, "refs/heads/gh-readonly-queue/main/pr-7"));
    CHECK(ran.status == 1);
    CHECK(contains(ran.out, "new.txt"));
  }
  SECTION("a schedule scans the whole history") {
    const Ran ran = ci(forge.checkout("refs/heads/main", 0), github(forge, "schedule", {{"repository", project}}, "refs/heads/main"));
    CHECK(ran.status == 1);
    CHECK(contains(ran.out, "old.txt"));
  }
}

TEST_CASE("merge requests of the other systems") {
  Forge forge;
  forge.feature("new.txt", leak(2));
  const std::string head = forge.id("feature");
  const std::string main = forge.id("main");
  const std::pair<const char*, Arguments> systems[] = {
      {"GitLab CI", {"GITLAB_CI=true", "CI_PIPELINE_SOURCE=merge_request_event", "CI_MERGE_REQUEST_IID=7", "CI_COMMIT_SHA=" + head, "CI_MERGE_REQUEST_DIFF_BASE_SHA=" + forge.id("main~1"),
                     "CI_MERGE_REQUEST_TARGET_BRANCH_NAME=main", "CI_DEFAULT_BRANCH=main"}},
      {"GitLab CI", {"GITLAB_CI=true", "CI_PIPELINE_SOURCE=merge_request_event", "CI_MERGE_REQUEST_IID=7", "CI_COMMIT_SHA=" + forge.merge, "CI_MERGE_REQUEST_SOURCE_BRANCH_SHA=" + head,
                     "CI_MERGE_REQUEST_TARGET_BRANCH_SHA=" + main}},
      {"Woodpecker", {"CI=woodpecker", "CI_PIPELINE_EVENT=pull_request", "CI_COMMIT_SHA=" + head, "CI_COMMIT_TARGET_BRANCH=main"}},
      {"Azure Pipelines", {"TF_BUILD=True", "BUILD_REASON=PullRequest", "BUILD_SOURCEVERSION=" + forge.merge, "SYSTEM_PULLREQUEST_TARGETBRANCH=refs/heads/main"}},
      {"Bitbucket Pipelines", {"BITBUCKET_BUILD_NUMBER=1", "BITBUCKET_PR_ID=7", "BITBUCKET_COMMIT=" + head, "BITBUCKET_PR_DESTINATION_COMMIT=" + main.substr(0, 12), "BITBUCKET_PR_DESTINATION_BRANCH=main"}},
      {"Buildkite", {"BUILDKITE=true", "BUILDKITE_PULL_REQUEST=7", "BUILDKITE_COMMIT=" + head, "BUILDKITE_PULL_REQUEST_BASE_BRANCH=main"}},
      {"Jenkins", {"JENKINS_URL=http://localhost/", "CHANGE_ID=7", "CHANGE_TARGET=main", "GIT_COMMIT=" + head}},
      {"Gitea Actions", github(forge, "pull_request", pull_request(forge), "refs/pull/7/merge")},
      {"Forgejo Actions", github(forge, "pull_request", pull_request(forge), "refs/pull/7/merge")},
  };
  const fs::path clone = forge.checkout("refs/pull/7/merge", 0);
  for (auto [name, environment] : systems) {
    if (name == std::string("Gitea Actions")) environment.push_back("GITEA_ACTIONS=true");
    if (name == std::string("Forgejo Actions")) environment.push_back("FORGEJO_ACTIONS=true");
    const Ran ran = ci(clone, environment);
    INFO(name << ran.out << ran.err);
    CHECK(ran.status == 1);
    CHECK(contains(ran.out, std::string(name) + ": pull or merge request, 3 commits") != contains(ran.out, std::string(name) + ": pull or merge request, 4 commits"));
    CHECK(contains(ran.out, "new.txt"));
    CHECK_FALSE(contains(ran.out, "old.txt"));
  }
  const Ran shallow = ci(forge.checkout("refs/heads/feature", 1), systems[0].second);
  CHECK(shallow.status == 2);
  CHECK(contains(shallow.err, "GIT_DEPTH"));
}

TEST_CASE("pushes of systems that do not say what was there before") {
  Forge forge;
  forge.feature("new.txt", leak(2));
  const Ran branch = ci(forge.checkout("refs/heads/feature", 0), {"CIRCLECI=true", "CIRCLE_SHA1=" + forge.id("feature"), "CIRCLE_BRANCH=feature"});
  INFO(branch.out << branch.err);
  CHECK(branch.status == 1);
  CHECK_FALSE(contains(branch.out, "old.txt"));
  const Ran main = ci(forge.checkout("refs/heads/main", 0), {"BUILDKITE=true", "BUILDKITE_SOURCE=webhook", "BUILDKITE_PULL_REQUEST=false", "BUILDKITE_COMMIT=" + forge.id("main"), "BUILDKITE_BRANCH=main",
                                                             "BUILDKITE_PIPELINE_DEFAULT_BRANCH=main"});
  CHECK(main.status == 0);
  CHECK(contains(main.out, "does not say what was pushed"));
}

TEST_CASE("--base and --head, anywhere") {
  Forge forge;
  forge.feature("new.txt", leak(2));
  const fs::path clone = forge.checkout("refs/heads/feature", 0);
  CHECK(ci(clone, {}, {"--base", "main"}).status == 1);
  CHECK(ci(clone, {}, {"--base", "main", "--head", forge.id("feature~1")}).status == 0);
  const Ran nowhere = ci(clone, {});
  CHECK(nowhere.status == 2);
  CHECK(contains(nowhere.err, "give --base and --head"));
  CHECK(contains(ci(clone, {}, {"--base", "none"}).err, "none"));
  CHECK(contains(ci(forge.path(), {}, {"--base", "main"}).err, "is no git repository"));
}

TEST_CASE("environments that contradict their documentation are named") {
  Forge forge;
  const fs::path clone = forge.checkout("refs/heads/feature", 0);
  CHECK(contains(ci(clone, {"GITHUB_ACTIONS=true"}).err, "GITHUB_EVENT_NAME is not set"));
  CHECK(contains(ci(clone, {"GITHUB_ACTIONS=true", "GITHUB_EVENT_NAME=push", "GITHUB_EVENT_PATH=/nowhere.json"}).err, "/nowhere.json"));
  write_file(forge.path() / "bad.json", "[1,");
  CHECK(contains(ci(clone, {"GITHUB_ACTIONS=true", "GITHUB_EVENT_NAME=push", "GITHUB_EVENT_PATH=" + (forge.path() / "bad.json").string()}).err, "no JSON object"));
  CHECK(contains(ci(clone, {"GITLAB_CI=true", "CI_PIPELINE_SOURCE=merge_request_event", "CI_MERGE_REQUEST_IID=7", "CI_COMMIT_SHA=" + forge.id("feature")}).err, "does not say what the request is to be merged into"));
  CHECK(contains(ci(clone, {"JENKINS_URL=x", "CHANGE_ID=1", "CHANGE_TARGET=no\nbranch"}).err, "is not here"));
}

TEST_CASE("an unborn HEAD") {
  const TemporaryFolder folder;
  run_git(folder.path(), {"init", "-q"});
  const Ran ran = ci(folder.path(), {}, {"--base", "main"});
  CHECK(ran.status == 2);
  CHECK(contains(ran.err, "HEAD"));
}

TEST_CASE("the job's page, reports in files, and what fails the job") {
  Forge forge;
  forge.feature("new|`file.txt", leak(2));
  const fs::path clone = forge.checkout("refs/pull/7/merge", 0);
  Arguments environment = github(forge, "pull_request", pull_request(forge), "refs/pull/7/merge");
  const fs::path page = forge.path() / "page.md";
  write_file(page, "before\n");
  environment.push_back("GITHUB_STEP_SUMMARY=" + page.string());
  const Ran ran = ci(clone, environment, {"-o", (forge.path() / "out.sarif").string()});
  CHECK(ran.status == 1);
  const std::string text = read_text(page);
  INFO(text);
  CHECK(contains(text, "before\n### keywake: 1 credential at 1 place"));
  CHECK(contains(text, "GitHub personal access token"));
  CHECK(contains(text, "pull or merge request, 3 commits"));
  CHECK_FALSE(contains(text, github_token(2)));
  CHECK(Json::parse(read_text(forge.path() / "out.sarif"))["runs"][0]["results"].size() == 1);

  const Ran azure = ci(clone, {"TF_BUILD=True", "BUILD_REASON=PullRequest", "BUILD_SOURCEVERSION=" + forge.id("feature"), "SYSTEM_PULLREQUEST_TARGETBRANCH=refs/heads/main",
                               "AGENT_TEMPDIRECTORY=" + forge.path().string()});
  CHECK(contains(azure.out, "##vso[task.uploadsummary]" + (forge.path() / "keywake.md").string()));
  CHECK(contains(read_text(forge.path() / "keywake.md"), "1 credential"));

  const Arguments at{"--base", "main"};
  auto with = [&](Arguments more) {
    more.insert(more.end(), at.begin(), at.end());
    return ci(clone, {}, more);
  };
  CHECK(with({"--fail-on", "kind=ssh-key"}).status == 0);
  CHECK(with({"--fail-on", "kind=ssh-key", "--fail-on", "confidence=high"}).status == 1);
  CHECK(with({"--fail-on", "kind=ssh-key,confidence=high"}).status == 0);
  CHECK(with({"--fail-on", "risk=low"}).status == 1);
  CHECK(contains(with({"--fail-on", "live"}).err, "--validate"));
  CHECK(contains(with({"--fail-on", "riks=low"}).err, "is no condition"));
  CHECK(contains(with({"--fail-on", "risk=hgih"}).err, "high"));
  CHECK(run_keywake({"scan", ".", "--fail-on", "kind=ssh-key"}, {.folder = clone}).status == 0);
}

TEST_CASE("the snippets for CI systems are YAML, and call keywake ci") {
  for (const auto& file : fs::directory_iterator(fs::path(KEYWAKE_SOURCE_DIR) / "hooks/ci")) {
    INFO(file.path());
    CHECK(contains(read_text(file.path()), "keywake ci"));
    if (file.path().extension() != ".yml") continue;
    const Ran parsed = run_command(".", {"python3", "-c", "import sys, yaml; assert isinstance(yaml.safe_load(open(sys.argv[1])), dict)", file.path().string()});
    INFO(parsed.err);
    CHECK(parsed.status == 0);
  }
}

TEST_CASE("a change cannot allow itself; its target can") {
  Forge forge;
  std::string line = leak(2);
  line.pop_back();
  forge.feature("new.txt", line + "  # keywake:allow * it is mine\n");
  forge.feature("keywake.toml", "[[allow]]\npaths = [\"**\"]\nreason = \"all is well\"\n");
  auto check = [&] { return ci(forge.checkout("refs/pull/7/merge", 0), github(forge, "pull_request", pull_request(forge), "refs/pull/7/merge")); };
  const Ran refused = check();
  INFO(refused.out << refused.err);
  CHECK(refused.status == 1);
  CHECK(contains(refused.out, "new.txt:1"));

  forge.work().commit_unseen("keywake.toml", "[[allow]]\npaths = [\"new.txt\"]\nreason = \"agreed upon\"\n");
  forge.work().commit_unseen("other.txt", "x\n");
  run_git(forge.work().root, {"checkout", "-q", "feature"});
  run_git(forge.work().root, {"merge", "-q", "-X", "ours", "-m", "From main", "main"});
  run_git(forge.work().root, {"checkout", "-q", "main"});
  forge.push();
  const Ran allowed = check();
  INFO(allowed.out << allowed.err);
  CHECK(allowed.status == 0);
  CHECK(contains(allowed.out, "keywake.toml"));  // said in the summary
}

TEST_CASE("a fault in the change's own keywake.toml is shown before it is everybody's") {
  Forge forge;
  forge.feature("keywake.toml", "[[alow]]\n");
  const Ran ran = ci(forge.checkout("refs/pull/7/merge", 0), github(forge, "pull_request", pull_request(forge), "refs/pull/7/merge"));
  INFO(ran.out << ran.err);
  CHECK(ran.status == 0);
  CHECK(contains(ran.out, "as this change has it: keywake.toml:1: unknown key \"alow\""));
}

TEST_CASE("a baseline in CI: its key comes from the environment, and a change cannot bring its own") {
  Forge forge;
  forge.feature("new.txt", leak(2));
  const fs::path made = forge.path() / "baseline.json";
  WorkTree& work = forge.work();
  run_git(work.root, {"checkout", "-q", "feature"});
  REQUIRE(run_keywake({"baseline", "create", "--reason", "made up", "--baseline", made.string()}, {.folder = work.root}).status == 0);
  run_git(work.root, {"checkout", "-q", "main"});
  const std::string text = read_text(made);
  const std::string key = "KEYWAKE_BASELINE_KEY=" + read_text(work.root / ".git/keywake/baseline.key");
  const auto check = [&](Arguments arguments, bool with_key = true) {
    Arguments environment = github(forge, "pull_request", pull_request(forge), "refs/pull/7/merge");
    if (with_key) environment.push_back(key);
    return ci(forge.checkout("refs/pull/7/merge", 0), environment, arguments);
  };
  const auto from_main = [&] {
    run_git(work.root, {"checkout", "-q", "feature"});
    run_git(work.root, {"merge", "-q", "-X", "ours", "-m", "From main", "main"});
    run_git(work.root, {"checkout", "-q", "main"});
    forge.push();
  };
  CHECK(check({}).status == 1);

  SECTION("that of the root") {
    work.commit_unseen(".keywake-baseline.json", text);
    work.commit_unseen("other.txt", "x\n");
    from_main();
    CHECK(check({}, false).status == 1);
    const Ran known = check({});
    INFO(known.out << known.err);
    CHECK(known.status == 0);
  }
  SECTION("--baseline FILE") {
    CHECK(check({"--baseline", made.string()}).status == 0);  // of no repository: who runs the job names it
    forge.feature("ci/known.json", text);
    const Ran own = check({"--baseline", "ci/known.json"});
    INFO(own.out << own.err);
    CHECK(own.status == 1);
    CHECK(contains(own.out, "only this change has it"));
    work.commit_unseen("ci/known.json", text);
    from_main();
    CHECK(check({"--baseline", "ci/known.json"}).status == 0);
    forge.feature("ci/known.json", "{}");  // nor can it break what the target has
    CHECK(check({"--baseline", "ci/known.json"}).status == 0);
  }
}
