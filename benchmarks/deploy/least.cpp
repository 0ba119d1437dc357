// Reads the rows of the ledger, and nothing else: the floor under every program that talks to PostgreSQL with libpq.
//
//     deploy_least URL

#include <libpq-fe.h>

#include <cstdio>
#include <cstdlib>

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fputs("usage: deploy_least URL\n", stderr);
    return EXIT_FAILURE;
  }
  PGconn* const connection = PQconnectdb(argv[1]);
  PGresult* const rows = PQexec(connection, "SELECT id, checksum, migration_name, finished_at FROM _instar_migrations");
  const bool read = PQresultStatus(rows) == PGRES_TUPLES_OK;
  if (read)
    std::printf("%d migrations\n", PQntuples(rows));
  else
    std::fputs(PQerrorMessage(connection), stderr);
  PQclear(rows);
  PQfinish(connection);
  return read ? EXIT_SUCCESS : EXIT_FAILURE;
}
