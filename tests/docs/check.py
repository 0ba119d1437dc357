#!/usr/bin/env python3
"""Checks the documents: README.md and docs/*.md. How a snippet is checked is said in documents.py.

    check.py cpp --output FILE              writes one C++ file of all snippets that compile
    check.py output --program PROGRAM       compares the SQL in the documents with what that program prints
    check.py mistakes --compiler C -- OPTIONS   compiles what must not compile
    check.py console --instar PROGRAM --project FOLDER   runs the console blocks
    check.py lint --instar PROGRAM          lints the SQL of docs/hazards.md
    check.py text                           everything else: blocks, links, error codes
"""
import argparse
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from documents import MAY_STAY_UNCHECKED, ROOT, Fault, code_spans, matches, read_documents, table_rows  # noqa: E402

INCLUDE = re.compile(r"^\s*#\s*(include|pragma)\b.*$", re.MULTILINE)


def fail_all(faults):
    for fault in faults:
        print(fault, file=sys.stderr)
    sys.exit(1 if faults else 0)


# ---- C++

class Source:
    """One translation unit of many snippets; each keeps its place in its document for the compiler's messages."""

    def __init__(self):
        self.includes, self.globals, self.body = [], [], []

    def add(self, into, block, text, before="", after=""):
        for found in INCLUDE.finditer(text):
            if found[1] == "include" and found[0] not in self.includes:
                self.includes.append(found[0].strip())
        text = INCLUDE.sub("", text)
        into.append(f'{before}\n#line {block.line} "{block.document.name}"\n{text}\n{after}')

    def text(self):
        return "\n".join([*self.includes, *self.globals, *self.body, ""])


PREAMBLE = """// Made by tests/docs/check.py from README.md and docs/.
#include <instar/instar.hpp>
#include <instar/sql/sql.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <string>
#include <vector>

namespace documents {
// What check.py reads: a place, and the SQL there.
inline bool record(const char* place, const std::string& text) {
  std::printf("%s\\n%s\\x1e", place, text.c_str());
  return true;
}
}  // namespace documents
"""


def sql_call(block, argument):
    found = re.fullmatch(r"(postgres|sqlite) (?:(\S+) -> )?(\S+)", argument)
    if not found:
        raise Fault(f"{block.place}: sql: wants a dialect and schemas, not '{argument}'")
    dialect, before, after = found.groups()
    before = f"instar::view_of<{before}>" if before else "instar::schema_view{}"
    return (f"[[maybe_unused]] const bool sql_{block.line} = ::documents::record(\"{block.place}\", "
            f"instar::script(instar::{dialect}, instar::make_plan({before}, instar::view_of<{after}>)));")


def space(document, part):
    return f"namespace {document.identifier}_{part} {{"


def write_cpp(documents, output):
    source = Source()
    for document in documents:
        part = 0
        for block in document.blocks:
            if block.directive in ("part of", "lint", "not run", "illustration", "compiler says"):
                continue
            if block.kind == "cpp hidden" or (block.kind == "cpp" and block.directive in (None, "cpp")):
                how = block.argument if block.kind == "cpp" else ""
                if how == "does not compile":
                    continue
                if how == "global":
                    source.add(source.globals, block, block.text)
                    continue
                if how == "new":
                    part += 1
                if how == "statements":
                    source.add(source.body, block, block.text,
                               f"{space(document, part)} [[maybe_unused]] inline void statements_{block.line}() {{", "} }")
                elif how in ("", "new"):
                    source.add(source.body, block, block.text, space(document, part), "}")
                else:
                    raise Fault(f"{block.place}: cpp: '{how}' is not known")
            elif block.directive == "sql":
                source.add(source.body, block, sql_call(block, block.argument), space(document, part), "}")
            elif block.directive == "rows":
                header, rows = table_rows(block)
                for number, row in enumerate(rows):
                    code = block.argument
                    for i, cell in enumerate(row):
                        code = code.replace("{%d}" % (i + 1), " ".join(code_spans(cell)) or cell)
                    place = f"{block.document.name}:{block.line + 2 + number}"
                    calls = "".join(
                        f"const bool {dialect}_done = ::documents::record(\"{place} {dialect}\", instar::script("
                        f"instar::{dialect}, instar::make_plan(instar::schema_view{{}}, instar::view_of<schema>)));\n"
                        for dialect in ("postgres", "sqlite"))
                    source.body.append(f'{space(document, part)} namespace row_{block.line}_{number} {{\n#line {block.line + 2 + number} '
                                       f'"{block.document.name}"\n{code}\n{calls}}} }}')
    text = PREAMBLE + source.text() + "\nint main() {}\n"
    pathlib.Path(output).write_text(text, encoding="utf-8")


