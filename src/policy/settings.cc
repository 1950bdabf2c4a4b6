#include "policy/settings.h"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>

#include "base/dotted_keys.h"
#include "base/text.h"
#include "policy/expressions.h"

namespace keywake::policy {
namespace {

struct Allow {
  Expressions paths, patterns;
  std::optional<std::int64_t> expires;
};

class AllowList : public Source {
 public:
  AllowList(std::vector<Allow> allows, std::int64_t now) : allows_(std::move(allows)), now_(now) {}
  [[nodiscard]] std::optional<std::string_view> by(const Place& place) const override {
    for (const Allow& allow : allows_) {
      if (allow.expires && !holds_until(*allow.expires, now_)) continue;
      if (!allow.patterns.empty() && !allow.patterns.any(place.pattern)) continue;
      if (!allow.paths.empty() && (place.path.empty() || !allow.paths.any(place.path))) continue;
      return kSettingsFile;
    }
    return std::nullopt;
  }

 private:
  std::vector<Allow> allows_;
  std::int64_t now_;
};

class SettingsReader {
 public:
  SettingsReader(std::string_view name, std::int64_t now) : name_(printable(name)), now_(now) {}

  Result<Settings> read(std::string_view text) {
    if (text.size() > kMaxFile) return fail(fmt::format("{}: larger than {}", name_, human_bytes(kMaxFile)));
    if (has_endless_key(text)) return fail(fmt::format("{}: it has a key of too many dotted parts", name_));
    toml::table root;
    try {
      root = toml::parse(text, name_);
    } catch (const toml::parse_error& error) {
      return fail(fmt::format("{}:{}: not TOML: {}", name_, error.source().begin.line, printable(error.description())));
    }
    if (auto good = known(root, {"allow", "policy"}); !good) return std::unexpected(good.error());
    Settings out;
    std::vector<Allow> allows;
    if (const toml::node* node = root.get("allow")) {
      const toml::array* list = node->as_array();
      if (list == nullptr || !list->is_homogeneous(toml::node_type::table)) return at(*node, "\"allow\" is written [[allow]], with two brackets");
      for (const toml::node& each : *list) {
        auto allow = read_allow(*each.as_table());
        if (!allow) return std::unexpected(allow.error());
        allows.push_back(*std::move(allow));
      }
    }
    if (const toml::node* node = root.get("policy")) {
      const toml::table* policy = node->as_table();
      if (policy == nullptr) return at(*node, "\"policy\" is written [policy]");
      if (auto good = known(*policy, {"trust_changes"}); !good) return std::unexpected(good.error());
      if (const toml::node* trust = policy->get("trust_changes")) {
        if (!trust->is_boolean()) return at(*trust, "\"trust_changes\" is true or false");
        out.trust_changes = **trust->as_boolean();
      }
    }
    out.source = std::make_unique<AllowList>(std::move(allows), now_);
    return out;
  }

 private:
  std::unexpected<Error> at(const toml::node& node, std::string_view message) const { return fail(fmt::format("{}:{}: {}", name_, node.source().begin.line, message)); }

  Result<void> known(const toml::table& table, std::initializer_list<std::string_view> keys) const {
    for (const auto& [key, node] : table) {
      if (std::find(keys.begin(), keys.end(), key.str()) != keys.end()) continue;
      const std::string_view near = nearest(key.str(), keys);
      return fail(fmt::format("{}:{}: unknown key \"{}\"{}", name_, key.source().begin.line, printable(key.str()), near.empty() ? "" : fmt::format("; did you mean \"{}\"?", near)));
    }
    return {};
  }

  Result<void> globs(const toml::table& table, std::string_view key, Expressions& into) {
    const toml::node* node = table.get(key);
    if (node == nullptr) return {};
    const toml::array* list = node->as_array();
    if (list == nullptr || list->empty()) return at(*node, fmt::format("\"{}\" is a list of globs, as [\"docs/**\"]", key));
    for (const toml::node& each : *list) {
      const auto glob = each.value_exact<std::string>();
      if (!glob || glob->empty()) return at(each, fmt::format("\"{}\" is a list of globs, as [\"docs/**\"]", key));
      if (++expressions_ > kMaxExpressions) return at(each, fmt::format("more than {} globs in this file", kMaxExpressions));
      if (auto added = into.add_glob(*glob, budget_); !added) return at(each, added.error().message);
    }
    return {};
  }

  Result<Allow> read_allow(const toml::table& table) {
    if (auto good = known(table, {"paths", "patterns", "reason", "expires"}); !good) return std::unexpected(good.error());
    Allow allow;
    if (auto good = globs(table, "paths", allow.paths); !good) return std::unexpected(good.error());
    if (auto good = globs(table, "patterns", allow.patterns); !good) return std::unexpected(good.error());
    if (allow.paths.empty() && allow.patterns.empty()) return at(table, "[[allow]] names neither \"paths\" nor \"patterns\": it would allow everything");
    const auto reason = table["reason"].value_exact<std::string>();
    // <why> is what a refused push leaves to be filled in (report/hook_text.h).
    if (!reason || reason->find_first_not_of(" \t") == std::string::npos || reason->starts_with("<why>")) return at(table, "\"reason\" is missing; say why what is there may stay");
    if (const toml::node* node = table.get("expires")) {
      if (const auto* date = node->as_date()) {
        allow.expires = day_of(fmt::format("{:04}-{:02}-{:02}", (*date)->year, (*date)->month, (*date)->day));
      } else if (const auto text = node->value_exact<std::string>()) {
        allow.expires = day_of(*text);
      }
      if (!allow.expires) return at(*node, "\"expires\" is a date, as 2026-12-31");
    }
    return allow;
  }

  std::string name_;
  std::int64_t now_;
  std::size_t expressions_ = 0;
  Budget budget_;
};

}  // namespace

Result<Settings> read_settings(std::string_view text, std::string_view name, std::int64_t now) { return SettingsReader(name, now).read(text); }

}  // namespace keywake::policy
