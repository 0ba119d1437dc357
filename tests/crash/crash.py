#!/usr/bin/env python3
"""Kills a deploy at random instants, deploys again, and looks whether every migration took effect exactly once.

    tests/crash/crash.py --instar BUILD/tests/crash/crash_migrator --database postgres|sqlite [--kills N] [--how kill|cut|stop|race] [--pooler] [--seed N]

A round is a fresh database, one to three deploys that are broken off, and one that is not. What the rounds must end in
is what an undisturbed deploy of the same history ended in: the schema, the rows that each statement left, the ledger;
and no journal, no invalid index, no lock. The history has scripts in one transaction, with statements that cannot be in
one, and with transactions of their own; and, of code_migrations.cpp, a function and a walk over a table.

  kill   SIGKILL to the deploying process
  cut    pg_terminate_backend of its connection, or, on SQLite, SIGTERM to the process
  stop   PostgreSQL: the server ends as in a crash, and is started again; it is one of this test's own
  race   nothing is broken off: twenty deploys begin at once, and each must end well; --kills counts the rounds

PostgreSQL: the server named by INSTAR_TEST_POSTGRES, on which databases are made and dropped. With --pooler the deploys
reach it through a PgBouncer of this test's own, in transaction mode.
"""
import argparse
import os
import pathlib
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.parse

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent.parent / "benchmarks"))
from measure import real_program  # noqa: E402

# {effect} stands for a statement that leaves a row of its own, by which a second run of it would show.
BOTH = {
    "20250103000000_in_one": """
        ALTER TABLE item ADD COLUMN weight double precision NOT NULL DEFAULT 1;
        {effect}
        UPDATE item SET weight = size * 2 WHERE id % 3 = 0;
        {effect}
    """,
    "20250104000000_its_own_transactions": """
        BEGIN;
        CREATE TABLE part (id integer PRIMARY KEY);
        {effect}
        COMMIT;
        {effect}
        BEGIN;
        ALTER TABLE part ADD COLUMN item_id bigint REFERENCES item;
        INSERT INTO part (id, item_id) SELECT id, id FROM item WHERE id <= 2000;
        {effect}
        COMMIT;
        {effect}
    """,
    "20250106000000_last": """
        CREATE VIEW heavy AS SELECT * FROM item WHERE weight > 100;
        {effect}
    """,
}

POSTGRES = BOTH | {
    "20250101000000_tables": """
        CREATE TABLE effect (id bigint GENERATED ALWAYS AS IDENTITY, name text NOT NULL);
        CREATE TABLE item (id bigint PRIMARY KEY, name text NOT NULL, size int);
        {effect}
        INSERT INTO item SELECT i, 'item ' || i, i % 100 FROM generate_series(1, 20000) i;
        {effect}
    """,
    "20250102000000_index_beside": """
        {effect}
        CREATE INDEX CONCURRENTLY item_name ON item (name);
        {effect}
        CREATE UNIQUE INDEX CONCURRENTLY item_size_id ON item (size, id);
        {effect}
    """,
    "20250105000000_index_away": """
        {effect}
        DROP INDEX CONCURRENTLY item_name;
        {effect}
        VACUUM item;
        REINDEX INDEX CONCURRENTLY item_size_id;
        {effect}
    """,
}

SQLITE = BOTH | {
    "20250101000000_tables": """
        CREATE TABLE effect (id INTEGER PRIMARY KEY, name text NOT NULL);
        CREATE TABLE item (id INTEGER PRIMARY KEY, name text NOT NULL, size int);
        {effect}
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000)
          INSERT INTO item SELECT i, 'item ' || i, i % 100 FROM n;
        {effect}
    """,
    "20250102000000_outside": """
        {effect}
        VACUUM;
        {effect}
    """,
    "20250105000000_wal": """
        {effect}
        PRAGMA journal_mode = WAL;
        {effect}
        PRAGMA journal_mode = DELETE;
        {effect}
    """,
}


# What code_migrations.cpp brings.
CODE = ["20250103500000_code", "20250105500000_walk"]


def write_history(folder, scripts, provider):
    for name, script in scripts.items():
        number = 0

        def effect(_):
            nonlocal number
            number += 1
            return f"INSERT INTO effect (name) VALUES ('{name} {number}');"

        place = folder / name
        place.mkdir(parents=True)
        (place / "migration.sql").write_text(re.sub(r"\{effect\}", effect, script))
    (folder / "migration_lock.toml").write_text(f'provider = "{provider}"\n')


