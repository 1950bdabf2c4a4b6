// When to ask again, for whoever asks many things of one host: which failures pass by themselves, and how long to wait for that.
// Thread safety: pure functions, but for the generator they are given.
#pragma once

#include <chrono>
#include <random>

#include "net/client.h"

namespace keywake::net {

/// Failures of names and connections, 429, and the server errors that stand for overload or a restart.
bool worth_another_try(const Answer& answer);

/// Before the `attempt`th further try (from 1): twice as long each time. Half of it is certain, half is chance, so that those who failed
/// together do not come back together.
std::chrono::milliseconds back_off(std::chrono::milliseconds first, int attempt, std::minstd_rand& random);

}  // namespace keywake::net
