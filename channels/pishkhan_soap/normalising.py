"""The one place where a body is brought to the form that the contract has, before it is proved by the XSD.

Toolkits of ten makers send the same values in ten ways: an element that has no value as an empty one (gSOAP, ASMX,
JAX-WS, PHP's ""), or with `xsi:nil` (PHP's null, Mono); types and encodings as attributes (SOAP::Lite, Axis 1); white
space, foreign digits, seconds and zones (folding.py). What is misspelt, misplaced or unknown is left for the XSD.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from lxml.etree import _Element as Element

from channels.pishkhan_soap.folding import XML_BLANKS
from channels.pishkhan_soap.schema import SchemaRecord, SchemaType

_XSI_NAMESPACE = "http://www.w3.org/2001/XMLSchema-instance"
_NIL_ATTRIBUTE = f"{{{_XSI_NAMESPACE}}}nil"
_TRUE_TEXTS = frozenset({"1", "true"})
_IDLE_ATTRIBUTES = (
    _NIL_ATTRIBUTE,
    f"{{{_XSI_NAMESPACE}}}type",
    "{http://schemas.xmlsoap.org/soap/envelope/}encodingStyle",
    "{http://www.w3.org/2003/05/soap-envelope}encodingStyle",
)
"""Attributes that say nothing of a document/literal body."""


@dataclass(frozen=True, slots=True)
class NormalisedBody:
    """Result of normalising a body: `original_positions` is the place of each element in the document as it came, where
    some are gone."""

    original_positions: Mapping[Element, int] | None = None

    def original_position(self, element: Element) -> int:
        """Return how many elements began before this one in the document as it came."""
        return (self.original_positions or _number_elements(element))[element]


def normalise_body(schema_record: SchemaRecord, body_element: Element) -> NormalisedBody:
    """Fold the values of a body by the shape that it should have, and leave out what says nothing."""
    removed_elements: list[Element] = []
    _pop_nil_marker(body_element)
    _normalise_record(schema_record, body_element, removed_elements)
    if not removed_elements:
        return NormalisedBody()
    original_positions = _number_elements(body_element)
    for element in removed_elements:
        parent_element = element.getparent()
        if parent_element is not None:
            parent_element.remove(element)
    return NormalisedBody(original_positions)


def _number_elements(element: Element) -> dict[Element, int]:
    return {tree_element: position for position, tree_element in enumerate(element.getroottree().getroot().iter())}


def _normalise_record(schema_record: SchemaRecord, element: Element, removed_elements: list[Element]) -> bool:
    """Fold what is in an element, and add what is in it for nothing to `removed_elements`; return whether anything is
    left.

    A required element that is empty stays, for it is missed; what else is in its parent decides about that.
    """
    members_by_tag = schema_record.members_by_tag
    has_content = bool((element.text or "").strip(XML_BLANKS))
    for child_element in element:
        is_nil = _pop_nil_marker(child_element)
        schema_element = members_by_tag.get(str(child_element.tag))
        if schema_element is None or (
            not is_nil and _normalise_member(schema_element.value_type, child_element, removed_elements)
        ):
            has_content = True
        elif is_nil or schema_element.repeated or not schema_element.required:
            removed_elements.append(child_element)
    return has_content


def _normalise_member(value_type: SchemaType, element: Element, removed_elements: list[Element]) -> bool:
    if isinstance(value_type, SchemaRecord):
        return _normalise_record(value_type, element, removed_elements)
    raw_text = element.text or ""
    folded_text = value_type.fold_text(raw_text)
    if folded_text != raw_text:
        element.text = folded_text
    return bool(folded_text) or len(element) > 0


def _pop_nil_marker(element: Element) -> bool:
    """Return whether an element says that it is none; its idle attributes go."""
    attributes = element.attrib
    if not attributes:
        return False
    is_nil = attributes.get(_NIL_ATTRIBUTE, "").strip() in _TRUE_TEXTS
    for attribute_name in _IDLE_ATTRIBUTES:
        attributes.pop(attribute_name, None)
    return is_nil
