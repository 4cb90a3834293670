"""The registries: agencies, owners, vehicles, drivers, duties, rewards, violations; their changes and reminders.

Machines and operators become rows of registries too: they get a revision and their times.

Revision ID: 0002
"""

from typing import Any

from alembic import op
from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    Date,
    DateTime,
    ForeignKeyConstraint,
    Integer,
    PrimaryKeyConstraint,
    Text,
    UniqueConstraint,
)
from sqlalchemy.schema import SchemaItem
from sqlalchemy.types import TypeEngine

revision = "0002"
down_revision = "0001"

BIG = BigInteger().with_variant(Integer(), "sqlite")
NUMBER, TEXT, DAY, MOMENT = Integer(), Text(), Date(), DateTime(timezone=True)


def upgrade() -> None:
    """Make the tables, and add to that of the fleet."""
    _agencies_and_owners()
    _vehicles()
    _drivers()
    _duties()
    _rewards_and_violations()
    _changes_and_reminders()
    op.add_column("resources", Column("revision", NUMBER, nullable=False, server_default="0"))
    op.add_column("resources", Column("created_at", MOMENT, nullable=True))
    op.add_column("resources", Column("updated_at", MOMENT, nullable=True))


def _agencies_and_owners() -> None:
    _registry(
        "agencies",
        *_must(TEXT, "licence_number", "name"),
        *_may(DAY, "licence_expiry"),
        *_may(TEXT, "manager", "address", "phone"),
        UniqueConstraint("licence_number", name="uq_agencies_licence_number"),
    )
    _index("agencies", "licence_expiry")
    _registry(
        "owners",
        *_must(TEXT, "national_id", "name"),
        *_may(TEXT, "mobile", "address"),
        UniqueConstraint("national_id", name="uq_owners_national_id"),
    )
    _index("owners", "mobile")


def _vehicles() -> None:
    _registry(
        "vehicles",
        *_must(TEXT, "plate", "type"),
        *_may(TEXT, "taxi_code", "vin", "model", "fuel", "agency", "owner"),
        *_may(NUMBER, "year", "capacity"),
        *_may(DAY, "insurance_expiry", "inspection_expiry"),
        UniqueConstraint("plate", name="uq_vehicles_plate"),
        UniqueConstraint("taxi_code", name="uq_vehicles_taxi_code"),
        _refers("vehicles", "agency", "agencies.licence_number"),
        _refers("vehicles", "owner", "owners.national_id"),
    )
    for columns in (("agency", "id"), ("owner", "id"), ("insurance_expiry",), ("inspection_expiry",)):
        _index("vehicles", *columns)


def _drivers() -> None:
    _registry(
        "drivers",
        *_must(TEXT, "national_code", "name", "status", "kind"),
        *_may(TEXT, "mobile", "licence_number", "shift"),
        *_may(DAY, "licence_expiry", "health_card_expiry"),
        UniqueConstraint("national_code", name="uq_drivers_national_code"),
    )
    for column in ("mobile", "licence_expiry", "health_card_expiry"):
        _index("drivers", column)
    op.create_table(
        "driver_vehicles",
        Column("driver_id", BIG, nullable=False, autoincrement=False),
        *_must(TEXT, "vehicle"),
        PrimaryKeyConstraint("driver_id", "vehicle", name="pk_driver_vehicles"),
        _refers("driver_vehicles", "driver_id", "drivers.id"),
        _refers("driver_vehicles", "vehicle", "vehicles.plate"),
    )
    _index("driver_vehicles", "vehicle")


def _duties() -> None:
    _registry(
        "duties",
        *_must(TEXT, "vehicle", "kind", "state"),
        *_must(NUMBER, "year", "number"),
        *_must(BIG, "amount"),
        *_must(JSON(), "data"),
        UniqueConstraint("vehicle", "year", "kind", "number", name="uq_duties_vehicle_year_kind_number"),
        _refers("duties", "vehicle", "vehicles.plate"),
    )
    _index("duties", "year", "state")


def _rewards_and_violations() -> None:
    for table in ("rewards", "violations"):
        owed = [*_may(BIG, "fine"), *_must(TEXT, "state"), *_must(JSON(), "data")] if table == "violations" else []
        _registry(
            table,
            *_must(TEXT, "driver", "kind"),
            *_must(DAY, "date"),
            *_must(NUMBER, "number", "points"),
            *_may(TEXT, "source", "text"),
            *owed,
            UniqueConstraint("driver", "date", "kind", "number", name=f"uq_{table}_driver_date_kind_number"),
            _refers(table, "driver", "drivers.national_code"),
        )
    _index("violations", "state")


def _changes_and_reminders() -> None:
    op.create_table(
        "registry_changes",
        Column("id", BIG, nullable=False, autoincrement=True),
        *_must(TEXT, "registry", "by"),
        *_must(BIG, "row_id"),
        *_must(MOMENT, "at"),
        *_must(JSON(), "before", "after"),
        PrimaryKeyConstraint("id", name="pk_registry_changes"),
    )
    _index("registry_changes", "row_id", "id")
    op.create_table(
        "registry_reminders",
        *_must(TEXT, "registry", "field"),
        Column("row_id", BIG, nullable=False, autoincrement=False),
        *_must(DAY, "day"),
        Column("days_before", NUMBER, nullable=False, autoincrement=False),
        *_must(MOMENT, "at"),
        PrimaryKeyConstraint("registry", "row_id", "field", "day", "days_before", name="pk_registry_reminders"),
    )


def _registry(table: str, *items: SchemaItem) -> None:
    op.create_table(
        table,
        Column("id", BIG, nullable=False, autoincrement=False),
        *items,
        *_must(NUMBER, "revision"),
        *_must(MOMENT, "created_at", "updated_at"),
        PrimaryKeyConstraint("id", name=f"pk_{table}"),
    )


def _index(table: str, *columns: str) -> None:
    op.create_index(f"ix_{table}_{'_'.join(columns)}", table, list(columns))


def _must(kind: TypeEngine[Any], *names: str) -> list[Column[Any]]:
    return [Column(name, kind, nullable=False) for name in names]


def _may(kind: TypeEngine[Any], *names: str) -> list[Column[Any]]:
    return [Column(name, kind, nullable=True) for name in names]


def _refers(table: str, column: str, target: str) -> ForeignKeyConstraint:
    name = f"fk_{table}_{column}"
    return ForeignKeyConstraint([column], [target], name=name, deferrable=True, initially="DEFERRED")
