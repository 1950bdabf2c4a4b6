#include "cli/agent_event.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/text.h"

namespace keywake::cli {
namespace {

using Json = nlohmann::json;

constexpr int kMaxDepth = 32;

bool is_replaced(std::string_view key) {
  static constexpr std::string_view kKeys[]{"old_string", "old_str", "oldString", "old_text", "oldText"};
  return std::find(std::begin(kKeys), std::end(kKeys), key) != std::end(kKeys);
}

// The file that a tool call is about, relative to where the agent works, as a scan there would name it.
std::string file_of(const Json& input, const std::string& folder) {
  if (!input.is_object()) return {};
  for (const char* key : {"file_path", "filePath", "notebook_path", "path"}) {
    const auto it = input.find(key);
    if (it == input.end() || !it->is_string()) continue;
    std::string file = it->get<std::string>();
    if (!folder.empty() && file.starts_with(folder + "/")) file.erase(0, folder.size() + 1);
    return file;
  }
  return {};
}

// Of a patch in the form of apply_patch, what is there already: the lines that it takes out or leaves.
std::string kept_of_patch(std::string_view text) {
  std::string out;
  if (text.find("*** Begin Patch") == std::string_view::npos) return out;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    if (line.starts_with('-') || line.starts_with(' ')) out.append(line.substr(1)).push_back('\n');
    text.remove_prefix(std::min(text.size(), line.size() + 1));
  }
  return out;
}

class Reader {
 public:
  Reader(AgentEvent& event, std::string folder) : event_(event), folder_(std::move(folder)) {}

  void read(const Json& value, const std::string& name) {
    file_ = file_of(value, folder_);
    collect(value, name, false, 0);
  }

 private:
  void collect(const Json& value, const std::string& name, bool replaced, int depth) {
    if (depth > kMaxDepth) return add(value.dump(), name, replaced);
    if (value.is_object()) {
      for (const auto& [key, member] : value.items()) collect(member, name + "." + key, replaced || is_replaced(key), depth + 1);
    } else if (value.is_array()) {
      for (std::size_t i = 0; i < value.size(); ++i) collect(value[i], name + "." + std::to_string(i), replaced, depth + 1);
    } else if (value.is_string()) {
      collect_string(value.get<std::string>(), name, replaced, depth);
    }
  }

  // Some protocols pass arguments as JSON in a string.
  void collect_string(std::string text, const std::string& name, bool replaced, int depth) {
    if (text.starts_with('{') || text.starts_with('[')) {
      const Json inner = Json::parse(text, nullptr, false);
      if (inner.is_structured()) {
        if (depth == 0) file_ = file_of(inner, folder_);
        return collect(inner, name, replaced, depth + 1);
      }
    }
    if (std::string kept = kept_of_patch(text); !kept.empty()) add(std::move(kept), name, true);
    add(std::move(text), name, replaced);
  }

  void add(std::string text, const std::string& name, bool replaced) { (replaced ? event_.known : event_.texts).push_back({file_.empty() ? name : file_, std::move(text)}); }

  AgentEvent& event_;
  std::string folder_;
  std::string file_;
};

}  // namespace

Result<AgentEvent> read_agent_event(std::string_view json) {
  const Json event = Json::parse(json, nullptr, false);
  if (!event.is_object()) return fail("agent: standard input is no JSON object; an agent's hook passes one (docs/hooks.md)");
  auto text_of = [&](const char* key) {
    const auto it = event.find(key);
    return it != event.end() && it->is_string() ? it->get<std::string>() : std::string();
  };
  AgentEvent out;
  const std::string name = text_of("hook_event_name");
  if (name == "beforeSubmitPrompt") {
    out.protocol = Protocol::kCursorPrompt;
  } else if (name.starts_with("before") || event.contains("cursor_version")) {
    out.protocol = Protocol::kCursor;
  } else if (event.contains("toolName")) {
    out.protocol = Protocol::kCopilot;
  }
  Reader reader(out, text_of("cwd"));
  bool any = false;
  for (const char* member : {"tool_input", "toolArgs", "tool_info", "prompt", "command"}) {
    const auto it = event.find(member);
    if (it == event.end()) continue;
    any = true;
    reader.read(*it, member);
  }
  if (const auto content = event.find("content"); content != event.end() && content->is_string()) {
    any = true;
    out.texts.push_back({file_of(event, text_of("cwd")), content->get<std::string>()});
  }
  if (!any) {
    return fail("agent: event '" + printable(name) +
                "' has no tool_input, toolArgs, tool_info, prompt, command or content; set this hook up for events that come before something is done (docs/hooks.md)");
  }
  return out;
}

std::string refusal(Protocol protocol, const std::string& reason) {
  Json out;
  switch (protocol) {
    case Protocol::kExitStatus:
      return {};
    case Protocol::kCursor:
      out = {{"permission", "deny"}, {"user_message", reason}, {"agent_message", reason}};
      break;
    case Protocol::kCursorPrompt:
      out = {{"continue", false}, {"user_message", reason}};
      break;
    case Protocol::kCopilot:
      out = {{"permissionDecision", "deny"}, {"permissionDecisionReason", reason}};
      break;
  }
  return out.dump(-1, ' ', true, Json::error_handler_t::replace) + "\n";
}

}  // namespace keywake::cli
