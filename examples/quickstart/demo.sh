#!/usr/bin/env bash
# demo.sh BUILD: from structs to a migrated SQLite database, and what a missing migration looks like.
#
# BUILD is a build folder of instar in which the target `quickstart` is built. Works on a fresh copy of notes/ in there,
# and exits 1 when anything is not as it must be.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
project=$(cd "${1:?usage: demo.sh BUILD}" && pwd)/examples/quickstart/notes

bold='' dim='' red='' green='' plain=''
if [[ -t 1 && -z ${NO_COLOR:-} && ${TERM:-dumb} != dumb ]]; then
  bold=$'\e[1m' dim=$'\e[2m' red=$'\e[31m' green=$'\e[32m' plain=$'\e[0m'
fi

heading() { printf '\n%s%s%s\n' "$bold" "$*" "$plain"; }
indent() { sed 's/^/    /; s/[[:space:]]*$//'; }
fail() {
  printf '\n%sThe demo failed: %s%s\n' "$red" "$*" "$plain" >&2
  exit 1
}
trap 'fail "a command did (line $LINENO)"' ERR

# run COMMAND...: shows the command and what it prints, which is also in `output`.
run() {
  local status=0
  printf '  %s$%s %s\n' "$dim" "$plain" "${*@Q}" | sed "s/'\([A-Za-z0-9_./:=@-]*\)'/\1/g"
  output=$("$@" 2>&1) || status=$?
  if [[ -n $output ]]; then indent <<<"$output"; fi
  [[ $status -eq ${expected_status:-0} ]] || fail "exit status $status"
}
# run_quietly COMMAND...: the same, but shows what it prints only when it fails.
run_quietly() {
  printf '  %s$%s %s\n' "$dim" "$plain" "$*"
  output=$("$@" 2>&1) || { indent <<<"$output"; fail "exit status $?"; }
}
# expect TEXT: `output` holds it.
expect() { [[ $output == *"$1"* ]] || fail "expected to see: $1"; }

show_migration() {
  local script
  script=$(ls -d migrations/*_"$1")/migration.sql
  printf '  %s\n' "$script"
  indent <"$script"
}

[[ -f $project/build/CMakeCache.txt ]] || fail "build the target quickstart first"
cd "$project"
find . -mindepth 1 -maxdepth 1 ! -name build -exec rm -rf {} +
cp -r "$here"/notes/. .
# The commands below read the database's URL from here; one in the environment would come first.
unset DATABASE_URL SHADOW_DATABASE_URL
echo 'DATABASE_URL=sqlite:notes.db' >.env
printf 'Everything happens in %s\n' "$project"

heading '1  The schema is a few structs (models.hpp)'
sed -n '/^struct Author/,/^inline constexpr auto schema/p' models.hpp | indent

heading '2  The first migration'
run_quietly cmake --build build --target notes_migrate
run build/notes_migrate migrate dev --name init
show_migration init
grep -q 'CREATE TABLE "notes"' migrations/*_init/migration.sql || fail 'the migration does not create the table'

heading '3  A program that is compiled against that schema (main.cpp)'
grep -B1 '^INSTAR_CHECK_MIGRATED' main.cpp | indent
run_quietly cmake --build build --target notes
run build/notes sqlite:notes.db ada@example.org 'Buy honey'
run build/notes sqlite:notes.db grace@example.org 'Ask about the moth'
expect 'email=ada@example.org'
expect 'text=Ask about the moth'

heading '4  A model changes'
cp "$here/changed/models.hpp" models.hpp
{ diff "$here/notes/models.hpp" models.hpp || true; } | sed -n "s/^> \(.*[^ ].*\)/$green+ \1$plain/p" | indent

heading '5  Without a migration for it the program does not build, and the compiler shows the missing SQL'
printf '  %s$%s cmake --build build --target notes\n' "$dim" "$plain"
if output=$(LC_ALL=C.UTF-8 cmake --build build --target notes 2>&1); then
  fail 'the build passed though a migration is missing'
fi
expect 'migration_is_missing'
# One error; what names the place and the SQL is enough here. clang before 16 cannot print the SQL.
{
  grep -o 'main.cpp:[0-9]*:[0-9]*:.*required from here\|main.cpp:[0-9:]* note: in instantiation' <<<"$output" | head -n 1
  grep -o 'error: .*migration_is_missing<.*\|in call to .a_migration_is_missing.*' <<<"$output" | head -n 1
} | sed "s/error:/${red}error:${plain}/" | fold -s -w 110 | indent
if [[ $output == *fixed_string* ]]; then
  expect 'ALTER TABLE \"notes\" ADD COLUMN \"priority\"'
fi

heading '6  The second migration'
run_quietly cmake --build build --target notes_migrate
run build/notes_migrate migrate dev --name add_note_priority
show_migration add_note_priority

heading '7  The program builds again, and the data is still there'
run_quietly cmake --build build --target notes
run build/notes sqlite:notes.db
expect 'email=ada@example.org'
expect 'text=Ask about the moth'
expect 'priority=normal'
run build/notes_migrate migrate status

heading 'Go on from here'
cat <<TEXT
  cd $project
  Change models.hpp, build, and see. README.md and docs/getting-started.md say more.
TEXT
