#!/usr/bin/env python3
"""What instar costs a build: generates models files and measures the compilers on them.

Every figure is the median of several runs of `-std=c++20 -fsyntax-only` at the compilers' default limits. The CPU time
decides, for a machine that does other work at the same time stretches the wall time; memory is the peak of the
compiler's process.
"""
import argparse
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass

import models

INCLUDE = pathlib.Path(__file__).resolve().parents[2] / "include"
MODELS = 500
CHANGED = 50
HANA_MODELS = 100


@dataclass
class Run:
    wall: float
    cpu: float
    memory: float  # MiB
    status: int
    messages: str


@dataclass
class Case:
    name: str
    title: str
    source: str
    models: int
    over: str = ""  # The case whose cost is taken off.
    must_fail: bool = False


def median(runs):
    pick = lambda value: statistics.median(value(run) for run in runs)
    return Run(pick(lambda r: r.wall), pick(lambda r: r.cpu), pick(lambda r: r.memory), runs[0].status, runs[0].messages)


def compile_once(compiler, include, source, messages):
    """Runs the compiler once; wait4 counts the driver and the compiler proper that it starts."""
    command = [compiler, "-std=c++20", "-fsyntax-only", f"-I{include}", str(source)]
    with open(messages, "wb") as errors:
        began = time.monotonic()
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=errors)
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.monotonic() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    text = messages.read_text(errors="replace")
    # The driver says so when the compiler proper was killed; a compiler without one is told by its status.
    return Run(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024, process.returncode, text)


def write_snapshot(folder, count, compiler, include):
    """Compiles the models with a program that prints their snapshot, and keeps what it prints."""
    header = folder / f"snapshot_{count}.hpp"
    program = folder / f"snapshot_{count}.cpp"
    program.write_text(models.described(count) + """
#include <instar/migrate/snapshot_writer.hpp>

#include <iostream>

int main() {
  std::cout << instar::snapshot_header({.schema = instar::view_of<app::schema>, .migrations = {}});
}
""")
    subprocess.run([compiler, "-std=c++20", "-O0", f"-I{include}", program, "-o", program.with_suffix("")],
                   check=True)
    header.write_bytes(subprocess.run([program.with_suffix("")], check=True, stdout=subprocess.PIPE).stdout)
    return header.name


def checked(text, snapshot):
    return text + f'\n#include "{snapshot}"\n\nINSTAR_CHECK_MIGRATED(app::schema, migrations::snapshot);\n'


def cases(folder, compiler, include):
    same = write_snapshot(folder, MODELS, compiler, include)
    twice = write_snapshot(folder, 2 * MODELS, compiler, include)
    every_table = """
static_assert(instar::ddl<instar::postgres, app::schema>.statements.size() >= %d);
""" % MODELS
    return [
        Case("std", "the models' standard headers", models.STANDARD_INCLUDES, 0),
        Case("header", "<instar/instar.hpp>", "#include <instar/instar.hpp>\n", 0),
        Case("both", "... and the standard headers", models.STANDARD_INCLUDES + "#include <instar/instar.hpp>\n", 0, "std"),
        Case("bare", f"{MODELS} bare structs", models.bare(MODELS), MODELS),
        Case("described", f"{MODELS} models, schema", models.described(MODELS), MODELS, "bare"),
        Case("checked", f"{MODELS} models, unchanged", checked(models.described(MODELS), same), MODELS, "bare"),
        Case("changed", f"{MODELS} models, {CHANGED} changed", checked(models.described(MODELS, CHANGED), same), MODELS,
             "bare", must_fail=True),
        Case("ddl", f"{MODELS} models, all CREATE TABLE", models.described(MODELS) + every_table, MODELS, "bare"),
        Case("bare_twice", f"{2 * MODELS} bare structs", models.bare(2 * MODELS), 2 * MODELS),
        Case("checked_twice", f"{2 * MODELS} models, unchanged", checked(models.described(2 * MODELS), twice), 2 * MODELS,
             "bare_twice"),
        Case("bare_hana", f"{HANA_MODELS} bare structs", models.bare(HANA_MODELS), HANA_MODELS),
        Case("instar_100", f"{HANA_MODELS} models, schema", models.described(HANA_MODELS), HANA_MODELS, "bare_hana"),
        Case("hana_100", f"{HANA_MODELS} Hana structs, keys", models.hana(HANA_MODELS), HANA_MODELS, "bare_hana"),
    ]


