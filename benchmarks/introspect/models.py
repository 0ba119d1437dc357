"""Prints a models file of so many models of ten columns, an index and a foreign key each; NUMBER_changed: the first has a
column more."""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "compile_time"))
import models  # noqa: E402

number, _, changed = sys.argv[1].partition("_")
text = "#pragma once\n" + models.described(int(number))
if changed:
    text = text.replace("struct Model0 {\n", "struct Model0 {\n  std::optional<std::string> added;\n")
    text = text.replace('INSTAR_MODEL(Model0, "model_0",\n', 'INSTAR_MODEL(Model0, "model_0",\n    (added),\n')
print(text, end="")
