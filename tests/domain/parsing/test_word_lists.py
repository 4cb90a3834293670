"""The lists of words lie in the layers that the module names, and each is read by somebody."""

import re
from collections import Counter
from pathlib import Path

import pytest

from domain.parsing.word_lists import LAYERS, read_layer, words_of

SOURCE = Path(__file__).parents[3] / "domain"
USE = re.compile(r'(?:words_of|keys_in)\("([^"]+)"\)')


def test_each_list_is_read_and_says_no_word_twice() -> None:
    used = {name for module in SOURCE.rglob("*.py") for name in USE.findall(module.read_text("utf-8"))}
    assert {f"{layer}.{name}" for layer in LAYERS for name in read_layer(layer)} == used
    assert {path.stem for path in (SOURCE / "parsing" / "words").iterdir()} == {*LAYERS}
    for name in used:
        words = words_of(name)
        assert all(words), name
        assert [word for word, count in Counter(words).items() if count > 1] == [], name


def test_an_unknown_list_is_an_error() -> None:
    with pytest.raises(KeyError):
        words_of("moods.nothing")
