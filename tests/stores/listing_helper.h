// What a store lists, as text to compare with, and answers of store_server.py. Errors: a Catch failure.
#pragma once

#include <cstdlib>
#include <string>
#include <string_view>
#include <utility>

#include "catch.h"
#include "store_server_helper.h"

namespace keywake::testing {

using Json = nlohmann::json;
using stores::Listing;
using stores::StoredVariable;

inline std::string value_of(const StoredVariable& variable) { return variable.value ? std::string(variable.value->reveal()) : "(hidden)"; }

inline std::string all(const Listing& listing) {
  std::string out;
  for (const StoredVariable& each : listing.variables) out += model::path_of(each.about.place) + "=" + value_of(each) + "\n";
  return out;
}

inline std::string skips(const Listing& listing) {
  std::string out;
  for (const model::Skip& skip : listing.skips) out += skip.what + ": " + skip.reason + (skip.failed ? "\n" : " (not failed)\n");
  return out;
}

inline const StoredVariable& named(const Listing& listing, std::string_view path) {
  for (const StoredVariable& each : listing.variables) {
    if (model::path_of(each.about.place) == path) return each;
  }
  FAIL("no variable " << path << " in\n" << all(listing));
  std::abort();
}

inline Json text_body(const std::string& text) { return {{"body", text}}; }
inline Json body(Json json) { return {{"body", std::move(json)}}; }
inline Json status(int code) { return {{"status", code}}; }

inline Listing listed(const std::string& target, const stores::StoreOptions& options) {
  auto listing = stores::list(target, options);
  if (!listing) FAIL(listing.error().message);
  return *std::move(listing);
}

inline std::string error_of(const std::string& target, const stores::StoreOptions& options = {}) {
  const auto listing = stores::list(target, options);
  return listing ? "" : listing.error().message;
}

}  // namespace keywake::testing
