"""The till of a counter office over a month: what was reported and what was declared, day by day; and closing a day."""

from collections.abc import Sequence
from datetime import date

from aiohttp import web

from channels.admin.actors import actor_shown, staff_names
from channels.admin.frame import NavigationSection, PageRoute, Visit, staff_page
from channels.admin.offices.office_pages import ONE
from channels.admin.offices.office_period import address, asked, days, filters, month_of
from channels.admin.page_forms import PageForm
from channels.admin.submissions import FormSubmission, RefusedForm, error_of
from channels.admin.version_tokens import optional_version
from domain.actions.desk import Desk
from domain.actions.offices.tills import close_till, till_of
from domain.fields.form import Field
from domain.fields.types import Day, Rials, Text
from domain.offices.tills import LONGEST_NOTE
from domain.unit_of_work import Store
from domain.values.errors import DomainError
from domain.values.version_token import VersionToken

TILL = f"{ONE}/till"
CLOSE = PageForm("close", (
    Field("day", Day(past=True)),
    Field("amount", Rials()),
    Field("note", Text(limit=LONGEST_NOTE), required=False),
), "admin.till", hints={"day": "admin.till.day_hint", "note": "admin.till.note_hint"})  # fmt: skip


class TillPages:
    """The tills."""

    sections: Sequence[NavigationSection] = ()

    def __init__(self, desk: Desk, store: Store) -> None:
        self._desk = desk
        self._store = store

    def routes(self) -> Sequence[PageRoute]:
        """Return every route."""
        return (
            PageRoute("GET", TILL, "offices.view", self._page),
            PageRoute("POST", TILL, "tills.close", FormSubmission(CLOSE.name, self._close, self._page)),
        )

    async def _close(self, request: web.Request, visit: Visit) -> str:
        values = CLOSE.read(visit)
        day, note = date.fromisoformat(values["day"]), values.get("note", "")
        async with self._store.unit() as uow:
            await close_till(
                self._desk, uow, request.match_info["code"], day, values["amount"], note,
                actor=visit.actor, version=optional_version(visit.form),
            )  # fmt: skip
        return f"{request.path}?{address(month_of(day))}&done=till"

    async def _page(self, request: web.Request, visit: Visit, refused: RefusedForm | None = None) -> web.Response:
        given, chosen, wrong, till = asked(request, visit), request.query.get("day", ""), None, None
        async with self._store.unit(write=False) as uow:
            office, names = await uow.offices.by_code(request.match_info["code"]), await staff_names(uow)
            number = await uow.tills.last_number(office.code)
            try:
                till = await till_of(uow, office.code, *days(given, visit))
            except DomainError as error:
                wrong = error
        context = {
            "office": office,
            "filters": filters(self._desk, given, wrong),
            "period": address(given),
            "till": till,
            "who": lambda label: actor_shown(self._desk.catalogue, label, names),
            "version": VersionToken.numbered(number),
            "close": CLOSE.shown(self._desk.wording, {"day": chosen}, refused),
            "chosen": chosen,
            "refusal": self._desk.wording.error(refused.error) if refused else None,
        }
        return staff_page(request, visit, "admin/offices/till.html", context, error=error_of(refused) or wrong)
