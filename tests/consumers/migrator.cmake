include("${CMAKE_CURRENT_LIST_DIR}/consumer.cmake")
# A copy, for a migration is written into it.
file(COPY "${SOURCE}/migrator/" DESTINATION "${BUILD}.source")
configure("${BUILD}.source" "-DCMAKE_PREFIX_PATH=${PREFIX}")
run("${CMAKE_COMMAND}" --build "${BUILD}")
set(url "sqlite:${BUILD}/shop.db")

run("${BUILD}/shop" "${url}")
expect_output("applied 20240101000000_users\n")

# The migrator knows the folder of its history.
run("${BUILD}/shop_migrate" migrate diff --from migrations --to empty --dialect sqlite)
expect_match("customers")

# A new script is embedded by the next build, a script that is gone is not.
set(history "${BUILD}.source/migrations")
file(WRITE "${history}/20240102000000_orders/migration.sql" "CREATE TABLE \"orders\" (\"id\" INTEGER PRIMARY KEY);\n")
run("${CMAKE_COMMAND}" --build "${BUILD}" --target shop)
run("${BUILD}/shop" "${url}")
expect_output("applied 20240102000000_orders\n")
file(REMOVE_RECURSE "${history}/20240102000000_orders")
run("${CMAKE_COMMAND}" --build "${BUILD}" --target shop)
run("${BUILD}/shop" "${url}.again")
expect_output("applied 20240101000000_users\n")

# What the migrator does in C++.
run("${BUILD}/shop_migrate" migrate deploy --url "${url}.again")
expect_match("Applied 20240103000000_first_customer")
run("${BUILD}/shop_migrate" db seed --url "${url}.again")
run("${BUILD}/shop_migrate" migrate status --url "${url}.again")
run("${BUILD}/shop_migrate" migrate reset --force --url "${url}.again")
