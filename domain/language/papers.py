"""The papers that citizens add to a request, as its service declares them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class ServicePapers:
    """The papers of a service. They may come later than the form, in any channel."""

    paper_names: tuple[str, ...]
    """All that may be added to a request (their words: `choices.document`)."""
    list_required: Callable[[Mapping[str, Any]], tuple[str, ...]]
    """Returns from the form which must be there in the end."""
    staff_papers: frozenset[str] = frozenset()
    """Those that no citizen is asked for."""

    @property
    def citizen_papers(self) -> tuple[str, ...]:
        """The papers that a citizen may be asked for."""
        return tuple(name for name in self.paper_names if name not in self.staff_papers)

    def title_papers(self, get_text: Callable[[str], str]) -> dict[str, str]:
        """Return all that may be added, those that the staff add first: name → what it is called."""
        staff_first = sorted(self.paper_names, key=lambda name: name not in self.staff_papers)
        return {name: get_text(f"choices.document.{name}") for name in staff_first}


NO_PAPERS = ServicePapers((), lambda _: ())
"""Of a service that asks for none."""


def list_citizen_papers(papers: ServicePapers | None) -> tuple[str, ...]:
    """Return what citizens may be asked for of the papers of a service; nothing where it has none."""
    return papers.citizen_papers if papers else ()
