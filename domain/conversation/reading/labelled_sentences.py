"""The labelled sentences: what people write, and what it means. All are learned from (`idea_folds.py` proves it).

A sentence of commands lies in `corpus/` beside this module, one of a service in `sentences.jsonl` of its folder: a
further service brings its own by its folder alone. An installed package has none.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

SPOKEN_AT = datetime.fromisoformat("2026-11-24T10:00:00+03:30")
"""The sentences speak of days as of then."""

_COMMAND_SENTENCES = files("domain") / "conversation" / "reading" / "corpus"
_SERVICE_FOLDERS = files("domain") / "services"
_SERVICE_SENTENCES = "sentences.jsonl"


@dataclass(frozen=True, slots=True)
class LabelledSentence:
    """A message with what it means."""

    text: str
    """Rows written."""
    intent: str
    """Wanted intent, by the names of channels.md; `unknown` for what calls nothing."""
    slots: Mapping[str, Any] = field(default_factory=dict)
    """Slots said, as `pishkhan sms parse` shows them."""
    offered: str = ""
    """The intent that is offered where none is called: what the words speak for, although they do not say of what."""

    @property
    def meant_intent(self) -> str:
        """Intent of the words as a whole."""
        return self.offered or self.intent

    def as_json(self) -> dict[str, Any]:
        """Return it as a line of a file has it."""
        offered = {"offered": self.offered} if self.offered else {}
        return {"text": self.text, "intent": self.intent, "slots": dict(self.slots), **offered}


@cache
def load_labelled_sentences() -> tuple[LabelledSentence, ...]:
    """Return all sentences, of commands and services; they do not change while a process runs."""
    return tuple(sentence for sentence_file in _list_files() for sentence in _read_file(sentence_file))


def _list_files() -> Iterator[Traversable]:
    if _COMMAND_SENTENCES.is_dir():
        yield from sorted(_COMMAND_SENTENCES.iterdir(), key=lambda listed: listed.name)
    for service_folder in sorted(_SERVICE_FOLDERS.iterdir(), key=lambda listed: listed.name):
        if (service_folder / _SERVICE_SENTENCES).is_file():
            yield service_folder / _SERVICE_SENTENCES


def _read_file(sentence_file: Traversable) -> Iterator[LabelledSentence]:
    for line in sentence_file.read_text("utf-8").splitlines():
        yield LabelledSentence(**json.loads(line))
