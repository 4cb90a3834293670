"""Query plans of both databases for lists of work among 20,000 requests: by ranges of indexes, a page's worth of each.

SQLite is asked for its plans; PostgreSQL, which plans a statement once for all values, for what it read.
"""

import random
import re
from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Executable, insert

from domain.actions.queues.selecting import build_selection
from domain.actions.queues.visibility import visible_queues
from domain.queues.filters import QueueFilter
from domain.queues.queue import Queue, Sla, SlaMoments
from domain.queues.request_words import list_request_words
from domain.queues.search_ways import list_search_ways
from domain.queues.selection import Selection
from domain.requests.request import Phase, ServiceRequest
from domain.services.machinery.declaration import MACHINERY_WORK
from domain.values.actors import Actor, Role
from domain.values.calendar import WorkingCalendar
from domain.values.paging import Cursor, ListOrder
from store.queues import work_statements
from store.queues.work_counts import WorkCounts
from store.queues.work_lists import SqlWorkListRepository
from store.queues.work_questions import QueryShape, bind_values, build_shape
from store.rows import TableMapping
from store.schema import issued_papers, requests, search_words
from store.unit_of_work import SqlStore
from tests.contracts.postgres_maintenance import vacuum_analyze
from tests.support.factories import NOW, a_request
from tests.support.scenarios.shipped_services import SHIPPED_SERVICES

SERVICES = SHIPPED_SERVICES
MANAGER = Actor(frozenset({Role.MANAGER}), "staff", "ali", "admin")
CIVIL = Actor(frozenset({Role.CIVIL}), "staff", "sara", "admin")
MOMENTS = SlaMoments.from_calendar(NOW, WorkingCalendar())
REQUESTS, LIVE = 20_000, 0.05
READ = 9000
"""Entries of indexes that one list or all counts may read; there are 20,000 requests, of which 1,000 go on and about as
many are letters that nobody has collected yet.
"""
READ_SO_FAR = """
    WITH read(oid) AS (VALUES ('requests'::regclass), ('search_words'), ('issued_papers'))
    SELECT (SELECT sum(seq_scan) FROM pg_stat_xact_user_tables WHERE relid IN (SELECT oid FROM read)),
           (SELECT sum(pg_stat_get_xact_tuples_returned(indexrelid)) FROM pg_index
             WHERE indrelid IN (SELECT oid FROM read))
"""
SCAN = re.compile(r"SCAN (requests|search_words|issued_papers|other|also)")
GIVEN = ("آنه", "زهرا", "رضا", "علی", "گل‌جمال", "محمد", "مریم", "حسین", "فاطمه", "آتا")
FAMILY = tuple(f"{first}{last}" for first in ("محمد", "احمد", "کریم", "توماج", "رحیم") for last in ("ی", "زاده", "پور"))

STREETS = ("شهید", "دکتر", "استاد")


class Plans(SqlWorkListRepository):
    """Runs statements to see how they are run."""

    async def fill(self) -> None:
        """Make many requests, of which few go on, in statistics too."""
        chance = random.Random(1405)
        made = [one_of(number, chance) for number in range(REQUESTS)]
        record = TableMapping(requests, ServiceRequest)
        await self._transaction.execute(
            insert(requests), [record.column_values(one) | {"sealed_seq": 0} for one in made]
        )
        words = [(one, word) for one in made for word in list_request_words(MACHINERY_WORK.form, one)]
        rows = [{"request_id": one.id, "word": word, "service": one.service} for one, word in words]
        await self._transaction.execute(insert(search_words), rows)
        papers = [
            {"token": f"t{one.id}", "request_id": one.id, "kind": "letter", "day": NOW.date()}
            | dict.fromkeys(("number", "number_key"), f"1405/ک/{number}")
            for number, one in enumerate(made)
        ]
        await self._transaction.execute(insert(issued_papers), papers)

    def asked(self, shape: QueryShape) -> Executable:
        """The statement of a page of 50, as this database is asked it."""
        return work_statements.page_statement(shape, 51, side_by_side=self._transaction.engine.reads_side_by_side)

    async def refuse_scans(
        self, statement: Executable, values: Mapping[str, Any], shapes: Iterable[QueryShape], told: object, most: int
    ) -> None:
        """Fail for a statement that goes through a whole table, or reads much more than it gives."""
        await self._plan_shapes(shapes)
        sql, arguments = self._transaction.engine.prepare_statement(statement, tuple(values)).bind_values(values)
        if self._transaction.engine.dialect.name == "sqlite":
            rows, _ = await self._transaction.session.execute(f"EXPLAIN QUERY PLAN {sql}", arguments, returns=True)
            whole = [row for row in rows if SCAN.search(str(row[-1]))]
            assert not whole, (told, whole)
            sorted_apart = [row for row in rows if "TEMP B-TREE" in str(row[-1])]
            assert len(sorted_apart) <= 1 or not any(one.word_count for one in shapes), (told, sorted_apart)
            return
        before = await self._read_so_far()
        await self._transaction.session.execute(sql, arguments, returns=True)
        scans, entries = (now - then for now, then in zip(await self._read_so_far(), before, strict=True))
        assert (scans, entries < most) == (0, True), (told, scans, entries)

    async def _read_so_far(self) -> tuple[int, int]:
        """Scans of whole tables in this transaction of PostgreSQL, and entries of indexes that it read."""
        rows, _ = await self._transaction.session.execute(READ_SO_FAR, (), returns=True)
        [(scans, entries)] = rows
        return int(scans), int(entries)


