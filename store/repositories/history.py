"""The chains of events and their seals. Long readings go page by page, so that memory stays bounded."""

from collections import defaultdict
from collections.abc import AsyncIterator, Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Integer, bindparam, func, insert, select, update

from domain.requests.history import ChainHead, HistoryEvent, Seal
from store.engines.prepared import Row
from store.rows import TableMapping
from store.schema import history, requests, seals
from store.work import Repository

REQUESTS_A_PAGE = 200
SEALS_A_PAGE = 4
LAST_ID = 2**63 - 1
_HEAD_TYPES = (int, str, int, str)

_EVENT = TableMapping(history, HistoryEvent)
_ADD = insert(history)
_OF_REQUEST = select(*_EVENT.columns).where(history.c.request_id == bindparam("of_request")).order_by(history.c.seq)
_OF_PAGE = (
    select(*_EVENT.columns)
    .where(history.c.request_id.between(bindparam("first"), bindparam("last")))
    .order_by(history.c.request_id, history.c.seq)
)

_MOST = bindparam("most", type_=Integer)
_HEADS = select(requests.c.id, requests.c.code, requests.c.head_seq, requests.c.head_hash).order_by(requests.c.id)
_HEADS_BETWEEN = _HEADS.where(requests.c.id > bindparam("after"), requests.c.id <= bindparam("until")).limit(_MOST)
_BEHIND = (
    select(requests.c.id)
    .where(requests.c.id > bindparam("after"))
    .order_by(requests.c.id)
    .limit(1)
    .offset(bindparam("between", type_=Integer))
)
_HEADS_UNSEALED = _HEADS.where(requests.c.head_seq > requests.c.sealed_seq).limit(_MOST)

_SEALS = select(seals.c.number, seals.c.at, seals.c.heads, seals.c.previous, seals.c.hash, seals.c.signature)
_SEALS_AFTER = _SEALS.where(seals.c.number > bindparam("after")).order_by(seals.c.number).limit(_MOST)
_LAST_SEAL = _SEALS.order_by(seals.c.number.desc()).limit(1)
_LAST_SEALED = select(seals.c.number, seals.c.at).order_by(seals.c.number.desc()).limit(1)
_UNSEALED_EVENTS = select(func.coalesce(func.sum(requests.c.head_seq - requests.c.sealed_seq), 0)).where(
    requests.c.head_seq > requests.c.sealed_seq
)
_ADD_SEAL = insert(seals)
_NOTE_SEALED = (
    update(requests)
    .where(requests.c.id == bindparam("request_id"), requests.c.sealed_seq < bindparam("seq"))
    .values(sealed_seq=bindparam("seq"))
)


class SqlHistory(Repository):
    """The port `History`."""

    async def append(self, event: HistoryEvent) -> None:
        """Store an event; `Conflict` when the request has one of that number already."""
        await self._work.later(_ADD, _EVENT.values(event))

    async def of_request(self, request_id: int) -> list[HistoryEvent]:
        """Return the events of a request in order."""
        return _EVENT.read_all(await self._work.rows(_OF_REQUEST, {"of_request": request_id}))

    async def chains(
        self, after: int = 0, until: int | None = None
    ) -> AsyncIterator[tuple[ChainHead, list[HistoryEvent]]]:
        """Stream every request's head and events, ordered by request id; read it in a reading unit: one snapshot."""
        last = LAST_ID if until is None else until
        while heads := await self._heads_between(after, last):
            after = heads[-1].request_id
            events = await self._events_between(heads[0].request_id, after)
            for head in heads:
                yield head, events.pop(head.request_id, [])

    async def request_behind(self, after: int, number: int) -> int | None:
        """Return the id of the so manieth request (from 1) behind the id `after`; None when fewer are left."""
        row = await self._work.row(_BEHIND, {"after": after, "between": number - 1})
        return None if row is None else int(row[0])

    async def _heads_between(self, after: int, until: int) -> list[ChainHead]:
        rows = await self._work.rows(_HEADS_BETWEEN, {"after": after, "until": until, "most": REQUESTS_A_PAGE})
        return [ChainHead(*row) for row in rows]

    async def _events_between(self, first: int, last: int) -> dict[int, list[HistoryEvent]]:
        events = defaultdict(list)
        for row in await self._work.rows(_OF_PAGE, {"first": first, "last": last}):
            event = _EVENT.read(row)
            events[event.request_id].append(event)
        return events

    async def unsealed_heads(self, limit: int) -> list[ChainHead]:
        """Return heads that changed since they were last sealed."""
        return [ChainHead(*row) for row in await self._work.rows(_HEADS_UNSEALED, {"most": limit})]

    async def last_seal(self) -> Seal | None:
        """Return the newest seal."""
        row = await self._work.row(_LAST_SEAL)
        return None if row is None else _seal(row)

    async def last_sealed(self) -> tuple[int, datetime] | None:
        """Return number and time of the newest seal."""
        row = await self._work.row(_LAST_SEALED)
        return None if row is None else (row[0], row[1])

    async def unsealed_events(self) -> int:
        """Return how many events came after the last seal of their request."""
        return int(await self._work.value(_UNSEALED_EVENTS))

    async def add_seal(self, seal: Seal) -> None:
        """Store a seal and note its heads as sealed; `Conflict` when there is one of that number already."""
        heads = [[head.request_id, head.code, head.seq, head.hash] for head in seal.heads]
        facts = {"number": seal.number, "at": seal.at, "previous": seal.previous}
        await self._work.run(_ADD_SEAL, {**facts, "heads": heads, "hash": seal.hash, "signature": seal.signature})
        if seal.heads:
            ends = [{"request_id": head.request_id, "seq": head.seq} for head in seal.heads]
            await self._work.run(_NOTE_SEALED, ends)

    async def seals(self) -> AsyncIterator[Seal]:
        """Stream every seal in order."""
        after = 0
        while rows := await self._work.rows(_SEALS_AFTER, {"after": after, "most": SEALS_A_PAGE}):
            for row in rows:
                seal = _seal(row)
                yield seal
                after = seal.number


def _seal(row: Row) -> Seal:
    number, at, heads, previous, digest, signature = row
    return Seal(number, at, tuple(_heads(heads)), previous, digest, signature)


def _heads(written: Any) -> Iterator[ChainHead]:
    """Yield what is a head: anything else somebody wrote there, and the seal's hash is of what it was."""
    for one in written if isinstance(written, list) else ():
        if isinstance(one, list) and tuple(map(type, one)) == _HEAD_TYPES:
            yield ChainHead(*one)
