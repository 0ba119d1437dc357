"""What the benchmarks that measure whole processes share: a throw-away server, and two commands in turns."""
import glob
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time

SERVER = pathlib.Path(__file__).resolve().parent.parent / "tests" / "support" / "postgres_server.sh"


def real_program(name):
    """The newest psql or pg_dump that is a program of its own, in the order in which the server of the tests looks: what
    Debian has in the PATH is a script in Perl that starts it, and costs as much again."""
    found = [p for place in ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql*/bin")
             for p in sorted(glob.glob(f"{place}/{name}"))]
    return os.environ.get(name.upper()) or (found[-1] if found else name)


class Server:
    """A PostgreSQL server of its own, for as long as the `with` lasts."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)

    def __enter__(self):
        started = subprocess.run(["sh", str(SERVER), "start", str(self.folder)], check=True, text=True, capture_output=True)
        self.main = started.stdout.strip()
        sockets = pathlib.Path((self.folder / "sockets").read_text().strip())
        self.process = int((sockets / "data" / "postmaster.pid").read_text().split()[0])
        return self

    def __exit__(self, *_):
        subprocess.run(["sh", str(SERVER), "stop", str(self.folder)], stdout=subprocess.DEVNULL)

    def url(self, database):
        return self.main.replace("/postgres?", f"/{database}?")

    def psql(self, database="postgres"):
        return [real_program("psql"), "-X", "-q", "-v", "ON_ERROR_STOP=1", self.url(database)]

    def sql(self, text, database="postgres"):
        """Runs each line of a text as a command of its own."""
        commands = [word for line in text.splitlines() if line.strip() for word in ("-c", line)]
        subprocess.run([*self.psql(database), *commands], check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def cpu(self):
        """The CPU seconds of the server and of all connections that have ended; Linux tells."""
        try:
            fields = pathlib.Path(f"/proc/{self.process}/stat").read_text().rsplit(")", 1)[1].split()
        except OSError:
            return 0.0
        return sum(int(ticks) for ticks in fields[11:15]) / os.sysconf("SC_CLK_TCK")


def timed(arguments, **more):
    """Wall seconds, CPU seconds and peak MiB of one process. What it says goes to files: a reader would wake up and be
    measured."""
    with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
        began = time.monotonic()
        process = subprocess.Popen(arguments, stdout=output, stderr=errors, **more)
        _, status, usage = os.wait4(process.pid, 0)
        took = time.monotonic() - began
        if os.waitstatus_to_exitcode(status) != 0:
            output.seek(0)
            errors.seek(0)
            sys.exit(f"{arguments[0]} failed: {output.read().decode()[-800:]}{errors.read().decode()[-800:]}")
    return took, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


class Side:
    """One of two commands that are compared: what it is called, what is run, and what comes before each run."""

    def __init__(self, label, command, prepare=lambda: None):
        self.label, self.command, self.prepare = label, command, prepare


def compare(name, ours, peer, runs, goal, server=None, memory_goal=None):
    """Runs two commands in turns, because a machine's speed drifts, each first in every other round, because what ran
    just before leaves its caches. The ratio is that of the medians. goal: None to know the ratio alone. memory_goal: MiB
    of our process at most; no peak is below that of this program, from which a process is made."""
    walls, cpus, others, memory = ([], []), ([], []), ([], []), ([], [])
    for i in range(runs + 1):
        for side in (0, 1) if i % 2 == 0 else (1, 0):
            chosen = (ours, peer)[side]
            chosen.prepare()
            before = server.cpu() if server else 0
            wall, cpu, mib = timed(chosen.command)
            if server:
                time.sleep(0.05)  # The last connection is on its way out.
            if i > 0:  # The first round warms up.
                walls[side].append(wall * 1000)
                cpus[side].append(cpu * 1000)
                memory[side].append(mib)
                others[side].append((server.cpu() - before) * 1000 if server else 0)
    median = statistics.median
    ratio = median(walls[0]) / median(walls[1])
    print(f"{name}, {runs} rounds")
    for side, chosen in enumerate((ours, peer)):
        also = f", of the server {median(others[side]):6.0f} ms" if server else ""
        print(f"  {chosen.label:<22} wall {median(walls[side]):7.1f} ms ({min(walls[side]):.1f} to {max(walls[side]):.1f})"
              f"   cpu {median(cpus[side]):6.1f} ms   peak {max(memory[side]):5.1f} MiB{also}")
    met = goal is None or ratio <= goal
    judged = "" if goal is None else f" (goal: at most {goal}) {'met' if met else 'MISSED'}"
    print(f"  ratio {ratio:.2f}{judged}", end="")
    if server:
        work = [median([a + b for a, b in zip(cpus[side], others[side])]) for side in (0, 1)]
        print(f"; of all CPU time {work[0] / work[1]:.2f}", end="")
    small = memory_goal is None or max(memory[0]) <= memory_goal
    if memory_goal is not None:
        print(f"; memory (goal: at most {memory_goal} MiB) {'met' if small else 'MISSED'}", end="")
    print("\n", flush=True)
    return met and small
