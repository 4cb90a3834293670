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
    EditRule,
    RecordStatus,
    RowValues,
    charge_edit_rule,
    check_annulment,
    day_order_rule,
    repricing_rule,
)
from domain.tariffs.tariff import PricedSubject

NUMBER_FIELD = "number"
"""The field that counts rows which are equal in the rest of their natural key."""


@dataclass(frozen=True, slots=True)
class Reference:
    """A field that holds the key of a row of another registry."""

    field: str
    """The name of that field; where its value is a list, it holds several keys."""
    registry: str
    """The key of the registry to which it leads."""
    is_offered: bool = False
    """Whether there are so few rows that whoever types one's key is offered them all."""


@dataclass(frozen=True, slots=True)
class ChargeTerms:
    """Debt of somebody for a row. An amount that a tariff prices is changed by the revenue unit alone.

    Its field `state` runs open → billed → paid, or to waived (`ChargeState`): by its bill and by a waiver alone.
    """

    amount_field: str
    """The field of the sum, in rials."""
    tariff_service: str | None = None
    """The service that prices it; None: no tariff does."""
    priced_subjects: tuple[PricedSubject, ...] = ()
    """Subjects of that tariff."""


@dataclass(frozen=True, slots=True)
class Registry:
    """One registry, whole."""

    key: str
    """Its name in code, texts, addresses and the store."""
    fields: tuple[Field, ...]
    """The fields that a row has, in order."""
    natural_key: tuple[str, ...]
    """The fields that name a row; they never change."""
    unique_fields: tuple[str, ...] = ()
    """Fields each of which names a row too, where it has a value."""
    references: tuple[Reference, ...] = ()
    """The fields that lead to rows of other registries."""
    expiries: tuple[str, ...] = ()
    """The dates that are reminded before they run out."""
    contact_path: str = ""
    """The way to the mobile of whom a row concerns: a field, or references and a field (`owner.mobile`)."""
    only_while: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Field → values: rows that have none of them are not reminded."""
    defaults: Mapping[str, Any] = field(default_factory=dict)
    """Values of a new row where it says nothing; an optional field also where it is emptied."""
    edit_rules: tuple[EditRule, ...] = ()
    """Rules of editing by hand."""
    charge_terms: ChargeTerms | None = None
    """Debt for a row; None: it does not."""
    name_field: str = ""
    """The field that people call a row by; empty: they call it by its natural key."""
    summary_fields: tuple[str, ...] = ()
    """The fields by which a row is recognised in a list."""

    def find_field(self, field_name: str) -> Field | None:
        """Return a field by name."""
        return next((declared_field for declared_field in self.fields if declared_field.name == field_name), None)

    def find_reference(self, field_name: str) -> Reference | None:
        """Return the reference that a field is, None for a field of its own."""
        return next(
            (declared_reference for declared_reference in self.references if declared_reference.field == field_name),
            None,
        )

    def natural_key_of(self, values: RowValues) -> tuple[Any, ...]:
        """Return the values that name a row."""
        return tuple(values[field_name] for field_name in self.natural_key)

    @property
    def is_numbered(self) -> bool:
        """Whether rows equal in all else are distinguished by a `number`, counted from 1 (a driver's second reward of a
        day).
        """
        return self.natural_key[-1] == NUMBER_FIELD


IN_SERVICE_STATUS = "active"
"""The status of a vehicle that works: duties, reminders and new leaves are of these alone."""

VEHICLE_TYPES = ("line", "roaming", "phone", "van", "school", "suburban")
"""Kinds of taxi; a tariff of `taxi_duty` has the dimension `vehicle_type`."""

DUTY_TARIFF_SERVICE = "taxi_duty"
"""The service whose tariff prices duties."""

YEARLY_DUTY_KIND = "yearly"
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
    expiries=("licence_expiry",),
    contact_path="phone",
    name_field="name",
    summary_fields=("licence_number", "name", "manager", "phone", "licence_expiry"),
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
    contact_path="mobile",
    name_field="name",
    summary_fields=("national_id", "name", "mobile"),
)

VEHICLE = Registry(
    "vehicle",
    (
        Field("plate", Identifier("plate")),
        Field("taxi_code", TAXI_CODE, required=False),
        Field("vin", VIN, required=False),
        Field("model", Note(60), required=False),
        Field("year", Year(allows_gregorian=True), required=False),
        Field(
            "fuel",
            Choice("fuel"),
            required=False,
            choices=("petrol", "cng", "dual", "lpg", "diesel", "hybrid", "electric"),
        ),
        Field("capacity", WholeNumber(1, 60), required=False),
        Field("type", Choice("vehicle_type"), choices=VEHICLE_TYPES),
        Field("status", Choice("vehicle_status"), choices=(IN_SERVICE_STATUS, "inactive", "scrapped")),
        Field("agency", CODE, required=False),
        Field("owner", OWNER_CODE, required=False),
        Field("insurance_expiry", RecordedDay(), required=False),
        Field("inspection_expiry", RecordedDay(), required=False),
    ),
    ("plate",),
    unique_fields=("taxi_code",),
    references=(Reference("agency", "agency", is_offered=True), Reference("owner", "owner")),
    expiries=("insurance_expiry", "inspection_expiry"),
    contact_path="owner.mobile",
    only_while={"status": (IN_SERVICE_STATUS,)},
    defaults={"status": IN_SERVICE_STATUS},
    name_field="plate",
    summary_fields=("plate", "taxi_code", "type", "status", "model", "owner", "insurance_expiry", "inspection_expiry"),
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
    references=(Reference("vehicles", "vehicle"),),
    expiries=("licence_expiry", "health_card_expiry"),
    contact_path="mobile",
    only_while={"status": ("active", "suspended")},
    defaults={"status": "active", "kind": "main", "vehicles": ()},
    name_field="name",
    summary_fields=("national_code", "name", "mobile", "kind", "status", "vehicles"),
)

DUTY = Registry(
    "duty",
    (
        Field("vehicle", Identifier("plate")),
        Field("year", Year()),
        Field("kind", Choice("duty_kind"), choices=(YEARLY_DUTY_KIND, "transfer", "replacement", "permit", "other")),
        Field("number", WholeNumber(1, 99)),
        Field("amount", Charge()),
        Field("state", Choice("duty_state"), choices=ChargeState.ALL),
    ),
    ("vehicle", "year", "kind", "number"),
    references=(Reference("vehicle", "vehicle"),),
    contact_path="vehicle.owner.mobile",
    defaults={"kind": YEARLY_DUTY_KIND, "number": 1, "state": ChargeState.OPEN},
    edit_rules=(charge_edit_rule("amount"), repricing_rule("amount")),
    charge_terms=ChargeTerms(
        "amount",
        DUTY_TARIFF_SERVICE,
        tuple(PricedSubject({"vehicle_type": one}, "year", (1,)) for one in VEHICLE_TYPES),
    ),
    summary_fields=("vehicle", "year", "kind", "amount", "state"),
)

_RECORD_STATUS_FIELD = Field("standing", Choice("standing"), choices=RecordStatus.ALL)

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
        _RECORD_STATUS_FIELD,
    ),
    ("driver", "date", "kind", "number"),
    references=(Reference("driver", "driver"),),
    contact_path="driver.mobile",
    defaults={"number": 1, "points": 0, "standing": RecordStatus.VALID},
    summary_fields=("driver", "date", "kind", "points", "standing"),
)

VIOLATION_KINDS = (
    "overcharge",
    "rudeness",
    "refusal",
    "off_route",
    "unsafe",
    "smoking",
    "vehicle",
    "papers",
    "other",
)

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
        _RECORD_STATUS_FIELD,
    ),
    ("driver", "date", "kind", "number"),
    references=(Reference("driver", "driver"),),
    contact_path="driver.mobile",
    defaults={"number": 1, "points": 0, "state": ChargeState.OPEN, "standing": RecordStatus.VALID},
    edit_rules=(charge_edit_rule("fine", revenue_edits=False), check_annulment),
    charge_terms=ChargeTerms("fine"),
    summary_fields=("driver", "date", "kind", "fine", "state", "standing"),
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
    unique_fields=("code",),
    defaults={"status": ResourceStatus.ACTIVE.value, "capacity": ""},
    name_field="title",
    summary_fields=("code", "type", "title", "capacity", "status"),
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
    unique_fields=("code",),
    contact_path="mobile",
    defaults={"status": ResourceStatus.ACTIVE.value, "skills": ()},
    name_field="title",
    summary_fields=("code", "title", "mobile", "skills", "status"),
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
        _RECORD_STATUS_FIELD,
    ),
    ("machine", "begun", "kind", "number"),
    references=(Reference("machine", "machines", is_offered=True),),
    defaults={"number": 1, "standing": RecordStatus.VALID},
    edit_rules=(day_order_rule("begun", "ended"), day_order_rule("begun", "next_due")),
    summary_fields=("machine", "begun", "kind", "ended", "workshop", "next_due", "standing"),
)

REGISTRIES: Mapping[str, Registry] = {
    one.key: one for one in (AGENCY, OWNER, VEHICLE, DRIVER, DUTY, REWARD, VIOLATION, MACHINES, OPERATORS, MAINTENANCE)
}
"""Every registry by key; one that others refer to comes before them."""