def outcome(case, run):
    if run.status < 0 or "signal terminated program" in run.messages:
        return "KILLED FROM OUTSIDE"
    if not case.must_fail:
        return "ok" if run.status == 0 else "FAILED"
    # clang before 16 cannot print a computed text, so it names the function and the table.
    told = "ALTER TABLE" in run.messages or "a_migration_is_missing__run_migrate_dev" in run.messages
    return "stops" if run.status != 0 and told else "DID NOT STOP"


def table(compiler, measured):
    """The lines of one compiler's table, and whether every goal is met."""
    version = subprocess.run([compiler, "--version"], check=True, stdout=subprocess.PIPE, text=True).stdout
    lines = [f"{compiler}: {version.splitlines()[0]}",
             f"{'case':34}{'wall s':>8}{'CPU s':>8}{'MiB':>8}{'ms/model over bare':>20}  result"]
    over = {}
    for case, run in measured.values():
        extra = ""
        if case.over:
            over[case.name] = run.cpu - measured[case.over][1].cpu
            extra = f"{1000 * over[case.name] / case.models:.2f}" if case.models else f"{over[case.name]:+.2f} s"
        lines.append(f"{case.title:34}{run.wall:8.2f}{run.cpu:8.2f}{run.memory:8.0f}{extra:>20}  {outcome(case, run)}")
    goals = [("no case fails", all(not outcome(c, r).isupper() for c, r in measured.values()), "")]

    def goal(names, text, value, met, unit):
        if not all(name in measured for name in names):
            return
        if any(outcome(*measured[name]).isupper() for name in names):
            goals.append((text, False, "not measured"))
        else:
            goals.append((text, met(value()), f"{value():.2f} {unit}"))

    goal(["bare", "checked"], "unchanged: at most 6 ms a model", lambda: 1000 * over["checked"] / MODELS, lambda v: v <= 6,
         "ms")
    goal(["checked"], "unchanged: at most 0.6 GB", lambda: measured["checked"][1].memory * 2**20 / 1e9,
         lambda v: v <= 0.6, "GB")
    goal(["instar_100", "hana_100", "bare_hana"], "at least 8 times cheaper than Hana",
         lambda: over["hana_100"] / over["instar_100"], lambda v: v >= 8, "times")
    goal(["checked_twice"], f"{2 * MODELS} models within default limits", lambda: measured["checked_twice"][1].cpu,
         lambda v: True, "s")
    goal(["header"], "<instar/instar.hpp> in less than 0.6 s", lambda: measured["header"][1].cpu, lambda v: v < 0.6, "s")
    lines += [f"  {'met   ' if met else 'MISSED'} {text}{': ' if figure else ''}{figure}" for text, met, figure in goals]
    return lines, all(met for _, met, _ in goals)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--folder", type=pathlib.Path, required=True, help="where the generated files go")
    parser.add_argument("--runs", type=int, default=5, help="runs of each case (default 5)")
    parser.add_argument("--compilers", nargs="+", default=["g++", "clang++"])
    parser.add_argument("--cases", nargs="+", help="only these, and those that they are compared with")
    parser.add_argument("--check", action="store_true", help="exit 1 when a goal is missed")
    parser.add_argument("--include", type=pathlib.Path, default=INCLUDE, help="the headers; the project's by default")
    options = parser.parse_args()

    options.folder.mkdir(parents=True, exist_ok=True)
    compilers = [c for c in options.compilers if shutil.which(c)]
    if not compilers:
        parser.error("none of the compilers is installed")
    chosen = cases(options.folder, compilers[0], options.include)
    if options.cases:
        wanted = set(options.cases) | {case.over for case in chosen if case.name in options.cases}
        chosen = [case for case in chosen if case.name in wanted]
    for case in chosen:
        (options.folder / f"{case.name}.cpp").write_text(case.source)

    print(f"median of {options.runs} runs of -std=c++20 -fsyntax-only; {models.COLUMNS} columns a model", flush=True)
    every_goal = True
    for compiler in compilers:
        measured = {}
        # Round after round and not case after case, so that a slow minute of the machine falls on all of them.
        runs = {case.name: [] for case in chosen}
        for _ in range(options.runs):
            for case in chosen:
                runs[case.name].append(
                    compile_once(compiler, options.include, options.folder / f"{case.name}.cpp",
                                 options.folder / f"{case.name}.{compiler}.log"))
        measured = {case.name: (case, median(runs[case.name])) for case in chosen}
        lines, met = table(compiler, measured)
        print("\n" + "\n".join(lines), flush=True)
        every_goal = every_goal and met
    sys.exit(1 if options.check and not every_goal else 0)


if __name__ == "__main__":
    main()
