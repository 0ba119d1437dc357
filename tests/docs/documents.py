"""Reads the Markdown documents and the directives that say how their snippets are checked.

A directive is an HTML comment, which no reader sees. Every fenced block is checked by what its language says, or by the
directive on the lines before it:

    ```cpp                                compiled; the blocks of a document continue each other
    <!-- cpp: new -->                     begins anew: nothing of the blocks above is known
    <!-- cpp: global -->                  stands outside of any namespace
    <!-- cpp: statements -->              stands in a function
    <!-- cpp: does not compile -->        must not compile, on its own
    <!-- cpp hidden: CODE -->             code that the blocks after it need, not shown
    <!-- compiler says -->                each line of the block is in what g++ says of the last block that does not compile
    <!-- sql: DIALECT [BEFORE ->] AFTER -->   the block is the migration between two schemas of the document
    <!-- rows: CODE -->                   the table below: CODE with {1}, {2} ... for the cells of each row; it defines
                                          `schema`, and the cells under PostgreSQL and SQLite are parts of its SQL
    ```console                            run; lines with `$ ` are commands, the others what they print
    <!-- project -->                      from here on console blocks run in a fresh copy of the quickstart's project
    <!-- run: COMMAND -->                 run too, not shown
    <!-- lint: [sqlite] CODES -->         `instar lint` finds these hazards in the block's SQL and no others; or: none
    <!-- part of: FILE -->                the block's lines stand in that file of the repository
    <!-- illustration -->                 a drawing, or another tool's language
    <!-- not run: REASON -->              neither compiled nor run; see MAY_STAY_UNCHECKED

A line `...` in a block stands for any lines. In a console block a command that ends in `# exit N` must exit with N.
"""
import pathlib
import re

ROOT = pathlib.Path(__file__).resolve().parents[2]

DIRECTIVE = re.compile(r"^(cpp hidden|cpp|compiler says|sql|rows|project|run|part of|lint|not run|illustration)\b:?\s*(.*)$", re.DOTALL)

# What a test cannot do: installing packages, and running the tests.
MAY_STAY_UNCHECKED = re.compile(r"^(\$ )?(sudo apt-get |\./run |git (clone|merge) |cd |#|cmake --install )")


class Fault(Exception):
    """Something wrong in a document."""


class Block:
    """A fenced block, a table or a directive that stands alone."""

    def __init__(self, document, line, kind, text, directive, argument):
        self.document, self.line, self.kind, self.text = document, line, kind, text
        self.directive, self.argument = directive, argument

    @property
    def place(self):
        return f"{self.document.name}:{self.line}"

    @property
    def lines(self):
        return self.text.splitlines()


class Document:
    def __init__(self, path):
        self.path = path
        self.name = str(path.relative_to(ROOT))
        self.text = path.read_text(encoding="utf-8")
        self.blocks = list(self._read())

    @property
    def identifier(self):
        return "doc_" + re.sub(r"\W", "_", self.path.stem)

    def _read(self):
        lines = self.text.split("\n")
        pending = None  # the directive that the next block takes
        i = 0
        while i < len(lines):
            line = lines[i]
            if line.startswith("<!--"):
                start = i
                while "-->" not in lines[i]:
                    i += 1
                    if i == len(lines):
                        raise Fault(f"{self.name}:{start + 1}: a comment without an end")
                comment = "\n".join(lines[start:i + 1])
                comment = comment[len("<!--"):comment.index("-->")].strip()
                found = DIRECTIVE.match(comment)
                if not found:
                    raise Fault(f"{self.name}:{start + 1}: not a directive: {comment.splitlines()[0]}")
                word, argument = found.groups()
                if word in ("cpp hidden", "run", "project"):
                    yield Block(self, start + 1, word, argument, word, argument)
                else:
                    pending = (start + 1, word, argument)
            elif line.startswith("```"):
                start = i
                language = line[3:].strip()
                i += 1
                while i < len(lines) and lines[i] != "```":
                    i += 1
                if i == len(lines):
                    raise Fault(f"{self.name}:{start + 1}: a block without an end")
                _, word, argument = pending or (0, None, "")
                pending = None
                # The line where the text begins.
                yield Block(self, start + 2, language, "\n".join(lines[start + 1:i]), word, argument)
            elif line.startswith("|"):
                start = i
                while i + 1 < len(lines) and lines[i + 1].startswith("|"):
                    i += 1
                if pending and pending[1] == "rows":
                    yield Block(self, start + 1, "table", "\n".join(lines[start:i + 1]), "rows", pending[2])
                    pending = None
            elif line.strip() and pending:
                raise Fault(f"{self.name}:{pending[0]}: no block follows this directive")
            i += 1
        if pending:
            raise Fault(f"{self.name}:{pending[0]}: no block follows this directive")


def read_documents(names=None):
    paths = [ROOT / n for n in names] if names else [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
    return [Document(p) for p in paths]


def table_rows(block):
    """The header and the rows of a table, as lists of cells; escaped bars belong to their cell."""
    rows = []
    for line in block.lines:
        cells = [c.replace("\\|", "|").strip() for c in re.split(r"(?<!\\)\|", line.strip())[1:-1]]
        rows.append(cells)
    if len(rows) < 3 or not all(re.fullmatch(r":?-+:?", c) for c in rows[1]):
        raise Fault(f"{block.place}: not a table")
    return rows[0], rows[2:]


def code_spans(cell):
    """The `code` in a cell, without its marks."""
    return [found[2].strip() for found in re.finditer(r"(`+)(.*?)\1(?!`)", cell) for found in [(0, found[1], found[2])]]


def matches(expected, actual, same=lambda a, b: a == b):
    """Whether the lines are equal, where a line `...` stands for any number of lines."""
    gaps = [line.strip() == "..." for line in expected]
    # From the end: reach[j]: whether the rest of `expected` matches actual[j:].
    reach = [False] * len(actual) + [True]
    for line, gap in zip(reversed(expected), reversed(gaps)):
        if gap:
            last = max((j for j in range(len(actual) + 1) if reach[j]), default=-1)
            reach = [j <= last for j in range(len(actual) + 1)]
        else:
            reach = [j < len(actual) and reach[j + 1] and same(line, actual[j]) for j in range(len(actual) + 1)]
    return reach[0]
