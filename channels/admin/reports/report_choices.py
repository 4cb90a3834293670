"""Whom and what a report can be narrowed down to by name: the municipality's own staff, offices and machines.

All of them, former ones too: reports look back. A report counts by user names and codes; people choose by what they
call one another.
"""

from collections import Counter
from collections.abc import Mapping

from domain.fleet.resources import ResourceKind
from domain.messages.catalogue import Catalogue
from domain.reports.figures import Dimension
from domain.reports.filter import LONGEST_NAME, ReportFilter
from domain.unit_of_work import UnitOfWork
from domain.values.errors import InvalidField

Choices = Mapping[Dimension, Mapping[str, str]]
"""Dimension → value → what it is called, in the order in which they are offered."""


async def named_choices(catalogue: Catalogue, uow: UnitOfWork) -> Choices:
    """Return every value of the dimensions that the municipality itself names; nothing for one that it has none of."""
    machines = await uow.fleet.resources(ResourceKind.MACHINE)
    offices = {one.code: one.name for one in await uow.offices.all()}
    found = {
        Dimension.OFFICE: dict(sorted(_told_apart(catalogue, offices).items(), key=lambda one: one[1])),
        Dimension.OFFICER: await _staff(catalogue, uow),
        Dimension.MACHINE: {
            one.code: catalogue.render("admin.reports.machine", {"code": one.code, "title": one.title})
            for one in machines
        },
    }
    return {dimension: values for dimension, values in found.items() if values}


def refuse_unknown(choices: Choices, wanted: ReportFilter) -> None:
    """Refuse a name that nobody has: silent noughts would be taken for figures (`InvalidField` with its dimension)."""
    for dimension in (Dimension.OFFICE, Dimension.OFFICER, Dimension.MACHINE):
        value = wanted.wanted.get(dimension)
        if value is not None and value not in choices.get(dimension, {}):
            raise InvalidField(dimension, detail="unknown_value", given=value[:LONGEST_NAME])


async def _staff(catalogue: Catalogue, uow: UnitOfWork) -> dict[str, str]:
    """Return who works here and then who did, each by the full name."""
    staff = await uow.people.all_staff()
    names = _told_apart(catalogue, {one.username: one.full_name for one in staff})
    ordered = sorted(staff, key=lambda one: (not one.active, names[one.username]))
    return {
        one.username: names[one.username]
        if one.active
        else catalogue.render("admin.reports.former", {"name": names[one.username]})
        for one in ordered
    }


def _told_apart(catalogue: Catalogue, names: Mapping[str, str]) -> dict[str, str]:
    """Return the names with what tells those apart that are called alike."""
    often = Counter(names.values())
    return {
        key: catalogue.render("admin.reports.namesake", {"name": name, "username": key}) if often[name] > 1 else name
        for key, name in names.items()
    }
