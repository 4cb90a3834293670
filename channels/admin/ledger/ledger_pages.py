"""The ledger: the trial balance of a month or year, the entries of an account or a bill behind it, both as sheets."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from urllib.parse import urlencode

from aiohttp import web

from channels.admin.filtered_pages import load_filtered
from channels.admin.frame import NavigationSection, PageRoute, Visitor, render_staff_page
from channels.admin.ledger.entry_view import EntryView, build_entry_view, build_totals_view
from channels.admin.offices.office_period import (
    PeriodValues,
    build_period_controls,
    build_period_query,
    parse_period_days,
    read_period,
)
from channels.web.sheets import render_csv
from channels.web.site_part import SitePart
from domain.actions.bills.merged_bills import load_bills_by_id
from domain.actions.context import ActionContext
from domain.actions.ledger.labels import AccountLabels, load_account_labels
from domain.authorization.rights import Right
from domain.language.wording import day_and_hour_text
from domain.ledger.accounts import Account, AccountKey
from domain.ledger.balances import TrialBalance
from domain.ledger.ports import EntryFilter, ListedEntry
from domain.unit_of_work import UnitOfWork
from domain.values.calendar import tehran_moment
from domain.values.errors import DomainError, InvalidField
from domain.values.paging import PAGE_FIELD, Cursor, ListOrder, Page, cut_page

LEDGER_PATH, ENTRIES_PATH = "/staff/ledger", "/staff/ledger/entries"
ENTRIES_PER_PAGE = 50
MOST_EXPORTED_ENTRIES = 100_000
"""Entries of one sheet: more are no sheet that anybody reads; the period can be narrowed down."""

_BALANCE_COLUMNS = ("account", "subaccount", "nature", "opening", "debit", "credit", "closing")
_ENTRY_COLUMNS = ("at", "kind", "debit_account", "credit_account", "amount", "bill", "note")


@dataclass(frozen=True, slots=True)
class _AskedEntries:
    """Query of the page of entries."""

    account_key: AccountKey
    start: datetime
    end: datetime
    is_whole_account: bool
    """Whether every subaccount is meant."""

    @property
    def entry_filter(self) -> EntryFilter:
        """The same for the store."""
        subaccount = None if self.is_whole_account else self.account_key.subaccount
        return EntryFilter(self.account_key.account, subaccount, self.start, self.end)


class LedgerPages(SitePart):
    """The trial balance and what it is made of."""

    sections: Sequence[NavigationSection] = (
        NavigationSection(LEDGER_PATH, "admin.sections.ledger", Right.LEDGER_VIEW),
    )

    def list_routes(self) -> Sequence[PageRoute]:
        return (
            PageRoute("GET", LEDGER_PATH, Right.LEDGER_VIEW, self._show_balance),
            PageRoute("GET", f"{LEDGER_PATH}/balance.csv", Right.LEDGER_EXPORT, self._export_balance),
            PageRoute("GET", ENTRIES_PATH, Right.LEDGER_VIEW, self._show_entries),
            PageRoute("GET", f"{ENTRIES_PATH}.csv", Right.LEDGER_EXPORT, self._export_entries),
        )

    async def _show_balance(self, request: web.Request, visitor: Visitor) -> web.Response:
        period_values = read_period(request, visitor)
        balance, period_error = await load_filtered(self._load_balance(period_values, visitor), TrialBalance(()))
        async with self._store.open_unit(write=False) as uow:
            labels = await load_account_labels(ActionContext(self._dependencies, uow))
        period_query = build_period_query(period_values)
        context = {
            "filters": build_period_controls(self._dependencies, period_values, period_error),
            "totals_views": [build_totals_view(labels, row, period_query) for row in balance.rows],
            "trial_balance": balance,
            "period_query": period_query,
        }
        return render_staff_page(request, visitor, "admin/ledger/ledger.html", context, error=period_error)

    async def _load_balance(self, period_values: PeriodValues, visitor: Visitor) -> TrialBalance:
        first_day, end_day = parse_period_days(period_values, visitor)
        async with self._store.open_unit(write=False) as uow:
            return TrialBalance.from_totals(await uow.ledger.sum_accounts(_midnight(first_day), _midnight(end_day)))

    async def _export_balance(self, request: web.Request, visitor: Visitor) -> web.Response:
        period_values = read_period(request, visitor)
        balance = await self._load_balance(period_values, visitor)
        async with self._store.open_unit() as uow:
            labels = await load_account_labels(ActionContext(self._dependencies, uow))
            await self._audit_export(uow, visitor, "trial-balance")
        views = [build_totals_view(labels, row, "") for row in balance.rows]
        table_rows = [[getattr(view, name) for name in _BALANCE_COLUMNS] for view in views]
        return render_csv("trial-balance", [self._build_headings(_BALANCE_COLUMNS), *table_rows])

    async def _show_entries(self, request: web.Request, visitor: Visitor) -> web.Response:
        period_values = read_period(request, visitor)
        empty_page: Page[ListedEntry] = Page((), None, None)
        async with self._store.open_unit(write=False) as uow:
            labels = await load_account_labels(ActionContext(self._dependencies, uow))
            entry_page, page_error = await load_filtered(
                self._load_entries(uow, request, period_values, visitor), empty_page
            )
        address = {name: value for name, value in request.query.items() if name not in {PAGE_FIELD, "done"}}
        context = {
            "title": self._render_title(labels, request),
            "entry_views": [build_entry_view(labels, listed) for listed in entry_page.rows],
            "previous_address": _page_address(address, entry_page.previous_cursor),
            "next_address": _page_address(address, entry_page.next_cursor),
            "sheet_address": f"{ENTRIES_PATH}.csv?{urlencode(address)}",
            "period_query": build_period_query(period_values),
            "is_of_bill": "bill" in request.query,
            "problem": self._dependencies.wording.render_error(page_error) if page_error else None,
        }
        return render_staff_page(request, visitor, "admin/ledger/entries.html", context, error=page_error)

    async def _load_entries(
        self, uow: UnitOfWork, request: web.Request, period_values: PeriodValues, visitor: Visitor
    ) -> Page[ListedEntry]:
        if "bill" in request.query:
            entries = [
                ListedEntry(entry, bill.bill_id)
                for bill in await load_bills_by_id(uow, request.query["bill"])
                for entry in await uow.ledger.list_of_bill(bill.id)
            ]
            return Page(tuple(entries), None, None)
        page_position = request.query.get(PAGE_FIELD)
        cursor = Cursor.parse_cursor(page_position, ListOrder.NAME) if page_position else None
        asked = _read_asked(request, period_values, visitor)
        listed = await uow.ledger.list_of_account(asked.entry_filter, ENTRIES_PER_PAGE, cursor)
        return cut_page([(one.entry.sort_key, one.entry.item_id, one) for one in listed], ENTRIES_PER_PAGE, cursor)

    async def _export_entries(self, request: web.Request, visitor: Visitor) -> web.Response:
        asked = _read_asked(request, read_period(request, visitor), visitor)
        async with self._store.open_unit() as uow:
            labels = await load_account_labels(ActionContext(self._dependencies, uow))
            listed = await uow.ledger.list_of_account(asked.entry_filter, MOST_EXPORTED_ENTRIES)
            await self._audit_export(uow, visitor, f"ledger-{asked.account_key.account}")
        views = [build_entry_view(labels, one) for one in listed[:MOST_EXPORTED_ENTRIES]]
        headings, file_name = self._build_headings(_ENTRY_COLUMNS), f"ledger-{asked.account_key.account}"
        return await asyncio.to_thread(lambda: render_csv(file_name, [headings, *map(_build_sheet_row, views)]))

    async def _audit_export(self, uow: UnitOfWork, visitor: Visitor, file_name: str) -> None:
        audit_facts = {"kind": "csv", "file": f"{file_name}.csv"}
        await uow.audit.add_entry(visitor.now, visitor.actor.label, "export", audit_facts)

    def _build_headings(self, column_names: Sequence[str]) -> list[str | int]:
        return [self._dependencies.catalogue.text(f"admin.ledger.{column_name}") for column_name in column_names]

    def _render_title(self, labels: AccountLabels, request: web.Request) -> str:
        """Return whose entries these are; nothing special where that cannot be read."""
        if "bill" in request.query:
            return self._dependencies.catalogue.text("admin.ledger.of_bill")
        try:
            account_key, _ = _read_account(request.query)
        except DomainError:
            return self._dependencies.catalogue.text("admin.ledger.entries_title")
        return labels.label_key(account_key)


def _read_asked(request: web.Request, period_values: PeriodValues, visitor: Visitor) -> _AskedEntries:
    account_key, is_whole_account = _read_account(request.query)
    first_day, end_day = parse_period_days(period_values, visitor)
    return _AskedEntries(account_key, _midnight(first_day), _midnight(end_day), is_whole_account)


def _read_account(query: Mapping[str, Any]) -> tuple[AccountKey, bool]:
    """Return the account that an address names, and whether all of it is meant; `InvalidField("account")`."""
    try:
        return AccountKey(Account(query.get("account", "")), query.get("of", "")), "of" not in query
    except ValueError:
        raise InvalidField("account") from None


def _midnight(day: date) -> datetime:
    return tehran_moment(day, time.min)


def _page_address(address: Mapping[str, str], cursor: Cursor | None) -> str | None:
    return f"{ENTRIES_PATH}?{urlencode({**address, PAGE_FIELD: str(cursor)})}" if cursor else None


def _build_sheet_row(view: EntryView) -> list[str | int]:
    entry = view.entry
    return [
        day_and_hour_text(entry.at), view.kind, view.debit, view.credit, entry.amount, view.bill_id or "", view.note
    ]  # fmt: skip