class Postgres:
    provider = "postgresql"
    scripts = POSTGRES

    def __init__(self, _):
        server = os.environ.get("INSTAR_TEST_POSTGRES") or sys.exit("INSTAR_TEST_POSTGRES names no server")
        self.server = server
        self.name = f"instar_crash_{os.getpid()}"
        self.url = urllib.parse.urlsplit(server)._replace(path="/" + self.name).geturl()
        self.deploy_url = self.url

    def ask(self, sql, url=None):
        return subprocess.run([real_program("psql"), "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-c", sql,
                               url or self.url], check=True, text=True, capture_output=True).stdout.strip()

    def make(self):
        self.ask(f"DROP DATABASE IF EXISTS {self.name} WITH (FORCE)", self.server)
        self.ask(f"CREATE DATABASE {self.name}", self.server)

    def drop(self):
        self.ask(f"DROP DATABASE IF EXISTS {self.name} WITH (FORCE)", self.server)

    def cut(self, _):
        self.ask("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'instar%' "
                 f"AND datname = '{self.name}'", self.server)

    def state(self):
        schema = subprocess.run([real_program("pg_dump"), "-s", self.url], check=True, text=True, capture_output=True)
        # A key that is another one each time.
        lines = [line for line in schema.stdout.splitlines() if not re.match(r"\\(un)?restrict ", line)]
        rows = self.ask("SELECT string_agg(name, E'\\n' ORDER BY name) FROM effect; SELECT count(*), sum(weight), "
                        "sum(size) FROM item; SELECT count(*) FROM part; SELECT migration_name FROM _instar_migrations "
                        "WHERE rolled_back_at IS NULL ORDER BY 1")
        return "\n".join(lines) + "\n" + rows

    def leftovers(self):
        return self.ask(
            "SELECT 'invalid index ' || indexrelid::regclass FROM pg_index WHERE NOT indisvalid; "
            "SELECT 'journal ' || oid::regclass FROM pg_class WHERE relname = '_instar_journal'; "
            "SELECT 'advisory lock of process ' || pid FROM pg_locks WHERE locktype = 'advisory' AND database = "
            "(SELECT oid FROM pg_database WHERE datname = current_database()); "
            "SELECT 'unfinished ' || migration_name FROM _instar_migrations "
            "WHERE finished_at IS NULL AND rolled_back_at IS NULL")


class PostgresOfItsOwn(Postgres):
    """A server that nobody else uses, so that it can crash."""

    def __init__(self, home):
        self.folder = home / "server"
        os.environ["INSTAR_TEST_POSTGRES"] = self.run("start")
        super().__init__(home)
        # The servers of tests do not wait for their log, and would forget in a crash what they had confirmed.
        self.ask("ALTER SYSTEM SET synchronous_commit = on", self.server)
        self.ask("SELECT pg_reload_conf()", self.server)

    def run(self, action):
        script = pathlib.Path(__file__).resolve().parent.parent / "support" / "postgres_server.sh"
        with tempfile.TemporaryFile("w+") as out:
            # Not by a pipe: the server keeps it open.
            subprocess.run([script, action, self.folder], check=True, stdout=out)
            out.seek(0)
            return out.read().strip()

    def cut(self, *_):
        self.run("crash")
        self.run("resume")

    def drop(self):
        self.run("stop")


class PooledPostgres(Postgres):
    """The same server behind a PgBouncer that hands out a session for no longer than a transaction."""

    def __init__(self, home):
        super().__init__(home)
        program = shutil.which("pgbouncer", path=os.environ["PATH"] + ":/usr/sbin") or sys.exit(
            "no pgbouncer found; install the package")
        server = urllib.parse.urlsplit(self.server)
        host = urllib.parse.parse_qs(server.query)["host"][0]
        # It is no root's program, reads its settings as somebody else then, and a socket's path has to be short.
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="instar-pool."))
        settings = self.folder / "pgbouncer.ini"
        settings.write_text(f"""[databases]
* = host={host} port={server.port or 5432} user={server.username}
[pgbouncer]
pool_mode = transaction
auth_type = any
listen_port = 6432
unix_socket_dir = {self.folder}
max_client_conn = 200
default_pool_size = 60
""")
        as_somebody = []
        if os.getuid() == 0:
            shutil.chown(self.folder, "postgres")
            as_somebody = ["-u", "postgres"]
        self.log = open(self.folder / "log", "w+")
        self.process = subprocess.Popen([program, *as_somebody, settings], stdout=self.log, stderr=subprocess.STDOUT)
        self.deploy_url = (f"postgresql://{server.username}@/{self.name}?host={self.folder}&port=6432&pgbouncer=true")
        until = time.monotonic() + 30
        while not (self.folder / ".s.PGSQL.6432").exists():
            if self.process.poll() is not None or time.monotonic() > until:
                self.log.seek(0)
                said = self.log.read()
                self.end_pooler()
                sys.exit("PgBouncer did not start:\n" + said)
            time.sleep(0.02)

    def end_pooler(self):
        self.process.terminate()
        self.process.wait(30)
        self.log.close()
        shutil.rmtree(self.folder)

    def drop(self):
        self.end_pooler()
        super().drop()


