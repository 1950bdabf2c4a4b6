#include <optional>

#include "base/library.h"
#include "login/ssh_internal.h"

namespace keywake::login {
namespace {

std::optional<Ssh2> loaded() {
  Library library("libssh2.so.1");
  Ssh2 out{};
  library.take(out.init, "libssh2_init");
  library.take(out.session_init, "libssh2_session_init_ex");
  library.take(out.session_free, "libssh2_session_free");
  library.take(out.session_abstract, "libssh2_session_abstract");
  library.take(out.session_set_timeout, "libssh2_session_set_timeout");
  library.take(out.session_handshake, "libssh2_session_handshake");
  library.take(out.session_disconnect, "libssh2_session_disconnect_ex");
  library.take(out.session_hostkey, "libssh2_session_hostkey");
  library.take(out.session_last_error, "libssh2_session_last_error");
  library.take(out.hostkey_hash, "libssh2_hostkey_hash");
  library.take(out.userauth_list, "libssh2_userauth_list");
  library.take(out.userauth_authenticated, "libssh2_userauth_authenticated");
  library.take(out.userauth_password, "libssh2_userauth_password_ex");
  library.take(out.userauth_keyboard_interactive, "libssh2_userauth_keyboard_interactive_ex");
  library.take(out.userauth_publickey, "libssh2_userauth_publickey_frommemory");
  library.take(out.channel_open, "libssh2_channel_open_ex");
  library.take(out.channel_process_startup, "libssh2_channel_process_startup");
  library.take(out.channel_read, "libssh2_channel_read_ex");
  library.take(out.channel_free, "libssh2_channel_free");
  library.take(out.knownhost_init, "libssh2_knownhost_init");
  library.take(out.knownhost_free, "libssh2_knownhost_free");
  library.take(out.knownhost_readline, "libssh2_knownhost_readline");
  library.take(out.knownhost_check, "libssh2_knownhost_checkp");
  library.take(out.version, "libssh2_version");
  if (!library.complete() || out.init(0) != 0) return std::nullopt;
  return out;
}

}  // namespace

const Ssh2* ssh2() {
  static const std::optional<Ssh2> library = loaded();
  return library ? &*library : nullptr;
}

}  // namespace keywake::login
