"""The files of texts: a key is in one of them, a service's own words and bounds nothing but that service, and what
citizens read is written in Persian letters.

Which of two files wins would be chance; and a bound of all texts in a service's file would weaken the proofs of others.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from domain.check.flaws import NO_SERVICE, Flaw
from domain.messages.catalogue import find_service, is_bound
from domain.messages.text_files import find_file_owner
from domain.messages.text_tables import read_leaf_text

CITIZENS_TABLES = (
    *("services.", "in_chat.", "sms.", "ask.", "staff.", "errors."),
    *("phases.", "choices.", "intents.", "units."),
)
"""Beginnings of the keys of what citizens, and who is texted, read in Persian."""

WORDS_IN_LATIN = frozenset({"PDF"})
"""What Persian writes so too."""

_FOREIGN_LETTER = re.compile("[\u064a\u0643\u0649\u0629\u06c0\u0660-\u0669\u0640\u064c-\u0655\u200d\ufeff]")
_UNTIDY_SPACE = re.compile(r"^\s|\s$|  |\s[\u060c\u061b.\u061f:]|\u200c\s|\s\u200c")
_LATIN_WORD = re.compile("[A-Za-z]+")
_PLACEHOLDER = re.compile(r"\{[\w:]+\}")


def text_file_flaws(leaves_by_file: Mapping[str, Mapping[str, Any]]) -> Iterator[Flaw]:
    """Find keys in two files, and in services' files what belongs to all or to another service."""
    counts = Counter(key for leaves in leaves_by_file.values() for key in leaves)
    yield from (Flaw("text_twice", NO_SERVICE, key) for key, count in counts.items() if count > 1)
    for file_name, leaves in leaves_by_file.items():
        if owner := find_file_owner(file_name):
            for key in leaves:
                service_key = find_service(key)
                if service_key not in {"", owner}:
                    yield Flaw("text_of_another", owner, key)
                elif is_bound(key) and not service_key:
                    yield Flaw("bound_of_all", owner, key)
        yield from _letter_flaws(owner or NO_SERVICE, leaves)


def _letter_flaws(owner: str, leaves: Mapping[str, Any]) -> Iterator[Flaw]:
    """Find letters that are on no Persian keyboard, by which nothing is found, and spaces where none belong."""
    for key, leaf in leaves.items():
        if key.startswith(CITIZENS_TABLES) and not is_bound(key):
            for text in leaf if isinstance(leaf, list) else [read_leaf_text(leaf)]:
                if _FOREIGN_LETTER.search(text):
                    yield Flaw("foreign_letter", owner, key)
                if _UNTIDY_SPACE.search(text):
                    yield Flaw("untidy_space", owner, key)
                if set(_LATIN_WORD.findall(_PLACEHOLDER.sub("", text))) - WORDS_IN_LATIN:
                    yield Flaw("latin_word", owner, key)
