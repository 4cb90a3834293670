"""Texts that go out: queued in the unit that wants them, claimed and marked by the relay, settled by receipts.

The rank of a state (`MessageState.rank`) only grows here, in whatever order marks, receipts and answers come; back to
queued go only the holder of the claim and somebody's decision (`requeue`). A claim is a token and the database's time.
What a clock that was ahead wrote into the future is void once it is set right (`abandoned`, `pull_back`).
"""

from collections.abc import Sequence
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

from domain.messages.records import MessageState, OutboxMessage
from domain.values.calendar import Span
from domain.values.errors import NotFound
from store.engines.base import DatabaseEngine
from store.engines.types import ID, EnumText, SafeText, Utc
from store.messages.outbox_claims import ABANDONED, AHEAD, MOST, NOW, ON_CHANNEL, PULL_BACK, RELEASED, abandon, stands
from store.repositories.leases import SLACK
from store.rows import TableMapping
from store.schema import outbox, receipts
from store.work import Repository

EARLY_RECEIPTS_KEPT = timedelta(days=7)
MOVED = "moved"
"""Why a text that waited too long in its channel expired: it goes by SMS instead."""
_SENT_BY_THEN = {MessageState.SENT, MessageState.DELIVERED, MessageState.UNDELIVERED}
_OUTCOME = ("state", "attempts", "provider", "provider_id", "parts", "cost", "reason")
_MARKED = (*_OUTCOME, "resends", "not_before", "sent_at", "updated_at")

_MESSAGE = TableMapping(outbox, OutboxMessage)
_UNCLAIMED = outbox.c.claim_token.is_(None)
_BELOW = outbox.c.state.in_(bindparam("below", expanding=True))


def _of_line(line: object) -> ColumnElement[bool]:
    """What goes to a mobile, by SMS or in a chat of that mobile."""
    return or_(outbox.c.recipient == line, outbox.c.mobile == line)


