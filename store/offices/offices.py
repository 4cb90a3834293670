"""Counter offices, their commission, and the ledger as their statements see it."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import Executable, and_, bindparam, func, insert, not_, select, update

from domain.bills.bill import terminal_reference
from domain.blocks.charging import REQUEST_SUBJECT
from domain.ledger.accounts import Account
from domain.ledger.entries import EntryKind
from domain.offices.office import CommissionRule, CounterPayment, Office, OfficeKey
from domain.values.errors import Conflict, NotFound
from domain.values.reasons import ConflictReason
from store.engines.base import DatabaseEngine
from store.engines.prepared import Row
from store.engines.types import Utc
from store.rows import TableMapping
from store.schema import bills, commission_rules, ledger_entries, offices, payments, requests
from store.work import Repository

EVERY_ONE = ""
"""Value for «every office» and «every service» in the rules."""

_OFFICE_MAPPING = TableMapping(offices, Office)
_SELECT_OFFICES = select(*_OFFICE_MAPPING.columns).order_by(offices.c.code)
_SELECT_BY_CODE = select(*_OFFICE_MAPPING.columns).where(offices.c.code == bindparam("of_code"))
_SELECT_BY_USERNAME = select(*_OFFICE_MAPPING.columns).where(offices.c.username == bindparam("of_username"))
_LOCK_BY_CODE, _LOCK_BY_USERNAME = _SELECT_BY_CODE.with_for_update(), _SELECT_BY_USERNAME.with_for_update()
_SELECT_OTHER_OFFICE = select(offices.c.code).where(
    offices.c.username == bindparam("of_username"), offices.c.code != bindparam("of_code")
)

_RULE_MAPPING = TableMapping(commission_rules, CommissionRule)
_SELECT_RULES = select(*_RULE_MAPPING.columns).order_by(
    commission_rules.c.office, commission_rules.c.service, commission_rules.c.valid_from, commission_rules.c.id
)
_INSERT_RULE = insert(commission_rules)
_UPDATE_RULE = update(commission_rules).where(commission_rules.c.id == bindparam("rule"))
_CLOSE_RULE = _UPDATE_RULE.values(valid_to=bindparam("day"))
_WITHDRAW_RULE = _UPDATE_RULE.values(valid_to=commission_rules.c.valid_from)

_START, _END = bindparam("start", type_=Utc), bindparam("end", type_=Utc)
_COUNT_REQUESTS = (
    select(requests.c.service, func.count())
    .where(requests.c.office == bindparam("of_office"), requests.c.created_at >= _START, requests.c.created_at < _END)
    .group_by(requests.c.service)
)
_REVERSALS = ledger_entries.alias("reversals")
_WAS_REVERSED = (
    select(_REVERSALS.c.item_id)
    .where(_REVERSALS.c.item_id == ledger_entries.c.item_id, _REVERSALS.c.kind == EntryKind.REVERSAL)
    .exists()
)
# What the ledger has on the till of the office; the payment's row says which bill and receipt that was.
_SELECT_PAYMENTS = (
    select(
        ledger_entries.c.at,
        bills.c.bill_id,
        func.coalesce(requests.c.service, bills.c.subject_kind),
        ledger_entries.c.amount,
        payments.c.reference,
        payments.c.outcome,
        payments.c.rrn,
        payments.c.terminal_id,
        payments.c.paid_at,
    )
    .join_from(ledger_entries, payments, payments.c.id == ledger_entries.c.item_id)
    .join(bills, bills.c.id == ledger_entries.c.bill_id)
    .outerjoin(requests, and_(bills.c.subject_kind == REQUEST_SUBJECT, bills.c.subject_id == requests.c.id))
    .where(
        ledger_entries.c.debit_account == Account.TILL,
        ledger_entries.c.debit_subaccount == bindparam("of_office"),
        ledger_entries.c.at >= _START,
        ledger_entries.c.at < _END,
        ledger_entries.c.kind.in_([EntryKind.PAYMENT, EntryKind.SURPLUS]),
        not_(_WAS_REVERSED),
    )
    .order_by(ledger_entries.c.at, ledger_entries.c.item_id)
)


def _upsert_office(engine: DatabaseEngine) -> Executable:
    insertion = engine.insert_into(offices)
    updated_columns = {
        column_name: insertion.excluded[column_name]
        for column_name in _OFFICE_MAPPING.column_names
        if column_name not in {"code", "created_at"}
    }
    return insertion.on_conflict_do_update(index_elements=["code"], set_=updated_columns)


class SqlOfficeRepository(Repository):
    """The port `OfficeRepository`."""

    async def find_by_username(self, username: str, *, lock: bool = False) -> Office | None:
        row = await self._transaction.fetch_row(
            _LOCK_BY_USERNAME if lock else _SELECT_BY_USERNAME, {"of_username": username}
        )
        return None if row is None else _read_office(row)

    async def get_by_code(self, code: str, *, lock: bool = False) -> Office:
        row = await self._transaction.fetch_row(_LOCK_BY_CODE if lock else _SELECT_BY_CODE, {"of_code": code})
        if row is None:
            raise NotFound("office")
        return _read_office(row)

    async def list_all(self) -> list[Office]:
        return [_read_office(row) for row in await self._transaction.fetch_rows(_SELECT_OFFICES)]

    async def save(self, office: Office) -> None:
        office_names = {"of_username": office.username, "of_code": office.code}
        if await self._transaction.fetch_row(_SELECT_OTHER_OFFICE, office_names) is not None:
            raise Conflict("username", ConflictReason.USERNAME_TAKEN)
        key_values, networks = [_write_key(office_key) for office_key in office.keys], list(office.networks)
        await self._transaction.execute(
            _upsert_office, _OFFICE_MAPPING.column_values(office) | {"keys": key_values, "networks": networks}
        )

    async def list_rules(self) -> list[CommissionRule]:
        return [_read_rule(row) for row in await self._transaction.fetch_rows(_SELECT_RULES)]

    async def add_rule(self, rule: CommissionRule) -> None:
        rule_scope = {"office": rule.office or EVERY_ONE, "service": rule.service or EVERY_ONE}
        await self._transaction.execute(_INSERT_RULE, _RULE_MAPPING.column_values(rule) | rule_scope)

    async def close_rule(self, rule_id: int, valid_to: date | None) -> None:
        if await self._transaction.count_written(_CLOSE_RULE, {"rule": rule_id, "day": valid_to}) != 1:
            raise NotFound("rule")

    async def withdraw_rule(self, rule_id: int) -> None:
        if await self._transaction.count_written(_WITHDRAW_RULE, {"rule": rule_id}) != 1:
            raise NotFound("rule")

    async def count_requests(self, office_code: str, start: datetime, end: datetime) -> Mapping[str, int]:
        """The database counts them."""
        rows = await self._transaction.fetch_rows(
            _COUNT_REQUESTS, {"of_office": office_code, "start": start, "end": end}
        )
        return {service: int(request_count) for service, request_count in rows}

    async def list_payments(self, office_code: str, start: datetime, end: datetime) -> list[CounterPayment]:
        """Under their terminals' own references."""
        reference_prefix = terminal_reference(office_code, "")
        rows = await self._transaction.fetch_rows(
            _SELECT_PAYMENTS, {"of_office": office_code, "start": start, "end": end}
        )
        return [
            CounterPayment(
                recorded_at, bill_id, service, amount, reference.removeprefix(reference_prefix), outcome, 0, *receipt
            )
            for recorded_at, bill_id, service, amount, reference, outcome, *receipt in rows
        ]


def _read_office(row: Row) -> Office:
    office = _OFFICE_MAPPING.read_row(row)
    office.keys = tuple(_read_key(stored_key) for stored_key in office.keys)  # type: ignore[arg-type]  # as JSON has them
    office.networks = tuple(office.networks)
    return office


def _read_key(stored_key: Mapping[str, Any]) -> OfficeKey:
    ends_at = stored_key["ends_at"]
    made_at = datetime.fromisoformat(stored_key["made_at"])
    return OfficeKey(stored_key["sealed"], made_at, datetime.fromisoformat(ends_at) if ends_at else None)


def _write_key(key: OfficeKey) -> dict[str, str | None]:
    ends_at = key.ends_at.isoformat() if key.ends_at else None
    return {"sealed": key.sealed, "made_at": key.made_at.isoformat(), "ends_at": ends_at}


def _read_rule(row: Row) -> CommissionRule:
    rule_id, office, service, *other_values = row
    return CommissionRule(rule_id, office or None, service or None, *other_values)
