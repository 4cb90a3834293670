"""Attempts to send money back to paying cards, with their histories. The sale is read from the attempt to pay."""

from collections.abc import Collection
from dataclasses import fields, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Executable, Integer, Select, bindparam, insert, select, update

from domain.gateways.gateway import Sale
from domain.gateways.refund_attempt import RefundAttempt, RefundAttemptEvent, RefundAttemptState
from domain.gateways.refund_ports import CARD_REFUNDS_WAKE
from domain.values.errors import Conflict, NotFound
from store.engines.base import DatabaseEngine
from store.engines.prepared import Row
from store.engines.types import Utc
from store.payments.claims import RowClaims, build_claim_parameters, build_renewal_parameters
from store.rows import TableMapping
from store.schema import card_refund_events, card_refunds, payment_attempts, settlement_lines
from store.settlement.comparison import ATTEMPT_AMOUNT
from store.work import Repository

_COLUMN_NAMES = tuple(field.name for field in fields(RefundAttempt) if field.name != "sale")
_CHANGING = ("state", "reference", "code", "sent_at", "finished_at", "next_step_at", "unanswered_calls")
_CLAIMS = RowClaims(card_refunds)

_IS_REFUND = card_refunds.c.id == bindparam("of_refund")
_IS_OPEN = card_refunds.c.next_step_at.is_not(None)
_INSERT = insert(card_refunds)
_SELECT = select(
    *(card_refunds.c[name] for name in _COLUMN_NAMES),
    payment_attempts.c.order_number,
    payment_attempts.c.reference,
    payment_attempts.c.sale_number,
    ATTEMPT_AMOUNT,
).join_from(card_refunds, payment_attempts, payment_attempts.c.id == card_refunds.c.attempt_id)


def _select_where(*conditions: ColumnElement[bool]) -> Select[Any]:
    return _SELECT.where(*conditions).order_by(card_refunds.c.id)


_SELECT_BY_ID = _select_where(_IS_REFUND)
_LOCK_BY_ID = _SELECT_BY_ID.with_for_update(of=card_refunds)
_SELECT_BY_NUMBER = _select_where(
    card_refunds.c.gateway == bindparam("of_gateway"), card_refunds.c.refund_number == bindparam("of_number")
)
_SELECT_BY_REFERENCE = _select_where(
    card_refunds.c.gateway == bindparam("of_gateway"), card_refunds.c.reference == bindparam("of_reference")
)
_SELECT_OF_BILL = _select_where(card_refunds.c.bill_row_id == bindparam("of_bill"))
_SELECT_OF_SALE = _select_where(card_refunds.c.attempt_id == bindparam("of_attempt"))
_MOST = bindparam("most", type_=Integer)
_SELECT_OPEN = _select_where(_IS_OPEN).limit(_MOST)
_SELECT_OPEN_BEFORE = _select_where(_IS_OPEN, card_refunds.c.created_at < bindparam("moment", type_=Utc)).limit(_MOST)
_LINES = settlement_lines.c
_IS_BOOKED_LINE = select(_LINES.line_number).where(~_LINES.is_pending)
_HAS_LINE = _IS_BOOKED_LINE.where(_LINES.card_refund_id == card_refunds.c.id).exists()
_HAS_REFUND_LINES = _IS_BOOKED_LINE.where(_LINES.source == card_refunds.c.gateway, _LINES.is_refund).exists()
_SELECT_UNFILED = _select_where(
    card_refunds.c.state == RefundAttemptState.DONE,
    card_refunds.c.finished_at >= bindparam("moment", type_=Utc),
    ~_HAS_LINE,
    _HAS_REFUND_LINES,
).limit(_MOST)
_SELECT_WHETHER_FILED = _IS_BOOKED_LINE.where(
    _LINES.card_refund_id == bindparam("of_refund"), _LINES.card_refund_id.is_not(None)
).limit(1)
_UPDATE = (
    update(card_refunds)
    .where(_IS_REFUND, card_refunds.c.revision == bindparam("read_revision"))
    .values(revision=card_refunds.c.revision + 1)
)

_EVENT_MAPPING = TableMapping(card_refund_events, RefundAttemptEvent)
_INSERT_EVENT = insert(card_refund_events)
_SELECT_EVENTS = (
    select(*_EVENT_MAPPING.columns)
    .where(card_refund_events.c.card_refund_id == bindparam("of_refund"))
    .order_by(card_refund_events.c.number)
)


def _claim_due(engine: DatabaseEngine) -> Executable:
    due_refund = (
        select(card_refunds.c.id)
        .where(_IS_OPEN, card_refunds.c.next_step_at <= bindparam("due_by", type_=Utc))
        .where(card_refunds.c.gateway == bindparam("of_gateway"), _CLAIMS.is_unclaimed(engine))
        .order_by(card_refunds.c.next_step_at, card_refunds.c.id)
        .limit(1)
        .with_for_update(skip_locked=True)
        .cte("due")
    )
    claiming = update(card_refunds).where(card_refunds.c.id.in_(select(due_refund.c.id)))
    return claiming.values(**_CLAIMS.claim_values(engine)).returning(card_refunds.c.id)


def _claim_one(engine: DatabaseEngine) -> Executable:
    claiming = update(card_refunds).where(_IS_REFUND, _IS_OPEN, _CLAIMS.is_unclaimed(engine))
    return claiming.values(**_CLAIMS.claim_values(engine)).returning(card_refunds.c.id)


