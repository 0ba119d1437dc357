#!/usr/bin/env python3
"""Holds the scripts of plans against another project's linter, squawk (npm install squawk-cli).

    plans.py --instar PROGRAM [--cases FILE...] [--squawk PROGRAM] [--keep FOLDER] [-v]

FILE is a JSON list of schema changes, {"id", "suite", "dialect", "old", "new"} with SQL in the last two; without it the
files in the folder $INSTAR_CASES are read, of which the suite `prisma-oracle`. The server is that of $INSTAR_TEST_POSTGRES.
Each PostgreSQL change is planned by `migrate diff --script`, and squawk reads the script. What it finds has to be one of
these:
  * a rule of style, see STYLE;
  * something that cannot be avoided and that the plan says itself, see SAID: the script has `-- warning CODE` for it;
  * an index that goes in a transaction which locks its table anyway.
Everything else is a fault. Without cases, squawk or a server the test is skipped (exit 77).
"""
import argparse
import collections
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

SKIPPED = 77

# Rules about how a schema should be, or a script look, with the reason why a plan does not follow them.
STYLE = {
    "prefer-robust-stmts": "a script is one transaction or journalled, and IF NOT EXISTS would take an invalid index for a good one",
    "prefer-bigint-over-int": "the type is what the models say",
    "prefer-bigint-over-smallint": "the type is what the models say",
    "prefer-text-field": "the type is what the models say",
    "prefer-timestamp-tz": "the type is what the models say",
    "prefer-timestamptz": "the type is what the models say",
    "prefer-identity": "the type is what the models say",
    "ban-char-field": "the type is what the models say",
    "require-table-schema": "the search path of the URL decides",
}

# Rules about data and locks that a change may leave no way around, and the hazards of which one is then said.
SAID = {
    "ban-drop-column": {"INS2002", "INS2011"},
    "ban-drop-table": {"INS2001"},
    "changing-column-type": {"INS2003", "INS2004", "INS2028"},
    "ban-drop-not-null": {"INS2043"},
    "renaming-column": {"INS2013"},
    "renaming-table": {"INS2012"},
    "adding-required-field": {"INS2005"},
    "adding-not-nullable-field": {"INS2005", "INS2006"},
}


# A script that touches no table which is there sets no timeouts: nobody queues behind these.
TIMEOUTS = {"require-lock-timeout", "require-statement-timeout"}
NO_TABLE = re.compile(r"(ALTER|CREATE|DROP) (TYPE|EXTENSION)\b")


def locks_anyway(lines):
    """Whether the transaction goes on to alter a table: an index goes in it where a column that it uses does."""
    for line in lines:
        if line.startswith("COMMIT"):
            return False
        if line.startswith("ALTER TABLE"):
            return True
    return False


def skip(why):
    print("skipped: " + why)
    sys.exit(SKIPPED)


def read_cases(files):
    cases = []
    for file in files:
        cases += json.loads(pathlib.Path(file).read_text(encoding="utf-8"))
    return [c for c in cases if c["dialect"] == "postgresql" and not c.get("error")]


def find_cases():
    folder = os.environ.get("INSTAR_CASES")
    if not folder:
        skip("INSTAR_CASES names no folder with cases")
    return [f for f in sorted(pathlib.Path(folder).glob("*.json")) if f.stem == "prisma-oracle"]


def plan(instar, server, case, folder):
    for side in ("old", "new"):
        (folder / f"{side}.sql").write_text(case[side], encoding="utf-8")
    return subprocess.run([instar, "migrate", "diff", "--url", server, "--from", f"sql:{folder}/old.sql",
                           "--to", f"sql:{folder}/new.sql", "--script"], capture_output=True, text=True, timeout=300)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--instar", required=True)
    parser.add_argument("--cases", nargs="+")
    parser.add_argument("--squawk", default=os.environ.get("INSTAR_SQUAWK") or shutil.which("squawk"))
    parser.add_argument("--keep", help="a folder for the scripts")
    parser.add_argument("-v", "--verbose", action="store_true", help="also say what is no fault")
    given = parser.parse_args()
    server = os.environ.get("INSTAR_TEST_POSTGRES")
    if not given.squawk:
        skip("there is no squawk; `npm install squawk-cli`, then INSTAR_SQUAWK=node_modules/.bin/squawk")
    if not server:
        skip("INSTAR_TEST_POSTGRES names no server")
    cases = read_cases(given.cases or find_cases())
    if not cases:
        skip("there are no cases")

    unplanned, faults, counts = [], [], collections.Counter()
    with tempfile.TemporaryDirectory() as temporary:
        folder = pathlib.Path(temporary)
        scripts = pathlib.Path(given.keep) if given.keep else folder / "scripts"
        scripts.mkdir(parents=True, exist_ok=True)
        names = {}
        for number, case in enumerate(cases):
            ran = plan(given.instar, server, case, folder)
            if ran.returncode != 0:
                unplanned.append((case["id"], ran.stderr.strip().splitlines()[:1]))
                continue
            if ran.stdout.strip():
                script = scripts / f"{number:04}.sql"
                script.write_text(ran.stdout, encoding="utf-8")
                names[str(script)] = case["id"]
        # It ends with 1 when it finds something.
        ran = subprocess.run([given.squawk, "--reporter", "json", "--no-error-on-unmatched-pattern", *names],
                             capture_output=True, text=True)
        if not ran.stdout.strip():
            print(ran.stderr, file=sys.stderr)
            sys.exit(1)
        for found in json.loads(ran.stdout):
            rule = found["rule_name"]
            text = pathlib.Path(found["file"]).read_text(encoding="utf-8")
            said = set(re.findall(r"^-- warning (INS\d{4})", text, re.MULTILINE))
            lines = text.splitlines()[found["line"]:]
            if rule in STYLE:
                verdict = "style"
            elif rule in TIMEOUTS and NO_TABLE.match(lines[0]):
                verdict = "style"
            elif rule == "require-concurrent-index-deletion" and locks_anyway(lines):
                verdict = "locked"
            elif said & SAID.get(rule, set()):
                verdict = "said"
            else:
                verdict = "FAULT"
                faults.append(f"{names[found['file']]}: {pathlib.Path(found['file']).name}:{found['line'] + 1}: {rule}: {found['message']}")
            counts[verdict, rule] += 1

    for line in faults:
        print(line)
    if given.verbose:
        for name, why in unplanned:
            print("not planned:", name, *why)
    print(f"{len(cases)} changes, {len(names)} scripts, {len(unplanned)} not planned, {len(faults)} faults")
    for (verdict, rule), count in sorted(counts.items()):
        print(f"  {verdict:6} {count:4} {rule}")
    sys.exit(1 if faults else 0)


if __name__ == "__main__":
    main()
