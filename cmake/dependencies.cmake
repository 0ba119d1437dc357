# How each dependency is found: by the project's own build and by an installed instar, so that both agree.
# Each macro ends with the dependency's target defined, or with <name>_FOUND false. GLOBAL: a project that adds instar as a
# sub-folder adds its migrators in another one.

include_guard(GLOBAL)

# Boost.Hana, PFR, JSON and Beast are used header-only; no Boost library is ever linked. By its own CMake package, for
# CMake 3.30 takes the FindBoost module away.
macro(instar_find_boost)
  if(NOT TARGET Boost::headers)
    find_package(Boost 1.75 CONFIG QUIET)
  endif()
  if(TARGET Boost::headers)
    set(Boost_FOUND TRUE)
  endif()
endmacro()

# libpqxx 7 installs a CMake package; Debian 12's 6.4 has a pkg-config file alone.
macro(instar_find_libpqxx)
  if(NOT TARGET libpqxx::pqxx)
    find_package(libpqxx CONFIG QUIET GLOBAL)
  endif()
  if(NOT TARGET libpqxx::pqxx)
    find_package(PkgConfig QUIET)
    if(PkgConfig_FOUND)
      pkg_check_modules(INSTAR_LIBPQXX QUIET IMPORTED_TARGET GLOBAL libpqxx>=6.4)
      if(TARGET PkgConfig::INSTAR_LIBPQXX)
        add_library(libpqxx::pqxx INTERFACE IMPORTED GLOBAL)
        target_link_libraries(libpqxx::pqxx INTERFACE PkgConfig::INSTAR_LIBPQXX)
      endif()
    endif()
  endif()
  if(TARGET libpqxx::pqxx)
    set(libpqxx_FOUND TRUE)
  endif()
endmacro()

# 3.35: the first SQLite with RETURNING and ALTER TABLE ... DROP COLUMN.
macro(instar_find_sqlite)
  if(NOT TARGET SQLite::SQLite3)
    find_package(SQLite3 3.35 QUIET GLOBAL)
  else()
    set(SQLite3_FOUND TRUE)
  endif()
endmacro()

macro(instar_find_cli)
  if(NOT TARGET CLI11::CLI11)
    find_package(CLI11 2.1 CONFIG QUIET)
  else()
    set(CLI11_FOUND TRUE)
  endif()
  if(NOT TARGET Threads::Threads)
    find_package(Threads QUIET)
  endif()
endmacro()
