include("${CMAKE_CURRENT_LIST_DIR}/consumer.cmake")
separate_arguments(FLAGS NATIVE_COMMAND "${FLAGS}")

# The header and the compiler, nothing else; in two sources, so that the header is linked against itself.
file(COPY "${INSTAR_SOURCE_FOLDER}/single_include/instar.hpp" DESTINATION "${BUILD}")
set(compile "${COMPILER}" ${FLAGS} -std=c++20 -O0 -Wall -Wextra -Wpedantic -Werror "-I${BUILD}")
run(${compile} "${SOURCE}/single_header/core.cpp" "${SOURCE}/single_header/second.cpp" -o "${BUILD}/core")
run("${BUILD}/core")
expect_match("CREATE TABLE \"customers\"")

# With a database, its library is linked too.
run(${compile} -DINSTAR_WITH_SQLITE=1 "${SOURCE}/single_header/sqlite.cpp" "${SOURCE}/single_header/second.cpp"
  -o "${BUILD}/sqlite" -lsqlite3)
run("${BUILD}/sqlite" "sqlite:${BUILD}/shop.db")
expect_output("3\n")
