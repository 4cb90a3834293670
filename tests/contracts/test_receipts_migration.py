"""Payments of before the receipts: what was an RRN in the place of a trace number is one after the migration."""

from alembic import command
from sqlalchemy import Connection, insert, select

from store.engines import engine_for
from store.migrate import config, migrate
from store.schema import bills, payments
from tests.contracts.examples import a_bill, a_payment

BEFORE = "0021"
LATER = {"rrn", "terminal_id", "paid_at"}
OLD = {
    "1001/433812345678": ("pos", "1001"),
    "1002/433812345678": ("pos", "1002"),
    "1001/000123": ("pos", "1001"),
    "433812345678": ("pos", None),
    "433812345679": ("slip", None),
}


async def test_old_payments_keep_their_rrns(empty_database_url: str) -> None:
    bill = a_bill()

    def write(connection: Connection) -> None:
        command.upgrade(config(connection), BEFORE)
        connection.execute(insert(bills).values({name: getattr(bill, name) for name in bills.c.keys()}))  # noqa: SIM118
        for reference, (method, office) in OLD.items():
            paid = a_payment(bill, method=method, reference=reference, office=office)
            values = {name: getattr(paid, name) for name in payments.c.keys() if hasattr(paid, name)}  # noqa: SIM118
            connection.execute(insert(payments).values({name: values[name] for name in values.keys() - LATER}))

    def read(connection: Connection) -> dict[str, tuple[str | None, str]]:
        found = connection.execute(select(payments.c.reference, payments.c.rrn, payments.c.distinction))
        return {row.reference: (row.rrn, row.distinction) for row in found}

    engine = engine_for(empty_database_url)
    async with engine.migration() as connection:
        await connection.run_sync(write)
    await migrate(empty_database_url)
    async with engine.inspection() as connection:
        after = await connection.run_sync(read)
    await engine.close()
    told = ("433812345678", "433812345678")
    assert after == {
        "1001/433812345678": told, "1002/433812345678": told, "433812345678": told,
        "1001/000123": (None, ""), "433812345679": (None, ""),
    }  # fmt: skip
