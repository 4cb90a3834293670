"""Reads the texts that people get: which text of the catalogue it is, and with which facts it was filled.

So a test says what a citizen hears by the text's key, as the declarations and use cases do, and takes tracking codes
and bill ids out of the texts as a citizen would.
"""

import re
from collections.abc import Mapping
from functools import lru_cache
from string import Formatter

from domain.messages.catalogue import Catalogue

MACHINERY = "services.machinery."
CATALOGUE = Catalogue.load()
DIRECTION_MARKS = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")

PAYMENT_LINK = r"(?:\nhttps://\S+/pay/[a-z2-9]{12})?"
"""What a text with the ids of a bill may end with, where it has room."""

Facts = Mapping[str, str]
"""Placeholder → what stood in its place."""


def read_facts(text: str, *keys: str) -> Facts:
    """The facts in a text that consists of these texts of the catalogue, one a line; AssertionError if not.

    A key of the machinery service may be written without `services.machinery.`; with a `*` at its end it names the
    beginning of a text only (a list or menu follows).
    """
    ending = PAYMENT_LINK if any("{payment_id}" in CATALOGUE.text(_full(key.removesuffix("*"))) for key in keys) else ""
    found = re.fullmatch("\n".join(_pattern(key) for key in keys) + ending, visible_text(text), re.DOTALL)
    assert found, f"expected {' + '.join(keys)}, heard:\n{text}"
    return {name.rpartition("__")[0]: value for name, value in found.groupdict().items()}


def visible_text(text: str) -> str:
    """What a reader sees of a text: marks of direction show nothing."""
    return DIRECTION_MARKS.sub("", text)


def render_text(key: str, **facts: str) -> str:
    """A text of the catalogue as people read it."""
    return visible_text(CATALOGUE.render(_full(key), facts))


def _full(key: str) -> str:
    return key if key in CATALOGUE else MACHINERY + key


@lru_cache
def _pattern(key: str) -> str:
    name, open_end = key.removesuffix("*"), key.endswith("*")
    groups: dict[str, str] = {}
    parts = []
    for literal, fact, _, _ in Formatter().parse(visible_text(CATALOGUE.text(_full(name)))):
        parts.append(re.escape(literal))
        if fact in groups:
            parts.append(f"(?P={groups[fact]})")
        elif fact:
            groups[fact] = f"{fact}__{_label(name)}"
            parts.append(f"(?P<{groups[fact]}>.+?)")
    return "".join(parts) + (".*" if open_end else "")


def _label(name: str) -> str:
    return name.replace(".", "_")
