"""Entries of the ledger: added, listed, summed. How they are compared with the books: `differences.py`."""

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Executable, Integer, Select, and_, bindparam, case, func, insert, literal, or_, select, union_all
from sqlalchemy.sql.expression import tuple_

from domain.ledger.accounts import Account, AccountKey
from domain.ledger.balances import AccountTotals, LedgerDifference
from domain.ledger.entries import EntryKind, LedgerEntry, parse_sort_key
from domain.ledger.ports import EntryFilter, ListedEntry
from domain.values.paging import Cursor
from store.engines.base import DatabaseEngine
from store.engines.prepared import Row
from store.engines.types import ID, NEVER_COMES, EnumText, Utc
from store.ledger.differences import DIFFERENCE_STATEMENT, read_difference
from store.schema import bills, ledger_entries
from store.work import Repository

_BEFORE_ALL = datetime(1970, 1, 1, tzinfo=UTC)
_COLUMNS = tuple(ledger_entries.c)
_ORDERING = (ledger_entries.c.at, ledger_entries.c.item_id, ledger_entries.c.kind)
_INSERT_ENTRY = insert(ledger_entries)
_SELECT_OF_BILL = select(*_COLUMNS).where(ledger_entries.c.bill_id == bindparam("bill_row")).order_by(*_ORDERING)

_DEBIT_SIDE = select(
    ledger_entries.c.debit_account.label("account"),
    ledger_entries.c.debit_subaccount.label("subaccount"),
    ledger_entries.c.kind,
    ledger_entries.c.item_id,
    ledger_entries.c.note,
    ledger_entries.c.at,
    ledger_entries.c.amount.label("debit"),
    literal(0, ID).label("credit"),
)
_CREDIT_SIDE = select(
    ledger_entries.c.credit_account,
    ledger_entries.c.credit_subaccount,
    ledger_entries.c.kind,
    ledger_entries.c.item_id,
    ledger_entries.c.note,
    ledger_entries.c.at,
    literal(0, ID),
    ledger_entries.c.amount,
)
_SIDES = union_all(_DEBIT_SIDE, _CREDIT_SIDE).subquery("sides")
_START, _END = bindparam("start", type_=Utc), bindparam("end", type_=Utc)
_IN_PERIOD = _SIDES.c.at >= _START
_SUM_ACCOUNTS = (
    select(
        _SIDES.c.account,
        _SIDES.c.subaccount,
        func.sum(case((_IN_PERIOD, 0), else_=_SIDES.c.debit - _SIDES.c.credit)),
        func.sum(case((_IN_PERIOD, _SIDES.c.debit), else_=0)),
        func.sum(case((_IN_PERIOD, _SIDES.c.credit), else_=0)),
    )
    .where(_SIDES.c.at < _END)
    .group_by(_SIDES.c.account, _SIDES.c.subaccount)
)
_IS_COMMISSION = and_(ledger_entries.c.kind == EntryKind.COMMISSION, ledger_entries.c.note == bindparam("month"))
_IS_CHARGED = ledger_entries.c.debit_account == Account.COMMISSION_EXPENSE
_COMMISSION_SERVICE = case((_IS_CHARGED, ledger_entries.c.debit_subaccount), else_=ledger_entries.c.credit_subaccount)
_COMMISSION_OFFICE = case((_IS_CHARGED, ledger_entries.c.credit_subaccount), else_=ledger_entries.c.debit_subaccount)
_SUM_COMMISSION = (
    select(
        _COMMISSION_SERVICE,
        func.sum(case((_IS_CHARGED, ledger_entries.c.amount), else_=-ledger_entries.c.amount)),
    )
    .where(_IS_COMMISSION, bindparam("of_office") == _COMMISSION_OFFICE)
    .group_by(_COMMISSION_SERVICE)
)


def _insert_once(engine: DatabaseEngine) -> Executable:
    return engine.insert_into(ledger_entries).on_conflict_do_nothing(index_elements=["item_id", "kind"])