class Sqlite:
    provider = "sqlite"
    scripts = SQLITE

    def __init__(self, home):
        self.file = home / "crash.db"
        self.url = f"sqlite:{self.file}"
        self.deploy_url = self.url

    def ask(self, sql):
        return subprocess.run(["sqlite3", "-bail", str(self.file), sql], check=True, text=True,
                              capture_output=True).stdout.strip()

    def make(self):
        self.drop()

    def drop(self):
        for file in self.file.parent.glob(self.file.name + "*"):
            file.unlink()

    def cut(self, process):
        process.send_signal(signal.SIGTERM)

    def state(self):
        return self.ask("SELECT sql FROM sqlite_schema ORDER BY name; SELECT name FROM effect ORDER BY name; "
                        "SELECT count(*), sum(weight), sum(size) FROM item; SELECT count(*) FROM part; "
                        "SELECT migration_name FROM _instar_migrations WHERE rolled_back_at IS NULL ORDER BY 1; "
                        "PRAGMA journal_mode")

    def leftovers(self):
        return self.ask("PRAGMA integrity_check") .replace("ok", "") + self.ask(
            "SELECT 'journal ' || name FROM sqlite_schema WHERE name = '_instar_journal'; "
            "SELECT 'unfinished ' || migration_name FROM _instar_migrations "
            "WHERE finished_at IS NULL AND rolled_back_at IS NULL")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--instar", required=True, help="the program, with the migrations of code_migrations.cpp")
    parser.add_argument("--database", required=True, choices=["postgres", "sqlite"])
    parser.add_argument("--how", default="kill", choices=["kill", "cut", "stop", "race"])
    parser.add_argument("--kills", type=int, default=10, help="deploys that were broken off before they were done")
    parser.add_argument("--pooler", action="store_true", help="PostgreSQL: through PgBouncer")
    parser.add_argument("--seed", type=int, default=int(time.time()))
    options = parser.parse_args()
    chance = random.Random(options.seed)
    with tempfile.TemporaryDirectory() as temporary:
        home = pathlib.Path(temporary)
        history = home / "migrations"
        if options.how == "stop" and options.database != "postgres":
            parser.error("--how stop is for a server")
        if options.pooler and (options.how == "stop" or options.database != "postgres"):
            parser.error("--pooler is for a server that stays")
        database = (Sqlite(home) if options.database == "sqlite" else PostgresOfItsOwn(home) if options.how == "stop"
                    else PooledPostgres(home) if options.pooler else Postgres(home))
        scripts = dict(database.scripts)
        if options.how == "race":
            # SQLite changes the journal mode of a file only for who has it alone.
            scripts.pop("20250105000000_wal", None)
        write_history(history, scripts, database.provider)
        deploy = [options.instar, "migrate", "deploy", "--url", database.deploy_url, "--migrations", str(history)]

        def begin():
            return subprocess.Popen(deploy, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)

        def fail(why, said=""):
            print(f"crash.py: {why}\n{said}\nseed {options.seed}, {options.how}, instants of this round: {instants}")
            sys.exit(1)

        def check(said):
            if left := database.leftovers():
                fail("left behind: " + left, said)
            if (found := database.state()) != wanted:
                fail(f"another state than that of an undisturbed deploy:\n--- wanted\n{wanted}\n--- found\n{found}", said)

        kills = rounds = 0
        instants = []
        try:
            database.make()
            began = time.monotonic()
            process = begin()
            said = process.communicate()[0]
            longest = time.monotonic() - began
            if process.returncode != 0:
                fail("the undisturbed deploy failed", said)
            wanted = database.state()
            while options.how == "race" and rounds < options.kills:
                rounds += 1
                database.make()
                racers = [begin() for _ in range(20)]
                texts = [racer.communicate(timeout=240)[0] for racer in racers]
                for racer, said in zip(racers, texts):
                    if racer.returncode != 0:
                        fail("a deploy beside others failed", said)
                check("".join(texts))
                for name in [*scripts, *CODE]:
                    if (times := sum(f"Applied {name} " in said for said in texts)) != 1:
                        fail(f"{name} was applied by {times} of 20", "".join(texts))
            while options.how != "race" and kills < options.kills:
                rounds += 1
                instants = []
                database.make()
                for _ in range(chance.randint(1, 3)):
                    if kills == options.kills:
                        break
                    instant = chance.uniform(0, longest * 1.05)
                    instants.append(round(instant, 4))
                    process = begin()
                    time.sleep(instant)
                    if process.poll() is None:
                        kills += 1
                        process.kill() if options.how == "kill" else database.cut(process)
                    said = process.communicate(timeout=120)[0]
                    # A deploy that nobody broke off ends well, whatever was left by those before it.
                    if options.how == "kill" and process.returncode not in (0, -signal.SIGKILL):
                        fail("a deploy after a kill failed", said)
                process = begin()
                said = process.communicate(timeout=120)[0]
                if process.returncode != 0:
                    fail("the deploy after it failed", said)
                check(said)
        finally:
            database.drop()
    what = "20 deploys at once" if options.how == "race" else f"{kills} deploys broken off ({options.how})"
    print(f"{options.database}: {what} in {rounds} rounds, seed {options.seed}; each history was carried out exactly once")


if __name__ == "__main__":
    main()
