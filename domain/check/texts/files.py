"""The files of texts: a key is in one of them, a service's own words and bounds nothing but that service, and all is
written in Persian letters, what citizens read in Persian words.

Which of two files wins would be chance; and a bound of all texts in a service's file would weaken the proofs of others.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from domain.check.flaws import NO_SERVICE, Flaw
from domain.messages.catalogue import Catalogue, find_service, is_bound
from domain.messages.text_files import find_file_owner
from domain.messages.text_tables import read_leaf_text

STAFF_TABLES = (
    "admin.",
    "demo.",
    "gateways.codes.",
    "ledger.",
    "reports.",
    "sandbox_bank.",
    "settlement.",
    "soap.",
    "staff.",
    "web.phone.desk.",
)
"""Tables that citizens never read: a translation lacks nothing without them."""

STAFF_FILES = frozenset(
    {
        "admin.toml",
        "admin_misread.toml",
        "admin_organisation.toml",
        "admin_registries.toml",
        "card_refunds.toml",
        "counter.toml",
        "demo.toml",
        "desk.toml",
        "ledger.toml",
        "payment_attempts.toml",
        "refunds.toml",
        "reports.toml",
        "settlement.toml",
    }
)
"""Files whose reasons (`details`) the staff and counter offices alone are given."""

WORDS_IN_LATIN = frozenset(
    {
        *("CSV", "GPS", "IR", "PDF", "RRN", "VIN", "XLSX"),
        *("Text", "force", "officer"),
    }
)
"""Words that Persian writes in Latin letters, and words chosen or typed as they stand in other programs and commands.
"""

_FOREIGN_LETTER = re.compile("[\u064a\u0643\u0649\u0629\u06c0\u0660-\u0669\u0640\u200d\ufeff]")
"""Marks over and under letters are none: Persian keyboards have them."""
_UNTIDY_SPACE = re.compile(r"^\s|\s$|  |\s[\u060c\u061b\u061f:]|\s\.(?![A-Za-z])|\u200c\s|\s\u200c")
_LATIN_RUN = re.compile(r"[A-Za-z0-9\u06f0-\u06f9./@-]+")
_ADDRESS_OR_SIZE = re.compile(r"\.[A-Za-z]|[0-9\u06f0-\u06f9]")
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
        yield from _latin_flaws(file_name, leaves)


def letter_flaws(catalogue: Catalogue) -> Iterator[Flaw]:
    """Find letters that are not Persian, by which nothing is found, and spaces where none belong, in texts of the
    municipality's own too.
    """
    for key in catalogue.list_keys():
        if not is_bound(key):
            for text in _split_leaf(catalogue.read_source(key)):
                if _FOREIGN_LETTER.search(text):
                    yield Flaw("foreign_letter", find_service(key) or NO_SERVICE, key)
                if _UNTIDY_SPACE.search(text):
                    yield Flaw("untidy_space", find_service(key) or NO_SERVICE, key)


def _latin_flaws(file_name: str, leaves: Mapping[str, Any]) -> Iterator[Flaw]:
    """Find words in Latin letters in what citizens read, but for addresses and for what has a number (a size of paper).

    A municipality may have more of them to say: its own texts are not looked at.
    """
    for key, leaf in leaves.items():
        if not is_bound(key) and not is_of_staff(file_name, key):
            runs = [run for text in _split_leaf(leaf) for run in _LATIN_RUN.findall(_PLACEHOLDER.sub(" ", text))]
            plain_runs = [run for run in runs if not _ADDRESS_OR_SIZE.search(run)]
            if {word for run in plain_runs for word in _LATIN_WORD.findall(run)} - WORDS_IN_LATIN:
                yield Flaw("latin_word", find_file_owner(file_name) or NO_SERVICE, key)


def is_of_staff(file_name: str, key: str) -> bool:
    """Return whether no citizen ever reads that text of that file."""
    return key.startswith(STAFF_TABLES) or (file_name in STAFF_FILES and key.startswith("details."))


def _split_leaf(leaf: Any) -> list[str]:
    return [str(line) for line in leaf] if isinstance(leaf, list) else [read_leaf_text(leaf)]
