#!/usr/bin/env bash
# Writes migrations/ anew from the models of v1, v2 and v3, with the timestamps that it has:
#   regenerate.sh [--check] PROGRAM     PROGRAM: the built fuse_regenerate
# It needs a PostgreSQL server, a superuser's URL of which is in INSTAR_TEST_POSTGRES (tests/support/postgres_server.sh
# starts one), and makes a database of its own there. --check changes nothing, and exits 1 when something would change.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)

check=
if [[ ${1:-} == --check ]]; then
  check=yes
  shift
fi
if [[ $# -ne 1 || -z ${INSTAR_TEST_POSTGRES:-} ]]; then
  sed -n '2,5s/^# \{0,1\}//p' "$0" >&2
  exit 64
fi
program=$1

folder=$(mktemp -d)
database=fuse_regenerate_$$
url=${INSTAR_TEST_POSTGRES/\/postgres\?/\/$database?}
if [[ $url == "$INSTAR_TEST_POSTGRES" ]]; then
  echo "regenerate.sh: INSTAR_TEST_POSTGRES must name the database postgres" >&2
  exit 64
fi
finish() {
  rm -rf "$folder"
  psql --quiet "$INSTAR_TEST_POSTGRES" -c "DROP DATABASE IF EXISTS $database" || true
}
trap finish EXIT

# The first script was begun by `migrate dev --create-only` and finished by hand: it is kept.
"$program" "$url" "$here/migrations/20240117000000_metadata_extensions/migration.sql" "$folder/migrations"

if [[ $check ]]; then
  diff -r "$here/migrations" "$folder/migrations" || {
    echo "examples/fuse/migrations is not what the models give; run examples/fuse/regenerate.sh" >&2
    exit 1
  }
else
  rm -rf "$here/migrations"
  cp -r "$folder/migrations" "$here/migrations"
fi
