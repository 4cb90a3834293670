"""The many requests of the demonstration: each plot of `data/plots.toml` played by as many people as it says.

Who asks, where, for what and when follows from the number of the story alone, so that every load is the same.
"""

import tomllib
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from app.demo import taxis
from app.demo.data import read_text
from app.demo.stories import FactsBuilder, Story, StoryStep, read_step
from app.demo.timetable import Timetable, day_text
from app.demo.townsfolk import nth_citizen, nth_home, pick_nth, read_lists
from domain.values.calendar import jalali_text

SHIFT_MINUTES = 9
"""Minutes of office time by which the recent requests of one plot lie apart, unless it says otherwise."""

LEAVE_DRIVERS = (*range(taxis.OWNER_DRIVEN_COUNT), *range(taxis.SECOND_DRIVEN.stop, taxis.SUSPENDED_DRIVERS[0]))
"""Vehicles without a second driver, whose drivers ask for leave."""


RENEWING_OWNERS = range(taxis.SECOND_DRIVEN.stop, taxis.VEHICLE_COUNT - 5)
"""Vehicles of owners who have one taxi alone, and whose drivers have it alone; the owners renew its papers."""


@dataclass(frozen=True, slots=True)
class DayPlaceholder:
    """A day that a format asks for by a number (`{said:3}`): `find_day` finds it, `word_day` words it."""

    find_day: Any
    word_day: Any

    def __format__(self, number: str) -> str:
        return str(self.word_day(self.find_day(int(number))))


def plotted_stories() -> tuple[Story, ...]:
    """Return them all, in the order of the plots."""
    story_counts, people_counts = Counter[str](), Counter[str]()
    stories: list[Story] = []
    for plot in tomllib.loads(read_text("plots.toml"))["plot"]:
        service, applicant_kind = plot["service"], plot.get("who", "citizen")
        for turn_number in range(plot["count"]):
            stories.append(_build_story(plot, turn_number, story_counts[service], people_counts[applicant_kind]))
            story_counts[service] += 1
            people_counts[applicant_kind] += 1
    return tuple(stories)


def _build_story(plot: Mapping[str, Any], turn_number: int, story_number: int, applicant_number: int) -> Story:
    """Build a story: the `turn_number`-th of its plot, `story_number`-th of its service, of the `applicant_number`-th
    of those who ask so.
    """
    start_day = plot["from"] - turn_number * plot["every"] if "from" in plot else None
    mobile, facts = _APPLICANTS_BY_KIND[plot.get("who", "citizen")](applicant_number)
    facts |= _listed_facts(plot["service"], story_number)
    # By the day, so that no two stories want one machine on the same day.
    facts |= pick_nth(read_lists()["machines"], story_number if start_day is None else -start_day)
    minutes_earlier = turn_number * plot.get("shift", SHIFT_MINUTES)
    steps = tuple(
        _with_time(_with_sender(read_step(step_data), facts), start_day, minutes_earlier) for step_data in plot["steps"]
    )
    return Story(mobile, plot["service"], plot["ends"], steps, _build_facts(facts, start_day, turn_number))


def _citizen_facts(applicant_number: int) -> tuple[str, dict[str, str]]:
    applicant, vehicle = nth_citizen(applicant_number), LEAVE_DRIVERS[applicant_number * 11 % len(LEAVE_DRIVERS)]
    return applicant.mobile, {
        "name": applicant.name,
        "national_code": applicant.national_code,
        "plate": taxis.vehicle_plate(vehicle),
        "taxi_code": taxis.vehicle_taxi_code(vehicle),
    }


def _driver_facts(applicant_number: int) -> tuple[str, dict[str, str]]:
    return taxis.main_driver(LEAVE_DRIVERS[applicant_number]).mobile, {}


def _auxiliary_facts(applicant_number: int) -> tuple[str, dict[str, str]]:
    return taxis.second_driver(applicant_number).mobile, {
        "owner": taxis.vehicle_owner(taxis.SECOND_DRIVEN[applicant_number]).mobile
    }


