"""Papers that a service prints, as data: which there are, who may print them, what they say, and when they hold good.

A `Printable` is declared with its service. `actions/printouts.py` makes a `Printout` of it and a request: headings,
labels and values as text for people, in blocks. How that looks is the matter of the port `Printer`. The words are in
the catalogue under `services.<service>.printouts.<kind>` (or where several services share a paper): `title`, `words.…`,
`labels.…` of what is no form field, and `signatures.…`; `check` proves that they are there.
"""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeAlias

from domain.papers.document import Barcode, Block, Facts, PaperFact, PaperTable, Paragraphs, Signatures
from domain.requests.request import ServiceRequest
from domain.unit_of_work import UnitOfWork
from domain.values.actors import Role

READERS = frozenset({Role.MANAGER, Role.AUDITOR})
"""Roles that may print whatever there is: they read everything."""


PHRASES = ("verify", "page", "of", "phone")
"""The texts `print.…` that a `Printout` brings along."""


@dataclass(frozen=True, slots=True)
class PaperContext:
    """What the parts of a paper are filled from: texts as people read them, by name.

    `words` renders a text of the paper's own table, `label` names a fact, `rows` are lists of facts.
    """

    words: Callable[[str], str]
    label: Callable[[str], str]
    values: Mapping[str, str]
    rows: Mapping[str, Sequence[Mapping[str, str]]] = field(default_factory=dict)


class PaperPart(ABC):
    """A part of a paper, as its declaration says it.

    `texts` are keys below the paper's own table, in which facts may stand; `takes` are the facts of the page that it
    looks for, `shown` those whose labels it needs.
    """

    @property
    def texts(self) -> tuple[str, ...]:
        """Name no text."""
        return ()

    @property
    def takes(self) -> tuple[str, ...]:
        """Name no fact."""
        return ()

    @property
    def shown(self) -> tuple[str, ...]:
        """Name no fact."""
        return ()

    @abstractmethod
    def block(self, page: PaperContext) -> Block | None:
        """Return the block; None when there is nothing to be said."""


@dataclass(frozen=True, slots=True)
class TextPart(PaperPart):
    """Words of the catalogue, with facts in them."""

    text: str

    def block(self, page: PaperContext) -> Block:
        """Return the paragraphs."""
        return Paragraphs(tuple(page.words(f"words.{self.text}").split("\n")))

    @property
    def texts(self) -> tuple[str, ...]:
        """Name its own text."""
        return (f"words.{self.text}",)


@dataclass(frozen=True, slots=True)
class Quoted(PaperPart):
    """Somebody's own words: a fact whose lines are paragraphs."""

    fact: str

    def block(self, page: PaperContext) -> Block:
        """Return the paragraphs; empty lines only set them apart."""
        lines = page.values.get(self.fact, "").split("\n")
        return Paragraphs(tuple(line for line in lines if line.strip()))

    @property
    def takes(self) -> tuple[str, ...]:
        """Name the fact."""
        return (self.fact,)


@dataclass(frozen=True, slots=True)
class FactsPart(PaperPart):
    """Facts with their labels. What is not known is left out, or is a line to fill in where `by_hand` names it."""

    facts: tuple[str, ...]
    by_hand: frozenset[str] = frozenset()

    def block(self, page: PaperContext) -> Block | None:
        """Return the facts that there are."""
        wanted = [name for name in self.facts if name in page.values or name in self.by_hand]
        rows = tuple(PaperFact(page.label(name), page.values.get(name, "")) for name in wanted)
        return Facts(rows) if rows else None

    @property
    def takes(self) -> tuple[str, ...]:
        """Name its facts."""
        return self.facts

    @property
    def shown(self) -> tuple[str, ...]:
        """Name its facts."""
        return self.facts


@dataclass(frozen=True, slots=True)
class TablePart(PaperPart):
    """A list of facts as a table; columns that no row knows are filled in by hand."""

    rows: str
    columns: tuple[str, ...]

    def block(self, page: PaperContext) -> Block:
        """Return the table."""
        found = page.rows.get(self.rows, ())
        cells = tuple(tuple(row.get(name, "") for name in self.columns) for row in found)
        return PaperTable(tuple(page.label(name) for name in self.columns), cells)

    @property
    def shown(self) -> tuple[str, ...]:
        """Name its columns."""
        return self.columns


@dataclass(frozen=True, slots=True)
class Signed(PaperPart):
    """Boxes for signatures."""

    who: tuple[str, ...]

    def block(self, page: PaperContext) -> Block:
        """Return the boxes."""
        return Signatures(tuple(page.words(key) for key in self.texts))

    @property
    def texts(self) -> tuple[str, ...]:
        """Name who signs."""
        return tuple(f"signatures.{one}" for one in self.who)


@dataclass(frozen=True, slots=True)
class Bars(PaperPart):
    """A fact, all digits, as a barcode."""

    fact: str

    def block(self, page: PaperContext) -> Block | None:
        """Return the bars."""
        return Barcode(page.values[self.fact]) if self.fact in page.values else None

    @property
    def takes(self) -> tuple[str, ...]:
        """Name the fact."""
        return (self.fact,)


Gathered: TypeAlias = Mapping[str, Any]
"""Facts by name, as JSON values; a list of mappings is a list of facts."""

Gather = Callable[["UnitOfWork", "ServiceRequest"], Awaitable[Sequence[Gathered]]]
"""Finds what a paper says beside the request's form and data: the facts of each sheet, none when there is none yet."""


async def one_sheet(uow: "UnitOfWork", request: "ServiceRequest") -> Sequence[Gathered]:
    """Say nothing beside what the request itself keeps."""
    return ({},)


@dataclass(frozen=True, slots=True)
class Printable:
    """A paper that a service prints.

    It holds good, and may be printed by `roles`, in `states` (none named: in any); in those of `over` its time is past;
    in every other it is withdrawn. `facts` are what its parts may say beside the form: what the request keeps in its
    data, or `gather` finds. `dated` and `numbered` name the facts at its head. `verified_by` is where the data keeps
    the token of `/verify/{token}`, whose page tells `told`, and masks the name `holder`. `texts` is where its texts are
    when it is not its service's alone.
    """

    kind: str
    roles: frozenset[Role]
    parts: tuple[PaperPart, ...]
    states: tuple[str, ...] = ()
    over: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    dated: str | None = None
    numbered: str | None = None
    verified_by: str | None = None
    told: tuple[str, ...] = ()
    holder: str | None = None
    gather: Gather = one_sheet
    texts: str | None = None

    def printed_in(self, state: str) -> bool:
        """Whether it may be printed in that state."""
        return not self.states or state in self.states

    @property
    def shown(self) -> tuple[str, ...]:
        """The facts whose labels it needs, on paper or on the page that verifies it."""
        holder = (self.holder,) if self.holder else ()
        return (*(name for part in self.parts for name in part.shown), *holder, *self.told)


class PaperStatus(StrEnum):
    """What the page that verifies a paper says of it."""

    VALID = "valid"
    OVER = "over"
    WITHDRAWN = "withdrawn"
