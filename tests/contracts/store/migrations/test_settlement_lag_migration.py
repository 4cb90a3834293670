"""A settlement lag that the staff set in hours is one of banking days after the migration."""

import pytest
from alembic import command
from sqlalchemy import Connection, select, text

from store.engines import build_engine
from store.migrate import alembic_config, migrate
from store.schema import setting_changes

CHANGE = text(
    'INSERT INTO setting_changes (id, name, before, value, "by", at)'
    " VALUES (:id, 'settlement_lag_hours', '36', :value, 'staff:admin', '2026-11-24 08:30:00.000000')"
)


@pytest.mark.parametrize(("hours", "days"), [(["48"], 2), (["12", "49"], 3), (["0"], 0), (["12", "null"], None)])
async def test_hours_become_days(empty_database_url: str, hours: list[str], days: int | None) -> None:
    def write(connection: Connection) -> None:
        command.upgrade(alembic_config(connection), "0023")
        for number, value in enumerate(hours, start=1):
            connection.execute(CHANGE, {"id": number, "value": value})
        if connection.dialect.name == "postgresql":
            connection.execute(text("SELECT setval(pg_get_serial_sequence('setting_changes', 'id'), 100)"))

    def read(connection: Connection) -> list[tuple[str, int | None, str]]:
        statement = select(setting_changes.c.name, setting_changes.c.value, setting_changes.c.by)
        return [(row.name, row.value, row.by) for row in connection.execute(statement.order_by(setting_changes.c.id))]

    engine = build_engine(empty_database_url)
    async with engine.open_migration() as connection:
        await connection.run_sync(write)
    await migrate(empty_database_url)
    async with engine.open_inspection() as connection:
        *_, (name, value, by) = await connection.run_sync(read)
    await engine.close()
    expected = ("settlement_lag_hours", None) if days is None else ("settlement_banking_days", days)
    assert ((name, value), by) == (expected, "staff:admin")
