"""What rows of the registries owe: duties of a year, bills, waivers, bank slips; and the papers that run out."""

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any

from aiohttp import web

from channels.admin.bills.bill_forms import agree, record_by_hand, recorded, reverse_wrong, what_follows
from channels.admin.frame import NavigationSection, PageRoute, Visit, staff_page
from channels.admin.refused_forms import Tried
from channels.admin.registries.registry_row import RowPage, row_id, unchanged
from channels.admin.registries.registry_view import REGISTRY_ROOM, CellPart, RegistryViews, address
from channels.web.posted import Form, said
from domain.actions.desk import Desk
from domain.actions.registries.charges import bill_and_tell, waive_and_tell
from domain.actions.registries.duties import Generated, generate
from domain.actions.registries.expiries import Due, due
from domain.fields.types import ReadingContext, number_text
from domain.registries.declarations import DUTY, REGISTRIES, Registry
from domain.registries.field_types import Year
from domain.unit_of_work import Store, UnitOfWork
from domain.values.calendar import in_tehran, jalali_text, to_jalali
from domain.values.errors import DomainError, Forbidden, InvalidField
from domain.values.identifiers import mobile_shown
from domain.values.text import grouped, persian_digits

EXPIRING, GENERATE = f"{REGISTRY_ROOM}/expiring", f"{address(DUTY)}/generate"
AHEAD = (30, 60, 90)
"""Days ahead for which papers that run out are listed."""

Work = Callable[[UnitOfWork, Form], Awaitable[str]]
"""Something done about a row's money, in one unit; returns the key of what was done (`admin.done`)."""


