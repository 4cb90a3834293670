"""The many requests of the demonstration: each plot of `data/plots.toml` played by as many people as it says.

Who asks, where, for what and when follows from the number of the story alone, so that every load tells the same.
"""

import tomllib
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from app.demo import taxis
from app.demo.data import read
from app.demo.stories import Facts, Story, StoryStep, read_step
from app.demo.timetable import Timetable, day_said
from app.demo.townsfolk import citizen, home, lists, nth

SHIFT = 9
"""Minutes of office time by which the recent requests of one plot lie apart."""

DRIVERS = (*range(taxis.OWN), *range(taxis.SECOND.stop, taxis.SUSPENDED[0]))
"""Vehicles without a second driver, whose drivers ask for leave."""

_SLIPS = {"machinery": 43000, "expert": 41000}
"""The number of the newest bank slip of each service, in the bank's running numbers."""


@dataclass(frozen=True, slots=True)
class DayPlaceholder:
    """A day that a format asks for by a number (`{said:3}`): `reckon` finds it, `say` words it."""

    reckon: Any
    say: Any

    def __format__(self, number: str) -> str:
        return str(self.say(self.reckon(int(number))))


def plotted_stories() -> tuple[Story, ...]:
    """Return them all, in the order of the plots."""
    told, people = Counter[str](), Counter[str]()
    found: list[Story] = []
    for plot in tomllib.loads(read("plots.toml"))["plot"]:
        service, who = plot["service"], plot.get("who", "citizen")
        for turn in range(plot["count"]):
            found.append(_story(plot, turn, told[service], people[who]))
            told[service] += 1
            people[who] += 1
    return tuple(found)


def _story(plot: Mapping[str, Any], turn: int, number: int, place: int) -> Story:
    """Tell a story: the `turn`-th of its plot, `number`-th of its service, of the `place`-th of those who ask so."""
    start = plot["from"] - turn * plot["every"] if "from" in plot else None
    mobile, facts = _ASK[plot.get("who", "citizen")](place)
    facts |= _from_lists(plot["service"], number)
    # By the day, so that no two stories want one machine on the same day.
    facts |= nth(lists()["machines"], number if start is None else -start)
    steps = tuple(_timed(_by(read_step(one), facts), start, turn) for one in plot["steps"])
    return Story(mobile, plot["service"], plot["ends"], steps, _facts(facts, start, turn))


def _citizen(place: int) -> tuple[str, dict[str, str]]:
    asks, vehicle = citizen(place), DRIVERS[place * 11 % len(DRIVERS)]
    return asks.mobile, {
        "name": asks.name, "national_code": asks.national_code, "plate": taxis.plate(vehicle),
        "taxi_code": taxis.taxi_code(vehicle),
    }  # fmt: skip


def _driver(place: int) -> tuple[str, dict[str, str]]:
    return taxis.driver(DRIVERS[place]).mobile, {}


def _auxiliary(place: int) -> tuple[str, dict[str, str]]:
    return taxis.second_driver(place).mobile, {"owner": taxis.owner(taxis.SECOND[place]).mobile}


_ASK: Mapping[str, Callable[[int], tuple[str, dict[str, str]]]] = {
    "citizen": _citizen,
    "driver": _driver,
    "auxiliary": _auxiliary,
}
"""The n-th of those who ask: the mobile, and what only that person says."""


def _from_lists(service: str, number: int) -> dict[str, str]:
    """Return what the n-th story of a service says: words of lists of their own, and of rows that fit together."""
    words = lists()
    singular = {"place": "places", "hours": "hours", "officer": "officers", "score": "scores"}
    found = {name: nth(words[plural], number) for name, plural in singular.items()}
    rows = [nth(words[plural], number) for plural in ("journeys", "praises", "complaints")]
    if service in words["opinions"]:
        rows.append(nth(words["opinions"][service], number))
    if service in _SLIPS:
        found["slip"] = f"1405-{_SLIPS[service] - number * 17}"
    for row in (*rows, _expertise(number)):
        found |= row
    return found | {"home": home(number), "postal_code": f"49471{10007 + number * 31}"}


def _expertise(number: int) -> dict[str, str]:
    """Return the n-th kind of expert opinion, and one of its cases."""
    kinds = lists()["expertise"]
    kind = dict(nth(kinds, number))
    case: dict[str, str] = nth(kind.pop("cases"), number // len(kinds))
    return kind | case


def _timed(step: StoryStep, start: int | None, turn: int) -> StoryStep:
    """Return a step with its time told from today: `2 09:30` of a story begins with its own first day."""
    first, _, second = step.at.partition(" ")
    if first == "ago":
        return replace(step, at=f"ago {int(second) + turn * SHIFT}")
    if step.at.startswith("+") or start is None:
        return step
    return replace(step, at=f"{start + int(first)} {second}")


def _by(step: StoryStep, facts: Mapping[str, str]) -> StoryStep:
    return replace(step, by=facts[step.by]) if step.by else step


def _facts(words: Mapping[str, str], start: int | None, turn: int) -> Facts:
    def facts(days: Timetable) -> Mapping[str, Any]:
        def of_story(number: int) -> date:
            return days.working_day((start or 0) + number)

        def later(number: int) -> date:
            return days.working_day(start or 1) + timedelta(days=number)

        def ahead(number: int) -> date:
            return days.today + timedelta(days=number)

        def coming(number: int) -> date:
            return days.working_day(number + turn)

        visit = f"{days.working_day(2 + turn // 3).isoformat()} {9 + turn % 3:02}:00"
        return {
            **words, "visit": visit, "said": DayPlaceholder(of_story, day_said), "work": DayPlaceholder(of_story,
            date.isoformat),
            "after": DayPlaceholder(later, day_said), "ahead": DayPlaceholder(ahead, day_said),
            "next": DayPlaceholder(coming, day_said),
        }  # fmt: skip

    return facts
