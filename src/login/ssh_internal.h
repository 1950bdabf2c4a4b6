// libssh2, loaded when somebody is asked by SSH and not before. The functions have their own names here without `libssh2_`.
// Thread safety: immutable once loaded; a session belongs to one thread.
#pragma once

#include <libssh2.h>

#include "base/library.h"

namespace keywake::login {

struct Ssh2 : Library {
  Ssh2();
  decltype(&::libssh2_init) init = take("libssh2_init");
  decltype(&::libssh2_session_init_ex) session_init = take("libssh2_session_init_ex");
  decltype(&::libssh2_session_free) session_free = take("libssh2_session_free");
  decltype(&::libssh2_session_abstract) session_abstract = take("libssh2_session_abstract");
  decltype(&::libssh2_session_set_timeout) session_set_timeout = take("libssh2_session_set_timeout");
  decltype(&::libssh2_session_handshake) session_handshake = take("libssh2_session_handshake");
  decltype(&::libssh2_session_disconnect_ex) session_disconnect = take("libssh2_session_disconnect_ex");
  decltype(&::libssh2_session_hostkey) session_hostkey = take("libssh2_session_hostkey");
  decltype(&::libssh2_session_last_error) session_last_error = take("libssh2_session_last_error");
  decltype(&::libssh2_hostkey_hash) hostkey_hash = take("libssh2_hostkey_hash");
  decltype(&::libssh2_userauth_list) userauth_list = take("libssh2_userauth_list");
  decltype(&::libssh2_userauth_authenticated) userauth_authenticated = take("libssh2_userauth_authenticated");
  decltype(&::libssh2_userauth_password_ex) userauth_password = take("libssh2_userauth_password_ex");
  decltype(&::libssh2_userauth_keyboard_interactive_ex) userauth_keyboard_interactive = take("libssh2_userauth_keyboard_interactive_ex");
  decltype(&::libssh2_userauth_publickey_frommemory) userauth_publickey = take("libssh2_userauth_publickey_frommemory");
  decltype(&::libssh2_channel_open_ex) channel_open = take("libssh2_channel_open_ex");
  decltype(&::libssh2_channel_process_startup) channel_process_startup = take("libssh2_channel_process_startup");
  decltype(&::libssh2_channel_read_ex) channel_read = take("libssh2_channel_read_ex");
  decltype(&::libssh2_channel_free) channel_free = take("libssh2_channel_free");
  decltype(&::libssh2_knownhost_init) knownhost_init = take("libssh2_knownhost_init");
  decltype(&::libssh2_knownhost_free) knownhost_free = take("libssh2_knownhost_free");
  decltype(&::libssh2_knownhost_readline) knownhost_readline = take("libssh2_knownhost_readline");
  decltype(&::libssh2_knownhost_checkp) knownhost_check = take("libssh2_knownhost_checkp");
  decltype(&::libssh2_version) version = take("libssh2_version");
};

/// Null if it cannot be loaded.
const Ssh2* ssh2();

}  // namespace keywake::login