class ChargePages:
    """Money of the registries."""

    sections: Sequence[NavigationSection] = ()

    def __init__(self, desk: Desk, store: Store) -> None:
        self._desk = desk
        self._store = store
        self._views = RegistryViews(desk)
        self._row = RowPage(desk, store)

    def routes(self) -> Sequence[PageRoute]:
        """Return every route."""
        owed = [one for one in REGISTRIES.values() if one.owed]
        return (
            PageRoute("GET", EXPIRING, "registries.view", self._expiring),
            PageRoute("GET", GENERATE, "duties.change", self._ask_year),
            PageRoute("POST", GENERATE, "duties.change", self._generate),
            *(route for registry in owed for route in self._of(registry)),
        )

    def _of(self, registry: Registry) -> Sequence[PageRoute]:
        one = f"{address(registry)}/{{id:[0-9]{{1,19}}}}"
        return (
            PageRoute("POST", f"{one}/bill", "charges.bill", partial(self._bill, registry)),
            PageRoute("POST", f"{one}/waive", "charges.waive", partial(self._waive, registry)),
            PageRoute("POST", f"{one}/slip", "payments.record", partial(self._slip, registry)),
            PageRoute("POST", f"{one}/reverse", "payments.reverse", partial(self._reverse, registry)),
            PageRoute("POST", f"{one}/approve", "refunds.approve", partial(self._approve, registry)),
        )

    async def _bill(self, registry: Registry, request: web.Request, visit: Visit) -> web.Response:
        async def work(uow: UnitOfWork, form: Form) -> str:
            await unchanged(uow, registry, row_id(request), form)
            await bill_and_tell(self._desk, uow, registry, row_id(request), visit.actor)
            return "billed"

        return await self._done(registry, request, visit, "billed", work)

    async def _waive(self, registry: Registry, request: web.Request, visit: Visit) -> web.Response:
        async def work(uow: UnitOfWork, form: Form) -> str:
            await unchanged(uow, registry, row_id(request), form)
            reason = said(form, "reason")
            await waive_and_tell(self._desk, uow, registry, row_id(request), reason, visit.actor)
            return "waived"

        return await self._done(registry, request, visit, "waived", work)

    async def _slip(self, registry: Registry, request: web.Request, visit: Visit) -> web.Response:
        async def work(uow: UnitOfWork, form: Form) -> str:
            return recorded(await record_by_hand(self._desk, uow, visit))

        return await self._done(registry, request, visit, "slip", work)

    async def _reverse(self, registry: Registry, request: web.Request, visit: Visit) -> web.Response:
        async def work(uow: UnitOfWork, form: Form) -> str:
            return what_follows(await reverse_wrong(self._desk, uow, visit))

        return await self._done(registry, request, visit, "reverse", work)

    async def _approve(self, registry: Registry, request: web.Request, visit: Visit) -> web.Response:
        async def work(uow: UnitOfWork, form: Form) -> str:
            await agree(self._desk, uow, visit)
            return "refund_approved"

        return await self._done(registry, request, visit, "approve", work)

    async def _done(
        self, registry: Registry, request: web.Request, visit: Visit, what: str, work: Work
    ) -> web.Response:
        """Do some work in one unit and show the row again, with what was wrong if it was refused."""
        form = visit.form
        try:
            async with self._store.unit() as uow:
                done = await work(uow, form)
        except Forbidden:
            raise
        except DomainError as error:
            typed = {name: value for name, value in form.items() if isinstance(value, str)}
            return await self._row.page(registry, request, visit, Tried(what, typed, error))
        raise web.HTTPSeeOther(f"{address(registry)}/{row_id(request)}?done={done}")

    async def _ask_year(self, request: web.Request, visit: Visit) -> web.Response:
        return self._years(request, visit, persian_digits(to_jalali(in_tehran(visit.now).date())[0]))

    async def _generate(self, request: web.Request, visit: Visit) -> web.Response:
        year = said(visit.form, "year")
        try:
            made = await generate(self._desk, self._store, _year(year, visit), visit.actor)
        except Forbidden:
            raise
        except DomainError as error:
            return self._years(request, visit, year, error=error)
        return self._years(request, visit, year, made)

    def _years(
        self,
        request: web.Request,
        visit: Visit,
        year: str,
        made: Generated | None = None,
        error: DomainError | None = None,
    ) -> web.Response:
        text = self._desk.catalogue.text
        context = {
            **self._views.room(DUTY, visit),
            "year": year,
            "made": made and {
                "made": grouped(made.made), "present": grouped(made.present), "free": grouped(made.free),
                "amount": grouped(made.amount),
                "missing": [(text(f"choices.vehicle_type.{kind}"), grouped(n)) for kind, n in made.missing.items()],
            },
            "problem": self._desk.wording.error(error) if error else None,
        }  # fmt: skip
        return staff_page(request, visit, "admin/bills/duties.html", context, error=error)

    async def _expiring(self, request: web.Request, visit: Visit) -> web.Response:
        asked = request.query.get("days", "")
        days = next((one for one in AHEAD if str(one) == asked), AHEAD[0])
        async with self._store.unit(write=False) as uow:
            found = await due(self._desk, uow, days)
        context = {"rows": [self._running_out(one) for one in found], "days": days, "ahead": AHEAD}
        return staff_page(request, visit, "admin/bills/expiring.html", context)

    def _running_out(self, one: Due) -> dict[str, Any]:
        registry, row = one.expiring.registry, one.expiring.row
        left = one.days_left
        said_left = "admin.expiring.past" if left < 0 else "admin.expiring.left" if left else "admin.expiring.today"
        return {
            "row": CellPart(self._views.called(registry, row.values), f"{address(registry)}/{row.id}"),
            "registry": self._views.title(registry),
            "paper": self._views.label(registry, one.expiring.field),
            "day": jalali_text(one.expiring.day),
            "past": left < 0,
            "left": self._desk.catalogue.render(said_left, {"days": number_text(abs(left))}),
            "mobile": mobile_shown(one.mobile) if one.mobile else None,
            "reminded": "، ".join(number_text(days) for days in one.reminded),
        }


def _year(text: str, visit: Visit) -> int:
    try:
        return Year().parse(text, ReadingContext(visit.now))
    except InvalidField:
        raise InvalidField("year", detail="bad_year", given=text[:10]) from None