# ---- What the program prints

def words(sql):
    return re.sub(r"\s+", " ", sql).strip()


def stands_in(piece, sql):
    """Whether a piece of SQL stands there as it is: `text` does not stand in `text[]`, nor `char` in `varchar(2)`."""
    at = sql.find(piece)
    while at >= 0:
        before, after = sql[at - 1:at], sql[at + len(piece):at + len(piece) + 1]
        open_end = re.match(r"\w", piece[-1:]) and re.match(r"[\w(\[]", after)
        if not open_end and not (re.match(r"\w", piece[:1]) and re.match(r"[\w]", before)):
            return True
        at = sql.find(piece, at + 1)
    return False


def check_output(documents, program):
    printed = subprocess.run([program], check=True, capture_output=True, encoding="utf-8").stdout
    real = dict(part.split("\n", 1) for part in printed.split("\x1e") if part.strip())
    faults = []
    for document in documents:
        for block in document.blocks:
            if block.directive == "sql":
                if not matches(block.lines, real[block.place].rstrip("\n").split("\n")):
                    faults.append(f"{block.place}: the SQL is\n{real[block.place]}")
            elif block.directive == "rows":
                header, rows = table_rows(block)
                for number, row in enumerate(rows):
                    for dialect, title in (("postgres", "PostgreSQL"), ("sqlite", "SQLite")):
                        if title not in header:
                            continue
                        sql = words(real[f"{document.name}:{block.line + 2 + number} {dialect}"])
                        cell = row[header.index(title)]
                        for span in code_spans(cell):
                            for piece in span.split("…"):
                                if words(piece) and not stands_in(words(piece), sql):
                                    faults.append(f"{document.name}:{block.line + 2 + number}: {title} has no "
                                                  f"`{words(piece)}`:\n  {sql}")
    return faults


# ---- What must not compile

def straight(text):
    """g++'s quotation marks follow the locale."""
    return re.sub("[‘’`]", "'", text)


def check_mistakes(documents, compiler, options):
    faults = []
    for document in documents:
        said = None
        for block in document.blocks:
            if block.kind == "cpp" and block.directive == "cpp" and block.argument == "does not compile":
                code = "#include <instar/instar.hpp>\n#include <chrono>\n#include <cstdint>\n#include <optional>\n" \
                       f"#include <string>\n#line 1 \"models.hpp\"\n{block.text}\n"
                run = subprocess.run([compiler, "-x", "c++", "-std=c++20", "-fsyntax-only", *options, "-"], input=code,
                                     capture_output=True, encoding="utf-8", env={**os.environ, "LC_ALL": "C.UTF-8"})
                said = straight(run.stdout + run.stderr)
                if run.returncode == 0:
                    faults.append(f"{block.place}: this compiles, and must not")
            elif block.directive == "compiler says":
                if said is None:
                    raise Fault(f"{block.place}: no block above that does not compile")
                for line in block.lines:
                    # Long lines are broken in the document where the compiler breaks none.
                    for piece in straight(line).strip().split("..."):
                        if piece.strip() and piece.strip() not in said:
                            faults.append(f"{block.place}: the compiler does not say '{piece.strip()}' but\n{said}")
    return faults


# ---- Consoles

NORMAL = [
    (re.compile(r"\b\d{14}_"), "TIMESTAMP_"),
    (re.compile(r"\b\d+ (us|ms)\b|\b\d+\.\d s\b"), "DURATION"),
    (re.compile(r"\b[0-9a-f]{64}\b"), "CHECKSUM"),
    (re.compile(r"\b\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d(\.\d+)?)?( UTC|Z|[+-]\d\d)?"), "TIME"),
]


def normal(line):
    for pattern, replacement in NORMAL:
        line = pattern.sub(replacement, line)
    return re.sub(r"\s+", " ", line).strip()


def read_session(block):
    """The commands of a console block, each with the lines that it prints."""
    commands = []
    for offset, line in enumerate(block.lines):
        if line.startswith("$ "):
            commands.append((block.line + offset, line[2:], []))
        elif not commands:
            raise Fault(f"{block.place}: a console block begins with a command: `$ ...`")
        elif commands[-1][1].endswith("\\"):
            number, text, printed = commands[-1]
            commands[-1] = (number, text + "\n" + line, printed)
        else:
            commands[-1][2].append(line)
    return commands


