"""Templates: the words of a text with the places for its facts, and what those are cut to.

`{phone}` may stand in every text: it is where the municipality answers the phone. What stands in square brackets with
it is said only where there is one («متوجه نشدیم.[ تلفن {phone}]»).
"""

import re
from collections.abc import Sequence
from functools import lru_cache
from string import Formatter
from typing import NamedTuple

PHONE = "phone"
"""The fact that every text is given."""

_PHONE_PART = re.compile(r"\[([^\[\]]*\{phone\}[^\[\]]*)\]")


class Placeholder(NamedTuple):
    """A place for a fact in a text; `cut_length` is where that text cuts it, in code units (0: it does not)."""

    name: str
    cut_length: int


def settle_phone(template: str, *, has_phone: bool) -> str:
    """Return a text with what it says of the phone, or without."""
    return _PHONE_PART.sub(r"\1" if has_phone else "", template)


def cut_text(value: str, max_units: int) -> str:
    """Return a value in at most so many code units (0: as it is), cut behind a word where one ends near the limit."""
    if not max_units or 2 * len(value) <= max_units:  # no character takes more than two
        return value
    encoded_text = value.encode("utf-16-le", "ignore")
    if len(encoded_text) <= 2 * max_units:
        return value
    shortened = encoded_text[: 2 * (max_units - 1)].decode("utf-16-le", "ignore")
    if (
        value[len(shortened)] != " "
        and (complete_words := shortened.rpartition(" ")[0])
        and 2 * len(complete_words) > max_units
    ):
        shortened = complete_words
    return shortened.rstrip() + "…"


def list_placeholders(template: str) -> list[str]:
    """Return the names that a text expects of whoever renders it: the phone is there in every text."""
    return [
        placeholder.name for _, placeholder in parse_template(template) if placeholder and placeholder.name != PHONE
    ]


@lru_cache(maxsize=4096)
def list_fact_names(template: str) -> frozenset[str]:
    """Return the names that a text expects, each once."""
    return frozenset(list_placeholders(template))


@lru_cache(maxsize=4096)
def parse_template(template: str) -> Sequence[tuple[str, Placeholder | None]]:
    """Return the words of a text, each with the placeholder that follows them, if one does."""
    return [
        (
            literal_text,
            Placeholder(placeholder_name, int(cut_length) if cut_length and cut_length.isdecimal() else 0)
            if placeholder_name
            else None,
        )
        for literal_text, placeholder_name, cut_length, _ in Formatter().parse(template)
    ]
