# The warnings of our own targets. They are never handed to a consumer.
add_library(instar_warnings INTERFACE)
target_compile_options(instar_warnings INTERFACE -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror)
