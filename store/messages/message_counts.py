"""Number of messages in each state, for monitoring."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import bindparam, func, or_, select

from domain.messages.records import InboundState, MessageState
from store.engines.types import ID
from store.schema import inbox, outbox
from store.work import Repository

UNDER_WAY = (MessageState.QUEUED, MessageState.SENDING, MessageState.UNKNOWN)
"""Counted however old they are: these are what somebody may have to look after."""

_FIRST = bindparam("first_id", type_=ID)
_OUTGOING = (
    select(outbox.c.state, func.count())
    .where(or_(outbox.c.id >= _FIRST, outbox.c.state.in_(UNDER_WAY)))
    .group_by(outbox.c.state)
)
_INCOMING = select(inbox.c.state, func.count()).where(inbox.c.id >= _FIRST).group_by(inbox.c.state)
_SINCE = bindparam("since", type_=outbox.c.created_at.type)
_LOST_OUTGOING = select(func.count()).where(
    outbox.c.state.in_((MessageState.FAILED, MessageState.UNKNOWN)), outbox.c.created_at >= _SINCE
)
_LOST_INCOMING = select(func.count()).where(inbox.c.state == InboundState.FAILED, inbox.c.received_at >= _SINCE)
_COUNT_FAILED = select(_LOST_OUTGOING.scalar_subquery() + _LOST_INCOMING.scalar_subquery())


class SqlMessageCountRepository(Repository):
    """The port `MessageCountRepository`."""

    async def outgoing(self, first_id: int) -> Mapping[MessageState, int]:
        return {state: count for state, count in await self._transaction.fetch_rows(_OUTGOING, {"first_id": first_id})}

    async def count_failed(self, since: datetime) -> int:
        return int(await self._transaction.fetch_value(_COUNT_FAILED, {"since": since}))

    async def incoming(self, first_id: int) -> Mapping[InboundState, int]:
        return {state: count for state, count in await self._transaction.fetch_rows(_INCOMING, {"first_id": first_id})}
