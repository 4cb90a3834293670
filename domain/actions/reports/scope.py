"""Rows that a report is about: what its filter asks for, inside of what the report itself is about.

The store filters by a fact's columns. What follows from them by the declarations (to whose queue a state belongs,
which service a text is of) is derived here, and looked at where the sums come in.
"""

from collections.abc import Iterable, Mapping

from domain.actions.reports.declarations import Report
from domain.language.service import Service, State
from domain.reports.figures import FACT_TABLES, Dimension, FactTable
from domain.reports.filter import ReportFilter
from domain.reports.ports import DimensionFilter

RowValues = Mapping[Dimension, str | None]
"""Values known of the rows behind some sums, or of one row."""

SERVICE_TEXT_TABLES = ("services", "registries")
"""Text tables of services, duties and fines, by their keys."""


class ReportScope:
    """The rows of one report under one filter. `conditions` is what each of them must have.

    `openable`: of these services alone, whatever the report is about (None: of all).
    """

    def __init__(
        self,
        services: Mapping[str, Service],
        report: Report,
        criteria: ReportFilter,
        openable: frozenset[str] | None = None,
    ) -> None:
        self._services = services
        self._filter_values = criteria.value_by_dimension
        conditions: dict[Dimension, str | frozenset[str]] = dict(criteria.value_by_dimension)
        report_services = report.covered_services(services)
        covered = (
            openable if report_services is None else report_services if openable is None else report_services & openable
        )
        if covered is not None:
            requested_service = criteria.value_by_dimension.get(Dimension.SERVICE)
            conditions[Dimension.SERVICE] = covered if requested_service is None else covered & {requested_service}
        self.conditions: DimensionFilter = conditions

    @property
    def answered_facts(self) -> frozenset[str]:
        """The keys of the facts to which the filter can be put."""
        return frozenset(
            fact.key for fact in FACT_TABLES if all(fact.admits_filter(dimension) for dimension in self._filter_values)
        )

    def conditions_for(self, fact: FactTable) -> DimensionFilter:
        """Return what the store sees to."""
        return {
            dimension: value
            for dimension, value in self.conditions.items()
            if dimension in fact.stored_dimensions or _filters_by_machine(fact, dimension)
        }

    def derived_dimensions(self, fact: FactTable) -> list[Dimension]:
        """Return what the store cannot see to."""
        return [dimension for dimension in self.conditions if dimension in fact.derived_dimensions]

    def derive_known(
        self, fact: FactTable, column_values: RowValues, dimensions: Iterable[Dimension] = ()
    ) -> RowValues:
        """Return the values of columns, and of the dimensions that follow from them."""
        derived_values = {
            dimension: self._derive_dimension(dimension, column_values)
            for dimension in (*dimensions, *self.derived_dimensions(fact))
            if dimension in fact.derived_dimensions
        }
        return {**column_values, **derived_values}

    def admits_rows(self, fact: FactTable, row_values: RowValues) -> bool:
        """Whether what follows from the columns is as the filter wants it."""
        expected_pairs = (
            (row_values[dimension], self.conditions[dimension]) for dimension in self.derived_dimensions(fact)
        )
        return all(
            known_value in expected_value if isinstance(expected_value, frozenset) else known_value == expected_value
            for known_value, expected_value in expected_pairs
        )

    def find_state(self, row_values: RowValues) -> State | None:
        """Return the declaration of a state; None for one that the code does not know any more."""
        service, state_name = self._services.get(row_values[Dimension.SERVICE] or ""), row_values[Dimension.STATE]
        return next((state for state in service.states if state.name == state_name), None) if service else None

    def _derive_dimension(self, dimension: Dimension, row_values: RowValues) -> str | None:
        if dimension is Dimension.SERVICE:
            text_table, _, text_path = (row_values[Dimension.TEXT] or "").partition(".")
            return text_path.partition(".")[0] if text_table in SERVICE_TEXT_TABLES else None
        state = self.find_state(row_values)
        return getattr(state, dimension.value) if state else None


def _filters_by_machine(fact: FactTable, dimension: Dimension) -> bool:
    return dimension is Dimension.MACHINE and fact.covers_machines
