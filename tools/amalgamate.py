#!/usr/bin/env python3
"""Writes single_include/instar.hpp: all of include/instar in one file.

    amalgamate.py [--include FOLDER] [--output FILE]     write it
    amalgamate.py --check                                say whether the file is what would be written; exit 1 if not

The folders that describe a schema come first and unconditionally. `database`, `migrate` and `client` follow where one
of INSTAR_WITH_POSTGRES, INSTAR_WITH_SQLITE and INSTAR_WITH_CLI is 1, `cli` and `studio` where INSTAR_WITH_CLI is. A
header that needs libpqxx, sqlite3 or Boost.Hana whenever it is included stands where the macro of that library is 1;
models with Boost.PFR stand where it is found, and databases cannot do without.
Each header stands once, at the place where it was first included under the conditions that hold there. The same input
gives the same bytes.
"""
import argparse
import os
import re
import sys
from dataclasses import dataclass, field

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
BANNER = """\
// SPDX-License-Identifier: BSL-1.0
// Distributed under the Boost Software License, Version 1.0: https://www.boost.org/LICENSE_1_0.txt
//
// instar: the schema of a database as part of the C++ program.
//
// Generated from include/instar by tools/amalgamate.py; change the headers, not this file. Macros to set before it:
//
//   INSTAR_WITH_POSTGRES=1   the PostgreSQL database, with libpqxx
//   INSTAR_WITH_SQLITE=1     the SQLite database, with sqlite3
//   INSTAR_WITH_CLI=1        the command line, with CLI11
//   INSTAR_WITH_HANA=1       models as Boost.Hana Structs and the other way round: what <instar/hana.hpp> gives
//
// Models use Boost.PFR where it is found; the databases need it.
"""


def is_on(*macros):
    return " || ".join(f"(defined({macro}) && {macro})" for macro in macros)


# A section lies inside the one before it: whoever has the command line has the databases' headers.
SECTIONS = [
    (None, ["model", "schema", "diff", "sql"]),
    (is_on("INSTAR_WITH_POSTGRES", "INSTAR_WITH_SQLITE", "INSTAR_WITH_CLI"), ["database", "migrate", "client"]),
    (is_on("INSTAR_WITH_CLI"), ["cli", "studio"]),
]
PFR_IS_FOUND = "__has_include(<boost/pfr/core.hpp>)"
CONDITION_OF_LIBRARY = {
    "pqxx/": is_on("INSTAR_WITH_POSTGRES"),
    "sqlite3.h": is_on("INSTAR_WITH_SQLITE"),
    "boost/hana": is_on("INSTAR_WITH_HANA"),
    "boost/pfr": PFR_IS_FOUND,
}

INCLUDE = re.compile(r'^\s*#\s*include\s*(?:<([^>]+)>|"([^"]+)")\s*(?://.*)?$')
OPENS = re.compile(r"^\s*#\s*if(?:def|ndef)?\b")
TURNS = re.compile(r"^\s*#\s*(?:elif|elifdef|elifndef|else)\b")
CLOSES = re.compile(r"^\s*#\s*endif\b")
PRAGMA_ONCE = re.compile(r"^\s*#\s*pragma\s+once\s*$")


class Fault(Exception):
    pass


