"""The requests of the demonstration as they are told in `data/requests.toml` (its head explains the words)."""

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from app.demo.data import read
from app.demo.timetable import Timetable, day_said
from domain.services.machinery.declaration import KEY
from domain.values.identifiers import mobile


@dataclass(frozen=True, slots=True)
class StoryStep:
    """One thing that somebody does at a time.

    Either `text` is sent (by the citizen, or the mobile `by`), or the `member` of the staff enters a `form`, adds all
    required `papers`, records the bank slip `slip`, or takes `action` with `inputs`: on the request that was taken up
    `again`, if so. Or the `manager` decides about the citizen's last comment, and answers it if `answer` is given.
    """

    at: str
    text: str = ""
    by: str = ""
    member: str = ""
    action: str = ""
    inputs: Mapping[str, str] = field(default_factory=dict)
    slip: str = ""
    form: Mapping[str, str] = field(default_factory=dict)
    papers: bool = False
    again: bool = False
    manager: str = ""
    answer: str = ""


Facts = Callable[[Timetable], Mapping[str, Any]]
"""What the words of a story's steps may say, once it is known what day it is."""


@dataclass(frozen=True, slots=True, eq=False)
class Story:
    """One request of one citizen (`mobile`, +989…): its service, its steps, the state in which it ends.

    `told` ones stand in `requests.toml`, the others follow a plot.
    """

    mobile: str
    service: str
    ends: str
    steps: tuple[StoryStep, ...]
    facts: Facts
    told: bool = False


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Who tries the desk first: the mobile (+989…) of a known citizen without a request, and what to text."""

    mobile: str
    text: str


_WORDS = {"as": "member", "do": "action", "set": "inputs", "pay": "slip"}


def told_stories() -> tuple[Story, ...]:
    """Read the requests that are told one by one, in the order in which the summary shows them."""
    return tuple(_story(one) for one in _told()["request"])


def newcomer() -> Newcomer:
    """Read who begins."""
    told = _told()["newcomer"]
    return Newcomer(mobile(told["citizen"]), told["text"])


def read_step(told: Mapping[str, Any]) -> StoryStep:
    """Read one step, in the words of the data."""
    return StoryStep(**{_WORDS.get(word, word): value for word, value in told.items()})


def _told() -> dict[str, Any]:
    return tomllib.loads(read("requests.toml"))


def _story(told: Mapping[str, Any]) -> Story:
    work = told["work"]

    def facts(days: Timetable) -> Mapping[str, Any]:
        return {"date": day_said(days.working_day(work))}

    return Story(mobile(told["citizen"]), KEY, told["ends"], tuple(map(read_step, told["steps"])), facts, told=True)
