// Commands to a MongoDB server, one after another over one connection, and their replies
// (https://www.mongodb.com/docs/manual/reference/mongodb-wire-protocol/#op_msg, known since version 3.6).
// Ownership: owns the connection. Errors: a failed Answer; a reply that says "ok: 0" is none. Thread safety: none.
#pragma once

#include <expected>

#include "login/bson.h"
#include "net/stream.h"

namespace keywake::login {

class MongodbConnection {
 public:
  explicit MongodbConnection(net::Stream stream) : stream_(std::move(stream)) {}
  std::expected<bson::Value, net::Answer> reply_to(const bson::Document& command);

 private:
  net::Stream stream_;
  std::int32_t requests_ = 0;
};

}  // namespace keywake::login
