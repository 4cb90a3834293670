"""The schema language of the contract: what an element holds, how it is read and written, and what the XSD says.

One declaration of a type gives all three, so what `wsdl.py` publishes is what is understood. A value is read from an
element that the XSD has validated already, so reading checks nothing again.

Lists are records of one repeated member (`items/item`): they read as a plain list.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, TypeAlias
from xml.sax.saxutils import escape

from lxml.etree import _Element as Element

from channels.pishkhan_soap.folding import as_written

NAMESPACE = "urn:pishkhan:counter:1"
"""A compatible change adds operations and optional elements; anything else is a new namespace (channels.md)."""


_REMARK = re.compile("[؛،:(]")
_SPACE = re.compile(r"[ \t\r\n]+")
_TEXTS = frozenset({"xs:string", "xs:token"})
"""Bases whose values may hold what XML writes otherwise; digits, moments, flags and Base64 never do."""

_UNWRITABLE = "\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff"
"""Characters that no XML document can hold, however they are written."""
_FORBIDDEN = re.compile(f"[{_UNWRITABLE}]")
_SPECIAL = re.compile(f"[&<>{_UNWRITABLE}]")


def escaped(text: str) -> str:
    """Return a text as it stands in XML; what no XML can hold is left out, wherever the store has it from."""
    if _SPECIAL.search(text) is None:
        return text
    return escape(_FORBIDDEN.sub("", text))


@dataclass(frozen=True, slots=True)
class Doc:
    """What the WSDL says of a thing, in both languages of its readers."""

    fa: str
    en: str
    short: str = ""

    @property
    def label(self) -> str:
        """What a clerk calls it: `short`, else the Persian words before the first remark about them."""
        return self.short or _REMARK.split(self.fa)[0].strip()


@dataclass(frozen=True, slots=True)
class Simple:
    """A value that is one text: an XSD base, its facets in order, and the way between the text and a JSON value.

    `fold` brings what toolkits and people write to what the XSD expects, `reason` is the detail of the `InvalidField`
    that says what the value should look like.
    """

    name: str
    base: str
    doc: Doc
    facets: tuple[tuple[str, str], ...] = ()
    read: Callable[[str], Any] = str
    write: Callable[[Any], str] = str
    fold: Callable[[str], str] = as_written
    reason: str = "soap_value"

    def value_of(self, element: Element) -> Any:
        """Return the value of a validated element; white space around a token means nothing."""
        text = element.text or ""
        if self.base != "xs:string" and (" " in text or not text.isprintable()):  # else there is nothing to collapse
            text = _SPACE.sub(" ", text).strip(" ")
        return self.read(text)

    @property
    def xml(self) -> Callable[[Any], str]:
        """What writes a value as XML."""
        if self.base not in _TEXTS:
            return self.write
        return escaped if self.write is str else lambda value: escaped(self.write(value))


@dataclass(frozen=True)
class SchemaRecord:
    """A sequence of members, all in this namespace: reads as a mapping of the members' keys, a list as a list."""

    name: str
    doc: Doc
    members: "tuple[SchemaElement, ...]"

    @cached_property
    def is_list(self) -> bool:
        """Whether it is nothing but one repeated member."""
        return len(self.members) == 1 and self.members[0].many

    @cached_property
    def by_tag(self) -> "Mapping[str, SchemaElement]":
        """Its members by their elements' tags."""
        return {f"{{{NAMESPACE}}}{one.name}": one for one in self.members}

    @cached_property
    def _readers(self) -> "Mapping[str, tuple[str, Callable[[Element], Any]]]":
        """Key and reader of each member by its tag: what reading needs."""
        return {f"{{{NAMESPACE}}}{one.name}": (one.key, one.type.value_of) for one in self.members}

    @cached_property
    def _writers(self) -> "tuple[tuple[str, str, str, Callable[[Any], str]], ...]":
        """Key, opening and closing tag and writer of each member: what writing needs."""
        return tuple((one.key, f"<{one.name}>", f"</{one.name}>", one.type.xml) for one in self.members)

    def value_of(self, element: Element) -> Any:
        """Return the values of a validated element."""
        if self.is_list:
            read = self.members[0].type.value_of
            return [read(child) for child in element]
        readers, values = self._readers, {}
        for child in element:
            key, value_of = readers[str(child.tag)]
            values[key] = value_of(child)
        return values

    def xml(self, value: Any) -> str:
        """Return the members of a value in their order; what is None is left out."""
        if self.is_list:
            ((_, begin, end, write),) = self._writers
            return "".join([f"{begin}{write(one)}{end}" for one in value])
        return "".join(
            [
                f"{begin}{write(one)}{end}"
                for key, begin, end, write in self._writers
                if (one := value.get(key)) is not None
            ]
        )


Type: TypeAlias = Simple | SchemaRecord


@dataclass(frozen=True, slots=True)
class SchemaElement:
    """One element of a record: `key` is the name of its value, the element's own unless something else is said."""

    name: str
    type: Type
    doc: Doc | None = None
    required: bool = True
    many: bool = False
    most: int | None = None
    key: str = field(default="")

    def __post_init__(self) -> None:
        object.__setattr__(self, "key", self.key or self.name)

    @property
    def label(self) -> str:
        """What a clerk calls it."""
        return (self.doc or self.type.doc).label


def listed(name: str, item: str, of: Type, doc: Doc, *, most: int | None = None, least: int = 1) -> SchemaRecord:
    """Return the type of a list: `name` is the type's, `item` each element's; `most` elements, or any number."""
    return SchemaRecord(name, doc, (SchemaElement(item, of, many=True, most=most, required=least > 0),))


def camel(name: str) -> str:
    """Return the lowerCamelCase of a domain's name: `national_code` → `nationalCode`."""
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)


def types_in(records: Iterable[Type]) -> list[Type]:
    """Return every named type that these use, each once, those that others need before them."""
    found: dict[str, Type] = {}

    def visit(one: Type) -> None:
        if one.name in found:
            if found[one.name] != one:
                raise ValueError(f"two types are called {one.name}")
            return
        if isinstance(one, SchemaRecord):
            for member in one.members:
                visit(member.type)
        found[one.name] = one

    for record in records:
        visit(record)
    return list(found.values())
