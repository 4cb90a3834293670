"""Verification codes by SMS: what they cost, and whether they leave."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, and_, bindparam, case, func, literal, or_, select

from domain.messages.code_spending import ASSUMED_CODE_PARTS, CodeSpending
from domain.messages.records import MessageClass, MessageState
from store.engines.types import EnumText, Utc
from store.messages.outbox_claims import NOW, ON_CHANNEL, in_state
from store.schema import outbox
from store.work import Repository

_IS_CODE = outbox.c.cls == literal(MessageClass.SECURITY, EnumText(MessageClass), literal_execute=True)
_SINCE = bindparam("since", type_=Utc)
_BEFORE = bindparam("before", type_=Utc)
_LAST_IMMEDIATE = max(message_class.priority for message_class in MessageClass if message_class.is_immediate)


def _has_left() -> ColumnElement[bool]:
    """Condition: the message may have cost something: all but what was given up before any provider took it."""
    return or_(outbox.c.cost.is_not(None), outbox.c.state.not_in([MessageState.EXPIRED, MessageState.FAILED]))


_UNPRICED_PARTS = case((outbox.c.cost.is_(None), func.coalesce(outbox.c.parts, ASSUMED_CODE_PARTS)), else_=0)
_SUM_SPENDING = select(
    func.coalesce(func.sum(func.coalesce(outbox.c.cost, 0)), 0), func.coalesce(func.sum(_UNPRICED_PARTS), 0)
).where(_IS_CODE, outbox.c.created_at > _SINCE, _has_left())
_FIND_WAITING = (
    select(outbox.c.id)
    .where(in_state(MessageState.QUEUED), ON_CHANNEL, outbox.c.priority <= _LAST_IMMEDIATE)
    .where(outbox.c.created_at < _BEFORE, outbox.c.not_before <= NOW)
    .limit(1)
)
_FIND_NEWEST_CODE = (
    select(outbox.c.created_at, outbox.c.state, outbox.c.sent_at)
    .where(_IS_CODE, and_(outbox.c.created_at > _SINCE, outbox.c.created_at < _BEFORE))
    .order_by(outbox.c.created_at.desc())
    .limit(1)
)
_FIND_SENT = select(outbox.c.id).where(outbox.c.sent_at > _SINCE, ON_CHANNEL).limit(1)
_UNSENT_STATES = frozenset({MessageState.EXPIRED, MessageState.UNKNOWN})


class SqlCodeMessageRepository(Repository):
    """The port `CodeMessageRepository`."""

    async def get_spending(self, queued_after: datetime) -> CodeSpending:
        row = await self._transaction.fetch_row(_SUM_SPENDING, {"since": queued_after})
        known_rials, unpriced_parts = row or (0, 0)
        return CodeSpending(int(known_rials), int(unpriced_parts))

    async def are_held_up(self, channel: str, now: datetime, patience: timedelta, memory: timedelta) -> bool:
        before = now - patience
        waiting_query = {"on_channel": channel, "before": before, "now": now}
        if await self._transaction.fetch_row(_FIND_WAITING, waiting_query) is not None:
            return True
        newest = await self._transaction.fetch_row(_FIND_NEWEST_CODE, {"since": now - memory, "before": before})
        if newest is None:
            return False
        queued_at, state, sent_at = newest
        if sent_at is not None or state not in _UNSENT_STATES:
            return False
        return await self._transaction.fetch_row(_FIND_SENT, {"on_channel": channel, "since": queued_at}) is None
