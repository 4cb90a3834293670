"""A printed paper as data: sheets of blocks on the letterhead. printing/ makes HTML and PDF of it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, TypeAlias

from domain.values.languages import PERSIAN, Language


@dataclass(frozen=True, slots=True)
class PaperFact:
    """A value and what it is called, both as people read them; an empty value is a line to be filled in by hand."""

    label: str
    value: str


@dataclass(frozen=True, slots=True)
class Paragraphs:
    """Paragraphs of running text."""

    name: ClassVar[str] = "words"
    paragraphs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Facts:
    """Values, each behind its label."""

    name: ClassVar[str] = "facts"
    rows: tuple[PaperFact, ...]


@dataclass(frozen=True, slots=True)
class PaperTable:
    """Rows of cells under headings; an empty cell is filled in by hand."""

    name: ClassVar[str] = "table"
    column_headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Signatures:
    """Boxes to sign in, each with who signs there, or with what stands in place of the signature."""

    name: ClassVar[str] = "signatures"
    signer_labels: tuple[str, ...]
    confirmations: tuple[str, ...] = ()
    """For each of them what was confirmed without a signature, a line each; empty: it is signed. None: all are."""


@dataclass(frozen=True, slots=True)
class Barcode:
    """Digits (an even number of them) to be read by a machine."""

    name: ClassVar[str] = "barcode"
    digits: str


Block: TypeAlias = Paragraphs | Facts | PaperTable | Signatures | Barcode


@dataclass(frozen=True, slots=True)
class Letterhead:
    """Letterhead: the writer."""

    name: str
    """The municipality's name."""
    address: str = ""
    """Its postal address; empty: none."""
    phone: str = ""
    """Its phone number; empty: none."""
    logo: str = ""
    """As a `data:` address; empty: none."""


@dataclass(frozen=True, slots=True)
class PaperSheet:
    """Sheet that begins on a page of its own. `head_facts` is printed beside the letterhead: number, date, tracking
    code."""

    head_facts: tuple[PaperFact, ...]
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class Printout:
    """A paper of a request or of a row, complete but for its letterhead."""

    kind: str
    """Kind of its `Printable`."""
    code: str
    """Code of the request or row for machines, for instance in a file's name."""
    title: str
    """Title printed in large letters."""
    sheets: tuple[PaperSheet, ...]
    """Its pages' contents, in order."""
    subject_fact: PaperFact
    """Name of the request or row for people, on the foot of each page."""
    token: str | None
    """The one of `/verify/{token}`; None: it is not verified."""
    fixed_phrases: Mapping[str, str]
    """Phrases that every paper has in the same words: `verify` (beside the QR code), `page`, `of`, `phone`."""
    language: Language = PERSIAN
    """The language that it is in."""
