#!/bin/sh
# The PostgreSQL server of a test run, as ctest sees it:
#   postgres_fixture.sh start FOLDER            start a private server in FOLDER, keep its URL in FOLDER.url
#   postgres_fixture.sh run FOLDER COMMAND...   run COMMAND with that URL in INSTAR_TEST_POSTGRES
#   postgres_fixture.sh stop FOLDER             stop the server
# When INSTAR_TEST_POSTGRES is already set, that server is used and nothing is started or stopped.
set -eu
action=$1 folder=$2
shift 2
server=$(dirname "$0")/postgres_server.sh

case $action in
start)
  [ -z "${INSTAR_TEST_POSTGRES:-}" ] || exit 0
  "$server" start "$folder" >"$folder.url.new"
  mv "$folder.url.new" "$folder.url"
  ;;
run)
  if [ -z "${INSTAR_TEST_POSTGRES:-}" ]; then
    INSTAR_TEST_POSTGRES=$(cat "$folder.url")
    export INSTAR_TEST_POSTGRES
  fi
  exec "$@"
  ;;
stop)
  [ -z "${INSTAR_TEST_POSTGRES:-}" ] || exit 0
  rm -f "$folder.url"
  "$server" stop "$folder"
  ;;
*)
  echo "usage: $0 start|run|stop FOLDER [COMMAND...]" >&2
  exit 64
  ;;
esac
