"""The lists of words lie in layers, a file each, and each is read by somebody."""

import re
from collections import Counter
from pathlib import Path

import pytest

from domain.parsing.word_lists import read_layer, words_of

SOURCE = Path(__file__).parents[3] / "domain"
USE = re.compile(r'(?:words_of|keys_in)\("([^"]+)"\)')


def test_each_list_is_read_and_says_no_word_twice() -> None:
    used = {name for module in SOURCE.rglob("*.py") for name in USE.findall(module.read_text("utf-8"))}
    layers = {path.stem for path in (SOURCE / "parsing" / "words").iterdir()}
    assert {f"{layer}.{name}" for layer in layers for name in read_layer(layer)} == used
    for name in used:
        words = words_of(name)
        assert all(words), name
        assert [word for word, count in Counter(words).items() if count > 1] == [], name


def test_an_unknown_list_is_an_error() -> None:
    with pytest.raises(KeyError):
        words_of("moods.nothing")
