#!/usr/bin/env python3
"""Checks one file of mistakes with one compiler.

    driver.py --compiler g++ [--family gcc|clang] FILE [-- COMPILER OPTIONS...]

The file holds code that must compile, and each mistake behind `#ifdef NAME`, beside its correct twin. In a comment
stands what the compiler must say:

    // expect-error(NAME): REGEX           g++ and clang++
    // expect-error-gcc(NAME): REGEX       g++ alone, instead of the line above
    // expect-error-clang(NAME): REGEX     clang++ alone, instead of the line above
    // expect-error-text(NAME): REGEX      a compiler that prints a computed text: g++, and clang++ from 16 on
    // expect-error-call(NAME): REGEX      clang++ before 16, which prints the call of a function

The file is compiled without a macro, which must succeed without a word, and once with -DNAME for each mistake, which
must fail and match every REGEX of that name (Python's syntax, searched in all that the compiler printed, where a text
stands without backslashes before its quotes, and in one piece). A mistake without an expectation, or an expectation
without its mistake, is a fault of the file.
"""
import argparse
import os
import re
import subprocess
import sys

EXPECTATION = re.compile(r"^\s*//\s*expect-error(?:-(\w+))?\((\w+)\):\s*(.*?)\s*$")
CONDITION = re.compile(r"^\s*#\s*(?:ifdef\s+(\w+)|(?:el)?if\b(.*))")
DEFINED = re.compile(r"defined\s*\(?\s*(\w+)")
FAMILIES = ("gcc", "clang")
FORMS = ("text", "call")


class FileFault(Exception):
    pass


def form_of(family, compiler):
    """How a compiler gets a computed text to the reader."""
    if family == "gcc":
        return "text"
    version = subprocess.run([compiler, "-dumpversion"], text=True, stdout=subprocess.PIPE, check=True).stdout
    return "text" if int(version.split(".")[0]) >= 16 else "call"


def read_expectations(path, family, form):
    """The regular expressions of each mistake for this compiler, in the file's order."""
    general, special, switches = {}, {}, set()
    with open(path, encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            if "expect-error" in line:
                found = EXPECTATION.match(line)
                if not found or not found[3]:
                    raise FileFault(f"{path}:{number}: cannot read this expectation: {line.strip()}")
                which, name, regex = found.groups()
                if which and which not in FAMILIES + FORMS:
                    raise FileFault(f"{path}:{number}: expect-error-{which} names no compiler; known are {', '.join(FAMILIES + FORMS)}")
                try:
                    compiled = re.compile(regex, re.MULTILINE)
                except re.error as error:
                    raise FileFault(f"{path}:{number}: not a regular expression: {error}") from None
                general.setdefault(name, [])
                if not which:
                    general[name].append(compiled)
                elif which in (family, form):
                    special.setdefault(name, []).append(compiled)
            elif condition := CONDITION.match(line):
                switches.update([condition[1]] if condition[1] else DEFINED.findall(condition[2]))
    mistakes = {name for name in switches if not name.startswith("_") and not name.startswith("INSTAR_")}
    if not general:
        raise FileFault(f"{path}: no `// expect-error(NAME): REGEX`; a file without a mistake tests nothing")
    if unexpected := sorted(mistakes - set(general)):
        raise FileFault(f"{path}: no expectation for {', '.join(unexpected)}")
    if unused := sorted(set(general) - switches):
        raise FileFault(f"{path}: expectation for {', '.join(unused)}, but no #ifdef of that name")
    expectations = {name: special.get(name) or regexes for name, regexes in general.items()}
    if silent := [name for name, regexes in expectations.items() if not regexes]:
        raise FileFault(f"{path}: nothing is expected from {family} for {', '.join(silent)}")
    return expectations


def compile_file(command):
    finished = subprocess.run(command, text=True, errors="replace", stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              env={**os.environ, "LC_ALL": "C"}, check=False)
    # A text in pieces becomes one, and a quote in it loses its backslash.
    output = re.sub(r'"\}, fixed_string<\d+>\{"', "", finished.stdout)
    return finished.returncode, output.replace('\\"', '"').replace("\\'", "'")


def check(path, command, expectations):
    """The complaints about this file, one text each."""
    complaints = []
    status, output = compile_file(command)
    if status != 0:
        return [f"the correct code does not compile:\n{output}"]
    if output:
        return [f"the correct code compiles with a warning:\n{output}"]
    for name, regexes in expectations.items():
        status, output = compile_file([*command, f"-D{name}"])
        if status == 0:
            complaints.append(f"{name}: compiles, but must not")
            continue
        if "internal compiler error" in output or status < 0:
            complaints.append(f"{name}: the compiler crashed:\n{output}")
            continue
        if missing := [regex.pattern for regex in regexes if not regex.search(output)]:
            wanted = "\n".join(f"    {pattern}" for pattern in missing)
            complaints.append(f"{name}: is refused, but the message does not match\n{wanted}\n  It says:\n{output}")
    return complaints


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--compiler", required=True)
    parser.add_argument("--family", choices=FAMILIES)
    parser.add_argument("file")
    parser.add_argument("options", nargs="*")
    arguments = parser.parse_args()
    family = arguments.family or ("clang" if "clang" in os.path.basename(arguments.compiler) else "gcc")
    command = [arguments.compiler, "-std=c++20", "-fsyntax-only", "-fdiagnostics-color=never", *arguments.options, arguments.file]
    try:
        expectations = read_expectations(arguments.file, family, form_of(family, arguments.compiler))
    except FileFault as fault:
        print(fault)
        return 2
    complaints = check(arguments.file, command, expectations)
    for complaint in complaints:
        print(f"{arguments.file}: {complaint}")
    if not complaints:
        print(f"{arguments.file}: {len(expectations)} mistakes are refused with the expected words ({arguments.compiler})")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
