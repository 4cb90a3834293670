"""What rows of the registries owe: duties of a year, bills, waivers, bank slips; and the papers that run out."""

from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any

from aiohttp import web

from channels.admin.bills.bill_forms import agree, record_by_hand, recorded, reverse_wrong, what_follows
from channels.admin.frame import NavigationSection, PageRoute, Visit, staff_page
from channels.admin.registries.registry_row import RowPage, row_id, unchanged
from channels.admin.registries.registry_view import REGISTRY_ROOM, CellPart, RegistryViews, address
from channels.admin.submissions import FormSubmission, RefusedForm, error_of
from channels.web.posted import said
from domain.actions.desk import Desk
from domain.actions.registries.charges import bill_and_tell, waive_and_tell
from domain.actions.registries.duties import Generated, generate
from domain.actions.registries.expiries import Due, due
from domain.fields.types import ReadingContext, number_text
from domain.registries.declarations import DUTY, REGISTRIES, Registry
from domain.registries.field_types import Year
from domain.unit_of_work import Store
from domain.values.calendar import in_tehran, jalali_text, to_jalali
from domain.values.errors import InvalidField
from domain.values.identifiers import mobile_shown
from domain.values.text import grouped, persian_digits

EXPIRING, GENERATE = f"{REGISTRY_ROOM}/expiring", f"{address(DUTY)}/generate"
AHEAD = (30, 60, 90)
"""Days ahead for which papers that run out are listed."""

RowAction = Callable[[Registry, web.Request, Visit], Awaitable[str]]
"""What a form of a row asks for about its money; returns where to go on."""


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
            PageRoute("GET", GENERATE, "duties.change", self._years),
            PageRoute("POST", GENERATE, "duties.change", FormSubmission("year", self._generate, self._years)),
            *(route for registry in owed for route in self._of(registry)),
        )

    def _of(self, registry: Registry) -> Sequence[PageRoute]:
        one = f"{address(registry)}/{{id:[0-9]{{1,19}}}}"
        actions: Sequence[tuple[str, str, str, RowAction]] = (
            ("bill", "charges.bill", "billed", self._bill),
            ("waive", "charges.waive", "waived", self._waive),
            ("slip", "payments.record", "slip", self._slip),
            ("reverse", "payments.reverse", "reverse", self._reverse),
            ("approve", "refunds.approve", "approve", self._approve),
        )
        page = partial(self._row.page, registry)
        return [
            PageRoute("POST", f"{one}/{path}", right, FormSubmission(form, partial(action, registry), page))
            for path, right, form, action in actions
        ]

    async def _bill(self, registry: Registry, request: web.Request, visit: Visit) -> str:
        async with self._store.unit() as uow:
            await unchanged(uow, registry, row_id(request), visit.form)
            await bill_and_tell(self._desk, uow, registry, row_id(request), visit.actor)
        return _after(registry, request, "billed")

    async def _waive(self, registry: Registry, request: web.Request, visit: Visit) -> str:
        async with self._store.unit() as uow:
            await unchanged(uow, registry, row_id(request), visit.form)
            reason = said(visit.form, "reason")
            await waive_and_tell(self._desk, uow, registry, row_id(request), reason, visit.actor)
        return _after(registry, request, "waived")

    async def _slip(self, registry: Registry, request: web.Request, visit: Visit) -> str:
        async with self._store.unit() as uow:
            settled = await record_by_hand(self._desk, uow, visit)
        return _after(registry, request, recorded(settled))

    async def _reverse(self, registry: Registry, request: web.Request, visit: Visit) -> str:
        async with self._store.unit() as uow:
            done = await reverse_wrong(self._desk, uow, visit)
        return _after(registry, request, what_follows(done))

    async def _approve(self, registry: Registry, request: web.Request, visit: Visit) -> str:
        async with self._store.unit() as uow:
            await agree(self._desk, uow, visit)
        return _after(registry, request, "refund_approved")

    async def _generate(self, request: web.Request, visit: Visit) -> web.Response:
        made = await generate(self._desk, self._store, _year(said(visit.form, "year"), visit), visit.actor)
        return await self._years(request, visit, made=made)

    async def _years(
        self, request: web.Request, visit: Visit, refused: RefusedForm | None = None, made: Generated | None = None
    ) -> web.Response:
        this_year, error = persian_digits(to_jalali(in_tehran(visit.now).date())[0]), error_of(refused)
        text = self._desk.catalogue.text
        context = {
            **self._views.room(DUTY, visit),
            "year": said(visit.form, "year") if refused or made else this_year,
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


def _after(registry: Registry, request: web.Request, done: str) -> str:
    """Return the page of a row that tells what was done (`admin.done`)."""
    return f"{address(registry)}/{row_id(request)}?done={done}"


def _year(text: str, visit: Visit) -> int:
    try:
        return Year().parse(text, ReadingContext(visit.now))
    except InvalidField:
        raise InvalidField("year", detail="bad_year", given=text[:10]) from None
