// libssh2, loaded when somebody is asked by SSH and not before. The functions have their own names here without `libssh2_`.
// Thread safety: immutable once loaded; a session belongs to one thread.
#pragma once

#include <libssh2.h>

namespace keywake::login {

struct Ssh2 {
  decltype(&::libssh2_init) init;
  decltype(&::libssh2_session_init_ex) session_init;
  decltype(&::libssh2_session_free) session_free;
  decltype(&::libssh2_session_abstract) session_abstract;
  decltype(&::libssh2_session_set_timeout) session_set_timeout;
  decltype(&::libssh2_session_handshake) session_handshake;
  decltype(&::libssh2_session_disconnect_ex) session_disconnect;
  decltype(&::libssh2_session_hostkey) session_hostkey;
  decltype(&::libssh2_session_last_error) session_last_error;
  decltype(&::libssh2_hostkey_hash) hostkey_hash;
  decltype(&::libssh2_userauth_list) userauth_list;
  decltype(&::libssh2_userauth_authenticated) userauth_authenticated;
  decltype(&::libssh2_userauth_password_ex) userauth_password;
  decltype(&::libssh2_userauth_keyboard_interactive_ex) userauth_keyboard_interactive;
  decltype(&::libssh2_userauth_publickey_frommemory) userauth_publickey;
  decltype(&::libssh2_channel_open_ex) channel_open;
  decltype(&::libssh2_channel_process_startup) channel_process_startup;
  decltype(&::libssh2_channel_read_ex) channel_read;
  decltype(&::libssh2_channel_free) channel_free;
  decltype(&::libssh2_knownhost_init) knownhost_init;
  decltype(&::libssh2_knownhost_free) knownhost_free;
  decltype(&::libssh2_knownhost_readline) knownhost_readline;
  decltype(&::libssh2_knownhost_checkp) knownhost_check;
  decltype(&::libssh2_version) version;
};

/// Null if it cannot be loaded.
const Ssh2* ssh2();

}  // namespace keywake::login
