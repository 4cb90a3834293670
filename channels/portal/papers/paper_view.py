"""The papers of a page: what each is called, what was sent of it, and what is wrong with the files that just came."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from channels.portal.papers.sent_papers import RefusedPaper
from channels.portal.problems import Problem
from domain.actions.dependencies import Dependencies
from domain.drafts.files import DraftFile
from domain.requests.documents import Document
from domain.values.errors import DomainError


@dataclass(frozen=True, slots=True)
class FileLink:
    """A file that was sent, as the page lists it."""

    id: int
    """Id in the button that takes it out."""
    name: str
    """File name."""
    address: str
    """Address at which it is opened."""


@dataclass(frozen=True, slots=True)
class PaperRow:
    """A paper, as the page asks for it."""

    name: str
    """In the declaration."""
    title: str
    """Name."""
    is_required: bool
    """It must be there before long."""
    files: Sequence[FileLink]
    """Files sent for it."""
    problem: str
    """Problem of the files that were just sent; empty where nothing is."""


class PaperViews:
    """Builds what a page of papers shows."""

    def __init__(self, dependencies: Dependencies) -> None:
        self._dependencies = dependencies

    def build_rows(
        self,
        paper_names: Iterable[str],
        required_names: Collection[str],
        files: Sequence[DraftFile | Document],
        build_address: Callable[[int], str],
        refused: Sequence[RefusedPaper],
    ) -> list[PaperRow]:
        """Return a row for each paper; `build_address` returns where a file with that number is opened."""
        problems = self._describe_refused(refused)
        return [
            PaperRow(
                name=name,
                title=self._dependencies.wording.paper_title(name),
                is_required=name in required_names,
                files=[FileLink(file.id, file.name, build_address(file.id)) for file in files if file.field == name],
                problem=problems.get(name, ""),
            )
            for name in paper_names
        ]

    def list_problems(self, rows: Sequence[PaperRow], error: DomainError | None) -> list[Problem]:
        """Return what stands above the page: what is wrong beside its papers, else why its form was refused."""
        problems = [Problem(f"{row.title}: {row.problem}", f"#file-{row.name}") for row in rows if row.problem]
        if error and not problems:
            return [Problem(self._dependencies.wording.render_error(error))]
        return problems

    def _describe_refused(self, refused: Sequence[RefusedPaper]) -> Mapping[str, str]:
        """Return paper → what is wrong with its files."""
        problems: dict[str, str] = {}
        for paper in refused:
            file_name = f"«{paper.file_name}» " if paper.file_name else ""
            message = f"{file_name}{self._dependencies.wording.render_error(paper.error)}"
            problems[paper.paper_name] = (
                f"{problems[paper.paper_name]} {message}" if paper.paper_name in problems else message
            )
        return problems
