# Third-party libraries, each as one target named kw_dep_<name>. All come from Debian's packages;
# scripts/packages.txt lists them with the reason for each.
find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)
find_package(fmt REQUIRED)
find_package(TBB REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(LibArchive REQUIRED)
find_package(CLI11 REQUIRED)
find_package(nlohmann_json REQUIRED)
pkg_check_modules(HS REQUIRED IMPORTED_TARGET libhs)
pkg_check_modules(RE2 REQUIRED IMPORTED_TARGET re2)
pkg_check_modules(GIT2 REQUIRED IMPORTED_TARGET libgit2)
pkg_check_modules(CURL REQUIRED IMPORTED_TARGET libcurl)
pkg_check_modules(DEFLATE REQUIRED IMPORTED_TARGET libdeflate)
pkg_check_modules(TOMLPP REQUIRED IMPORTED_TARGET tomlplusplus)

# Header prefix in src/LAYERS → what to link.
set(KW_DEP_openssl OpenSSL::Crypto)
set(KW_DEP_fmt fmt::fmt)
set(KW_DEP_toml++ PkgConfig::TOMLPP)
set(KW_DEP_hs PkgConfig::HS)
set(KW_DEP_re2 PkgConfig::RE2)
set(KW_DEP_git2 PkgConfig::GIT2)
set(KW_DEP_libdeflate.h PkgConfig::DEFLATE)
# Of these the headers alone: each is loaded when it is needed (base/library.h).
set(KW_DEP_curl ${CMAKE_DL_LIBS})
set(KW_DEP_libssh2.h ${CMAKE_DL_LIBS})
set(KW_DEP_resolv.h ${CMAKE_DL_LIBS})  # of the C library
set(KW_DEP_tbb TBB::tbb)
set(KW_DEP_archive.h LibArchive::LibArchive)
set(KW_DEP_archive_entry.h LibArchive::LibArchive)
set(KW_DEP_CLI CLI11::CLI11)
