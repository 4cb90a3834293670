"""What rows a report is about: what its filter asks for, inside of what the report itself is about.

The store sees to what a fact's columns tell. What follows from them by the declarations (whose queue a state stands in,
which service a text is of) is derived here, and looked at where the sums come in.
"""

from collections.abc import Iterable, Mapping

from domain.actions.reports.declarations import Report
from domain.language.service import Service, State
from domain.reports.figures import FACTS, Dimension, FactTable
from domain.reports.filter import ReportFilter
from domain.reports.ports import Where

Known = Mapping[Dimension, str | None]
"""What is known of the rows behind some sums, or of one row."""

SERVICE_TEXTS = ("services", "registries")
"""Where the catalogue keeps the messages of services, and of duties and fines, by their keys."""


class Scope:
    """The rows of one report under one filter. `where` is what each of them must have.

    `seen`: of these services alone, whatever the report is about (None: of all).
    """

    def __init__(
        self,
        services: Mapping[str, Service],
        report: Report,
        wanted: ReportFilter,
        seen: frozenset[str] | None = None,
    ) -> None:
        self._services = services
        self._asked = wanted.wanted
        where: dict[Dimension, str | frozenset[str]] = dict(wanted.wanted)
        of_report = report.services(services)
        about = seen if of_report is None else of_report if seen is None else of_report & seen
        if about is not None:
            service = wanted.wanted.get(Dimension.SERVICE)
            where[Dimension.SERVICE] = about if service is None else about & {service}
        self.where: Where = where

    @property
    def answered(self) -> frozenset[str]:
        """The keys of the facts to which the filter can be put."""
        return frozenset(one.key for one in FACTS if all(one.admits(each) for each in self._asked))

    def of(self, fact: FactTable) -> Where:
        """Return what the store sees to."""
        return {one: value for one, value in self.where.items() if one in fact.columns or _by_machine(fact, one)}

    def derived(self, fact: FactTable) -> list[Dimension]:
        """Return what the store cannot see to."""
        return [one for one in self.where if one in fact.derived]

    def known(self, fact: FactTable, columns: Known, wanted: Iterable[Dimension] = ()) -> Known:
        """Return what columns tell, and what is wanted and follows from them."""
        following = {one: self._derive(one, columns) for one in (*wanted, *self.derived(fact)) if one in fact.derived}
        return {**columns, **following}

    def admits(self, fact: FactTable, known: Known) -> bool:
        """Whether what follows from the columns is as the filter wants it."""
        asked = ((known[one], self.where[one]) for one in self.derived(fact))
        return all(it in value if isinstance(value, frozenset) else it == value for it, value in asked)

    def state(self, known: Known) -> State | None:
        """Return the declaration of a state; None for one that the code does not know any more."""
        service, name = self._services.get(known[Dimension.SERVICE] or ""), known[Dimension.STATE]
        return next((one for one in service.states if one.name == name), None) if service else None

    def _derive(self, dimension: Dimension, known: Known) -> str | None:
        if dimension is Dimension.SERVICE:
            table, _, rest = (known[Dimension.TEXT] or "").partition(".")
            return rest.partition(".")[0] if table in SERVICE_TEXTS else None
        state = self.state(known)
        return getattr(state, dimension.value) if state else None


def _by_machine(fact: FactTable, dimension: Dimension) -> bool:
    return dimension is Dimension.MACHINE and fact.of_machines
