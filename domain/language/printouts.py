"""Papers that a service prints, as data: which there are, who may print them, what they say, and when they hold good.

A `Printable` is declared with its service. `actions/papers/printouts.py` makes a `Printout` of it and a request:
headings, labels and values as text for people, in blocks. How that looks is the matter of the port `Printer`. The words
are in the catalogue under `services.<service>.printouts.<kind>` (or where several services share a paper): `title`,
`words.…`, `labels.…` of what is no form field, `signatures.…` and `confirmed.…`; `check` proves that they are there.
"""

from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeAlias

from domain.fields.stored import StoredField
from domain.papers.document import Barcode, Block, Facts, PaperFact, PaperTable, Paragraphs, Signatures
from domain.requests.request import ServiceRequest
from domain.unit_of_work import UnitOfWork
from domain.values.actors import Role

READER_ROLES = frozenset({Role.MANAGER, Role.AUDITOR})
"""Roles that may print whatever there is: they read everything."""


PRINT_PHRASES = ("verify", "page", "of", "phone")
"""The texts `print.…` that a `Printout` brings along."""


@dataclass(frozen=True, slots=True)
class PaperContext:
    """Facts for the parts of a paper: texts as people read them, by name."""

    paper_text: Callable[[str], str]
    """Renders a text of the paper's own table."""
    fact_label: Callable[[str], str]
    """Returns what a fact is called."""
    fact_values: Mapping[str, str]
    """Facts as people read them, by name."""
    fact_rows: Mapping[str, Sequence[Mapping[str, str]]] = field(default_factory=dict)
    """Lists of facts, by name."""


class PaperPart(ABC):
    """A part of a paper, as its declaration says it.

    `text_keys` are keys below the paper's own table, which may contain facts; `used_facts` are the facts of the page
    that it looks for, `labelled_facts` those whose labels it needs.
    """

    @property
    def text_keys(self) -> tuple[str, ...]:
        """Name no text."""
        return ()

    @property
    def used_facts(self) -> tuple[str, ...]:
        """Name no fact."""
        return ()

    @property
    def labelled_facts(self) -> tuple[str, ...]:
        """Name no fact."""
        return ()

    @abstractmethod
    def build_block(self, paper: PaperContext) -> Block | None:
        """Return the block; None when there is nothing to be said."""


@dataclass(frozen=True, slots=True)
class TextPart(PaperPart):
    """Words of the catalogue, with facts in them."""

    text_name: str

    def build_block(self, paper: PaperContext) -> Block:
        """Return the paragraphs."""
        return Paragraphs(tuple(paper.paper_text(f"words.{self.text_name}").split("\n")))

    @property
    def text_keys(self) -> tuple[str, ...]:
        """Name its own text."""
        return (f"words.{self.text_name}",)


@dataclass(frozen=True, slots=True)
class QuotedPart(PaperPart):
    """Somebody's own words: a fact whose lines are paragraphs."""

    fact_name: str

    def build_block(self, paper: PaperContext) -> Block:
        """Return the paragraphs; empty lines only set them apart."""
        lines = paper.fact_values.get(self.fact_name, "").split("\n")
        return Paragraphs(tuple(line for line in lines if line.strip()))

    @property
    def used_facts(self) -> tuple[str, ...]:
        """Name the fact."""
        return (self.fact_name,)


@dataclass(frozen=True, slots=True)
class FactsPart(PaperPart):
    """Facts with their labels. What is not known is left out, or is a line to fill in where `handwritten_facts` names
    it.
    """

    fact_names: tuple[str, ...]
    handwritten_facts: frozenset[str] = frozenset()

    def build_block(self, paper: PaperContext) -> Block | None:
        """Return the facts that there are."""
        printed_names = [
            name for name in self.fact_names if name in paper.fact_values or name in self.handwritten_facts
        ]
        fact_rows = tuple(PaperFact(paper.fact_label(name), paper.fact_values.get(name, "")) for name in printed_names)
        return Facts(fact_rows) if fact_rows else None

    @property
    def used_facts(self) -> tuple[str, ...]:
        """Name its facts."""
        return self.fact_names

    @property
    def labelled_facts(self) -> tuple[str, ...]:
        """Name its facts."""
        return self.fact_names


@dataclass(frozen=True, slots=True)
class TablePart(PaperPart):
    """A list of facts as a table; columns that no row knows are filled in by hand."""

    rows_name: str
    column_facts: tuple[str, ...]

    def build_block(self, paper: PaperContext) -> Block:
        """Return the table."""
        fact_rows = paper.fact_rows.get(self.rows_name, ())
        cell_rows = tuple(tuple(row.get(name, "") for name in self.column_facts) for row in fact_rows)
        return PaperTable(tuple(paper.fact_label(name) for name in self.column_facts), cell_rows)

    @property
    def labelled_facts(self) -> tuple[str, ...]:
        """Name its columns."""
        return self.column_facts


