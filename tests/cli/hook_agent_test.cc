// keywake hook run agent: events in the form of each agent's documentation (docs/hooks.md cites it), with and without a credential.
#include "catch.h"
#include "cli/hooked_helper.h"

using namespace keywake::testing;

namespace {

struct Row {
  const char* agent;
  std::string event;  // TOKEN becomes a credential
  int status;         // with one
  const char* out;    // what standard output then holds
};

const Row kRows[] = {
    {"Claude Code, write", R"({"session_id":"s","cwd":"/w","hook_event_name":"PreToolUse","tool_name":"Write","tool_input":{"file_path":"/w/a.py","content":"t = 'TOKEN'"}})", 2, ""},
    {"Claude Code, edit", R"({"hook_event_name":"PreToolUse","tool_name":"Edit","tool_input":{"file_path":"/w/a.py","old_string":"t = ''","new_string":"t = 'TOKEN'"}})", 2, ""},
    {"Claude Code, command", R"({"hook_event_name":"PreToolUse","tool_name":"Bash","tool_input":{"command":"curl -H 'Authorization: token TOKEN' https://example.com"}})", 2, ""},
    {"Claude Code, prompt", R"({"hook_event_name":"UserPromptSubmit","prompt":"use TOKEN"})", 2, ""},
    {"Codex CLI, patch", R"({"hook_event_name":"PreToolUse","tool_name":"apply_patch","tool_input":{"command":"*** Begin Patch\n*** Add File: a\n+TOKEN\n*** End Patch"}})", 2, ""},
    {"Gemini CLI, tool", R"({"hook_event_name":"BeforeTool","tool_name":"write_file","tool_input":{"file_path":"a","content":"TOKEN"}})", 2, ""},
    {"Gemini CLI, prompt", R"({"hook_event_name":"BeforeAgent","prompt":"TOKEN"})", 2, ""},
    {"Windsurf, write", R"({"agent_action_name":"pre_write_code","tool_info":{"file_path":"a","edits":[{"old_string":"","new_string":"TOKEN"}]}})", 2, ""},
    {"Cursor, command", R"({"hook_event_name":"beforeShellExecution","command":"echo TOKEN","cwd":"/w"})", 0, "\"permission\":\"deny\""},
    {"Cursor, MCP", R"({"hook_event_name":"beforeMCPExecution","tool_name":"q","tool_input":"{\"query\":\"TOKEN\"}"})", 0, "\"permission\":\"deny\""},
    {"Cursor, reading", R"({"hook_event_name":"beforeReadFile","file_path":"a","content":"TOKEN"})", 0, "\"permission\":\"deny\""},
    {"Cursor, prompt", R"({"hook_event_name":"beforeSubmitPrompt","prompt":"TOKEN","attachments":[]})", 0, "\"continue\":false"},
    {"Copilot", R"({"timestamp":1,"cwd":"/w","toolName":"bash","toolArgs":"{\"command\":\"echo TOKEN\"}"})", 0, "\"permissionDecision\":\"deny\""},
};

Ran run_agent(std::string event, const std::string& secret) {
  for (std::size_t at = event.find("TOKEN"); at != std::string::npos; at = event.find("TOKEN", at)) event.replace(at, 5, secret);
  return run_keywake({"hook", "run", "agent"}, {.input = event});
}

}  // namespace

TEST_CASE("An agent is stopped before it writes, runs or sends a credential, in its own protocol") {
  for (const Row& row : kRows) {
    INFO(row.agent);
    Ran stopped = run_agent(row.event, github_token(1));
    INFO(stopped.out << stopped.err);
    CHECK(stopped.status == row.status);
    CHECK(contains(stopped.out, row.out));
    CHECK(contains(stopped.out + stopped.err, "github.pat-classic"));
    CHECK_FALSE(contains(stopped.out + stopped.err, github_token(1)));
    Ran clean = run_agent(row.event, "nothing");
    CHECK(clean.status == 0);
    CHECK(clean.out + clean.err == "");
  }
}

TEST_CASE("What is there already may be edited and taken out; an agent cannot allow itself") {
  struct Case {
    const char* event;
    int status;
  };
  const Case kCases[] = {
      {R"({"tool_input":{"file_path":"a","old_string":"t = 'TOKEN'","new_string":"t = env"}})", 0},
      {R"({"tool_input":{"file_path":"a","old_string":"t = 'TOKEN'","new_string":"u = 'TOKEN'"}})", 0},
      {R"({"tool_input":{"command":"*** Begin Patch\n*** Update File: a\n-TOKEN\n+x\n*** End Patch"}})", 0},
      {R"({"tool_input":{"file_path":"a","content":"t = 'TOKEN' # keywake:allow github.* because"}})", 2},
  };
  for (const Case& each : kCases) {
    INFO(each.event);
    CHECK(run_agent(each.event, github_token(2)).status == each.status);
  }
}

TEST_CASE("An event that cannot be read stops the agent and says so") {
  for (const char* event : {"", "no json", "[1]", "{\"hook_event_name\":\"SessionStart\"}"}) {
    INFO(event);
    Ran ran = run_keywake({"hook", "run", "agent"}, {.input = event});
    CHECK(ran.status == 2);
    CHECK(contains(ran.err, "docs/hooks.md"));
  }
}
