"""What a button carries: where the dialogue stood when it was shown, and the answer that it gives.

`<turn>:<answer>` belongs to one question, and means nothing once that is answered; `:<answer>` stands for itself at any
time. An answer is a text as people type it, but for two kinds: `>…` turns a page of the same question, `!…` calls what
only buttons can (`Verb`).
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from domain.messages.keyboards import Button

PAGE, CALL = ">", "!"


class Verb(StrEnum):
    """What only buttons can do; what follows are the tracking code and what else it takes."""

    MENU = "menu"
    GIVE_UP = "cancel"
    PAPERS = "papers"
    DONE = "done"
    PRINT = "print"
    NOTICES = "notices"
    DRIVER = "driver"
    RECORD = "record"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a pressed button says. `turn` is empty where it stands for itself."""

    turn: str
    text: str

    @property
    def page(self) -> str | None:
        """The page that is wished, if one is."""
        return self.text.removeprefix(PAGE) if self.text.startswith(PAGE) else None

    @property
    def call(self) -> tuple[str, ...]:
        """The verb and what it takes; empty where the answer is a text."""
        return tuple(self.text.removeprefix(CALL).split()) if self.text.startswith(CALL) else ()


def read_answer(data: str) -> Answer:
    """Return what a button's data says, whatever it is."""
    turn, _, text = data.partition(":")
    return Answer(turn, text)


def turn_of(dialogue: Mapping[str, Any]) -> str:
    """Return a short digest of where a dialogue stands; it changes with every answer that is taken."""
    text = json.dumps(dialogue, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def answering(turn: str, label: str, answer: str) -> Button:
    """Return a button that answers the question of that turn."""
    return Button(label, f"{turn}:{answer}")


def alone(label: str, answer: str) -> Button:
    """Return a button that stands for itself."""
    return Button(label, f":{answer}")


def calling(label: str, verb: Verb, *what: str) -> Button:
    """Return a button that calls a verb."""
    return alone(label, f"{CALL}{' '.join((verb, *what))}")