class SqlCardRefundRepository(Repository):
    """The port `CardRefundRepository`."""

    async def add(self, refund: RefundAttempt) -> None:
        """Add it; the job that sends it is woken at the commit."""
        if await self.find_by_number(refund.gateway, refund.refund_number) is not None:
            raise Conflict("card_refund")
        await self._transaction.execute(_INSERT, {name: getattr(refund, name) for name in _COLUMN_NAMES})
        self._transaction.queued_channels.add(CARD_REFUNDS_WAKE)

    async def save(self, refund: RefundAttempt) -> RefundAttempt:
        changed_values = {name: getattr(refund, name) for name in _CHANGING}
        row_keys = {"of_refund": refund.id, "read_revision": refund.revision}
        if await self._transaction.count_written(_UPDATE, changed_values | row_keys) != 1:
            raise Conflict("card_refund")
        return replace(refund, revision=refund.revision + 1)

    async def get(self, card_refund_id: int, *, lock: bool = False) -> RefundAttempt:
        statement = _LOCK_BY_ID if lock else _SELECT_BY_ID
        row = await self._transaction.fetch_row(statement, {"of_refund": card_refund_id})
        if row is None:
            raise NotFound("card_refund")
        return _read_refund(row)

    async def find_by_number(self, gateway: str, refund_number: int) -> RefundAttempt | None:
        values = {"of_gateway": gateway, "of_number": refund_number}
        row = await self._transaction.fetch_row(_SELECT_BY_NUMBER, values)
        return None if row is None else _read_refund(row)

    async def find_by_reference(self, gateway: str, reference: str) -> RefundAttempt | None:
        values = {"of_gateway": gateway, "of_reference": reference}
        row = await self._transaction.fetch_row(_SELECT_BY_REFERENCE, values)
        return None if row is None else _read_refund(row)

    async def list_of_bill(self, bill_row_id: int) -> list[RefundAttempt]:
        return [
            _read_refund(row) for row in await self._transaction.fetch_rows(_SELECT_OF_BILL, {"of_bill": bill_row_id})
        ]

    async def list_of_sale(self, attempt_id: int) -> list[RefundAttempt]:
        rows = await self._transaction.fetch_rows(_SELECT_OF_SALE, {"of_attempt": attempt_id})
        return [_read_refund(row) for row in rows]

    async def list_open(self, limit: int, created_before: datetime | None = None) -> list[RefundAttempt]:
        if created_before is None:
            rows = await self._transaction.fetch_rows(_SELECT_OPEN, {"most": limit})
        else:
            rows = await self._transaction.fetch_rows(_SELECT_OPEN_BEFORE, {"most": limit, "moment": created_before})
        return [_read_refund(row) for row in rows]

    async def list_unfiled(self, finished_since: datetime, limit: int) -> list[RefundAttempt]:
        values = {"moment": finished_since, "most": limit}
        return [_read_refund(row) for row in await self._transaction.fetch_rows(_SELECT_UNFILED, values)]

    async def is_filed(self, card_refund_id: int) -> bool:
        return await self._transaction.fetch_row(_SELECT_WHETHER_FILED, {"of_refund": card_refund_id}) is not None

    async def claim_due(self, gateway: str, now: datetime, claim_token: str, lease: timedelta) -> RefundAttempt | None:
        parameters = build_claim_parameters(claim_token, lease) | {"of_gateway": gateway, "due_by": now}
        return await self._load_claimed(await self._transaction.fetch_value(_claim_due, parameters))

    async def claim(self, card_refund_id: int, claim_token: str, lease: timedelta) -> RefundAttempt | None:
        parameters = build_claim_parameters(claim_token, lease) | {"of_refund": card_refund_id}
        return await self._load_claimed(await self._transaction.fetch_value(_claim_one, parameters))

    async def renew_claims(self, card_refund_ids: Collection[int], claim_token: str, lease: timedelta) -> int:
        values = build_renewal_parameters(card_refund_ids, claim_token, lease)
        return await self._transaction.count_written(_CLAIMS.renew, values)

    async def release_claim(self, card_refund_id: int, claim_token: str) -> bool:
        values = {"of_row": card_refund_id, "held": claim_token}
        return bool(await self._transaction.count_written(_CLAIMS.release, values))

    async def add_event(self, event: RefundAttemptEvent) -> None:
        await self._transaction.execute(_INSERT_EVENT, _EVENT_MAPPING.column_values(event))

    async def list_events(self, card_refund_id: int) -> list[RefundAttemptEvent]:
        rows = await self._transaction.fetch_rows(_SELECT_EVENTS, {"of_refund": card_refund_id})
        return _EVENT_MAPPING.read_rows(rows)

    async def _load_claimed(self, card_refund_id: int | None) -> RefundAttempt | None:
        return None if card_refund_id is None else await self.get(card_refund_id)


def _read_refund(row: Row) -> RefundAttempt:
    own_count = len(_COLUMN_NAMES)
    values = dict(zip(_COLUMN_NAMES, row[:own_count], strict=True))
    order_number, reference, sale_number, amount = row[own_count:]
    sale = Sale(order_number=order_number, reference=reference or "", sale_number=sale_number, amount=int(amount))
    return RefundAttempt(sale=sale, **values)
