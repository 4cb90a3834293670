"""The requests of the demonstration as they are written in `data/requests.toml` (its head explains the words)."""

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from app.demo.data import read_text
from app.demo.timetable import Timetable, day_text
from domain.values.identifiers import parse_mobile


@dataclass(frozen=True, slots=True)
class StoryStep:
    """One thing that somebody does at a time.

    Either `text` is sent, or `member` acts by one of `action`, `slip`, `form`, `papers` and `note`, or `manager`
    decides. Facts of the story may be put in braces.
    """

    at: str
    """Time, as the head of `data/requests.toml` explains."""
    text: str = ""
    """An SMS; empty: none."""
    by: str = ""
    """Sender of the SMS (+989…); empty: the citizen's."""
    member: str = ""
    """Acting member of the staff, by user name; empty: nobody."""
    action: str = ""
    """The step of the service that the member takes."""
    inputs: Mapping[str, str] = field(default_factory=dict)
    """Inputs of the member for `action`."""
    slip: str = ""
    """The number of a bank slip over the whole bill, which the member records."""
    form: Mapping[str, str] = field(default_factory=dict)
    """The form of a citizen who came in person, which the member enters."""
    papers: bool = False
    """The member adds all papers that are required."""
    again: bool = False
    """`action` is on the request that took this one up again."""
    note: str = ""
    """Note of the member to colleagues about the request."""
    manager: str = ""
    """Decision of the manager on the citizen's last comment: a state of comments."""
    answer: str = ""
    """Answer of the manager to that comment; empty: nothing."""


FactsBuilder = Callable[[Timetable], Mapping[str, Any]]
"""Facts in the words of a story's steps, known with the day."""


@dataclass(frozen=True, slots=True, eq=False)
class Story:
    """One request of one citizen."""

    mobile: str
    """The citizen's (+989…)."""
    service: str
    """The service's key."""
    final_state: str
    """The state of the request when all was played."""
    steps: tuple[StoryStep, ...]
    """In the order of their times."""
    facts_on: FactsBuilder
    """Facts in the words of its steps."""
    is_scripted: bool = False
    """It is written in `requests.toml`; the others follow a plot."""


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Newcomer who tries the desk first: the mobile (+989…) of a known citizen without a request, and what to text."""

    mobile: str
    text: str


_FIELD_NAMES = {"as": "member", "do": "action", "set": "inputs", "pay": "slip"}


def read_single_stories() -> tuple[Story, ...]:
    """Read the requests that are written out one by one, in the order in which the summary shows them."""
    return tuple(_read_story(entry, read_scripted_service()) for entry in _read_requests_file()["request"])


def read_scripted_service() -> str:
    """Return the key of the service that is asked for by the requests that are written out one by one."""
    return str(_read_requests_file()["service"])


def read_newcomer() -> Newcomer:
    """Read who begins."""
    entry = _read_requests_file()["newcomer"]
    return Newcomer(parse_mobile(entry["citizen"]), entry["text"])


def read_step(entry: Mapping[str, Any]) -> StoryStep:
    """Read one step, in the words of the data."""
    return StoryStep(**{_FIELD_NAMES.get(field_word, field_word): value for field_word, value in entry.items()})


def _read_requests_file() -> dict[str, Any]:
    return tomllib.loads(read_text("requests.toml"))


def _read_story(entry: Mapping[str, Any], service_key: str) -> Story:
    work_day = entry["work"]

    def facts_on(timetable: Timetable) -> Mapping[str, Any]:
        day = timetable.working_day(work_day) if work_day else timetable.today
        return {"date": day_text(day)}

    return Story(
        parse_mobile(entry["citizen"]),
        service_key,
        entry["ends"],
        tuple(map(read_step, entry["steps"])),
        facts_on,
        is_scripted=True,
    )
