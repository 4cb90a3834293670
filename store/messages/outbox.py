"""Texts that go out: queued in the unit that wants them, claimed and marked by the relay, settled by receipts.

The rank of a state (`MessageState.rank`) only grows here, in whatever order marks, receipts and answers come; back to
queued go only the holder of the claim and somebody's decision (`requeue`). A claim is a token and the database's time.
What a clock that was ahead wrote into the future is void once it is set right (`mark_abandoned`, `pull_back_future`).
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Executable,
    Float,
    Integer,
    bindparam,
    delete,
    exists,
    func,
    insert,
    literal,
    or_,
    select,
    update,
)

from domain.messages.records import MessageClass, MessageState, OutboxMessage
from domain.values.calendar import MomentSpan
from domain.values.errors import NotFound
from store.engines.base import DatabaseEngine
from store.engines.types import ID, EnumText, SafeText, Utc
from store.filtered_select import FilteredSelect
from store.messages.outbox_claims import (
    ABANDONED,
    LIMIT,
    NOW,
    ON_CHANNEL,
    PULL_BACK,
    RELEASED,
    SKEW,
    abandon,
    in_state,
    select_abandoned,
)
from store.payments.claims import RowClaims, build_renewal_parameters
from store.repositories.leases import CLOCK_SLACK
from store.rows import TableMapping
from store.schema import outbox, receipts
from store.work import Repository

MESSAGE_MAPPING = TableMapping(outbox, OutboxMessage)
MOVED_REASON, UNLINKED_REASON = "moved", "unlinked"
"""Reasons for the expiry of a text that goes by SMS instead: it waited too long in its channel, or its chat was
left."""
_PAST_MESSAGES = (
    select(outbox.c.id)
    .where(in_state(MessageState.QUEUED), ON_CHANNEL, outbox.c.expires_at <= NOW)
    .order_by(outbox.c.expires_at)
    .limit(LIMIT)
    .with_for_update(skip_locked=True)
    .cte("past")
)
_OTHER_MESSAGE = outbox.alias("ahead")
_SENDING_TO_RECIPIENT = exists().where(
    _OTHER_MESSAGE.c.state == literal(MessageState.SENDING, EnumText(MessageState), literal_execute=True),
    _OTHER_MESSAGE.c.channel == outbox.c.channel,
    _OTHER_MESSAGE.c.recipient == outbox.c.recipient,
)
_LATE_MESSAGES = (
    select(outbox.c.id)
    .where(in_state(MessageState.QUEUED), ON_CHANNEL, outbox.c.moves_at.is_not(None), outbox.c.moves_at <= NOW)
    # What is being sent to the same recipient may come back: they keep their order, and move together.
    .where(~_SENDING_TO_RECIPIENT)
    .order_by(outbox.c.moves_at)
    .limit(LIMIT)
    .with_for_update(skip_locked=True)
    .cte("late")
)
MOVE_LATE = (
    update(outbox)
    .where(outbox.c.id.in_(select(_LATE_MESSAGES.c.id)))
    .values(state=MessageState.EXPIRED, updated_at=NOW, reason=MOVED_REASON)
    .returning(*MESSAGE_MAPPING.columns)
)
EXPIRE_PAST = (
    update(outbox)
    .where(outbox.c.id.in_(select(_PAST_MESSAGES.c.id)))
    .values(state=MessageState.EXPIRED, updated_at=NOW)
    .returning(*MESSAGE_MAPPING.columns)
)
EXPIRE_IN_CHAT = (
    update(outbox)
    .where(in_state(MessageState.QUEUED), ON_CHANNEL, outbox.c.recipient == bindparam("to"))
    .values(state=MessageState.EXPIRED, updated_at=NOW, reason=UNLINKED_REASON)
    .returning(*MESSAGE_MAPPING.columns)
)

EARLY_RECEIPTS_KEPT = timedelta(days=7)
_SENT_STATES = {MessageState.SENT, MessageState.DELIVERED, MessageState.UNDELIVERED}
_OUTCOME_COLUMNS = ("state", "attempts", "provider", "provider_id", "parts", "cost", "reason")
_SAVED_COLUMNS = (*_OUTCOME_COLUMNS, "resends", "not_before", "sent_at", "updated_at")

_CLAIMS = RowClaims(outbox)
_IS_UNCLAIMED = outbox.c.claim_token.is_(None)
_HAS_LOWER_RANK = outbox.c.state.in_(bindparam("below", expanding=True))


def _goes_to_line(line_address: object) -> ColumnElement[bool]:
    """Condition: the message goes to a mobile, by SMS or in a chat of that mobile."""
    return or_(outbox.c.recipient == line_address, outbox.c.mobile == line_address)


_INSERT = insert(outbox)
_GET_MESSAGE = select(*MESSAGE_MAPPING.columns).where(outbox.c.id == bindparam("message_id"))
_READY_MESSAGES = (
    select(outbox.c.id)
    .where(in_state(MessageState.QUEUED), ON_CHANNEL, outbox.c.not_before <= NOW)
    .where(outbox.c.expires_at.is_(None) | (outbox.c.expires_at > NOW))
    .order_by(outbox.c.priority, outbox.c.created_at, outbox.c.id)
    .limit(LIMIT)
    .with_for_update(skip_locked=True)
    .cte("ready")
)
_SAVE_OUTCOME = (
    update(outbox)
    .where(outbox.c.id == bindparam("message_id"), outbox.c.claim_token == bindparam("held"))
    .values(**RELEASED)
)
_RAISED_VALUES: dict[str, Any] = {
    "state": bindparam("new_state"),
    "updated_at": NOW,
    "sent_at": func.coalesce(outbox.c.sent_at, bindparam("sent", type_=Utc)),
}
_RAISE = (
    update(outbox)
    .where(outbox.c.id == bindparam("message_id"), _IS_UNCLAIMED, _HAS_LOWER_RANK)
    .values(
        **_RAISED_VALUES,
        provider_id=func.coalesce(bindparam("new_provider_id", type_=SafeText), outbox.c.provider_id),
        reason=func.coalesce(bindparam("new_reason", type_=SafeText), outbox.c.reason),
        cost=func.coalesce(bindparam("new_cost", type_=ID), outbox.c.cost),
    )
    .returning(outbox.c.provider)
)
_MATCHES_RECEIPT = (outbox.c.provider == bindparam("by"), outbox.c.provider_id == bindparam("number"), _IS_UNCLAIMED)
_APPLY_RECEIPT = update(outbox).where(*_MATCHES_RECEIPT, _HAS_LOWER_RANK).values(**_RAISED_VALUES)
_FIND_SENT_MESSAGE = select(outbox.c.id).where(*_MATCHES_RECEIPT).limit(1)
_TAKE_EARLY_RECEIPT = (
    delete(receipts)
    .where(receipts.c.provider == bindparam("by"), receipts.c.provider_id == bindparam("number"))
    .returning(receipts.c.state, receipts.c.at)
)
_DROP_OLD_RECEIPTS = delete(receipts).where(receipts.c.at < bindparam("long_ago"))
_REQUEUE = (
    update(outbox)
    .where(outbox.c.id == bindparam("message_id"), outbox.c.state.in_([MessageState.UNKNOWN, MessageState.FAILED]))
    .values(state=MessageState.QUEUED, not_before=NOW, updated_at=NOW, reason=bindparam("new_reason"))
    .returning(outbox.c.channel)
)
_RESENDABLE_MESSAGES = (
    select(outbox.c.id)
    .where(in_state(MessageState.UNKNOWN), ON_CHANNEL, outbox.c.reason == ABANDONED)
    .where(outbox.c.resends < bindparam("at_most", type_=Integer))
    .order_by(outbox.c.id)
    .limit(LIMIT)
    .with_for_update(skip_locked=True)
    .cte("resendable")
)
_RESEND_ABANDONED = (
    update(outbox)
    .where(outbox.c.id.in_(select(_RESENDABLE_MESSAGES.c.id)))
    .values(state=MessageState.QUEUED, updated_at=NOW, resends=outbox.c.resends + 1)
    .returning(outbox.c.id)
)
_WITHDRAW_QUEUED = (
    update(outbox)
    .where(in_state(MessageState.QUEUED))
    .where(outbox.c.request_id == bindparam("of_request"), _goes_to_line(bindparam("to")))
    .values(state=MessageState.EXPIRED, updated_at=NOW, reason=bindparam("new_reason"))
)
_WITHDRAW_SINCE = (
    update(outbox)
    .where(in_state(MessageState.QUEUED), outbox.c.request_id == bindparam("of_request"))
    .where(outbox.c.created_at >= bindparam("since"), outbox.c.cls.in_(bindparam("classes", expanding=True)))
    .values(state=MessageState.EXPIRED, updated_at=NOW, reason=bindparam("new_reason"))
)
_LIST_AWAITING = (
    select(*MESSAGE_MAPPING.columns)
    .where(ON_CHANNEL, outbox.c.provider == bindparam("by"), outbox.c.state == bindparam("in_state"))
    .where(outbox.c.updated_at < bindparam("before"))
    .where(func.coalesce(outbox.c.sent_at, outbox.c.updated_at) >= bindparam("since", type_=Utc))
    .order_by(outbox.c.updated_at, outbox.c.id)
    .limit(LIMIT)
)
_SPAN_START = outbox.c.created_at >= bindparam("span_start")
_SPAN_END = outbox.c.created_at < bindparam("span_end")
_FIND_SPAN_IDS = select(func.min(outbox.c.id), func.max(outbox.c.id)).where(_SPAN_START, _SPAN_END)
_LIST_RECENT = FilteredSelect(
    select(*MESSAGE_MAPPING.columns).order_by(outbox.c.id.desc()).limit(bindparam("most", type_=Integer)),
    in_state=outbox.c.state == bindparam("in_state"),
    to=_goes_to_line(bindparam("to")),
    of_request=outbox.c.request_id == bindparam("of_request"),
    span_start=_SPAN_START,
    span_end=_SPAN_END,
    first_id=outbox.c.id >= bindparam("first_id"),
    last_id=outbox.c.id <= bindparam("last_id"),
    before_id=outbox.c.id < bindparam("before_id", type_=ID),
)
_LIST_KNOWN_IDS = select(outbox.c.provider_id).where(
    outbox.c.provider == bindparam("by"), outbox.c.provider_id.in_(bindparam("numbers", expanding=True))
)
_TOUCH_MESSAGES = update(outbox).where(outbox.c.id.in_(bindparam("asked", expanding=True))).values(updated_at=NOW)


def _claim_ready(engine: DatabaseEngine) -> Executable:
    return (
        update(outbox)
        .where(outbox.c.id.in_(select(_READY_MESSAGES.c.id)))
        .values(
            state=MessageState.SENDING,
            updated_at=NOW,
            provider=func.coalesce(bindparam("by", type_=SafeText), outbox.c.provider),
            claim_token=bindparam("token"),
            claimed_until=engine.time_after(bindparam("lease", type_=Float)),
        )
        .returning(*MESSAGE_MAPPING.columns)
    )


def _upsert_early_receipt(engine: DatabaseEngine) -> Executable:
    insertion = engine.insert_into(receipts)
    return insertion.on_conflict_do_update(
        index_elements=["provider", "provider_id"],
        set_={column_name: insertion.excluded[column_name] for column_name in ("state", "at")},
        where=receipts.c.state.in_(bindparam("below", expanding=True)),
    )


class SqlOutboxRepository(Repository):
    """The port `OutboxRepository`."""

    async def add(self, message: OutboxMessage) -> None:
        await self._transaction.defer(
            _INSERT, {**MESSAGE_MAPPING.column_values(message), "priority": message.cls.priority}
        )
        self._transaction.queued_channels.add(message.channel)

    async def get(self, message_id: int) -> OutboxMessage:
        """Return by id; `NotFound("message")`."""
        row = await self._transaction.fetch_row(_GET_MESSAGE, {"message_id": message_id})
        if row is None:
            raise NotFound("message")
        return MESSAGE_MAPPING.read_row(row)

    async def claim_due(
        self,
        channel: str,
        now: datetime,
        limit: int,
        lease_period: timedelta,
        claim_token: str,
        *,
        provider: str | None = None,
    ) -> list[OutboxMessage]:
        claim_values = {"on_channel": channel, "now": now, "most": limit, "by": provider}
        rows = await self._transaction.fetch_rows(
            _claim_ready, {**claim_values, "lease": lease_period.total_seconds(), "token": claim_token}
        )
        return sorted(MESSAGE_MAPPING.read_rows(rows), key=_build_sort_key)

    async def save_outcome(self, message: OutboxMessage, claim_token: str) -> bool:
        """A receipt that came before is applied at once."""
        if message.state is MessageState.SENDING:
            raise ValueError("a mark tells what became of the message: it cannot still be sending")
        if message.provider_id:
            await self._serialise_receipt(message.provider_id)
        saved_values = {column_name: getattr(message, column_name) for column_name in _SAVED_COLUMNS}
        if (
            await self._transaction.count_written(
                _SAVE_OUTCOME, {**saved_values, "message_id": message.id, "held": claim_token}
            )
            != 1
        ):
            return False
        await self._apply_early_receipt(message.id, message.provider, message.provider_id)
        return True

    async def renew_claims(self, message_ids: Collection[int], claim_token: str, lease: timedelta) -> int:
        values = build_renewal_parameters(message_ids, claim_token, lease)
        return await self._transaction.count_written(_CLAIMS.renew, values)

    async def has_abandoned(self, channel: str, lease_period: timedelta) -> bool:
        values = {"on_channel": channel, "longest": (lease_period + CLOCK_SLACK).total_seconds()}
        return await self._transaction.fetch_row(select_abandoned, values) is not None

    async def mark_abandoned(self, channel: str, lease_period: timedelta, limit: int) -> frozenset[int]:
        """They get the reason `ABANDONED`."""
        longest = (lease_period + CLOCK_SLACK).total_seconds()
        rows = await self._transaction.fetch_rows(abandon, {"on_channel": channel, "longest": longest, "most": limit})
        return frozenset(row[0] for row in rows)

    async def pull_back_future(self, channel: str, now: datetime) -> int:
        values = {"on_channel": channel, "now": now, "ahead": now + SKEW}
        return sum([await self._transaction.count_written(statement, values) for statement in PULL_BACK])

    async def resend_unknown(self, channel: str, now: datetime, max_resends: int, limit: int) -> int:
        rows = await self._transaction.fetch_rows(
            _RESEND_ABANDONED, {"on_channel": channel, "now": now, "at_most": max_resends, "most": limit}
        )
        if rows:
            self._transaction.queued_channels.add(channel)
        return len(rows)

    async def list_awaiting(
        self, channel: str, provider: str, state: MessageState, span: MomentSpan, limit: int
    ) -> list[OutboxMessage]:
        query = {"on_channel": channel, "by": provider, "in_state": state, "since": span[0], "before": span[1]}
        return MESSAGE_MAPPING.read_rows(await self._transaction.fetch_rows(_LIST_AWAITING, {**query, "most": limit}))

    async def list_known_provider_ids(self, provider: str, provider_ids: Collection[str]) -> set[str]:
        query = {"by": provider, "numbers": list(provider_ids)}
        return {row[0] for row in await self._transaction.fetch_rows(_LIST_KNOWN_IDS, query)}

    async def mark_asked(self, message_ids: Sequence[int], now: datetime) -> None:
        await self._transaction.execute(_TOUCH_MESSAGES, {"asked": list(message_ids), "now": now})

    async def raise_state(
        self,
        message_id: int,
        state: MessageState,
        now: datetime,
        *,
        provider_id: str | None = None,
        reason: str | None = None,
        cost: int | None = None,
    ) -> bool:
        if provider_id:
            await self._serialise_receipt(provider_id)
        changes = {"new_provider_id": provider_id, "new_reason": reason, "new_cost": cost}
        row = await self._transaction.fetch_row(_RAISE, {**_raise_to(state, now), **changes, "message_id": message_id})
        if row is None:
            return False
        await self._apply_early_receipt(message_id, row[0], provider_id)
        return True

    async def apply_receipt(self, provider: str, provider_id: str, state: MessageState, now: datetime) -> bool:
        """True when that changed the message. A receipt that comes before the mark is kept for some days."""
        await self._serialise_receipt(provider_id)
        receipt_key = {"by": provider, "number": provider_id}
        if await self._transaction.count_written(_APPLY_RECEIPT, {**_raise_to(state, now), **receipt_key}):
            return True
        if await self._transaction.fetch_row(_FIND_SENT_MESSAGE, receipt_key) is None:
            await self._store_early_receipt(provider, provider_id, state, now)
        return False

    async def requeue(self, message_id: int, now: datetime, reason: str) -> bool:
        row = await self._transaction.fetch_row(_REQUEUE, {"message_id": message_id, "now": now, "new_reason": reason})
        if row is None:
            return False
        self._transaction.queued_channels.add(row[0])
        return True

    async def expire_overdue(self, channel: str, now: datetime, limit: int) -> list[OutboxMessage]:
        """The oldest come first."""
        rows = await self._transaction.fetch_rows(EXPIRE_PAST, {"on_channel": channel, "now": now, "most": limit})
        return sorted(MESSAGE_MAPPING.read_rows(rows), key=lambda message: message.id)

    async def expire_for_rerouting(self, channel: str, now: datetime, limit: int) -> list[OutboxMessage]:
        """The oldest come first."""
        rows = await self._transaction.fetch_rows(MOVE_LATE, {"on_channel": channel, "now": now, "most": limit})
        return sorted(MESSAGE_MAPPING.read_rows(rows), key=lambda message: message.id)

    async def expire_waiting_in_chat(self, channel: str, recipient: str, now: datetime) -> list[OutboxMessage]:
        """The oldest come first."""
        rows = await self._transaction.fetch_rows(EXPIRE_IN_CHAT, {"on_channel": channel, "to": recipient, "now": now})
        return sorted(MESSAGE_MAPPING.read_rows(rows), key=lambda message: message.id)

    async def withdraw_waiting(self, request_id: int, recipient: str, now: datetime, reason: str) -> int:
        query = {"of_request": request_id, "to": recipient}
        return await self._transaction.count_written(_WITHDRAW_QUEUED, {**query, "now": now, "new_reason": reason})

    async def withdraw_since(
        self, request_id: int, since: datetime, classes: Collection[MessageClass], now: datetime, reason: str
    ) -> int:
        query = {"of_request": request_id, "since": since, "classes": list(classes)}
        return await self._transaction.count_written(_WITHDRAW_SINCE, {**query, "now": now, "new_reason": reason})

    async def list_recent(
        self,
        *,
        state: MessageState | None = None,
        recipient: str | None = None,
        request_id: int | None = None,
        made: MomentSpan | None = None,
        before: int | None = None,
        limit: int = 100,
    ) -> list[OutboxMessage]:
        statement, values = _LIST_RECENT.with_values(
            {
                "in_state": state,
                "to": recipient,
                "of_request": request_id,
                **(await self._find_span_bounds(made) if made else {}),
                "before_id": before,
                "most": limit,
            }
        )
        return MESSAGE_MAPPING.read_rows(await self._transaction.fetch_rows(statement, values))

    async def _find_span_bounds(self, created_span: MomentSpan) -> Mapping[str, Any]:
        """Return what bounds the messages of a span, by their ids too, so that no index is read past its end."""
        span = dict(zip(("span_start", "span_end"), created_span, strict=True))
        row = await self._transaction.fetch_row(_FIND_SPAN_IDS, span)
        first_id, last_id = row if row and row[0] is not None else (0, 0)
        return {**span, "first_id": first_id, "last_id": last_id}

    async def _serialise_receipt(self, provider_id: str) -> None:
        # A receipt and the mark of its message, each unseen by the other until it commits, would miss each other.
        await self._transaction.serialise(f"receipt:{provider_id}")

    async def _store_early_receipt(self, provider: str, provider_id: str, state: MessageState, now: datetime) -> None:
        receipt_values = {"provider": provider, "provider_id": provider_id, "state": state, "at": now}
        await self._transaction.execute(_upsert_early_receipt, {**receipt_values, "below": _lower_states(state)})
        await self._transaction.execute(_DROP_OLD_RECEIPTS, {"long_ago": now - EARLY_RECEIPTS_KEPT})

    async def _apply_early_receipt(self, message_id: int, provider: str | None, provider_id: str | None) -> None:
        if provider is None or provider_id is None:
            return
        early_receipt = await self._transaction.fetch_row(_TAKE_EARLY_RECEIPT, {"by": provider, "number": provider_id})
        if early_receipt is not None:
            await self.raise_state(message_id, *early_receipt)


def _lower_states(state: MessageState) -> list[MessageState]:
    return [lower_state for lower_state in MessageState if lower_state.rank < state.rank]


def _raise_to(state: MessageState, now: datetime) -> dict[str, Any]:
    sent_at = now if state in _SENT_STATES else None
    return {"new_state": state, "now": now, "sent": sent_at, "below": _lower_states(state)}


def _build_sort_key(message: OutboxMessage) -> tuple[int, datetime, int]:
    return message.cls.priority, message.created_at, message.id
