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

from channels.pishkhan_soap.folding import fold_free_text
from channels.pishkhan_soap.reasons import SoapInvalidReason
from domain.values.reasons.bases import InvalidReasonBase

NAMESPACE = "urn:pishkhan:counter:1"
"""A compatible change adds operations and optional elements; anything else is a new namespace (channels.md)."""


_REMARK_SIGNS = re.compile("[؛،:(]")
_WHITE_SPACE = re.compile(r"[ \t\r\n]+")
_TEXT_BASES = frozenset({"xs:string", "xs:token"})
"""Bases whose values may hold what XML writes otherwise; digits, moments, flags and Base64 never do."""

_UNWRITABLE = "\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff"
"""Characters that no XML document can hold, however they are written."""
_FORBIDDEN_SIGNS = re.compile(f"[{_UNWRITABLE}]")
_SPECIAL_SIGNS = re.compile(f"[&<>{_UNWRITABLE}]")


def escape_text(plain_text: str) -> str:
    """Return a text as XML can hold it; what no XML can hold is left out, wherever the store has it from."""
    if _SPECIAL_SIGNS.search(plain_text) is None:
        return plain_text
    return escape(_FORBIDDEN_SIGNS.sub("", plain_text))


@dataclass(frozen=True, slots=True)
class Doc:
    """Documentation of a thing in the WSDL, in both languages of its readers."""

    persian: str
    english: str
    short_label: str = ""

    @property
    def label(self) -> str:
        """Name used by a clerk: `short_label`, else the Persian words before the first remark about them."""
        return self.short_label or _REMARK_SIGNS.split(self.persian)[0].strip()


@dataclass(frozen=True, slots=True)
class SimpleType:
    """A value that is one text, and the way between that text and a JSON value."""

    name: str
    """The type's in the XSD."""
    xsd_base: str
    """The type that it restricts: `xs:string`, `xs:token` …"""
    doc: Doc
    """Documentation in the WSDL."""
    facets: tuple[tuple[str, str], ...] = ()
    """Facets of the text in the XSD: name and value, in order."""
    parse_text: Callable[[str], Any] = str
    """Makes the value of a validated text."""
    render_text: Callable[[Any], str] = str
    """Makes the text of a value."""
    fold_text: Callable[[str], str] = fold_free_text
    """Brings what toolkits and people write to what the XSD expects."""
    error_reason: InvalidReasonBase = SoapInvalidReason.VALUE
    """The reason of the `InvalidField` that says what the value should look like."""

    def read_value(self, element: Element) -> Any:
        """Return the value of a validated element; white space around a token means nothing."""
        element_text = element.text or ""
        if self.xsd_base != "xs:string" and (
            " " in element_text or not element_text.isprintable()
        ):  # else there is nothing to collapse
            element_text = _WHITE_SPACE.sub(" ", element_text).strip(" ")
        return self.parse_text(element_text)

    @property
    def to_xml(self) -> Callable[[Any], str]:
        """Writer of a value as XML."""
        if self.xsd_base not in _TEXT_BASES:
            return self.render_text
        return escape_text if self.render_text is str else lambda value: escape_text(self.render_text(value))


@dataclass(frozen=True)
class SchemaRecord:
    """A sequence of members, all in this namespace: reads as a mapping of the members' keys, a list as a list."""

    name: str
    doc: Doc
    members: "tuple[SchemaElement, ...]"

    @cached_property
    def is_list(self) -> bool:
        """Whether it is nothing but one repeated member."""
        return len(self.members) == 1 and self.members[0].repeated

    @cached_property
    def members_by_tag(self) -> "Mapping[str, SchemaElement]":
        """Its members by their elements' tags."""
        return {f"{{{NAMESPACE}}}{member.name}": member for member in self.members}

    @cached_property
    def _readers_by_tag(self) -> "Mapping[str, tuple[str, Callable[[Element], Any]]]":
        """Key and reader of each member by its tag: what reading needs."""
        return {f"{{{NAMESPACE}}}{member.name}": (member.key, member.value_type.read_value) for member in self.members}

    @cached_property
    def _member_writers(self) -> "tuple[tuple[str, str, str, Callable[[Any], str]], ...]":
        """Key, opening and closing tag and writer of each member: what writing needs."""
        return tuple(
            (member.key, f"<{member.name}>", f"</{member.name}>", member.value_type.to_xml) for member in self.members
        )

    def read_value(self, element: Element) -> Any:
        """Return the values of a validated element."""
        if self.is_list:
            read_member = self.members[0].value_type.read_value
            return [read_member(child_element) for child_element in element]
        readers_by_tag, values_by_key = self._readers_by_tag, {}
        for child_element in element:
            member_key, read_value = readers_by_tag[str(child_element.tag)]
            values_by_key[member_key] = read_value(child_element)
        return values_by_key

    def to_xml(self, record_value: Any) -> str:
        """Return the members of a value in their order; what is None is left out."""
        if self.is_list:
            ((_, opening_tag, closing_tag, write_value),) = self._member_writers
            return "".join([f"{opening_tag}{write_value(member_value)}{closing_tag}" for member_value in record_value])
        return "".join(
            [
                f"{opening_tag}{write_value(member_value)}{closing_tag}"
                for member_key, opening_tag, closing_tag, write_value in self._member_writers
                if (member_value := record_value.get(member_key)) is not None
            ]
        )


SchemaType: TypeAlias = SimpleType | SchemaRecord


@dataclass(frozen=True, slots=True)
class SchemaElement:
    """One element of a record."""

    name: str
    """The element's, in lowerCamelCase."""
    value_type: SchemaType
    """Type of its value."""
    doc: Doc | None = None
    """Documentation in the WSDL; None: what it says of the type."""
    required: bool = True
    """It must be there."""
    repeated: bool = False
    """It may be there more than once."""
    max_occurs: int | None = None
    """Highest number of occurrences, where it is repeated; None: any number of times."""
    key: str = field(default="")
    """The name of its value among those of the record; the element's own, if not said."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "key", self.key or self.name)

    @property
    def label(self) -> str:
        """Name used by a clerk."""
        return (self.doc or self.value_type.doc).label


def list_type(
    type_name: str, item_name: str, item_type: SchemaType, doc: Doc, *, max_items: int | None = None, min_items: int = 1
) -> SchemaRecord:
    """Return the type of a list: `type_name` is the type's, `item_name` each element's; `max_items` elements, or any
    number.
    """
    return SchemaRecord(
        type_name,
        doc,
        (SchemaElement(item_name, item_type, repeated=True, max_occurs=max_items, required=min_items > 0),),
    )


def camel_case(domain_name: str) -> str:
    """Return the lowerCamelCase of a domain's name: `national_code` → `nationalCode`."""
    first_word, *other_words = domain_name.split("_")
    return first_word + "".join(other_word.capitalize() for other_word in other_words)


def collect_types(root_types: Iterable[SchemaType]) -> list[SchemaType]:
    """Return every named type that these use, each once, those that others need before them."""
    types_by_name: dict[str, SchemaType] = {}

    def visit_type(schema_type: SchemaType) -> None:
        if schema_type.name in types_by_name:
            if types_by_name[schema_type.name] != schema_type:
                raise ValueError(f"two types are called {schema_type.name}")
            return
        if isinstance(schema_type, SchemaRecord):
            for member in schema_type.members:
                visit_type(member.value_type)
        types_by_name[schema_type.name] = schema_type

    for root_type in root_types:
        visit_type(root_type)
    return list(types_by_name.values())
