#!/bin/sh
# A throw-away PostgreSQL server for the tests: its own folder, a unix socket and no network, nothing kept safe on disk.
#   postgres_server.sh start FOLDER   make and start it, print its URL (a superuser's, password-free)
#   postgres_server.sh halt FOLDER    stop it, throw its sessions out, and keep it
#   postgres_server.sh crash FOLDER   end it at once, as a crash would, and keep it
#   postgres_server.sh resume FOLDER  start it again, under the same URL
#   postgres_server.sh stop FOLDER    stop it and remove FOLDER
# As root, which PostgreSQL refuses to run as, it runs as the user "postgres". POSTGRES_BIN names the programs' folder.
set -eu

usage() {
  echo "usage: $0 start|halt|crash|resume|stop FOLDER" >&2
  exit 64
}

fail() {
  echo "postgres_server.sh: $1" >&2
  exit 1
}

find_programs() {
  if [ -n "${POSTGRES_BIN:-}" ]; then
    echo "$POSTGRES_BIN"
    return
  fi
  for folder in /usr/lib/postgresql/*/bin /usr/pgsql-*/bin /opt/homebrew/opt/postgresql*/bin; do
    [ -x "$folder/initdb" ] && newest=$folder
  done
  if [ -n "${newest:-}" ]; then
    echo "$newest"
  elif command -v initdb >/dev/null; then
    dirname "$(command -v initdb)"
  else
    fail "no initdb found; install the package postgresql, or name the folder of its programs in POSTGRES_BIN"
  fi
}

# Runs a PostgreSQL program as somebody it accepts, from a folder that this somebody may enter.
as_server_user() {
  if [ "$(id -u)" -eq 0 ]; then
    (cd / && runuser -u postgres -- "$@")
  else
    "$@"
  fi
}

start() {
  stop # what an interrupted run left behind
  mkdir -p "$folder"
  folder=$(cd "$folder" && pwd)
  # A socket's path may have 107 bytes, so it lives in a short folder of its own.
  sockets=$(mktemp -d /tmp/instar-pg.XXXXXX)
  echo "$sockets" >"$folder/sockets"
  # Unless all goes well; a signal alone would not end by way of EXIT.
  trap stop EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM
  data=$sockets/data
  [ "$(id -u)" -ne 0 ] || chown postgres "$sockets"
  as_server_user "$programs/initdb" --pgdata "$data" --username postgres --auth trust --encoding UTF8 --no-locale \
    --no-sync >"$folder/initdb.log" 2>&1 || { cat "$folder/initdb.log" >&2; fail "initdb failed"; }
  # Trust everybody but one role, so that a wrong password can be tested.
  as_server_user sh -c '
    { echo "local all instar_needs_password scram-sha-256"; cat "$1"; } >"$1.new" && mv "$1.new" "$1"
  ' sh "$data/pg_hba.conf"
  run_server
  trap - EXIT INT TERM
  echo "postgresql://postgres@/postgres?host=$sockets"
}

run_server() {
  data=$sockets/data
  log=$sockets/server.log
  as_server_user "$programs/pg_ctl" --pgdata "$data" --log "$log" --wait --timeout 60 --options \
    "-c listen_addresses='' -c unix_socket_directories=$sockets -c fsync=off -c synchronous_commit=off \
     -c full_page_writes=off -c max_connections=50 -c log_min_messages=fatal" start >"$folder/start.log" 2>&1 </dev/null || {
    cat "$folder/start.log" "$log" >&2 || true # where it got as far as a log
    fail "the server did not start"
  }
}

resume() {
  sockets=$(cat "$folder/sockets")
  run_server
}

halt() {
  sockets=$(cat "$folder/sockets")
  end_server fast
}

crash() {
  sockets=$(cat "$folder/sockets")
  end_server immediate
}

# end_server MODE: as pg_ctl has them
end_server() {
  if [ -f "$sockets/data/postmaster.pid" ]; then
    as_server_user "$programs/pg_ctl" --pgdata "$sockets/data" --mode "$1" --wait stop >/dev/null 2>&1 || true
  fi
}

stop() {
  [ -f "$folder/sockets" ] || return 0
  sockets=$(cat "$folder/sockets")
  end_server immediate
  rm -rf "$sockets" "$folder"
}

[ $# -eq 2 ] || usage
folder=$2
programs=$(find_programs)
case $1 in
start) start ;;
halt) halt ;;
crash) crash ;;
resume) resume ;;
stop) stop ;;
*) usage ;;
esac
