"""The dialogues as they are written down in `transcripts/`: who writes what, in which situation, and how it ends."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

TRANSCRIPTS = Path(__file__).parent / "transcripts"


@dataclass(frozen=True, slots=True)
class RequestBefore:
    """A request that is there already."""

    service: str
    state: str
    """State, on the straight way of its service."""
    by: str = ""
    """Name of its owner; empty: of whoever speaks."""
    asked: str = ""
    """Question of an officer that waits for an answer."""


@dataclass(frozen=True, slots=True)
class Message:
    """Message of a person. In texts {code}, {bill_id} and {payment_id} are those of the request that was there before,
    {mistyped} its code with one digit wrong."""

    text: str
    if_told: str = ""
    """It is written only where the last reply has one of these words, parted by «|»: it answers what may be asked."""
    after_minutes: int = 1
    """Wait before it."""
    hears: str = ""
    """Key words of the reply: one of them, parted by «|»."""


@dataclass(frozen=True, slots=True)
class Ending:
    """Conditions at the end. What is not mentioned is as it was: nothing ordered, changed, ended or rated."""

    made: Sequence[Mapping[str, Any]] = ()
    """The requests that were made, each by some of its values."""
    may_make: Sequence[str] = ()
    """Services of which a request may be there or not."""
    changed: Mapping[str, Any] = field(default_factory=dict)
    """State and fields of the request that was there before, where they are others now."""
    changed_number: int = 1
    """Place of that request among those that were there before."""
    may_opt_out: bool = False
    """Whether texts may be stopped."""
    told: Sequence[str] = ()
    """Words that replies must contain; words parted by «|» stand for each other."""
    untold: Sequence[str] = ()
    """Words that no reply may contain."""
    rated: int | None = None
    """The score that was given."""


@dataclass(frozen=True, slots=True)
class Dialogue:
    """One dialogue."""

    kind: str
    """Kind of example."""
    name: str
    turns: int
    """Messages after which somebody is helped, at most."""
    parts: int
    """Parts of SMS that all our replies may cost together."""
    messages: Sequence[Message]
    ends: Ending
    who: str = "citizen"
    """Speaker: a key of `dialogue_town.MOBILES`."""
    before: Sequence[RequestBefore] = ()
    at: datetime | None = None
    """Time of its beginning; None: on a Tuesday at half past ten."""
    known_gap: Mapping[str, str] = field(default_factory=dict)
    """Channel → why somebody is not helped there yet."""


@cache
def load_dialogues() -> tuple[Dialogue, ...]:
    """Read all of them, file by file."""
    return tuple(
        _read_dialogue(transcript["kind"], dialogue)
        for transcript in (tomllib.loads(path.read_text("utf-8")) for path in sorted(TRANSCRIPTS.glob("*.toml")))
        for dialogue in transcript["dialogues"]
    )


def _read_dialogue(kind: str, written: Mapping[str, Any]) -> Dialogue:
    messages = [Message(one) if isinstance(one, str) else Message(**one) for one in written["messages"]]
    before = [RequestBefore(**one) for one in written.get("before", ())]
    parsed = {
        "kind": kind,
        "messages": messages,
        "before": before,
        "ends": Ending(**written.get("ends", {})),
        "at": datetime.fromisoformat(written["at"]) if "at" in written else None,
    }
    return Dialogue(**{**written, **parsed})
