"""Registries as data: what the municipality keeps about taxis and machines, row by row.

A `Registry` says which fields a row has, which of them name it, which rows of other registries it refers to, which
dates run out, and who may change it by hand. The store, imports and exports, reminders and the command line are all
driven by it. Labels and headings are texts (`registries.<key>.fields.<name>`). Source: services.md, "1. Taxi
organisation" and "2. Machinery work".
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from domain.errors import NotAllowedNow
from domain.field_types import Choice, Choices, Identifier
from domain.fleet import MACHINE_TYPES, ResourceStatus
from domain.forms import Field
from domain.people import Role
from domain.registry_fields import (
    CODE,
    OWNER_CODE,
    PHONE,
    TAXI_CODE,
    VIN,
    Charge,
    Count,
    Note,
    Plates,
    RecordedDay,
    Year,
)
from domain.tariffs import Priced

NUMBER = "number"
"""The field that counts rows which are alike in the rest of their natural key."""

Values = Mapping[str, Any]
"""The values of a row by field, JSON as forms keep it; None where nothing is known."""

Rule = Callable[[Values | None, Values, frozenset[Role]], None]
"""What a hand may do to a row: takes it before (None: new) and after, and the roles of whose hand it is; raises the
error that says why not.
"""


@dataclass(frozen=True, slots=True)
class Reference:
    """`field` holds the key of a row of `registry` (or several keys, where its value is a list)."""

    field: str
    registry: str


@dataclass(frozen=True, slots=True)
class Owed:
    """A row that somebody owes money for: `amount` names the field of the sum, `tariff` the service that prices it, and
    `priced` what that tariff may set a price for.

    Its field `state` runs open → billed → paid, or to waived (`ChargeState`): by its bill and by a waiver alone.
    """

    amount: str
    tariff: str | None = None
    priced: tuple[Priced, ...] = ()


@dataclass(frozen=True, slots=True)
class Registry:
    """One registry, whole.

    `natural_key` names a row, and never changes; each field of `unique` does so too, where it has a value. `defaults`
    stand where a new row says nothing. `contact` is the way to the mobile of whom the row concerns: a field, or
    references and then a field (`owner.mobile`). Rows whose fields have none of the values in `only_while` are not
    reminded. `editors` may change rows by hand, within the `rules`. People call a row by its field `called` (where
    there is none, by its natural key); `listed` are the fields by which a row is recognised in a list.
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


class ChargeState:
    """The states of a row that is owed."""

    OPEN = "open"
    BILLED = "billed"
    PAID = "paid"
    WAIVED = "waived"
    ALL = (OPEN, BILLED, PAID, WAIVED)


class Standing:
    """Whether a record about a driver counts, or was annulled: a wrong one is never deleted."""

    VALID = "valid"
    ANNULLED = "annulled"
    ALL = (VALID, ANNULLED)


SETTLERS = frozenset({Role.REVENUE, Role.SYSTEM})
"""Who enters what was paid or waived elsewhere, before it was kept here."""

_BILLED = frozenset({ChargeState.BILLED, ChargeState.PAID})


def states_by_hand(roles: frozenset[Role]) -> tuple[str, ...]:
    """Return the states in which a new row that is owed may be entered by hands with these roles."""
    return (ChargeState.OPEN, ChargeState.PAID, ChargeState.WAIVED) if roles & SETTLERS else (ChargeState.OPEN,)


def charged_by_hand(amount: str) -> Rule:
    """Let a hand enter what is open, and the revenue unit what was paid or waived elsewhere; what stands here is moved
    by its bill and by a waiver alone, and its amount only while it is open.
    """

    def rule(before: Values | None, after: Values, roles: frozenset[Role]) -> None:
        state = after["state"]
        if before is None and state not in states_by_hand(roles):
            raise NotAllowedNow("state", detail="charge_state" if state == ChargeState.BILLED else "charge_elsewhere")
        if before and state != before["state"]:
            raise NotAllowedNow("state", detail="charge_state")
        if before and state != ChargeState.OPEN and after[amount] != before[amount]:
            raise NotAllowedNow(amount, detail="charge_fixed")

    return rule


def annulled_by_hand(before: Values | None, after: Values, _roles: frozenset[Role]) -> None:
    """Let a hand annul a violation unless its fine has a bill that was not waived: that is dealt with first."""
    was = before["standing"] if before else Standing.VALID
    annulled = after["standing"] == Standing.ANNULLED and was != Standing.ANNULLED
    if annulled and after["state"] in _BILLED:
        paid = after["state"] == ChargeState.PAID
        raise NotAllowedNow("standing", detail="annul_paid" if paid else "annul_billed")


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
        Field("capacity", Count(1, 60), required=False),
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
    references=(Reference("agency", "agency"), Reference("owner", "owner")),
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
        Field("number", Count(1, 99)),
        Field("amount", Charge()),
        Field("state", Choice("duty_state"), choices=ChargeState.ALL),
    ),
    ("vehicle", "year", "kind", "number"),
    MONEY,
    references=(Reference("vehicle", "vehicle"),),
    contact="vehicle.owner.mobile",
    defaults={"kind": YEARLY, "number": 1, "state": ChargeState.OPEN},
    rules=(charged_by_hand("amount"),),
    owed=Owed("amount", DUTY_TARIFF, tuple(Priced({"vehicle_type": one}, "year", (1,)) for one in VEHICLE_TYPES)),
    listed=("vehicle", "year", "kind", "amount", "state"),
)

_STANDING = Field("standing", Choice("standing"), choices=Standing.ALL)

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
        Field("number", Count(1, 99)),
        Field("points", Count(0, 1000)),
        Field("source", Note(80), required=False),
        Field("text", Note(500), required=False),
        _STANDING,
    ),
    ("driver", "date", "kind", "number"),
    TAXI_OFFICER,
    references=(Reference("driver", "driver"),),
    contact="driver.mobile",
    defaults={"number": 1, "points": 0, "standing": Standing.VALID},
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
        Field("number", Count(1, 99)),
        Field("points", Count(0, 1000)),
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
    defaults={"number": 1, "points": 0, "state": ChargeState.OPEN, "standing": Standing.VALID},
    rules=(charged_by_hand("fine"), annulled_by_hand),
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

REGISTRIES: Mapping[str, Registry] = {
    one.key: one for one in (AGENCY, OWNER, VEHICLE, DRIVER, DUTY, REWARD, VIOLATION, MACHINES, OPERATORS)
}
"""Every registry by key; one that others refer to comes before them."""
