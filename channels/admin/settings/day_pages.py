"""Days that the municipality declares working or a holiday, over the computed holidays."""

from collections.abc import Sequence
from datetime import date

from aiohttp import web

from channels.admin.frame import NavigationSection, PageRoute, Visit, staff_page
from channels.admin.page_forms import PageForm
from channels.admin.settings.setting_pages import DAYS, TABS
from channels.admin.submissions import FormSubmission, RefusedForm, error_of
from channels.admin.version_tokens import required_version
from domain.actions.desk import Desk
from domain.actions.settings.changes import HOLIDAY, WORKING, declare_day, forget_day, renew, version_of_settings
from domain.actions.staff.staffing import today
from domain.fields.form import Field
from domain.fields.types import Choice, Day, Text
from domain.settings.records import DeclaredDay
from domain.unit_of_work import Store
from domain.values.calendar import jalali_long, to_jalali
from domain.values.calendar import period as year_of

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
            PageRoute("GET", DAYS, "settings.view", self._page),
            PageRoute("POST", DAYS, "settings.change", FormSubmission(DECLARE.name, self._declare, self._page)),
            PageRoute(
                "POST",
                f"{DAYS}/{{day}}/forget",
                "settings.change",
                FormSubmission("forget", self._forget, self._page),
            ),
        )

    async def _declare(self, request: web.Request, visit: Visit) -> str:
        values = DECLARE.read(visit)
        day, works = date.fromisoformat(values["day"]), values["kind"] == WORKING
        version = required_version(visit.form)
        async with self._store.unit() as uow:
            await declare_day(self._desk, uow, day, works, values.get("note", ""), version, actor=visit.actor)
        await renew(self._desk, self._store)
        return f"{DAYS}?done=day"

    async def _forget(self, request: web.Request, visit: Visit) -> str:
        try:
            day = date.fromisoformat(request.match_info["day"])
        except ValueError:
            raise web.HTTPNotFound from None
        async with self._store.unit() as uow:
            await forget_day(self._desk, uow, day, required_version(visit.form), actor=visit.actor)
        await renew(self._desk, self._store)
        return f"{DAYS}?done=day_forgotten"

    async def _page(self, request: web.Request, visit: Visit, refused: RefusedForm | None = None) -> web.Response:
        first, _ = year_of(to_jalali(today(self._desk))[0])
        async with self._store.unit(write=False) as uow:
            found, version = await uow.work_calendar.declared(first), await version_of_settings(uow)
        error, declare = error_of(refused), DECLARE.shown(self._desk.wording, {}, refused)
        context = {
            "tabs": TABS,
            "days": [_shown(one) for one in found],
            "declare": declare,
            "refusal": self._desk.wording.error(error) if error and not declare.open else None,
            "version": version,
        }
        return staff_page(request, visit, "admin/settings/days.html", context, error=error)


def _shown(one: DeclaredDay) -> dict[str, str | bool]:
    return {"day": one.day.isoformat(), "title": jalali_long(one.day), "working": one.working, "note": one.note}
