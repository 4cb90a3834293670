"""Attempts to pay at bank gateways, their history and the callbacks that came."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import fields, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Executable, Integer, bindparam, func, insert, or_, select, update

from domain.gateways.attempt import AttemptEvent, AttemptState, BillShare, PaymentAttempt
from domain.gateways.callback_record import CallbackRecord
from domain.gateways.gateway import DeclineReason
from domain.gateways.health import SessionResult
from domain.gateways.ports import PAYMENTS_WAKE
from domain.values.errors import Conflict, NotFound
from domain.values.row_ids import HIGHEST_ID
from store.engines.base import DatabaseEngine
from store.engines.prepared import Row
from store.engines.types import ID, Utc
from store.payments.claims import RowClaims, build_claim_parameters, build_renewal_parameters
from store.rows import TableMapping
from store.schema import payment_attempt_events, payment_attempt_shares, payment_attempts, payment_callbacks
from store.schema.gateways import NEEDS_ATTENTION
from store.work import Repository

_COLUMN_NAMES = tuple(field.name for field in fields(PaymentAttempt) if field.name != "shares")
_COLUMNS = [payment_attempts.c[column_name] for column_name in _COLUMN_NAMES]
_FIXED_COLUMNS = {"id", "gateway", "order_number", "channel", "created_at", "callback_digest", "revision"}
_SAVED_COLUMNS = tuple(column_name for column_name in _COLUMN_NAMES if column_name not in _FIXED_COLUMNS)

_IS_ATTEMPT = payment_attempts.c.id == bindparam("of_attempt")
_AT_GATEWAY = payment_attempts.c.gateway == bindparam("of_gateway")
_INSERT = insert(payment_attempts)
_INSERT_SHARE = insert(payment_attempt_shares)


class _Search:
    """The attempts that match conditions: to be read, or locked until the unit ends."""

    def __init__(self, *conditions: ColumnElement[bool]) -> None:
        self.reading = select(*_COLUMNS).where(*conditions)
        self.locking = self.reading.with_for_update()


_BY_ID = _Search(_IS_ATTEMPT)
_BY_ORDER = _Search(_AT_GATEWAY, payment_attempts.c.order_number == bindparam("of_order"))
_BY_REFERENCE = _Search(_AT_GATEWAY, payment_attempts.c.reference == bindparam("of_reference"))
_BY_SALE = _Search(_AT_GATEWAY, payment_attempts.c.sale_number == bindparam("of_sale"))
_SELECT_OF_BILL = (
    select(*_COLUMNS)
    .join_from(payment_attempts, payment_attempt_shares, payment_attempts.c.id == payment_attempt_shares.c.attempt_id)
    .where(payment_attempt_shares.c.bill_row_id == bindparam("of_bill"))
    .order_by(payment_attempts.c.id)
)
_SELECT_ALERTED = (
    select(*_COLUMNS)
    .where(NEEDS_ATTENTION, payment_attempts.c.id < bindparam("before", type_=ID))
    .order_by(payment_attempts.c.id.desc())
    .limit(bindparam("most", type_=Integer))
)
_COUNT_ALERTED = select(func.count()).select_from(payment_attempts).where(NEEDS_ATTENTION)
_HAS_NEXT_STEP = payment_attempts.c.next_step_at.is_not(None)
_SELECT_DUE_GATEWAYS = (
    select(payment_attempts.c.gateway)
    .where(_HAS_NEXT_STEP, payment_attempts.c.next_step_at < bindparam("due_by", type_=Utc))
    .distinct()
    .order_by(payment_attempts.c.gateway)
)
_STARTED = payment_attempts.c.reference.is_not(None)
_FAILED_START = (
    select(payment_attempt_events.c.attempt_id)
    .where(payment_attempt_events.c.attempt_id == payment_attempts.c.id)
    .where(payment_attempt_events.c.event == "not_started")
    .where(payment_attempt_events.c.details["reason"].as_string() == DeclineReason.BANK)
    .exists()
)
_SELECT_SESSION_RESULTS = (
    select(func.coalesce(payment_attempts.c.finished_at, payment_attempts.c.created_at), _STARTED)
    .where(_AT_GATEWAY, payment_attempts.c.created_at >= bindparam("since", type_=Utc), or_(_STARTED, _FAILED_START))
    .order_by(payment_attempts.c.created_at.desc(), payment_attempts.c.id.desc())
    .limit(bindparam("most", type_=Integer))
)
_COUNT_BY_STATE = (
    select(payment_attempts.c.gateway, payment_attempts.c.state, func.count())
    .where(payment_attempts.c.id >= bindparam("first", type_=ID))
    .group_by(payment_attempts.c.gateway, payment_attempts.c.state)
)
_SELECT_SHARES = (
    select(payment_attempt_shares.c.attempt_id, payment_attempt_shares.c.bill_row_id, payment_attempt_shares.c.amount)
    .where(payment_attempt_shares.c.attempt_id.in_(bindparam("attempts", expanding=True)))
    .order_by(payment_attempt_shares.c.attempt_id, payment_attempt_shares.c.position)
)
_UPDATE = (
    update(payment_attempts)
    .where(_IS_ATTEMPT, payment_attempts.c.revision == bindparam("read_revision"))
    .values(revision=payment_attempts.c.revision + 1)
)
_CLAIMS = RowClaims(payment_attempts)

_EVENT_MAPPING = TableMapping(payment_attempt_events, AttemptEvent)
_INSERT_EVENT = insert(payment_attempt_events)
_SELECT_EVENTS = (
    select(*_EVENT_MAPPING.columns)
    .where(payment_attempt_events.c.attempt_id == bindparam("of_attempt"))
    .order_by(payment_attempt_events.c.number)
)

_CALLBACK_MAPPING = TableMapping(payment_callbacks, CallbackRecord)
_INSERT_CALLBACK = insert(payment_callbacks)
_SELECT_CALLBACKS = (
    select(*_CALLBACK_MAPPING.columns)
    .where(payment_callbacks.c.attempt_id == bindparam("of_attempt"))
    .order_by(payment_callbacks.c.id)
)


def _claim_due(engine: DatabaseEngine) -> Executable:
    due_attempts = (
        select(payment_attempts.c.id)
        .where(_HAS_NEXT_STEP)
        .where(payment_attempts.c.next_step_at <= bindparam("due_by", type_=Utc), _CLAIMS.is_unclaimed(engine))
        .where(payment_attempts.c.gateway.in_(bindparam("gateways", expanding=True)))
        .order_by(payment_attempts.c.next_step_at, payment_attempts.c.id)
        .limit(bindparam("most", type_=Integer))
        .with_for_update(skip_locked=True)
        .cte("due")
    )
    return (
        update(payment_attempts)
        .where(payment_attempts.c.id.in_(select(due_attempts.c.id)))
        .values(**_CLAIMS.claim_values(engine))
        .returning(*_COLUMNS)
    )


def _claim_one(engine: DatabaseEngine) -> Executable:
    claiming = update(payment_attempts).where(_IS_ATTEMPT, _CLAIMS.is_unclaimed(engine))
    return claiming.values(**_CLAIMS.claim_values(engine)).returning(*_COLUMNS)


class SqlPaymentAttemptRepository(Repository):
    """The port `PaymentAttemptRepository`."""

    async def add(self, attempt: PaymentAttempt) -> None:
        if await self.find_by_order(attempt.gateway, attempt.order_number) is not None:
            raise Conflict("attempt")
        values = {column_name: getattr(attempt, column_name) for column_name in _COLUMN_NAMES}
        await self._transaction.execute(_INSERT, values)
        share_rows = [
            {"attempt_id": attempt.id, "bill_row_id": share.bill_row_id, "amount": share.amount, "position": position}
            for position, share in enumerate(attempt.shares)
        ]
        await self._transaction.execute(_INSERT_SHARE, share_rows)

    async def save(self, attempt: PaymentAttempt) -> PaymentAttempt:
        await self._refuse_foreign_sale(attempt)
        saved_values = {column_name: getattr(attempt, column_name) for column_name in _SAVED_COLUMNS}
        row_keys = {"of_attempt": attempt.id, "read_revision": attempt.revision}
        if await self._transaction.count_written(_UPDATE, saved_values | row_keys) != 1:
            raise Conflict("attempt")
        return replace(attempt, revision=attempt.revision + 1)

    async def _refuse_foreign_sale(self, attempt: PaymentAttempt) -> None:
        """The index refuses it too, but would give up the whole unit."""
        if attempt.sale_number is not None:
            known_attempt = await self.find_by_sale(attempt.gateway, attempt.sale_number)
            if known_attempt is not None and known_attempt.id != attempt.id:
                raise Conflict("sale")

    async def get(self, attempt_id: int, *, lock: bool = False) -> PaymentAttempt:
        attempt = await self._find(_BY_ID, {"of_attempt": attempt_id}, lock=lock)
        if attempt is None:
            raise NotFound("attempt")
        return attempt

    async def find_by_order(self, gateway: str, order_number: int, *, lock: bool = False) -> PaymentAttempt | None:
        return await self._find(_BY_ORDER, {"of_gateway": gateway, "of_order": order_number}, lock=lock)

    async def find_by_reference(self, gateway: str, reference: str, *, lock: bool = False) -> PaymentAttempt | None:
        return await self._find(_BY_REFERENCE, {"of_gateway": gateway, "of_reference": reference}, lock=lock)

    async def find_by_sale(self, gateway: str, sale_number: str) -> PaymentAttempt | None:
        return await self._find(_BY_SALE, {"of_gateway": gateway, "of_sale": sale_number}, lock=False)

    async def list_of_bill(self, bill_row_id: int) -> list[PaymentAttempt]:
        return await self._read_attempts(await self._transaction.fetch_rows(_SELECT_OF_BILL, {"of_bill": bill_row_id}))

    async def list_needing_attention(self, limit: int, before: int = HIGHEST_ID) -> list[PaymentAttempt]:
        return await self._read_attempts(
            await self._transaction.fetch_rows(_SELECT_ALERTED, {"most": limit, "before": before})
        )

    async def count_needing_attention(self) -> int:
        return int(await self._transaction.fetch_value(_COUNT_ALERTED))

    async def list_session_results(self, gateway: str, since: datetime, limit: int) -> list[SessionResult]:
        values = {"of_gateway": gateway, "since": since, "most": limit}
        rows = await self._transaction.fetch_rows(_SELECT_SESSION_RESULTS, values)
        return [SessionResult(at, bool(has_opened)) for at, has_opened in rows]

    async def count_by_state(self, first_id: int) -> Mapping[tuple[str, AttemptState], int]:
        rows = await self._transaction.fetch_rows(_COUNT_BY_STATE, {"first": first_id})
        return {(gateway, state): count for gateway, state, count in rows}

    async def list_due_gateways(self, moment: datetime) -> list[str]:
        return [name for (name,) in await self._transaction.fetch_rows(_SELECT_DUE_GATEWAYS, {"due_by": moment})]

    async def claim_due(
        self, gateways: Collection[str], now: datetime, claim_token: str, limit: int, lease: timedelta
    ) -> list[PaymentAttempt]:
        parameters = build_claim_parameters(claim_token, lease) | {"gateways": sorted(gateways), "due_by": now}
        claimed_attempts = await self._read_attempts(
            await self._transaction.fetch_rows(_claim_due, parameters | {"most": limit})
        )
        return sorted(claimed_attempts, key=lambda attempt: (attempt.next_step_at or now, attempt.id))

    async def claim(self, attempt_id: int, claim_token: str, lease: timedelta) -> PaymentAttempt | None:
        parameters = build_claim_parameters(claim_token, lease) | {"of_attempt": attempt_id}
        claimed_attempts = await self._read_attempts(await self._transaction.fetch_rows(_claim_one, parameters))
        return claimed_attempts[0] if claimed_attempts else None

    async def renew_claims(self, attempt_ids: Collection[int], claim_token: str, lease: timedelta) -> int:
        values = build_renewal_parameters(attempt_ids, claim_token, lease)
        return await self._transaction.count_written(_CLAIMS.renew, values)

    async def release_claim(self, attempt_id: int, claim_token: str) -> bool:
        return bool(await self._transaction.count_written(_CLAIMS.release, {"of_row": attempt_id, "held": claim_token}))

    async def add_event(self, event: AttemptEvent) -> None:
        await self._transaction.execute(_INSERT_EVENT, _EVENT_MAPPING.column_values(event))

    async def list_events(self, attempt_id: int) -> list[AttemptEvent]:
        return _EVENT_MAPPING.read_rows(await self._transaction.fetch_rows(_SELECT_EVENTS, {"of_attempt": attempt_id}))

    async def add_callback(self, callback_record: CallbackRecord) -> None:
        """Add the callback; the job that advances attempts is woken at the commit."""
        await self._transaction.execute(_INSERT_CALLBACK, _CALLBACK_MAPPING.column_values(callback_record))
        self._transaction.queued_channels.add(PAYMENTS_WAKE)

    async def list_callbacks(self, attempt_id: int) -> list[CallbackRecord]:
        return _CALLBACK_MAPPING.read_rows(
            await self._transaction.fetch_rows(_SELECT_CALLBACKS, {"of_attempt": attempt_id})
        )

    async def _find(self, search: _Search, keys: dict[str, Any], *, lock: bool) -> PaymentAttempt | None:
        rows = await self._transaction.fetch_rows(search.locking if lock else search.reading, keys)
        attempts = await self._read_attempts(rows)
        return attempts[0] if attempts else None

    async def _read_attempts(self, rows: Sequence[Row]) -> list[PaymentAttempt]:
        """Put the shares to the rows of attempts, whose order is kept."""
        if not rows:
            return []
        shares_by_attempt: dict[int, list[BillShare]] = {}
        share_rows = await self._transaction.fetch_rows(_SELECT_SHARES, {"attempts": [row[0] for row in rows]})
        for attempt_id, bill_row_id, amount in share_rows:
            shares_by_attempt.setdefault(attempt_id, []).append(BillShare(bill_row_id, amount))
        return [
            PaymentAttempt(shares=tuple(shares_by_attempt[row[0]]), **dict(zip(_COLUMN_NAMES, row, strict=True)))
            for row in rows
        ]