def run_command(folder, command, environment, place):
    expected = 0
    found = re.search(r"#\s*exit (\d+)\s*$", command)
    if found:
        expected = int(found[1])
    run = subprocess.run(["bash", "-c", command], cwd=folder, env=environment, stdin=subprocess.DEVNULL,
                         stdout=subprocess.PIPE, stderr=subprocess.STDOUT, encoding="utf-8", timeout=300)
    if run.returncode != expected:
        return run.stdout, [f"{place}: `{command}` exits with {run.returncode}, not {expected}:\n{run.stdout}"]
    return run.stdout, []


def check_consoles(documents, instar, project):
    faults = []
    environment = {k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "SHADOW_DATABASE_URL", "PAGER")}
    for document in documents:
        with tempfile.TemporaryDirectory() as scratch:
            programs = pathlib.Path(scratch) / "programs"
            folder = pathlib.Path(scratch) / "here"
            programs.mkdir()
            folder.mkdir()
            (programs / "instar").symlink_to(instar)
            environment.update(PATH=f"{programs}:{os.environ['PATH']}", NO_COLOR="1", LC_ALL="C.UTF-8",
                               INSTAR_SOURCE=str(ROOT))
            for block in document.blocks:
                if block.kind == "project":
                    # The project's build folder is kept, so that only what a document changes is built again.
                    folder = pathlib.Path(project)
                    for entry in folder.iterdir():
                        if entry.name != "build":
                            shutil.rmtree(entry) if entry.is_dir() else entry.unlink()
                    # With the time of now: what was built from another version of a file is older.
                    shutil.copytree(ROOT / "examples/quickstart/notes", folder, dirs_exist_ok=True,
                                    copy_function=shutil.copy)
                elif block.kind == "run":
                    faults += run_command(folder, block.text, environment, block.place)[1]
                elif block.kind == "console" and block.directive is None:
                    for number, command, expected in read_session(block):
                        printed, wrong = run_command(folder, command, environment, f"{document.name}:{number}")
                        faults += wrong
                        actual = printed.rstrip("\n").split("\n") if printed.strip() else []
                        if not wrong and not matches(expected, actual, lambda a, b: normal(a) == normal(b)):
                            faults.append(f"{document.name}:{number}: `{command}` prints\n{printed}")
    return faults


# ---- Hazards

def check_lint(documents, instar):
    faults = []
    with tempfile.TemporaryDirectory() as folder:
        script = pathlib.Path(folder) / "script.sql"
        for document in documents:
            for block in document.blocks:
                if block.directive != "lint":
                    continue
                wanted = set(block.argument.split()) - {"none"}
                dialect = "sqlite" if "sqlite" in wanted else "postgresql"
                wanted.discard("sqlite")
                script.write_text(block.text + "\n", encoding="utf-8")
                ran = subprocess.run([instar, "lint", "--dialect", dialect, str(script)], capture_output=True, text=True)
                found = set(re.findall(r"^\w+\[(INS\d{4})\]", ran.stderr, re.MULTILINE))
                # Told of most scripts; only its own section speaks of it.
                if "INS2029" not in wanted:
                    found.discard("INS2029")
                if found != wanted or ran.returncode != 0:
                    faults.append(f"{block.place}: lint finds {sorted(found) or 'nothing'} instead of "
                                  f"{sorted(wanted) or 'nothing'}")
    return faults


def check_hazards():
    """docs/hazards.md has a section for every hazard, by code and name, in the order of the codes, and no other."""
    header = (ROOT / "include/instar/diff/hazard.hpp").read_text(encoding="utf-8")
    hazards = [f"INS20{int(number):02} {name}" for name, number in re.findall(r"^  (\w+) = (\d+),", header, re.MULTILINE)]
    sections = re.findall(r"^## (INS\d{4} \w+)$", (ROOT / "docs/hazards.md").read_text(encoding="utf-8"), re.MULTILINE)
    faults = [f"docs/hazards.md: {one} has no section" for one in hazards if one not in sections]
    faults += [f"docs/hazards.md: {one} is no hazard" for one in sections if one not in hazards]
    if not faults and sections != hazards:
        faults.append("docs/hazards.md: the sections are not in the order of the codes")
    return faults


# ---- Text

