"""Hints above a calendar in which a request's hour is chosen: what is wished for, and whether it is free."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from channels.admin.fleet.calendar_view import CalendarRow
from channels.admin.fleet.hour_choice import HourChoice, describe_duration, find_next_day, look_elsewhere
from domain.actions.context import ActionContext
from domain.actions.dependencies import Dependencies
from domain.fields.stored import list_stored
from domain.fleet.resources import SLOT_LENGTH
from domain.language.column_words import describe_columns
from domain.language.summaries import find_applicant_name
from domain.language.summary_columns import SummaryColumn
from domain.unit_of_work import UnitOfWork
from domain.values.languages import join_list
from domain.values.text import persian_digits
from domain.values.tracking_codes import display_code


@dataclass(frozen=True, slots=True)
class WantedTime:
    """A time that the citizen would like."""

    text: str
    """Day and hour in words."""
    address: str | None
    """Address for choosing it; None where it cannot be chosen."""
    drivers: str
    """Names of the drivers free then; empty where nobody is, or nothing is driven."""


@dataclass(frozen=True, slots=True)
class HourHint:
    """The request whose hour is chosen, in words."""

    code: str
    """Its tracking code, as it is shown."""
    request_address: str
    """Its page."""
    step_title: str
    """Name of the step."""
    facts: Sequence[tuple[str, str]]
    """Label and value: whose it is, what, where, for how long, for when it is booked now; what is empty is left out."""
    wanted_times: Sequence[WantedTime]
    """Times that the citizen would like."""
    has_drivers: bool
    """Whether something is driven."""
    obstacle: str | None
    """Reason why nothing can be chosen at all."""


class HourHints:
    """Builds these."""

    def __init__(self, dependencies: Dependencies) -> None:
        self._dependencies = dependencies

    async def build_hint(self, uow: UnitOfWork, hour_choice: HourChoice, rows: Sequence[CalendarRow]) -> HourHint:
        """Return what is said of a request's hour among these lines."""
        request, render_error = hour_choice.request, self._dependencies.wording.render_error
        get_text, has_drivers = self._dependencies.catalogue.text, any(row.driven_types is not None for row in rows)
        return HourHint(
            persian_digits(display_code(request.code)),
            f"/staff/requests/{request.code}",
            get_text(f"services.{request.service}.actions.{hour_choice.step.name}"),
            [(get_text(f"admin.calendar.wish.{name}"), text) for name, text in self._list_facts(hour_choice) if text],
            [await self._build_wanted(uow, hour_choice, rows, start) for start in hour_choice.wanted_starts],
            has_drivers,
            render_error(hour_choice.obstacle) if hour_choice.obstacle else None,
        )

    async def find_next_day(
        self, uow: UnitOfWork, hour_choice: HourChoice, rows: Sequence[CalendarRow], day: date
    ) -> date | None:
        """Return the next day with an hour, for one on which none can be chosen; None for any other."""
        if hour_choice.obstacle or any(hour_choice.has_hours(row, day) for row in rows):
            return None
        return await find_next_day(ActionContext(self._dependencies, uow), hour_choice, rows, day)

    def _list_facts(self, hour_choice: HourChoice) -> Iterator[tuple[str, str]]:
        request, wording = hour_choice.request, self._dependencies.wording
        service = self._dependencies.engine.get_service(request.service)
        columns = describe_columns(wording, service, {**list_stored(request), **request.fields})
        present_start = hour_choice.present_start
        yield "who", find_applicant_name(service, request) or ""
        yield "work", columns[SummaryColumn.WORK]
        yield "place", columns[SummaryColumn.PLACE]
        yield "duration", describe_duration(self._dependencies, hour_choice.duration)
        yield "present", wording.describe_moment(present_start) if present_start else ""

    async def _build_wanted(
        self, uow: UnitOfWork, hour_choice: HourChoice, rows: Sequence[CalendarRow], start: datetime
    ) -> WantedTime:
        """Return a time that is wished for, which may be on another day than the one that is shown."""
        there = await look_elsewhere(ActionContext(self._dependencies, uow), hour_choice, (start, start + SLOT_LENGTH))
        return WantedTime(
            self._dependencies.wording.describe_moment(start),
            there.find_first_address(rows, start),
            join_list(there.list_drivers(start)),
        )
