"""Counter offices, their commission, and the ledger as their statements see it."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import Executable, and_, bindparam, func, insert, select, update

from domain.bills.bill import terminal_reference
from domain.blocks.charging import SUBJECT
from domain.offices.office import CommissionRule, CounterPayment, Office, OfficeKey
from domain.values.errors import Conflict, NotFound
from store.engines.base import DatabaseEngine
from store.engines.prepared import Row
from store.engines.types import Utc
from store.rows import TableMapping
from store.schema import bills, commission_rules, offices, payments, requests
from store.work import Repository

EVERY = ""
"""How «every office» and «every service» lie in the rules."""

_OFFICE = TableMapping(offices, Office)
_ALL = select(*_OFFICE.columns).order_by(offices.c.code)
_BY_CODE = select(*_OFFICE.columns).where(offices.c.code == bindparam("of_code"))
_BY_USERNAME = select(*_OFFICE.columns).where(offices.c.username == bindparam("of_username"))
_BY_CODE_LOCKED, _BY_USERNAME_LOCKED = _BY_CODE.with_for_update(), _BY_USERNAME.with_for_update()
_OTHER = select(offices.c.code).where(
    offices.c.username == bindparam("of_username"), offices.c.code != bindparam("of_code")
)

_RULE = TableMapping(commission_rules, CommissionRule)
_RULES = select(*_RULE.columns).order_by(
    commission_rules.c.office, commission_rules.c.service, commission_rules.c.valid_from, commission_rules.c.id
)
_ADD_RULE = insert(commission_rules)
_ONE_RULE = update(commission_rules).where(commission_rules.c.id == bindparam("rule"))
_CLOSE_RULE = _ONE_RULE.values(valid_to=bindparam("day"))
_WITHDRAW_RULE = _ONE_RULE.values(valid_to=commission_rules.c.valid_from)

_START, _END = bindparam("start", type_=Utc), bindparam("end", type_=Utc)
_REQUESTS = (
    select(requests.c.service, func.count())
    .where(
        requests.c.office == bindparam("of_office"), requests.c.created_at >= _START, requests.c.created_at < _END
    )
    .group_by(requests.c.service)
)  # fmt: skip
_PAYMENTS = (
    select(
        payments.c.at, bills.c.bill_id, func.coalesce(requests.c.service, bills.c.subject_kind), payments.c.amount,
        payments.c.reference, payments.c.outcome, payments.c.rrn, payments.c.terminal_id, payments.c.paid_at,
    )
    .join_from(payments, bills, payments.c.bill_id == bills.c.id)
    .outerjoin(requests, and_(bills.c.subject_kind == SUBJECT, bills.c.subject_id == requests.c.id))
    .where(payments.c.office == bindparam("of_office"), payments.c.at >= _START, payments.c.at < _END)
    .where(payments.c.reversed_at.is_(None))
    .order_by(payments.c.at, payments.c.id)
)  # fmt: skip


def _put(engine: DatabaseEngine) -> Executable:
    new = engine.insert(offices)
    changed = {name: new.excluded[name] for name in _OFFICE.names if name not in {"code", "created_at"}}
    return new.on_conflict_do_update(index_elements=["code"], set_=changed)


class SqlOffices(Repository):
    """The port `Offices`."""

    async def by_username(self, username: str, *, lock: bool = False) -> Office | None:
        """Return whom that user name is."""
        row = await self._work.row(_BY_USERNAME_LOCKED if lock else _BY_USERNAME, {"of_username": username})
        return None if row is None else _office(row)

    async def by_code(self, code: str, *, lock: bool = False) -> Office:
        """Return by code; `NotFound("office")`."""
        row = await self._work.row(_BY_CODE_LOCKED if lock else _BY_CODE, {"of_code": code})
        if row is None:
            raise NotFound("office")
        return _office(row)

    async def all(self) -> list[Office]:
        """Return every office by code."""
        return [_office(row) for row in await self._work.rows(_ALL)]

    async def put(self, office: Office) -> None:
        """Store a new or changed office (by code); `Conflict("username")` when that is another office's."""
        whose = {"of_username": office.username, "of_code": office.code}
        if await self._work.row(_OTHER, whose) is not None:
            raise Conflict("username", detail="username_taken")
        keys, networks = [_key_values(one) for one in office.keys], list(office.networks)
        await self._work.run(_put, _OFFICE.values(office) | {"keys": keys, "networks": networks})

    async def rules(self) -> list[CommissionRule]:
        """Return every commission rule, by office and service, oldest first."""
        return [_rule(row) for row in await self._work.rows(_RULES)]

    async def add_rule(self, rule: CommissionRule) -> None:
        """Store a new rule; `Conflict` when another is open or begins on the same day."""
        whose = {"office": rule.office or EVERY, "service": rule.service or EVERY}
        await self._work.run(_ADD_RULE, _RULE.values(rule) | whose)

    async def close_rule(self, rule_id: int, valid_to: date | None) -> None:
        """End a rule on that day (exclusive), or open its end (None); `NotFound("rule")`."""
        if await self._work.count(_CLOSE_RULE, {"rule": rule_id, "day": valid_to}) != 1:
            raise NotFound("rule")

    async def withdraw_rule(self, rule_id: int) -> None:
        """End a rule on its own first day; another may begin there. `NotFound("rule")`."""
        if await self._work.count(_WITHDRAW_RULE, {"rule": rule_id}) != 1:
            raise NotFound("rule")

    async def requests_between(self, office: str, start: datetime, end: datetime) -> Mapping[str, int]:
        """Return service → how many requests the office brought; the database counts them."""
        rows = await self._work.rows(_REQUESTS, {"of_office": office, "start": start, "end": end})
        return {service: int(number) for service, number in rows}

    async def payments_between(self, office: str, start: datetime, end: datetime) -> list[CounterPayment]:
        """Return the payments that the office reported and that were not reversed, oldest first, under their terminals'
        own references.
        """
        own = terminal_reference(office, "")
        rows = await self._work.rows(_PAYMENTS, {"of_office": office, "start": start, "end": end})
        return [
            CounterPayment(at, bill_id, service, amount, reference.removeprefix(own), outcome, 0, *receipt)
            for at, bill_id, service, amount, reference, outcome, *receipt in rows
        ]


def _office(row: Row) -> Office:
    office = _OFFICE.read(row)
    office.keys = tuple(_key(one) for one in office.keys)  # type: ignore[arg-type]  # as JSON has them
    office.networks = tuple(office.networks)
    return office


def _key(stored: Mapping[str, Any]) -> OfficeKey:
    ends_at = stored["ends_at"]
    made_at = datetime.fromisoformat(stored["made_at"])
    return OfficeKey(stored["sealed"], made_at, datetime.fromisoformat(ends_at) if ends_at else None)


def _key_values(key: OfficeKey) -> dict[str, str | None]:
    ends_at = key.ends_at.isoformat() if key.ends_at else None
    return {"sealed": key.sealed, "made_at": key.made_at.isoformat(), "ends_at": ends_at}


def _rule(row: Row) -> CommissionRule:
    rule_id, office, service, *rest = row
    return CommissionRule(rule_id, office or None, service or None, *rest)
