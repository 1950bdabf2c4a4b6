#include "login/ssh_internal.h"

namespace keywake::login {

Ssh2::Ssh2() : Library("libssh2.so.1") {
  if (complete() && init(0) != 0) give_up();
}

const Ssh2* ssh2() { return Library::loaded<Ssh2>(); }

}  // namespace keywake::login
