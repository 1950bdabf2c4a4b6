#include "report/redactor.h"

#include <algorithm>
#include <cstring>

namespace keywake::report {
namespace {

std::uint32_t head_of(std::string_view text) {
  std::uint32_t head = 0;
  std::memcpy(&head, text.data(), sizeof head);
  return head;
}

std::size_t slot_of(std::uint32_t head) {
  return head * 0x9e3779b1U >> 16;
}

}  // namespace

void Redactor::add(const Secret& secret) {
  static_assert(kProseLength >= sizeof(std::uint32_t));
  if (secret.size() < kProseLength) return;
  const std::uint32_t head = head_of(secret.reveal());
  heads_.set(slot_of(head));
  by_head_[head].push_back(&secret);
}

Redactor::Redactor(const std::vector<model::Credential>& credentials,
                   const std::vector<Secret>& held_back) {
  for (const model::Credential& credential : credentials) add(credential.secret);
  for (const Secret& secret : held_back) add(secret);
  for (auto& [head, secrets] : by_head_) {
    std::sort(secrets.begin(), secrets.end(),
              [](const Secret* a, const Secret* b) { return a->size() > b->size(); });
  }
}

const Secret* Redactor::longest_at(std::string_view rest, std::size_t least) const {
  const std::uint32_t head = head_of(rest);
  if (!heads_.test(slot_of(head))) return nullptr;
  auto found = by_head_.find(head);
  if (found == by_head_.end()) return nullptr;
  for (const Secret* secret : found->second) {
    if (secret->size() < least) break;
    if (rest.starts_with(secret->reveal())) return secret;
  }
  return nullptr;
}

std::string Redactor::redact(std::string_view text, std::size_t least) const {
  std::string out;
  out.reserve(text.size());
  while (text.size() >= kProseLength) {
    const Secret* secret = longest_at(text, least);
    if (secret != nullptr) {
      out += secret->redacted();
      text.remove_prefix(secret->size());
    } else {
      out += text.front();
      text.remove_prefix(1);
    }
  }
  return out += text;
}

}  // namespace keywake::report
