#!/usr/bin/env python3
"""Fills the disk under a database or a migrations folder, and looks whether the old state is what is left.

    tests/crash/full_disk.py --before MIGRATOR --after MIGRATOR

MIGRATOR: two migrators (`instar_add_migrator`) of which the second has models that want one migration more. The disk is
a small tmpfs in a mount namespace of its own; where the kernel lets nobody make one, the exit code is 77 (skipped).
"""
import argparse
import os
import pathlib
import subprocess
import sys
import tempfile

SMALL = 400 * 1024

ROWS = "INSERT INTO filler (text) SELECT hex(randomblob(500)) FROM numbers;\n"
HISTORY = {
    "20250101000000_tables": "CREATE TABLE numbers (n INTEGER PRIMARY KEY);\n"
                             "WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < 100)"
                             " INSERT INTO numbers SELECT i FROM c;\n"
                             "CREATE TABLE filler (id INTEGER PRIMARY KEY, text TEXT NOT NULL);\n",
    "20250102000000_much": "CREATE TABLE more (n INTEGER);\n" + 8 * ROWS,
    "20250103000000_in_pieces": 3 * ("BEGIN;\n" + 2 * ROWS + "COMMIT;\n") + "VACUUM;\n",
}


def fail(why, said=""):
    sys.exit(f"full_disk.py: {why}\n{said}")


def in_own_namespace():
    """Runs this script again where it may mount."""
    if os.environ.get("FULL_DISK_INSIDE"):
        return
    options = ["-m"] if os.geteuid() == 0 else ["-Urm"]
    mounts = "mkdir -p $0 && mount -t tmpfs -o size=4k none $0"
    with tempfile.TemporaryDirectory() as folder:
        if subprocess.run(["unshare", *options, "sh", "-c", mounts, f"{folder}/try"], capture_output=True).returncode != 0:
            print("full_disk.py: nothing can be mounted here; skipped")
            sys.exit(77)
    os.environ["FULL_DISK_INSIDE"] = "1"
    os.execvp("unshare", ["unshare", *options, sys.executable, *sys.argv])


class Disk:
    def __init__(self, home, name):
        self.path = home / name
        self.path.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={SMALL}", "none", self.path], check=True)

    def resize(self, size):
        subprocess.run(["mount", "-o", f"remount,size={size}", self.path], check=True)

    def leave(self, free):
        """Fills all but so many bytes, in pages."""
        filler = self.path / ".filler"
        filler.unlink(missing_ok=True)
        stat = os.statvfs(self.path)
        filler.write_bytes(b"x" * max(0, stat.f_bavail * stat.f_bsize - free))


def ask(file, sql):
    return subprocess.run(["sqlite3", "-bail", str(file), sql], check=True, text=True, capture_output=True).stdout


def run(*command):
    done = subprocess.run(command, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
    return done.returncode, done.stdout


def database_on_a_full_disk(home, migrator):
    disk = Disk(home, "database_disk")
    file = disk.path / "app.db"
    migrations = home / "history"
    for name, script in HISTORY.items():
        (migrations / name).mkdir(parents=True)
        (migrations / name / "migration.sql").write_text(script)
    (migrations / "migration_lock.toml").write_text('provider = "sqlite"\n')

    def deploy(up_to):
        return run(migrator, "migrate", "deploy", "--url", f"sqlite:{file}", "--migrations", migrations, "--up-to", up_to)

    first, much, pieces = HISTORY
    code, said = deploy(first)
    if code != 0:
        fail("the first migration does not run", said)

    def state():
        return ask(file, "PRAGMA integrity_check; SELECT sql FROM sqlite_schema ORDER BY name; SELECT count(*) FROM filler; "
                         "SELECT migration_name, finished_at IS NULL FROM _instar_migrations ORDER BY 1")

    before = state()
    code, said = deploy(much)
    if code == 0 or "full" not in said or "Nothing of it was applied" not in said:
        fail("a deploy on a full disk does not say so", said)
    if state() != before:
        fail(f"a deploy on a full disk left something behind:\n{before}\n{state()}", said)
    disk.resize(SMALL + 1200 * 1024)
    code, said = deploy(much)
    if code != 0 or ask(file, "SELECT count(*) FROM filler") != "800\n":
        fail("with space on the disk the deploy does not go on", said)

    # A script in pieces keeps those that were committed. VACUUM wants the space of the file once more, and its journal.
    disk.resize(16 * 1024 * 1024)
    for extra in range(1, 60):
        disk.leave(extra * 64 * 1024)
        code, said = deploy(pieces)
        rows = int(ask(file, "SELECT count(*) FROM filler"))
        if rows % 200 != 0:
            fail(f"{rows} rows: half a piece was committed", said)
        if code == 0:
            break
        if "full" not in said and "cannot be opened" not in said and "no space" not in said.lower():
            fail("a deploy in pieces on a full disk does not say so", said)
    if code != 0 or rows != 1400 or ask(file, "PRAGMA integrity_check") != "ok\n":
        fail(f"with space on the disk the deploy in pieces does not go on; {rows} rows", said)
    if extra == 1:
        fail("the disk was never full for the deploy in pieces")


def folder_on_a_full_disk(home, before, after):
    disk = Disk(home, "folder_disk")
    migrations = disk.path / "migrations"
    file = home / "dev.db"
    url = f"sqlite:{file}"

    def dev(migrator, name):
        return run(migrator, "migrate", "dev", "--name", name, "--url", url, "--migrations", migrations)

    code, said = dev(before, "init")
    if code != 0:
        fail("the first migrate dev does not run", said)

    def state():
        files = {str(path.relative_to(disk.path)): path.read_bytes() for path in sorted(migrations.rglob("*"))
                 if path.is_file()}
        folders = [str(path) for path in sorted(migrations.rglob("*")) if path.is_dir()]
        return files, folders, ask(file, "SELECT sql FROM sqlite_schema; SELECT migration_name FROM _instar_migrations")

    old = state()
    for pages in range(40):
        disk.leave(pages * 4096)
        code, said = dev(after, "more")
        if code == 0:
            break
        if "No space left on device" not in said:
            fail(f"with {pages} pages free, migrate dev does not say that the disk is full", said)
        if state() != old:
            new = state()
            fail(f"with {pages} pages free, migrate dev left something behind:\n{sorted(old[0])}\n{sorted(new[0])}\n{new[2]}",
                 said)
    if code != 0:
        fail("with space on the disk migrate dev does not run", said)
    if pages < 2:
        fail("the disk was never full for migrate dev")
    return pages


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--before", required=True)
    parser.add_argument("--after", required=True)
    options = parser.parse_args()
    in_own_namespace()
    with tempfile.TemporaryDirectory() as temporary:
        home = pathlib.Path(temporary)
        try:
            database_on_a_full_disk(home, options.before)
            pages = folder_on_a_full_disk(home, options.before, options.after)
        finally:
            for disk in home.glob("*_disk"):
                subprocess.run(["umount", disk], check=False)
    print(f"a full disk under a database and, {pages} times, under a migrations folder: the old state was what was left")


if __name__ == "__main__":
    main()
