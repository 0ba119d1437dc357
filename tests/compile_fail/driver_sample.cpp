// A file as the driver reads it: correct code, and a mistake in its place behind a macro.
//
// expect-error(FEW_DIALECTS): a schema is rendered for two dialects
// expect-error-clang(UNKNOWN_DIALECT): no member named 'oracle' in namespace 'instar'
// expect-error-gcc(UNKNOWN_DIALECT): 'oracle' is not a member of 'instar'
#include <instar/schema/dialect.hpp>

#ifdef FEW_DIALECTS
static_assert(instar::postgres == instar::sqlite, "a schema is rendered for two dialects");
#else
static_assert(instar::postgres != instar::sqlite, "a schema is rendered for two dialects");
#endif

#ifdef UNKNOWN_DIALECT
constexpr auto chosen = instar::oracle;
#else
constexpr auto chosen = instar::sqlite;
#endif
