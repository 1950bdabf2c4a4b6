# The build-time program keywake-embed turns patterns/*.toml into a generated source file (tables of model::Pattern)
# and compiled databases, which an assembler file includes, and validators/*.toml into their text; the keywake program links all as keywake_builtin.
if(TARGET keywake_matching)
  file(GLOB pattern_files CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/patterns/*.toml)
  add_executable(keywake-embed src/embed/main.cc)
  target_link_libraries(keywake-embed PRIVATE keywake_embed)

  set(embedded ${CMAKE_BINARY_DIR}/embedded)
  # One for each CPU level, as far as they differ; builtin_databases.S, written with them, names them all.
  set(embedded_databases ${embedded}/avx512.keydb)
  add_custom_command(
    OUTPUT ${embedded}/builtin_rules.cc ${embedded}/builtin_databases.S
    BYPRODUCTS ${embedded_databases}
    COMMAND keywake-embed ${CMAKE_SOURCE_DIR}/patterns ${embedded}
    DEPENDS keywake-embed ${pattern_files}
    COMMENT "Compiling patterns/ into the binary")
  file(GLOB validator_files CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/validators/*.toml)
  add_custom_command(
    OUTPUT ${embedded}/builtin_validators.cc
    COMMAND keywake-embed --validators ${CMAKE_SOURCE_DIR}/validators ${embedded}/builtin_validators.cc
    DEPENDS keywake-embed ${validator_files} ${embedded}/builtin_rules.cc
    COMMENT "Putting validators/ into the binary")
  add_library(keywake_builtin STATIC ${embedded}/builtin_rules.cc ${embedded}/builtin_databases.S ${embedded}/builtin_validators.cc)
  set_source_files_properties(${embedded}/builtin_databases.S PROPERTIES
    COMPILE_OPTIONS "-I${embedded}" OBJECT_DEPENDS "${embedded_databases}")
  target_link_libraries(keywake_builtin PUBLIC keywake_matching)
endif()
if(EXISTS ${CMAKE_SOURCE_DIR}/src/cli/main.cc)
  add_executable(keywake src/cli/main.cc)
  target_link_libraries(keywake PRIVATE keywake_cli keywake_builtin)
  set_target_properties(keywake PROPERTIES RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR})
  if(KEYWAKE_TESTS)
    add_test(NAME examples COMMAND keywake rules check patterns validators WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
  endif()
endif()
