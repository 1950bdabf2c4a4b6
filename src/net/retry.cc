#include "net/retry.h"

namespace keywake::net {

bool worth_another_try(const Answer& answer) {
  using enum Failure;
  if (answer.failure != kNone) return answer.failure == kResolve || answer.failure == kConnect || answer.failure == kTimeout || answer.failure == kBroken;
  return answer.status == 429 || answer.status == 500 || answer.status == 502 || answer.status == 503 || answer.status == 504;
}

std::chrono::milliseconds back_off(std::chrono::milliseconds first, int attempt, std::minstd_rand& random) {
  const std::chrono::milliseconds whole = first * (1 << (attempt - 1));
  return whole / 2 + std::chrono::milliseconds(std::uniform_int_distribution<std::int64_t>(0, whole.count() / 2)(random));
}

}  // namespace keywake::net
