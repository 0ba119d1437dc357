#!/usr/bin/env python3
"""Databases pulled into models, and the models compiled and taken back: nothing may be lost on the way.

    round_trip.py --instar PROGRAM --migrator PROGRAM --library NAME --options FILE --compiler C [--second-compiler C]
                  [--corpus [FOLDER]] [--only PATTERN] [--keep FOLDER]

For each schema: load it, `db pull --baseline` it, compile what was written, and look at

    the database against the models, both ways                    in the database's own words
    the first migration against the models, both ways             member by member, and INSTAR_CHECK_MIGRATED
    a database that the models' DDL made against the first one    by pg_dump, or by the program itself
    `migrate status --drift` and `migrate dev`                    which have nothing to say and to do

PostgreSQL is the server of INSTAR_TEST_POSTGRES. Without --corpus the samples of this repository stand for it: everything
that tests/database/samples has. A corpus is a folder with pg_schemas/NAME.sql, sqlite_schemas/NAME.sql and histories
in prisma/NAME/migrations; `--corpus` alone is that of INSTAR_CORPUS, and skips the test where there is none.
"""
import argparse
import collections
import dataclasses
import fnmatch
import json
import os
import pathlib
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.parse

ROOT = pathlib.Path(__file__).resolve().parents[2]
TEMPLATE = ROOT / "cmake" / "migrator_models.cpp.in"
LEDGER = "_instar_migrations"

# The build's own check, as a project has it.
CHECK = """#include "models.hpp"
#include "migrations/snapshot.hpp"
INSTAR_CHECK_MIGRATED(app::schema, migrations::snapshot);
"""


class Fault(Exception):
    """What is not as it should be, for a person."""


@dataclasses.dataclass
class Schema:
    name: str
    dialect: str
    scripts: list

    @property
    def is_sqlite(self):
        return self.dialect == "sqlite"


@dataclasses.dataclass
class Outcome:
    modelled: int = 0
    raw: int = 0
    faults: list = dataclasses.field(default_factory=list)
    seconds: float = 0


# ---- schemas

def samples():
    folder = ROOT / "tests" / "database" / "samples"
    for script in sorted(folder.glob("*.sql")):
        yield Schema(script.stem, "sqlite" if script.stem.startswith("sqlite") else "postgresql", [script])


def corpus_schemas(corpus):
    for folder, dialect in (("pg_schemas", "postgresql"), ("sqlite_schemas", "sqlite")):
        for script in sorted((corpus / folder).glob("*.sql")):
            if not script.name.endswith(".dump.sql"):
                yield Schema(f"{folder}/{script.stem}", dialect, [script])
    for lock in sorted((corpus / "prisma").glob("*/migrations/migration_lock.toml")):
        dialect = re.search(r'provider\s*=\s*"(\w+)"', lock.read_text())[1]
        yield Schema(f"prisma/{lock.parent.parent.name}", dialect, sorted(lock.parent.glob("*/migration.sql")))


# ---- programs

def run(command, **options):
    """What a program printed. \\raises Fault when it failed"""
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, **options)
    if done.returncode != 0:
        said = "\n".join(text.strip() for text in (done.stdout, done.stderr) if text.strip())
        raise Fault(f"{pathlib.Path(str(command[0])).name} {' '.join(map(str, command[1:4]))} ... "
                    f"ended with {done.returncode}:\n{said[:6000]}")
    return done.stdout


def server_program(name):
    folder = os.environ.get("POSTGRES_BIN")
    return f"{folder}/{name}" if folder else name


# ---- databases

class Sqlite:
    """Databases in files of one folder."""

    def __init__(self, folder):
        self.folder = folder

    def make(self, name):
        path = self.folder / f"{name}.db"
        path.unlink(missing_ok=True)
        sqlite3.connect(path).close()
        path.touch()
        return f"sqlite:{path}"

    def load(self, url, scripts):
        with sqlite3.connect(url.removeprefix("sqlite:")) as database:
            for script in scripts:
                database.executescript(script.read_text())

    def drop(self, url):
        pathlib.Path(url.removeprefix("sqlite:")).unlink()

    def compare(self, instar, made, original):
        for here, there in ((made, original), (original, made)):
            run([instar, "migrate", "diff", "--from", f"database:{here}", "--to", f"database:{there}", "--exit-code"])
        return []


