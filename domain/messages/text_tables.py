"""Texts as TOML has them: tables flattened into leaves by dotted key.

A leaf is a string, a list of strings, or a table {text, class, parts} for a message that travels by itself.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any


def flatten_table(text_table: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    """Yield the leaves of a table with their dotted keys."""
    for key, value in text_table.items():
        dotted_path = f"{prefix}{key}"
        if isinstance(value, str):  # most are, and are told at once
            yield dotted_path, value
        elif isinstance(value, Mapping) and not _is_message(value):
            yield from flatten_table(value, dotted_path + ".")
        else:
            yield dotted_path, value


def read_leaf_text(leaf: Any) -> str:
    """Return the text of a leaf that is no list."""
    return str(leaf["text"]) if isinstance(leaf, Mapping) else str(leaf)


def replace_leaf_text(leaf: Any, override_text: str | Sequence[str]) -> Any:
    """Return a leaf with another text; class and part budget stay."""
    if isinstance(leaf, Mapping):
        return {**leaf, "text": override_text}
    return override_text if isinstance(override_text, str) else list(override_text)


def override_leaf(leaf: Any, own_leaf: Any) -> Any:
    """Return what stands for a text of the municipality's own file; class and part budget stay unless it names them."""
    if not isinstance(leaf, Mapping):
        return own_leaf
    return {**leaf, **(own_leaf if isinstance(own_leaf, Mapping) else {"text": own_leaf})}


def _is_message(text_table: Mapping[str, Any]) -> bool:
    return "text" in text_table and set(text_table) <= {"text", "class", "parts"}
