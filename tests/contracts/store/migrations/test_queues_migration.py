"""Requests of before the queues: the migration gives them exactly what they would have had from the beginning."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from alembic import command
from sqlalchemy import Connection, insert, select

from domain.requests.request import TimerKind
from domain.values.actors import Role
from store.engines import build_engine
from store.migrate import alembic_config, migrate
from store.schema import contents, documents, history, requests, search_words, timers
from tests.support.municipality import NEIGHBOUR, ORDER, Municipality
from tests.support.scenarios.expert_unit import ASKING, Experts
from tests.support.scenarios.taxi_organisation import open_taxi_organisation
from tests.support.scenarios.taxi_registries import DRIVER_MOBILE

OLD = (requests, timers, history, contents, documents)
NEW = {"turn", "due_at", "kind", "lacks_papers"}
"""Columns of the requests that came with the queues."""
LATER = {"entered_at", "unverified_mobile"}
"""Columns of the requests that came later still."""

NEW_COLUMNS: dict[str, set[str]] = {"requests": NEW | LATER, "documents": {"source_sha256"}}
"""Table → the columns that it did not have before."""

Rows = dict[str, list[dict[str, Any]]]


async def work_machines(town: Municipality) -> None:
    """Let orders of machines reach several states, one with names in it."""
    await town.submit(full_name="سیدمحمد گل‌جمال توماج")
    await town.do(await town.order(mobile=NEIGHBOUR), "ask", Role.CIVIL, question="کجا؟")
    await town.reach("completed", mobile="+989120000001")
    await town.reach("accepted", mobile="+989120000002")
    await town.reach("scheduled", mobile="+989120000004")
    await town.reach("awaiting_payment", ORDER.replace("لودر", "گریدر"), "+989120000003")


async def live_through(path: Path) -> None:
    """Let requests of every sort happen with today's code; some are late, and some finished."""
    async with open_taxi_organisation(path) as taxis:
        town, experts = taxis.town, Experts(taxis.town)
        await town.furnish()
        await experts.furnish()
        await work_machines(town)
        await experts.reach("submitted", ASKING)
        await experts.add((await experts.enter(NEIGHBOUR, kind="boundary")).code, "deed")
        await experts.add((await experts.enter(kind="tree_felling")).code, "national_card", "photo")
        await experts.reach("closed", ASKING, "+989120000009")
        await taxis.reach("approved", mobile=DRIVER_MOBILE)
        await taxis.asks("تشویق تاکسی ۱۱۴ کیف مرا پس داد", NEIGHBOUR)
        for (at,) in town.rows("SELECT DISTINCT at FROM timers WHERE kind = 'sla' ORDER BY at")[
            :-1
        ]:  # as the scheduler would have come by
            town.clock.at = datetime.fromisoformat(at).replace(tzinfo=UTC)
            await town.run_timers(TimerKind.SLA)
        await town.order(mobile="+989120000008")


async def read(url: str) -> Rows:
    """All rows of before with what is new in them, and the words."""

    def found(connection: Connection) -> Rows:
        tables = {table.name: select(table).order_by(*table.primary_key) for table in (*OLD, search_words)}
        return {name: [dict(row._mapping) for row in connection.execute(rows)] for name, rows in tables.items()}

    engine = build_engine(url)
    async with engine.open_inspection() as connection:
        rows = await connection.run_sync(found)
    await engine.close()
    for request in rows["requests"]:
        for name in LATER:
            del request[name]
        if request["service"] == "taxi_leave":  # it has kinds since reports tell them apart; `recount` fills them in
            del request["kind"]
    return rows


async def write_as_before(url: str, rows: Rows) -> None:
    """Make a database of before, with these rows in it."""

    def write(connection: Connection) -> None:
        command.upgrade(alembic_config(connection), "0005")
        for table in OLD:
            new = NEW_COLUMNS.get(table.name, set())
            old = [{name: cell for name, cell in row.items() if name not in new} for row in rows[table.name]]
            connection.execute(insert(table), old)

    engine = build_engine(url)
    async with engine.open_migration() as connection:
        await connection.run_sync(write)
    await engine.close()


async def test_old_requests_get_what_new_ones_have(sqlite_url: str, empty_database_url: str) -> None:
    await live_through(Path(sqlite_url.removeprefix("sqlite:///")))
    made = await read(sqlite_url)
    states = {(row["service"], row["state"]) for row in made["requests"]}
    assert len(states) > 8
    assert {row["turn"] for row in made["requests"]} > {None, "civil", "expert", "taxi_officer", "needs_payment"}
    assert {row["lacks_papers"] for row in made["requests"]} == {True, False}
    kinds = {(row["service"], row["word"].partition(" ")[0]) for row in made["search_words"]}
    assert kinds > {("machinery", "#at"), ("machinery", "#end"), ("expert", "#at"), ("expert", "#post")}
    await write_as_before(empty_database_url, made)
    await migrate(empty_database_url)
    after = await read(empty_database_url)
    for table, rows in made.items():
        assert len(after[table]) == len(rows)
        for was, row in zip(rows, after[table], strict=True):
            assert row == was, (was.get("service"), was.get("state"))
