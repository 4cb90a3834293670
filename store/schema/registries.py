"""The registries' rows, one typed table a registry; what a column means is documented at the field of its name.

Rows refer to each other by their natural keys, which never change. `registry_changes` and `registry_reminders` belong
to all registries: `registry` is the key, `row_id` the row.
"""

from typing import Any

from sqlalchemy import Boolean, Column, Index, Integer, LargeBinary, Table, UniqueConstraint

from domain.registries.imports import ImportState
from store.engines.types import ID, JSON_VALUE, EnumText, IsoDay, SafeText, Utc
from store.schema.base import id_column, metadata, reference_column


def _history_columns() -> tuple[Column[Any], ...]:
    """Return what every row of a registry has besides its fields."""
    return (
        Column("revision", Integer, nullable=False),
        Column("created_at", Utc, nullable=False),
        Column("updated_at", Utc, nullable=False),
    )


agencies = Table(
    "agencies",
    metadata,
    id_column(),
    Column("licence_number", SafeText, nullable=False, unique=True),
    Column("name", SafeText, nullable=False),
    Column("licence_expiry", IsoDay),
    Column("manager", SafeText),
    Column("address", SafeText),
    Column("phone", SafeText),
    *_history_columns(),
    Index(None, "licence_expiry"),
)

owners = Table(
    "owners",
    metadata,
    id_column(),
    Column("national_id", SafeText, nullable=False, unique=True),
    Column("name", SafeText, nullable=False),
    Column("mobile", SafeText),
    Column("address", SafeText),
    *_history_columns(),
    Index(None, "mobile"),
)

vehicles = Table(
    "vehicles",
    metadata,
    id_column(),
    Column("plate", SafeText, nullable=False, unique=True),
    Column("taxi_code", SafeText, unique=True),
    Column("vin", SafeText),
    Column("model", SafeText),
    Column("year", Integer),
    Column("fuel", SafeText),
    Column("capacity", Integer),
    Column("type", SafeText, nullable=False),
    Column("status", SafeText, nullable=False, server_default="active"),
    reference_column("agency", "agencies.licence_number", nullable=True),
    reference_column("owner", "owners.national_id", nullable=True),
    Column("insurance_expiry", IsoDay),
    Column("inspection_expiry", IsoDay),
    *_history_columns(),
    Index(None, "agency", "id"),
    Index(None, "owner", "id"),
    Index(None, "insurance_expiry"),
    Index(None, "inspection_expiry"),
)

drivers = Table(
    "drivers",
    metadata,
    id_column(),
    Column("national_code", SafeText, nullable=False, unique=True),
    Column("name", SafeText, nullable=False),
    Column("mobile", SafeText),
    Column("licence_number", SafeText),
    Column("licence_expiry", IsoDay),
    Column("health_card_expiry", IsoDay),
    Column("status", SafeText, nullable=False),
    Column("kind", SafeText, nullable=False),
    Column("shift", SafeText),
    *_history_columns(),
    Index(None, "mobile"),
    Index(None, "licence_expiry"),
    Index(None, "health_card_expiry"),
)

driver_vehicles = Table(
    "driver_vehicles",
    metadata,
    reference_column("driver_id", "drivers.id", primary_key=True),
    reference_column("vehicle", "vehicles.plate", primary_key=True),
    Index(None, "vehicle"),
)

duties = Table(
    "duties",
    metadata,
    id_column(),
    reference_column("vehicle", "vehicles.plate"),
    Column("year", Integer, nullable=False),
    Column("kind", SafeText, nullable=False),
    Column("number", Integer, nullable=False),
    Column("amount", ID, nullable=False),
    Column("state", SafeText, nullable=False),
    Column("data", JSON_VALUE, nullable=False),
    *_history_columns(),
    UniqueConstraint("vehicle", "year", "kind", "number"),
    Index(None, "year", "state"),
)

rewards = Table(
    "rewards",
    metadata,
    id_column(),
    reference_column("driver", "drivers.national_code"),
    Column("date", IsoDay, nullable=False),
    Column("kind", SafeText, nullable=False),
    Column("number", Integer, nullable=False),
    Column("points", Integer, nullable=False),
    Column("source", SafeText),
    Column("text", SafeText),
    Column("standing", SafeText, nullable=False, server_default="valid"),
    *_history_columns(),
    UniqueConstraint("driver", "date", "kind", "number"),
)

violations = Table(
    "violations",
    metadata,
    id_column(),
    reference_column("driver", "drivers.national_code"),
    Column("date", IsoDay, nullable=False),
    Column("kind", SafeText, nullable=False),
    Column("number", Integer, nullable=False),
    Column("points", Integer, nullable=False),
    Column("source", SafeText),
    Column("text", SafeText),
    Column("fine", ID),
    Column("state", SafeText, nullable=False),
    Column("standing", SafeText, nullable=False, server_default="valid"),
    Column("data", JSON_VALUE, nullable=False),
    *_history_columns(),
    UniqueConstraint("driver", "date", "kind", "number"),
    Index(None, "state"),
)

maintenance = Table(
    "maintenance",
    metadata,
    id_column(),
    reference_column("machine", "resources.code"),
    Column("begun", IsoDay, nullable=False),
    Column("kind", SafeText, nullable=False),
    Column("number", Integer, nullable=False),
    Column("ended", IsoDay),
    Column("meter", Integer),
    Column("workshop", SafeText),
    Column("cost", ID),
    Column("note", SafeText),
    Column("next_due", IsoDay),
    Column("standing", SafeText, nullable=False),
    *_history_columns(),
    UniqueConstraint("machine", "begun", "kind", "number"),
)

registry_changes = Table(
    "registry_changes",
    metadata,
    Column("id", ID, primary_key=True, autoincrement=True),
    Column("registry", SafeText, nullable=False),
    Column("row_id", ID, nullable=False),
    Column("at", Utc, nullable=False),
    Column("by", SafeText, nullable=False),
    Column("before", JSON_VALUE, nullable=False),
    Column("after", JSON_VALUE, nullable=False),
    Index(None, "row_id", "id"),
)

registry_reminders = Table(
    "registry_reminders",
    metadata,
    Column("registry", SafeText, primary_key=True),
    Column("row_id", ID, primary_key=True, autoincrement=False),
    Column("field", SafeText, primary_key=True),
    Column("day", IsoDay, primary_key=True),
    Column("days_before", Integer, primary_key=True, autoincrement=False),
    Column("at", Utc, nullable=False),
)

imports = Table(
    "imports",
    metadata,
    id_column(),
    Column("registry", SafeText, nullable=False),
    Column("name", SafeText, nullable=False),
    Column("size", Integer, nullable=False),
    reference_column("by", "staff.username"),
    Column("made_at", Utc, nullable=False),
    Column("state", EnumText(ImportState), nullable=False),
    Column("done", Integer, nullable=False),
    Column("total", Integer),
    Column("tries", Integer, nullable=False),
    Column("skip_bad_rows", Boolean, nullable=False),
    Column("tally", JSON_VALUE, nullable=False),
    Column("outcome", JSON_VALUE, nullable=False),
    Column("problem", SafeText),
    Column("settled_at", Utc),
    Column("decided_by", SafeText),
    Index(None, "registry", "id"),
    Index(None, "state", "id"),
    Index(None, "made_at"),
)

import_files = Table(
    "import_files",
    metadata,
    reference_column("import_id", "imports.id", primary_key=True),
    Column("content", LargeBinary, nullable=False),
    Column("report", LargeBinary),
)
