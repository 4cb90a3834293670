"""Query plans of both databases for the log of texts that came in, among 20,000: by a page's worth of an index, however
rare what is looked for. SQLite is asked for its plans, PostgreSQL for what it read."""

from collections.abc import AsyncIterator, Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import insert

from domain.messages.records import InboundMessage, InboundState
from store.messages.inbox import SqlInboxRepository
from store.rows import TableMapping
from store.schema import inbox
from store.unit_of_work import SqlStore
from tests.contracts.postgres_maintenance import vacuum_analyze
from tests.support.factories import an_inbound

TEXTS, PAGE = 20_000, 51
READ = 400
"""Entries of indexes that one page may read."""
RARE = "+989350000000"
READ_SO_FAR = """
    SELECT (SELECT sum(seq_scan) FROM pg_stat_xact_user_tables WHERE relname = 'inbox'),
           (SELECT sum(pg_stat_get_xact_tuples_returned(indexrelid)) FROM pg_index WHERE indrelid = 'inbox'::regclass)
"""


class Watched(SqlInboxRepository):
    """An inbox that tells how its pages are found."""

    async def fill(self) -> None:
        """Keep many texts, of which the oldest few failed or came from a rare mobile."""
        record, first = TableMapping(inbox, InboundMessage), an_inbound()
        texts = [_one_of(number, first) for number in range(TEXTS)]
        await self._transaction.execute(insert(inbox), [record.column_values(one) for one in texts])

    async def refuse_scans(self, wanted: Mapping[str, Any]) -> None:
        """Fail for a page that is looked for among all texts."""
        if self._transaction.engine.dialect.name == "sqlite":
            plan = await self._plan(wanted)
            by = "MOBILE" if "mobile" in wanted else "STATE" if "state" in wanted else ""
            assert "TEMP B-TREE" not in plan, (wanted, plan)
            assert (f"IX_INBOX_{by}_ID" in plan) is bool(by), (wanted, plan)
            return
        before = await self._read_so_far()
        await self.list_recent(**wanted, limit=PAGE)
        scans, entries = (now - then for now, then in zip(await self._read_so_far(), before, strict=True))
        assert (scans, entries < READ) == (0, True), (wanted, scans, entries)

    async def _plan(self, wanted: Mapping[str, Any]) -> str:
        session, asked = self._transaction.session, list[tuple[str, Any]]()
        run = session.execute

        async def noting(sql: str, arguments: Any, *, returns: bool) -> Any:
            asked.append((sql, arguments))
            return await run(sql, arguments, returns=returns)

        session.execute = noting  # type: ignore[method-assign]
        await self.list_recent(**wanted, limit=PAGE)
        session.execute = run  # type: ignore[method-assign]
        [(sql, arguments)] = asked
        rows, _ = await run(f"EXPLAIN QUERY PLAN {sql}", arguments, returns=True)
        return " ".join(str(row[-1]) for row in rows).upper()

    async def _read_so_far(self) -> tuple[int, int]:
        rows, _ = await self._transaction.session.execute(READ_SO_FAR, (), returns=True)
        [(scans, entries)] = rows
        return int(scans), int(entries)


def _one_of(number: int, first: InboundMessage) -> InboundMessage:
    old = number < 60
    state = InboundState.FAILED if number < 3 else InboundState.LIMITED if number % 7 == 0 else InboundState.ANSWERED
    mobile = RARE if old else f"+98912{number // 9:07}"
    return replace(first, id=first.id + number, fingerprint=str(number), sender=mobile, mobile=mobile, state=state)


@pytest.fixture
async def watched(own_url: str) -> AsyncIterator[Watched]:
    """An inbox with many texts, looked after as the server itself does."""
    store = await SqlStore.connect(own_url)
    async with store.open_unit() as uow:
        await Watched(uow._transaction).fill()
    await vacuum_analyze(own_url)
    async with store.open_unit(write=False) as uow:
        yield Watched(uow._transaction)
    await store.close()


def pages() -> Iterator[dict[str, Any]]:
    """Pages of the search of the staff: everything, what is rare and what is not."""
    yield {}
    for state in (InboundState.FAILED, InboundState.NOT_A_MOBILE, InboundState.ANSWERED, InboundState.LIMITED):
        yield {"state": state}
        yield {"state": state, "mobile": RARE}
    yield {"mobile": RARE}
    yield {"mobile": "+989120000000"}


@pytest.mark.night
async def test_no_page_is_looked_for_among_all_texts(watched: Watched) -> None:
    newest = (await watched.list_recent(limit=1))[0].id
    for wanted in pages():
        await watched.refuse_scans(wanted)
        await watched.refuse_scans({**wanted, "before": newest - TEXTS // 2})
    assert len(await watched.list_recent(mobile=RARE, limit=100)) == 60
    assert len(await watched.list_recent(state=InboundState.FAILED, mobile=RARE)) == 3
