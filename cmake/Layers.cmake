# Reads src/LAYERS and makes one static library per folder (keywake_<folder>), linked to the folders
# it may include and to the third-party libraries it may use. A folder's sources are found by
# themselves; main.cc files belong to programs, not to libraries.
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/LAYERS)
file(STRINGS ${CMAKE_SOURCE_DIR}/src/LAYERS layer_lines REGEX "^[a-z]+:")
foreach(line IN LISTS layer_lines)
  string(REGEX MATCH "^([a-z]+):([^|]*)\\|?(.*)$" _ "${line}")
  set(folder ${CMAKE_MATCH_1})
  separate_arguments(folders UNIX_COMMAND "${CMAKE_MATCH_2}")
  separate_arguments(headers UNIX_COMMAND "${CMAKE_MATCH_3}")

  file(GLOB_RECURSE sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/src/${folder}/*.cc)
  list(FILTER sources EXCLUDE REGEX "/main\\.cc$")
  if(NOT sources)
    continue()
  endif()
  if(folder STREQUAL pdf)  # loaded when first needed (base/library.h)
    add_library(keywake_pdf MODULE ${sources} ${CMAKE_SOURCE_DIR}/src/base/utf16.cc)
    set_target_properties(keywake_pdf PROPERTIES
      PREFIX "" OUTPUT_NAME keywake-pdf LIBRARY_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR} CXX_VISIBILITY_PRESET hidden)
    set(folders "")
  else()
    add_library(keywake_${folder} STATIC ${sources})
  endif()
  target_include_directories(keywake_${folder} PUBLIC ${CMAKE_SOURCE_DIR}/src)
  target_link_libraries(keywake_${folder} PUBLIC Threads::Threads nlohmann_json::nlohmann_json)
  foreach(dependency IN LISTS folders)
    get_target_property(type keywake_${dependency} TYPE)
    if(type STREQUAL MODULE_LIBRARY)
      add_dependencies(keywake_${folder} keywake_${dependency})
    else()
      target_link_libraries(keywake_${folder} PUBLIC keywake_${dependency})
    endif()
  endforeach()
  foreach(header IN LISTS headers)
    string(REGEX REPLACE "/.*$" "" library ${header})
    target_link_libraries(keywake_${folder} PUBLIC ${KW_DEP_${library}})
  endforeach()
endforeach()

# qpdf 11's JSON.hh has a vector of an incomplete type, which clang refuses where vectors are constexpr.
set_source_files_properties(src/pdf/document.cc src/pdf/filters.cc src/pdf/text.cc PROPERTIES COMPILE_OPTIONS -std=c++17)

# base/library.h
target_compile_definitions(keywake_git PRIVATE KEYWAKE_LIBGIT2="${KEYWAKE_LIBGIT2}")
target_compile_definitions(keywake_archive PRIVATE KEYWAKE_LIBARCHIVE="${KEYWAKE_LIBARCHIVE}")
