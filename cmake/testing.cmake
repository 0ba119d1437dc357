# What the tests of tests/ and examples/ share.

# The throw-away PostgreSQL server of a test run: the fixture `postgres` starts it before the first test that needs
# it and stops it after the last. A Unix socket's path must stay below 108 bytes, and the server's own user must be
# able to walk to it, so the folder is under /tmp and named after the build tree.
string(SHA256 instar_build_hash "${PROJECT_BINARY_DIR}")
string(SUBSTRING "${instar_build_hash}" 0 12 instar_build_hash)
set(INSTAR_TEST_POSTGRES_FOLDER "/tmp/instar-postgres-${instar_build_hash}")

if(INSTAR_WITH_POSTGRES)
  add_test(NAME postgres.start
    COMMAND "${PROJECT_SOURCE_DIR}/tests/support/postgres_fixture.sh" start "${INSTAR_TEST_POSTGRES_FOLDER}")
  add_test(NAME postgres.stop
    COMMAND "${PROJECT_SOURCE_DIR}/tests/support/postgres_fixture.sh" stop "${INSTAR_TEST_POSTGRES_FOLDER}")
  set_tests_properties(postgres.start PROPERTIES FIXTURES_SETUP postgres TIMEOUT 120)
  set_tests_properties(postgres.stop PROPERTIES FIXTURES_CLEANUP postgres TIMEOUT 120)
endif()

# instar_add_database_test(NAME name COMMAND command... [TIMEOUT seconds])
#
# A test that finds a PostgreSQL server's URL in the environment variable INSTAR_TEST_POSTGRES. A server that the
# variable already names when ctest starts is used as it is. The program of COMMAND is a path, not a target's name.
function(instar_add_database_test)
  cmake_parse_arguments(PARSE_ARGV 0 test "" "NAME;TIMEOUT" "COMMAND")
  if(NOT test_TIMEOUT)
    set(test_TIMEOUT 300)
  endif()
  if(INSTAR_WITH_POSTGRES)
    add_test(NAME ${test_NAME}
      COMMAND "${PROJECT_SOURCE_DIR}/tests/support/postgres_fixture.sh" run "${INSTAR_TEST_POSTGRES_FOLDER}" ${test_COMMAND})
    set_tests_properties(${test_NAME} PROPERTIES FIXTURES_REQUIRED postgres)
  else()
    add_test(NAME ${test_NAME} COMMAND ${test_COMMAND})
  endif()
  set_tests_properties(${test_NAME} PROPERTIES TIMEOUT ${test_TIMEOUT}
    ENVIRONMENT "LSAN_OPTIONS=suppressions=${PROJECT_SOURCE_DIR}/tests/support/lsan.txt:print_suppressions=0")
endfunction()

# Catch2's own part and main(), compiled once. Debian's v2 comes with a library that has a main() of its own, so v2 is
# taken as the header that it is.
find_package(Catch2 REQUIRED)
add_library(instar_catch_main OBJECT "${PROJECT_SOURCE_DIR}/tests/support/main.cpp")
target_include_directories(instar_catch_main PUBLIC "${PROJECT_SOURCE_DIR}/tests")
target_compile_features(instar_catch_main PUBLIC cxx_std_20)
target_link_libraries(instar_catch_main PUBLIC Catch2::Catch2)
if(Catch2_VERSION VERSION_LESS 3)
  set(instar_catch_no_tests_is_failure --warn NoTests)
else()
  set(instar_catch_no_tests_is_failure)
endif()

# instar_add_test_executable(name SOURCES files... [LIBRARIES targets...] [DEFINITIONS macros...])
#
# A Catch2 executable with our warnings. No test is registered.
function(instar_add_test_executable name)
  cmake_parse_arguments(PARSE_ARGV 1 test "" "" "SOURCES;LIBRARIES;DEFINITIONS")
  add_executable(${name} ${test_SOURCES})
  target_link_libraries(${name} PRIVATE instar_catch_main instar_warnings ${test_LIBRARIES})
  target_compile_definitions(${name} PRIVATE ${test_DEFINITIONS})
  target_precompile_headers(${name} PRIVATE "${PROJECT_SOURCE_DIR}/tests/support/catch.hpp")
