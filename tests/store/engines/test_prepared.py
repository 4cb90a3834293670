"""Statements made ready once: what the compiler writes, and how values go in and out."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import bindparam, insert, select, update

from domain.requests.request import Phase
from store.engines import build_engine
from store.engines.base import DatabaseEngine
from store.engines.postgresql_session import _join_statements
from store.schema import counters, inbox, requests

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture(params=["sqlite:///x.db", "postgresql://u@host/x"])
def engine(request: pytest.FixtureRequest) -> DatabaseEngine:
    """An engine of each kind, never connected."""
    return build_engine(str(request.param))


def test_values_go_in_the_order_of_the_text(engine: DatabaseEngine) -> None:
    step = update(requests).where(requests.c.id == bindparam("request_id"))
    prepared = engine.prepare_statement(step, ("request_id", "phase", "updated_at"))
    sql, arguments = prepared.bind_values({"request_id": 7, "phase": Phase.DONE, "updated_at": NOON})
    assert not prepared.returns
    assert sql.startswith("UPDATE requests SET phase=")
    assert arguments[0] == "done"
    assert arguments[2] == 7


def test_constants_and_defaults_come_along(engine: DatabaseEngine) -> None:
    wanted = select(requests.c.id).where(requests.c.revision == 3, requests.c.code == bindparam("code_is"))
    assert engine.prepare_statement(wanted, ("code_is",)).bind_values({"code_is": "123456786"})[1] == [3, "123456786"]
    names = tuple(column.name for column in requests.columns if column.name != "sealed_seq")
    sql, arguments = engine.prepare_statement(insert(requests), names).bind_values(dict.fromkeys(names))
    assert "sealed_seq" in sql
    assert 0 in arguments


def test_a_list_takes_as_many_parameters_as_it_has_members(engine: DatabaseEngine) -> None:
    wanted = select(inbox.c.id).where(
        inbox.c.id.in_(bindparam("ids", expanding=True)), inbox.c.sender == bindparam("by")
    )
    prepared = engine.prepare_statement(wanted, ("ids", "by"))
    for ids in ([1, 2, 3], [4], []):
        sql, arguments = prepared.bind_values({"ids": ids, "by": "x"})
        assert sorted(arguments, key=str) == [*ids, "x"]
        assert "POSTCOMPILE" not in sql


def test_a_list_that_is_the_same_each_time_is_written_once(engine: DatabaseEngine) -> None:
    wanted = select(requests.c.id).where(
        requests.c.code == bindparam("code_is"), requests.c.phase.in_([Phase.DONE, Phase.RECEIVED])
    )
    prepared = engine.prepare_statement(wanted, ("code_is",))
    sql, arguments = prepared.bind_values({"code_is": "123456786"})
    assert arguments == ["123456786", "done", "received"]
    assert "POSTCOMPILE" not in sql
    assert prepared.bind_values({"code_is": "123456786"})[0] is sql


def test_rows_come_out_as_the_domain_has_them(engine: DatabaseEngine) -> None:
    prepared = engine.prepare_statement(select(requests.c.id, requests.c.phase), ())
    assert prepared.returns
    assert prepared.read_rows([(7, "done")]) == [(7, Phase.DONE)]
    assert engine.prepare_statement(select(counters.c.value), ()).read_rows([[5]]) == [(5,)]


def test_it_is_prepared_once(engine: DatabaseEngine) -> None:
    wanted = select(counters.c.value)
    assert engine.prepare_statement(wanted, ()) is engine.prepare_statement(wanted, ())


def test_a_missing_value_is_told(engine: DatabaseEngine) -> None:
    wanted = select(counters.c.value).where(counters.c.name == bindparam("of"))
    with pytest.raises(ValueError, match="'of'"):
        engine.prepare_statement(wanted, ())


def test_statements_that_travel_together_number_their_parameters_anew() -> None:
    parts = ("INSERT INTO a VALUES ($1, $2)", "UPDATE b SET x = $1", "INSERT INTO c VALUES ($1, $1)")
    assert _join_statements(parts) == (
        "WITH part_0 AS (INSERT INTO a VALUES ($1, $2)), part_1 AS (UPDATE b SET x = $3) INSERT INTO c VALUES ($4, $4)"
    )
    assert _join_statements(parts[:1]) == parts[0]