def check_blocks(documents):
    faults = []
    for document in documents:
        for block in document.blocks:
            if block.kind in ("cpp hidden", "run", "project", "table"):
                continue
            if block.directive == "part of":
                file = ROOT / block.argument
                if not file.exists():
                    faults.append(f"{block.place}: there is no {block.argument}")
                    continue
                whole = [line.strip() for line in file.read_text(encoding="utf-8").split("\n")]
                wanted = ["...", *(line.strip() for line in block.lines), "..."]
                if not matches(wanted, whole):
                    faults.append(f"{block.place}: this does not stand in {block.argument}")
            elif block.directive == "illustration":
                if block.kind not in ("text", "prisma"):
                    faults.append(f"{block.place}: an illustration is no {block.kind}")
            elif block.directive == "not run":
                for line in block.lines:
                    if line.strip() and not MAY_STAY_UNCHECKED.match(line):
                        faults.append(f"{block.place}: nothing checks `{line}`")
            elif block.directive is None and block.kind not in ("cpp", "console"):
                faults.append(f"{block.place}: nothing checks this block")
    return faults


def anchor(heading):
    text = re.sub(r"[`*]|\[([^]]*)\]\([^)]*\)", lambda m: m[1] or "", heading).strip().lower()
    return re.sub(r"[^\w\- ]", "", text).replace(" ", "-")


def anchors_of(text):
    text = re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)
    return {anchor(h) for h in re.findall(r"^#+\s+(.*)$", text, re.MULTILINE)}


def check_links(documents):
    faults = []
    for document in documents:
        text = re.sub(r"^```.*?^```$|<!--.*?-->", "", document.text, flags=re.MULTILINE | re.DOTALL)
        for target in re.findall(r"(?<!!)\[[^]]*\]\(([^)\s]+)\)", text):
            if re.match(r"[a-z]+:", target):
                continue
            path, _, fragment = target.partition("#")
            file = (document.path.parent / path).resolve() if path else document.path
            if not file.exists():
                faults.append(f"{document.name}: the link to {target} leads nowhere")
            elif fragment and fragment not in anchors_of(file.read_text(encoding="utf-8")):
                faults.append(f"{document.name}: {path or 'this page'} has no heading #{fragment}")
    return faults


def check_codes():
    """docs/errors.md has every code of the headers, once, and no other; and no code is given twice."""
    faults = []
    in_headers, given = set(), {}
    for header in sorted((ROOT / "include").rglob("*.hpp")):
        text = header.read_text(encoding="utf-8")
        in_headers |= set(re.findall(r"INS\d{4}", text))
        for name, code in re.findall(r"string_view\s+(\w+)\s*=\s*\"(INS\d{4})\"", text):
            given.setdefault(code, []).append(f"{name} in {header.relative_to(ROOT)}")
    for code, names in given.items():
        if len(names) > 1:
            faults.append(f"{code} is given twice: {' and '.join(names)}")
    listed = re.findall(r"^\|\s*`?(INS\d{4})`?\s*\|", (ROOT / "docs/errors.md").read_text(encoding="utf-8"), re.MULTILINE)
    for code in sorted(in_headers - set(listed)):
        faults.append(f"docs/errors.md: {code} is missing")
    for code in sorted(set(listed) - in_headers):
        faults.append(f"docs/errors.md: {code} is in no header")
    for code in sorted({c for c in listed if listed.count(c) > 1}):
        faults.append(f"docs/errors.md: {code} is listed twice")
    return faults


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["cpp", "output", "mistakes", "console", "lint", "text"])
    parser.add_argument("--output")
    parser.add_argument("--program")
    parser.add_argument("--compiler", default="g++")
    parser.add_argument("--instar")
    parser.add_argument("--project")
    parser.add_argument("--only", action="append", help="a document; may be repeated")
    # What stands behind `--` belongs to the compiler; argparse of Python 3.11 would take it for an argument.
    words_, options = sys.argv[1:], []
    if "--" in words_:
        options = words_[words_.index("--") + 1:]
        words_ = words_[:words_.index("--")]
    given = parser.parse_args(words_)
    try:
        documents = read_documents(given.only)
        if given.what == "cpp":
            write_cpp(documents, given.output)
        elif given.what == "output":
            fail_all(check_output(documents, given.program))
        elif given.what == "mistakes":
            fail_all(check_mistakes(documents, given.compiler, options))
        elif given.what == "console":
            fail_all(check_consoles(documents, given.instar, given.project))
        elif given.what == "lint":
            fail_all(check_lint(documents, given.instar))
        else:
            fail_all(check_blocks(documents) + check_links(documents) + check_codes() + check_hazards())
    except Fault as fault:
        fail_all([fault])


if __name__ == "__main__":
    main()
