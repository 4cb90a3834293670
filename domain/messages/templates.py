"""Templates: the words of a text with the places for its facts, and what those are cut to.

`{phone}` may stand in every text: it is where the municipality answers the phone. What stands in square brackets round
a fact is said only where that says something: where there is a phone («متوجه نشدیم.[ تلفن {phone}]»), where a last day
is another than the first, which the text has said already («{from}[ تا {to}]»).
"""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from string import Formatter
from typing import NamedTuple

PHONE = "phone"
"""The fact that every text is given."""

IN_TOMAN = "toman"

_BRACKETED_PART = re.compile(r"\[(?P<words>[^\[\]{}]*\{(?P<fact>\w+)\}[^\[\]{}]*)\]")


class Placeholder(NamedTuple):
    """A place for a fact in a text."""

    name: str
    cut_length: int
    """Length at which the text cuts it, in code units; 0: it does not (`{text:60}`)."""
    in_toman: bool
    """Whether an amount of rials is said in toman, as people reckon (`{amount:toman}`)."""


def settle_brackets(template: str, facts: Mapping[str, str] | None) -> str:
    """Return a text without its brackets, and without what stands in those that say nothing: their fact is empty, or
    the same as another that the text says before. None: with all of it, the longest that the text can be.
    """

    def settle_part(part: re.Match[str]) -> str:
        if facts is None:
            return part["words"]
        value, earlier_names = facts[part["fact"]], list_fact_names(template[: part.start("words") - 1])
        is_repeated = any(facts.get(name) == value for name in earlier_names)
        return part["words"] if value and not is_repeated else ""

    return _BRACKETED_PART.sub(settle_part, template) if "[" in template else template


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
            Placeholder(placeholder_name, int(form) if form and form.isdecimal() else 0, form == IN_TOMAN)
            if placeholder_name
            else None,
        )
        for literal_text, placeholder_name, form, _ in Formatter().parse(template)
    ]
