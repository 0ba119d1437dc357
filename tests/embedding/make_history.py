#!/usr/bin/env python3
"""make_history.py FOLDER: writes a history whose bytes are as awkward as a script's may be."""
import os
import sys

SCRIPTS = {
    "20240101000000_every_byte": bytes(range(256)) * 3,
    "20240102000000_empty": b"",
    "20240103000000_crlf_and_quotes": b"SELECT 'a;b', \"c\", '[x]', '\\';\r\n-- )\" ??/ )--\"\r\n",
    "20240104000000_digits_after_escapes": "é1é2\x01f".encode(),
    "20240105000000_longest_literal": b"x" * 60000,
    "20240106000000_beyond_64_kilobytes": bytes(i * 7 % 251 for i in range(200001)),
    "9_sorts_last": b"SELECT 1;\n",
}

for name, sql in SCRIPTS.items():
    folder = os.path.join(sys.argv[1], name)
    os.makedirs(folder, exist_ok=True)
    path = os.path.join(folder, "migration.sql")
    if not os.path.exists(path) or open(path, "rb").read() != sql:
        with open(path, "wb") as file:
            file.write(sql)
with open(os.path.join(sys.argv[1], "migration_lock.toml"), "w", encoding="utf-8") as file:
    file.write('provider = "sqlite"\n')
