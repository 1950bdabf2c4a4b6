# The build-time program keywake-embed turns patterns/*.toml into a generated source file (tables of model::Pattern
# and the compiled databases), which the keywake program links.
add_executable(keywake-embed src/embed/main.cc)
target_link_libraries(keywake-embed PRIVATE keywake_rules)
if(TARGET keywake_embed)
  target_link_libraries(keywake-embed PRIVATE keywake_embed)
endif()
if(TARGET keywake_matching)
  target_link_libraries(keywake-embed PRIVATE keywake_matching)
endif()
