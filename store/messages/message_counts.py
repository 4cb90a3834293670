"""How many messages are in each state, for monitoring."""

from collections.abc import Mapping

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


class SqlMessageCountRepository(Repository):
    """The port `MessageCountRepository`."""

    async def outgoing(self, first_id: int) -> Mapping[MessageState, int]:
        return {state: count for state, count in await self._transaction.fetch_rows(_OUTGOING, {"first_id": first_id})}

    async def incoming(self, first_id: int) -> Mapping[InboundState, int]:
        return {state: count for state, count in await self._transaction.fetch_rows(_INCOMING, {"first_id": first_id})}
