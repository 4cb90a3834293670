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
from typing import TYPE_CHECKING, Any, ClassVar, TypeAlias

from domain.people import Role

if TYPE_CHECKING:
    from domain.ports import UnitOfWork
    from domain.requests import ServiceRequest

READERS = frozenset({Role.MANAGER, Role.AUDITOR})
"""Roles that may print whatever there is: they read everything."""


@dataclass(frozen=True, slots=True)
class Fact:
    """A value and what it is called, both as people read them; an empty value is a line to be filled in by hand."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Words:
    """Paragraphs of running text."""

    name: ClassVar[str] = "words"
    paragraphs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Facts:
    """Values, each behind its label."""

    name: ClassVar[str] = "facts"
    rows: tuple[Fact, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells under headings; an empty cell is filled in by hand."""

    name: ClassVar[str] = "table"
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Signatures:
    """Boxes to sign in, each with who signs there."""

    name: ClassVar[str] = "signatures"
    boxes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Barcode:
    """Digits (an even number of them) to be read by a machine."""

    name: ClassVar[str] = "barcode"
    digits: str


Block: TypeAlias = Words | Facts | Table | Signatures | Barcode


@dataclass(frozen=True, slots=True)
class Letterhead:
    """Who writes: the municipality's name, its address and phone (empty: none), and its logo as a `data:` address."""

    name: str
    address: str = ""
    phone: str = ""
    logo: str = ""


@dataclass(frozen=True, slots=True)
class Sheet:
    """What begins on a page of its own. `head` stands beside the letterhead: number, date, tracking code."""

    head: tuple[Fact, ...]
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Printout:
    """A paper, complete but for its letterhead.

    It is of a request or of a row: `code` is what machines call that, `about` what people do, on the foot of each page.
    `token` is the one of `/verify/{token}`, where it has one.
    `phrases` are what every paper says in the same words: `verify` (beside the QR code), `page`, `of`, `phone`.
    """

    kind: str
    code: str
    title: str
    sheets: tuple[Sheet, ...]
    about: Fact
    token: str | None
    phrases: Mapping[str, str]


PHRASES = ("verify", "page", "of", "phone")
"""The texts `print.…` that a `Printout` brings along."""


@dataclass(frozen=True, slots=True)
class Page:
    """What the parts of a paper are filled from: texts as people read them, by name.

    `words` renders a text of the paper's own table, `label` names a fact, `rows` are lists of facts.
    """

    words: Callable[[str], str]
    label: Callable[[str], str]
    values: Mapping[str, str]
    rows: Mapping[str, Sequence[Mapping[str, str]]] = field(default_factory=dict)


class Part(ABC):
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
    def block(self, page: Page) -> Block | None:
        """Return the block; None when there is nothing to be said."""


@dataclass(frozen=True, slots=True)
class Said(Part):
    """Words of the catalogue, with facts in them."""

    text: str

    def block(self, page: Page) -> Block:
        """Return the paragraphs."""
        return Words(tuple(page.words(f"words.{self.text}").split("\n")))

    @property
    def texts(self) -> tuple[str, ...]:
        """Name its own text."""
        return (f"words.{self.text}",)


@dataclass(frozen=True, slots=True)
class Quoted(Part):
    """Somebody's own words: a fact whose lines are paragraphs."""

    fact: str

    def block(self, page: Page) -> Block:
        """Return the paragraphs; empty lines only set them apart."""
        lines = page.values.get(self.fact, "").split("\n")
        return Words(tuple(line for line in lines if line.strip()))

    @property
    def takes(self) -> tuple[str, ...]:
        """Name the fact."""
        return (self.fact,)


@dataclass(frozen=True, slots=True)
class Shown(Part):
    """Facts with their labels. What is not known is left out, or is a line to fill in where `by_hand` names it."""

    facts: tuple[str, ...]
    by_hand: frozenset[str] = frozenset()

    def block(self, page: Page) -> Block | None:
        """Return the facts that there are."""
        wanted = [name for name in self.facts if name in page.values or name in self.by_hand]
        rows = tuple(Fact(page.label(name), page.values.get(name, "")) for name in wanted)
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
class Listed(Part):
    """A list of facts as a table; columns that no row knows are filled in by hand."""

    rows: str
    columns: tuple[str, ...]

    def block(self, page: Page) -> Block:
        """Return the table."""
        found = page.rows.get(self.rows, ())
        cells = tuple(tuple(row.get(name, "") for name in self.columns) for row in found)
        return Table(tuple(page.label(name) for name in self.columns), cells)

    @property
    def shown(self) -> tuple[str, ...]:
        """Name its columns."""
        return self.columns


@dataclass(frozen=True, slots=True)
class Signed(Part):
    """Boxes for signatures."""

    who: tuple[str, ...]

    def block(self, page: Page) -> Block:
        """Return the boxes."""
        return Signatures(tuple(page.words(key) for key in self.texts))

    @property
    def texts(self) -> tuple[str, ...]:
        """Name who signs."""
        return tuple(f"signatures.{one}" for one in self.who)


@dataclass(frozen=True, slots=True)
class Bars(Part):
    """A fact, all digits, as a barcode."""

    fact: str

    def block(self, page: Page) -> Block | None:
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
    parts: tuple[Part, ...]
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


class Standing(StrEnum):
    """What the page that verifies a paper says of it."""

    VALID = "valid"
    OVER = "over"
    WITHDRAWN = "withdrawn"
