"""The lists of words by which messages are read, by layer: each file of `words/` is a layer, each section of it a list.

The layers: `courtesies` (ask for nothing), `moods` (how something is said), `intents` (what is wanted) and `values`
(numbers, days, places, machines, codes). Lists of a few words stand where they are used, words of a service in its
`vocabulary.py`, Turkmen words in `turkmen/dictionary.py`.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).parent / "words"


def words_of(list_name: str) -> tuple[str, ...]:
    """Return the words and phrases of a list («moods.question_words»), in the order of its file; `KeyError` for one
    that is not there.
    """
    layer, _, section = list_name.partition(".")
    return read_layer(layer)[section]


@cache
def read_layer(layer: str) -> Mapping[str, tuple[str, ...]]:
    """Return all lists of a layer by name."""
    sections = (_FOLDER / f"{layer}.txt").read_text("utf-8").split("\n[")[1:]
    parted = (section.partition("]\n") for section in sections)
    return {name: tuple(word.strip() for word in content.split("|")) for name, _, content in parted}