def one_of(number: int, chance: random.Random) -> ServiceRequest:
    """A request as a town has them."""
    service = chance.choice([one for one in SERVICES.values()])
    live = chance.random() < LIVE
    state = chance.choice([one for one in service.states if one.phase.is_final is not live])
    made = NOW - timedelta(minutes=REQUESTS - number)
    return a_request(
        service=service.key,
        state=state.name,
        phase=state.phase,
        turn=state.turn,
        created_at=made,
        due_at=made + timedelta(days=chance.randrange(20)) if live and chance.random() < 0.8 else None,
        assignee=chance.choice((None, "sara", "ali", "reza")),
        kind=chance.choice((*service.kinds, None)),
        mobile=f"+98912{number // 4:07}",
        subject_key=f"{10 + number % 80}ت{number % 900 + 100}-59",
        fields={
            "full_name": f"{chance.choice(GIVEN)} {chance.choice(FAMILY)}",
            "place": f"خیابان {chance.choice(STREETS)} {chance.choice(FAMILY)}، کوچه {number % 40}",
        },
    )


@pytest.fixture
async def plans(own_url: str) -> AsyncIterator[Plans]:
    """A database with many requests, looked after as the server itself does."""
    store = await SqlStore.connect(own_url)
    async with store.open_unit() as uow:
        await Plans(uow._transaction).fill()
    await vacuum_analyze(own_url)
    async with store.open_unit(write=False) as uow:
        yield Plans(uow._transaction)
    await store.close()


TYPED_SEARCHES = (
    *("731835348", "09120000123", "12ت345-59", "0499370899", "۰۴۹۹"),
    *("آنه محمدی", "محمد", "توماج", "مح عل", "آن محم", "محم آ"),
)


def questions() -> Iterator[tuple[Actor, QueueFilter]]:
    """Question of the staff: every queue in every order, narrowed, and searched."""
    for viewer in (MANAGER, CIVIL):
        for queue, unit in visible_queues(SERVICES, viewer):
            for order in (ListOrder.URGENT, ListOrder.OLDEST, ListOrder.NEWEST):
                yield viewer, QueueFilter(queue, unit, order=order)
        for search in TYPED_SEARCHES:
            yield viewer, QueueFilter(Queue.ALL, search=search)
            yield viewer, QueueFilter(Queue.OPEN, search=search)
        for search in ("خیابان شهید توماجی", "1405/ک/12", "4917912345", "5348", "0123"):
            for way in list_search_ways(search):
                yield viewer, QueueFilter(Queue.ALL, search=search, found_by=way)
                yield viewer, QueueFilter(Queue.OPEN, search=search, found_by=way)
        yield viewer, QueueFilter(Queue.ALL)
        yield viewer, QueueFilter(Queue.FINISHED, phase=Phase.DONE, assignee="sara")
        yield viewer, QueueFilter(Queue.ALL, created_from=(NOW - timedelta(days=5)).date(), created_to=NOW.date())
        yield viewer, QueueFilter(Queue.OPEN, assignee="reza", sla=Sla.LATE, order=ListOrder.OLDEST)
        yield viewer, QueueFilter(Queue.UNASSIGNED, sla=Sla.OK, service="machinery")
    yield MANAGER, QueueFilter(Queue.OPEN, service="expert", kind="boundary")
    yield MANAGER, QueueFilter(Queue.FINISHED, service="expert", states=("rejected",))


def places(wanted: Selection) -> Iterator[Cursor | None]:
    """The first page of a list, and one from the middle on, and back."""
    yield None
    key = "محمد" if wanted.order is ListOrder.NAME else NOW - timedelta(days=2)
    yield from (Cursor(key, 5, back) for back in (False, True))


@pytest.mark.night
async def test_no_list_goes_through_a_table(plans: Plans) -> None:
    for viewer, wanted in questions():
        chosen = build_selection(SERVICES, viewer, wanted, MOMENTS)
        ways = [chosen, replace(chosen, loosely=True)] if chosen.order is ListOrder.NAME else [chosen]
        for one in ways:
            for at in places(one):
                shape = build_shape(one, at)
                statement = plans.asked(shape)
                await plans.refuse_scans(statement, bind_values(one, at), (shape,), (wanted, at), READ)
    for viewer in (MANAGER, CIVIL):
        shown = [QueueFilter(queue, unit) for queue, unit in visible_queues(SERVICES, viewer)]
        counts = WorkCounts([build_selection(SERVICES, viewer, one, MOMENTS) for one in shown], 1001)
        assert counts.count_statement is not None
        await plans.refuse_scans(counts.count_statement, counts.statement_values, counts.query_shapes, viewer, READ)
