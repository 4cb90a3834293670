"""A call of counter software that was answered before its table was renamed is answered again."""

from datetime import timedelta

from alembic import command
from sqlalchemy import Connection, text

from domain.idempotency.ports import RecordedOperation
from store.engines import build_engine
from store.migrate import alembic_config, migrate
from store.unit_of_work import SqlStore
from tests.support.factories import NOW

BEFORE = "0069"
CALL = text(
    "INSERT INTO office_calls (office, call_id, digest, operation, answer, at, keeps_until)"
    " VALUES ('1001', 'a-1', 'd1', 'Ping', '<پاسخ/>', '2026-11-24 08:30:00.000000', '2099-11-24 08:30:00.000000')"
)


async def test_an_earlier_call_is_answered_again(empty_database_url: str) -> None:
    def write(connection: Connection) -> None:
        command.upgrade(alembic_config(connection), BEFORE)
        connection.execute(CALL)

    engine = build_engine(empty_database_url)
    async with engine.open_migration() as connection:
        await connection.run_sync(write)
    await migrate(empty_database_url)
    store = SqlStore(engine)
    async with store.open_unit() as uow:
        earlier = await uow.idempotency_keys.begin("1001", "a-1", "d2", "Ping", NOW + timedelta(days=1), NOW)
    await engine.close()
    assert earlier == RecordedOperation("d1", "Ping", "<پاسخ/>")
