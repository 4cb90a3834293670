"""The statement of a counter office: on the screen, and as sheets."""

import asyncio
from collections.abc import Callable, Sequence

from aiohttp import web

from channels.admin.frame import NavigationSection, PageRoute, Visit, staff_page
from channels.admin.offices.commission_pages import subjects
from channels.admin.offices.office_pages import ONE
from channels.admin.offices.office_period import Asked, address, asked, days, filters
from channels.web.sheets import csv_file
from domain.actions.desk import Desk
from domain.actions.offices.statement import statement
from domain.language.wording import day_and_hour
from domain.offices.office import Office, Statement
from domain.offices.tills import TillPeriod
from domain.unit_of_work import Store
from domain.values.errors import DomainError

STATEMENT = f"{ONE}/statement"

SHOWN = 200
"""Payments on the page, the newest ones; all of them are in the sheet. A busy office has twenty thousand in a year."""

_FIGURES = (
    "requests", "payments", "amount", "surplus_payments", "surplus_amount", "request_commission", "payment_commission",
    "commission",
)  # fmt: skip
_OF_PAYMENT = ("at", "bill_id", "service", "amount", "reference", "outcome", "commission")


class StatementPages:
    """The statements."""

    sections: Sequence[NavigationSection] = ()

    def __init__(self, desk: Desk, store: Store) -> None:
        self._desk = desk
        self._store = store

    def routes(self) -> Sequence[PageRoute]:
        """Return every route."""
        return (
            PageRoute("GET", STATEMENT, "offices.view", self._statement),
            PageRoute("GET", f"{STATEMENT}/lines.csv", "offices.export", self._lines_sheet),
            PageRoute("GET", f"{STATEMENT}/payments.csv", "offices.export", self._payments_sheet),
        )

    async def _statement(self, request: web.Request, visit: Visit) -> web.Response:
        given, wrong = asked(request, visit), None
        office, made, till = await self._office(request), None, None
        try:
            made = await self._made(office.code, given, visit)
            till = await self._till(made)
        except DomainError as error:
            wrong = error
        context = {
            "office": office,
            "filters": filters(self._desk, given, wrong),
            "made": made,
            "newest": made.payments[: -SHOWN - 1 : -1] if made else (),
            "till": till,
            "figures": _FIGURES,
            "services": subjects(self._desk),
            "period": address(given),
        }
        return staff_page(request, visit, "admin/offices/statement.html", context, error=wrong)

    async def _lines_sheet(self, request: web.Request, visit: Visit) -> web.Response:
        return await self._sheet(request, visit, "lines", self._lines)

    async def _payments_sheet(self, request: web.Request, visit: Visit) -> web.Response:
        return await self._sheet(request, visit, "payments", self._payments)

    async def _sheet(
        self, request: web.Request, visit: Visit, name: str, rows: Callable[[Statement], list[list[str | int]]]
    ) -> web.Response:
        made = await self._made((await self._office(request)).code, asked(request, visit), visit)
        file = f"statement-{made.office}-{made.first}-{made.last}-{name}"
        facts = {"office": made.office, "kind": "csv", "file": f"{file}.csv"}
        async with self._store.unit() as uow:
            await uow.audit.record(visit.now, visit.actor.label, "export", facts)
        return await asyncio.to_thread(lambda: csv_file(file, rows(made)))  # a year of it takes a while

    async def _made(self, office: str, given: Asked, visit: Visit) -> Statement:
        async with self._store.unit(write=False) as uow:
            return await statement(self._desk, uow, office, *days(given, visit))

    async def _till(self, made: Statement) -> TillPeriod:
        async with self._store.unit(write=False) as uow:
            return TillPeriod.of(made.payments, await uow.tills.closings(made.office, made.first, made.last))

    async def _office(self, request: web.Request) -> Office:
        async with self._store.unit(write=False) as uow:
            return await uow.offices.by_code(request.match_info["code"])

    def _lines(self, made: Statement) -> list[list[str | int]]:
        titles = subjects(self._desk)
        figures = [
            [titles.get(one.service, one.service), *(getattr(one, name) for name in _FIGURES)] for one in made.lines
        ]
        return [self._headings(("service", *_FIGURES)), *figures]

    def _payments(self, made: Statement) -> list[list[str | int]]:
        titles, outcome = subjects(self._desk), "admin.statement.outcomes.{}".format
        rows: list[list[str | int]] = [
            [
                day_and_hour(one.at), one.bill_id, titles.get(one.service, one.service), one.amount, one.reference,
                self._desk.catalogue.text(outcome(one.outcome.value)), one.commission,
            ]
            for one in made.payments
        ]  # fmt: skip
        return [self._headings(_OF_PAYMENT), *rows]

    def _headings(self, names: Sequence[str]) -> list[str | int]:
        return [self._desk.catalogue.text(f"admin.statement.{name}") for name in names]
