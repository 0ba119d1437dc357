#!/usr/bin/env python3
"""Checks that the driver of the must-not-compile tests passes what it should and, above all, fails what it should.

    driver_test.py COMPILER
"""
import os
import subprocess
import sys
import tempfile
import unittest

DRIVER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "driver.py")
COMPILER = "g++"

GOOD = """
// expect-error(TOO_SMALL): the answer is 42
// expect-error(NO_TYPE): missing_type
#ifdef TOO_SMALL
static_assert(41 == 42, "the answer is 42");
#else
static_assert(42 == 42, "the answer is 42");
#endif
#if defined(NO_TYPE)
missing_type x;
#endif
"""


class DriverTest(unittest.TestCase):
    def drive(self, text, *options):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, "mistakes.cpp")
            with open(path, "w", encoding="utf-8") as file:
                file.write(text)
            finished = subprocess.run([sys.executable, DRIVER, "--compiler", COMPILER, *options, path], text=True,
                                      stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False)
            return finished.returncode, finished.stdout

    def refused(self, status, text, because, *options):
        actual, output = self.drive(text, *options)
        self.assertIn(because, output)
        self.assertEqual(actual, status, output)

    def test_mistakes_with_the_expected_message_pass(self):
        status, output = self.drive(GOOD)
        self.assertEqual(status, 0, output)
        self.assertIn("2 mistakes are refused", output)

    def test_a_mistake_that_compiles_fails(self):
        self.refused(1, GOOD.replace("41 == 42", "42 == 42"), "TOO_SMALL: compiles, but must not")

    def test_another_message_fails(self):
        self.refused(1, GOOD.replace("TOO_SMALL): the answer", "TOO_SMALL): the question"), "does not match")

    def test_every_line_of_one_mistake_must_match(self):
        self.refused(1, "// expect-error(TOO_SMALL): no such words\n" + GOOD, "no such words")

    def test_correct_code_that_does_not_compile_fails(self):
        self.refused(1, GOOD + "\nmissing_type y;\n", "the correct code does not compile")

    def test_correct_code_with_a_warning_fails(self):
        self.refused(1, GOOD + "\n#warning something\n", "compiles with a warning")

    def test_a_mistake_without_expectation_is_a_fault(self):
        self.refused(2, GOOD + "\n#ifdef FORGOTTEN\n#endif\n", "no expectation for FORGOTTEN")

    def test_an_expectation_without_mistake_is_a_fault(self):
        self.refused(2, "// expect-error(GONE): x\n" + GOOD, "expectation for GONE, but no #ifdef")

    def test_a_file_without_expectations_is_a_fault(self):
        self.refused(2, "int x;\n", "tests nothing")

    def test_a_misspelt_expectation_is_a_fault(self):
        self.refused(2, "// expect-error TOO_SMALL: x\n" + GOOD, "cannot read this expectation")

    def test_a_broken_regular_expression_is_a_fault(self):
        self.refused(2, "// expect-error(TOO_SMALL): (\n" + GOOD, "not a regular expression")

    def test_each_compiler_can_have_its_own_words(self):
        text = GOOD.replace("error(TOO_SMALL): the answer", "error-gcc(TOO_SMALL): the answer")
        text = "// expect-error-clang(TOO_SMALL): other words\n" + text
        status, output = self.drive(text, "--family", "gcc")
        self.assertEqual(status, 0, output)
        self.refused(1, text, "other words", "--family", "clang")

    def test_a_compiler_without_words_is_a_fault(self):
        text = GOOD.replace("error(TOO_SMALL)", "error-gcc(TOO_SMALL)")
        self.refused(2, text, "nothing is expected from clang", "--family", "clang")


if __name__ == "__main__":
    if len(sys.argv) > 1 and not sys.argv[1].startswith("-"):
        COMPILER = sys.argv.pop(1)
    unittest.main()
