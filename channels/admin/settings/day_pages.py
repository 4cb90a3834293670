"""Days that the municipality declares working or a holiday, over the computed holidays."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from aiohttp import web

from channels.admin.frame import NavigationSection, PageRoute, Visitor, render_staff_page
from channels.admin.page_forms import PageForm
from channels.admin.settings.setting_pages import DAYS_PATH, PAGE_TABS
from channels.admin.submissions import FormSubmission
from channels.admin.version_tokens import VersionedAction
from channels.web.refused_forms import RefusedForm, form_error
from channels.web.site_part import SitePart
from domain.actions.context import ActorContext
from domain.actions.fleet.booked_days import list_codes_booked_on
from domain.actions.settings.setting_changes import (
    HOLIDAY,
    WORKING_DAY,
    declare_day,
    forget_day,
    renew_settings,
    version_of_settings,
)
from domain.actions.staffing import today_in_tehran
from domain.authorization.rights import Right
from domain.fields.form import Field
from domain.fields.moments import Day
from domain.fields.types import Choice, Text
from domain.settings.records import DeclaredDay
from domain.values.calendar import jalali_long_text, to_jalali, to_tehran
from domain.values.calendar import jalali_period as year_of
from domain.values.tracking_codes import TrackingCode
from domain.values.version_token import VersionToken

MAX_NOTE_LENGTH = 100
DECLARE_FORM = PageForm(
    "declare",
    (
        Field("day", Day(allows_past=True)),
        Field("kind", Choice(), choices=(HOLIDAY, WORKING_DAY)),
        Field("note", Text(max_length=MAX_NOTE_LENGTH), required=False),
    ),
    "admin.days",
    {"kind": {HOLIDAY: "admin.days.holiday", WORKING_DAY: "admin.days.working"}},
)


class DayPages(SitePart):
    """The days."""

    sections: Sequence[NavigationSection] = ()

    def list_routes(self) -> Sequence[PageRoute]:
        return (
            PageRoute("GET", DAYS_PATH, Right.SETTINGS_VIEW, self._render_page),
            PageRoute(
                "POST",
                DAYS_PATH,
                Right.SETTINGS_CHANGE,
                FormSubmission(DECLARE_FORM.name, VersionedAction(self._submit_declaration), self._render_page),
            ),
            PageRoute(
                "POST",
                f"{DAYS_PATH}/{{day}}/forget",
                Right.SETTINGS_CHANGE,
                FormSubmission("forget", VersionedAction(self._submit_forgetting), self._render_page),
            ),
        )

    async def _submit_declaration(self, request: web.Request, visitor: Visitor, version_token: VersionToken) -> str:
        values = DECLARE_FORM.read_values(visitor)
        declared_day, is_working = date.fromisoformat(values["day"]), values["kind"] == WORKING_DAY
        async with self._store.open_unit() as uow:
            await declare_day(
                ActorContext(self._dependencies, uow, visitor.actor),
                declared_day,
                is_working,
                values.get("note", ""),
                version_token,
            )
        await renew_settings(self._dependencies, self._store)
        return f"{DAYS_PATH}?done=day"

    async def _submit_forgetting(self, request: web.Request, visitor: Visitor, version_token: VersionToken) -> str:
        try:
            declared_day = date.fromisoformat(request.match_info["day"])
        except ValueError:
            raise web.HTTPNotFound from None
        async with self._store.open_unit() as uow:
            await forget_day(ActorContext(self._dependencies, uow, visitor.actor), declared_day, version_token)
        await renew_settings(self._dependencies, self._store)
        return f"{DAYS_PATH}?done=day_forgotten"

    async def _render_page(
        self, request: web.Request, visitor: Visitor, refused_form: RefusedForm | None = None
    ) -> web.Response:
        first_day, _ = year_of(to_jalali(today_in_tehran(self._dependencies))[0])
        async with self._store.open_unit(write=False) as uow:
            days, version_token = (
                await uow.work_calendar.list_declared(first_day),
                await version_of_settings(uow.setting_changes),
            )
            codes_by_day = await list_codes_booked_on(uow, _list_coming_holidays(days, visitor.now))
        error, declare = form_error(refused_form), DECLARE_FORM.build_view(self._dependencies.wording, {}, refused_form)
        context = {
            "tabs": PAGE_TABS,
            "declared_days": [
                _describe_day(declared_day, codes_by_day.get(declared_day.day, [])) for declared_day in days
            ],
            "declaration_form": declare,
            "refusal": self._dependencies.wording.render_error(error) if error and not declare.is_open else None,
            "version_token": version_token,
        }
        return render_staff_page(request, visitor, "admin/settings/days.html", context, error=error)


def _list_coming_holidays(days: Sequence[DeclaredDay], now: datetime) -> list[date]:
    """Return the declared holidays from today on: work that is booked on them has to be moved, or done all the same."""
    today = to_tehran(now).date()
    return [declared_day.day for declared_day in days if not declared_day.working and declared_day.day >= today]


def _describe_day(declared_day: DeclaredDay, booked_codes: Sequence[TrackingCode]) -> dict[str, Any]:
    return {
        "booked_codes": booked_codes,
        "day": declared_day.day.isoformat(),
        "title": jalali_long_text(declared_day.day),
        "is_working": declared_day.working,
        "note": declared_day.note,
    }
