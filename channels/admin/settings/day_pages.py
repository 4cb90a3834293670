"""Days that the municipality declares working or a holiday, over the computed holidays."""

from collections.abc import Sequence
from datetime import date

from aiohttp import web

from channels.admin.frame import NavigationSection, PageRoute, Visit, staff_page
from channels.admin.refused_forms import PageForm, Tried
from channels.admin.settings.setting_pages import DAYS, TABS, seen_in
from channels.web.error_pages import status_of
from channels.web.forms import read_form
from domain.actions.desk import Desk
from domain.actions.settings.changes import HOLIDAY, WORKING, declare_day, forget_day, renew
from domain.actions.staff.staffing import today
from domain.fields.form import Field, read_fields
from domain.fields.types import Choice, Day, ReadingContext, Text
from domain.settings.records import DeclaredDay
from domain.unit_of_work import Store
from domain.values.calendar import jalali_long, to_jalali
from domain.values.calendar import period as year_of
from domain.values.errors import DomainError, Forbidden

LONGEST_NOTE = 100
DECLARE = PageForm(
    "declare",
    (
        Field("day", Day(past=True)),
        Field("kind", Choice(), choices=(HOLIDAY, WORKING)),
        Field("note", Text(limit=LONGEST_NOTE), required=False),
    ),
    "admin.days",
    {"kind": {HOLIDAY: "admin.days.holiday", WORKING: "admin.days.working"}},
)


class DayPages:
    """The days."""

    sections: Sequence[NavigationSection] = ()

    def __init__(self, desk: Desk, store: Store) -> None:
        self._desk = desk
        self._store = store

    def routes(self) -> Sequence[PageRoute]:
        """Return every route."""
        return (
            PageRoute("GET", DAYS, "settings.view", self._show),
            PageRoute("POST", DAYS, "settings.change", self._declare),
            PageRoute("POST", f"{DAYS}/{{day}}/forget", "settings.change", self._forget),
        )

    async def _show(self, request: web.Request, visit: Visit) -> web.Response:
        return await self._page(request, visit)

    async def _declare(self, request: web.Request, visit: Visit) -> web.Response:
        given = read_form(DECLARE.fields, visit.form)
        try:
            values = read_fields(DECLARE.fields, given, visit.actor.channel, ReadingContext(visit.now))
            day, works, seen = date.fromisoformat(values["day"]), values["kind"] == WORKING, seen_in(visit)
            async with self._store.unit() as uow:
                await declare_day(self._desk, uow, day, works, values.get("note", ""), seen, actor=visit.actor)
        except Forbidden:
            raise
        except DomainError as error:
            return await self._page(request, visit, Tried(DECLARE.name, given, error))
        await renew(self._desk, self._store)
        raise web.HTTPSeeOther(f"{DAYS}?done=day")

    async def _forget(self, request: web.Request, visit: Visit) -> web.Response:
        try:
            day = date.fromisoformat(request.match_info["day"])
        except ValueError:
            raise web.HTTPNotFound from None
        try:
            async with self._store.unit() as uow:
                await forget_day(self._desk, uow, day, seen_in(visit), actor=visit.actor)
        except Forbidden:
            raise
        except DomainError as error:
            return await self._page(request, visit, Tried("forget", {}, error))
        await renew(self._desk, self._store)
        raise web.HTTPSeeOther(f"{DAYS}?done=day_forgotten")

    async def _page(self, request: web.Request, visit: Visit, tried: Tried | None = None) -> web.Response:
        first, _ = year_of(to_jalali(today(self._desk))[0])
        async with self._store.unit(write=False) as uow:
            found, version = await uow.work_calendar.declared(first), await uow.settings.version()
        context = {
            "tabs": TABS,
            "days": [_shown(one) for one in found],
            "declare": DECLARE.shown(self._desk.wording, {}, tried),
            "refusal": self._desk.wording.error(tried.error) if tried and tried.action != DECLARE.name else None,
            "seen": version,
        }
        status = status_of(tried.error) if tried else 200
        return staff_page(request, visit, "admin/settings/days.html", context, status=status)


def _shown(one: DeclaredDay) -> dict[str, str | bool]:
    return {"day": one.day.isoformat(), "title": jalali_long(one.day), "working": one.working, "note": one.note}