@lru_cache(maxsize=8)
def _select_of_account(*, one_subaccount: bool, after_cursor: bool, backwards: bool) -> Select[Any]:
    """Return the statement of a page: all columns of the entry, then the digits of its bill."""
    of_account = bindparam("of_account", type_=EnumText(Account))
    is_debited, is_credited = (
        ledger_entries.c.debit_account == of_account,
        ledger_entries.c.credit_account == of_account,
    )
    if one_subaccount:
        is_debited = and_(is_debited, ledger_entries.c.debit_subaccount == bindparam("of_subaccount"))
        is_credited = and_(is_credited, ledger_entries.c.credit_subaccount == bindparam("of_subaccount"))
    statement = (
        select(*_COLUMNS, bills.c.bill_id)
        .outerjoin(bills, bills.c.id == ledger_entries.c.bill_id)
        .where(or_(is_debited, is_credited), ledger_entries.c.at >= _START, ledger_entries.c.at < _END)
    )
    if after_cursor:
        last_place = tuple_(
            bindparam("last_at", type_=Utc),
            bindparam("last_item", type_=ID),
            bindparam("last_kind", type_=EnumText(EntryKind)),
        )
        place = tuple_(*_ORDERING)
        statement = statement.where(place < last_place if backwards else place > last_place)
    ordering = [column.desc() for column in _ORDERING] if backwards else list(_ORDERING)
    return statement.order_by(*ordering).limit(bindparam("most", type_=Integer))


class SqlLedgerRepository(Repository):
    """The port `LedgerRepository`."""

    async def add(self, entry: LedgerEntry) -> None:
        await self._transaction.defer(_INSERT_ENTRY, _entry_values(entry))

    async def add_once(self, entry: LedgerEntry) -> None:
        """Post an entry unless its kind was posted for its item before: a bill is closed once, however often it is
        saved.
        """
        await self._transaction.defer(_insert_once, _entry_values(entry))

    async def list_of_bill(self, bill_row_id: int) -> list[LedgerEntry]:
        rows = await self._transaction.fetch_rows(_SELECT_OF_BILL, {"bill_row": bill_row_id})
        return [_read_entry(row) for row in rows]

    async def list_of_account(
        self, entry_filter: EntryFilter, limit: int, cursor: Cursor | None = None
    ) -> list[ListedEntry]:
        values: dict[str, Any] = {
            "of_account": entry_filter.account,
            **_period_values(entry_filter.start, entry_filter.end),
            "most": limit + 1,
        }
        if entry_filter.subaccount is not None:
            values["of_subaccount"] = entry_filter.subaccount
        if cursor is not None:
            last_at, last_kind = parse_sort_key(str(cursor.sort_key))
            values |= {"last_at": last_at, "last_item": cursor.id, "last_kind": last_kind}
        backwards = cursor is not None and cursor.backwards
        statement = _select_of_account(
            one_subaccount=entry_filter.subaccount is not None, after_cursor=cursor is not None, backwards=backwards
        )
        rows = await self._transaction.fetch_rows(statement, values)
        entries = [ListedEntry(_read_entry(row), row[len(_COLUMNS)]) for row in rows]
        return entries[::-1] if backwards else entries

    async def sum_accounts(self, start: datetime | None, end: datetime | None) -> list[AccountTotals]:
        with self._transaction.running_long():
            rows = await self._transaction.fetch_rows(_SUM_ACCOUNTS, _period_values(start, end))
        return [
            AccountTotals(AccountKey(account, subaccount), *map(int, totals)) for account, subaccount, *totals in rows
        ]

    async def sum_commission(self, office: str, month: str) -> Mapping[str, int]:
        rows = await self._transaction.fetch_rows(_SUM_COMMISSION, {"of_office": office, "month": month})
        return {service: int(amount) for service, amount in rows}

    async def list_differences(self, limit: int) -> list[LedgerDifference]:
        with self._transaction.running_long():
            rows = await self._transaction.fetch_rows(DIFFERENCE_STATEMENT, {"most": limit})
        return [read_difference(row) for row in rows]


def _period_values(start: datetime | None, end: datetime | None) -> dict[str, datetime]:
    return {"start": start or _BEFORE_ALL, "end": end or NEVER_COMES}


def _entry_values(entry: LedgerEntry) -> dict[str, Any]:
    return {
        "kind": entry.kind,
        "item_id": entry.item_id,
        "bill_id": entry.bill_id,
        "at": entry.at,
        "debit_account": entry.debit.account,
        "debit_subaccount": entry.debit.subaccount,
        "credit_account": entry.credit.account,
        "credit_subaccount": entry.credit.subaccount,
        "amount": entry.amount,
        "note": entry.note,
        "recorded_by": entry.recorded_by,
    }


def _read_entry(row: Row) -> LedgerEntry:
    kind, item_id, bill_id, moment, debit, debit_subaccount, credit, credit_subaccount, amount, note, recorded_by = row[
        : len(_COLUMNS)
    ]
    return LedgerEntry(
        kind=kind,
        item_id=item_id,
        at=moment,
        debit=AccountKey(debit, debit_subaccount),
        credit=AccountKey(credit, credit_subaccount),
        amount=amount,
        bill_id=bill_id,
        note=note,
        recorded_by=recorded_by,
    )
