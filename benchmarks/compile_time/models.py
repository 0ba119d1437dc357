"""Writes models files of any size: the input of the compile-time benchmark."""

STANDARD_INCLUDES = "#include <chrono>\n#include <cstdint>\n#include <optional>\n#include <string>\n\n"

# Names of a column, so that not every table is the same text.
LABELS = ["email", "slug", "code", "login", "token", "handle", "serial_number", "isbn", "public_key", "short_url"]
TITLES = ["name", "title", "subject", "display_name", "caption", "headline", "legend", "given_name", "label"]
COUNTS = ["position", "quantity", "attempts", "priority", "rank", "retries_left", "version"]
AMOUNTS = ["amount", "score", "weight", "distance_in_metres", "temperature", "ratio", "balance", "progress"]
FLAGS = ["active", "visible", "locked", "verified", "is_default", "archived"]
NOTES = ["note", "description", "remark", "payload_url", "comment_text", "last_error_message"]
COLUMNS = 10


def fields(number, total):
    """The columns of one model: (C++ type, name, attributes)."""
    # A third of the models refers forward, a third backward, a third far away.
    target = [number + 1, number - 1, number * 7 + 3][number % 3] % total
    time = "std::chrono::sys_time<std::chrono::microseconds>"
    return [
        ("std::int64_t", "id", "primary_key, identity"),
        ("std::string", LABELS[number % len(LABELS)], "unique"),
        ("std::int64_t", "owner_id", f"references(&Model{target}::id).on_delete(cascade)"),
        ("std::optional<std::string>", TITLES[number % len(TITLES)], ""),
        ("std::int32_t", COUNTS[number % len(COUNTS)], "default_value(0)"),
        ("double", AMOUNTS[number % len(AMOUNTS)], "default_value(1.5)"),
        ("bool", FLAGS[number % len(FLAGS)], "default_value(false)"),
        (f"std::optional<{time}>", "deleted_at", ""),
        ("std::optional<std::string>", NOTES[number % len(NOTES)], ""),
        (time, "created_at", "default_now"),
    ]


def struct(number, total):
    members = "".join(f"  {kind} {name};\n" for kind, name, _ in fields(number, total))
    return f"struct Model{number} {{\n{members}}};\n"


def instar_model(number, total, changed=False):
    """The model's description; a changed one has another default, an index more and a column renamed."""
    entries = []
    for _, name, attributes in fields(number, total):
        if changed and attributes == "default_value(0)":
            attributes = "default_value(7)"
        if changed and name == "deleted_at":
            attributes = 'column("removed_at"), renamed_from("deleted_at")'
        entries.append(f"({name}{', ' if attributes else ''}{attributes})")
    count = COUNTS[number % len(COUNTS)]
    entries.append(f"index(&Model{number}::owner_id, &Model{number}::{count})")
    if changed:
        entries.append(f"index(&Model{number}::created_at)")
    separator = ",\n    "
    return f'INSTAR_MODEL(Model{number}, "model_{number}",\n    {separator.join(entries)})\n'


def bare(total):
    """The structs alone."""
    return STANDARD_INCLUDES + "namespace app {\n\n" + "\n".join(struct(i, total) for i in range(total)) + "\n}\n"


def described(total, changed=0):
    """The structs with INSTAR_MODEL and their schema `app::schema`; every so many a changed one."""
    every = total // changed if changed else total + 1
    chosen = set(range(0, every * changed, every)) if changed else set()
    text = STANDARD_INCLUDES + "#include <instar/instar.hpp>\n\nnamespace app {\n\n"
    text += "\n".join(struct(i, total) for i in range(total)) + "\n"
    text += "\n".join(instar_model(i, total, i in chosen) for i in range(total))
    names = ", ".join(f"Model{i}" for i in range(total))
    return text + f"\ninline constexpr auto schema = instar::schema<{names}>();\n\n}}\n"


def hana(total):
    """The structs under BOOST_HANA_ADAPT_STRUCT, their names read with hana::keys."""
    text = STANDARD_INCLUDES
    text += "#include <boost/hana/adapt_struct.hpp>\n#include <boost/hana/keys.hpp>\n#include <boost/hana/unpack.hpp>\n"
    text += "#include <array>\n\nnamespace app {\n\n" + "\n".join(struct(i, total) for i in range(total)) + "\n}\n"
    text += """
template <class Model>
std::array<const char*, 10> names_of() {
  return boost::hana::unpack(boost::hana::keys(Model{}), [](auto... key) { return std::array{key.c_str()...}; });
}
"""
    for i in range(total):
        text += f"BOOST_HANA_ADAPT_STRUCT(app::Model{i}, {', '.join(name for _, name, _ in fields(i, total))});\n"
        text += f"template std::array<const char*, 10> names_of<app::Model{i}>();\n"
    return text
