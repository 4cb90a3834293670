"""What the values of a report's rows are called in Persian, and in which order they stand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from domain.actions.desk import Desk
from domain.actions.reports.aggregation import FigureRow, FigureTable, Key
from domain.fleet.resources import ResourceKind
from domain.reports.figures import Dimension
from domain.reports.filter import BESIDES, ReportFilter, Span, periods
from domain.unit_of_work import UnitOfWork
from domain.values.calendar import MONTH_NAMES, jalali_text, to_jalali
from domain.values.text import persian_digits

CHANNELS = ("sms", "portal", "telegram", "bale", "pishkhan_soap", "walk_in", "cli")
"""Channels that requests come by, whose names the catalogue has."""

_TABLES = {
    Dimension.CHANNEL: "reports.channels",
    Dimension.PHASE: "reports.phases",
    Dimension.UNIT: "roles",
    Dimension.MACHINE_TYPE: "choices.machine",
    Dimension.METHOD: "reports.methods",
    Dimension.PROVIDER: "reports.providers",
}
"""Where the catalogue has the words for values."""

_BY_DECLARATION = frozenset({Dimension.STATE, Dimension.PHASE, Dimension.PERIOD, Dimension.KIND})


@dataclass(frozen=True, slots=True)
class Names:
    """Words for values; those of offices, officers and machines are names that the municipality gave them.

    `brief` are those of periods where there is little room.
    """

    desk: Desk
    given: Mapping[Dimension, Mapping[str, str]] = field(default_factory=dict)
    brief: Mapping[str, str] = field(default_factory=dict)

    def of(self, by: Sequence[Dimension], key: Key) -> tuple[str, ...]:
        """Return what the values of a row are called."""
        known = dict(zip(by, key, strict=True))
        return tuple(self._one(one, known) for one in by)

    def one(self, dimension: Dimension, value: str | None, service: str | None = None) -> str:
        """Return what a value is called; states and kinds are those of a service."""
        return self._one(dimension, {Dimension.SERVICE: service, dimension: value})

    def _one(self, dimension: Dimension, known: Mapping[Dimension, str | None]) -> str:
        value = known[dimension]
        if value is None:
            return self.desk.catalogue.text(f"reports.none.{dimension}")
        if dimension is Dimension.SERVICE:
            return self._service(value)
        if dimension in {Dimension.STATE, Dimension.KIND}:
            return self._of_service(dimension, value, known.get(Dimension.SERVICE))
        return self.given.get(dimension, {}).get(value) or self._text(f"{_TABLES.get(dimension, '')}.{value}", value)

    def _service(self, key: str) -> str:
        return self._text(f"choices.registry.{key}" if key in BESIDES else f"services.{key}.title", key)

    def _of_service(self, dimension: Dimension, value: str, key: str | None) -> str:
        service = self.desk.services.get(key or "")
        if dimension is Dimension.STATE:
            plain = self._text(f"services.{key}.states.{value}", value)
            return self._text(f"reports.states.{value}", plain)
        of_kind = service.field(service.kind) if service and service.kind else None
        return of_kind.type.name_of(value, self.desk.catalogue.text) if of_kind else value

    def _text(self, key: str, otherwise: str) -> str:
        return self.desk.catalogue.text(key) if key in self.desk.catalogue else otherwise

    def ordered(self, table: FigureTable) -> list[tuple[tuple[str, ...], FigureRow]]:
        """Return the rows with their names: periods and states in their order, others by their first figure."""
        by = table.section.by
        named = [(self.of(by, row.key), row) for row in table.rows]
        if by and by[-1] in _BY_DECLARATION:
            return sorted(named, key=lambda one: self._place(by, one[1].key))
        return sorted(named, key=lambda one: (-(one[1].values[0] or 0), one[0]))

    def _place(self, by: Sequence[Dimension], key: Key) -> tuple[int, int, str]:
        """Return where a row stands: by its service, then where the declaration has it."""
        known = dict(zip(by, key, strict=True))
        services, last = list(self.desk.services), key[-1] or ""
        name = known.get(Dimension.SERVICE)
        service = self.desk.services.get(name or "")
        states = [state.name for state in service.states] if service else []
        return (
            services.index(name) if name in services else len(services),
            states.index(last) if last in states else len(states),
            last,
        )


async def names_of(desk: Desk, uow: UnitOfWork, wanted: ReportFilter) -> Names:
    """Read the names that the municipality gave, and word the periods of a report."""
    parts, offices = periods(wanted.span), {one.code: one.name for one in await uow.offices.all()}
    return Names(
        desk,
        {
            Dimension.PERIOD: period_names(parts),
            Dimension.OFFICE: offices,
            Dimension.COUNTER: offices,
            Dimension.OFFICER: {one.username: one.full_name for one in await uow.people.all_staff()},
            Dimension.MACHINE: {one.code: one.title for one in await uow.fleet.resources(ResourceKind.MACHINE)},
        },
        brief_period_names(parts),
    )


def period_names(parts: Sequence[Span]) -> dict[str, str]:
    """Return what parts of a report are called, by their first days: a day, a month («آذر ۱۴۰۵»), or a year."""
    words = {_DAYS: jalali_text, _MONTHS: month_name, _YEARS: _year}[_length(parts)]
    return {first.isoformat(): words(first) for first, _ in parts}


def brief_period_names(parts: Sequence[Span]) -> dict[str, str]:
    """Return the same where there is little room: the day of a month, the month without its year."""
    words = {_DAYS: _day_of_month, _MONTHS: _month, _YEARS: _year}[_length(parts)]
    return {first.isoformat(): words(first) for first, _ in parts}


_DAYS, _MONTHS, _YEARS = "days", "months", "years"


def _length(parts: Sequence[Span]) -> str:
    """Return what parts are, going by the longest."""
    longest = max((last - first).days for first, last in parts)
    return _DAYS if longest == 1 else _MONTHS if longest <= 31 else _YEARS


def _day_of_month(day: date) -> str:
    return persian_digits(to_jalali(day)[2])


def _month(day: date) -> str:
    return MONTH_NAMES[to_jalali(day)[1] - 1]


def _year(day: date) -> str:
    return persian_digits(to_jalali(day)[0])


def month_name(day: date) -> str:
    """Return the month of a day: «آذر ۱۴۰۵»."""
    return f"{_month(day)} {_year(day)}"
