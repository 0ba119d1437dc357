# What the consumer tests share. Each starts from an empty folder.
cmake_minimum_required(VERSION 3.25)
file(REMOVE_RECURSE "${BUILD}")
file(MAKE_DIRECTORY "${BUILD}")

# Runs a command; its output is in `output`. Ends the test when it fails.
macro(run)
  execute_process(COMMAND ${ARGV} RESULT_VARIABLE status OUTPUT_VARIABLE output ERROR_VARIABLE errors ECHO_OUTPUT_VARIABLE ECHO_ERROR_VARIABLE)
  if(NOT status EQUAL 0)
    message(FATAL_ERROR "exit ${status}: ${ARGV}")
  endif()
endmacro()

function(expect_output wanted)
  if(NOT "${output}" STREQUAL "${wanted}")
    message(FATAL_ERROR "expected\n${wanted}\nbut the output is\n${output}")
  endif()
endfunction()

function(expect_match regex)
  if(NOT "${output}${errors}" MATCHES "${regex}")
    message(FATAL_ERROR "the output does not match ${regex}")
  endif()
endfunction()

# Configures a consumer, in a Debug build with the compiler under test.
macro(configure source)
  run("${CMAKE_COMMAND}" -S "${source}" -B "${BUILD}" -G Ninja -DCMAKE_BUILD_TYPE=Debug "-DCMAKE_CXX_FLAGS_DEBUG=-O0"
    "-DCMAKE_CXX_COMPILER=${COMPILER}" "-DCMAKE_CXX_FLAGS=${FLAGS}" ${ARGN})
endmacro()

