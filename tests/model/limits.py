#!/usr/bin/env python3
"""Compiles 1,000 models of 10 columns at the compiler's default limits: their check against a snapshot, and the whole
plan that makes them. A compiler that needs -fconstexpr-ops-limit, -fconstexpr-steps or -ftemplate-depth fails.

    limits.py COMPILER INCLUDE_FOLDER
"""
import pathlib
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "benchmarks" / "compile_time"))
import models  # noqa: E402

MODELS = 1000
# A table, an index and a foreign key for each.
CHECKS = f"""
inline constexpr instar::snapshot snapshot{{.schema = instar::view_of<app::schema>}};
INSTAR_CHECK_MIGRATED(app::schema, snapshot);
inline constexpr auto nothing = instar::schema<>();
static_assert(instar::view_of<app::schema>.tables.size() == {MODELS});
static_assert(app::schema.table("model_{MODELS - 1}").columns.size() == {models.COLUMNS});
static_assert(instar::diff<app::schema, app::schema>.empty());
static_assert(instar::diff<nothing, app::schema>.size() == {3 * MODELS});
static_assert(instar::diff<app::schema, nothing>.loses_data());
"""


def main():
    compiler, include = sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder:
        source = pathlib.Path(folder) / "models.cpp"
        source.write_text(models.described(MODELS) + CHECKS)
        began = time.monotonic()
        status = subprocess.run([compiler, "-std=c++20", "-fsyntax-only", f"-I{include}", str(source)]).returncode
        print(f"{compiler}: {MODELS} models in {time.monotonic() - began:.1f} s, status {status}")
    return status


if __name__ == "__main__":
    sys.exit(main())