class Postgres:
    """Databases of the server that INSTAR_TEST_POSTGRES names."""

    def __init__(self, server):
        self.server = server

    def make(self, name):
        name = f"round_trip_{os.getpid()}_{name}"
        self.ask(self.server, f'CREATE DATABASE "{name}" TEMPLATE template0')
        return urllib.parse.urlsplit(self.server)._replace(path=f"/{name}").geturl()

    def drop(self, url):
        name = urllib.parse.urlsplit(url).path[1:]
        self.ask(self.server, f'DROP DATABASE "{name}" WITH (FORCE)')

    def ask(self, url, sql):
        run([server_program("psql"), "-Xqd", url, "-v", "ON_ERROR_STOP=1", "-c", sql])

    def load(self, url, scripts):
        quiet = {**os.environ, "PGOPTIONS": "-c client_min_messages=error -c check_function_bodies=off"}
        files = [word for script in scripts for word in ("-f", script)]
        run([server_program("psql"), "-Xqd", url, "-v", "ON_ERROR_STOP=1", *files], env=quiet)

    def compare(self, instar, made, original):
        before, after = dumped(original), dumped(made)
        return [f"{sign} {statement}" for sign, some in (("-", before - after), ("+", after - before))
                for statement in sorted(some.elements())]


ENTRY = re.compile(r"^--\n-- (?:Name|Data for Name): (.*)\n--\n", re.MULTILINE)


def dumped(url):
    """What pg_dump says of a schema: each of its entries, and how often. The columns of a table are sorted; the ledger
    and passwords are left out."""
    text = run([server_program("pg_dump"), "-s", "--no-owner", "-T", LEDGER, "-d", url])
    parts = ENTRY.split(text)[1:]
    entries = collections.Counter()
    for name, body in zip(parts[::2], parts[1::2]):
        lines = [line.rstrip() for line in body.splitlines()]
        lines = [line for line in lines if line and not line.startswith(("SET ", "--", "\\restrict", "\\unrestrict"))]
        if name.split("; Type: ")[-1].startswith(("TABLE;", "FOREIGN TABLE;")):
            # A comma says no more than that a column follows.
            lines = sorted(line.rstrip(",") for line in lines)
        if lines:  # else it has an owner, and is not said to
            entries[name + "\n  " + "\n  ".join(lines)] += 1
    # Options of user mappings are passwords, which are not read.
    return collections.Counter({entry: n for entry, n in entries.items() if "Type: USER MAPPING;" not in entry})


# ---- the round trip

