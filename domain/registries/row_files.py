"""File of a row as its page shows it: a taxi with who drives it, what it owes, and what was said of its drivers.

A file has sections, each with rows of one registry that refer to the row, or that it refers to; or to rows of a section
before. The references that are followed are those of the registries' declarations.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from domain.registries.declarations import DRIVER, DUTY, OWNER, REGISTRIES, REWARD, VEHICLE, VIOLATION, Registry
from domain.registries.rows import RegistryRow, list_referenced_keys
from domain.registries.rules import ChargeState, RecordStatus, RowValues


@dataclass(frozen=True, slots=True)
class FileSection:
    """Rows of one registry on the page of a row."""

    registry: str
    """The key of their registry."""
    shown_fields: tuple[str, ...]
    """Fields shown of each; the first leads to its page."""
    through: str = ""
    """The registry of the section before by whose rows they are found; empty: by the row of the page."""
    conditions: Mapping[str, Any] = field(default_factory=dict)
    """Field → value, or values: others are left out."""
    total_field: str = ""
    """The field that is added up above them, where rows are owed for only of those that are unsettled; empty: none."""


_DRIVERS = FileSection(
    DRIVER.key, ("name", "kind", "status", "shift", "mobile"), conditions={"status": DRIVER.only_while["status"]}
)
_DUTIES = FileSection(
    DUTY.key, ("vehicle", "year", "kind", "amount", "state"), VEHICLE.key, {"state": ChargeState.UNSETTLED}, "amount"
)
_VIOLATIONS = FileSection(
    VIOLATION.key,
    ("driver", "date", "kind", "points", "fine", "state"),
    DRIVER.key,
    {"standing": RecordStatus.VALID},
    "fine",
)
_REWARDS = FileSection(
    REWARD.key, ("driver", "date", "kind", "points"), DRIVER.key, {"standing": RecordStatus.VALID}, "points"
)
_VEHICLE_FIELDS = ("plate", "taxi_code", "type", "status", "model")

ROW_FILES: Mapping[str, Sequence[FileSection]] = {
    VEHICLE.key: (_DRIVERS, _DUTIES, _VIOLATIONS, _REWARDS),
    DRIVER.key: (FileSection(VEHICLE.key, _VEHICLE_FIELDS), _DUTIES, _VIOLATIONS, _REWARDS),
    OWNER.key: (
        FileSection(VEHICLE.key, _VEHICLE_FIELDS),
        replace(_DRIVERS, through=VEHICLE.key),
        _DUTIES,
        _VIOLATIONS,
        _REWARDS,
    ),
}
"""Registry → the sections of its rows' files; a section is found through the row itself where `through` is its own
registry.
"""


def join_rows(
    section_registry: Registry, source_registry: Registry, source_rows: Sequence[RowValues]
) -> dict[str, Any]:
    """Return the condition for the rows of a registry that refer to one of these, or to which one of these refers.

    `KeyError` when neither registry refers to the other: a fault of the declaration.
    """
    key_field = source_registry.natural_key[0]
    for reference in section_registry.references:
        if reference.registry == source_registry.key:
            return {reference.field: [values[key_field] for values in source_rows]}
    for reference in source_registry.references:
        if reference.registry == section_registry.key:
            referenced_keys = {key for values in source_rows for key in list_referenced_keys(values, reference)}
            return {section_registry.natural_key[0]: sorted(referenced_keys)}
    raise KeyError(section_registry.key)


def add_up(section: FileSection, rows: Sequence[RegistryRow]) -> int:
    """Return what the section's rows come to: what is owed of it, where it is owed for."""
    is_owed = REGISTRIES[section.registry].charge_terms is not None
    return sum(
        row.values[section.total_field] or 0
        for row in rows
        if not is_owed or row.values["state"] in ChargeState.UNSETTLED
    )
