"""The statement of a counter office: on the screen, and as sheets."""

import asyncio
from collections.abc import Callable, Sequence

from aiohttp import web

from channels.admin.filtered_pages import load_filtered
from channels.admin.frame import NavigationSection, PageRoute, Visitor, render_staff_page
from channels.admin.offices.commission_pages import list_subject_titles
from channels.admin.offices.office_pages import OFFICE_PATH
from channels.admin.offices.office_period import (
    PeriodValues,
    build_period_controls,
    build_period_query,
    parse_period_days,
    read_period,
)
from channels.web.sheets import render_csv
from channels.web.site_part import SitePart
from domain.actions.context import ActionContext
from domain.actions.offices.statement import build_statement
from domain.authorization.rights import Right
from domain.language.wording import day_and_hour_text
from domain.offices.office import Office, Statement
from domain.offices.tills import TillPeriod

STATEMENT_PATH = f"{OFFICE_PATH}/statement"

MAX_PAYMENTS = 200
"""Payments on the page, the newest ones; all of them are in the sheet. A busy office has twenty thousand in a year."""

_FIGURE_NAMES = (
    "requests",
    "payments",
    "amount",
    "surplus_payments",
    "surplus_amount",
    "request_commission",
    "payment_commission",
    "commission",
)
_PAYMENT_COLUMNS = ("at", "bill_id", "service", "amount", "reference", "outcome", "commission")


class StatementPages(SitePart):
    """The statements."""

    sections: Sequence[NavigationSection] = ()

    def list_routes(self) -> Sequence[PageRoute]:
        return (
            PageRoute("GET", STATEMENT_PATH, Right.OFFICES_VIEW, self._show_statement),
            PageRoute("GET", f"{STATEMENT_PATH}/lines.csv", Right.OFFICES_EXPORT, self._export_lines),
            PageRoute("GET", f"{STATEMENT_PATH}/payments.csv", Right.OFFICES_EXPORT, self._export_payments),
        )

    async def _show_statement(self, request: web.Request, visitor: Visitor) -> web.Response:
        period_values, office = read_period(request, visitor), await self._load_office(request)
        office_statement, period_error = await load_filtered(
            self._build_statement(office.code, period_values, visitor), None
        )
        till_period = await self._load_till(office_statement) if office_statement else None
        context = {
            "office": office,
            "filters": build_period_controls(self._dependencies, period_values, period_error),
            "statement": office_statement,
            "newest_payments": office_statement.payments[: -MAX_PAYMENTS - 1 : -1] if office_statement else (),
            "till_period": till_period,
            "figure_names": _FIGURE_NAMES,
            "service_titles": list_subject_titles(self._dependencies),
            "period_query": build_period_query(period_values),
        }
        return render_staff_page(request, visitor, "admin/offices/statement.html", context, error=period_error)

    async def _export_lines(self, request: web.Request, visitor: Visitor) -> web.Response:
        return await self._export_sheet(request, visitor, "lines", self._build_line_rows)

    async def _export_payments(self, request: web.Request, visitor: Visitor) -> web.Response:
        return await self._export_sheet(request, visitor, "payments", self._build_payment_rows)

    async def _export_sheet(
        self,
        request: web.Request,
        visitor: Visitor,
        sheet_name: str,
        build_rows: Callable[[Statement], list[list[str | int]]],
    ) -> web.Response:
        office_statement = await self._build_statement(
            (await self._load_office(request)).code, read_period(request, visitor), visitor
        )
        file_name = (
            f"statement-{office_statement.office}-{office_statement.first_day}-{office_statement.end_day}-{sheet_name}"
        )
        audit_facts = {"office": office_statement.office, "kind": "csv", "file": f"{file_name}.csv"}
        async with self._store.open_unit() as uow:
            await uow.audit.add_entry(visitor.now, visitor.actor.label, "export", audit_facts)
        return await asyncio.to_thread(
            lambda: render_csv(file_name, build_rows(office_statement))
        )  # a year of it takes a while

    async def _build_statement(self, office_code: str, period_values: PeriodValues, visitor: Visitor) -> Statement:
        async with self._store.open_unit(write=False) as uow:
            return await build_statement(
                ActionContext(self._dependencies, uow), office_code, *parse_period_days(period_values, visitor)
            )

    async def _load_till(self, office_statement: Statement) -> TillPeriod:
        async with self._store.open_unit(write=False) as uow:
            return TillPeriod.from_ledger(
                office_statement.payments,
                await uow.office_tills.list_closings(
                    office_statement.office, office_statement.first_day, office_statement.end_day
                ),
            )

    async def _load_office(self, request: web.Request) -> Office:
        async with self._store.open_unit(write=False) as uow:
            return await uow.offices.get_by_code(request.match_info["code"])

    def _build_line_rows(self, office_statement: Statement) -> list[list[str | int]]:
        subject_titles = list_subject_titles(self._dependencies)
        figure_rows = [
            [
                subject_titles.get(statement_line.service, statement_line.service),
                *(getattr(statement_line, figure_name) for figure_name in _FIGURE_NAMES),
            ]
            for statement_line in office_statement.lines
        ]
        return [self._build_headings(("service", *_FIGURE_NAMES)), *figure_rows]

    def _build_payment_rows(self, office_statement: Statement) -> list[list[str | int]]:
        subject_titles, outcome_key = list_subject_titles(self._dependencies), "admin.statement.outcomes.{}".format
        payment_rows: list[list[str | int]] = [
            [
                day_and_hour_text(payment.at),
                payment.bill_id,
                subject_titles.get(payment.service, payment.service),
                payment.amount,
                payment.reference,
                self._dependencies.catalogue.text(outcome_key(payment.outcome.value)),
                payment.commission,
            ]
            for payment in office_statement.payments
        ]
        return [self._build_headings(_PAYMENT_COLUMNS), *payment_rows]

    def _build_headings(self, column_names: Sequence[str]) -> list[str | int]:
        return [self._dependencies.catalogue.text(f"admin.statement.{column_name}") for column_name in column_names]
