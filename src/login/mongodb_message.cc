#include "login/mongodb_message.h"

namespace keywake::login {
namespace {

constexpr std::int32_t kMessage = 2013;  // OP_MSG
constexpr std::size_t kHeaderSize = 16;  // four numbers: length, request, response to, operation
constexpr std::size_t kBodyAt = 5;       // after the flags and the kind of the section
constexpr std::size_t kChecksumSize = 4;
constexpr std::uint32_t kHasChecksum = 1;
/// MongoDB allows 48 MB; what is asked for here fits into this with thousands of databases.
constexpr std::int32_t kMaxMessage = 256 * 1024;

}  // namespace

std::expected<bson::Value, net::Answer> MongodbConnection::reply_to(const bson::Document& command) {
  auto broken = [] {
    net::Answer out;
    out.failure = net::Failure::kBroken;
    out.problem = "what it says is not of its protocol";
    return std::unexpected(out);
  };
  const std::string body = command.bytes();
  std::string message;
  for (const std::int32_t number : {static_cast<std::int32_t>(kHeaderSize + kBodyAt + body.size()), ++requests_, 0, kMessage}) bson::append_int32(message, number);
  bson::append_int32(message, 0);  // flags
  message += '\0';                 // one document
  const auto header = stream_.send(message + body) ? stream_.receive(kHeaderSize) : std::nullopt;
  if (!header) return std::unexpected(stream_.failure());
  const std::int32_t size = bson::int32_at(*header, 0);
  const bool ours = bson::int32_at(*header, 8) == requests_ && bson::int32_at(*header, 12) == kMessage;
  if (!ours || size > kMaxMessage || size < static_cast<std::int32_t>(kHeaderSize + kBodyAt)) return broken();
  const auto rest = stream_.receive(static_cast<std::size_t>(size) - kHeaderSize);
  if (!rest) return std::unexpected(stream_.failure());
  std::string_view section = *rest;
  // TLS guards against what the checksum would.
  if ((static_cast<std::uint32_t>(bson::int32_at(section, 0)) & kHasChecksum) != 0) section.remove_suffix(std::min(kChecksumSize, section.size() - kBodyAt));
  if (section[kBodyAt - 1] != '\0') return broken();
  auto reply = bson::read(section.substr(kBodyAt));
  if (!reply) return broken();
  return *std::move(reply);
}

}  // namespace keywake::login