@dataclass(frozen=True, slots=True)
class SignaturesPart(PaperPart):
    """Boxes for signatures; who confirmed otherwise needs not sign."""

    signers: tuple[str, ...]
    confirmed_facts: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Signer → facts whose presence says that this one confirmed it by a code; their texts are `confirmed.FACT`."""

    def build_block(self, paper: PaperContext) -> Block:
        """Return the boxes."""
        labels = tuple(paper.paper_text(f"signatures.{signer}") for signer in self.signers)
        confirmations = tuple(
            "\n".join(
                paper.paper_text(f"confirmed.{name}")
                for name in self.confirmed_facts.get(signer, ())
                if name in paper.fact_values
            )
            for signer in self.signers
        )
        return Signatures(labels, confirmations if any(confirmations) else ())

    @property
    def text_keys(self) -> tuple[str, ...]:
        """Name who signs, and what is printed in place of a signature."""
        confirmed_keys = (f"confirmed.{fact_name}" for fact_name in self.used_facts)
        return (*(f"signatures.{signer}" for signer in self.signers), *confirmed_keys)

    @property
    def used_facts(self) -> tuple[str, ...]:
        """Name the facts that it looks for."""
        return tuple(fact_name for signer in self.signers for fact_name in self.confirmed_facts.get(signer, ()))


@dataclass(frozen=True, slots=True)
class BarcodePart(PaperPart):
    """A fact, all digits, as a barcode."""

    fact_name: str

    def build_block(self, paper: PaperContext) -> Block | None:
        """Return the bars."""
        return Barcode(paper.fact_values[self.fact_name]) if self.fact_name in paper.fact_values else None

    @property
    def used_facts(self) -> tuple[str, ...]:
        """Name the fact."""
        return (self.fact_name,)


GatheredFacts: TypeAlias = Mapping[str, Any]
"""Facts by name, as JSON values; a list of mappings is a list of facts."""

FactGatherer = Callable[["UnitOfWork", "ServiceRequest"], Awaitable[Sequence[GatheredFacts]]]
"""Finds what a paper says beside the request's form and data: the facts of each sheet, none when there is none yet."""


async def gather_one_sheet(uow: "UnitOfWork", request: "ServiceRequest") -> Sequence[GatheredFacts]:
    """Add nothing to what the request itself keeps."""
    return ({},)


@dataclass(frozen=True, slots=True)
class Printable:
    """A paper that a service prints. In a state that is neither valid nor expired it is withdrawn."""

    kind: str
    """Its key, and that of its texts."""
    roles: frozenset[Role]
    """The roles that may print it."""
    parts: tuple[PaperPart, ...]
    """Its blocks, from top to bottom."""
    valid_states: tuple[str, ...] = ()
    """States in which it holds good and may be printed; none named: in any."""
    expired_states: tuple[str, ...] = ()
    """States in which its time is past."""
    gathered_facts: tuple[str, ...] = ()
    """Facts for its parts beside the form and what the service's effects keep: found by `gather_facts`."""
    date_fact: str | None = None
    """The fact that is the date at its head; None: it has none."""
    number_fact: str | None = None
    """The fact that is the number at its head; None: it has none."""
    token_field: StoredField[str] | None = None
    """Keeps the token of `/verify/{token}`, which nothing else shows; None: it is not verified."""
    verified_facts: tuple[str, ...] = ()
    """The facts that that page shows."""
    holder_fact: str | None = None
    """The fact with a name, which that page shows masked; None: it names nobody."""
    gather_facts: FactGatherer = gather_one_sheet
    """Finds what is said beside the form and the data, a sheet each."""
    text_prefix: str | None = None
    """Text key prefix when it is not its service's alone."""

    def find_token(self, request: ServiceRequest) -> str | None:
        """Return the token of this paper of a request; None where none was issued, or it is not verified."""
        return self.token_field.find(request) if self.token_field else None

    @property
    def is_official(self) -> bool:
        """Whether it is issued in the municipality's name, to be shown to others: then it is in Persian, the language
        of official papers (Constitution, article 15), whoever prints it. A receipt is its payer's own.
        """
        return self.token_field is not None

    def is_printable_in(self, state: str) -> bool:
        """Whether it may be printed in that state."""
        return not self.valid_states or state in self.valid_states

    @property
    def labelled_facts(self) -> tuple[str, ...]:
        """The facts whose labels it needs, on paper or on the page that verifies it."""
        holder_facts = (self.holder_fact,) if self.holder_fact else ()
        return (*(name for part in self.parts for name in part.labelled_facts), *holder_facts, *self.verified_facts)


def find_printable(printables: Iterable[Printable], kind: str) -> Printable | None:
    """Return the paper of that kind."""
    return next((printable for printable in printables if printable.kind == kind), None)


class PaperStatus(StrEnum):
    """Status of a paper on the page that verifies it."""

    VALID = "valid"
    OVER = "over"
    WITHDRAWN = "withdrawn"
