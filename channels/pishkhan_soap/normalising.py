"""The one place where a body is brought to the form that the contract has, before it is proved by the XSD.

Toolkits of ten makers send the same values in ten ways: an element that has no value as an empty one (gSOAP, ASMX,
JAX-WS, PHP's ""), or with `xsi:nil` (PHP's null, Mono); types and encodings as attributes (SOAP::Lite, Axis 1); white
space, foreign digits, seconds and zones (folding.py). What is misspelt, misplaced or unknown is left for the XSD.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from lxml.etree import _Element as Element

from channels.pishkhan_soap.folding import BLANK
from channels.pishkhan_soap.schema import SchemaRecord, Type

_XSI = "http://www.w3.org/2001/XMLSchema-instance"
_NIL = f"{{{_XSI}}}nil"
_TRUE = frozenset({"1", "true"})
_IDLE = (
    _NIL,
    f"{{{_XSI}}}type",
    "{http://schemas.xmlsoap.org/soap/envelope/}encodingStyle",
    "{http://www.w3.org/2003/05/soap-envelope}encodingStyle",
)
"""Attributes that say nothing of a document/literal body."""


@dataclass(frozen=True, slots=True)
class Normalised:
    """What became of a body: `order` is the place of each element in the document as it came, where some are gone."""

    order: Mapping[Element, int] | None = None

    def place(self, element: Element) -> int:
        """Return how many elements began before this one in the document as it came."""
        return (self.order or _numbered(element))[element]


def normalise(record: SchemaRecord, body: Element) -> Normalised:
    """Fold the values of a body by the shape that it should have, and leave out what says nothing."""
    gone: list[Element] = []
    _is_nil(body)
    _says_something(record, body, gone)
    if not gone:
        return Normalised()
    order = _numbered(body)
    for element in gone:
        parent = element.getparent()
        if parent is not None:
            parent.remove(element)
    return Normalised(order)


def _numbered(element: Element) -> dict[Element, int]:
    return {one: number for number, one in enumerate(element.getroottree().getroot().iter())}


def _says_something(record: SchemaRecord, element: Element, gone: list[Element]) -> bool:
    """Fold what is in an element, and add what is in it for nothing to `gone`; tell whether anything is left.

    A required element that is empty stays, for it is missed; what else is in its parent decides about that.
    """
    by_tag = record.by_tag
    left = bool((element.text or "").strip(BLANK))
    for child in element:
        nil = _is_nil(child)
        member = by_tag.get(str(child.tag))
        if member is None or (not nil and _has_value(member.type, child, gone)):
            left = True
        elif nil or member.many or not member.required:
            gone.append(child)
    return left


def _has_value(kind: Type, element: Element, gone: list[Element]) -> bool:
    if isinstance(kind, SchemaRecord):
        return _says_something(kind, element, gone)
    text = element.text or ""
    folded = kind.fold(text)
    if folded != text:
        element.text = folded
    return bool(folded) or len(element) > 0


def _is_nil(element: Element) -> bool:
    """Tell whether an element says that it is none; its idle attributes go."""
    attributes = element.attrib
    if not attributes:
        return False
    nil = attributes.get(_NIL, "").strip() in _TRUE
    for name in _IDLE:
        attributes.pop(name, None)
    return nil
