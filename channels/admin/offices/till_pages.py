"""The till of a counter office over a month: what was reported and what was declared, day by day; and closing a day."""

from collections.abc import Sequence
from datetime import date

from aiohttp import web

from channels.admin.actors import describe_actor, load_staff_names
from channels.admin.filtered_pages import load_filtered
from channels.admin.frame import NavigationSection, PageRoute, Visitor, render_staff_page
from channels.admin.offices.office_pages import OFFICE_PATH
from channels.admin.offices.office_period import (
    PeriodValues,
    build_period_controls,
    build_period_query,
    month_containing,
    parse_period_days,
    read_period,
)
from channels.admin.page_forms import PageForm
from channels.admin.submissions import FormSubmission
from channels.admin.version_tokens import VersionedAction
from channels.web.refused_forms import RefusedForm, form_error
from channels.web.site_part import SitePart
from domain.actions.context import ActorContext
from domain.actions.offices.till_closing import close_till, load_till
from domain.authorization.rights import Right
from domain.fields.form import Field
from domain.fields.moments import Day
from domain.fields.types import Rials, Text
from domain.offices.tills import LONGEST_NOTE, TillPeriod
from domain.unit_of_work import UnitOfWork
from domain.values.version_token import VersionToken

TILL_PATH = f"{OFFICE_PATH}/till"
CLOSE_FORM = PageForm(
    "close",
    (
        Field("day", Day(allows_past=True)),
        Field("amount", Rials()),
        Field("note", Text(max_length=LONGEST_NOTE), required=False),
    ),
    "admin.till",
    hint_keys={"day": "admin.till.day_hint", "note": "admin.till.note_hint"},
)


class TillPages(SitePart):
    """The tills."""

    sections: Sequence[NavigationSection] = ()

    def list_routes(self) -> Sequence[PageRoute]:
        return (
            PageRoute("GET", TILL_PATH, Right.OFFICES_VIEW, self._render_page),
            PageRoute(
                "POST",
                TILL_PATH,
                Right.TILLS_CLOSE,
                FormSubmission(CLOSE_FORM.name, VersionedAction(self._submit_closing), self._render_page),
            ),
        )

    async def _submit_closing(self, request: web.Request, visitor: Visitor, version_token: VersionToken) -> str:
        values = CLOSE_FORM.read_values(visitor)
        day, closing_note = date.fromisoformat(values["day"]), values.get("note", "")
        async with self._store.open_unit() as uow:
            await close_till(
                ActorContext(self._dependencies, uow, visitor.actor),
                request.match_info["code"],
                day,
                values["amount"],
                closing_note,
                version=version_token,
            )
        return f"{request.path}?{build_period_query(month_containing(day))}&done=till"

    async def _render_page(
        self, request: web.Request, visitor: Visitor, refused_form: RefusedForm | None = None
    ) -> web.Response:
        period, chosen_day = read_period(request, visitor), request.query.get("day", "")
        async with self._store.open_unit(write=False) as uow:
            office, member_names = (
                await uow.offices.get_by_code(request.match_info["code"]),
                await load_staff_names(uow.people),
            )
            last_number = await uow.office_tills.last_closing_number(office.code)
            till, period_error = await load_filtered(_load_period(uow, office.code, period, visitor), None)
        context = {
            "office": office,
            "filters": build_period_controls(self._dependencies, period, period_error),
            "period_query": build_period_query(period),
            "till_period": till,
            "describe_actor": lambda actor_label: describe_actor(
                self._dependencies.catalogue, actor_label, member_names
            ),
            "version_token": VersionToken.from_number(last_number),
            "closing_form": CLOSE_FORM.build_view(self._dependencies.wording, {"day": chosen_day}, refused_form),
            "chosen_day": chosen_day,
            "refusal": self._dependencies.wording.render_error(refused_form.error) if refused_form else None,
        }
        return render_staff_page(
            request, visitor, "admin/offices/till.html", context, error=form_error(refused_form) or period_error
        )


async def _load_period(uow: UnitOfWork, office_code: str, period_values: PeriodValues, visitor: Visitor) -> TillPeriod:
    """Return the till over the period that was asked for; `MissingField` or `InvalidField` (`year`, `month`)."""
    return await load_till(uow, office_code, *parse_period_days(period_values, visitor))
