"""The Turkmen texts, in Latin letters and in Arabic ones: nothing is wrong with them, and what they tell people to
write is read.
"""

import re
from datetime import datetime
from typing import Any

import pytest

from domain.check.texts.translations import check_translation, list_dropped_facts, list_missing_texts
from domain.conversation.reading.grammar import Grammar
from domain.conversation.reading.vocabulary import LANGUAGE_INTENT
from domain.messages.catalogue import Catalogue, load_shipped_texts
from domain.messages.text_tables import read_leaf_text
from domain.messages.translations import load_translation
from domain.services import SERVICES, list_intents
from domain.values.turkmen_script import write_in_arabic
from tests.support.scenarios.shipped_services import SHIPPED_SERVICES

NOW = datetime.fromisoformat("2026-11-24T10:00:00+03:30")
TAGS = ("tk", "tk-Arab")
GRAMMAR = Grammar((*list_intents(SERVICES), LANGUAGE_INTENT))
_QUOTED = re.compile("«([^»]*)»")


@pytest.mark.parametrize("tag", TAGS)
def test_nothing_is_wrong_with_the_turkmen_texts(tag: str) -> None:
    translation = load_translation(tag)
    catalogue = Catalogue(load_shipped_texts().values(), translations=[translation])
    assert check_translation(SERVICES, catalogue, translation) == []
    assert len(list_dropped_facts(catalogue, translation)) <= 20


def test_no_text_waits_for_its_translation() -> None:
    """A further service may have texts in Persian alone: `check` notes it."""
    further_files = {f"services/{one.key}/texts/fa.toml" for one in SERVICES if one.key not in SHIPPED_SERVICES}
    further_keys = {key for file, texts in load_shipped_texts().items() if file in further_files for key in texts}
    assert set(list_missing_texts(load_translation("tk"))) - further_keys == set()


def list_quoted_commands(leaf: Any) -> set[str]:
    """Return the intents of what a text quotes as to be written."""
    quoted = [] if isinstance(leaf, list) else _QUOTED.findall(read_leaf_text(leaf))
    messages = [GRAMMAR.parse_message(words.replace("{code}", "123456786"), NOW) for words in quoted]
    return {message.intent for message in messages} - {"unknown", "language"}


def test_what_texts_tell_to_write_is_read_in_both_scripts() -> None:
    in_latin, in_arabic = (load_translation(tag).leaves for tag in TAGS)
    told = {key: intents for key, leaf in in_latin.items() if (intents := list_quoted_commands(leaf))}
    assert len(told) > 25
    assert {key: list_quoted_commands(in_arabic[key]) for key in told} == told
    assert {"help", "track", "pay", "cancel", "confirm", "deny", "back"} <= set().union(*told.values())


@pytest.mark.parametrize(
    ("latin", "arabic"),
    [
        ("gerek däl", "گرک دأل"),
        ("kömek", "کؤمک"),
        ("ýagdaý", "یاغدای"),
        ("tölemek", "تؤله‌مک"),
        ("goýbolsun {code:60}", "قویبولسون {code:60}"),
        ("PDF, 8-den", "PDF، ۸-دن"),
        ("arzaňyz", "عرضه‌نگیز"),
    ],
)
def test_turkmen_is_written_in_arabic_letters(latin: str, arabic: str) -> None:
    assert write_in_arabic(latin) == arabic