_ADD = insert(outbox)
_GET = select(*_MESSAGE.columns).where(outbox.c.id == bindparam("message_id"))
_READY = (
    select(outbox.c.id)
    .where(stands(MessageState.QUEUED), ON_CHANNEL, outbox.c.not_before <= NOW)
    .where(outbox.c.expires_at.is_(None) | (outbox.c.expires_at > NOW))
    .order_by(outbox.c.priority, outbox.c.created_at, outbox.c.id)
    .limit(MOST)
    .with_for_update(skip_locked=True)
    .cte("ready")
)
_PAST = (
    select(outbox.c.id)
    .where(stands(MessageState.QUEUED), ON_CHANNEL, outbox.c.expires_at <= NOW)
    .order_by(outbox.c.expires_at)
    .limit(MOST)
    .with_for_update(skip_locked=True)
    .cte("past")
)
_AHEAD = outbox.alias("ahead")
_SENDING_TO_IT = exists().where(
    _AHEAD.c.state == literal(MessageState.SENDING, EnumText(MessageState), literal_execute=True),
    _AHEAD.c.channel == outbox.c.channel,
    _AHEAD.c.recipient == outbox.c.recipient,
)
_LATE = (
    select(outbox.c.id)
    .where(stands(MessageState.QUEUED), ON_CHANNEL, outbox.c.moves_at.is_not(None), outbox.c.moves_at <= NOW)
    # What is being sent to the same recipient may come back: they keep their order, and move together.
    .where(~_SENDING_TO_IT)
    .order_by(outbox.c.moves_at)
    .limit(MOST)
    .with_for_update(skip_locked=True)
    .cte("late")
)
_MOVE = (
    update(outbox)
    .where(outbox.c.id.in_(select(_LATE.c.id)))
    .values(state=MessageState.EXPIRED, updated_at=NOW, reason=MOVED)
    .returning(*_MESSAGE.columns)
)
_EXPIRE = (
    update(outbox)
    .where(outbox.c.id.in_(select(_PAST.c.id)))
    .values(state=MessageState.EXPIRED, updated_at=NOW)
    .returning(*_MESSAGE.columns)
)
_MARK = (
    update(outbox)
    .where(outbox.c.id == bindparam("message_id"), outbox.c.claim_token == bindparam("held"))
    .values(**RELEASED)
)
_RAISED: dict[str, Any] = {
    "state": bindparam("new_state"),
    "updated_at": NOW,
    "sent_at": func.coalesce(outbox.c.sent_at, bindparam("sent", type_=Utc)),
}
_SETTLE = (
    update(outbox)
    .where(outbox.c.id == bindparam("message_id"), _UNCLAIMED, _BELOW)
    .values(
        **_RAISED,
        provider_id=func.coalesce(bindparam("new_provider_id", type_=SafeText), outbox.c.provider_id),
        reason=func.coalesce(bindparam("new_reason", type_=SafeText), outbox.c.reason),
        cost=func.coalesce(bindparam("new_cost", type_=ID), outbox.c.cost),
    )
    .returning(outbox.c.provider)
)
_OF_RECEIPT = (outbox.c.provider == bindparam("by"), outbox.c.provider_id == bindparam("number"), _UNCLAIMED)
_APPLY = update(outbox).where(*_OF_RECEIPT, _BELOW).values(**_RAISED)
_MARKED_ALREADY = select(outbox.c.id).where(*_OF_RECEIPT).limit(1)
_TAKE_EARLY = (
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
_RESENDABLE = (
    select(outbox.c.id)
    .where(stands(MessageState.UNKNOWN), ON_CHANNEL, outbox.c.reason == ABANDONED)
    .where(outbox.c.resends < bindparam("at_most", type_=Integer))
    .order_by(outbox.c.id)
    .limit(MOST)
    .with_for_update(skip_locked=True)
    .cte("resendable")
)
_RESEND = (
    update(outbox)
    .where(outbox.c.id.in_(select(_RESENDABLE.c.id)))
    .values(state=MessageState.QUEUED, updated_at=NOW, resends=outbox.c.resends + 1)
    .returning(outbox.c.id)
)
_WITHDRAW = (
    update(outbox)
    .where(stands(MessageState.QUEUED))
    .where(outbox.c.request_id == bindparam("of_request"), _of_line(bindparam("to")))
    .values(state=MessageState.EXPIRED, updated_at=NOW, reason=bindparam("new_reason"))
)
_AWAITING = (
    select(*_MESSAGE.columns)
    .where(ON_CHANNEL, outbox.c.provider == bindparam("by"), outbox.c.state == bindparam("in_state"))
    .where(outbox.c.updated_at < bindparam("before"))
    .order_by(outbox.c.updated_at, outbox.c.id)
    .limit(MOST)
)
_TOUCH = update(outbox).where(outbox.c.id.in_(bindparam("asked", expanding=True))).values(updated_at=NOW)


def _claim(engine: DatabaseEngine) -> Executable:
    return (
        update(outbox)
        .where(outbox.c.id.in_(select(_READY.c.id)))
        .values(
            state=MessageState.SENDING,
            updated_at=NOW,
            provider=func.coalesce(bindparam("by", type_=SafeText), outbox.c.provider),
            claim_token=bindparam("token"),
            claimed_until=engine.later(bindparam("lease", type_=Float)),
        )
        .returning(*_MESSAGE.columns)
    )


def _keep_receipt(engine: DatabaseEngine) -> Executable:
    new = engine.insert(receipts)
    return new.on_conflict_do_update(
        index_elements=["provider", "provider_id"],
        set_={name: new.excluded[name] for name in ("state", "at")},
        where=receipts.c.state.in_(bindparam("below", expanding=True)),
    )


class SqlOutbox(Repository):
    """The port `Outbox`."""

    async def add(self, message: OutboxMessage) -> None:
        """Queue a message."""
        await self._work.later(_ADD, {**_MESSAGE.values(message), "priority": message.cls.priority})
        self._work.queued_in.add(message.channel)

    async def get(self, message_id: int) -> OutboxMessage:
        """Return by id; `NotFound("message")`."""
        row = await self._work.row(_GET, {"message_id": message_id})
        if row is None:
            raise NotFound("message")
        return _MESSAGE.read(row)

    async def claim(
        self,
        channel: str,
        now: datetime,
        limit: int,
        lease: timedelta,
        token: str,
        *,
        provider: str | None = None,
    ) -> list[OutboxMessage]:
        """Take queued messages whose time has come (by class priority, then age) for `lease` of the database's time.

        `provider` is noted as the one that is about to send, so that an abandoned claim can be asked about there.
        """
        what = {"on_channel": channel, "now": now, "most": limit, "by": provider}
        rows = await self._work.rows(_claim, {**what, "lease": lease.total_seconds(), "token": token})
        return sorted(_MESSAGE.read_all(rows), key=_turn)

    async def mark(self, message: OutboxMessage, token: str) -> bool:
        """Store what became of a claimed message and end the claim; False when the claim was lost.

        A receipt that came before is applied at once.
        """
        if message.state is MessageState.SENDING:
            raise ValueError("a mark tells what became of the message: it cannot still be sending")
        if message.provider_id:
            await self._keep_apart(message.provider_id)
        marked = {name: getattr(message, name) for name in _MARKED}
        if await self._work.count(_MARK, {**marked, "message_id": message.id, "held": token}) != 1:
            return False
        await self._apply_early(message.id, message.provider, message.provider_id)
        return True

    async def abandoned(self, channel: str, lease: timedelta, limit: int) -> int:
        """Turn claims whose lease ran out, or lies further ahead than any, into `unknown`, with reason `ABANDONED`."""
        longest = (lease + SLACK).total_seconds()
        return len(await self._work.rows(abandon, {"on_channel": channel, "longest": longest, "most": limit}))

    async def pull_back(self, channel: str, now: datetime) -> int:
        """Have what was noted by a clock that was ahead be due, and asked about, from now on; count what was."""
        ahead = {"on_channel": channel, "now": now, "ahead": now + AHEAD}
        return sum([await self._work.count(one, ahead) for one in PULL_BACK])

    async def resend(self, channel: str, now: datetime, most: int, limit: int) -> int:
        """Put abandoned messages of unknown outcome back into the queue, each up to `most` times; count them."""
        rows = await self._work.rows(_RESEND, {"on_channel": channel, "now": now, "at_most": most, "most": limit})
        if rows:
            self._work.queued_in.add(channel)
        return len(rows)

    async def awaiting(
        self, channel: str, provider: str, state: MessageState, before: datetime, limit: int
    ) -> list[OutboxMessage]:
        """Return a provider's messages in that state last touched before that moment, oldest first."""
        of = {"on_channel": channel, "by": provider, "in_state": state}
        return _MESSAGE.read_all(await self._work.rows(_AWAITING, {**of, "before": before, "most": limit}))

    async def touch(self, message_ids: Sequence[int], now: datetime) -> None:
        """Note that these were asked about just now, so that others have their turn next."""
        await self._work.run(_TOUCH, {"asked": list(message_ids), "now": now})

    async def settle(
        self,
        message_id: int,
        state: MessageState,
        now: datetime,
        *,
        provider_id: str | None = None,
        reason: str | None = None,
        cost: int | None = None,
    ) -> bool:
        """Raise an unclaimed message to a state of higher rank; False when it already stands as high."""
        if provider_id:
            await self._keep_apart(provider_id)
        new = {"new_provider_id": provider_id, "new_reason": reason, "new_cost": cost}
        row = await self._work.row(_SETTLE, {**_raised(state, now), **new, "message_id": message_id})
        if row is None:
            return False
        await self._apply_early(message_id, row[0], provider_id)
        return True

    async def receipt(self, provider: str, provider_id: str, state: MessageState, now: datetime) -> bool:
        """Apply a delivery receipt by the provider's id; True when that changed the message.

        A receipt that comes before the mark is kept for some days and applied by it.
        """
        await self._keep_apart(provider_id)
        of = {"by": provider, "number": provider_id}
        if await self._work.count(_APPLY, {**_raised(state, now), **of}):
            return True
        if await self._work.row(_MARKED_ALREADY, of) is None:
            await self._keep(provider, provider_id, state, now)
        return False

    async def requeue(self, message_id: int, now: datetime, reason: str) -> bool:
        """Put an unknown or failed message back into the queue by somebody's decision; False when in another state."""
        row = await self._work.row(_REQUEUE, {"message_id": message_id, "now": now, "new_reason": reason})
        if row is None:
            return False
        self._work.queued_in.add(row[0])
        return True

    async def expire(self, channel: str, now: datetime, limit: int) -> list[OutboxMessage]:
        """Mark queued messages past `expires_at` as expired and return them, oldest first."""
        rows = await self._work.rows(_EXPIRE, {"on_channel": channel, "now": now, "most": limit})
        return sorted(_MESSAGE.read_all(rows), key=lambda message: message.id)

    async def move(self, channel: str, now: datetime, limit: int) -> list[OutboxMessage]:
        """Mark queued messages past `moves_at` as expired and return them, oldest first."""
        rows = await self._work.rows(_MOVE, {"on_channel": channel, "now": now, "most": limit})
        return sorted(_MESSAGE.read_all(rows), key=lambda message: message.id)

    async def withdraw(self, request_id: int, recipient: str, now: datetime, reason: str) -> int:
        """Let texts about a request that still wait for this recipient expire; count them."""
        of = {"of_request": request_id, "to": recipient}
        return await self._work.count(_WITHDRAW, {**of, "now": now, "new_reason": reason})

    async def recent(
        self,
        *,
        state: MessageState | None = None,
        recipient: str | None = None,
        request_id: int | None = None,
        made: Span | None = None,
        before: int | None = None,
        limit: int = 100,
    ) -> list[OutboxMessage]:
        """Return messages, newest first; `made` within that span, and after the id `before` in this order."""
        asked = {"state": state, "request_id": request_id}
        conditions = [outbox.c[name] == value for name, value in asked.items() if value is not None]
        if recipient is not None:
            conditions.append(_of_line(recipient))
        if made:
            conditions += await self._within(made)
        if before is not None:
            conditions.append(outbox.c.id < before)
        statement = select(*_MESSAGE.columns).where(*conditions).order_by(outbox.c.id.desc()).limit(limit)
        return _MESSAGE.read_all(await self._work.rows(statement))

    async def _within(self, made: Span) -> list[ColumnElement[bool]]:
        """Return what bounds the messages of a span by their ids too, so that no index is read past its end."""
        start, end = made
        in_span = [outbox.c.created_at >= start, outbox.c.created_at < end]
        row = await self._work.row(select(func.min(outbox.c.id), func.max(outbox.c.id)).where(*in_span))
        first, last = row if row and row[0] is not None else (0, 0)
        return [*in_span, outbox.c.id.between(first, last)]

    async def _keep_apart(self, provider_id: str) -> None:
        # A receipt and the mark of its message, each unseen by the other until it commits, would miss each other.
        await self._work.serialise(f"receipt:{provider_id}")

    async def _keep(self, provider: str, provider_id: str, state: MessageState, now: datetime) -> None:
        early = {"provider": provider, "provider_id": provider_id, "state": state, "at": now}
        await self._work.run(_keep_receipt, {**early, "below": _below(state)})
        await self._work.run(_DROP_OLD_RECEIPTS, {"long_ago": now - EARLY_RECEIPTS_KEPT})

    async def _apply_early(self, message_id: int, provider: str | None, provider_id: str | None) -> None:
        if provider is None or provider_id is None:
            return
        early = await self._work.row(_TAKE_EARLY, {"by": provider, "number": provider_id})
        if early is not None:
            await self.settle(message_id, *early)


def _below(state: MessageState) -> list[MessageState]:
    return [other for other in MessageState if other.rank < state.rank]


def _raised(state: MessageState, now: datetime) -> dict[str, Any]:
    sent = now if state in _SENT_BY_THEN else None
    return {"new_state": state, "now": now, "sent": sent, "below": _below(state)}


def _turn(message: OutboxMessage) -> tuple[int, datetime, int]:
    return message.cls.priority, message.created_at, message.id
