"""The requests of the demonstration as they are told in `data/requests.toml` (its head explains the words)."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from app.demo.data import read
from domain.people import mobile


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that somebody does at a time.

    Either the citizen sends `text`, or the `member` of the staff enters a `form`, records the bank slip `slip`, or
    takes `action` with `inputs`.
    """

    at: str
    text: str = ""
    member: str = ""
    action: str = ""
    inputs: Mapping[str, str] = field(default_factory=dict)
    slip: str = ""
    form: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Story:
    """One request of one citizen (`mobile`, +989…): its steps, the working day of the work, the state it ends in."""

    mobile: str
    work: int
    ends: str
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Who tries the desk first: the mobile (+989…) of a known citizen without a request, and what to text."""

    mobile: str
    text: str


_WORDS = {"as": "member", "do": "action", "set": "inputs", "pay": "slip"}


def stories() -> tuple[Story, ...]:
    """Read all requests, in the order in which the summary shows them."""
    return tuple(_story(one) for one in _told()["request"])


def newcomer() -> Newcomer:
    """Read who begins."""
    told = _told()["newcomer"]
    return Newcomer(mobile(told["citizen"]), told["text"])


def _told() -> dict[str, Any]:
    return tomllib.loads(read("requests.toml"))


def _story(told: Mapping[str, Any]) -> Story:
    steps = tuple(Step(**{_WORDS.get(word, word): value for word, value in one.items()}) for one in told["steps"])
    return Story(mobile(told["citizen"]), told["work"], told["ends"], steps)