def _owner_facts(applicant_number: int) -> tuple[str, dict[str, str]]:
    return taxis.vehicle_owner(RENEWING_OWNERS[applicant_number]).mobile, {}


_APPLICANTS_BY_KIND: Mapping[str, Callable[[int], tuple[str, dict[str, str]]]] = {
    "citizen": _citizen_facts,
    "driver": _driver_facts,
    "auxiliary": _auxiliary_facts,
    "owner": _owner_facts,
}
"""The n-th of those who ask: the mobile, and what only that person says."""


def _listed_facts(service: str, story_number: int) -> dict[str, str]:
    """Return what the n-th story of a service says: words of lists of their own, and of rows that fit together."""
    word_lists = read_lists()
    list_names = {"place": "places", "hours": "hours", "officer": "officers", "score": "scores"}
    facts = {name: pick_nth(word_lists[list_name], story_number) for name, list_name in list_names.items()}
    fact_rows = [
        pick_nth(word_lists[list_name], story_number) for list_name in ("journeys", "praises", "complaints", "calls")
    ]
    if service in word_lists["opinions"]:
        fact_rows.append(pick_nth(word_lists["opinions"][service], story_number))
    if service in word_lists["newest_slips"]:
        facts["slip"] = f"1405-{word_lists['newest_slips'][service] - story_number * 17}"
    for row in (*fact_rows, _expertise_facts(story_number)):
        facts |= row
    return facts | {"home": nth_home(story_number), "postal_code": f"49471{10007 + story_number * 31}"}


def _expertise_facts(story_number: int) -> dict[str, str]:
    """Return the n-th kind of expert opinion, and one of its cases."""
    expertise_kinds = read_lists()["expertise"]
    expertise = dict(pick_nth(expertise_kinds, story_number))
    expertise_case: dict[str, str] = pick_nth(expertise.pop("cases"), story_number // len(expertise_kinds))
    return expertise | expertise_case


def _with_time(step: StoryStep, start_day: int | None, minutes_earlier: int) -> StoryStep:
    """Return a step with its time counted from today: `2 09:30` of a story begins with its own first day."""
    first_part, _, second_part = step.at.partition(" ")
    if first_part == "ago":
        return replace(step, at=f"ago {int(second_part) + minutes_earlier}")
    if step.at.startswith("+") or start_day is None:
        return step
    return replace(step, at=f"{start_day + int(first_part)} {second_part}")


def _with_sender(step: StoryStep, facts: Mapping[str, str]) -> StoryStep:
    return replace(step, by=facts[step.by]) if step.by else step


def _build_facts(stated: Mapping[str, str], start_day: int | None, turn_number: int) -> FactsBuilder:
    def facts_on(timetable: Timetable) -> Mapping[str, Any]:
        def story_day(day_offset: int) -> date:
            return timetable.working_day((start_day or 0) + day_offset)

        def later_day(day_offset: int) -> date:
            return timetable.working_day(start_day or 1) + timedelta(days=day_offset)

        def day_ahead(day_offset: int) -> date:
            return timetable.today + timedelta(days=day_offset)

        def coming_day(day_offset: int) -> date:
            return timetable.working_day(day_offset + turn_number)

        # The first is today, for the day sheet of its officer, after the office closed for the day.
        visit_day = timetable.working_day(2 + turn_number // 3) if turn_number else timetable.today
        visit_hour = 9 + turn_number % 3 if turn_number else 17
        return {
            **stated,
            "visit": f"{visit_day.isoformat()} {visit_hour:02}:00",
            "said": DayPlaceholder(story_day, day_text),
            "work": DayPlaceholder(story_day, date.isoformat),
            "after": DayPlaceholder(later_day, day_text),
            "ahead": DayPlaceholder(day_ahead, day_text),
            "next": DayPlaceholder(coming_day, day_text),
            "until": DayPlaceholder(day_ahead, jalali_text),
        }

    return facts_on
