# What an optimised migrator links to, read from the commands of a build that is configured and not run: itself alone it
# carries its libraries, but not beside a library that may bring a second copy of them.
cmake_minimum_required(VERSION 3.25)
file(REMOVE_RECURSE "${BUILD}")
foreach(configuration IN ITEMS Release Debug)
  execute_process(COMMAND "${CMAKE_COMMAND}" -S "${SOURCE}" -B "${BUILD}/${configuration}" -G Ninja
    "-DCMAKE_BUILD_TYPE=${configuration}" "-DCMAKE_CXX_COMPILER=${COMPILER}" "-DINSTAR_SOURCE_FOLDER=${INSTAR_SOURCE_FOLDER}"
    COMMAND_ERROR_IS_FATAL ANY OUTPUT_QUIET)
  file(STRINGS "${BUILD}/${configuration}/CMakeCache.txt" ninja REGEX "^CMAKE_MAKE_PROGRAM:")
  string(REGEX REPLACE "^[^=]*=" "" ninja "${ninja}")
  foreach(name IN ITEMS alone with_library)
    execute_process(COMMAND "${ninja}" -C "${BUILD}/${configuration}" -t commands ${name}
      COMMAND_ERROR_IS_FATAL ANY OUTPUT_VARIABLE commands)
    string(REGEX MATCH "[^\n]* -o ${name} [^\n]*" link "${commands}")
    if(NOT link)
      message(FATAL_ERROR "no command links ${name}:\n${commands}")
    endif()
    foreach(part IN ITEMS -static-libstdc\\+\\+ /libpqxx[0-9.-]*\\.a /libsqlite3\\.a)
      if(configuration STREQUAL "Release" AND name STREQUAL "alone")
        if(NOT link MATCHES "${part}")
          message(FATAL_ERROR "${configuration}: ${name} is linked without ${part}:\n${link}")
        endif()
      elseif(link MATCHES "${part}")
        message(FATAL_ERROR "${configuration}: ${name} is linked with ${part}:\n${link}")
      endif()
    endforeach()
  endforeach()
endforeach()
