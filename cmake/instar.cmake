# What a project that uses instar calls: instar_add_migrator and instar_embed_migrations.

include_guard(GLOBAL)
set_property(GLOBAL PROPERTY INSTAR_CMAKE_FOLDER "${CMAKE_CURRENT_LIST_DIR}")

# Compiles everything that does not depend on models, once for all migrators of a build tree: command line, databases
# and runner. What is left for each migrator is one small source and the link.
function(instar_require_migrator_main)
  if(TARGET instar_migrator_main)
    return()
  endif()
  if(NOT TARGET instar::cli)
    message(FATAL_ERROR "A migrator needs the command line: find_package(instar COMPONENTS cli ...), or INSTAR_WITH_CLI.")
  endif()
  if(NOT TARGET instar::postgres AND NOT TARGET instar::sqlite)
    message(FATAL_ERROR "A migrator needs a database: find_package(instar COMPONENTS cli postgres sqlite), or one of the two.")
  endif()
  get_property(folder GLOBAL PROPERTY INSTAR_CMAKE_FOLDER)
  add_library(instar_migrator_main OBJECT "${folder}/migrator_main.cpp")
  target_link_libraries(instar_migrator_main PUBLIC instar::cli)
endfunction()

# instar_add_migrator(name MODELS models.hpp [SCHEMA app::schema] [MIGRATIONS migrations] [SEED file.sql])
#
# The executable `name`: instar's command line over the models of one schema.
#   MODELS      the file that describes the models; it is included
#   SCHEMA      the variable of its schema, `app::schema` if not said
#   MIGRATIONS  the folder of the history and the default of --migrations, `migrations` if not said
#   SEED        the SQL script that `db seed` and `migrate reset` run
# Files are relative to the calling CMakeLists.txt. What the models need beyond instar (include folders, libraries) is
# added by target_link_libraries(name PRIVATE ...). INSTAR_CHECK_MIGRATED does nothing in this executable, which is the
# one that writes the missing migration.
function(instar_add_migrator name)
  cmake_parse_arguments(PARSE_ARGV 1 migrator "" "MODELS;SCHEMA;MIGRATIONS;SEED" "")
  if(migrator_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "instar_add_migrator(${name}): does not know ${migrator_UNPARSED_ARGUMENTS}")
  endif()
  if(NOT migrator_MODELS)
    message(FATAL_ERROR "instar_add_migrator(${name}): MODELS is missing; name the file that describes the models")
  endif()
  if(NOT migrator_SCHEMA)
    set(migrator_SCHEMA app::schema)
  endif()
  if(NOT migrator_MIGRATIONS)
    set(migrator_MIGRATIONS migrations)
  endif()
  foreach(path IN ITEMS MODELS MIGRATIONS SEED)
    if(migrator_${path})
      cmake_path(ABSOLUTE_PATH migrator_${path} BASE_DIRECTORY "${CMAKE_CURRENT_SOURCE_DIR}" NORMALIZE)
    endif()
  endforeach()
  foreach(path IN ITEMS MODELS SEED)
    if(migrator_${path} AND NOT EXISTS "${migrator_${path}}")
      message(FATAL_ERROR "instar_add_migrator(${name}): ${path} ${migrator_${path}} does not exist")
    endif()
  endforeach()

  instar_require_migrator_main()
  get_property(folder GLOBAL PROPERTY INSTAR_CMAKE_FOLDER)
  set(source "${CMAKE_CURRENT_BINARY_DIR}/${name}.migrator/models.cpp")
  configure_file("${folder}/migrator_models.cpp.in" "${source}" @ONLY)
  add_executable(${name} "${source}")
  target_link_libraries(${name} PRIVATE instar_migrator_main)
endfunction()

# instar_embed_migrations(target [MIGRATIONS folder] [NAMESPACE migrations])
#
# Compiles a history into a program, which then needs no folder to migrate its database: the target can include
# <NAMESPACE/embedded_migrations.hpp> (`::` is a folder), where NAMESPACE::embedded is a constexpr array of
# instar::embedded_migration, in the order of the names, for `migrator_options::embedded`. The header is made again when
# a script changes, appears or goes.
function(instar_embed_migrations target)
  cmake_parse_arguments(PARSE_ARGV 1 embed "" "MIGRATIONS;NAMESPACE" "")
  if(embed_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "instar_embed_migrations(${target}): does not know ${embed_UNPARSED_ARGUMENTS}")
  endif()
  if(NOT embed_MIGRATIONS)
    set(embed_MIGRATIONS migrations)
  endif()
  if(NOT embed_NAMESPACE)
    set(embed_NAMESPACE migrations)
  endif()
  cmake_path(ABSOLUTE_PATH embed_MIGRATIONS BASE_DIRECTORY "${CMAKE_CURRENT_SOURCE_DIR}" NORMALIZE)

  get_property(folder GLOBAL PROPERTY INSTAR_CMAKE_FOLDER)
  string(REPLACE "::" "/" header "${embed_NAMESPACE}/embedded_migrations.hpp")
  string(MAKE_C_IDENTIFIER "${target}_${embed_NAMESPACE}_embedded" generation)
  set(include "${CMAKE_CURRENT_BINARY_DIR}/${generation}")
  file(GLOB entries CONFIGURE_DEPENDS "${embed_MIGRATIONS}/*" "${embed_MIGRATIONS}/*/migration.sql")
  file(GLOB scripts "${embed_MIGRATIONS}/*/migration.sql")
  # Ninja does not run a command again because an input is gone; this file changes with the list.
  file(CONFIGURE OUTPUT "${include}/entries" CONTENT "@entries@\n" @ONLY)
  add_custom_command(OUTPUT "${include}/${header}" VERBATIM
    DEPENDS "${folder}/embed_migrations.cmake" "${include}/entries" ${scripts}
    COMMENT "Embedding the migrations of ${embed_MIGRATIONS}"
    COMMAND "${CMAKE_COMMAND}" "-DMIGRATIONS=${embed_MIGRATIONS}" "-DNAMESPACE=${embed_NAMESPACE}"
      "-DOUTPUT=${include}/${header}" -P "${folder}/embed_migrations.cmake")
  add_custom_target(${generation} DEPENDS "${include}/${header}")
  add_dependencies(${target} ${generation})
  get_target_property(type ${target} TYPE)
  if(type STREQUAL "INTERFACE_LIBRARY")
    target_include_directories(${target} INTERFACE "${include}")
  else()
    target_include_directories(${target} PRIVATE "${include}")
  endif()
endfunction()
