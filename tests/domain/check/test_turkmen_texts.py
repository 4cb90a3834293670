"""The Turkmen texts, in Latin letters and in Arabic ones: nothing is wrong with them, and what they tell people to
write is read.
"""

import re
from datetime import datetime
from typing import Any

import pytest

from domain.check.translations import check_translation, list_dropped_facts, list_missing_texts
from domain.conversation.grammar import Grammar
from domain.conversation.vocabulary import LANGUAGE_INTENT
from domain.messages.catalogue import Catalogue, load_shipped_texts
from domain.messages.text_tables import read_leaf_text
from domain.messages.translations import load_translation
from domain.services import SERVICES, list_intents
from domain.values.turkmen_script import write_in_arabic

NOW = datetime.fromisoformat("2026-11-24T10:00:00+03:30")
TAGS = ("tk", "tk-Arab")
GRAMMAR = Grammar((*list_intents(SERVICES), LANGUAGE_INTENT))
PERSIAN_TEXTS = {key: leaf for texts in load_shipped_texts().values() for key, leaf in texts.items()}
_QUOTED = re.compile("«([^»]*)»")


@pytest.mark.parametrize("tag", TAGS)
def test_nothing_is_wrong_with_the_turkmen_texts(tag: str) -> None:
    translation = load_translation(tag)
    catalogue = Catalogue(load_shipped_texts().values(), translations=[translation])
    assert check_translation(SERVICES, catalogue, translation) == []
    assert list_dropped_facts(catalogue, translation) == []


def test_hardly_a_text_waits_for_its_translation() -> None:
    assert len(list_missing_texts(load_translation("tk"))) <= 40


def list_quoted_commands(leaf: Any) -> set[str]:
    """Return the intents of what a text quotes as to be written."""
    quoted = [] if isinstance(leaf, list) else _QUOTED.findall(read_leaf_text(leaf))
    messages = [GRAMMAR.parse_message(words.replace("{code}", "123456786"), NOW) for words in quoted]
    return {message.intent for message in messages} - {"unknown", "language"}


@pytest.mark.parametrize("tag", TAGS)
def test_what_a_text_tells_to_write_is_the_command_that_the_persian_one_tells(tag: str) -> None:
    translation = load_translation(tag)
    told = {key: list_quoted_commands(leaf) for key, leaf in translation.leaves.items()}
    wrong = {key: intents for key, intents in told.items() if intents != list_quoted_commands(PERSIAN_TEXTS[key])}
    assert wrong == {}


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
