"""Columns of a request in lists: which of its values tell the work, which the time, which the place."""

from dataclasses import dataclass
from enum import StrEnum


class SummaryColumn(StrEnum):
    """The columns of a queue that services fill."""

    WORK = "work"
    TIME = "time"
    PLACE = "place"


@dataclass(frozen=True, slots=True)
class SummaryColumns:
    """Names of fields, of the form or stored ones, by column. A value reads there as `services.<key>.row.<field>` has
    it, where the service has such a text, and without one as it is.
    """

    work: tuple[str, ...] = ()
    """Work wanted: machines and hours, the kind of an opinion, the taxi."""
    time: tuple[str, ...] = ()
    """Time: the day and the hour wanted, a visit, days of leave."""
    place: tuple[str, ...] = ()
    """Place."""

    @property
    def field_names(self) -> tuple[str, ...]:
        """All of them, in the order in which a line says them."""
        return (*self.work, *self.time, *self.place)

    def list_column(self, column: SummaryColumn) -> tuple[str, ...]:
        """Return those of one column."""
        return {SummaryColumn.WORK: self.work, SummaryColumn.TIME: self.time, SummaryColumn.PLACE: self.place}[column]