endfunction()

# instar_add_database_tests_by_file(executable SOURCES files...)
#
# One test per source file, so that slow files run side by side: EXECUTABLE.FILE.
function(instar_add_database_tests_by_file executable)
  cmake_parse_arguments(PARSE_ARGV 1 test "" "" "SOURCES")
  foreach(source IN LISTS test_SOURCES)
    cmake_path(GET source STEM stem)
    instar_add_database_test(NAME ${executable}.${stem}
      COMMAND "$<TARGET_FILE:${executable}>" --filenames-as-tags ${instar_catch_no_tests_is_failure} "[#${stem}]")
  endforeach()
endfunction()

# Headers that a second compiler must accept too: clang++ beside g++, in the same build and the same ctest.
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND NOT CMAKE_CXX_FLAGS MATCHES "-fsanitize")
  find_program(INSTAR_SECOND_COMPILER NAMES clang++ DOC "The compiler that checks the compile-time suite a second time")
endif()

# instar_write_compiler_options(target file)
#
# A response file with which a plain command compiles as the target does, our warnings included.
function(instar_write_compiler_options target file)
  # -I/usr/include would hide the compiler's own headers from #include_next.
  set(includes "$<FILTER:$<TARGET_PROPERTY:${target},INCLUDE_DIRECTORIES>,EXCLUDE,^/usr/include$>")
  set(definitions "$<TARGET_PROPERTY:${target},COMPILE_DEFINITIONS>")
  set(warnings "$<TARGET_PROPERTY:instar_warnings,INTERFACE_COMPILE_OPTIONS>")
  file(GENERATE OUTPUT "${file}" CONTENT "-std=c++20\n-O0\n$<JOIN:${warnings},\n>
$<$<BOOL:${includes}>:-I$<JOIN:${includes},\n-I>>\n$<$<BOOL:${definitions}>:-D$<JOIN:${definitions},\n-D>>\n")
endfunction()

# instar_add_second_compiler_twin(target [LINK])
#
# Compiles the target's sources a second time, with the second compiler, as target `TARGET_second_compiler`; LINK: a
# test executable of core alone, which is linked and registered too. Plain commands, for CMake knows one compiler per
# build tree; what they need is read from the target.
function(instar_add_second_compiler_twin target)
  cmake_parse_arguments(PARSE_ARGV 1 twin "LINK" "" "")
  if(NOT INSTAR_SECOND_COMPILER)
    return()
  endif()
  get_target_property(sources ${target} SOURCES)
  if(twin_LINK)
    list(APPEND sources "${PROJECT_SOURCE_DIR}/tests/support/main.cpp")
  endif()
  set(folder "${CMAKE_CURRENT_BINARY_DIR}/${target}_second_compiler.objects")
  file(MAKE_DIRECTORY "${folder}")
  instar_write_compiler_options(${target} "${folder}/options")
  set(objects)
  foreach(source IN LISTS sources)
    string(SHA256 hash "${source}")
    string(SUBSTRING "${hash}" 0 12 hash)
    cmake_path(GET source FILENAME object)
    set(object "${folder}/${object}.${hash}.o")
    add_custom_command(OUTPUT "${object}" DEPFILE "${object}.d" DEPENDS "${source}" "${folder}/options" VERBATIM
      COMMENT "Compiling with the second compiler ${source}"
      COMMAND ${CMAKE_CXX_COMPILER_LAUNCHER} "${INSTAR_SECOND_COMPILER}" "@${folder}/options"
        -MD -MF "${object}.d" -MT "${object}" -c "${source}" -o "${object}")
    list(APPEND objects "${object}")
  endforeach()
  if(twin_LINK)
    add_custom_command(OUTPUT "${folder}/${target}" DEPENDS ${objects} VERBATIM
      COMMENT "Linking with the second compiler ${target}"
      COMMAND "${INSTAR_SECOND_COMPILER}" ${objects} -o "${folder}/${target}")
    set(objects "${folder}/${target}")
    add_test(NAME ${target}_second_compiler COMMAND "${folder}/${target}")
  endif()
  add_custom_target(${target}_second_compiler ALL DEPENDS ${objects})
endfunction()
