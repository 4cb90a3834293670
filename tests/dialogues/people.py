"""Adaptive speakers: people who want something, know what they know, and react to what they hear.

Each wish of `people/` is written by three people: a terse one, a chatty one and a confused one. They were written by
somebody who had read neither the program nor its texts; a person is not mended after it was played. `bench.dialogues`
plays them.
"""

import re
import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

from tests.dialogues.transcript import Dialogue, Ending, Message, RequestBefore

PEOPLE = Path(__file__).parent / "people"
MANNERS = ("terse", "chatty", "confused")
PARTS_A_TURN = 3
"""Parts of SMS that the replies may cost for each message of a person."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Something that a person says when it is asked for."""

    asked: str
    """Regular expression: what the last reply asks in."""
    says: str
    times: int = 1
    """Number of times that it is said, at most."""


@dataclass(frozen=True, slots=True)
class Person:
    """One who has a wish, in a manner of speaking."""

    dialogue: Dialogue
    """The situation, and the ending that helps."""
    manner: str
    """One of `MANNERS`."""
    opens: str
    """First message."""
    answers: Sequence[Answer]
    """Answers, the first that fits is said."""
    otherwise: Sequence[str]
    """Messages for replies that ask nothing known, one after another; then the person gives up."""
    done: str
    """Regular expression: a reply with it is what was wanted."""


@dataclass(slots=True)
class Speech:
    """Course of a person's side of a dialogue."""

    person: Person
    has_given_up: bool = False
    _uses: Counter[int] = field(default_factory=Counter)
    _rephrased: int = 0

    def next_message(self, last_reply: str | None) -> Message | None:
        """Return what the person writes behind a reply (None: to begin); None when they have what they wanted, or have
        given up.
        """
        if last_reply is None:
            return Message(self.person.opens)
        if re.search(self.person.done, last_reply):
            return None
        for place, answer in enumerate(self.person.answers):
            if self._uses[place] < answer.times and re.search(answer.asked, last_reply):
                self._uses[place] += 1
                return Message(answer.says)
        if self._rephrased < len(self.person.otherwise):
            self._rephrased += 1
            return Message(self.person.otherwise[self._rephrased - 1])
        self.has_given_up = True
        return None


@cache
def load_people() -> tuple[Person, ...]:
    """Read all of them, file by file: three for each wish."""
    return tuple(
        _read_person(file["kind"], wish, manner)
        for file in (tomllib.loads(path.read_text("utf-8")) for path in sorted(PEOPLE.glob("*.toml")))
        for wish in file["wishes"]
        for manner in MANNERS
    )


def _read_person(kind: str, wish: Mapping[str, Any], manner: str) -> Person:
    spoken = wish[manner]
    dialogue = Dialogue(
        kind=kind,
        name=f"{wish['name']}_{manner}",
        turns=wish["turns"],
        parts=wish["turns"] * PARTS_A_TURN,
        messages=(),
        ends=Ending(**wish.get("ends", {})),
        who=wish.get("who", "citizen"),
        before=[RequestBefore(**one) for one in wish.get("before", ())],
        at=datetime.fromisoformat(wish["at"]) if "at" in wish else None,
    )
    answers = [Answer(**one) for one in spoken["answers"]]
    return Person(dialogue, manner, spoken["opens"], answers, spoken.get("otherwise", ()), wish["done"])
