"""Registries as data: what the municipality keeps about taxis and machines, row by row.

A `Registry` says which fields a row has, which of them name it, which rows of other registries it refers to, which
dates run out, and who may change it by hand. The store, imports and exports, reminders and the command line are all
driven by it. Labels and headings are texts (`registries.<key>.fields.<name>`). Source: services.md, "1. Taxi
organisation" and "2. Machinery work".
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from domain.fields.form import Field
from domain.fields.types import Choice, Choices, Identifier, Rials
from domain.fleet.resources import MACHINE_TYPES, ResourceStatus
from domain.registries.field_types import (
    CODE,
    OWNER_CODE,
    PHONE,
    TAXI_CODE,
    VIN,
    Charge,
    Note,
    Plates,
    RecordedDay,
    WholeNumber,
    Year,
)
from domain.registries.rules import (
    ChargeState,
    RecordStatus,
    Rule,
    Values,
    annulled_by_hand,
    charged_by_hand,
    not_before,
    repriced_by_hand,
)
from domain.tariffs.tariff import Priced
from domain.values.actors import Role

NUMBER = "number"
"""The field that counts rows which are alike in the rest of their natural key."""


@dataclass(frozen=True, slots=True)
class Reference:
    """`field` holds the key of a row of `registry` (or several keys, where its value is a list).

    `offered`: there are so few rows that whoever types one's key is offered them all.
    """

    field: str
    registry: str
    offered: bool = False


@dataclass(frozen=True, slots=True)
class Owed:
    """A row that somebody owes money for: `amount` names the field of the sum, `tariff` the service that prices it, and
    `priced` what that tariff may set a price for.

    Its field `state` runs open → billed → paid, or to waived (`ChargeState`): by its bill and by a waiver alone. An
    amount that a tariff prices is changed by the revenue unit alone.
    """

    amount: str
    tariff: str | None = None
    priced: tuple[Priced, ...] = ()


@dataclass(frozen=True, slots=True)
class Registry:
    """One registry, whole.

    `natural_key` names a row, and never changes; each field of `unique` does so too, where it has a value. `defaults`
    stand where a new row says nothing; that of a field which need not be filled also where it is emptied. `contact` is
    the way to the mobile of whom the row concerns: a field, or references and then a field (`owner.mobile`). Rows whose
    fields have none of the values in `only_while` are not reminded. `editors` may change rows by hand, within the
    `rules`. People call a row by its field `called` (where there is none, by its natural key); `listed` are the fields
    by which a row is recognised in a list.
    """

    key: str
    fields: tuple[Field, ...]
    natural_key: tuple[str, ...]
    editors: frozenset[Role]
    unique: tuple[str, ...] = ()
    references: tuple[Reference, ...] = ()
    expiries: tuple[str, ...] = ()
    contact: str = ""
    only_while: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    defaults: Mapping[str, Any] = field(default_factory=dict)
    rules: tuple[Rule, ...] = ()
    owed: Owed | None = None
    called: str = ""
    listed: tuple[str, ...] = ()

    def field(self, name: str) -> Field | None:
        """Return a field by name."""
        return next((one for one in self.fields if one.name == name), None)

    def reference(self, name: str) -> Reference | None:
        """Return the reference that a field is, None for a field of its own."""
        return next((one for one in self.references if one.field == name), None)

    def key_of(self, values: Values) -> tuple[Any, ...]:
        """Return the values that name a row."""
        return tuple(values[name] for name in self.natural_key)

    @property
    def numbered(self) -> bool:
        """Whether rows alike in all else are told apart by a `number`, counted from 1 (a driver's second reward of a
        day).
        """
        return self.natural_key[-1] == NUMBER


TAXI_OFFICER = frozenset({Role.TAXI_OFFICER, Role.SYSTEM})
MONEY = TAXI_OFFICER | {Role.REVENUE}
CIVIL = frozenset({Role.CIVIL, Role.SYSTEM})

IN_SERVICE = "active"
"""The status of a vehicle that works: duties, reminders and new leaves are of these alone."""

VEHICLE_TYPES = ("line", "roaming", "phone", "van", "school", "suburban")
"""Kinds of taxi; a tariff of `taxi_duty` has the dimension `vehicle_type`."""

DUTY_TARIFF = "taxi_duty"
"""The service whose tariff prices duties."""

YEARLY = "yearly"
"""The kind of duty that is generated for every vehicle once a year."""

AGENCY = Registry(
    "agency",
    (
        Field("licence_number", CODE),
        Field("name", Note(80)),
        Field("licence_expiry", RecordedDay(), required=False),
        Field("manager", Note(80), required=False),
        Field("address", Note(200), required=False),
        Field("phone", PHONE, required=False),
    ),
    ("licence_number",),
    TAXI_OFFICER,
    expiries=("licence_expiry",),
    contact="phone",
    called="name",
    listed=("licence_number", "name", "manager", "phone", "licence_expiry"),
)

OWNER = Registry(
    "owner",
    (
        Field("national_id", OWNER_CODE),
        Field("name", Note(80)),
        Field("mobile", Identifier("mobile"), required=False),
        Field("address", Note(200), required=False),
    ),
    ("national_id",),
    TAXI_OFFICER,
    contact="mobile",
    called="name",
    listed=("national_id", "name", "mobile"),
)

VEHICLE = Registry(
    "vehicle",
    (
        Field("plate", Identifier("plate")),
        Field("taxi_code", TAXI_CODE, required=False),
        Field("vin", VIN, required=False),
        Field("model", Note(60), required=False),
        Field("year", Year(gregorian=True), required=False),
        Field(
            "fuel",
            Choice("fuel"),
            required=False,
            choices=("petrol", "cng", "dual", "lpg", "diesel", "hybrid", "electric"),
        ),
        Field("capacity", WholeNumber(1, 60), required=False),
        Field("type", Choice("vehicle_type"), choices=VEHICLE_TYPES),
        Field("status", Choice("vehicle_status"), choices=(IN_SERVICE, "inactive", "scrapped")),
        Field("agency", CODE, required=False),
        Field("owner", OWNER_CODE, required=False),
        Field("insurance_expiry", RecordedDay(), required=False),
        Field("inspection_expiry", RecordedDay(), required=False),
    ),
    ("plate",),
    TAXI_OFFICER,
    unique=("taxi_code",),
    references=(Reference("agency", "agency", offered=True), Reference("owner", "owner")),
    expiries=("insurance_expiry", "inspection_expiry"),
    contact="owner.mobile",
    only_while={"status": (IN_SERVICE,)},
    defaults={"status": IN_SERVICE},
    called="plate",
    listed=("plate", "taxi_code", "type", "status", "model", "owner", "insurance_expiry", "inspection_expiry"),
)

DRIVER = Registry(
    "driver",
    (
        Field("national_code", Identifier("national_code")),
        Field("name", Note(80)),
        Field("mobile", Identifier("mobile"), required=False),
        Field("licence_number", CODE, required=False),
        Field("licence_expiry", RecordedDay(), required=False),
        Field("health_card_expiry", RecordedDay(), required=False),
        Field("status", Choice("driver_status"), choices=("active", "suspended", "left")),
        Field("kind", Choice("driver_kind"), choices=("main", "auxiliary")),
        Field("vehicles", Plates(), required=False),
        Field(
            "shift", Choice("shift"), required=False, choices=("morning", "evening", "night", "full_time", "rotating")
        ),
    ),
    ("national_code",),
    TAXI_OFFICER,
    references=(Reference("vehicles", "vehicle"),),
    expiries=("licence_expiry", "health_card_expiry"),
    contact="mobile",
    only_while={"status": ("active", "suspended")},
    defaults={"status": "active", "kind": "main", "vehicles": ()},
    called="name",
    listed=("national_code", "name", "mobile", "kind", "status", "vehicles"),
)

DUTY = Registry(
    "duty",
    (
        Field("vehicle", Identifier("plate")),
        Field("year", Year()),
        Field("kind", Choice("duty_kind"), choices=(YEARLY, "transfer", "replacement", "permit", "other")),
        Field("number", WholeNumber(1, 99)),
        Field("amount", Charge()),
        Field("state", Choice("duty_state"), choices=ChargeState.ALL),
    ),
    ("vehicle", "year", "kind", "number"),
    MONEY,
    references=(Reference("vehicle", "vehicle"),),
    contact="vehicle.owner.mobile",
    defaults={"kind": YEARLY, "number": 1, "state": ChargeState.OPEN},
    rules=(charged_by_hand("amount"), repriced_by_hand("amount")),
    owed=Owed("amount", DUTY_TARIFF, tuple(Priced({"vehicle_type": one}, "year", (1,)) for one in VEHICLE_TYPES)),
    listed=("vehicle", "year", "kind", "amount", "state"),
)

_STANDING = Field("standing", Choice("standing"), choices=RecordStatus.ALL)

REWARD = Registry(
    "reward",
    (
        Field("driver", Identifier("national_code")),
        Field("date", RecordedDay()),
        Field(
            "kind",
            Choice("reward_kind"),
            choices=("honesty", "courtesy", "help", "cleanliness", "punctuality", "other"),
        ),
        Field("number", WholeNumber(1, 99)),
        Field("points", WholeNumber(0, 1000)),
        Field("source", Note(80), required=False),
        Field("text", Note(500), required=False),
        _STANDING,
    ),
    ("driver", "date", "kind", "number"),
    TAXI_OFFICER,
    references=(Reference("driver", "driver"),),
    contact="driver.mobile",
    defaults={"number": 1, "points": 0, "standing": RecordStatus.VALID},
    listed=("driver", "date", "kind", "points", "standing"),
)

VIOLATION_KINDS = (
    "overcharge", "rudeness", "refusal", "off_route", "unsafe", "smoking", "vehicle", "papers", "other",
)  # fmt: skip

VIOLATION = Registry(
    "violation",
    (
        Field("driver", Identifier("national_code")),
        Field("date", RecordedDay()),
        Field("kind", Choice("violation_kind"), choices=VIOLATION_KINDS),
        Field("number", WholeNumber(1, 99)),
        Field("points", WholeNumber(0, 1000)),
        Field("source", Note(80), required=False),
        Field("text", Note(500), required=False),
        Field("fine", Charge(), required=False),
        Field("state", Choice("violation_state"), choices=ChargeState.ALL),
        _STANDING,
    ),
    ("driver", "date", "kind", "number"),
    TAXI_OFFICER,
    references=(Reference("driver", "driver"),),
    contact="driver.mobile",
    defaults={"number": 1, "points": 0, "state": ChargeState.OPEN, "standing": RecordStatus.VALID},
    rules=(charged_by_hand("fine", revenue_edits=False), annulled_by_hand),
    owed=Owed("fine"),
    listed=("driver", "date", "kind", "fine", "state", "standing"),
)

MACHINES = Registry(
    "machines",
    (
        Field("code", CODE),
        Field("type", Choice("machine"), choices=MACHINE_TYPES),
        Field("title", Note(60)),
        Field("status", Choice("machine_status"), choices=tuple(ResourceStatus)),
        Field("capacity", Note(60), required=False),
    ),
    ("code",),
    CIVIL,
    unique=("code",),
    defaults={"status": ResourceStatus.ACTIVE.value, "capacity": ""},
    called="title",
    listed=("code", "type", "title", "capacity", "status"),
)

OPERATORS = Registry(
    "operators",
    (
        Field("code", CODE),
        Field("title", Note(60)),
        Field("mobile", Identifier("mobile"), required=False),
        Field("skills", Choices("machine"), required=False, choices=MACHINE_TYPES),
        Field("status", Choice("machine_status"), choices=tuple(ResourceStatus)),
    ),
    ("code",),
    CIVIL,
    unique=("code",),
    contact="mobile",
    defaults={"status": ResourceStatus.ACTIVE.value, "skills": ()},
    called="title",
    listed=("code", "title", "mobile", "skills", "status"),
)

MAINTENANCE = Registry(
    "maintenance",
    (
        Field("machine", CODE),
        Field("begun", RecordedDay()),
        Field("kind", Choice("maintenance_kind"), choices=("service", "oil", "tyre", "repair", "inspection", "other")),
        Field("number", WholeNumber(1, 99)),
        Field("ended", RecordedDay(), required=False),
        Field("meter", WholeNumber(0, 999_999), required=False),
        Field("workshop", Note(80), required=False),
        Field("cost", Rials(), required=False),
        Field("note", Note(500), required=False),
        Field("next_due", RecordedDay(), required=False),
        _STANDING,
    ),
    ("machine", "begun", "kind", "number"),
    CIVIL,
    references=(Reference("machine", "machines", offered=True),),
    defaults={"number": 1, "standing": RecordStatus.VALID},
    rules=(not_before("begun", "ended"), not_before("begun", "next_due")),
    listed=("machine", "begun", "kind", "ended", "workshop", "next_due", "standing"),
)

REGISTRIES: Mapping[str, Registry] = {
    one.key: one for one in (AGENCY, OWNER, VEHICLE, DRIVER, DUTY, REWARD, VIOLATION, MACHINES, OPERATORS, MAINTENANCE)
}
"""Every registry by key; one that others refer to comes before them."""
