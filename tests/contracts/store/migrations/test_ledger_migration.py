"""Money that moved before there was a ledger: the migration posts what this version would have posted at the time."""

from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

from alembic import command
from sqlalchemy import Connection, insert, inspect, select

from domain.actions.bills.refunds import approve_refund, record_refund
from domain.actions.bills.reversals import reverse_payment
from domain.actions.registries.charges import issue_row_bill, waive_row
from domain.bills.bill import Bill, BillState, PaymentMethod
from domain.blocks.billing import BillingContext
from domain.fleet.resources import Resource, ResourceKind
from domain.ledger.entries import EntryKind
from domain.registries.declarations import DUTY
from domain.values.actors import Role
from store.engines import build_engine
from store.migrate import alembic_config, migrate
from store.schema import bills, ledger_entries, payment_reversals, payments, refunds, requests
from tests.support.municipality import Municipality, actor
from tests.support.scenarios.taxi_registries import a_duty, furnish

BEFORE = import_module("store.migrations.versions.0041_ledger").down_revision
OLD = (requests, bills, payments, payment_reversals, refunds)
IBAN = "IR910120000000100324200001"
REVENUE = actor(Role.REVENUE)

Rows = dict[str, list[dict[str, Any]]]


async def a_bill_of(town: Municipality, year: int) -> Bill:
    """The bill of a duty."""
    row = await a_duty(town, year=year)
    async with town.store.open_unit() as uow:
        billing = BillingContext(town.desk.ids, town.desk.policy, town.clock.at)
        return await issue_row_bill(uow, billing, DUTY, row.id, "staff:revenue")


async def take_back(town: Municipality, bill: Bill, last: bool = True) -> None:
    """Reverse the last or the first payment of a bill, a minute later."""
    town.clock.at += timedelta(minutes=1)
    async with town.store.open_unit() as uow:
        payment = [one for one in await uow.bills.list_payments(bill.id) if one.is_recorded][-1 if last else 0]
        await reverse_payment(town.desk, uow, bill.bill_id, payment.id, "اشتباه", REVENUE)


async def send_back(town: Municipality, bill: Bill, amount: int) -> None:
    """Transfer what is due back."""
    async with town.store.open_unit() as uow:
        await approve_refund(town.desk, uow, bill.bill_id, IBAN, actor(Role.MANAGER, "manager"), amount)
        await record_refund(town.desk, uow, bill.bill_id, IBAN, f"back {bill.bill_id}", REVENUE)


async def bill_requests(town: Municipality) -> None:
    """Requests whose bills are open, paid, waived, expired, void, due back and given back."""
    for number in range(3, 12):
        kinds = (ResourceKind.MACHINE, "LD", "loader"), (ResourceKind.OPERATOR, "OP", "")
        for kind, code, machine in kinds:
            await town.put(Resource(town.new_id(), f"{code}-{number}", kind, machine, f"{code} {number}"))
    for number, state in enumerate(("awaiting_payment", "paid", "scheduled", "completed")):
        await town.reach(state, mobile=f"+98912000000{number}")
    waived = await town.reach("awaiting_payment", mobile="+989120000011")
    await town.do(waived, "waive", Role.REVENUE, reason="دستور شهردار")
    cancelled = await town.reach("paid", mobile="+989120000012")
    await town.do(cancelled, "cancel", Role.CIVIL)
    given_back = await town.reach("paid", mobile="+989120000013")
    await town.do(given_back, "cancel", Role.CIVIL)
    (bill,) = await town.bills(given_back)
    await send_back(town, bill, bill.amount)
    void = await town.reach("awaiting_payment", mobile="+989120000014")
    await town.do(void, "cancel", Role.CIVIL)
    for mobile in ("+989120000015", "+989120000016"):
        await town.reach("awaiting_payment", mobile=mobile)
    town.clock.at += timedelta(days=40)
    await town.run_timers()
    expired = [bill for (code,) in town.rows("SELECT code FROM requests") for bill in await town.bills(code)]
    late = [bill for bill in expired if bill.state is BillState.EXPIRED]
    assert len(late) > 1
    await town.pay("", bill=late[0])
    await town.pay("", bill=late[1])
    await take_back(town, late[1])


async def bill_duties(town: Municipality) -> None:
    """Duties that were paid twice and more, wrongly, and waived."""
    twice, thrice, wrong, waived, _ = [await a_bill_of(town, year) for year in range(1400, 1405)]
    for method in (PaymentMethod.SLIP, PaymentMethod.POS):
        await town.pay("", bill=twice, method=method)
    await send_back(town, twice, twice.amount)
    for _ in range(3):
        town.clock.at += timedelta(minutes=5)
        await town.pay("", bill=thrice)
    await take_back(town, thrice)
    await town.pay("", bill=thrice, method=PaymentMethod.BANK_FILE)
    await take_back(town, thrice)
    await take_back(town, thrice)
    await town.pay("", bill=wrong)
    await take_back(town, wrong)
    await town.pay("", bill=wrong, method=PaymentMethod.POS)
    async with town.store.open_unit() as uow:
        await waive_row(uow, DUTY, waived.subject_id, "جانباز", "staff:revenue", town.clock.at)
    await town.pay("", bill=waived)


def read(connection: Connection) -> Rows:
    """All rows of before, and the entries."""
    tables = {table.name: select(table).order_by(*table.primary_key) for table in (*OLD, ledger_entries)}
    return {name: [dict(row._mapping) for row in connection.execute(rows)] for name, rows in tables.items()}


async def read_from(url: str) -> Rows:
    """What a database holds."""
    engine = build_engine(url)
    async with engine.open_inspection() as connection:
        rows = await connection.run_sync(read)
    await engine.close()
    return rows


async def write_as_before(url: str, rows: Rows) -> None:
    """Make a database of before, with these rows in it."""

    def write(connection: Connection) -> None:
        command.upgrade(alembic_config(connection), BEFORE)
        for table in OLD:
            columns = {column["name"] for column in inspect(connection).get_columns(table.name)}
            old_rows = [{name: cell for name, cell in row.items() if name in columns} for row in rows[table.name]]
            connection.execute(insert(table), old_rows)

    engine = build_engine(url)
    async with engine.open_migration() as connection:
        await connection.run_sync(write)
    await engine.close()


async def test_old_money_is_posted_as_new_money_is(town: Municipality, database: Path, empty_database_url: str) -> None:
    await furnish(town)
    await bill_requests(town)
    await bill_duties(town)
    made = await read_from(f"sqlite:///{database}")
    bill_kinds = {entry["kind"] for entry in made["ledger_entries"]}
    assert bill_kinds == {
        one
        for one in EntryKind
        if not one.startswith(("suspense", "commission", "correction", "deposit", "withdrawal"))
    }
    assert {row["state"] for row in made["bills"]} >= {
        "open",
        "paid",
        "waived",
        "expired",
        "void",
        "refund_due",
        "refunded",
    }
    await write_as_before(empty_database_url, made)
    await migrate(empty_database_url)
    after = await read_from(empty_database_url)
    assert after["bills"] == made["bills"]
    assert after["ledger_entries"] == made["ledger_entries"]
