"""The requests of the demonstration as they are told in `data/requests.toml` (its head explains the words)."""

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from app.demo.data import read_text
from app.demo.timetable import Timetable, day_text
from domain.services.machinery.rules import SERVICE_KEY
from domain.values.identifiers import parse_mobile


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


FactsBuilder = Callable[[Timetable], Mapping[str, Any]]
"""What the words of a story's steps may say, once it is known what day it is."""


@dataclass(frozen=True, slots=True, eq=False)
class Story:
    """One request of one citizen (`mobile`, +989…): its service, its steps, the state in which it ends.

    `is_scripted` ones stand in `requests.toml`, the others follow a plot.
    """

    mobile: str
    service: str
    final_state: str
    steps: tuple[StoryStep, ...]
    facts_on: FactsBuilder
    is_scripted: bool = False


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Who tries the desk first: the mobile (+989…) of a known citizen without a request, and what to text."""

    mobile: str
    text: str


_FIELD_NAMES = {"as": "member", "do": "action", "set": "inputs", "pay": "slip"}


def read_single_stories() -> tuple[Story, ...]:
    """Read the requests that are told one by one, in the order in which the summary shows them."""
    return tuple(_read_story(entry) for entry in _read_requests_file()["request"])


def read_newcomer() -> Newcomer:
    """Read who begins."""
    entry = _read_requests_file()["newcomer"]
    return Newcomer(parse_mobile(entry["citizen"]), entry["text"])


def read_step(entry: Mapping[str, Any]) -> StoryStep:
    """Read one step, in the words of the data."""
    return StoryStep(**{_FIELD_NAMES.get(field_word, field_word): value for field_word, value in entry.items()})


def _read_requests_file() -> dict[str, Any]:
    return tomllib.loads(read_text("requests.toml"))


def _read_story(entry: Mapping[str, Any]) -> Story:
    work_day = entry["work"]

    def facts_on(timetable: Timetable) -> Mapping[str, Any]:
        return {"date": day_text(timetable.working_day(work_day))}

    return Story(
        parse_mobile(entry["citizen"]),
        SERVICE_KEY,
        entry["ends"],
        tuple(map(read_step, entry["steps"])),
        facts_on,
        is_scripted=True,
    )
