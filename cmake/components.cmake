# The library's targets: instar::core, instar::postgres, instar::sqlite and instar::cli, all of them header-only.
#
# INSTAR_WITH_POSTGRES, INSTAR_WITH_SQLITE and INSTAR_WITH_CLI are AUTO (there when the dependency is), ON or OFF;
# afterwards each is a plain ON or OFF. All four targets can be installed wherever they were configured, for an
# installed header asks for its dependencies on the machine that uses it.

include(cmake/dependencies.cmake)

set(INSTAR_WITH_POSTGRES AUTO CACHE STRING "PostgreSQL through libpqxx: AUTO, ON or OFF")
set(INSTAR_WITH_SQLITE AUTO CACHE STRING "SQLite through sqlite3: AUTO, ON or OFF")
set(INSTAR_WITH_CLI AUTO CACHE STRING "The command line, with CLI11 and Boost: AUTO, ON or OFF")
set_property(CACHE INSTAR_WITH_POSTGRES INSTAR_WITH_SQLITE INSTAR_WITH_CLI PROPERTY STRINGS AUTO ON OFF)

# An option's final value: ON or OFF, from what was asked for and what was found.
function(instar_settle_component option found needs)
  if("${${option}}" STREQUAL "AUTO")
    set(value ${found})
  elseif(${option} AND NOT found)
    message(FATAL_ERROR "instar: ${option} is ON, but ${needs} was not found. Install it, or set ${option} to OFF.")
  else()
    set(value ${${option}})
  endif()
  if(value)
    set(${option} ON PARENT_SCOPE)
  else()
    set(${option} OFF PARENT_SCOPE)
  endif()
endfunction()

instar_find_boost()
instar_find_libpqxx()
instar_find_sqlite()
instar_find_cli()

set(instar_cli_found FALSE)
if(CLI11_FOUND AND Boost_FOUND AND Threads_FOUND)
  set(instar_cli_found TRUE)
endif()
instar_settle_component(INSTAR_WITH_POSTGRES "${libpqxx_FOUND}" "libpqxx (Debian: libpqxx-dev)")
instar_settle_component(INSTAR_WITH_SQLITE "${SQLite3_FOUND}" "SQLite 3.35 (Debian: libsqlite3-dev)")
instar_settle_component(INSTAR_WITH_CLI "${instar_cli_found}" "CLI11 or Boost (Debian: libcli11-dev libboost-dev; 12: libboost1.81-dev)")
message(STATUS "instar ${PROJECT_VERSION}: postgres ${INSTAR_WITH_POSTGRES}, sqlite ${INSTAR_WITH_SQLITE}, cli ${INSTAR_WITH_CLI}")

# In another project's tree our headers are system headers, so that its warnings never come from here.
set(instar_system SYSTEM)
if(PROJECT_IS_TOP_LEVEL)
  set(instar_system)
endif()

add_library(instar_core INTERFACE)
target_compile_features(instar_core INTERFACE cxx_std_20)
target_include_directories(instar_core ${instar_system} INTERFACE
  "$<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}/include>" "$<INSTALL_INTERFACE:include>")
# The Hana and PFR bridges; a project that uses neither does not need Boost.
target_link_libraries(instar_core INTERFACE "$<TARGET_NAME_IF_EXISTS:Boost::headers>")
add_library(instar::core ALIAS instar_core)

add_library(instar_postgres INTERFACE)
target_compile_definitions(instar_postgres INTERFACE INSTAR_WITH_POSTGRES=1)
target_link_libraries(instar_postgres INTERFACE instar_core libpqxx::pqxx)

add_library(instar_sqlite INTERFACE)
target_compile_definitions(instar_sqlite INTERFACE INSTAR_WITH_SQLITE=1)
target_link_libraries(instar_sqlite INTERFACE instar_core SQLite::SQLite3)

# The command line speaks to the databases that were asked for beside it.
add_library(instar_cli INTERFACE)
target_compile_definitions(instar_cli INTERFACE INSTAR_WITH_CLI=1)
target_link_libraries(instar_cli INTERFACE instar_core CLI11::CLI11 Boost::headers Threads::Threads
  "$<TARGET_NAME_IF_EXISTS:instar::postgres>" "$<TARGET_NAME_IF_EXISTS:instar::sqlite>")

foreach(component IN ITEMS core postgres sqlite cli)
  set_target_properties(instar_${component} PROPERTIES EXPORT_NAME ${component})
  string(TOUPPER "INSTAR_WITH_${component}" option)
  if(NOT component STREQUAL "core" AND ${option})
    add_library(instar::${component} ALIAS instar_${component})
  endif()
endforeach()
