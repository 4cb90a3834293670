"""Hours offered by calendars are those that the steps take, no more and no less: every half hour of a week with a
Friday, a holiday and hours that are past, for every step that books, while others have booked too."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest

from channels.admin.calendar_boards import CALENDAR_BOARDS
from domain.actions.context import ActorContext
from domain.actions.requests.act import act_on_request
from domain.blocks.bookings import BookMachines
from domain.blocks.visits import BookVisit
from domain.language.wording import day_and_hour_text
from domain.services import SERVICES
from domain.values.actors import Role
from domain.values.calendar import WorkingCalendar, tehran_moment
from domain.values.errors import DomainError
from domain.values.tracking_codes import parse_code
from tests.channels.admin.fleet.test_calendar_pages import paid
from tests.channels.admin.fleet.test_visit_sheet_pages import hire_second_officer
from tests.support.demo_site import MORNING
from tests.support.municipality import actor
from tests.support.scenarios.expert_opinions import asked_opinion
from tests.support.scenarios.site_registries import give
from tests.support.staff_site import StaffSite, visitor

DAYS = [date(2026, 11, 24) + number * timedelta(days=1) for number in range(7)]
"""Today, at ten o'clock, to the next Monday."""
HOLIDAY = date(2026, 11, 29)
HALF_HOURS = [time(number // 2, number % 2 * 30) for number in range(12, 40)]
"""Those that a calendar always shows."""

Offered = dict[tuple[str, datetime], Mapping[str, list[str]]]
"""Line and moment → what the step is given."""


class TakenBack(Exception):
    """Trial that is rolled back."""


@dataclass(frozen=True, slots=True)
class BookingStep:
    """A step that books, of a request that has it before it."""

    code: str
    step: str
    role: Role
    lines: tuple[str, ...]
    line_input: str


async def schedule(site: StaffSite) -> BookingStep:
    """Two machines at once, where a third and the only other driver are elsewhere for an afternoon."""
    machine = {"type": "loader", "capacity": "", "status": "active"}
    await give(site, "machines", *({"code": f"L{number}", "title": f"لودر {number}", **machine} for number in (2, 3)))
    await give(site, "operators", {"code": "O2", "title": "آنه", "skills": ["loader"]})
    other = await paid(site, start="14:00", date="2026-11-25")
    await site.demo.act(other.code, "schedule", Role.CIVIL)
    wanted = await paid(site, items=[{"machine": "loader", "count": 2, "hours": 4}])
    return BookingStep(wanted.code, "schedule", Role.CIVIL, ("L2",), "machine")


async def reschedule(site: StaffSite) -> BookingStep:
    """One that is booked already, and another that is held."""
    booked = await paid(site)
    await site.demo.act(booked.code, "schedule", Role.CIVIL)
    await site.demo.act((await site.submitted(date="2026-11-25")).code, "accept", Role.CIVIL)
    return BookingStep(booked.code, "reschedule", Role.CIVIL, ("L1",), "machine")


async def assign(site: StaffSite) -> BookingStep:
    """An officer who is somewhere else on Thursday, for an hour that is no whole half hours."""
    other, wanted = await asked_opinion(site), await asked_opinion(site)
    await site.demo.act(other.code, "assign", Role.MANAGER, {"officer": "expert", "visit": "1405/09/05 10:15"})
    return BookingStep(wanted.code, "assign", Role.MANAGER, ("expert",), "officer")


async def take(site: StaffSite) -> BookingStep:
    """The officer's own choice."""
    return BookingStep((await asked_opinion(site)).code, "take", Role.EXPERT, ("expert",), "")


async def reassign(site: StaffSite) -> BookingStep:
    """A visit that is booked, outside the hours of visits."""
    wanted = await asked_opinion(site)
    at_dawn = {"officer": "expert", "visit": "1405/09/04 6:00", "outside_hours": "yes"}
    await site.demo.act(wanted.code, "assign", Role.MANAGER, at_dawn)
    return BookingStep(wanted.code, "reassign", Role.MANAGER, ("expert",), "officer")


BOOKING_STEPS = (schedule, reschedule, assign, take, reassign)


def test_every_step_that_books_is_tried() -> None:
    booking_steps = {
        step.name
        for service in SERVICES
        for step in service.transitions
        if any(board.needed_inputs <= {entry.name for entry in step.inputs} for board in CALENDAR_BOARDS)
        and any(isinstance(effect, BookMachines | BookVisit) for effect in step.effects)
    }
    assert booking_steps == {prepare.__name__ for prepare in BOOKING_STEPS}


@pytest.mark.parametrize("prepare", BOOKING_STEPS)
async def test_the_hours_that_are_offered_are_those_that_are_taken(site: StaffSite, prepare: object) -> None:
    assert callable(prepare)
    tried = await prepare(site)
    desk = site.demo.desk
    desk.apply_settings(1, desk.policy, WorkingCalendar(overrides={HOLIDAY: False}), {})
    site.clock.at = MORNING
    offered = await list_offered(site, tried)
    taken = {
        (line, moment)
        for day in DAYS
        for hour in HALF_HOURS
        for line in tried.lines
        if await is_taken(site, tried, line, moment := tehran_moment(day, hour), offered)
    }
    assert {one for one in offered if one[0] in tried.lines} == taken
    assert taken, "some hours there are"


async def list_offered(site: StaffSite, tried: BookingStep) -> Offered:
    """Hours that the pages of these days link to."""
    board = next(one for one in CALENDAR_BOARDS if (one.path == "/staff/fleet") is (tried.line_input == "machine"))
    offered: Offered = {}
    async with visitor(site) as browser:
        await browser.sign_in(tried.role.value)
        for day in DAYS:
            site.clock.at = MORNING
            page = await browser.get(f"{board.path}?for={tried.code}&step={tried.step}&day={day.isoformat()}")
            for row in re.findall(r"<tr>(.*?)</tr>", page, re.DOTALL)[1:]:
                for address in re.findall(r'<td class="free[^"]*"><a href="([^"]+)"', row):
                    inputs = parse_qs(urlsplit(unescape(address)).query)
                    assert inputs.pop("step") == [tried.step]
                    moments = [tehran_moment(day, hour) for hour in HALF_HOURS]
                    start = next(one for one in moments if day_and_hour_text(one) == inputs[board.start_input][0])
                    line = inputs[tried.line_input][0] if tried.line_input else tried.lines[0]
                    offered[line, start] = inputs
    return offered


async def is_taken(site: StaffSite, tried: BookingStep, line: str, moment: datetime, offered: Offered) -> bool:
    """Try the step with what was offered, or with the line and the hour alone, and take it back."""
    site.clock.at = MORNING
    start_input = "start" if tried.line_input == "machine" else "visit"
    given = offered.get((line, moment)) or {start_input: [day_and_hour_text(moment)]}
    inputs = {name: values if name in {"machine", "operator"} else values[0] for name, values in given.items()}
    if tried.line_input == "officer":
        inputs["officer"] = line
    try:
        async with site.store.open_unit() as uow:
            by = actor(tried.role, tried.role.value)
            await act_on_request(ActorContext(site.demo.desk, uow, by), parse_code(tried.code), tried.step, inputs)
            raise TakenBack
    except TakenBack:
        return True
    except DomainError:
        return False


async def test_no_hour_is_offered_to_whom_the_step_is_refused(site: StaffSite) -> None:
    tried = await reassign(site)
    await hire_second_officer(site)
    async with visitor(site) as browser:
        await browser.sign_in("second")
        page = await browser.get(f"/staff/visits?for={tried.code}&step={tried.step}&day={DAYS[1].isoformat()}")
    assert "hour-hint" not in page
