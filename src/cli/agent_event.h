// What a coding agent tells its hooks before it does something: JSON on standard input. The protocols resemble each other, so one reader
// takes them all by the members they use (docs/hooks.md says which, and cites each):
//
//   tool_input, toolArgs, tool_info   what a tool is about to get: a file's new content, a command, arguments of an MCP server
//   prompt                            what the user is about to send
//   command, content                  Cursor's, beside hook_event_name
//
// What an edit replaces (old_string, lines of a patch with - or none) is there already: a credential in it is nothing new, and taking one
// out must be possible. Thread safety: pure functions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "scan/pipeline.h"

namespace keywake::cli {

/// How the agent wants to hear a refusal.
enum class Protocol : std::uint8_t {
  kExitStatus,  // 2, and the reason on standard error: Claude Code, Gemini CLI, Codex CLI, Windsurf, VS Code
  kCursor,      // {"permission":"deny", …} on standard output, exit status 0
  kCursorPrompt,  // {"continue":false, …}
  kCopilot,     // {"permissionDecision":"deny", …}
};

struct AgentEvent {
  std::vector<scan::Text> texts;  // to be written, run or sent; path: of the file, else the member's name
  std::vector<scan::Text> known;  // to be replaced
  Protocol protocol = Protocol::kExitStatus;
};

Result<AgentEvent> read_agent_event(std::string_view json);

/// What goes to standard output to refuse for `reason`; empty for kExitStatus.
std::string refusal(Protocol protocol, const std::string& reason);

}  // namespace keywake::cli
