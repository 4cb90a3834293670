"""Adding a report up: the store's sums, told apart by all that its sections need, are folded into each section.

The store is asked once a fact and period, however many sections there are, so every section is made of the same sums:
the parts of a table add up to its whole.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from domain.actions.reports.declarations import ReportSection
from domain.actions.reports.scope import Known
from domain.reports.figures import Dimension, FactTable, Figure, Value

Key = tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class FigureRow:
    """The figures of one value of a section's dimensions, in the order of its figures."""

    key: Key
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class FigureTable:
    """A section that was added up: its rows and, over all of them, `whole`."""

    section: ReportSection
    rows: tuple[FigureRow, ...]
    whole: tuple[Value, ...]


@dataclass(slots=True)
class Adding:
    """One section under way. `answered` are the facts that the filter can be put to."""

    section: ReportSection
    answered: frozenset[str]
    _parts: dict[Key, dict[str, int]] = field(default_factory=lambda: defaultdict(lambda: defaultdict(int)))
    _whole: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def wants(self, fact: FactTable) -> bool:
        """Whether the fact has part in this section, and can be told apart as the section is."""
        has_part = any(fact in figure.facts for figure in self.section.figures)
        return has_part and fact.key in self.answered and all(fact.tells(one) for one in self.section.by)

    def add(self, fact: FactTable, known: Known, sums: Sequence[int]) -> None:
        """Add some sums of a fact."""
        part = self._parts[tuple(known[one] for one in self.section.by)]
        for name, value in zip(fact.sums, sums, strict=True):
            part[name] += value
            self._whole[name] += value

    def table(self, keys: Iterable[Key] = ()) -> FigureTable:
        """Return what came of it; `keys` are shown even where there is nothing."""
        always = list(keys)
        found = [FigureRow(key, self._values(self._parts[key])) for key in dict.fromkeys([*always, *self._parts])]
        rows = [row for row in found if row.key in always or self._says(row)]
        return FigureTable(self.section, tuple(rows), self._values(self._whole))

    def _values(self, sums: Mapping[str, int]) -> tuple[Value, ...]:
        return tuple(figure.of(sums) if self._has(figure) else None for figure in self.section.figures)

    def _has(self, figure: Figure) -> bool:
        return all(self.wants(fact) for fact in figure.facts)

    def _says(self, row: FigureRow) -> bool:
        pairs = zip(self.section.figures, row.values, strict=True)
        return any(bool(value) if figure.additive else value is not None for figure, value in pairs)


def columns_of(fact: FactTable, wanted: Iterable[Dimension]) -> tuple[Dimension, ...]:
    """Return the columns that the store must tell rows of a fact apart by, to know all that is wanted."""
    told = (one for one in wanted if one is not Dimension.PERIOD and fact.tells(one))
    return tuple(dict.fromkeys(base for one in told for base in fact.bases(one)))
