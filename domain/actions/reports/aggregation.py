"""Adding a report up: the store's sums, distinguished by all that its sections need, are folded into each section.

The store is asked once a fact and period, however many sections there are, so every section is made of the same sums:
the parts of a table add up to its whole.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from domain.actions.reports.declarations import ReportSection
from domain.actions.reports.scope import RowValues
from domain.reports.figures import Dimension, FactTable, Figure, FigureValue

DimensionKey = tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class FigureRow:
    """The figures of one value of a section's dimensions, in the order of its figures."""

    key: DimensionKey
    values: tuple[FigureValue, ...]


@dataclass(frozen=True, slots=True)
class FigureTable:
    """A section that was added up: its rows and, over all of them, `totals`."""

    section: ReportSection
    rows: tuple[FigureRow, ...]
    totals: tuple[FigureValue, ...]


@dataclass(slots=True)
class SectionTotals:
    """One section under way. `answered_facts` are the facts that the filter can be put to."""

    section: ReportSection
    answered_facts: frozenset[str]
    _sums_by_key: dict[DimensionKey, dict[str, int]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(int))
    )
    _total_sums: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def accepts_fact(self, fact: FactTable) -> bool:
        """Whether the fact has part in this section, and can be broken down as the section is."""
        has_part = any(fact in figure.fact_tables for figure in self.section.figures)
        return (
            has_part
            and fact.key in self.answered_facts
            and all(fact.distinguishes(dimension) for dimension in self.section.dimensions)
        )

    def add_sums(self, fact: FactTable, row_values: RowValues, fact_sums: Sequence[int]) -> None:
        """Add some sums of a fact."""
        part_sums = self._sums_by_key[tuple(row_values[dimension] for dimension in self.section.dimensions)]
        for sum_name, value in zip(fact.sum_names, fact_sums, strict=True):
            part_sums[sum_name] += value
            self._total_sums[sum_name] += value

    def build_table(self, required_keys: Iterable[DimensionKey] = ()) -> FigureTable:
        """Return what came of it; `required_keys` are shown even where there is nothing."""
        shown_keys = list(required_keys)
        found_rows = [
            FigureRow(key, self._figure_values(self._sums_by_key[key]))
            for key in dict.fromkeys([*shown_keys, *self._sums_by_key])
        ]
        rows = [row for row in found_rows if row.key in shown_keys or self._has_content(row)]
        return FigureTable(self.section, tuple(rows), self._figure_values(self._total_sums))

    def _figure_values(self, sums_by_name: Mapping[str, int]) -> tuple[FigureValue, ...]:
        return tuple(
            figure.compute(sums_by_name) if self._has_figure(figure) else None for figure in self.section.figures
        )

    def _has_figure(self, figure: Figure) -> bool:
        return all(self.accepts_fact(fact) for fact in figure.fact_tables)

    def _has_content(self, row: FigureRow) -> bool:
        figure_values = zip(self.section.figures, row.values, strict=True)
        return any(bool(value) if figure.is_additive else value is not None for figure, value in figure_values)


def required_columns(fact: FactTable, dimensions: Iterable[Dimension]) -> tuple[Dimension, ...]:
    """Return the columns by which the store must distinguish rows of a fact, to know all that is requested."""
    available = (
        dimension for dimension in dimensions if dimension is not Dimension.PERIOD and fact.distinguishes(dimension)
    )
    return tuple(
        dict.fromkeys(base_column for dimension in available for base_column in fact.base_dimensions(dimension))
    )
