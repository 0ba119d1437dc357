#!/usr/bin/env python3
"""Tests of what checks the documents: that it finds what is wrong."""
import os
import pathlib
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import check  # noqa: E402
import documents  # noqa: E402


class Fixture(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)
        root = documents.ROOT
        self.addCleanup(lambda: self.use_root(root))
        self.use_root(pathlib.Path(self.folder.name))

    @staticmethod
    def use_root(root):
        documents.ROOT = check.ROOT = root

    def document(self, text, name="page.md"):
        path = documents.ROOT / name
        path.write_text(text, encoding="utf-8")
        return documents.Document(path)

    def program(self, printed):
        path = documents.ROOT / "program"
        path.write_text(f"#!/bin/sh\nprintf '%b' '{printed}'\n", encoding="utf-8")
        path.chmod(0o755)
        return str(path)


class Reading(Fixture):
    def test_a_directive_belongs_to_the_block_behind_it(self):
        page = self.document("<!-- cpp: new -->\n```cpp\nint x;\n```\n\n```console\n$ true\n```\n")
        self.assertEqual([(b.kind, b.directive, b.argument, b.line) for b in page.blocks],
                         [("cpp", "cpp", "new", 3), ("console", None, "", 7)])

    def test_what_cannot_be_read_is_a_fault(self):
        for text in ("```cpp\nint x;\n", "<!-- cpp: new\n", "<!-- unheard of -->\n", "<!-- cpp: new -->\nwords\n",
                     "<!-- cpp: new -->\n"):
            with self.subTest(text), self.assertRaises(documents.Fault):
                self.document(text)

    def test_cells_of_a_table(self):
        page = self.document("<!-- rows: x -->\n| a | b |\n|---|---|\n| `c \\| d` | ``e`f`` |\n")
        header, rows = documents.table_rows(page.blocks[0])
        self.assertEqual((header, rows), (["a", "b"], [["`c | d`", "``e`f``"]]))
        self.assertEqual(documents.code_spans(rows[0][1]), ["e`f"])

    def test_dots_stand_for_any_lines(self):
        for expected, actual, equal in (("a b", "a b", True), ("a ... b", "a x y b", True), ("a ... b", "a b", True),
                                        ("...", "", True), ("a", "a b", False), ("a ... b", "a b c", False),
                                        ("... a ...", "x a a y", True), ("", "a", False)):
            self.assertEqual(documents.matches(expected.split(), actual.split()), equal, (expected, actual))


class Checking(Fixture):
    def test_a_block_that_nothing_checks_is_a_fault(self):
        for text in ("```yaml\na: b\n```\n", "<!-- not run: because -->\n```console\n$ rm -rf /\n```\n",
                     "<!-- part of: nowhere.txt -->\n```text\na\n```\n", "<!-- illustration -->\n```cpp\nint x;\n```\n"):
            with self.subTest(text):
                self.assertEqual(len(check.check_blocks([self.document(text)])), 1)

    def test_a_part_of_a_file_has_to_stand_there(self):
        (documents.ROOT / "file.txt").write_text("one\n  two\nthree\nfour\n")
        for block, faults in (("two\nthree", 0), ("one\n...\nfour", 0), ("one\nthree", 1), ("two\none", 1)):
            page = self.document(f"<!-- part of: file.txt -->\n```text\n{block}\n```\n")
            self.assertEqual(len(check.check_blocks([page])), faults, block)

    def test_links_lead_somewhere(self):
        self.document("# A `title`, and more\n", "other.md")
        page = self.document("# Here\n[a](other.md) [b](#here) [c](other.md#a-title-and-more) [d](https://x.y)\n")
        self.assertEqual(check.check_links([page]), [])
        page = self.document("[a](gone.md) [b](#nothing) [c](other.md#nothing)\n")
        self.assertEqual(len(check.check_links([page])), 3)

    def test_sql_is_compared(self):
        page = self.document("<!-- sql: sqlite app::schema -->\n```sql\nCREATE TABLE \"t\";\n```\n")
        self.assertEqual(check.check_output([page], self.program('page.md:3\\nCREATE TABLE "t";\\n\\036')), [])
        self.assertEqual(len(check.check_output([page], self.program('page.md:3\\nCREATE TABLE "u";\\n\\036'))), 1)

    def test_cells_are_compared_as_whole_words(self):
        page = self.document("<!-- rows: x -->\n| C++ | PostgreSQL |\n|---|---|\n| `a` | `char(2)`, `x … y` |\n")
        for sql, faults in (("char(2) x then y", 0), ("varchar(2) x y", 1), ("char(2) x", 1)):
            printed = f"page.md:4 postgres\\n{sql}\\n\\036page.md:4 sqlite\\n\\n\\036"
            self.assertEqual(len(check.check_output([page], self.program(printed))), faults, sql)
        self.assertFalse(check.stands_in("text", '"a" text[]'))
        self.assertTrue(check.stands_in("text", '"a" text[], "b" text'))

    def test_console_blocks_are_run(self):
        def faults(block):
            return len(check.check_consoles([self.document(f"```console\n{block}\n```\n")], "/bin/true", ""))

        self.assertEqual(faults("$ echo one\none\n$ false   # exit 1"), 0)
        self.assertEqual(faults("$ echo 20240101000000_x took 3 ms\n20250202020202_x took 99 ms"), 0)
        self.assertEqual(faults("$ echo one\ntwo"), 1)
        self.assertEqual(faults("$ false"), 1)
        self.assertEqual(faults("$ true   # exit 1"), 1)
        self.assertEqual(faults("$ echo not expected"), 1)

    @unittest.skipUnless(os.access("/usr/bin/g++", os.X_OK), "needs g++")
    def test_mistakes_must_not_compile(self):
        code = "<!-- cpp: does not compile -->\n```cpp\n%s\n```\n<!-- compiler says -->\n```text\n%s\n```\n"
        options = ["-I" + str(pathlib.Path(check.__file__).resolve().parents[2] / "include")]
        for snippet, said, faults in (("int x = y;", "'y' was not declared", 0), ("int x = y;", "'z' was not declared", 1),
                                      ("int x;", "", 1)):
            self.assertEqual(len(check.check_mistakes([self.document(code % (snippet, said))], "g++", options)), faults)


if __name__ == "__main__":
    unittest.main()
