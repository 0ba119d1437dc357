// Catch2's own code, compiled once for all test executables.
#if !__has_include(<catch2/catch_all.hpp>)
#define CATCH_CONFIG_RUNNER
#endif
#include "support/catch.hpp"

#if defined(__SANITIZE_ADDRESS__)
#define INSTAR_TEST_LEAKS 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define INSTAR_TEST_LEAKS 1
#endif
#endif

#if defined(INSTAR_TEST_LEAKS)
// libpqxx 6.4 itself loses one result when the server closes the connection (a nontransaction with one exec of
// pg_terminate_backend shows it without any code of ours). The programs that tests start read the same from lsan.txt.
extern "C" const char* __lsan_default_suppressions();
extern "C" const char* __lsan_default_suppressions() {
  return "leak:PQmakeEmptyPGresult\n";
}
#endif

int main(int argc, char** argv) {
  return Catch::Session().run(argc, argv);
}