@dataclass
class Amalgamation:
    include: str
    lines: list = field(default_factory=list)
    # Where something has been written: the conditions that held there. A condition is named by the place of its #if.
    written: dict = field(default_factory=dict)
    open_headers: list = field(default_factory=list)
    folders: set = field(default_factory=set)  # of this section and those before it

    def is_there(self, name, conditions):
        """Whether what was written earlier is seen wherever `conditions` hold."""
        return any(conditions[: len(earlier)] == earlier for earlier in self.written.get(name, []))

    def note(self, name, conditions):
        self.written.setdefault(name, []).append(conditions)

    def read(self, name):
        try:
            with open(os.path.join(self.include, name), encoding="utf-8") as file:
                return file.read().splitlines()
        except FileNotFoundError:
            raise Fault(f"{self.open_headers[-1] if self.open_headers else 'amalgamate.py'} includes {name}, which is not there") from None

    def own_name(self, match, header):
        """The path below include/ when the line includes one of our headers, else None."""
        system, quoted = match.groups()
        if system:
            return system if system.startswith("instar/") else None
        beside = os.path.normpath(os.path.join(os.path.dirname(header), quoted))
        if os.path.exists(os.path.join(self.include, beside)):
            return beside
        if quoted.startswith("instar/"):
            return quoted
        return None

    def add(self, header, conditions):
        if self.is_there(header, conditions):
            return
        if header in self.written:
            raise Fault(f"{header} is included under a condition first and outside of it later; include it outside first")
        lines = self.read(header)
        folder = header.split("/")[1]
        if not folder.endswith(".hpp") and folder not in self.folders:
            raise Fault(f"{self.open_headers[-1]} includes {header}, which belongs further down")
        self.note(header, conditions)
        self.open_headers.append(header)
        self.lines += ["", f"// ---- {header}"]
        inner = list(conditions)
        left_out = False
        for number, line in enumerate(lines, 1):
            place = f"{header}:{number}"
            if left_out and not line and not self.lines[-1]:
                continue
            left_out = True
            if PRAGMA_ONCE.match(line):
                continue
            if OPENS.match(line):
                inner.append(place)
            elif TURNS.match(line):
                inner[-1] = place
            elif CLOSES.match(line):
                if len(inner) == len(conditions):
                    raise Fault(f"{place}: #endif without #if")
                inner.pop()
            elif match := INCLUDE.match(line):
                own = self.own_name(match, header)
                if own:
                    self.add(own, inner[:])
                    continue
                name = match[0].strip()
                if self.is_there(name, inner):
                    continue
                self.note(name, inner[:])
            left_out = False
            self.lines.append(line)
        if len(inner) != len(conditions):
            raise Fault(f"{header}: #if without #endif")
        self.open_headers.pop()
        self.lines.append("")

    def libraries_condition(self, header, seen):
        """The condition under which a header can be compiled at all: of the libraries that it always includes."""
        conditions, depth = set(), 0
        seen.add(header)
        for line in self.read(header):
            if OPENS.match(line):
                depth += 1
            elif CLOSES.match(line):
                depth -= 1
            elif (match := INCLUDE.match(line)) and depth == 0:
                own = self.own_name(match, header)
                if own and own not in seen:
                    conditions |= self.libraries_condition(own, seen)
                elif match[1]:
                    conditions |= {needed for start, needed in CONDITION_OF_LIBRARY.items() if match[1].startswith(start)}
        return conditions

    def add_section(self, condition, folders, outer):
        """A section's headers, and its conditions for those that lie inside it."""
        conditions = list(outer)
        self.folders.update(folders)
        names = ["instar/instar.hpp"] if not condition else []
        if condition:
            self.lines += ["", f"#if {condition}"]
            conditions.append(condition)
        for folder in folders:
            path = os.path.join(self.include, "instar", folder)
            headers = sorted(
                os.path.relpath(os.path.join(place, file), self.include).replace(os.sep, "/")
                for place, _, files in os.walk(path) for file in files if file.endswith(".hpp"))
            # The folder's public header first: it knows the order, and which headers need a database.
            headers.sort(key=lambda name, public=f"instar/{folder}/{folder}.hpp": name != public)
            names += headers
        if not condition:
            names += sorted(f"instar/{name}" for name in os.listdir(os.path.join(self.include, "instar")) if name.endswith(".hpp"))
        for name in names:
            if name in self.written or not os.path.exists(os.path.join(self.include, name)):
                continue
            presumed = {PFR_IS_FOUND} if condition else set()
            if needed := sorted(self.libraries_condition(name, set()) - presumed):
                needs = " && ".join(needed)
                self.lines += ["", f"#if {needs}"]
                self.add(name, [*conditions, needs])
                self.lines.append("#endif")
            else:
                self.add(name, conditions[:])
        return conditions

    def text(self):
        return BANNER + "\n#pragma once\n" + "\n".join(self.lines).rstrip() + "\n"


def amalgamate(include):
    result = Amalgamation(include)
    known = {folder for _, folders in SECTIONS for folder in folders}
    found = os.listdir(os.path.join(include, "instar"))
    if unknown := sorted(name for name in found if os.path.isdir(os.path.join(include, "instar", name)) and name not in known):
        raise Fault(f"no section has the folder {', '.join(unknown)}")
    conditions = []
    for condition, folders in SECTIONS:
        conditions = result.add_section(condition, folders, conditions)
    result.lines += ["", *["#endif"] * len(conditions)]
    return result.text()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--include", default=os.path.join(ROOT, "include"))
    parser.add_argument("--output", default=os.path.join(ROOT, "single_include", "instar.hpp"))
    parser.add_argument("--check", action="store_true")
    arguments = parser.parse_args()
    try:
        text = amalgamate(arguments.include)
    except Fault as fault:
        print(f"amalgamate.py: {fault}", file=sys.stderr)
        return 2
    try:
        with open(arguments.output, encoding="utf-8") as file:
            current = file.read()
    except FileNotFoundError:
        current = None
    if arguments.check:
        if current != text:
            print(f"{arguments.output} is not what the headers make. Run: python3 tools/amalgamate.py")
            return 1
        print(f"{arguments.output} is up to date")
        return 0
    if current != text:
        os.makedirs(os.path.dirname(arguments.output), exist_ok=True)
        with open(arguments.output, "w", encoding="utf-8") as file:
            file.write(text)
    return 0


if __name__ == "__main__":
    sys.exit(main())
