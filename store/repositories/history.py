"""The chains of events and their seals. Long readings go page by page, so that memory stays bounded."""

from collections import defaultdict
from collections.abc import AsyncIterator, Iterator
from datetime import datetime
from typing import Any

from sqlalchemy import Integer, bindparam, func, insert, select, update

from domain.requests.history import ChainHead, HistoryEvent, Seal
from domain.values.row_ids import HIGHEST_ID
from store.engines.prepared import Row
from store.rows import TableMapping
from store.schema import history, requests, seals
from store.work import Repository

REQUESTS_A_PAGE = 200
SEALS_A_PAGE = 4
_HEAD_TYPES = (int, str, int, str)

_EVENT_MAPPING = TableMapping(history, HistoryEvent)
_INSERT_EVENT = insert(history)
_SELECT_OF_REQUEST = (
    select(*_EVENT_MAPPING.columns).where(history.c.request_id == bindparam("of_request")).order_by(history.c.seq)
)
_SELECT_OF_PAGE = (
    select(*_EVENT_MAPPING.columns)
    .where(history.c.request_id.between(bindparam("first"), bindparam("last")))
    .order_by(history.c.request_id, history.c.seq)
)

_ROW_LIMIT = bindparam("most", type_=Integer)
_SELECT_HEADS = select(requests.c.id, requests.c.code, requests.c.head_seq, requests.c.head_hash).order_by(
    requests.c.id
)
_SELECT_HEADS_BETWEEN = _SELECT_HEADS.where(
    requests.c.id > bindparam("after"), requests.c.id <= bindparam("until")
).limit(_ROW_LIMIT)
_SELECT_BEHIND = (
    select(requests.c.id)
    .where(requests.c.id > bindparam("after"))
    .order_by(requests.c.id)
    .limit(1)
    .offset(bindparam("between", type_=Integer))
)
_SELECT_UNSEALED_HEADS = _SELECT_HEADS.where(requests.c.head_seq > requests.c.sealed_seq).limit(_ROW_LIMIT)

_SELECT_SEALS = select(seals.c.number, seals.c.at, seals.c.heads, seals.c.previous, seals.c.hash, seals.c.signature)
_SELECT_SEALS_AFTER = (
    _SELECT_SEALS.where(seals.c.number > bindparam("after")).order_by(seals.c.number).limit(_ROW_LIMIT)
)
_SELECT_LAST_SEAL = _SELECT_SEALS.order_by(seals.c.number.desc()).limit(1)
_SELECT_LAST_SEALED = select(seals.c.number, seals.c.at).order_by(seals.c.number.desc()).limit(1)
_COUNT_UNSEALED_EVENTS = select(func.coalesce(func.sum(requests.c.head_seq - requests.c.sealed_seq), 0)).where(
    requests.c.head_seq > requests.c.sealed_seq
)
_INSERT_SEAL = insert(seals)
_MARK_SEALED = (
    update(requests)
    .where(requests.c.id == bindparam("request_id"), requests.c.sealed_seq < bindparam("seq"))
    .values(sealed_seq=bindparam("seq"))
)


class SqlHistoryRepository(Repository):
    """The port `HistoryRepository`."""

    async def append(self, event: HistoryEvent) -> None:
        """`Conflict` when the request has an event of that number already."""
        await self._transaction.defer(_INSERT_EVENT, _EVENT_MAPPING.column_values(event))

    async def list_of_request(self, request_id: int) -> list[HistoryEvent]:
        return _EVENT_MAPPING.read_rows(
            await self._transaction.fetch_rows(_SELECT_OF_REQUEST, {"of_request": request_id})
        )

    async def stream_chains(
        self, after_id: int = 0, until_id: int | None = None
    ) -> AsyncIterator[tuple[ChainHead, list[HistoryEvent]]]:
        """To be read in a reading unit: one snapshot."""
        last_id = HIGHEST_ID if until_id is None else until_id
        while heads := await self._find_heads_between(after_id, last_id):
            after_id = heads[-1].request_id
            events = await self._find_events_between(heads[0].request_id, after_id)
            for head in heads:
                yield head, events.pop(head.request_id, [])

    async def find_request_behind(self, after_id: int, request_count: int) -> int | None:
        row = await self._transaction.fetch_row(_SELECT_BEHIND, {"after": after_id, "between": request_count - 1})
        return None if row is None else int(row[0])

    async def _find_heads_between(self, after: int, until: int) -> list[ChainHead]:
        rows = await self._transaction.fetch_rows(
            _SELECT_HEADS_BETWEEN, {"after": after, "until": until, "most": REQUESTS_A_PAGE}
        )
        return [ChainHead(*row) for row in rows]

    async def _find_events_between(self, first_id: int, last_id: int) -> dict[int, list[HistoryEvent]]:
        events_by_request = defaultdict(list)
        for row in await self._transaction.fetch_rows(_SELECT_OF_PAGE, {"first": first_id, "last": last_id}):
            event = _EVENT_MAPPING.read_row(row)
            events_by_request[event.request_id].append(event)
        return events_by_request

    async def list_unsealed_heads(self, limit: int) -> list[ChainHead]:
        return [ChainHead(*row) for row in await self._transaction.fetch_rows(_SELECT_UNSEALED_HEADS, {"most": limit})]

    async def find_last_seal(self) -> Seal | None:
        row = await self._transaction.fetch_row(_SELECT_LAST_SEAL)
        return None if row is None else _read_seal(row)

    async def find_last_sealed(self) -> tuple[int, datetime] | None:
        row = await self._transaction.fetch_row(_SELECT_LAST_SEALED)
        return None if row is None else (row[0], row[1])

    async def count_unsealed_events(self) -> int:
        return int(await self._transaction.fetch_value(_COUNT_UNSEALED_EVENTS))

    async def add_seal(self, seal: Seal) -> None:
        """`Conflict` when there is a seal of that number already."""
        head_rows = [[head.request_id, head.code, head.seq, head.hash] for head in seal.heads]
        seal_values = {"number": seal.number, "at": seal.at, "previous": seal.previous}
        await self._transaction.execute(
            _INSERT_SEAL, {**seal_values, "heads": head_rows, "hash": seal.hash, "signature": seal.signature}
        )
        if seal.heads:
            sealed_ends = [{"request_id": head.request_id, "seq": head.seq} for head in seal.heads]
            await self._transaction.execute(_MARK_SEALED, sealed_ends)

    async def stream_seals(self) -> AsyncIterator[Seal]:
        after = 0
        while rows := await self._transaction.fetch_rows(_SELECT_SEALS_AFTER, {"after": after, "most": SEALS_A_PAGE}):
            for row in rows:
                seal = _read_seal(row)
                yield seal
                after = seal.number


def _read_seal(row: Row) -> Seal:
    number, sealed_at, heads, previous, digest, signature = row
    return Seal(number, sealed_at, tuple(_read_heads(heads)), previous, digest, signature)


def _read_heads(stored_heads: Any) -> Iterator[ChainHead]:
    """Yield what is a head: anything else somebody wrote there, and the seal's hash is of what it was."""
    for entry in stored_heads if isinstance(stored_heads, list) else ():
        if isinstance(entry, list) and tuple(map(type, entry)) == _HEAD_TYPES:
            yield ChainHead(*entry)
