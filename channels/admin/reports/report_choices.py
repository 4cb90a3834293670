"""Names by which a report can be narrowed down: the municipality's own staff, offices and machines.

All of them, former ones too: reports look back. A report counts by user names and codes; people choose by what they
call one another.
"""

from collections import Counter
from collections.abc import Mapping

from domain.fleet.resources import ResourceKind
from domain.messages.catalogue import Catalogue
from domain.people.ports import StaffMemberRepository
from domain.reports.figures import Dimension
from domain.reports.filter import LONGEST_FILTER_VALUE, ReportFilter
from domain.unit_of_work import UnitOfWork
from domain.values.errors import InvalidField
from domain.values.reasons import InvalidReason

NamedChoices = Mapping[Dimension, Mapping[str, str]]
"""Dimension → value → what it is called, in the order in which they are offered."""


async def load_named_choices(catalogue: Catalogue, uow: UnitOfWork) -> NamedChoices:
    """Return every value of the dimensions that the municipality itself names; nothing for one that it has none of."""
    machines = await uow.fleet.list_resources(ResourceKind.MACHINE)
    office_names = {entry.code: entry.name for entry in await uow.offices.list_all()}
    choices_by_dimension = {
        Dimension.OFFICE: dict(
            sorted(_distinguish_namesakes(catalogue, office_names).items(), key=lambda entry: entry[1])
        ),
        Dimension.OFFICER: await _list_staff_names(catalogue, uow.people),
        Dimension.MACHINE: {
            entry.code: catalogue.render("admin.reports.machine", {"code": entry.code, "title": entry.title})
            for entry in machines
        },
    }
    return {dimension: choice_labels for dimension, choice_labels in choices_by_dimension.items() if choice_labels}


def refuse_unknown_names(choices: NamedChoices, report_filter: ReportFilter) -> None:
    """Refuse a name that nobody has: silent noughts would be taken for figures (`InvalidField` with its dimension)."""
    for dimension in (Dimension.OFFICE, Dimension.OFFICER, Dimension.MACHINE):
        chosen_value = report_filter.value_by_dimension.get(dimension)
        if chosen_value is not None and chosen_value not in choices.get(dimension, {}):
            raise InvalidField(dimension, InvalidReason.UNKNOWN_VALUE, given=chosen_value[:LONGEST_FILTER_VALUE])


async def _list_staff_names(catalogue: Catalogue, people: StaffMemberRepository) -> dict[str, str]:
    """Return who works here and then who did, each by the full name."""
    staff_members = await people.list_staff()
    distinct_names = _distinguish_namesakes(catalogue, {member.username: member.full_name for member in staff_members})
    ordered_members = sorted(staff_members, key=lambda member: (not member.active, distinct_names[member.username]))
    return {
        member.username: distinct_names[member.username]
        if member.active
        else catalogue.render("admin.reports.former", {"name": distinct_names[member.username]})
        for member in ordered_members
    }


def _distinguish_namesakes(catalogue: Catalogue, names_by_key: Mapping[str, str]) -> dict[str, str]:
    """Return the names with what distinguishes those of one name."""
    name_counts = Counter(names_by_key.values())
    return {
        identifier: catalogue.render("admin.reports.namesake", {"name": name, "username": identifier})
        if name_counts[name] > 1
        else name
        for identifier, name in names_by_key.items()
    }
