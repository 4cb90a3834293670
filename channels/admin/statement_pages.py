"""The statement of a counter office: on the screen, and as sheets."""

from collections.abc import Callable, Sequence
from urllib.parse import urlencode

from aiohttp import web

from channels.admin.commission_pages import subjects
from channels.admin.frame import Route, Section, Visit, staff_page
from channels.admin.office_pages import ONE
from channels.web.error_pages import status_of
from channels.web.forms import FormWords, controls, read_form
from channels.web.sheets import csv_file
from domain.actions.desk import Desk
from domain.actions.statement import statement
from domain.calendar import FIRST_YEAR, LAST_YEAR, MONTH_NAMES, in_tehran, period, to_jalali
from domain.errors import DomainError
from domain.field_types import Choice, Integer, Reading
from domain.forms import Field, read_fields
from domain.offices import Office, Statement
from domain.ports import Store
from domain.text import persian_digits
from domain.wording import day_and_hour

STATEMENT = f"{ONE}/statement"
_MONTHS = tuple(str(number) for number in range(1, 13))

PERIOD = (
    Field("year", Integer(FIRST_YEAR, LAST_YEAR)),
    Field("month", Choice(), required=False, choices=_MONTHS),
)

_FIGURES = (
    "requests", "payments", "amount", "surplus_payments", "surplus_amount", "request_commission", "payment_commission",
    "commission",
)  # fmt: skip
_OF_PAYMENT = ("at", "bill_id", "service", "amount", "reference", "outcome", "commission")


class StatementPages:
    """The statements."""

    sections: Sequence[Section] = ()

    def __init__(self, desk: Desk, store: Store) -> None:
        self._desk = desk
        self._store = store

    def routes(self) -> Sequence[Route]:
        """Return every route."""
        return (
            Route("GET", STATEMENT, "offices.view", self._statement),
            Route("GET", f"{STATEMENT}/lines.csv", "offices.export", self._lines_sheet),
            Route("GET", f"{STATEMENT}/payments.csv", "offices.export", self._payments_sheet),
        )

    async def _statement(self, request: web.Request, visit: Visit) -> web.Response:
        given, wrong = self._asked(request, visit), None
        office, made = await self._office(request), None
        try:
            made = await self._made(office.code, given, visit)
        except DomainError as error:
            wrong = error
        context = {
            "office": office,
            "filters": controls(PERIOD, given, self._words(), wrong),
            "made": made,
            "figures": _FIGURES,
            "services": subjects(self._desk),
            "period": urlencode({name: given.get(name, "") for name in ("year", "month")}),
        }
        status = status_of(wrong) if wrong else 200
        return staff_page(request, visit, "admin/statement.html", context, status=status)

    async def _lines_sheet(self, request: web.Request, visit: Visit) -> web.Response:
        return await self._sheet(request, visit, "lines", self._lines)

    async def _payments_sheet(self, request: web.Request, visit: Visit) -> web.Response:
        return await self._sheet(request, visit, "payments", self._payments)

    async def _sheet(
        self, request: web.Request, visit: Visit, name: str, rows: Callable[[Statement], list[list[str | int]]]
    ) -> web.Response:
        made = await self._made((await self._office(request)).code, self._asked(request, visit), visit)
        file = f"statement-{made.office}-{made.first}-{made.last}-{name}"
        facts = {"office": made.office, "kind": "csv", "file": f"{file}.csv"}
        async with self._store.unit() as uow:
            await uow.audit.record(visit.now, visit.actor.label, "export", facts)
        return csv_file(file, rows(made))

    def _asked(self, request: web.Request, visit: Visit) -> dict[str, str]:
        """Return the period as it was asked for, the present month when none was."""
        year, month, _ = to_jalali(in_tehran(visit.now).date())
        return read_form(PERIOD, request.query) or {"year": persian_digits(year), "month": str(month)}

    async def _made(self, office: str, given: dict[str, str], visit: Visit) -> Statement:
        values = read_fields(PERIOD, given, visit.actor.channel, Reading(visit.now))
        month = int(values["month"]) if "month" in values else None
        async with self._store.unit(write=False) as uow:
            return await statement(self._desk, uow, office, *period(values["year"], month))

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

    def _words(self) -> FormWords:
        months = dict(zip(_MONTHS, MONTH_NAMES, strict=True))
        label = "admin.statement.{}".format
        return FormWords(
            self._desk.wording, lambda name: self._desk.catalogue.text(label(name)), {"month": months},
            blank="admin.statement.whole_year",
        )  # fmt: skip
