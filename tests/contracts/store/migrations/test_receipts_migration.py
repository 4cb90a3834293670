"""Payments of before the receipts: what was an RRN in the place of a trace number is one after the migration."""

from alembic import command
from sqlalchemy import Connection, select, text

from store.engines import build_engine
from store.migrate import alembic_config, migrate
from store.schema import payments

BEFORE = "0021"
BILL = text(
    "INSERT INTO bills (id, amount, subject_id, explanation, created_at, file_number, revision, bill_id, payment_id,"
    " state, kind, subject_kind) VALUES (1, 5000, 1, '{}', '2026-11-24 08:30:00.000000', 1, 0, '112360', '1770160',"
    " 'open', 'main', 'request')"
)
PAYMENT = text(
    "INSERT INTO payments (id, bill_id, amount, at, method, reference, outcome, recorded_by, office)"
    " VALUES (:id, 1, 5000, '2026-11-24 08:30:00.000000', :method, :reference, 'settled', 'staff:revenue', :office)"
)
"""Rows as that version wrote them, whatever the tables have been given since."""
OLD = {
    "1001/433812345678": ("pos", "1001"),
    "1002/433812345678": ("pos", "1002"),
    "1001/000123": ("pos", "1001"),
    "433812345678": ("pos", None),
    "433812345679": ("slip", None),
}


async def test_old_payments_keep_their_rrns(empty_database_url: str) -> None:
    def write(connection: Connection) -> None:
        command.upgrade(alembic_config(connection), BEFORE)
        connection.execute(BILL)
        for number, (reference, (method, office)) in enumerate(OLD.items(), start=1):
            values = {"id": number, "method": method, "reference": reference, "office": office}
            connection.execute(PAYMENT, values)

    def read(connection: Connection) -> dict[str, tuple[str | None, str]]:
        found = connection.execute(select(payments.c.reference, payments.c.rrn, payments.c.distinction))
        return {row.reference: (row.rrn, row.distinction) for row in found}

    engine = build_engine(empty_database_url)
    async with engine.open_migration() as connection:
        await connection.run_sync(write)
    await migrate(empty_database_url)
    async with engine.open_inspection() as connection:
        after = await connection.run_sync(read)
    await engine.close()
    told = ("433812345678", "433812345678")
    assert after == {
        "1001/433812345678": told,
        "1002/433812345678": told,
        "433812345678": told,
        "1001/000123": (None, ""),
        "433812345679": (None, ""),
    }
