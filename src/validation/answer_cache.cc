#include "validation/answer_cache.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <random>

#include "base/hash.h"
#include "base/mapped_file.h"
#include "base/private_file.h"

namespace keywake::validation {
namespace {

using model::Verdict;
using nlohmann::json;

constexpr std::size_t kMaxFile = 256 * 1024 * 1024;
constexpr int kVersion = 1;

std::optional<model::Validation> validation_of(const json& entry) {
  model::Validation out;
  const std::string verdict = entry.value("verdict", "");
  if (verdict != model::name(Verdict::kLive) && verdict != model::name(Verdict::kDead)) return std::nullopt;
  out.verdict = verdict == model::name(Verdict::kLive) ? Verdict::kLive : Verdict::kDead;
  out.reason = entry.value("reason", "");
  out.validator = entry.value("validator", "");
  out.host = entry.value("host", "");
  out.at = entry.value("at", std::int64_t{0});
  const json facts = entry.value("facts", json::object());
  for (const auto& [name, values] : facts.items()) out.facts.push_back({name, values.get<std::vector<std::string>>()});
  return out;
}

json json_of(const model::Validation& answer) {
  json facts = json::object();
  for (const model::Fact& fact : answer.facts) facts[fact.name] = fact.values;
  return {{"verdict", model::name(answer.verdict)}, {"reason", answer.reason}, {"validator", answer.validator}, {"host", answer.host}, {"at", answer.at}, {"facts", facts}};
}

}  // namespace

AnswerCache::AnswerCache(std::filesystem::path file, std::chrono::seconds max_age, std::int64_t now) : file_(std::move(file)), oldest_(now - max_age.count()) {
  read();
  if (!salt_.empty()) return;
  std::random_device random;
  for (int i = 0; i < 8; ++i) salt_ += fmt::format("{:08x}", random());
}

void AnswerCache::read() {
  if (!is_own_file(file_)) return;
  const auto text = read_file(file_, kMaxFile);
  if (!text) return;
  try {
    const json whole = json::parse(*text);
    if (whole.at("version") != kVersion) return;
    for (const auto& [key, entry] : whole.at("answers").items()) {
      auto answer = validation_of(entry);
      if (answer && answer->at >= oldest_) answers_.emplace(key, *std::move(answer));
    }
    salt_ = whole.at("salt").get<std::string>();
  } catch (const json::exception&) {
    answers_.clear();  // damaged: begun anew
  }
}

std::string AnswerCache::key_of(const Question& question) const {
  std::string text;
  auto add = [&text](std::string_view field) { text += fmt::format("{}:{}", field.size(), field); };
  add(question.validator->id);
  add(question.secret->reveal());
  for (const model::Part& part : *question.parts) {
    add(part.name);
    add(part.value);
  }
  return to_hex(hmac("sha256", salt_, text));
}

std::optional<model::Validation> AnswerCache::find(const Question& question) const {
  const auto found = answers_.find(key_of(question));
  return found == answers_.end() ? std::nullopt : std::optional(found->second);
}

void AnswerCache::add(const Question& question, const model::Validation& answer) {
  if (answer.verdict == Verdict::kLive || answer.verdict == Verdict::kDead) answers_.insert_or_assign(key_of(question), answer);
}

void AnswerCache::write() const {
  json answers = json::object();
  for (const auto& [key, answer] : answers_) answers[key] = json_of(answer);
  write_private_file(file_, json{{"version", kVersion}, {"salt", salt_}, {"answers", std::move(answers)}}.dump(-1, ' ', true, json::error_handler_t::replace));
}

}  // namespace keywake::validation