class RoundTrip:
    def __init__(self, given, folder):
        self.given, self.folder = given, folder
        self.template = TEMPLATE.read_text()
        self.databases = {"sqlite": Sqlite(folder)}
        if server := os.environ.get("INSTAR_TEST_POSTGRES"):
            self.databases["postgresql"] = Postgres(server)

    def take(self, schema):
        """Takes one schema there and back."""
        outcome = Outcome()
        began = time.monotonic()
        where = self.databases[schema.dialect]
        made = []

        def make(name):
            made.append(where.make(name))
            return made[-1]

        try:
            original = make("original")
            where.load(original, schema.scripts)
            self.pull(original, outcome)
            self.compile()
            for sides in (("database", "models"), ("models", "database")):
                self.must_be_equal(outcome, *sides, url=original)
            for sides in (("migrations", "models"), ("models", "migrations")):
                self.must_be_equal(outcome, *sides, url=None, dialect=schema.dialect)
            self.must_be_settled(outcome, original)
            copy = make("copy")
            script = self.folder / "ddl.sql"
            script.write_text(self.migrate("diff", "--from", "empty", "--to", "models", "--script", "--url", original))
            run([self.given.instar, "db", "execute", "--file", script, "--url", copy])
            outcome.faults += where.compare(self.given.instar, copy, original)
        except Fault as fault:
            outcome.faults.append(str(fault))
        finally:
            for url in made:
                where.drop(url)
        outcome.seconds = time.monotonic() - began
        return outcome

    def pull(self, url, outcome):
        shutil.rmtree(self.folder / "migrations", ignore_errors=True)
        (self.folder / "models.hpp").unlink(missing_ok=True)
        said = json.loads(run([self.given.instar, "db", "pull", "--baseline", "-o", "models.hpp", "--url", url, "--json"],
                              cwd=self.folder))
        outcome.modelled, outcome.raw = said["result"]["objects"], said["result"]["raw_objects"]

    def compile(self):
        """The models as the library of the migrator; and, for all compilers, as a project that checks its history."""
        source = self.folder / "models.cpp"
        values = {"name": "round_trip", "migrator_MODELS": "models.hpp", "migrator_SCHEMA": "app::schema",
                  "migrator_MIGRATIONS": "migrations", "migrator_SEED": "",
                  "migrator_DECLARATIONS": "", "migrator_SEED_FUNCTION": "nullptr", "migrator_CODE_MIGRATIONS": "nullptr"}
        source.write_text(re.sub(r"@(\w+)@", lambda found: values[found[1]], self.template))
        check = self.folder / "check.cpp"
        check.write_text(CHECK)
        common = [f"@{self.given.options}", f"-I{self.folder}"]
        commands = [[self.given.compiler, *common, "-fPIC", "-shared", source, "-o", self.folder / self.given.library],
                    [self.given.compiler, *common, "-fsyntax-only", check]]
        if self.given.second_compiler:
            commands.append([self.given.second_compiler, *common, "-fsyntax-only", check])
        running = [subprocess.Popen([str(word) for word in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                    text=True) for command in commands]
        for command, process in zip(commands, running):
            said = process.communicate()[0]
            if process.returncode != 0:
                raise Fault(f"{command[0]} {command[-1]} ended with {process.returncode}:\n{said[:6000]}")

    def migrate(self, *words):
        libraries = f"{self.folder}:{os.environ.get('LD_LIBRARY_PATH', '')}"
        return run([self.given.migrator, "migrate", *words], cwd=self.folder,
                   env={**os.environ, "LD_LIBRARY_PATH": libraries})

    def must_be_settled(self, outcome, url):
        """What the project is told after the baseline."""
        try:
            self.migrate("status", "--drift", "--url", url)
            said = self.migrate("dev", "--url", url)
            if not said.startswith("Already in sync"):
                raise Fault(f"`migrate dev` says\n{said}")
        except Fault as fault:
            outcome.faults.append(f"after the baseline: {fault}")

    def must_be_equal(self, outcome, one, other, url, dialect=None):
        where = ["--url", url] if url else ["--dialect", dialect]
        try:
            self.migrate("diff", "--from", one, "--to", other, "--exit-code", *where)
        except Fault as fault:
            outcome.faults.append(f"from {one} to {other}: {fault}")


def main():
    parser = argparse.ArgumentParser()
    for name in ("instar", "migrator", "library", "options", "compiler"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--second-compiler")
    parser.add_argument("--corpus", type=pathlib.Path, nargs="?", const=pathlib.Path())
    parser.add_argument("--only", action="append")
    parser.add_argument("--keep", type=pathlib.Path, help="leave the files of the last schema here")
    given = parser.parse_args()
    given.library = pathlib.Path(given.library).name
    if given.corpus == pathlib.Path():
        if "INSTAR_CORPUS" not in os.environ:
            print("INSTAR_CORPUS names no corpus")
            return 77
        given.corpus = pathlib.Path(os.environ["INSTAR_CORPUS"])
    schemas = list(corpus_schemas(given.corpus) if given.corpus else samples())
    if given.only:
        schemas = [schema for schema in schemas if any(fnmatch.fnmatch(schema.name, pattern) for pattern in given.only)]
    if not schemas:
        sys.exit("There is no schema to take there and back.")
    lost = 0
    with tempfile.TemporaryDirectory() as scratch:
        folder = given.keep or pathlib.Path(scratch)
        folder.mkdir(exist_ok=True)
        trip = RoundTrip(given, folder)
        print("schema | objects | modelled | raw | lost | seconds", flush=True)
        for schema in schemas:
            outcome = trip.take(schema)
            lost += len(outcome.faults)
            print(f"{schema.name} | {outcome.modelled + outcome.raw} | {outcome.modelled} | {outcome.raw} | "
                  f"{len(outcome.faults)} | {outcome.seconds:.1f}", flush=True)
            for fault in outcome.faults:
                print(f"  {fault}", flush=True)
    return 1 if lost else 0


if __name__ == "__main__":
    sys.exit(main())
